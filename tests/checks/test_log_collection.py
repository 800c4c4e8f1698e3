"""log-collection of a host, its clock, and of a source, its newest record. What nobody looks at stays unproven."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.facts.clock_offset import Reckoning, facts_of
from agent.core.facts.logs import Kept, Proof
from agent.core.inventory import Beneficiary, DeclaredHost, Inventory
from agent.core.judging.check import Need, Question
from agent.core.model import Observation, State, Target
from agent.core.reason import Reason
from agent.evaluation.evaluate import combine
from checks.log_collection import CHECK
from tests.checks.sources import DENIED, ago, spoken

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


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (Kept(oldest=ago(9), newest=ago(0)), ("met", "within-limit")),
        (Kept(oldest=ago(9), newest=ago(1)), ("met", "within-limit")),
        (Kept(oldest=ago(9), newest=ago(1) - timedelta(seconds=1)), ("missed", "silent")),
        (Kept(oldest=ago(9), newest=ago(-1)), ("met", "within-limit")),
        (Kept(oldest=ago(9), newest=ago(3), waiting=1, unread=(ago(9), ago(0))), ("unproven", "on-course")),
        (Kept(oldest=ago(9), newest=ago(3), waiting=1, unread=(ago(9), ago(5))), ("missed", "silent")),
        (Kept(waiting=1, unread=(ago(9), ago(0))), ("unproven", "on-course")),
        (Kept(), ("missed", "absent")),
    ],
)
def test_a_source_is_held_to_the_age_of_its_newest_record(kept: Kept, expected: tuple[str, str]) -> None:
    found = spoken(CHECK, kept)
    assert (found.state.value, found.reason.value) == expected


def test_a_source_that_could_not_be_read_is_neither_heard_nor_silent() -> None:
    silent = Kept(oldest=ago(9), newest=ago(3), unread=(ago(9), ago(0)))
    for kept in (silent, Kept(unread=(ago(9), ago(0))), Kept()):
        found = spoken(CHECK, kept, gaps=(DENIED,))
        assert (found.state, found.reason) == (State.UNPROVEN, Reason.DENIED)
    assert spoken(CHECK, Kept(oldest=ago(9), newest=ago(0)), gaps=(DENIED,)).state is State.MET


def test_a_source_that_joined_today_has_a_day_to_begin() -> None:
    found = spoken(CHECK, Kept(), since=ago(0.5), starts=True)
    assert (found.state, found.reason) == (State.UNPROVEN, Reason.ON_COURSE)
    assert spoken(CHECK, Kept(), since=ago(1.5), starts=True).reason is Reason.ABSENT


def test_the_usual_rhythm_is_told_beside_the_silence() -> None:
    found = spoken(CHECK, Kept(oldest=ago(9), newest=ago(3), interval=timedelta(seconds=10)))
    assert found.about == {"usual_seconds": 10.0}


HEARD = Kept(oldest=ago(9), newest=ago(0))
MINUTE = timedelta(minutes=1)
ON_TIME = Proof(nonce="a", sent=ago(0.3), found=ago(0.3), taken=MINUTE)


@pytest.mark.parametrize(
    ("proof", "expected"),
    [
        (ON_TIME, ("met", "within-limit")),
        (Proof(nonce="a", sent=ago(1), found=ago(1), taken=MINUTE), ("met", "within-limit")),
        (Proof(nonce="a", sent=ago(1.01), found=ago(1.01), taken=MINUTE), ("unproven", "stale-evidence")),
        (Proof(nonce="b", sent=ago(0), found=ago(0.3), taken=MINUTE), ("met", "within-limit")),
        (Proof(nonce="b", sent=ago(0)), ("unproven", "on-course")),
        (Proof(nonce="b", sent=ago(0), found=ago(0.3), taken=MINUTE, lost=ago(0.1)), ("missed", "silent")),
        (None, ("unproven", "on-course")),
    ],
)
def test_a_path_that_is_tried_holds_as_long_as_its_marker_arrives(
    proof: Proof | None, expected: tuple[str, str]
) -> None:
    found = spoken(CHECK, HEARD, proof=proof, marker=True)
    assert (found.state.value, found.reason.value) == expected


def test_a_marker_is_only_told_where_one_is_asked_for() -> None:
    assert spoken(CHECK, HEARD, proof=ON_TIME, marker=True).about == {"marker_seconds": 60.0}
    assert spoken(CHECK, HEARD, proof=ON_TIME).about == {}


def test_a_marker_that_could_not_be_sent_is_neither_lost_nor_found() -> None:
    gap = replace(DENIED, subject="central/fw-1/marker")
    found = spoken(CHECK, HEARD, gaps=(gap,), marker=True)
    assert (found.state, found.reason) == (State.UNPROVEN, Reason.DENIED)
    assert spoken(CHECK, HEARD, proof=ON_TIME, gaps=(gap,), marker=True).state is State.UNPROVEN
