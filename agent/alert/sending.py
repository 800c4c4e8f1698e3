"""Send one message to one receiver: a mail through a relay or a document to a webhook, under one deadline.

Sources: Python's smtplib and http.client; RFC 5321 (a relay's 250 is the moment at which it answers for a mail).
"""

import http.client
import logging
import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from agent.alert.connecting import Relay, greeted
from agent.alert.message import REPEAT, repeated
from agent.alert.outbox import Delivery
from agent.config.forms import is_loopback
from agent.config.settings import AlertSettings, Mail
from agent.core.connecting import connected
from agent.core.deadline import within
from agent.core.errors import LookError, TimedOut
from agent.core.files import read_file
from agent.wording.inert import inert
from agent.wording.languages import Language

log = logging.getLogger("beffroi.alert")

DEADLINE = timedelta(seconds=20)
# A relay may read a letter through before it answers; RFC 5321, 4.5.3.2.6, gives it longer.
LETTER_DEADLINE, LETTER_WHOLE = timedelta(seconds=60), timedelta(seconds=180)
LARGEST_SECRET = 4096
MAIL, WEBHOOK = "mail", "webhook"


class Undelivered(Exception):
    """Why a receiver did not take a message; `surely` False: it may have. `wait` is how long it asks to be left.

    `for_itself`: this one message is refused, for its size or what it holds; the receiver may take others.
    `remaining`: the addresses that are to be tried again, where another one was given it.
    """

    def __init__(
        self,
        why: str,
        *,
        surely: bool = True,
        wait: timedelta | None = None,
        for_itself: bool = False,
        remaining: tuple[str, ...] = (),
    ) -> None:
        super().__init__(why)
        self.surely = surely
        self.wait = wait
        self.for_itself = for_itself
        self.remaining = remaining


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivers:
    """Where messages go, as `[alert]` says."""

    alert: AlertSettings
    language: Language

    def names(self) -> tuple[str, ...]:
        """Return the receivers that are configured."""
        known = {MAIL: self.alert.mail, WEBHOOK: self.alert.webhook or self.alert.webhook_file}
        return tuple(name for name, value in known.items() if value is not None)

    def send(self, delivery: Delivery) -> int:
        """Send a message to its receiver; raise Undelivered where it was not taken for certain.

        Returns how many addresses were refused for good while others were taken.
        """
        call = self._mail if delivery.receiver == MAIL else self._post
        is_letter = delivery.receiver == MAIL and not delivery.message.is_probe
        try:
            return within(LETTER_WHOLE if is_letter else DEADLINE, delivery.receiver, lambda: call(delivery))
        except TimedOut as error:
            raise Undelivered(error.message, surely=False) from error

    def _mail(self, delivery: Delivery) -> int:
        if self.alert.mail is None:
            raise Undelivered("no mail is configured")
        if delivery.message.is_probe:
            return hand_over(None, self.alert, DEADLINE, DEADLINE)
        to = addresses(delivery, self.alert.mail.to)
        if not to:
            return 0
        letter = _letter(delivery, self.alert.mail, to, self.language)
        return hand_over(letter, self.alert, LETTER_DEADLINE, LETTER_WHOLE)

    def _post(self, delivery: Delivery) -> int:
        address = self.alert.webhook
        if self.alert.webhook_file is not None:
            address = secret(self.alert.webhook_file)
        document = repeated(delivery.message.document) if delivery.repeat else delivery.message.document
        post(address or "", document)
        return 0


