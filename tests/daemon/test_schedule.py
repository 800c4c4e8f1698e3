"""What is due is done once: over downtime, both clock changes, a clock set back, and duties that raise."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from agent.core.ahead import TOLERANCE
from agent.daemon.schedule import SAMPLE_AGAIN, Agenda, ScheduledDuty, latest_occurrence, samples_due
from agent.ledger.readings import LastRun

PARIS = ZoneInfo("Europe/Paris")
QUARTER_HOUR = ScheduledDuty(name="backups", every=timedelta(minutes=15))
NIGHTLY = ScheduledDuty(name="verify", every=time(3, 30))


class TravelledClock:
    """Follow the travelled wall clock, and count monotonic seconds apart from it."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller
        self.uptime = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return self.uptime

    def pass_time(self, by: timedelta) -> None:
        self._traveller.shift(by)
        self.uptime += by.total_seconds()

    def set_back(self, by: timedelta) -> None:
        self._traveller.shift(-by)


class Offered:
    """Note what was offered and when."""

    def __init__(self) -> None:
        self.at: list[tuple[str, datetime]] = []

    def __call__(self, duty: ScheduledDuty) -> None:
        self.at.append((duty.name, datetime.now(UTC)))


class Life:
    """One process's agenda on a travelled clock."""

    def __init__(
        self, traveller: time_machine.Traveller, duties: tuple[ScheduledDuty, ...], last: dict[str, datetime]
    ) -> None:
        self.clock = TravelledClock(traveller)
        self.offered = Offered()
        self.agenda = Agenda(clock=self.clock, zone=PARIS, offer=self.offered, last_begun=last)
        self.agenda.plan(duties)

    def run(self, span: timedelta, step: timedelta = timedelta(seconds=10)) -> None:
        for _ in range(int(span / step)):
            self.clock.pass_time(step)
            self.agenda.tick()

    def times(self, name: str) -> list[datetime]:
        return [at for offered, at in self.offered.at if offered == name]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_start_does_what_is_due_and_nothing_else() -> None:
    with time_machine.travel(instant("2026-11-24T10:00"), tick=False) as traveller:
        last = {"backups": instant("2026-11-24T09:50"), "verify": instant("2026-11-22T02:30")}
        life = Life(traveller, (QUARTER_HOUR, NIGHTLY), last)
        assert [name for name, _ in life.offered.at] == ["verify"]
        life.run(timedelta(minutes=6))
        assert life.times("backups") == [instant("2026-11-24T10:05")]


def test_an_interval_is_kept_to_within_a_step() -> None:
    with time_machine.travel(instant("2026-11-24T10:00"), tick=False) as traveller:
        life = Life(traveller, (QUARTER_HOUR,), {})
        life.run(timedelta(hours=4))
        times = life.times("backups")
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert len(times) >= 16
        assert all(timedelta(minutes=15) <= gap <= timedelta(minutes=15, seconds=30) for gap in gaps)


@pytest.mark.parametrize("start", ["2026-03-27T12:00", "2026-10-23T12:00"], ids=["spring", "autumn"])
@pytest.mark.parametrize("at", [time(3, 30), time(2, 30), time(2, 0), time(6, 0)], ids=str)
def test_a_daily_duty_is_done_once_a_civil_day_over_both_clock_changes(start: str, at: time) -> None:
    with time_machine.travel(instant(start), tick=False) as traveller:
        life = Life(traveller, (ScheduledDuty(name="verify", every=at),), {"verify": instant(start)})
        life.run(timedelta(days=4), step=timedelta(seconds=60))
        days = [when.astimezone(PARIS).date() for when in life.times("verify")]
        assert len(days) == len(set(days)) == 4


