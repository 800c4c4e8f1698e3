"""Registers at the centre: entered in its own ledger, they act on agents' subjects from the day of their entry."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.config.settings import Configuration, FleetAgent
from agent.core.clock import SystemClock
from agent.core.errors import EntryRefused, UsageError
from agent.core.inventory import Beneficiary
from agent.core.model import Key, State
from agent.core.period import Month, day_of
from agent.export.metrics import Exposition, exposition
from agent.fleet.replicas import Replicas
from agent.ledger.ledger import ChainOutcome, Ledger
from agent.queries.centre import ask_fleet, keep_centre_load, registered_subjects, verified_ledgers
from agent.register.fleet_subjects import FleetSubjects
from agent.register.kept import add
from tests.fleet.agents import FleetMember
from tests.queries.test_centre import agents, centre, ran, seen, states

__all__ = ["agents", "centre"]

pytestmark = [pytest.mark.programs, pytest.mark.network]

NOW = SystemClock().now()
TODAY = day_of(NOW)
ACCEPTED = (
    "target=patching",
    "subject=lens-1/srv-1",
    "accepted_by=Mme Durand",
    f"accepted_on={TODAY - timedelta(days=40)}",
    f"until={TODAY + timedelta(days=30)}",
    "reason=cost",
    "author=tech",
)


@contextmanager
def book(centre: Configuration) -> Iterator[tuple[Ledger, FleetSubjects]]:
    """Yield the centre's own ledger, and what its agents declare."""
    state, clock = centre.agent.state_directory, SystemClock()
    with Replicas(state, clock) as copies:
        subjects = registered_subjects(centre, ask_fleet(centre, clock), copies)
    with Ledger.open(state, clock=clock) as own:
        yield own, subjects


def enter(centre: Configuration, register: str, *words: str) -> str:
    """Enter something at the centre; return its id."""
    with book(centre) as (own, subjects):
        return add(own, register, words, centre, SystemClock().now(), subjects)


def test_an_acceptance_of_the_centre_acts_on_an_agent_s_subject(
    agents: list[FleetMember], centre: Configuration
) -> None:
    assert states(seen(centre))["lens-1/srv-1"] is State.MISSED
    done = ran(centre, "register", "add", "acceptance", *ACCEPTED)
    assert (done.code, done.out) == (0, "acceptance-1\n"), done.err
    (one,) = [one for one in seen(centre).standings if one.key.subject == "lens-1/srv-1"]
    assert (one.verdict.state, one.verdict.measured) == (State.ACCEPTED, State.MISSED)
    assert one.accepted_until is not None
    assert day_of(one.accepted_until - timedelta(seconds=1)) == TODAY + timedelta(days=30)
    assert states(seen(centre))["arras-1/srv-1"] is State.MET
    shown = ran(centre, "status", "--json")
    assert [(v["state"], v["agent"]) for v in json.loads(shown.out)["verdicts"] if v["state"] == "accepted"] == [
        ("accepted", "lens-1")
    ]


def test_what_an_agent_does_not_declare_cannot_be_agreed_upon(agents: list[FleetMember], centre: Configuration) -> None:
    words = [word.replace("lens-1/srv-1", "lens-1/srv-9") for word in ACCEPTED]
    with pytest.raises(EntryRefused) as refused:
        enter(centre, "acceptance", *words)
    ((what, hint),) = refused.value.mistakes
    assert what == 'acceptance: subject: "lens-1/srv-9" is not judged under patching'
    assert hint == "patching is judged for: arras-1/srv-1, lens-1/srv-1, lens-1/srv-2"


def test_a_beneficiary_that_the_centre_does_not_declare_accepts_nothing(
    agents: list[FleetMember], centre: Configuration
) -> None:
    other = replace(centre, inventory=replace(centre.inventory, beneficiaries=(Beneficiary(id="lens", name="lens"),)))
    with pytest.raises(EntryRefused, match="is not judged under patching"):
        enter(other, "acceptance", *ACCEPTED)


def test_what_only_an_agent_judges_is_entered_there(agents: list[FleetMember], centre: Configuration) -> None:
    with book(centre) as (own, subjects):
        for register in ("recovery-test", "scan", "pentest", "restore", "change", "departure"):
            with pytest.raises(UsageError, match="judged by the agent"):
                add(own, register, (), centre, NOW, subjects)
        assert own.entries() == ()


