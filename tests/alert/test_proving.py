"""What shows that alerts would arrive: small, seldom, by the way of any alert, and kept where it is news."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.alert.courier import DeliveryWorker
from agent.alert.message import PROBE, Message, of_proof, of_test
from agent.alert.outbox import Outbox
from agent.alert.proving import ProofResult, Proofs
from agent.alert.sending import MAIL, WEBHOOK, Receivers
from agent.config.settings import AlertSettings, Mail
from agent.core.facts.alert_path import AlertChannel, ways_in
from agent.core.model import Observation
from tests.parts.mailbox import REFUSE_ONE, UNKNOWN, mailbox
from tests.parts.supervision import hearing

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BOTH = AlertSettings(mail=Mail(to=("a@b.fr",), smtp="smtp://relay", sender="c@b.fr"), webhook="https://hooks.example/")


@dataclass
class Desk:
    """An outbox with what proves it, under a clock and settings that a test sets."""

    folder: Path
    alert: AlertSettings = BOTH
    instant: datetime = NOON
    proofs: Proofs = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = Outbox(self.folder)
        self.proofs = Proofs(self.outbox, lambda: self.alert, self)

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return 0.0

    def turn(self, after: timedelta = timedelta(0)) -> ProofResult:
        self.instant += after
        return self.proofs.turn(self.instant, PARIS, "fr")

    def take_all(self, *names: str) -> list[str]:
        """Take whatever waits, as receivers that are well do; return what each was."""
        taken = []
        for name in names or (MAIL, WEBHOOK):
            while (delivery := self.outbox.next_for(name, self.instant)) is not None:
                self.outbox.delivered(delivery, self.instant)
                self.proofs.taken(name, whole=not delivery.message.is_probe)
                taken.append(f"{name} {'probe' if delivery.message == PROBE else delivery.message.subject}")
        return taken

    def ways(self) -> dict[str, AlertChannel]:
        return {name: proof.way for name, proof in self.outbox.proofs().items()}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(folder=tmp_path)


def test_a_whole_message_comes_first_and_after_that_the_relay_is_only_asked(desk: Desk) -> None:
    desk.turn()
    assert desk.take_all() == ["mail Essai d'alerte de beffroi", "webhook Essai d'alerte de beffroi"]
    desk.turn(7 * HOUR)
    assert desk.take_all() == []
    desk.turn(HOUR)
    assert desk.take_all() == ["mail probe", "webhook Essai d'alerte de beffroi"]
    assert desk.ways()[MAIL] == AlertChannel(name=MAIL, proven=NOON + 8 * HOUR, message=NOON)


def test_what_is_sent_for_a_reason_proves_as_much(desk: Desk) -> None:
    desk.turn()
    desk.take_all()
    desk.instant += 6 * HOUR
    desk.proofs.taken(WEBHOOK)
    desk.turn(6 * HOUR)
    assert desk.take_all() == ["mail probe"]


def test_a_whole_mail_comes_again_after_a_month_and_by_day(desk: Desk) -> None:
    desk.instant = NOON + 8 * HOUR
    desk.turn()
    desk.take_all()
    desk.turn(timedelta(days=31))
    assert desk.take_all(MAIL) == ["mail probe"]
    desk.turn(16 * HOUR)
    assert desk.take_all(MAIL) == ["mail Essai d'alerte de beffroi"]


def test_nothing_is_put_behind_what_waits(desk: Desk) -> None:
    desk.outbox.put({}, [(MAIL, of_test("fr"))], NOON)
    desk.turn()
    assert desk.outbox.waiting(MAIL) == 1


def test_other_settings_have_shown_nothing_yet(desk: Desk) -> None:
    desk.turn()
    desk.take_all()
    desk.alert = AlertSettings(webhook="https://elsewhere.example/")
    assert desk.turn(MINUTE * 3).sent
    assert told(desk.turn(MINUTE * 3)) == (AlertChannel(name=WEBHOOK),)


def told(found: ProofResult) -> tuple[AlertChannel, ...] | None:
    """Return what a turn tells of the ways out, None where it says nothing."""
    return tuple(ways_in(found.reading)) if isinstance(found.reading, Observation) else None


def test_what_is_kept_is_news_or_eight_hours_old(desk: Desk) -> None:
    assert told(desk.turn()) == (AlertChannel(name=MAIL), AlertChannel(name=WEBHOOK))
    desk.take_all()
    assert told(desk.turn(MINUTE)) is None
    shown = told(desk.turn(2 * MINUTE))
    assert shown is not None
    assert [way.proven for way in shown] == [NOON, NOON]
    assert told(desk.turn(HOUR)) is None
    desk.proofs.refused(WEBHOOK, "answered 503")
    shown = told(desk.turn(MINUTE))
    assert shown is not None
    assert (shown[1].failing, shown[1].said) == (desk.instant - MINUTE, "answered 503")


def test_no_receiver_is_told_as_that(desk: Desk) -> None:
    desk.alert = AlertSettings()
    found = desk.turn()
    assert isinstance(found.reading, Observation)
    assert [gap.reason.value for gap in found.reading.gaps] == ["not-declared"]


def test_a_clock_set_back_proves_anew(desk: Desk) -> None:
    desk.turn()
    desk.take_all()
    assert desk.turn(-24 * HOUR).sent


def test_a_failure_is_dated_by_its_first_attempt_and_ended_by_a_success(desk: Desk) -> None:
    desk.proofs.refused(MAIL, "timed out")
    desk.instant += HOUR
    desk.proofs.refused(MAIL, "the relay answered 451")
    assert desk.ways()[MAIL] == AlertChannel(name=MAIL, failing=NOON, said="the relay answered 451")
    desk.proofs.taken(MAIL)
    assert desk.ways()[MAIL] == AlertChannel(name=MAIL, proven=desk.instant, message=desk.instant)


def test_what_cannot_be_noted_breaks_no_delivery(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    (desk.folder / "alerts.sqlite").unlink()
    (desk.folder / "alerts.sqlite").mkdir()
    desk.proofs.taken(MAIL)
    assert "cannot be recorded" in caplog.text


@pytest.mark.network
@pytest.mark.parametrize(
    ("behaves", "letters", "failing"),
    [("take", 0, None), ("refuse", 0, "the relay refuses 1 of 1 addresses"), ("later", 0, "the relay answered 451")],
)
def test_a_relay_is_asked_and_sent_nothing(tmp_path: Path, behaves: str, letters: int, failing: str | None) -> None:
    with mailbox(lambda number: behaves) as box:
        desk = Desk(folder=tmp_path, alert=AlertSettings(mail=Mail(to=("a@b.fr",), smtp=box.relay, sender="c@b.fr")))
        desk.outbox.put({}, [(MAIL, PROBE)], NOON)
        carried(desk, MAIL)
    assert len(box.letters) == letters
    assert (desk.ways()[MAIL].said or None) == failing
    assert desk.outbox.waiting(MAIL) == 0


@pytest.mark.network
def test_a_letter_taken_for_some_addresses_alone_proves_nothing(tmp_path: Path) -> None:
    """Nor is one sent again for it: who was taken has it."""
    with mailbox(lambda number: REFUSE_ONE) as box:
        mail = Mail(to=("a@example.fr", UNKNOWN.decode()), smtp=box.relay, sender="c@b.fr")
        desk = Desk(folder=tmp_path, alert=AlertSettings(mail=mail))
        for _ in range(6):
            desk.turn(HOUR)
            carried(desk, MAIL)
    assert len(box.letters) == 1
    assert desk.outbox.waiting(MAIL) == 0
    way = desk.ways()[MAIL]
    assert (way.proven, way.failing) == (None, NOON + HOUR)
    assert way.said == "the relay refuses 1 of 2 addresses"


@pytest.mark.network
def test_no_page_waits_behind_a_test(tmp_path: Path) -> None:
    """A test that is refused is given up, and leaves no pause behind it."""
    with hearing(lambda number: 503 if number == 0 else 200) as ear:
        desk = Desk(folder=tmp_path, alert=AlertSettings(webhook=f"{ear.address}/in"))
        page = Message(subject="ALERTE", body="", document='{"changes": [1]}')
        desk.outbox.put({}, [(WEBHOOK, of_proof("fr")), (WEBHOOK, page)], NOON)
        carried(desk, WEBHOOK)
        carried(desk, WEBHOOK)
    assert len(ear.heard) == 2
    assert desk.outbox.waiting(WEBHOOK) == 0


def carried(desk: Desk, name: str) -> None:
    """Carry one message as the daemon's thread does."""
    receivers = Receivers(alert=desk.alert, language="fr")
    DeliveryWorker(name, desk.outbox, lambda: receivers, desk, proofs=desk.proofs).carry()
