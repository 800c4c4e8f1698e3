"""What is retired: expected until its last day, or never, while its entry stays in the file and after it has gone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.accounting.expectation import Days
from agent.config.load import load
from agent.core.duties.expected import expected
from agent.core.errors import UsageError
from agent.core.model import State
from agent.core.period import PARIS
from agent.core.reason import Reason
from agent.evaluation.round import Round, in_force, needed
from agent.export.quarter_so_far import quarter_days
from agent.queries.current_state import current_snapshot
from agent.register.kept import add
from agent.register.retiring import Request, retire
from tests.evaluation.test_round import CONFIGURATION, DAY, HOUR, RPO, START, World, world

OTHER = """[[host]]
id = "srv-2"
transport = "local"
site = "arras"
collect = ["patches"]
"""
TODAY = START.astimezone(PARIS).date()
WORDS = {"reason": "remplacée", "author": "RSSI"}


@pytest.fixture
def held(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, OTHER) as made:
        yield made


def load_file(held: World, folder: Path, text: str) -> None:
    """Load a file that was written over the one before, as a reload does."""
    path = folder / "beffroi.toml"
    path.write_text(text.format(state=folder / "state"))
    configuration = load(path, strict=False)
    held.session = replace(held.session, configuration=configuration)
    wanted = expected(configuration.inventory, configuration.convention.starts)
    declared = {one.key: Days(starts=one.starts, ends=one.ends) for one in wanted}
    held.ledger.keep_load(configuration.digest, declared, configuration.targets)


def retired(held: World, kind: str = "backup", subject: str = "files", **how: object) -> str:
    """Retire something, and return the id of the entry."""
    asked = Request(kind=kind, subject=subject, **{**WORDS, **how})  # type: ignore[arg-type]  # a test's words
    (one, *_) = retire(held.ledger, held.session.configuration.inventory, asked, held.clock.instant)
    return one.id


def judge(held: World) -> None:
    """Judge what is watched, without a new look."""
    Round(held.session).judge(held.session.wanted)


def counted(held: World) -> dict[date, State]:
    """Return what the days of the backup have come to."""
    rows = quarter_days(held.ledger, held.clock.instant, PARIS).get(RPO, ())
    return {row.day: row.measured for row in rows}


def states(held: World) -> dict[str, Reason]:
    """Return the reason of each verdict on the backup and its copies, as people see it."""
    seen = current_snapshot(held.session.configuration, held.ledger, now=held.clock.instant)
    return {one.verdict.target: one.verdict.reason for one in seen.standings if one.verdict.subject.startswith("files")}


def without_backup() -> str:
    """Return a configuration without its backup."""
    return CONFIGURATION[: CONFIGURATION.index("[[backup]]")] + OTHER


def test_it_is_expected_up_to_and_with_its_last_day(held: World) -> None:
    held.look()
    assert retired(held) == "retirement-1"
    held.clock.instant += 3 * DAY
    judge(held)
    assert list(counted(held)) == [TODAY]


def test_a_later_last_day_is_taken_at_its_word(held: World) -> None:
    held.look()
    retired(held, last_day=TODAY + DAY)
    held.clock.instant += 5 * DAY
    judge(held)
    assert list(counted(held)) == [TODAY, TODAY + DAY]


def test_a_day_seen_missed_stays_so_when_it_is_retired_that_day_or_before(held: World) -> None:
    held.points = [START - 9 * DAY]
    for _ in range(12):
        assert held.look().state is State.MISSED
        held.clock.instant += 4 * HOUR
    assert held.look().state is State.MISSED
    retired(held, last_day=TODAY - 5 * DAY)
    held.clock.instant += 2 * DAY
    judge(held)
    assert counted(held) == dict.fromkeys((TODAY, TODAY + DAY, TODAY + 2 * DAY), State.MISSED)


def test_it_acts_while_the_entry_stays_and_after_it_has_gone(held: World, tmp_path: Path) -> None:
    retired(held)
    held.clock.instant += DAY
    load_file(held, tmp_path, CONFIGURATION + OTHER.replace("patches", "network"))
    held.clock.instant += DAY
    assert list(counted(held)) == [TODAY]
    load_file(held, tmp_path, without_backup())
    held.clock.instant += DAY
    assert list(counted(held)) == [TODAY]
    assert states(held) == {}


def test_declared_again_after_it_had_gone_it_is_expected_again(held: World, tmp_path: Path) -> None:
    retired(held)
    held.clock.instant += DAY
    load_file(held, tmp_path, without_backup())
    held.clock.instant += DAY
    again = TODAY + 2 * DAY
    load_file(held, tmp_path, CONFIGURATION.replace("[[backup.copy]]", f"starts = {again}\n[[backup.copy]]") + OTHER)
    held.clock.instant += 2 * DAY
    assert list(counted(held)) == [TODAY, again, again + DAY]
    assert Reason.RETIRED not in states(held).values()


def test_what_has_gone_from_the_file_without_end_is_ended(held: World, tmp_path: Path) -> None:
    held.look()
    held.clock.instant += DAY
    load_file(held, tmp_path, without_backup())
    held.clock.instant += 2 * DAY
    assert set(states(held).values()) == {Reason.NO_LONGER_DECLARED}
    retired(held)
    held.clock.instant += 2 * DAY
    judge(held)
    assert max(counted(held)) == TODAY + 3 * DAY
    assert {counted(held)[TODAY + number * DAY] for number in (1, 2, 3)} == {State.UNPROVEN}
    assert states(held) == {}


def test_a_mistake_was_never_expected_and_the_entry_says_so(held: World) -> None:
    held.look(fails=Reason.UNREACHABLE)
    held.clock.instant += DAY
    judge(held)
    retired(held, mistake=True)
    judge(held)
    assert counted(held) == {}
    assert set(states(held).values()) == {Reason.RETIRED}
    held.clock.instant += 3 * DAY
    judge(held)
    assert counted(held) == {}
    (entry,) = held.ledger.entries("retirement")
    assert entry.values["mistake"] == "yes"


def test_a_mistake_is_taken_back_within_seven_days_only(held: World) -> None:
    held.clock.instant += 7 * DAY
    retired(held, "copy", "files/offsite", mistake=True)
    held.clock.instant += timedelta(seconds=1)
    with pytest.raises(UsageError, match="first loaded on 2026-11-02, more than 7 days ago"):
        retired(held, mistake=True)
    assert len(held.ledger.entries("retirement")) == 1


def test_a_mistake_has_no_last_day(held: World) -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        retired(held, mistake=True, last_day=TODAY)


def test_a_mistake_is_taken_back_once(held: World) -> None:
    retired(held, mistake=True)
    with pytest.raises(UsageError, match="taken back as a mistake already: retirement-1"):
        retired(held)


def test_a_later_retirement_stands_in_the_place_of_the_one_before(held: World, tmp_path: Path) -> None:
    retired(held)
    held.clock.instant += HOUR
    retired(held, last_day=TODAY + 2 * DAY)
    load_file(held, tmp_path, CONFIGURATION)
    held.clock.instant += 6 * DAY
    assert list(counted(held)) == [TODAY, TODAY + DAY, TODAY + 2 * DAY]


def test_a_retired_backup_is_named_and_no_longer_looked_at(held: World) -> None:
    held.look()
    assert Reason.RETIRED not in states(held).values()
    retired(held)
    assert Reason.RETIRED not in states(held).values()
    held.clock.instant += DAY
    judge(held)
    assert set(states(held).values()) == {Reason.RETIRED}
    assert {one.key.subject for one in held.session.wanted} == {"srv-2", "scota", "alert-path", "convention"}
    assert not [one for one in needed(held.session.wanted, held.session) if one.subject.startswith("files")]


def test_a_retired_host_takes_its_backups_with_it(held: World) -> None:
    retired(held, "host", "srv-2")
    with pytest.raises(UsageError, match="nothing is expected of host srv-1"):
        retired(held, "host", "srv-1")
    held.clock.instant += DAY
    assert {one.key.subject for one in held.session.wanted} == {
        "files",
        "files/offsite",
        "scota",
        "alert-path",
        "convention",
    }


def test_a_retired_copy_leaves_its_backup(held: World) -> None:
    retired(held, "copy", "files/offsite")
    held.clock.instant += DAY
    assert "files" in {one.key.subject for one in held.session.wanted}
    assert "files/offsite" not in {one.key.subject for one in held.session.wanted}
    assert held.session.inventory.copies == ()


def test_what_is_unknown_is_refused_with_what_is_known(held: World) -> None:
    with pytest.raises(UsageError, match="no such backup: 'file'") as refused:
        retired(held, subject="file")
    assert refused.value.hint == 'did you mean "files"?'
    assert held.ledger.entries("retirement") == ()


def test_a_reason_and_an_author_are_needed(held: World) -> None:
    with pytest.raises(UsageError, match="--reason: has no value"):
        retired(held, reason=" ")
    with pytest.raises(UsageError, match="--author: holds a control character"):
        retired(held, author="a\nb")


def test_a_retirement_is_no_entry_that_register_takes(held: World) -> None:
    with pytest.raises(UsageError, match="a command of their own") as refused:
        add(held.ledger, "retirement", ("kind=host",), held.session.configuration, held.clock.instant)
    assert "beffroi retire" in refused.value.hint


def test_a_retirement_is_spared_when_entries_expire(held: World) -> None:
    assert retired(held) in in_force(held.session, held.clock.instant + 4000 * DAY)