def test_a_duty_that_raises_does_not_starve_the_one_behind_it() -> None:
    def refuse(duty: ScheduledDuty) -> None:
        offered(duty)
        if duty.name == "first":
            raise RuntimeError("no room")

    with time_machine.travel(instant("2026-11-24T10:00"), tick=False) as traveller:
        clock, offered = TravelledClock(traveller), Offered()
        agenda = Agenda(clock=clock, zone=PARIS, offer=refuse, last_begun={})
        agenda.plan(
            (
                ScheduledDuty(name="first", every=timedelta(minutes=1)),
                ScheduledDuty(name="second", every=timedelta(minutes=1)),
            )
        )
        for _ in range(30):
            clock.pass_time(timedelta(seconds=10))
            agenda.tick()
    names = [name for name, _ in offered.at]
    assert names.count("second") == names.count("first") >= 5


def test_a_clock_set_back_two_hours_is_told_and_silences_nothing() -> None:
    with time_machine.travel(instant("2026-11-24T10:00"), tick=False) as traveller:
        life = Life(traveller, (QUARTER_HOUR,), {})
        life.run(timedelta(hours=1))
        before = len(life.offered.at)
        life.clock.set_back(timedelta(hours=2))
        jump = life.agenda.tick()
        assert jump is not None and jump < timedelta(minutes=-100)
        life.run(timedelta(minutes=31))
        assert len(life.offered.at) >= before + 2


@pytest.mark.parametrize("duty", [QUARTER_HOUR, NIGHTLY], ids=["every quarter of an hour", "nightly"])
def test_a_duty_begun_under_a_clock_that_ran_ahead_is_due(duty: ScheduledDuty) -> None:
    now = instant("2026-11-24T12:00")
    assert duty.due(now + timedelta(days=200), now, PARIS)


def test_a_nightly_duty_is_not_repeated_for_a_clock_set_back_by_minutes() -> None:
    begun = instant("2026-11-24T12:00")
    assert not NIGHTLY.due(begun, begun - TOLERANCE, PARIS)
    assert NIGHTLY.due(begun, begun - TOLERANCE - SECOND, PARIS)


def test_a_machine_that_was_suspended_does_each_overdue_duty_once() -> None:
    with time_machine.travel(instant("2026-11-24T10:00"), tick=False) as traveller:
        life = Life(traveller, (QUARTER_HOUR, NIGHTLY), {"verify": instant("2026-11-24T04:00")})
        life.clock.pass_time(timedelta(days=2))
        assert life.agenda.tick() is None
        life.run(timedelta(minutes=1))
        assert [len(life.times(name)) for name in ("backups", "verify")] == [2, 1]


@given(
    st.integers(0, 2 * 365 * 86400).map(lambda seconds: instant("2026-01-01") + timedelta(seconds=seconds)),
    st.times().map(lambda at: at.replace(microsecond=0)),
)
def test_the_latest_occurrence_is_past_and_less_than_two_days_old(now: datetime, at: time) -> None:
    found = latest_occurrence(at, now, PARIS).astimezone(UTC)
    assert now - timedelta(hours=26) < found <= now


WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "success", "every", "due"),
    [
        (SAMPLE_AGAIN, False, WEEK, True),
        (SAMPLE_AGAIN - SECOND, False, WEEK, False),
        (SAMPLE_AGAIN, False, "04:00", True),
        (3 * SAMPLE_AGAIN, True, WEEK, False),
        (WEEK - SECOND, True, WEEK, False),
        (WEEK, True, WEEK, True),
        (WEEK, True, "04:00", False),
        (-200 * SAMPLE_AGAIN, True, WEEK, True),
        (-200 * SAMPLE_AGAIN, True, "04:00", True),
        (-200 * SAMPLE_AGAIN, False, WEEK, True),
        (-TOLERANCE, True, WEEK, False),
    ],
)
def test_a_sample_is_due_by_itself_after_its_rhythm_and_a_day_after_a_failure(
    ago: timedelta, success: bool, every: timedelta | str, due: bool
) -> None:
    run = LastRun(
        collector="samples",
        host="srv-1",
        subject="files/offsite",
        last_run=NOON - ago,
        last_success=None,
        duration=timedelta(seconds=3),
        success=success,
    )
    assert (("samples", "files/offsite") in samples_due([run], every, NOON)) == due
