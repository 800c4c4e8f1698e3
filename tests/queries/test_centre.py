"""What the centre shows of its agents: their own verdicts under their names, and nothing good behind a silent one."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.config.load import load
from agent.config.settings import Configuration
from agent.core.clock import SystemClock
from agent.core.model import State
from agent.core.reason import Reason
from agent.export.metrics import Exposition, exposition
from agent.export.snapshot import Snapshot
from agent.export.verdicts_json import document
from agent.fleet import agent_states, replicas
from agent.fleet.admitted import LONGEST_KEY, admitted_ledgers
from agent.fleet.agent_standing import AgentStanding, AgentState
from agent.fleet.database import connected
from agent.fleet.expiry import expire
from agent.fleet.replicas import Replicas
from agent.ledger import incoming, schema
from agent.ledger.ledger import ChainOutcome
from agent.ledger.locks import daemon_lock, setup_lock
from agent.ledger.outgoing import OutgoingRow
from agent.queries import fleet_state
from agent.queries.centre import ask_fleet, asked, centre_snapshot, settings_of, verified_ledgers
from tests.fleet.agents import FleetMember, member
from tests.fleet.databases import Laid
from tests.ledger.samples import DAY, MORNING, HandClock, tamper
from tests.ledger.test_erasures import erase, two_years
from tests.parts.full_ledger import NOW, StillClock
from tests.parts.program import Said, beffroi

pytestmark = [pytest.mark.programs, pytest.mark.network]

CENTRE = """\
[agent]
state_directory = "{state}"
listen = ""

[[beneficiary]]
id = "scota"

[fleet]
role = "centre"
database = "{database}"
user = "beffroi_centre"
"""


@pytest.fixture
def agents(laid: Laid, tmp_path: Path) -> Iterator[list[FleetMember]]:
    """Return two agents that have judged a host of one name, one of them otherwise."""
    with ExitStack() as stack:
        made = [stack.enter_context(member(laid, tmp_path / name, name)) for name in ("arras-1", "lens-1")]
        made[0].judge({"srv-1": State.MET})
        made[1].judge({"srv-1": State.MISSED, "srv-2": State.MET})
        for one in made:
            one.send()
        yield made


@pytest.fixture
def centre(laid: Laid, tmp_path: Path) -> Configuration:
    """Return the centre's configuration, whose agents are those that are admitted."""
    (tmp_path / "centre").mkdir()
    path = tmp_path / "centre.toml"
    path.write_text(CENTRE.format(state=tmp_path / "centre", database=laid.server.settings(laid.name)))
    return load(path, strict=False)


def seen(centre: Configuration) -> Snapshot:
    """Return what the centre knows now."""
    return centre_snapshot(centre, ask_fleet(centre, SystemClock()), SystemClock())


def states(known: Snapshot) -> dict[str, State]:
    """Return the state of each subject."""
    return {one.subject: one.state for one in known.verdicts}


def reasons(known: Snapshot) -> set[Reason]:
    """Return the reasons of all verdicts."""
    return {one.reason for one in known.verdicts}


def test_each_agent_s_verdicts_stand_under_its_name(agents: list[FleetMember], centre: Configuration) -> None:
    known = seen(centre)
    assert states(known) == {"arras-1/srv-1": State.MET, "lens-1/srv-1": State.MISSED, "lens-1/srv-2": State.MET}
    assert known.fault is None
    assert known.host_names == ("arras-1/srv-1", "lens-1/srv-1", "lens-1/srv-2")


def test_what_comes_later_is_shown_later(agents: list[FleetMember], centre: Configuration) -> None:
    seen(centre)
    agents[0].judge({"srv-1": State.MISSED})
    agents[0].send()
    assert states(seen(centre))["arras-1/srv-1"] is State.MISSED


