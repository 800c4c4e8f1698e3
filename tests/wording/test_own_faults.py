"""The agent's own troubles: English in one line for tools, on a page wholly in its language but for what is quoted."""

from datetime import timedelta

import pytest

from agent.export.http.health import Health
from agent.export.snapshot import OwnState, WitnessStanding
from agent.fleet.agent_standing import AgentState
from agent.wording.languages import Words
from agent.wording.own_faults import FAULTS, FaultPart, fault_parts
from tests.parts.one_language import foreign
from tests.verdicts import NOW

FILLED = {
    "seconds": 95,
    "name": "srv-1",
    "mebibytes": 3,
    "number": 2,
    "since": "2026-11-24 05:12",
    "quoted": "disk; full",
}
PRODUCED = [
    Health(since_tick=None).fault(),
    Health(since_tick=timedelta(seconds=95)).fault(),
    Health(since_tick=timedelta(0), overdue=("restic on srv-1",)).fault(),
    Health(since_tick=timedelta(0), append_failure="disk full").fault(),
    OwnState(damage="row 7").trouble(),
    OwnState(witnesses=(WitnessStanding(id="lens", cosigned_at=None, refused="forked"),)).trouble(),
    OwnState(configuration_refused="line 3").trouble(),
    OwnState(has_little_room=True, free_bytes=3 << 20).trouble(),
    OwnState(evaluation_differences=2).trouble(),
    OwnState(unmailed_since=NOW).trouble(),
]


def said(fault: str, *, language: str = "fr") -> str:
    """Return what the program itself says of a trouble on a page."""
    parts = fault_parts(fault, "en" if language == "en" else "fr")
    return "".join(one.text for one in parts if not one.is_quoted)


@pytest.mark.parametrize("words", FAULTS)
@pytest.mark.parametrize("state", AgentState)
def test_each_trouble_is_said_in_the_language_of_the_page(words: Words, state: AgentState) -> None:
    filled = {**FILLED, "state": state.value, "quoted": "full" if "({quoted})" in words.en else "disk; full"}
    line = words.en.format(**filled)
    assert "".join(one.text for one in fault_parts(line, "fr")).startswith(words.fr.partition("{")[0])
    assert foreign(said(line), "fr", ("srv-1",)) == []
    assert foreign(said(line, language="en"), "en", ("srv-1",)) == []
    assert all(one.text in line for one in fault_parts(line, "fr") if one.is_quoted)


@pytest.mark.parametrize("fault", PRODUCED)
def test_what_the_program_finds_wrong_is_said_in_french(fault: str | None) -> None:
    assert fault is not None
    assert foreign(said(fault), "fr") == []
    assert said(fault).strip(" :()")


def test_several_agents_are_said_one_after_another() -> None:
    line = "the agent a is silent (reset by peer); the agent b is never; something else"
    assert said(line) == "le logiciel de mesure a : silencieux () ; le logiciel de mesure b : jamais entendu ; "
    assert fault_parts(line, "fr")[-1] == FaultPart(text="something else", is_quoted=True)


def test_why_a_database_is_away_is_said_too() -> None:
    assert said("the fleet's database cannot be asked: no answer for 9 s").endswith(" : aucune réponse depuis 9 s")
