"""A departure from its entry to the day on which it leaves the scorecard, in a real ledger under a clock that moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.core.model import Verdict
from agent.evaluation.round import Round
from agent.evaluation.session import Session, open_session
from agent.queries.current_state import current_snapshot
from agent.register.kept import add, amend
from tests.checks.departed import account, look, unreachable
from tests.parts.held_clock import HeldClock

CONFIGURATION = """
[agent]
state_directory = "{state}"
[convention]
starts = 2026-11-01
[[beneficiary]]
id = "scota"
name = "SCOTA"
[[host]]
id = "srv-1"
collect = ["access"]
"""
SECOND_HOST = """
[[host]]
id = "srv-2"
transport = "ssh"
address = "srv-2.invalid"
collect = ["access"]
"""
START = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
LEFT = "left=2026-11-20T17:00+01:00"


@dataclass(slots=True)
class World:
    """A configuration, its ledger, and the clock."""

    session: Session
    clock: HeldClock

    def leave(self, *words: str) -> str:
        """Enter a departure."""
        ledger = self.session.ledger
        assert ledger is not None
        given = [LEFT, "person=Anne Dupont", "accounts=adupont", "author=RH", *words]
        return add(ledger, "departure", given, self.session.configuration, self.clock.instant)

    def at(self, text: str, *seen: str) -> dict[str, Verdict]:
        """Move the clock, take a look at each host named (`srv-1 adupont`, `srv-1`, `!srv-1`), and judge."""
        self.clock.instant = datetime.fromisoformat(text).astimezone(UTC)
        turn = Round(self.session)
        for one in seen:
            host, _space, left = one.partition(" ")
            facts = (account(left, host=host),) if left else ()
            turn.take(unreachable(text, host=host[1:]) if host.startswith("!") else look(text, *facts, host=host))
        return {one.subject: one for one in turn.judge(self.session.wanted) if one.target == "access-revocation"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a configuration of two hosts."""
    (tmp_path / "state").mkdir()
    text = CONFIGURATION.format(state=tmp_path / "state")
    (tmp_path / "beffroi.toml").write_text(text + SECOND_HOST)
    (tmp_path / "smaller.toml").write_text(text)
    return tmp_path


@pytest.fixture
def world(folder: Path) -> Iterator[World]:
    """Return a world on 20 November 2026 in which nothing was entered."""
    clock = HeldClock(START)
    with open_session(folder / "beffroi.toml", clock=clock) as session:
        yield World(session=session, clock=clock)


def told(verdict: Verdict) -> tuple[str, str]:
    """Return a verdict's state and reason."""
    return verdict.state.value, verdict.reason.value


def test_a_departure_is_closed_by_the_last_host_s_look_and_stays_as_it_was(world: World) -> None:
    id = world.leave()
    assert told(world.at("2026-11-20T18:00+01:00", "srv-1 adupont", "srv-2 adupont")[id]) == ("met", "on-course")
    assert told(world.at("2026-11-20T23:00+01:00", "srv-1", "!srv-2")[id]) == ("met", "on-course")
    closed = world.at("2026-11-21T16:00+01:00", "srv-2")[id]
    assert (told(closed), closed.value) == (("met", "within-limit"), 23 * 3600.0)
    later = world.at("2026-11-25T12:00+01:00", "srv-1 adupont", "srv-2")[id]
    assert (told(later), later.value) == (("met", "within-limit"), 23 * 3600.0)
    assert id in world.at("2026-12-20T12:00+01:00")
    assert id not in world.at("2026-12-21T12:00+01:00")


def test_a_departure_that_is_entered_late_is_judged_by_the_looks_of_its_own_day(world: World) -> None:
    world.at("2026-11-20T18:00+01:00", "srv-1 adupont", "srv-2")
    world.at("2026-11-21T00:00+01:00", "srv-1", "srv-2")
    world.clock.instant = datetime(2026, 11, 24, 9, tzinfo=UTC)
    id = world.leave()
    verdict = world.at("2026-11-24T10:00+01:00")[id]
    assert (told(verdict), verdict.value) == (("met", "within-limit"), 7 * 3600.0)


def test_an_unreachable_host_keeps_it_open_until_it_is_seen(world: World) -> None:
    id = world.leave()
    world.at("2026-11-20T18:00+01:00", "srv-1", "!srv-2")
    verdicts = world.at("2026-11-21T17:01+01:00", "!srv-2")
    assert told(verdicts[id]) == ("unproven", "unreachable")
    assert told(verdicts["scota"]) == ("unproven", "unreachable")
    assert told(world.at("2026-11-22T12:00+01:00", "srv-2 adupont")[id]) == ("missed", "right-remaining")
    assert told(world.at("2026-11-23T12:00+01:00", "srv-2")[id]) == ("missed", "overdue")


def test_a_host_that_is_taken_out_of_the_configuration_is_not_forgotten(world: World, folder: Path) -> None:
    id = world.leave()
    world.at("2026-11-20T18:00+01:00", "srv-1", "srv-2 adupont")
    with open_session(folder / "smaller.toml", clock=world.clock) as session:
        smaller = World(session=session, clock=world.clock)
        assert told(smaller.at("2026-11-21T10:00+01:00", "srv-1")[id]) == ("met", "on-course")
        assert told(smaller.at("2026-11-22T10:00+01:00", "srv-1")[id]) == ("unproven", "no-longer-declared")


def test_an_amended_departure_is_open_again_and_what_is_kept_shows_it(world: World) -> None:
    id = world.leave()
    assert told(world.at("2026-11-20T18:00+01:00", "srv-1", "srv-2 adm-dupont")[id]) == ("met", "within-limit")
    ledger = world.session.ledger
    assert ledger is not None
    amend(ledger, "departure", id, ["accounts=adupont adm-dupont"], world.session.configuration, world.clock.instant)
    assert told(world.at("2026-11-20T19:00+01:00")[id]) == ("met", "on-course")
    snapshot = current_snapshot(world.session.configuration, ledger, now=world.clock.instant)
    shown = {one.verdict.subject: one.verdict for one in snapshot.standings}
    assert shown[id].about["right"] == "account adm-dupont"


def test_a_right_that_was_seen_long_after_the_term_is_remembered_beyond_the_looks_that_are_read(world: World) -> None:
    id = world.leave()
    world.at("2026-11-20T18:00+01:00", "srv-1", "srv-2 adupont")
    assert told(world.at("2026-12-15T12:00+01:00", "srv-2 adupont")[id]) == ("missed", "right-remaining")
    assert told(world.at("2026-12-16T12:00+01:00", "!srv-2")[id]) == ("missed", "right-remaining")
    assert told(world.at("2026-12-20T12:00+01:00", "srv-2")[id]) == ("missed", "overdue")
    assert told(world.at("2026-12-21T12:00+01:00")[id]) == ("missed", "overdue")
