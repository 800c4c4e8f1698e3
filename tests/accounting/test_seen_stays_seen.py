"""What was seen on a day: no edit of the configuration, agreement, removal or clock takes it away."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from agent.accounting.expectation import Days
from agent.config.load import load
from agent.config.settings import Configuration
from agent.core.model import State
from agent.core.period import PARIS
from agent.core.reason import Reason
from agent.cycle import Turn
from agent.export.quarter_so_far import quarter_days
from agent.survey import survey
from tests.test_cycle import CONFIGURATION, DAY, HOUR, RPO, START, World, world

OTHER = """[[host]]
id = "srv-2"
transport = "local"
site = "arras"
collect = ["patches"]
"""
TODAY = START.astimezone(PARIS).date()


@pytest.fixture
def held(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, OTHER) as made:
        yield made


def written(folder: Path, text: str) -> Configuration:
    """Return a configuration that was written over the one before."""
    path = folder / "beffroi.toml"
    path.write_text(text.format(state=folder / "state"))
    return load(path, strict=False)


def edit(held: World, configuration: Configuration) -> None:
    """Load a changed configuration, as a reload does."""
    held.watch = replace(held.watch, configuration=configuration)
    declared = {one.key: Days(starts=one.starts, ends=one.ends) for one in held.watch.wanted}
    held.ledger.keep_load(configuration.digest, declared, configuration.targets)


def judge(held: World) -> None:
    """Judge what is declared, without a new look."""
    Turn(held.watch).judge(held.watch.wanted)


def so_far(held: World, day: date) -> tuple[State, Reason]:
    """Return what the live views count of a day."""
    rows = quarter_days(held.ledger, held.clock.instant, PARIS)[RPO]
    return next((row.measured, row.reason) for row in rows if row.day == day)


def without_backup(text: str) -> str:
    """Return a configuration without its backup."""
    return text[: text.index("[[backup]]")] + OTHER


def renamed(text: str) -> str:
    """Return a configuration in which the backup has another id."""
    return text.replace('id = "files"', 'id = "documents"') + OTHER


def ended_yesterday(text: str) -> str:
    """Return a configuration in which the backup ended on the day before."""
    return text.replace("[[backup.copy]]", "ends = 2026-11-01\n[[backup.copy]]") + OTHER


def started_later(text: str) -> str:
    """Return a configuration in which the backup starts in a month."""
    return text.replace("[[backup.copy]]", "starts = 2026-12-01\n[[backup.copy]]") + OTHER


EDITS = pytest.mark.parametrize("edited", [without_backup, renamed, ended_yesterday, started_later])


@EDITS
@pytest.mark.parametrize("after", [2 * HOUR, 2 * DAY])
def test_a_day_seen_missed_stays_so_when_the_configuration_changes(
    held: World, tmp_path: Path, edited: object, after: timedelta
) -> None:
    assert callable(edited)
    held.points = [START - 9 * DAY]
    assert held.look().state is State.MISSED
    held.clock.instant += after
    edit(held, written(tmp_path, edited(CONFIGURATION)))
    judge(held)
    held.clock.instant = START + 3 * DAY
    judge(held)
    assert held.day(TODAY) == (State.MISSED, Reason.TOO_OLD, False)
    assert so_far(held, TODAY) == (State.MISSED, Reason.TOO_OLD)


def test_the_day_of_a_removal_is_unproven_where_nothing_was_missed(held: World, tmp_path: Path) -> None:
    held.look()
    held.clock.instant += HOUR
    edit(held, written(tmp_path, without_backup(CONFIGURATION)))
    judge(held)
    held.clock.instant = START + DAY
    judge(held)
    assert held.day(TODAY) == (State.UNPROVEN, Reason.NO_LONGER_DECLARED, False)
    assert so_far(held, TODAY) == (State.UNPROVEN, Reason.NO_LONGER_DECLARED)


def test_days_after_a_removal_have_no_row_of_their_own(held: World, tmp_path: Path) -> None:
    held.points = [START - 9 * DAY]
    held.look()
    edit(held, written(tmp_path, without_backup(CONFIGURATION)))
    held.clock.instant = START + 3 * DAY
    judge(held)
    assert held.day(TODAY + DAY) is None
    assert so_far(held, TODAY + DAY) == (State.UNPROVEN, Reason.NO_LONGER_DECLARED)


def test_a_removed_subject_is_named_at_once(held: World, tmp_path: Path) -> None:
    held.look()
    held.clock.instant += HOUR
    configuration = written(tmp_path, without_backup(CONFIGURATION))
    edit(held, configuration)
    standings = survey(configuration, held.ledger, now=held.clock.instant).standings
    assert [one.verdict.reason for one in standings if one.verdict.key == RPO] == [Reason.NO_LONGER_DECLARED]


def test_days_are_civil_days_of_paris_whatever_the_agent_s_zone(held: World, tmp_path: Path) -> None:
    edit(
        held,
        written(
            tmp_path, CONFIGURATION.replace("[[beneficiary]]", 'timezone = "Pacific/Kiritimati"\n[[beneficiary]]', 1)
        ),
    )
    held.look()
    held.clock.instant = datetime(2026, 11, 2, 22, tzinfo=PARIS)  # the third of November at Kiritimati
    held.look()
    assert held.day(TODAY) is None
    held.clock.instant = datetime(2026, 11, 3, 0, 1, tzinfo=PARIS)
    held.points.append(held.clock.instant - HOUR)
    held.look()
    assert held.day(TODAY) == (State.MET, Reason.WITHIN_LIMIT, False)