def test_behind_a_silent_agent_nothing_is_good(agents: list[FleetMember], centre: Configuration, laid: Laid) -> None:
    key = agents[0].own.fingerprint
    laid.run(f"UPDATE beffroi.row SET received_at = received_at - INTERVAL '2 hours' WHERE ledger = '{key}'")
    known = seen(centre)
    assert states(known) == {"arras-1/srv-1": State.UNPROVEN, "lens-1/srv-1": State.MISSED, "lens-1/srv-2": State.MET}
    assert [one.reason for one in known.verdicts if one.subject == "arras-1/srv-1"] == [Reason.SILENT_AGENT]
    assert known.fault == "the agent arras-1 is silent"


def test_without_its_database_the_centre_proves_nothing(
    agents: list[FleetMember], centre: Configuration, laid: Laid
) -> None:
    seen(centre)
    laid.server.stop()
    try:
        known = seen(centre)
    finally:
        laid.server.start()
    assert set(states(known).values()) == {State.UNPROVEN}
    assert reasons(known) == {Reason.SILENT_AGENT}
    assert (known.fault or "").startswith("the fleet's database cannot be asked")


def test_rows_of_long_ago_that_come_now_prove_nothing(centre: Configuration, laid: Laid, tmp_path: Path) -> None:
    with member(laid, tmp_path / "late", clock=StillClock()) as late:
        late.judge({"srv-1": State.MET}, NOW)
        late.send()
        assert states(seen(centre)) == {"arras-1/srv-1": State.UNPROVEN}


def test_a_copy_that_is_behind_proves_nothing(agents: list[FleetMember], centre: Configuration, laid: Laid) -> None:
    """What may not write the copies, or cannot, shows them as old as they are."""
    seen(centre)
    for one in agents:
        one.judge({"srv-1": State.MET, "srv-3": State.MET})
        one.send()
    known = ask_fleet(centre, SystemClock())
    late = tuple(replace(one, evidence_age=timedelta(0)) for one in known.agents)
    shown = centre_snapshot(centre, replace(known, agents=late), SystemClock())
    assert reasons(shown) == {Reason.SILENT_AGENT}


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE beffroi.payload SET text = replace(text, 'met', 'mat') WHERE ledger = '{key}'",
        "DELETE FROM beffroi.payload WHERE ledger = '{key}' AND sequence = 2; "
        "DELETE FROM beffroi.row WHERE ledger = '{key}' AND sequence = 2",
    ],
)
def test_a_ledger_that_was_changed_there_proves_nothing_and_hides_no_other(
    agents: list[FleetMember], centre: Configuration, laid: Laid, damage: str
) -> None:
    agents[0].append(1)
    agents[0].send()
    laid.run(*damage.format(key=agents[0].own.fingerprint).split("; "))
    known = seen(centre)
    assert states(known).get("arras-1/srv-1") is not State.MET
    assert states(known)["lens-1/srv-2"] is State.MET
    assert "arras-1" in (known.fault or "")
    outcomes = {agent: found.outcome for agent, found in verified_ledgers(centre, SystemClock())}
    assert outcomes == {"arras-1": ChainOutcome.DAMAGED, "lens-1": ChainOutcome.SOUND}


def test_a_verdict_whose_payload_is_gone_leaves_the_one_before_it_not_standing(
    agents: list[FleetMember], centre: Configuration, laid: Laid
) -> None:
    """No rule erases one: what it said may be that something is bad now."""
    seen(centre)
    agents[0].judge({"srv-1": State.MISSED})
    agents[0].send()
    key, last = agents[0].own.fingerprint, agents[0].ledger.newer(None).tip
    laid.run(f"DELETE FROM beffroi.payload WHERE ledger = '{key}' AND sequence = {last}")
    known = seen(centre)
    assert states(known)["arras-1/srv-1"] is State.UNPROVEN
    assert [one.state for one in known.agents or ()] == [AgentState.REFUSED, AgentState.CURRENT]


