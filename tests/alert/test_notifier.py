"""Who is told what: a page at once by mail, the rest once a day, a machine everything; nothing without a change."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.accounting.acknowledgements import Acknowledgement
from agent.accounting.agreements import Agreements, Exclusion
from agent.accounting.expectation import Days
from agent.alert.message import Message
from agent.alert.notifier import Notifier, hosts_of
from agent.alert.outbox import FILE, Outbox
from agent.alert.sending import MAIL, WEBHOOK
from agent.config.settings import Agent, AlertSettings, Configuration, Mail
from agent.core.model import State, Verdict
from agent.core.reason import Reason
from agent.ledger.ledger import Ledger, VerdictRecord
from tests.export.samples import TARGETS, verdict
from tests.rules.written_for import configured

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 7, 1, tzinfo=UTC)  # 8 h 01 in Paris
DAY = timedelta(days=1)

LATE = verdict("backup-rpo", "files", State.MISSED, Reason.TOO_OLD, value=30 * 3600.0, seen=timedelta(minutes=4))
MET = replace(LATE, state=State.MET, measured=State.MET, day_state=State.MET, reason=Reason.WITHIN_LIMIT, value=1.0)
PENDING = verdict("patching", "srv-1", State.MISSED, Reason.UPDATES_PENDING, value=4e6, seen=timedelta(minutes=4))


@dataclass
class Clock:
    """The time that a test sets."""

    instant: datetime = NIGHT

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return 0.0


def notified(folder: Path) -> Configuration:
    """Return a configuration that notifies by mail and webhook."""
    alert = AlertSettings(
        mail=Mail(to=("a@b.fr",), smtp="smtp://relay", sender="c@b.fr"), webhook="https://hooks.example/"
    )
    agent = Agent(state_directory=folder)
    return Configuration(path=folder / "x", digest="d", agent=agent, alert=alert, targets=TARGETS)


@pytest.fixture
def notifier(tmp_path: Path) -> Iterator[Notifier]:
    configuration = notified(tmp_path)
    with Ledger.open(tmp_path, clock=Clock()) as ledger:
        yield Notifier(configuration.agent.state_directory, lambda: configuration, ledger, Clock())


def waiting(folder: Path) -> tuple[int, int]:
    """Return how many messages wait for the mail and for the webhook."""
    outbox = Outbox(folder)
    return outbox.waiting(MAIL), outbox.waiting(WEBHOOK)


def test_a_page_goes_to_both_at_once_and_a_ticket_waits_for_the_morning(notifier: Notifier, tmp_path: Path) -> None:
    notifier.take([PENDING], Agreements(), NIGHT)
    assert waiting(tmp_path) == (0, 1)
    notifier.take([PENDING, LATE], Agreements(), NIGHT)
    assert waiting(tmp_path) == (1, 2)
    notifier.take([PENDING, LATE], Agreements(), MORNING)
    assert waiting(tmp_path) == (2, 2)


def test_each_subject_that_lies_on_a_host_is_told_with_it(tmp_path: Path) -> None:
    hosts = hosts_of(configured(tmp_path).inventory)
    assert hosts["files"] == hosts["files/offsite"] == hosts["central/fw-1"] == hosts["malware"] == "srv-1"
    assert hosts["srv.2"] == "srv.2"
    assert "internet" not in hosts


def test_the_first_digest_waits_for_the_first_looks(notifier: Notifier, tmp_path: Path) -> None:
    unseen = verdict("patching", "srv-1", State.UNPROVEN, Reason.NOT_RUN)
    other = verdict("backup-rto", "files", State.UNPROVEN, Reason.NOT_RUN)
    notifier.take([unseen, other], Agreements(), MORNING)
    notifier.take([PENDING, other], Agreements(), MORNING + timedelta(minutes=2))
    assert waiting(tmp_path)[0] == 0
    # What waits for an exercise, or for the night, is told without that.
    notifier.take([PENDING, other], Agreements(), MORNING + timedelta(hours=1, minutes=1))
    assert waiting(tmp_path)[0] == 1


def test_nothing_more_is_said_while_nothing_changes(notifier: Notifier, tmp_path: Path) -> None:
    for day in range(5):
        for hour in range(0, 24, 3):
            notifier.take([LATE, PENDING], Agreements(), MORNING + day * DAY + timedelta(hours=hour))
    assert waiting(tmp_path) == (2, 2)


def test_a_digest_of_the_next_day_says_what_is_well_again(notifier: Notifier, tmp_path: Path) -> None:
    met = verdict("patching", "srv-1", State.MET, Reason.WITHIN_LIMIT, value=1.0, seen=timedelta(minutes=4))
    notifier.take([PENDING], Agreements(), MORNING)
    notifier.take([met], Agreements(), MORNING + DAY)
    assert waiting(tmp_path) == (2, 2)


def test_a_digest_made_while_the_clock_ran_ahead_puts_off_none_that_follow(notifier: Notifier, tmp_path: Path) -> None:
    notifier.take([PENDING], Agreements(), MORNING + 400 * DAY)
    met = verdict("patching", "srv-1", State.MET, Reason.WITHIN_LIMIT, value=1.0, seen=timedelta(minutes=4))
    told: list[int] = []
    for one in (PENDING, met):
        before = waiting(tmp_path)[0]
        for minutes in (0, 1):
            notifier.take([one], Agreements(), MORNING + timedelta(minutes=minutes) + len(told) * DAY)
        told.append(waiting(tmp_path)[0] - before)
    # What the digest of the wrong day said still stands, and is not said again; its end is.
    assert told == [0, 1]


@pytest.mark.parametrize("then", ["unproven", "hushed", "gone"])
def test_a_digest_tells_nothing_as_well_again_that_is_not_seen_to_be(
    notifier: Notifier, tmp_path: Path, then: str
) -> None:
    unseen = verdict("patching", "srv-1", State.UNPROVEN, Reason.UNREACHABLE, seen=timedelta(hours=20))
    agreed = Agreements(exclusions=(exclusion(PENDING, NIGHT - DAY, MORNING + 2 * DAY),))
    other = verdict("patching", "srv-2", State.MISSED, Reason.UPDATES_PENDING, value=4e6, seen=timedelta(minutes=4))
    notifier.take([PENDING], Agreements(), MORNING)
    shown = {"unproven": [unseen, other], "hushed": [PENDING, other], "gone": [other]}[then]
    notifier.take(shown, agreed if then == "hushed" else Agreements(), MORNING + DAY)
    outbox = Outbox(tmp_path)
    bodies = []
    while (delivery := outbox.next_for(MAIL, MORNING + DAY)) is not None:
        bodies.append(delivery.message.body)
        outbox.delivered(delivery, MORNING + DAY)
    assert len(bodies) == 2
    assert "Rétabli" not in bodies[1]


def test_an_agreed_maintenance_is_told_in_the_digest_only(notifier: Notifier, tmp_path: Path) -> None:
    agreed = Agreements(exclusions=(exclusion(LATE, NIGHT - DAY, MORNING + DAY),))
    notifier.take([LATE], agreed, NIGHT)
    assert waiting(tmp_path) == (0, 0)
    notifier.take([LATE], agreed, MORNING)
    assert waiting(tmp_path) == (1, 0)
    delivery = Outbox(tmp_path).next_for(MAIL, MORNING)
    assert delivery is not None
    assert "maintenance convenue" in delivery.message.body
    notifier.take([LATE], agreed, MORNING + DAY)
    assert waiting(tmp_path)[1] == 1


def test_a_miss_taken_in_hand_is_silent_and_rings_again_afterwards(notifier: Notifier, tmp_path: Path) -> None:
    four = timedelta(hours=4)
    taken = Agreements(acknowledgements=(acknowledgement(LATE, NIGHT + timedelta(minutes=5), four),))
    notifier.take([LATE], Agreements(), NIGHT)
    assert waiting(tmp_path) == (1, 1)
    for minutes in range(6, 240, 30):
        notifier.take([LATE], taken, NIGHT + timedelta(minutes=minutes))
    assert waiting(tmp_path) == (1, 1)
    for minutes in (246, 250):
        notifier.take([LATE], taken, NIGHT + timedelta(minutes=minutes))
    assert waiting(tmp_path) == (2, 2)


def test_a_worse_state_than_the_one_taken_in_hand_rings_once(notifier: Notifier, tmp_path: Path) -> None:
    unseen = verdict("backup-rpo", "files", State.UNPROVEN, Reason.UNREACHABLE, seen=timedelta(hours=20))
    met = verdict("backup-rpo", "files", State.MET, Reason.WITHIN_LIMIT, value=1.0, seen=timedelta(minutes=4))
    taken = Agreements(acknowledgements=(acknowledgement(unseen, NIGHT, timedelta(hours=2)),))
    notifier.take([met], taken, NIGHT)
    notifier.take([unseen], taken, NIGHT + timedelta(minutes=1))
    assert waiting(tmp_path) == (0, 0)
    for hours in (1, 3, 4):
        notifier.take([LATE], taken, NIGHT + timedelta(hours=hours))
    assert waiting(tmp_path) == (1, 1)


def test_twelve_stopped_antiviruses_are_one_message_with_twelve_names(notifier: Notifier, tmp_path: Path) -> None:
    names = [f"app{number:02}" for number in range(12)]
    stopped = [
        verdict("endpoint-protection", name, State.MISSED, Reason.NOT_RUNNING, seen=timedelta(minutes=4))
        for name in names
    ]
    notifier.take(stopped, Agreements(), NIGHT)
    assert waiting(tmp_path)[1] == 1
    delivery = Outbox(tmp_path).next_for(WEBHOOK, NIGHT)
    assert delivery is not None
    assert "antivirus arrêté sur app00, app01, app02 et 9 de plus" in delivery.message.subject
    assert all(name in delivery.message.body for name in names)


def test_a_second_miss_rings_though_the_first_was_taken_in_hand(
    declared: tuple[Notifier, Ledger], tmp_path: Path
) -> None:
    """Mended within the hour, missed again in the same night; the end of the acknowledgement is no change of that."""
    notifier, ledger = declared
    taken = Agreements(acknowledgements=(acknowledgement(LATE, NIGHT, timedelta(hours=5)),))
    told = []
    for hours, one in ((1, LATE), (2, MET), (3, LATE), (4, LATE), (6, LATE)):
        now = NIGHT + timedelta(hours=hours)
        ledger.keep_verdicts([VerdictRecord(verdict=replace(one, at=now), stretch=None)])
        before = waiting(tmp_path)[1]
        notifier.take([one], taken, now)
        told.append(waiting(tmp_path)[1] - before)
    # The end of the first, and the second.
    assert told == [0, 1, 1, 0, 0]


def test_the_end_is_told_of_what_is_mended_as_its_acknowledgement_ends(notifier: Notifier, tmp_path: Path) -> None:
    taken = Agreements(acknowledgements=(acknowledgement(LATE, NIGHT + timedelta(hours=1), timedelta(hours=4)),))
    for hours, one in ((0, LATE), (2, LATE), (6, MET), (7, MET)):
        notifier.take([one], taken, NIGHT + timedelta(hours=hours))
    assert waiting(tmp_path) == (2, 2)


def acknowledgement(about: Verdict, at: datetime, span: timedelta) -> Acknowledgement:
    return Acknowledgement(
        id="acknowledgement-1", key=about.key, state=about.state, entered_at=at, until=at + span, author="RSSI"
    )


def exclusion(about: Verdict, begins: datetime, ends: datetime) -> Exclusion:
    return Exclusion(id="exclusion-1", key=about.key, begins=begins, ends=ends, reason="migration", author="RSSI")


def test_what_cannot_be_kept_is_tried_again_and_stops_the_heartbeat(notifier: Notifier, tmp_path: Path) -> None:
    outbox = tmp_path / FILE
    outbox.rename(tmp_path / "aside")
    outbox.mkdir()
    notifier.take([LATE], Agreements(), NIGHT)
    assert notifier.failure is not None
    outbox.rmdir()
    (tmp_path / "aside").rename(outbox)
    notifier.take([LATE], Agreements(), NIGHT)
    assert notifier.failure is None
    assert waiting(tmp_path) == (1, 1)


def test_one_cause_is_one_message(notifier: Notifier, tmp_path: Path) -> None:
    copy = verdict("backup-offsite", "files/offsite", State.MISSED, Reason.DAMAGED, seen=timedelta(minutes=4))
    notifier.take([LATE, copy, PENDING], Agreements(), NIGHT)
    assert waiting(tmp_path) == (1, 2)


@pytest.fixture
def declared(tmp_path: Path) -> Iterator[tuple[Notifier, Ledger]]:
    """Return a notifier over a ledger in which `files` was declared and is late, by mail and webhook."""
    configuration = notified(tmp_path)
    with Ledger.open(tmp_path, clock=Clock(NIGHT - 3 * DAY)) as ledger:
        ledger.keep_load("d" * 64, {LATE.key: Days(), PENDING.key: Days()}, TARGETS)
        notifier = Notifier(tmp_path, lambda: configuration, ledger, Clock())
        notifier.take([LATE, PENDING], Agreements(), NIGHT)
        yield notifier, ledger


def retired(ledger: Ledger, **values: str) -> None:
    """Enter that the backup `files` is retired."""
    row = {"kind": "backup", "subject": "files", "reason": "x", "author": "y", "beneficiary": "scota", **values}
    ledger.enter("retirement", lambda rows: [(row, "scota")])


def mailed(folder: Path, now: datetime) -> list[Message]:
    """Return the mails that wait, and take them."""
    outbox, found = Outbox(folder), []
    while (delivery := outbox.next_for(MAIL, now)) is not None:
        found.append(delivery.message)
        outbox.delivered(delivery, now)
    return found


@pytest.mark.parametrize("mistake", [{}, {"mistake": "yes"}])
def test_a_mailed_alert_ends_by_mail_when_its_subject_is_retired(
    declared: tuple[Notifier, Ledger], tmp_path: Path, mistake: dict[str, str]
) -> None:
    notifier, ledger = declared
    (page,) = mailed(tmp_path, NIGHT)
    assert page.subject.startswith("ALERTE : files")
    retired(ledger, **mistake)
    for _ in range(3):
        notifier.take([PENDING], Agreements(), NIGHT + DAY)
    (end,) = mailed(tmp_path, NIGHT + DAY)
    assert end.subject.startswith("Retiré, n'est plus attendu : files")
    (change,) = json.loads(end.document)["changes"]
    assert (change["from"], change["state"], change["reason"]) == ("missed", "not-applicable", "retired")


def test_an_alert_without_an_end_in_the_configuration_stays_open(
    declared: tuple[Notifier, Ledger], tmp_path: Path
) -> None:
    notifier, ledger = declared
    mailed(tmp_path, NIGHT)
    ledger.keep_load("e" * 64, {PENDING.key: Days()}, TARGETS)
    notifier.take([PENDING], Agreements(), NIGHT + DAY)
    assert mailed(tmp_path, NIGHT + DAY) == []


def test_the_digest_says_that_what_stood_in_the_last_one_is_retired(
    declared: tuple[Notifier, Ledger], tmp_path: Path
) -> None:
    notifier, ledger = declared
    notifier.take([LATE, PENDING], Agreements(), MORNING)
    retired(ledger)
    notifier.take([PENDING], Agreements(), MORNING + DAY - timedelta(hours=3))
    notifier.take([PENDING], Agreements(), MORNING + DAY)
    body = mailed(tmp_path, MORNING + DAY)[-1].body
    assert "Retiré, n'est plus attendu :\n- Sauvegarde" in body
