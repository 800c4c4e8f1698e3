"""Days kept better than their looks show, each beside a cause that the holder of the key can make at will."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.accounting.days import DayRow
from agent.core.duties.expected import expected
from agent.core.model import Observation, State
from agent.core.points import Point
from agent.core.reason import Reason
from agent.evaluation.round import Round
from agent.ledger.day_ledger import DayLedger
from agent.report.day_doubts import RENAMED
from agent.report.derived_days import MOST_EXCUSED, STOOD_FOR, UNREAD, DerivedDays
from tests.evaluation.test_round import DAY, HOUR, RPO, START, World, listing, world
from tests.parts.lived_hosts import derived_days, lived_hosts, payloads_of
from tests.report.published_bundle import check
from tests.report.test_derived import bundle_of, live, turn

OTHER = RPO._replace(subject="other")


def load_again(held: World, away: timedelta) -> None:
    """Keep one more load, by a clock that is away for that row alone."""
    (*_, load) = held.ledger.loads()
    held.clock.instant += away
    held.ledger.keep_load(f"{len(held.ledger.loads()):064x}", load.declared, load.targets)
    held.clock.instant -= away


def as_met(row: DayRow) -> DayRow:
    return replace(row, state=State.MET, measured=State.MET, reason=Reason.WITHIN_LIMIT)


@pytest.mark.parametrize("away", [timedelta(0), -20 * HOUR])
def test_a_cause_for_each_day_of_some_weeks_is_doubtful(
    away: timedelta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backups stopped, and the key's holder keeps each day as met."""
    keep = DayLedger.keep_days

    def keep_as_met(ledger: DayLedger, rows: Sequence[DayRow]) -> None:
        keep(ledger, [as_met(row) if row.key == RPO else row for row in rows])

    monkeypatch.setattr(DayLedger, "keep_days", keep_as_met)
    with world(tmp_path) as held:
        turn(held)
        for number in range(1, MOST_EXCUSED + 4):
            live(held, START + number * DAY, backups=False)
            load_again(held, away)
        found = check(bundle_of(held), tmp_path)
    assert found.damage == []
    (said,) = found.doubts
    assert "days of backup-rpo files are kept as met, and no looks show them so" in said


def test_some_such_days_of_a_subject_are_none() -> None:
    few = {(RPO, RENAMED): MOST_EXCUSED - 1, (RPO, UNREAD): 1, (OTHER, RENAMED): MOST_EXCUSED}
    assert list(DerivedDays(rested=Counter(few)).doubts()) == []
    (said,) = DerivedDays(rested=Counter({**few, (RPO, UNREAD): 2})).doubts()
    assert said.startswith(f"{MOST_EXCUSED + 1} days of backup-rpo files are kept as met")
    assert f"({RENAMED}: {MOST_EXCUSED - 1}; {UNREAD}: 2)" in said


def test_a_miss_that_the_points_own_dates_show_is_not_excused_by_looks_that_are_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another folder has a point each hour, so that one look of eight hours is shown; the own ones are 32 h apart."""
    monkeypatch.setattr("agent.report.derived_days.MOST_EXCUSED", 1)
    keep = DayLedger.keep_days

    def keep_as_met(ledger: DayLedger, rows: Sequence[DayRow]) -> None:
        keep(ledger, [as_met(row) if row.key == RPO else row for row in rows])

    monkeypatch.setattr(DayLedger, "keep_days", keep_as_met)
    with world(tmp_path) as held:
        nights = [START - timedelta(hours=5, minutes=30)]
        for hours in (32, 16, 32, 16, 32):
            nights.append(nights[-1] + hours * HOUR)
        wanted = [one for one in expected(held.session.configuration.inventory, None) if one.key == RPO]
        while held.clock.instant < START + 5 * DAY:
            held.clock.instant = now = held.clock.instant + HOUR
            made = Round(held.session)
            made.take(look_with_others(now, nights))
            made.judge(wanted, names=[("restic_snapshots", "files/offsite")])
        found = derived_days(payloads_of(held))
    assert found.left[RPO.target, STOOD_FOR] == 2
    assert any("days of backup-rpo files are kept as met, and no looks show them so" in said for said in found.doubts())


def test_hourly_points_under_a_limit_of_few_hours_are_no_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit passes within the eight hours for which one look is shown, whatever that look lists."""
    monkeypatch.setattr("agent.report.derived_days.MOST_EXCUSED", 1)
    with world(tmp_path, '[targets.backup-rpo]\nlimit = "4h"\n') as held:
        wanted = [one for one in expected(held.session.configuration.inventory, None) if one.key == RPO]
        while held.clock.instant < START + 4 * DAY:
            held.clock.instant = now = held.clock.instant + HOUR
            made = Round(held.session)
            made.take(look_with_others(now, [now - number * HOUR for number in range(30)]))
            made.judge(wanted, names=[("restic_snapshots", "files/offsite")])
        found = derived_days(payloads_of(held))
    assert (found.wrong, list(found.doubts())) == ([], [])