def hand_over(letter: EmailMessage | None, alert: AlertSettings, deadline: timedelta, whole: timedelta) -> int:
    """Give a letter to the relay of `[alert]`; raise Undelivered where it was not taken for certain.

    None: only ask whether one would be taken for each address. Returns how many addresses were refused for good while
    others were taken.
    `deadline` holds for each answer of the relay, `whole` for all of them together: the connection is then cut.
    """
    mail = alert.mail
    if mail is None:
        raise Undelivered("no relay is configured: [alert] mail")
    to = () if letter is None else tuple(one.addr_spec for one in letter["To"].addresses)
    refused: dict[str, tuple[int, bytes]] = {}
    taken = False
    while not taken:
        with ExitStack() as ends_here:
            try:
                relay = ends_here.enter_context(_relay(mail, deadline, whole))
            except (smtplib.SMTPException, OSError, ValueError) as error:
                raise Undelivered(f"the relay: {_said(error)}") from error
            try:
                refused |= _handed(relay, letter, to, mail, alert.mail_password_file)
                taken = True
            except smtplib.SMTPRecipientsRefused as error:
                # A relay that closes at one address (421) keeps the letter from none of the others.
                refused |= error.recipients
                to = tuple(one for one in to if one not in refused)
                if not to:
                    raise Undelivered("the relay refused every address") from error
    if refused:
        log.error("the relay refused %d recipients of one mail", len(refused))
    # By RFC 5321, 4.2.1, a 4xx asks to be tried again: a relay that does not know the sender yet defers it.
    later = tuple(address for address, (code, _said) in refused.items() if code < 500)
    if later:
        raise Undelivered(f"the relay takes it later for {len(later)} of its addresses", remaining=later)
    return len(refused)


def _handed(
    relay: smtplib.SMTP, letter: EmailMessage | None, to: Sequence[str], mail: Mail, password_file: Path | None
) -> Mapping[str, tuple[int, bytes]]:
    """Hand a letter over; return the addresses that were refused while others were taken, and each answer.

    Where none was taken, or the relay closed at one of them, smtplib's own error has the answers.
    """
    _authenticate(relay, mail, password_file)
    try:
        if letter is None:
            _ask(relay, mail)
            return {}
        return relay.send_message(letter, to_addrs=to)
    except smtplib.SMTPServerDisconnected as error:
        raise Undelivered("the relay hung up", surely=False) from error
    except smtplib.SMTPResponseException as error:
        # By RFC 5321, 4.2.1, a 5xx is for good: after the letter itself, or 552 for its size.
        for_itself = error.smtp_code == 552 or (isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500)
        raise Undelivered(f"the relay answered {error.smtp_code}", for_itself=for_itself) from error
    except smtplib.SMTPRecipientsRefused:
        raise
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise Undelivered(f"the relay: {_said(error)}", surely=False) from error


def _authenticate(relay: smtplib.SMTP, mail: Mail, password_file: Path | None) -> None:
    """Say who is asking, where the relay wants to know; raise Undelivered where it is not content: nothing was sent."""
    if mail.user is None:
        return
    try:
        if not isinstance(relay.sock, ssl.SSLSocket):
            # A password never goes over a plain connection.
            relay.starttls(context=ssl.create_default_context())
        if password_file is not None:
            relay.login(mail.user, secret(password_file))
    except smtplib.SMTPResponseException as error:
        raise Undelivered(f"the relay answered {error.smtp_code}") from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise Undelivered(f"the relay: {_said(error)}") from error


def post(address: str, document: str) -> None:
    """Post a JSON document; raise Undelivered unless it is answered 2xx. A redirection is not followed."""
    parts = _checked(address)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    with ExitStack() as ends_here:
        try:
            line = ends_here.enter_context(_connected(parts))
        except OSError as error:
            raise Undelivered(_said(error)) from error
        try:
            status, headers = _answer(line, parts, path, document)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Undelivered(_said(error), surely=False) from error
    if not 200 <= status < 300:
        raise Undelivered(f"answered {status}", wait=_asked_to_wait(headers), for_itself=status in _OF_ONE)


# What a server answers to one document and not to another (RFC 9110): malformed, too large, not to be processed.
_OF_ONE = (400, 413, 422)
_CLOSE = {"Connection": "close", "User-Agent": "beffroi"}


