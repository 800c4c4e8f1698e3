"""Relays and webhooks on the loopback: down, refusing, busy, hanging; what was surely not taken and what may be."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from agent.alert import sending
from agent.alert.message import Message
from agent.alert.outbox import Delivery
from agent.alert.sending import Receivers, Undelivered, post
from agent.config.settings import AlertSettings, Mail
from tests.export.samples import NOW
from tests.parts.mailbox import HANG_UP, HANG_UP_AFTER, LATER, REFUSE, REFUSE_ONE, SILENT, SLOW, TAKES_TIME, mailbox
from tests.parts.ports import free_port
from tests.parts.supervision import hearing

pytestmark = pytest.mark.network

MESSAGE = Message(subject="ALERTE : files", body="é\n.\nend\n", document='{"schema": "beffroi.alert/1", "changes": []}')


def delivery(receiver: str, *, repeat: bool = False) -> Delivery:
    return Delivery(id=7, receiver=receiver, made_at=NOW, message=MESSAGE, repeat=repeat)


def mails(relay: str) -> Receivers:
    mail = Mail(to=("a@example.fr", "b@example.fr"), smtp=relay, sender="beffroi@example.fr")
    return Receivers(alert=AlertSettings(mail=mail), language="fr")


def hooks(address: str) -> Receivers:
    return Receivers(alert=AlertSettings(webhook=address), language="fr")


def test_a_mail_arrives_whole_and_a_repeat_is_marked_and_bears_the_same_id() -> None:
    with mailbox() as box:
        mails(box.relay).send(delivery("mail"))
        mails(box.relay).send(delivery("mail", repeat=True))
    first, second = box.letters
    assert first["Subject"] == "ALERTE : files"
    assert first["To"] == "a@example.fr, b@example.fr"
    assert first.get_content().replace("\r\n", "\n") == MESSAGE.body
    assert second["Subject"] == "[répétition possible] ALERTE : files"
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(("how", "surely"), [(REFUSE, True), (LATER, True), (HANG_UP, False), (HANG_UP_AFTER, False)])
def test_a_relay_that_does_not_take_a_mail(how: str, surely: bool) -> None:
    with mailbox(lambda number: how) as box, pytest.raises(Undelivered) as raised:
        mails(box.relay).send(delivery("mail"))
    assert raised.value.surely is surely
    assert len(box.letters) == (1 if how == HANG_UP_AFTER else 0)


def test_the_addresses_that_a_relay_refuses_among_others_are_counted() -> None:
    with mailbox(lambda number: REFUSE_ONE) as box:
        assert mails(box.relay).send(delivery("mail")) == 1
    with mailbox() as box:
        assert mails(box.relay).send(delivery("mail")) == 0


def test_a_relay_that_is_down_did_surely_not_take_it() -> None:
    with pytest.raises(Undelivered) as raised:
        mails(f"smtp://127.0.0.1:{free_port()}").send(delivery("mail"))
    assert raised.value.surely


def test_a_relay_that_says_nothing_costs_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LETTER_DEADLINE", timedelta(seconds=0.5))
    with mailbox(lambda number: SILENT) as box, pytest.raises(Undelivered):
        mails(box.relay).send(delivery("mail"))


def test_a_relay_that_reads_a_letter_through_first_is_given_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given up too soon, the letter comes again and again, and none that follows ever does."""
    monkeypatch.setattr(sending, "DEADLINE", timedelta(seconds=TAKES_TIME / 2))
    with mailbox(lambda number: SLOW) as box:
        mails(box.relay).send(delivery("mail"))
    assert len(box.letters) == 1


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_webhook_that_takes_it(status: int) -> None:
    with hearing(lambda number: status) as ear:
        hooks(f"{ear.address}/in?key=1").send(delivery("webhook"))
        hooks(f"{ear.address}/in").send(delivery("webhook", repeat=True))
    assert [(path, said) for _, path, said in ear.heard] == [
        ("/in?key=1", json.loads(MESSAGE.document)),
        ("/in", {**json.loads(MESSAGE.document), "repeat": True}),
    ]


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_a_webhook_that_refuses_did_surely_not_take_it(status: int) -> None:
    with hearing(lambda number: status) as ear, pytest.raises(Undelivered, match=str(status)) as raised:
        hooks(ear.address).send(delivery("webhook"))
    assert raised.value.surely


def test_a_webhook_that_is_down_did_surely_not_take_it() -> None:
    with pytest.raises(Undelivered) as raised:
        hooks(f"http://127.0.0.1:{free_port()}/").send(delivery("webhook"))
    assert raised.value.surely


def test_a_webhook_that_hangs_may_have_taken_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "DEADLINE", timedelta(seconds=0.5))
    with mailbox(lambda number: SILENT) as box, pytest.raises(Undelivered) as raised:
        hooks(f"http://127.0.0.1:{box.port}/").send(delivery("webhook"))
    assert not raised.value.surely


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example/S3CRET",
        "ftp://127.0.0.1/S3CRET",
        "https://",
        "",
        "http://127.0.0.1:0/S3CRET",
        "http://[/x",
    ],
)
def test_an_address_that_must_not_be_called_is_not_and_is_not_repeated(address: str) -> None:
    with pytest.raises(Undelivered) as raised:
        post(address, "{}")
    assert "S3CRET" not in str(raised.value)


def test_a_secret_s_file_that_is_missing_or_odd_is_told_without_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "webhook"
    for content in (None, b"", b"one\ntwo S3CRET", b"\xff\xfe"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(Undelivered) as raised:
            Receivers(alert=AlertSettings(webhook_file=path), language="fr").send(delivery("webhook"))
        assert "S3CRET" not in str(raised.value)