def test_signatories_of_the_load_in_force_alone_accept(agents: list[FleetMember], centre: Configuration) -> None:
    signed = (Beneficiary(id="scota", name="scota", signatories=("Mme Durand",)),)
    strict = replace(centre, inventory=replace(centre.inventory, beneficiaries=signed))
    with book(strict) as (own, subjects):
        keep_centre_load(strict, own)
        words = [word.replace("Mme Durand", "M. Petit") for word in ACCEPTED]
        with pytest.raises(EntryRefused, match="may not accept a risk"):
            add(own, "acceptance", words, strict, NOW, subjects)
        with pytest.raises(EntryRefused, match="not in force yet"):
            add(own, "acceptance", words, centre, NOW, subjects)
        assert add(own, "acceptance", ACCEPTED, strict, NOW, subjects) == "acceptance-1"
    assert states(seen(strict))["lens-1/srv-1"] is State.ACCEPTED


def test_an_incident_of_the_centre_has_a_verdict_without_an_agent(
    agents: list[FleetMember], centre: Configuration
) -> None:
    then = TODAY - timedelta(days=40)
    id = enter(centre, "incident", f"detected={then}", "title=outage", "major=yes", "author=tech")
    known = seen(centre)
    assert states(known)[id] is State.MISSED
    shown = json.loads(ran(centre, "status", "--json", id).out)
    assert {(one["subject"], one["agent"]) for one in shown["verdicts"]} == {(id, "")}
    told = exposition(known, Exposition.TEXT).decode()
    assert 'subject="incident-1",beneficiary="scota",state="missed",agent=""' in told


def test_a_month_that_is_signed_at_the_centre_is_signed_for_its_agents(
    agents: list[FleetMember], centre: Configuration
) -> None:
    key = Key(target="incident-report", subject="scota", beneficiary="scota")
    for one in agents:
        one.declare({key: TODAY - timedelta(days=90)})
        one.send()
    assert {state for name, state in states(seen(centre)).items() if name.endswith("/scota")} == {State.UNPROVEN}
    month = Month.of(TODAY)
    for _ in range(4):
        month = Month.of(month.first - timedelta(days=1))
        enter(centre, "incident", f"none={month}", "author=tech")
    found = states(seen(centre))
    assert {found["arras-1/scota"], found["lens-1/scota"]} <= {State.MET, State.NOT_APPLICABLE}


def test_what_another_key_than_the_declared_one_signs_shows_nothing(
    agents: list[FleetMember], centre: Configuration
) -> None:
    key = Key(target="incident-report", subject="scota", beneficiary="scota")
    agents[0].declare({key: TODAY - timedelta(days=90)})
    month = Month.of(TODAY)
    for _ in range(4):
        month = Month.of(month.first - timedelta(days=1))
        add(agents[1].ledger, "incident", (f"none={month}", "author=tech"), centre, SystemClock().now())
    for one in agents:
        one.send()
    assert states(seen(centre))["arras-1/scota"] is not State.UNPROVEN
    assert centre.fleet is not None
    declared = FleetAgent(id="lens-1", fingerprint=agents[0].own.fingerprint)
    other = replace(centre, fleet=replace(centre.fleet, agents=(declared,)))
    assert states(seen(other))["arras-1/scota"] is State.UNPROVEN


def test_the_centre_s_own_ledger_is_walked_too(agents: list[FleetMember], centre: Configuration) -> None:
    enter(centre, "acceptance", *ACCEPTED)
    found = {agent: one.outcome for agent, one in verified_ledgers(centre, SystemClock())}
    assert found == dict.fromkeys(("", "arras-1", "lens-1"), ChainOutcome.SOUND)
    done = ran(centre, "ledger", "verify")
    assert done.code == 0, done.err
    assert [line.partition(":")[0] for line in done.out.splitlines()] == ["the centre's own", "arras-1", "lens-1"]


def test_an_exclusion_of_the_centre_is_shown_at_its_subject(agents: list[FleetMember], centre: Configuration) -> None:
    begins, ends = TODAY - timedelta(days=1), TODAY + timedelta(days=2)
    words = ("target=patching", "subject=lens-1/srv-1", f"from={begins}", f"to={ends}", "reason=moved", "author=tech")
    enter(centre, "exclusion", *words)
    assert [one.key.subject for one in seen(centre).standings if one.excluded_until is not None] == ["lens-1/srv-1"]