def test_a_copy_that_cannot_be_understood_hides_no_other(
    agents: list[FleetMember], centre: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fleet_state._of_agent

    def told(configuration: Configuration, agent: AgentStanding, *others: Any) -> Snapshot:
        if agent.agent == "arras-1":
            raise OverflowError("date value out of range")
        return whole(configuration, agent, *others)

    monkeypatch.setattr(fleet_state, "_of_agent", told)
    known = seen(centre)
    assert set(states(known)) == {"lens-1/srv-1", "lens-1/srv-2"}
    assert known.fault is not None
    assert "the agent arras-1 is current (date value out of range)" in known.fault


def test_a_key_without_end_is_not_read_and_hides_no_other_agent(
    agents: list[FleetMember], centre: Configuration, laid: Laid, tmp_path: Path
) -> None:
    """A role that was stolen before its agent sent its key sends one in its place, which no role may remove."""
    with member(laid, tmp_path / "other", "douai-1") as stolen, connected(stolen.settings) as database:
        endless = (
            f"INSERT INTO beffroi.public_key (ledger, pem) VALUES ('{stolen.own.fingerprint}', repeat('k', 2000000))"
        )
        with database.transaction() as connection:
            connection.exec_driver_sql(endless)
    with connected(settings_of(centre)) as database, database.transaction() as connection:
        assert max(len(one.pem) for one in admitted_ledgers(connection)) <= LONGEST_KEY
    known = seen(centre)
    assert states(known)["lens-1/srv-2"] is State.MET
    assert "douai-1" in (known.fault or "")


def test_an_entry_that_cannot_be_read_hides_no_other_agent(agents: list[FleetMember], centre: Configuration) -> None:
    """A month that is none: all entries of a fleet are judged together."""
    unreadable = {"none": "x" * 30, "author": "tech", "beneficiary": "scota"}
    agents[0].ledger.enter("incident", lambda _: [(unreadable, "scota")])
    agents[0].send()
    known = seen(centre)
    assert states(known)["lens-1/srv-1"] is State.MISSED
    assert states(known).get("arras-1/srv-1", State.UNPROVEN) is State.UNPROVEN
    assert "incident: 'incident-1' cannot be read" in (known.fault or "")


def test_a_ledger_that_grows_without_end_keeps_no_other_waiting(
    agents: list[FleetMember], centre: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    agents[0].append(50)
    agents[0].send()
    monkeypatch.setattr(replicas, "AT_ONCE", 2)
    settings = settings_of(centre)
    with connected(settings) as database, Replicas(centre.agent.state_directory, SystemClock()) as copies:
        # As one that is ahead of every reader by two rows, whatever the reader does.
        first, second = copies.refresh(database, seconds=0)
        assert [copies.ledger(one).newer(None).tip for one in (first, second)] == [2, 2]
        assert copies.is_behind
        known = centre_snapshot(centre, asked(database, settings, copies, seconds=0), SystemClock(), copies)
        assert states(known)["lens-1/srv-1"] is State.MISSED
        copies.refresh(database)
        assert copies.ledger(first).newer(None).tip == agents[0].ledger.newer(None).tip
        assert not copies.is_behind


def test_what_others_send_while_a_ledger_is_caught_up_is_shown_with_it(
    agents: list[FleetMember], centre: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that is behind comes first, whatever its name: a row that came after its ledger's turn waited twice."""
    live, late = agents
    late.append(50)
    late.send()
    monkeypatch.setattr(replicas, "AT_ONCE", 3)
    filled = replicas._filled

    def and_one_comes(database: Any, copy: Any, ledger: str, part: Any) -> tuple[bool, bool]:
        if ledger == late.own.fingerprint:
            live.append(1)
            live.send()
        return filled(database, copy, ledger, part)

    with connected(settings_of(centre)) as database, Replicas(centre.agent.state_directory, SystemClock()) as copies:
        copies.refresh(database, seconds=0)
        monkeypatch.setattr(replicas, "_filled", and_one_comes)
        first, second = copies.refresh(database, seconds=0)
        assert (first.agent, second.agent, copies.is_behind) == (live.name, late.name, True)
        assert copies.ledger(first).newer(None).tip == live.ledger.newer(None).tip


def test_rows_that_would_take_longer_than_their_ledger_s_turn_wait_for_the_next(
    agents: list[FleetMember], centre: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    agents[1].append(50)
    agents[1].send()
    clock, take = HandClock(datetime.now(UTC)), replicas._take

    def slowly(*parts: Any) -> None:
        clock.time += timedelta(seconds=10)
        take(*parts)

    with connected(settings_of(centre)) as database, Replicas(centre.agent.state_directory, clock) as copies:
        copies.refresh(database)
        agents[1].append(50)
        agents[1].send()
        monkeypatch.setattr(replicas, "AT_ONCE", 2)
        monkeypatch.setattr(replicas, "_take", slowly)
        (_, late) = copies.refresh(database, seconds=0)
        before = copies.ledger(late).newer(None).tip
        begun = clock.time
        copies.refresh(database, seconds=25)
        assert (clock.time - begun, copies.ledger(late).newer(None).tip - before) == (timedelta(seconds=20), 4)
        # All that is there, in two batches: its sender has no more for a moment, and was as long as the turn.
        left = agents[1].ledger.newer(None).tip - copies.ledger(late).newer(None).tip
        monkeypatch.setattr(replicas, "AT_ONCE", left - 1)
        copies.refresh(database, seconds=20)
        assert copies.is_behind
        copies.refresh(database)
        assert not copies.is_behind


def test_a_copy_whose_lock_another_process_keeps_hides_no_other(
    agents: list[FleetMember], centre: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole round failed: every agent was silent, and the database said to be away."""
    seen(centre)
    monkeypatch.setattr(incoming, "_PATIENCE", timedelta(0))
    (copy,) = centre.agent.state_directory.glob("agents/arras-1/*")
    with setup_lock(copy, timedelta(0)):
        known = seen(centre)
    assert [one.state for one in known.agents or ()] == [AgentState.REFUSED, AgentState.CURRENT]
    assert states(known) == {"arras-1/srv-1": State.UNPROVEN, "lens-1/srv-1": State.MISSED, "lens-1/srv-2": State.MET}


def test_a_copy_of_an_older_program_is_led_on(
    agents: list[FleetMember], centre: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade everything was unproven until someone removed it, and every agent was paged as refused."""
    before = states(seen(centre))
    newest, taken = schema.MIGRATIONS[-1], list[object]()
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS[:-1], replace(newest, apply=taken.append)))
    for copy in centre.agent.state_directory.glob("agents/*/*"):
        tamper(copy, f"UPDATE schema_version SET version = {newest.to - 1}")
    assert states(seen(centre)) == before
    assert len(taken) == len(agents)
    assert {found.outcome for _, found in verified_ledgers(centre, SystemClock())} == {ChainOutcome.SOUND}


def test_a_row_that_its_digest_contradicts_takes_none_before_it_away(
    agents: list[FleetMember], centre: Configuration, laid: Laid
) -> None:
    """They came in one batch: a copy that is filled anew has what was known before."""
    agents[1].append(3)
    agents[1].send()
    key, last = agents[1].own.fingerprint, agents[1].ledger.newer(None).tip
    laid.run(f"UPDATE beffroi.payload SET text = '{{}}' WHERE ledger = '{key}' AND sequence = {last - 1}")
    with connected(settings_of(centre)) as database, Replicas(centre.agent.state_directory, SystemClock()) as copies:
        (_, replica) = copies.refresh(database)
        assert replica.broken == f"payload: not the one that was digested, row {last - 1}"
        assert copies.ledger(replica).newer(None).tip == last - 2
        assert copies.refresh(database)[1].broken == replica.broken


def test_an_agent_of_which_the_copy_takes_no_more_is_refused(
    agents: list[FleetMember], centre: Configuration, laid: Laid
) -> None:
    """All behind it is unproven from then on: what rings is the state of its agent, no reason of its subjects."""
    seen(centre)
    agents[1].append(3)
    agents[1].send()
    key, last = agents[1].own.fingerprint, agents[1].ledger.newer(None).tip
    laid.run(f"UPDATE beffroi.row SET link = payload_sha256 WHERE ledger = '{key}' AND sequence = {last}")
    known = seen(centre)
    assert Reason.UNREADABLE in reasons(known)
    assert [one.state for one in known.agents or ()] == [AgentState.CURRENT, AgentState.REFUSED]


def test_verdicts_that_share_a_row_are_each_shown_as_its_agent_says(
    agents: list[FleetMember], centre: Configuration
) -> None:
    """Those that say the same on another day share one; how long each stands is renewed without a row."""
    now, said = SystemClock().now(), {"srv-7": State.MISSED, "srv-8": State.MET}
    for at in (now - timedelta(days=2), now - timedelta(days=1), now):
        agents[0].judge(said, at)
    agents[0].send()
    assert {host: states(seen(centre)).get(f"arras-1/{host}") for host in said} == said
    with connected(settings_of(centre)) as database, Replicas(centre.agent.state_directory, SystemClock()) as copies:
        replica = copies.refresh(database)[0]
        assert not copies.ledger(replica).verify().damage


def test_a_row_that_comes_between_two_statements_lacks_nothing(
    agents: list[FleetMember], centre: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen(centre)
    real = agent_states.rows_of

    def and_one_comes(*asked: Any) -> Iterator[OutgoingRow]:
        found = list(real(*asked))
        agents[0].append(1)
        agents[0].send()
        return iter(found)

    monkeypatch.setattr(replicas, "rows_of", and_one_comes)
    known = seen(centre)
    assert known.fault is None
    assert Reason.UNREADABLE not in reasons(known)


def test_a_copy_that_another_process_fills_meanwhile_goes_on_from_there(
    agents: list[FleetMember], centre: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The centre and a command that someone runs beside it: the agent was paged as refused."""
    seen(centre)
    agents[1].append(6)
    agents[1].send()
    real = agent_states.rows_of

    def and_another_takes_some(*asked: Any) -> Iterator[OutgoingRow]:
        found = list(real(*asked))
        with monkeypatch.context() as once:
            once.setattr(replicas, "rows_of", lambda *asked: iter(list(real(*asked))[:2]))
            once.setattr(replicas._Part, "is_over", lambda *_: True)
            ask_fleet(centre, SystemClock())
        return iter(found)

    monkeypatch.setattr(replicas, "rows_of", and_another_takes_some)
    known = seen(centre)
    assert [one.state for one in known.agents or ()] == [AgentState.CURRENT, AgentState.CURRENT]
    assert known.fault is None
    monkeypatch.undo()
    with Replicas(centre.agent.state_directory, SystemClock()) as copies:
        assert [copies.ledger(one).newer(None).tip for one in copies.known()] == [
            one.ledger.newer(None).tip for one in agents
        ]


def test_letters_of_several_bytes_are_counted_as_bytes(
    agents: list[FleetMember], centre: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    agents[0].ledger.enter("audit", lambda _: [({"performed": "2026-01-02", "by": 500 * "é", "author": "x"}, "scota")])
    agents[0].send()
    monkeypatch.setattr(agent_states, "MOST_BYTES", 800)
    assert ask_fleet(centre, SystemClock()).replicas[0].broken.endswith("more than 800")


def test_a_past_that_was_rewritten_there_is_seen(agents: list[FleetMember], centre: Configuration, laid: Laid) -> None:
    seen(centre)
    key = agents[0].own.fingerprint
    laid.run(f"DELETE FROM beffroi.payload WHERE ledger = '{key}'", f"DELETE FROM beffroi.row WHERE ledger = '{key}'")
    with member(laid, agents[0].directory.with_name("anew"), "anew") as other:
        other.append(9)
        columns = "sequence, previous, instant, kind, beneficiary, payload_sha256, link, ahead"
        other.send()
        laid.run(
            f"INSERT INTO beffroi.row (ledger, {columns}) SELECT '{key}', {columns} "
            f"FROM beffroi.row WHERE ledger = '{other.own.fingerprint}'"
        )
        known = seen(centre)
    assert "the database has another row" in (known.fault or "")
    assert states(known)["arras-1/srv-1"] is State.UNPROVEN
    assert reasons(known) >= {Reason.FORK}


def test_every_ledger_is_walked(agents: list[FleetMember], centre: Configuration) -> None:
    agents[0].append(3)
    agents[0].send()
    found = dict(verified_ledgers(centre, SystemClock()))
    assert {agent: (one.outcome, one.rows) for agent, one in found.items()} == {
        one.name: (ChainOutcome.SOUND, len(one.rows())) for one in agents
    }


def test_json_and_metrics_name_the_agent_beside_the_subject(agents: list[FleetMember], centre: Configuration) -> None:
    known = seen(centre)
    made = json.loads(document(known.verdicts, known.at, known.agent_names))
    assert {(one["agent"], one["subject"]) for one in made["verdicts"]} == {
        ("arras-1", "arras-1/srv-1"),
        ("lens-1", "lens-1/srv-1"),
        ("lens-1", "lens-1/srv-2"),
    }
    text = exposition(known, Exposition.TEXT).decode()
    subject = 'target="patching",subject="lens-1/srv-1",beneficiary="scota"'
    assert f'beffroi_target_state{{{subject},state="missed",agent="lens-1"}} 1' in text
    assert 'beffroi_agent_state{agent="arras-1",state="current"} 1' in text
    assert 'beffroi_agent_lag_rows{agent="arras-1"} 0' in text


def ran(centre: Configuration, *arguments: str) -> Said:
    """Run a command with the centre's configuration."""
    return beffroi(*arguments, "--config", centre.path)


def test_status_prints_the_fleet_and_ends_by_the_worst(agents: list[FleetMember], centre: Configuration) -> None:
    done = ran(centre, "status", "--json")
    assert (done.code, done.err) == (1, "")
    assert json.loads(done.out)["summary"]["met"] == 2


def test_status_of_a_centre_that_stopped_names_its_own_unit(agents: list[FleetMember], centre: Configuration) -> None:
    """The database was asked all the same: nothing of it was kept before."""
    state = centre.agent.state_directory
    state.mkdir(exist_ok=True)
    with daemon_lock(state):
        pass
    done = ran(centre, "status", "--short")
    assert done.err.splitlines()[:2] == [f"no beffroi daemon works on {state}", "hint: systemctl start beffroi-centre"]


@pytest.mark.parametrize("command", [("check",), ("report", "--output", ".", "--month", "2026-09")])
def test_what_the_centre_does_not_do_is_refused(centre: Configuration, command: tuple[str, ...]) -> None:
    done = ran(centre, *command)
    assert done.code == 2
    assert "centre" in done.err
    assert list(centre.agent.state_directory.iterdir()) == []


@pytest.mark.slow
def test_what_an_agent_erased_by_its_rules_expires_in_the_fleet_too(
    laid: Laid, centre: Configuration, tmp_path: Path
) -> None:
    """Both what was sent before the erasure, and what is sent after it without its payload."""
    clock = HandClock()
    with ExitStack() as stack:
        before, after = (stack.enter_context(member(laid, tmp_path / name, name, clock=clock)) for name in ("b", "a"))
        for one in (before, after):
            clock.time = MORNING - 800 * DAY  # the database spares what is younger than half a year
            two_years(one.ledger, clock)
        before.send()
        ask_fleet(centre, SystemClock())
        for one in (before, after):
            assert erase(one.ledger, clock) > 0
            one.send()
        known = ask_fleet(centre, SystemClock())
        assert {agent: found.outcome for agent, found in verified_ledgers(centre, clock)} == {
            "a": ChainOutcome.SOUND,
            "b": ChainOutcome.SOUND,
        }
        with connected(settings_of(centre)) as database:
            assert expire(database, known.replicas, clock) > 0
            assert expire(database, known.replicas, clock) == 0
        for one in (before, after):
            assert one.received() == one.rows()
