"""Alerts on the agent itself: a page at once, a ticket in the morning, each once, and an end to those who heard."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.alert.outbox import OwnNotification
from agent.alert.own_alerts import OwnAlert, OwnReaders, own_step
from agent.alert.sending import MAIL, WEBHOOK
from agent.core.alert_state import Severity
from agent.wording.languages import Words

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 7, 1, tzinfo=UTC)  # 8 h 01 in Paris
READERS = OwnReaders(names=(MAIL, WEBHOOK), language="fr", zone=ZoneInfo("Europe/Paris"))
PAGE = OwnAlert(
    runbook="witness-refuses",
    subject="lens",
    is_firing=True,
    severity=Severity.PAGE,
    summary=Words(fr="Le t\u00e9moin {subject} refuse", en="The witness {subject} refuses"),
    detail="it has cosigned 9 leaves",
)
TICKET = replace(PAGE, runbook="witness-away", severity=Severity.TICKET, detail="")
DECLARED = (PAGE.name, TICKET.name)


def test_a_page_goes_to_every_receiver_at_once_and_only_once() -> None:
    first = own_step([PAGE], DECLARED, {}, READERS, NIGHT)
    assert [name for name, _ in first.messages] == [MAIL, WEBHOOK]
    message = first.messages[0][1]
    assert message.subject == "ALERTE : Le t\u00e9moin lens refuse"
    assert "it has cosigned 9 leaves" in message.body
    assert "beffroi explain witness-refuses" in message.body
    told = json.loads(message.document)
    assert (told["changes"], told["agent"]["firing"], told["agent"]["severity"]) == ([], True, "page")
    assert own_step([PAGE], DECLARED, first.notified, READERS, MORNING).messages == ()


def test_a_ticket_is_mailed_in_the_morning() -> None:
    first = own_step([TICKET], DECLARED, {}, READERS, NIGHT)
    assert [name for name, _ in first.messages] == [WEBHOOK]
    then = own_step([TICKET], DECLARED, first.notified, READERS, MORNING)
    assert [(name, one.subject) for name, one in then.messages] == [
        (MAIL, "\u00c0 traiter : Le t\u00e9moin lens refuse")
    ]
    assert own_step([TICKET], DECLARED, then.notified, READERS, MORNING).messages == ()


def test_what_waits_is_notified_once_it_lasted() -> None:
    waiting = replace(TICKET, wait=timedelta(hours=2))
    first = own_step([waiting], DECLARED, {}, READERS, MORNING)
    assert first.messages == ()
    assert own_step([waiting], DECLARED, first.notified, READERS, MORNING + timedelta(hours=1)).messages == ()
    assert len(own_step([waiting], DECLARED, first.notified, READERS, MORNING + timedelta(hours=2)).messages) == 2


def test_its_end_goes_to_those_who_heard_and_what_is_unknown_ends_nothing() -> None:
    heard = {PAGE.name: OwnNotification(since=NIGHT, receivers=frozenset({WEBHOOK}))}
    assert own_step([], DECLARED, heard, READERS, MORNING).messages == ()
    ended = own_step([replace(PAGE, is_firing=False)], DECLARED, heard, READERS, MORNING)
    assert [(name, one.subject) for name, one in ended.messages] == [
        (WEBHOOK, "R\u00e9tabli : Le t\u00e9moin lens refuse")
    ]
    assert ended.over == (PAGE.name,)


def test_a_witness_that_was_removed_is_said_to_be_retired() -> None:
    heard = {PAGE.name: OwnNotification(since=NIGHT, receivers=frozenset({MAIL}))}
    gone = own_step([], (), heard, READERS, MORNING)
    assert [one.subject for _, one in gone.messages] == ["Retir\u00e9, n'est plus attendu : witness-refuses lens"]
    assert gone.over == (PAGE.name,)


@pytest.mark.parametrize("hour", [0, 7])
def test_no_mail_of_a_ticket_at_night(hour: int) -> None:
    at = datetime(2026, 11, 24, hour, 30, tzinfo=ZoneInfo("Europe/Paris"))
    assert MAIL not in [name for name, _ in own_step([TICKET], DECLARED, {}, READERS, at).messages]
