"""A letter with its files: as large as a relay takes that no one told otherwise, and whole."""

import hashlib
import io
from datetime import timedelta
from email.generator import BytesGenerator
from email.message import EmailMessage
from pathlib import Path

import pytest

from agent.alert import enclosed
from agent.alert.enclosed import LARGEST, Attachment, document
from agent.alert.message import Message
from agent.alert.outbox import Delivery
from agent.alert.sending import Undelivered
from agent.config.settings import Agent, AlertSettings, Configuration, Mail
from agent.core.inventory import Beneficiary, Inventory
from tests.export.samples import NOW

# Postfix' message_size_limit, unless told otherwise.
TAKEN = 10_240_000


def configuration(folder: Path) -> Configuration:
    return Configuration(
        path=folder / "x",
        digest="d",
        agent=Agent(state_directory=folder),
        alert=AlertSettings(mail=Mail(to=("a@b.fr",), smtp="smtp://relay", sender="c@b.fr")),
        inventory=Inventory(beneficiaries=(Beneficiary(id="scota", name="SCOTA", mail=("d@scota.fr",)),)),
    )


def delivery(*files: Attachment) -> Delivery:
    message = Message(subject="s", body="b\n" * 1000, document=document("scota", files))
    return Delivery(id=1, receiver="beneficiary report scota", made_at=NOW, message=message, repeat=False)


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return the bytes of each letter that is handed over."""
    letters: list[bytes] = []

    def take(letter: EmailMessage, alert: AlertSettings, deadline: timedelta, whole: timedelta) -> None:
        written = io.BytesIO()
        BytesGenerator(written, policy=letter.policy.clone(linesep="\r\n")).flatten(letter)
        letters.append(written.getvalue())

    monkeypatch.setattr(enclosed, "hand_over", take)
    return letters


def test_the_largest_letter_is_one_that_a_relay_takes(tmp_path: Path, handed: list[bytes]) -> None:
    content = bytes(LARGEST)
    (tmp_path / "a.zip").write_bytes(content)
    file = Attachment(name="a.zip", path="a.zip", sha256=hashlib.sha256(content).hexdigest())
    enclosed.send(delivery(file), "scota", configuration(tmp_path))
    (letter,) = handed
    assert LARGEST < len(letter) < TAKEN


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (Attachment(name="a.zip", path="missing.zip", sha256="00"), "missing.zip"),
        (Attachment(name="a.zip", path="a.zip", sha256="00"), "differs from the published file"),
        (Attachment(name="a.zip", path=".", sha256="00"), "not a regular file"),
    ],
)
def test_a_file_that_is_not_what_it_was_is_not_sent(
    tmp_path: Path, handed: list[bytes], file: Attachment, said: str
) -> None:
    (tmp_path / "a.zip").write_bytes(b"x")
    with pytest.raises(Undelivered, match=said):
        enclosed.send(delivery(file), "scota", configuration(tmp_path))
    assert handed == []


def test_an_address_that_is_gone_is_told(tmp_path: Path, handed: list[bytes]) -> None:
    with pytest.raises(Undelivered, match="eaux has no address"):
        enclosed.send(delivery(), "eaux", configuration(tmp_path))
    assert handed == []
