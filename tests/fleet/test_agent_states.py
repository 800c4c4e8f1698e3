"""How each agent stands: silence is never good, and a refusal is told until it is settled."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.cli.fleet_lines import as_json, as_lines, exit_code
from agent.config.settings import FleetAgent, FleetSettings
from agent.core.model import Key, State
from agent.fleet.agent_standing import AgentStanding, AgentState
from agent.fleet.agent_states import agent_states
from agent.fleet.database import connected
from agent.fleet.enrolment import Enrolment, enrol
from agent.fleet.sending import SendingRefused
from agent.ledger.chain import GENESIS
from tests.fleet.agents import FleetMember, member
from tests.fleet.databases import Laid, LaidOn
from tests.fleet.test_schema import row
from tests.fleet.test_sending import clone
from tests.parts.full_ledger import NOW, StillClock

pytestmark = [pytest.mark.programs, pytest.mark.network]

SEEN = {"srv-1": State.MET, "srv-2": State.MISSED, "srv-3": State.MET}
UNPROVEN = dict.fromkeys(State, 0) | {State.UNPROVEN: 3}


@pytest.fixture
def arras(laid: Laid, tmp_path: Path) -> Iterator[FleetMember]:
    """Return an admitted agent that has judged three hosts, and sent it."""
    with member(laid, tmp_path / "arras") as made:
        made.judge(SEEN)
        made.send()
        yield made


def seen_by_centre(laid: LaidOn, *agents: FleetAgent) -> tuple[AgentStanding, ...]:
    """Return how the agents stand for the centre."""
    settings = FleetSettings(database=laid.server.settings(laid.name), user="beffroi_centre", agents=agents)
    with connected(settings) as database:
        return agent_states(database, settings)


def declared(arras: FleetMember, age: str = "1h") -> FleetAgent:
    """Return an agent as the centre declares it."""
    hours = timedelta(hours=int(age.removesuffix("h")))
    return FleetAgent(id=arras.name, fingerprint=arras.own.fingerprint, evidence_age=hours)


def aged(laid: LaidOn, span: str) -> None:
    """Let all that arrived have arrived earlier."""
    laid.run(f"UPDATE beffroi.row SET received_at = received_at - INTERVAL '{span}'")


def test_an_agent_that_sends_is_current_with_its_verdicts(arras: FleetMember) -> None:
    (one,) = seen_by_centre(arras.laid, declared(arras))
    assert (one.state, one.hosts, one.lag_rows, one.key) == (AgentState.CURRENT, 3, 0, arras.own.fingerprint)
    assert one.summary == dict.fromkeys(State, 0) | {State.MET: 2, State.MISSED: 1}
    assert exit_code([one]) == 0


def test_a_newer_verdict_takes_the_place_of_an_older(arras: FleetMember) -> None:
    arras.judge({**SEEN, "srv-1": State.MISSED})
    arras.send()
    (one,) = seen_by_centre(arras.laid, declared(arras))
    assert (one.summary[State.MET], one.summary[State.MISSED]) == (1, 2)


def test_what_was_declared_and_never_judged_is_unproven(arras: FleetMember) -> None:
    arras.declare({Key(target="patching", subject="srv-4", beneficiary="scota"): None})
    arras.send()
    (one,) = seen_by_centre(arras.laid, declared(arras))
    assert (one.hosts, one.summary[State.UNPROVEN]) == (4, 1)


def test_all_behind_a_silent_agent_is_unproven(arras: FleetMember) -> None:
    aged(arras.laid, "61 minutes")
    (one,) = seen_by_centre(arras.laid, declared(arras))
    assert (one.state, one.summary, one.lag_rows) == (AgentState.SILENT, UNPROVEN, None)
    assert exit_code([one]) == 3
    (one,) = seen_by_centre(arras.laid, declared(arras, "2h"))
    assert one.state is AgentState.CURRENT


def test_what_was_seen_long_ago_and_is_sent_now_is_not_current(laid: Laid, tmp_path: Path) -> None:
    with member(laid, tmp_path / "late", clock=StillClock()) as late:
        late.judge(SEEN, NOW)
        late.send()
        (one,) = seen_by_centre(laid, declared(late))
    assert (one.state, one.summary) == (AgentState.SILENT, UNPROVEN)


def test_an_agent_that_was_never_there_is_told(arras: FleetMember) -> None:
    fingerprint = "SHA256:" + "b" * 43
    found = seen_by_centre(arras.laid, declared(arras), FleetAgent(id="lens-1", fingerprint=fingerprint))
    assert [(one.agent, one.state) for one in found] == [("arras-1", AgentState.CURRENT), ("lens-1", AgentState.NEVER)]
    assert exit_code(found) == 3


def test_a_clone_is_told_until_the_agent_is_admitted_anew(arras: FleetMember, tmp_path: Path) -> None:
    other = clone(arras, tmp_path / "clone")
    with other.ledger:
        arras.append(1)
        other.append(1)
        arras.send()
        with pytest.raises(SendingRefused):
            other.send()
    (one,) = seen_by_centre(arras.laid, declared(arras))
    assert (one.state, one.why.partition(":")[0], exit_code([one])) == (AgentState.REFUSED, "fork", 1)
    assert (one.summary[State.MET], one.summary[State.UNPROVEN]) == (0, sum(one.summary.values()))
    arras.enrol()
    (one,) = seen_by_centre(arras.laid, declared(arras))
    assert (one.state, one.why, one.summary[State.MET]) == (AgentState.CURRENT, "", 2)


def test_another_key_than_the_declared_one_is_refused(arras: FleetMember) -> None:
    (one,) = seen_by_centre(arras.laid, FleetAgent(id="arras-1", fingerprint="SHA256:" + "b" * 43))
    assert (one.state, one.why.partition(":")[0], one.is_heard) == (AgentState.REFUSED, "key", False)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("UPDATE beffroi.payload SET text = replace(text, 'missed', 'met')", "payload: not the one that was digested"),
        ("UPDATE beffroi.row SET beneficiary = 'lens' WHERE kind = 'verdict'", "link: does not follow"),
    ],
)
def test_what_was_changed_in_the_database_is_told_and_counts_for_nothing(
    arras: FleetMember, damage: str, why: str
) -> None:
    arras.laid.run(damage)
    (one,) = seen_by_centre(arras.laid, declared(arras))
    assert (one.state, one.summary) == (AgentState.REFUSED, dict.fromkeys(State, 0))
    assert one.why.startswith(why)


@pytest.mark.parametrize("instant", ["x" * 27, "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"])
def test_what_an_agent_writes_blinds_the_centre_to_no_other(arras: FleetMember, laid: Laid, instant: str) -> None:
    """By its role, which a thief may have; the key is no one's."""
    with laid.administrator() as database:
        enrol(database, Enrolment(agent="lens-1", fingerprint=f"SHA256:{'b' * 43}"))
    laid.run(row(f"SHA256:{'b' * 43}", 1, GENESIS, "lens", instant), role="beffroi_lens_1")
    found = {one.agent: one for one in seen_by_centre(laid, declared(arras))}
    assert found["arras-1"].state is AgentState.CURRENT
    assert found["lens-1"].state is AgentState.REFUSED


