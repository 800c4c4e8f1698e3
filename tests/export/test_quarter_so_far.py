"""The counts of the open quarter: every expected day is in them, and what is remembered is never out of date."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.accounting.expectation import Days
from agent.core.model import Key, State
from agent.core.reason import Reason
from agent.export.quarter_so_far import QuarterSoFar
from agent.ledger.ledger import Ledger
from tests.export.samples import TARGETS
from tests.parts.full_ledger import NOW, QUARTER, StillClock, day_row

PARIS = ZoneInfo("Europe/Paris")
FILES = Key(target="backup-rpo", subject="files", beneficiary="scota")
MAIL = Key(target="backup-rpo", subject="mail", beneficiary="scota")
STARTED = Days(starts=date(2026, 1, 1))


class EarlyClock(StillClock):
    """The clock of a machine that began to measure before the quarter."""

    def now(self) -> datetime:
        return NOW.replace(month=9, day=20)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return a ledger that has expected two subjects of one target since before the quarter."""
    with Ledger.open(tmp_path, clock=EarlyClock()) as ledger:
        ledger.keep_load("a", {FILES: STARTED, MAIL: STARTED}, TARGETS)
    with Ledger.open(tmp_path, clock=StillClock()) as ledger:
        yield ledger


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Ledger]:
    """Return a ledger that began today."""
    with Ledger.open(tmp_path / "fresh", clock=StillClock()) as ledger:
        ledger.keep_load("a", {FILES: STARTED, MAIL: STARTED}, TARGETS)
        yield ledger


def test_days_of_silence_are_unproven_days(ledger: Ledger) -> None:
    """54 days have passed; one has a row, the others are expected all the same."""
    ledger.keep_days([day_row(FILES, QUARTER)])
    counted = QuarterSoFar().counted(ledger, NOW, PARIS)
    assert counted.keys[FILES] == {State.MET: 1, State.UNPROVEN: 53, State.MISSED: 0, State.ACCEPTED: 0}
    assert sum(counted.keys[MAIL].values()) == 54


def test_a_targets_day_is_that_of_its_worst_subject(ledger: Ledger) -> None:
    """One met and one missed subject make one missed day, not half of one."""
    ledger.keep_days([day_row(FILES, QUARTER), day_row(MAIL, QUARTER, State.MISSED)])
    counted = QuarterSoFar().counted(ledger, NOW, PARIS)
    assert counted.targets["backup-rpo", "scota"] == {
        State.MET: 0,
        State.MISSED: 1,
        State.UNPROVEN: 53,
        State.ACCEPTED: 0,
    }


def test_what_is_remembered_gives_way_to_a_new_row_a_new_load_and_a_new_day(ledger: Ledger) -> None:
    """After each change the remembered counts are those that would be counted anew."""
    remembering = QuarterSoFar()
    before = remembering.counted(ledger, NOW, PARIS)
    assert remembering.counted(ledger, NOW, PARIS) is before

    ledger.keep_days([day_row(FILES, QUARTER)])
    assert remembering.counted(ledger, NOW, PARIS) == QuarterSoFar().counted(ledger, NOW, PARIS) != before

    ledger.keep_days([day_row(FILES, QUARTER, State.MISSED)])
    assert remembering.counted(ledger, NOW, PARIS).keys[FILES][State.MISSED] == 1

    ledger.keep_load("b", {FILES: STARTED}, TARGETS)
    assert remembering.counted(ledger, NOW, PARIS) == QuarterSoFar().counted(ledger, NOW, PARIS)

    tomorrow = NOW + timedelta(days=1)
    assert sum(remembering.counted(ledger, tomorrow, PARIS).keys[FILES].values()) == 55


def test_the_first_day_of_a_quarter_counts_nothing_yet(ledger: Ledger) -> None:
    """Today is not over; nothing is expected so far, and no ratio is shown for it."""
    counted = QuarterSoFar().counted(ledger, NOW.replace(month=10, day=1), PARIS)
    assert sum(sum(one.values()) for one in counted.keys.values()) == 0


def test_a_day_that_was_entered_as_unproven_is_told_by_when_it_was(ledger: Ledger) -> None:
    """A silent day without a row may yet be shown; one that owed nothing, or was met in the end, is unknown."""
    yesterday = NOW.date() - timedelta(days=1)
    assert QuarterSoFar().counted(ledger, NOW, PARIS).unproven == {}

    on_course = replace(day_row(MAIL, yesterday, State.UNPROVEN), reason=Reason.ON_COURSE)
    ledger.keep_days([replace(day_row(FILES, yesterday, State.UNPROVEN), reason=Reason.UNREACHABLE), on_course])
    assert QuarterSoFar().counted(ledger, NOW, PARIS).unproven == {FILES: NOW}

    ledger.keep_days([day_row(FILES, yesterday, State.MET)])
    assert QuarterSoFar().counted(ledger, NOW, PARIS).unproven == {}


def test_the_last_day_of_a_quarter_is_told_in_the_next_one(ledger: Ledger) -> None:
    """The day before the quarter is none of its days, and was unproven all the same."""
    first = NOW.replace(month=10, day=1)
    ledger.keep_days([replace(day_row(FILES, QUARTER - timedelta(days=1), State.UNPROVEN), judged_at=first)])
    counted = QuarterSoFar().counted(ledger, first, PARIS)
    assert counted.unproven == {FILES: first}
    assert sum(counted.keys[FILES].values()) == 0


@pytest.mark.parametrize("reason", [Reason.NOT_RUN, Reason.UNREACHABLE])
def test_days_before_anything_was_measured_ring_nothing(fresh: Ledger, reason: Reason) -> None:
    """A past `starts` opens days that nothing watched: they count, and call no one."""
    yesterday = NOW.date() - timedelta(days=1)
    fresh.keep_days([replace(day_row(FILES, yesterday, State.UNPROVEN), reason=reason)])
    assert FILES not in QuarterSoFar().counted(fresh, NOW, PARIS).unproven


@pytest.mark.parametrize(("reason", "told"), [(Reason.NOT_RUN, False), (Reason.UNREACHABLE, True)])
def test_the_moment_before_the_first_look_of_all_is_not_told(fresh: Ledger, reason: Reason, *, told: bool) -> None:
    """Else an installation would ring for each of its subjects on the next day."""
    fresh.keep_days([replace(day_row(FILES, NOW.date(), State.UNPROVEN), reason=reason)])
    tomorrow = NOW + timedelta(days=1)
    assert (FILES in QuarterSoFar().counted(fresh, tomorrow, PARIS).unproven) is told
