"""log-collection of a host: its clock. What nobody looks at stays unproven."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent.core.inventory import Beneficiary, DeclaredHost, Inventory
from agent.core.judging import Need, Question
from agent.core.model import Observation, State, Target
from agent.core.reason import Reason
from agent.core.reckoning import Reckoning, facts_of
from agent.evaluate import combine
from checks.log_collection import CHECK

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MACHINE = DeclaredHost(id="srv-1")
QUESTION = Question(
    item=MACHINE,
    inventory=Inventory(hosts=(MACHINE,)),
    target=Target(id="log-collection", unit="seconds", limit=86400.0, evidence_age=timedelta(hours=6)),
    now=NOW,
    first_seen=NOW,
)


def test_a_host_rests_on_the_look_at_its_clock_and_is_held_to_a_second() -> None:
    (need,) = CHECK.needs(QUESTION)
    assert need == Need(collector="clock", subject="srv-1")
    facts = tuple(facts_of(Reckoning(source="chrony", offset=2.0, within=0.1), "srv-1", NOW))
    seen = Observation(collector="clock", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=facts)
    (found,) = CHECK.judge(need, seen, QUESTION)
    assert (found.state, found.reason, found.limit) == (State.MISSED, Reason.CLOCK_OFF, 1.0)


def test_a_kind_of_subject_without_a_part_rests_on_nothing_hence_is_unproven() -> None:
    other = replace(QUESTION, item=Beneficiary(id="scota", name="SCOTA"))
    if CHECK.needs(other) == ():
        assert combine((), best=False).state is State.UNPROVEN