@pytest.mark.parametrize(("limit", "hours"), [("24h", [4]), ("6h", list(range(24)))])
def test_points_that_the_next_shown_look_lists_leave_no_honest_day_in_doubt(
    limit: str, hours: Sequence[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit passes while one look of eight hours stands for others, and the nightly point came before."""
    monkeypatch.setattr("agent.report.derived_days.MOST_EXCUSED", 1)
    midnight = START.replace(hour=0, minute=5)
    made = [midnight + day * DAY + hour * HOUR for day in range(-2, 5) for hour in hours]
    with world(tmp_path, f'[targets.backup-rpo]\nlimit = "{limit}"\n') as held:
        wanted = [one for one in expected(held.session.configuration.inventory, None) if one.key == RPO]
        while held.clock.instant < START + 4 * DAY:
            held.clock.instant = now = held.clock.instant + timedelta(minutes=30)
            turn = Round(held.session)
            turn.take(look_with_others(now, made))
            turn.judge(wanted, names=[("restic_snapshots", "files/offsite")])
        found = derived_days(payloads_of(held))
    assert (found.wrong, list(found.doubts())) == ([], [])


def test_points_before_a_look_that_fails_alone_leave_no_honest_day_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look that failed is shown itself; the good ones before it are not, which saw the point that holds it."""
    monkeypatch.setattr("agent.report.derived_days.MOST_EXCUSED", 2)
    made = [START.replace(hour=hour, minute=5) + day * DAY for day in range(-2, 6) for hour in (10, 22)]
    with world(tmp_path, '[targets.backup-rpo]\nlimit = "13h"\n') as held:
        wanted = [one for one in expected(held.session.configuration.inventory, None) if one.key == RPO]
        while held.clock.instant < START + 5 * DAY:
            held.clock.instant = now = held.clock.instant + timedelta(minutes=30)
            turn = Round(held.session)
            if (now.hour, now.minute) == (0, 0):
                held.take(turn, "offsite", fails=Reason.UNREACHABLE)
            else:
                turn.take(look_with_others(now, made))
            turn.judge(wanted, names=[("restic_snapshots", "files/offsite")])
        found = derived_days(payloads_of(held))
    assert (found.wrong, list(found.doubts())) == ([], [])


def look_with_others(now: datetime, nights: Sequence[datetime]) -> Observation:
    """Return a look at a copy with a point each hour of another folder beside its own."""
    hours = [now - number * HOUR for number in range(3)]
    made = sorted([(at, "/srv") for at in nights if at <= now] + [(at, "/etc") for at in hours])
    return listing([Point(id=f"p{at:%d%H%M}", time=at, host="srv-1", paths=(path,), files=3) for at, path in made], now)


@pytest.mark.parametrize(("away", "is_doubted"), [(1, False), (15, True)])
def test_looks_that_fail_for_an_hour_of_each_night_leave_no_honest_day_in_doubt(
    away: int, is_doubted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first look of a slot is shown alone; one that failed tells nothing of the good ones after it."""
    monkeypatch.setattr("agent.report.derived_days.MOST_EXCUSED", 1)
    keep = DayLedger.keep_days

    def keep_as_met(ledger: DayLedger, rows: Sequence[DayRow]) -> None:
        keep(ledger, [as_met(row) if row.key.target == "log-collection" else row for row in rows])

    if is_doubted:
        monkeypatch.setattr(DayLedger, "keep_days", keep_as_met)
    with lived_hosts(tmp_path) as lived:
        clock = lived.held.clock
        for number in range(6 * 48):
            clock.instant += timedelta(minutes=30)
            lived.trouble.offset = number % 7 / 1000
            lived.trouble.of_looks["clock"] = "fails" if clock.instant.hour < away else "sound"
            lived.turn("clock")
        found = derived_days(payloads_of(lived.held))
    assert found.wrong == []
    assert any(said.split(" of ")[1].startswith("log-collection srv-2") for said in found.doubts()) is is_doubted
