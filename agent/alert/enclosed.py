"""A mail to a beneficiary with its attachments: files of its own published report, or a text.

What is kept of it until it is sent names the files and their digests, not their bytes; a file that is not what was
published any more is never sent.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from agent.alert.message import REPEAT
from agent.alert.outbox import Delivery
from agent.alert.sending import LETTER_DEADLINE, LETTER_WHOLE, Undelivered, addresses, hand_over, message_id
from agent.config.settings import Configuration, Mail
from agent.core.deadline import within
from agent.core.errors import LookError, TimedOut
from agent.core.files import read_file
from agent.wording.inert import inert
from agent.wording.languages import Language

SCHEMA = "beffroi.mailing/1"
# Written as text this just passes under what Postfix takes unless told otherwise: message_size_limit, 10,240,000 bytes.
LARGEST = 7 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file: its name for the reader, and where it lies below the state directory, or its own text."""

    name: str
    path: str = ""
    sha256: str = ""
    text: str = ""


def document(beneficiary: str, files: Sequence[Attachment]) -> str:
    """Return what is kept of a letter beside its words."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "beneficiary": beneficiary,
            "files": [{"name": one.name, "path": one.path, "sha256": one.sha256, "text": one.text} for one in files],
        }
    )


def send(delivery: Delivery, beneficiary: str, configuration: Configuration) -> None:
    """Send a beneficiary its letter; raise Undelivered where it was not taken for certain."""
    mail = configuration.alert.mail
    to = next((one.mail for one in configuration.inventory.beneficiaries if one.id == beneficiary), ())
    if mail is None:
        raise Undelivered("no relay is configured: [alert] mail")
    if not to:
        raise Undelivered(f"{beneficiary} has no address any more")
    left = addresses(delivery, to)
    if not left:
        return
    language: Language = "en" if configuration.agent.language == "en" else "fr"
    letter = _letter(delivery, mail, left, language)
    for file in _files(delivery, beneficiary):
        content = file.text.encode() if file.text else _content(configuration.agent.state_directory, file)
        _attach(letter, file.name, content)
    try:
        within(
            LETTER_WHOLE,
            "the relay",
            lambda: hand_over(letter, configuration.alert, LETTER_DEADLINE, LETTER_WHOLE),
        )
    except TimedOut as error:
        raise Undelivered(error.message, surely=False) from error


def _letter(delivery: Delivery, mail: Mail, to: Sequence[str], language: Language) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = mail.sender, ", ".join(to)
    letter["Subject"] = f"{REPEAT.of(language) if delivery.repeat else ''}{inert(delivery.message.subject, 200)}"
    letter["Date"] = format_datetime(delivery.made_at)
    letter["Message-ID"] = message_id(delivery.id, delivery.made_at, mail.sender)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(delivery.message.body)
    return letter


def _files(delivery: Delivery, beneficiary: str) -> tuple[Attachment, ...]:
    kept = json.loads(delivery.message.document)
    if kept["beneficiary"] != beneficiary:
        # Whatever wrote this: no one gets what is another's.
        raise Undelivered("it holds another beneficiary's files")
    return tuple(
        Attachment(name=one["name"], path=one["path"], sha256=one["sha256"], text=one["text"]) for one in kept["files"]
    )


def _content(directory: Path, file: Attachment) -> bytes:
    try:
        content = read_file(directory / file.path, limit=LARGEST)
    except LookError as error:
        raise Undelivered(error.message) from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise Undelivered(f"{file.path} differs from the published file")
    return content


_KINDS = {".html": ("text", "html"), ".csv": ("text", "csv"), ".zip": ("application", "zip"), ".txt": ("text", "plain")}


def _attach(letter: EmailMessage, name: str, content: bytes) -> None:
    main, sub = _KINDS.get(Path(name).suffix, ("application", "octet-stream"))
    # As bytes: the mail's own line endings would change a digest.
    letter.add_attachment(content, maintype=main, subtype=sub, filename=name, cte="base64")
