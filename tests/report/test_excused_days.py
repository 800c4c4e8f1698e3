"""Days kept better than their looks show, each beside a cause that the holder of the key can make at will."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.accounting.days import DayRow
from agent.core.model import State
from agent.core.reason import Reason
from agent.ledger.day_ledger import DayLedger
from agent.report.day_doubts import RENAMED
from agent.report.derived_days import MOST_EXCUSED, UNREAD, DerivedDays
from tests.evaluation.test_round import DAY, HOUR, RPO, START, World, world
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