def secret(path: Path) -> str:
    """Return what a secret's file holds; raise Undelivered where it cannot be read, without a word of it."""
    try:
        text = read_file(path, limit=LARGEST_SECRET).decode().strip()
    except LookError as error:
        raise Undelivered(error.message) from error
    except UnicodeDecodeError as error:
        raise Undelivered(f"{path} holds no text") from error
    if not text or "\n" in text:
        raise Undelivered(f"{path} does not hold one line")
    return text


def _checked(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Undelivered("the address is none") from error
    plain = parts.scheme == "http" and host is not None and is_loopback(host)
    if host is None or port == 0 or not (parts.scheme == "https" or plain):
        raise Undelivered("the address is not https:// (http:// goes to loopback only)")
    if not address.isascii() or any(letter.isspace() for letter in address):
        raise Undelivered("the address holds what no address does")
    return parts


def _connected(parts: SplitResult) -> AbstractContextManager[socket.socket]:
    context = ssl.create_default_context() if parts.scheme == "https" else None
    port = parts.port or (80 if context is None else 443)
    return connected(parts.hostname or "", port, context, silence=DEADLINE, whole=DEADLINE)


def _answer(line: socket.socket, parts: SplitResult, path: str, document: str) -> tuple[int, Mapping[str, str]]:
    # Under TLS too, `line` is what is spoken over; the class tells only which port goes without saying.
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    with closing(kind(parts.hostname or "", parts.port)) as connection:
        connection.sock = line
        connection.request("POST", path, document.encode(), {"Content-Type": "application/json", **_CLOSE})
        answer = connection.getresponse()
        answer.close()
    return answer.status, dict(answer.getheaders())


def _asked_to_wait(headers: Mapping[str, str]) -> timedelta | None:
    asked = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    return timedelta(seconds=int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else None


def _relay(mail: Mail, deadline: timedelta, whole: timedelta) -> AbstractContextManager[Relay]:
    parts = urlsplit(mail.smtp)
    context = ssl.create_default_context() if parts.scheme == "smtps" else None
    port = parts.port or (25 if context is None else 465)
    return greeted(parts.hostname or "", port, context, silence=deadline, whole=whole)


def _ask(relay: smtplib.SMTP, mail: Mail) -> None:
    """Ask whether a message would be taken for each address, and send none; raise Undelivered where it would not."""
    relay.ehlo_or_helo_if_needed()
    code, said = relay.mail(mail.sender)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, said, mail.sender)
    refused = sum(relay.rcpt(address)[0] not in (250, 251) for address in mail.to)
    relay.rset()
    relay.quit()
    if refused:
        raise Undelivered(f"the relay refuses {refused} of {len(mail.to)} addresses")


def addresses(delivery: Delivery, configured: Sequence[str]) -> tuple[str, ...]:
    """Return who has not got a message yet, of those who are to get it."""
    return tuple(one for one in configured if not delivery.remaining or one in delivery.remaining)


def _letter(delivery: Delivery, mail: Mail, to: Sequence[str], language: Language) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = mail.sender, ", ".join(to)
    letter["Subject"] = f"{REPEAT.of(language) if delivery.repeat else ''}{inert(delivery.message.subject, 200)}"
    letter["Date"] = format_datetime(delivery.made_at)
    letter["Message-ID"] = message_id(delivery.id, delivery.made_at, mail.sender)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(delivery.message.body)
    return letter


def message_id(number: int, made_at: datetime, sender: str) -> str:
    """Return an id that is the same for each sending of one message, so that a mailbox can tell a repeat."""
    return f"<beffroi-{number}-{int(made_at.timestamp())}@{sender.rpartition('@')[2]}>"


def _said(error: Exception) -> str:
    # Neither the address nor anything that the other side said verbatim belongs in a log.
    if isinstance(error, OSError) and error.strerror:
        return inert(error.strerror.lower(), 200)
    return type(error).__name__
