"""An incident from its entry to the day on which it leaves the scorecard, in a real ledger under a clock that moves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.config.load import load
from agent.core.errors import EntryRefused
from agent.core.model import Verdict
from agent.evaluation.round import Round
from agent.evaluation.session import Session, open_session
from agent.queries.current_state import current_snapshot
from agent.register.kept import add, amend
from tests.parts.held_clock import HeldClock

CONFIGURATION = """
[agent]
state_directory = "{state}"
[convention]
starts = 2026-11-01
[[beneficiary]]
id = "scota"
name = "SCOTA"
signatories = ["Présidente du SCOTA"]
"""
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class World:
    """A configuration, its ledger, and the clock."""

    session: Session
    clock: HeldClock

    def enter(self, register: str, *words: str, id: str | None = None) -> str:
        """Keep an entry, or a revision of one."""
        ledger, configuration = self.session.ledger, self.session.configuration
        assert ledger is not None
        if id is None:
            return add(ledger, register, [*words, "author=RSSI"], configuration, self.clock.instant)
        return amend(ledger, register, id, words, configuration, self.clock.instant)

    def at(self, text: str) -> dict[str, Verdict]:
        """Move the clock, take a turn, and return the verdicts on incidents by subject."""
        self.clock.instant = datetime.fromisoformat(text).astimezone(UTC)
        verdicts = Round(self.session).judge(self.session.wanted)
        return {one.subject: one for one in verdicts if one.target == "incident-report"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a world on 2 November 2026 in which nothing was entered."""
    (tmp_path / "state").mkdir()
    path = tmp_path / "beffroi.toml"
    path.write_text(CONFIGURATION.format(state=tmp_path / "state"))
    clock = HeldClock(START)
    with open_session(path, clock=clock) as session:
        yield World(session=session, clock=clock)


def told(verdict: Verdict) -> tuple[str, str]:
    """Return a verdict's state and reason."""
    return verdict.state.value, verdict.reason.value


def test_an_incident_lives_from_its_entry_to_a_month_after_its_report(world: World) -> None:
    id = world.enter("incident", "detected=2026-11-02T10:00+01:00", "title=panne", "major=yes")
    found = world.at("2026-11-17T23:59+01:00")
    assert (told(found[id]), told(found["scota"])) == (("met", "on-course"), ("met", "on-course"))
    found = world.at("2026-11-18T00:01+01:00")
    assert (told(found[id]), told(found["scota"])) == (("missed", "overdue"), ("missed", "overdue"))
    world.enter("incident", "reported=2026-11-17T18:00+01:00", id=id)
    assert told(world.at("2026-11-18T00:02+01:00")[id]) == ("met", "within-limit")
    assert id in world.at("2026-12-16T12:00+01:00")
    assert id not in world.at("2026-12-17T12:00+01:00")
    assert told(world.at("2026-12-31T12:00+01:00")["scota"]) == ("not-applicable", "not-expected")


def test_what_is_kept_of_a_running_clock_shows_nothing_once_its_term_has_passed(world: World) -> None:
    id = world.enter("incident", "detected=2026-11-02T10:00+01:00", "title=panne", "major=yes")
    world.at("2026-11-17T23:00+01:00")
    now = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    shown = {
        one.key.subject: one.verdict
        for one in current_snapshot(world.session.configuration, world.session.ledger, now=now).standings
    }
    assert told(shown[id]) == ("unproven", "stale-evidence")


def test_an_accepted_delay_covers_its_own_entry_alone(world: World) -> None:
    words = ("detected=2026-11-02T10:00+01:00", "title=panne", "major=yes")
    first, second = world.enter("incident", *words), world.enter("incident", *words)
    world.at("2026-11-18T10:00+01:00")
    world.enter(
        "acceptance",
        "target=incident-report",
        f"subject={first}",
        "accepted_by=Présidente du SCOTA",
        "accepted_on=2026-11-18",
        "until=2026-11-30",
        "reason=enquête",
    )
    found = world.at("2026-11-18T10:01+01:00")
    assert (found[first].state.value, found[second].state.value) == ("accepted", "missed")
    found = world.at("2026-12-01T10:00+01:00")
    assert (found[first].state.value, found[second].state.value) == ("missed", "missed")


def test_days_of_an_entry_are_counted_from_the_one_on_which_it_was_known(world: World) -> None:
    id = world.enter("incident", "detected=2026-10-30T10:00+01:00", "title=panne", "major=yes")
    day = START
    for _ in range(4):
        world.at(day.isoformat())
        day += timedelta(days=1)
    ledger = world.session.ledger
    assert ledger is not None
    rows = ledger.day_rows(datetime(2026, 10, 28, tzinfo=UTC).date(), day.date())
    assert [(row.day.isoformat(), row.state.value) for row in rows if row.key.subject == id] == [
        ("2026-11-02", "met"),
        ("2026-11-03", "met"),
        ("2026-11-04", "met"),
    ]


def test_other_signatories_loaded_later_leave_what_was_accepted(world: World, tmp_path: Path) -> None:
    id = world.enter("incident", "detected=2026-11-02T10:00+01:00", "title=panne", "major=yes")
    world.at("2026-11-18T10:00+01:00")
    accepted = ("accepted_on=2026-11-18", "until=2026-11-30", "reason=enquête")
    words = ("target=incident-report", f"subject={id}", "accepted_by=Présidente du SCOTA", *accepted)
    world.enter("acceptance", *words)
    path = tmp_path / "beffroi.toml"
    path.write_text(path.read_text().replace('["Présidente du SCOTA"]', '["Directeur"]'))
    with open_session(path, clock=world.clock) as session:
        later = World(session=session, clock=world.clock)
        assert later.at("2026-11-19T10:00+01:00")[id].state.value == "accepted"
        with pytest.raises(EntryRefused, match="may not accept a risk"):
            later.enter("acceptance", *words)
        path.write_text(path.read_text().replace('["Directeur"]', '["Directeur", "Présidente du SCOTA"]'))
        edited = replace(session, configuration=load(path, strict=False))
        with pytest.raises(EntryRefused, match="not in force yet"):
            World(session=edited, clock=world.clock).enter("acceptance", *words)