def test_more_than_is_taken_of_a_ledger_is_refused(arras: FleetMember, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.fleet.agent_states.MOST_BYTES", 100)
    (one,) = seen_by_centre(arras.laid, declared(arras))
    assert one.state is AgentState.REFUSED
    assert "bytes of payloads at once" in one.why


def test_an_agent_sees_itself_alone(arras: FleetMember, laid: Laid, tmp_path: Path) -> None:
    with member(laid, tmp_path / "lens", "lens-1", rows=1) as lens:
        lens.send()
        with connected(lens.settings) as database:
            (one,) = agent_states(database, lens.settings)
    assert (one.agent, one.state) == ("lens-1", AgentState.CURRENT)


def test_json_has_the_contract_s_fields(arras: FleetMember) -> None:
    found = json.loads(as_json(seen_by_centre(arras.laid, declared(arras))))
    assert found["schema"] == "beffroi.fleet/1"
    (one,) = found["agents"]
    assert one | {"received_at": "", "last_row": 0} == {
        "agent": "arras-1",
        "state": "current",
        "last_row": 0,
        "received_at": "",
        "lag_rows": 0,
        "hosts": 3,
        "summary": {"missed": 1, "unproven": 0, "accepted": 0, "met": 2, "not-applicable": 0},
    }


def test_a_line_names_state_lag_verdicts_and_key(arras: FleetMember) -> None:
    (line,) = as_lines(seen_by_centre(arras.laid, declared(arras)))
    assert "lag 0, 3 hosts, 1 missed, 2 met" in line
    assert line.startswith("arras-1  current")
    assert line.endswith(arras.own.fingerprint)


def test_nothing_declared_is_nothing_proven() -> None:
    assert (exit_code([]), list(as_lines([]))) == (3, ["no agent is declared or admitted"])
