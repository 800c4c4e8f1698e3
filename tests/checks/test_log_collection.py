"""log-collection of a host, its clock, and of a source, its newest record. What no one looks at stays unproven."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.core.facts import alert_path
from agent.core.facts.clock_offset import Reckoning, facts_of
from agent.core.facts.logs import MarkerResult, RetainedRecords
from agent.core.inventory import Beneficiary, DeclaredHost, Inventory
from agent.core.judging.check import Need, Question
from agent.core.model import DetailValue, Fact, Finding, Gap, Observation, State, Target
from agent.core.reason import Reason
from agent.evaluation.combining import combine
from checks.log_collection import CHECK
from tests.checks.sources import DENIED, ago, findings, spoken

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
        (RetainedRecords(oldest=ago(9), newest=ago(0)), ("met", "within-limit")),
        (RetainedRecords(oldest=ago(9), newest=ago(1)), ("met", "within-limit")),
        (RetainedRecords(oldest=ago(9), newest=ago(1) - timedelta(seconds=1)), ("missed", "silent")),
        (RetainedRecords(oldest=ago(9), newest=ago(-1)), ("met", "within-limit")),
        (RetainedRecords(oldest=ago(9), newest=ago(3), waiting=1, unread=(ago(9), ago(0))), ("unproven", "on-course")),
        (RetainedRecords(oldest=ago(9), newest=ago(3), waiting=1, unread=(ago(9), ago(5))), ("missed", "silent")),
        (RetainedRecords(waiting=1, unread=(ago(9), ago(0))), ("unproven", "on-course")),
        (RetainedRecords(), ("missed", "absent")),
    ],
)
def test_a_source_is_held_to_the_age_of_its_newest_record(kept: RetainedRecords, expected: tuple[str, str]) -> None:
    found = spoken(CHECK, kept)
    assert (found.state.value, found.reason.value) == expected


def test_a_source_that_could_not_be_read_is_neither_heard_nor_silent() -> None:
    silent = RetainedRecords(oldest=ago(9), newest=ago(3), unread=(ago(9), ago(0)))
    for kept in (silent, RetainedRecords(unread=(ago(9), ago(0))), RetainedRecords()):
        found = spoken(CHECK, kept, gaps=(DENIED,))
        assert (found.state, found.reason) == (State.UNPROVEN, Reason.DENIED)
    assert spoken(CHECK, RetainedRecords(oldest=ago(9), newest=ago(0)), gaps=(DENIED,)).state is State.MET


def test_a_source_declared_since_the_look_was_not_looked_for() -> None:
    found = spoken(CHECK, None)
    assert (found.state, found.reason) == (State.UNPROVEN, Reason.NOT_RUN)


def test_a_source_that_joined_today_has_a_day_to_begin() -> None:
    found = spoken(CHECK, RetainedRecords(), since=ago(0.5), starts=True)
    assert (found.state, found.reason) == (State.UNPROVEN, Reason.ON_COURSE)
    assert spoken(CHECK, RetainedRecords(), since=ago(1.5), starts=True).reason is Reason.ABSENT


def test_the_usual_rhythm_is_told_beside_the_silence() -> None:
    found = spoken(CHECK, RetainedRecords(oldest=ago(9), newest=ago(3), interval=timedelta(seconds=10)))
    assert found.about == {"usual_seconds": 10.0}


HEARD = RetainedRecords(oldest=ago(9), newest=ago(0))
MINUTE = timedelta(minutes=1)
ON_TIME = MarkerResult(nonce="a", sent=ago(0.3), found=ago(0.3), taken=MINUTE)


@pytest.mark.parametrize(
    ("proof", "expected"),
    [
        (ON_TIME, ("met", "within-limit")),
        (MarkerResult(nonce="a", sent=ago(1), found=ago(1), taken=MINUTE), ("met", "within-limit")),
        (MarkerResult(nonce="a", sent=ago(1.01), found=ago(1.01), taken=MINUTE), ("unproven", "stale-evidence")),
        (MarkerResult(nonce="b", sent=ago(0), found=ago(0.3), taken=MINUTE), ("met", "within-limit")),
        (MarkerResult(nonce="b", sent=ago(0)), ("unproven", "on-course")),
        (MarkerResult(nonce="b", sent=ago(0), found=ago(0.3), taken=MINUTE, lost=ago(0.1)), ("missed", "silent")),
        (None, ("unproven", "on-course")),
        (MarkerResult(nonce="a", sent=ago(-200), found=ago(-200), taken=MINUTE), ("unproven", "clock-doubtful")),
        (MarkerResult(nonce="a", sent=ago(0), found=ago(-200), taken=MINUTE), ("unproven", "clock-doubtful")),
        (MarkerResult(nonce="a", sent=ago(-200), lost=ago(-200)), ("missed", "silent")),
    ],
)
def test_a_path_that_is_tried_holds_as_long_as_its_marker_arrives(
    proof: MarkerResult | None, expected: tuple[str, str]
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


# Each finding whole, as the sentences are made of it.

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def found_of(kept: RetainedRecords, **seen: Any) -> tuple[Finding, ...]:
    """Return all findings on a source."""
    return findings(CHECK, kept, **seen)


def unproven(reason: Reason, **about: DetailValue) -> Finding:
    """Return the finding that something could not be told."""
    return Finding(state=State.UNPROVEN, reason=reason, about=about)


def missed(reason: Reason, value: float | None = None, **about: DetailValue) -> Finding:
    """Return the finding of what was seen and bad."""
    return Finding(state=State.MISSED, reason=reason, value=value, about=about)


def met(value: float, **about: DetailValue) -> Finding:
    """Return the finding of a source that was heard."""
    return Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=value, about=about)


def test_a_source_that_was_heard_says_how_long_ago() -> None:
    assert found_of(RetainedRecords(oldest=ago(9), newest=NOW - HOUR)) == (met(3600.0),)
    assert found_of(RetainedRecords(oldest=ago(9), newest=NOW + HOUR)) == (met(0.0),)
    heard = RetainedRecords(oldest=ago(9), newest=NOW - HOUR, interval=HOUR / 2, apart=-HOUR)
    assert found_of(heard) == (met(3600.0, usual_seconds=1800.0, stamps_seconds=3600.0),)


def test_a_silent_source_says_since_when_and_how_often_it_spoke() -> None:
    assert found_of(RetainedRecords(oldest=ago(9), newest=ago(2), interval=HOUR)) == (
        missed(Reason.SILENT, 172800.0, usual_seconds=3600.0),
    )


@pytest.mark.parametrize("sign", [1, -1])
def test_stamps_are_apart_from_twenty_minutes_on(sign: int) -> None:
    for apart, about in ((1200, {}), (1201, {"stamps_seconds": 1201.0})):
        kept = RetainedRecords(oldest=ago(9), newest=NOW, apart=timedelta(seconds=sign * apart))
        assert found_of(kept) == (met(0.0, **about),)


def test_what_could_not_be_read_is_said_with_its_gap() -> None:
    unread = RetainedRecords(oldest=ago(9), newest=ago(3), unread=(ago(9), ago(1)))
    assert found_of(unread, gaps=[DENIED]) == (unproven(Reason.DENIED, said=DENIED.detail, gap=1),)
    assert found_of(RetainedRecords(), gaps=[DENIED]) == (unproven(Reason.DENIED, said=DENIED.detail, gap=1),)
    assert found_of(replace(unread, waiting=2)) == (unproven(Reason.ON_COURSE, waiting=2),)
    (silent,) = found_of(replace(unread, unread=(ago(9), ago(2))), gaps=[DENIED])
    assert (silent.state, silent.reason, silent.value) == (State.MISSED, Reason.SILENT, 2 * 86400)


def test_unread_files_that_end_with_the_newest_record_hold_nothing_newer() -> None:
    kept = RetainedRecords(oldest=ago(9), newest=ago(3), unread=(ago(9), ago(3)))
    assert found_of(kept) == (missed(Reason.SILENT, 3 * 86400.0),)


def test_without_a_limit_only_this_very_moment_is_no_silence() -> None:
    assert found_of(RetainedRecords(oldest=ago(9), newest=NOW), limit=None) == (met(0.0),)
    assert found_of(RetainedRecords(oldest=ago(9), newest=NOW - SECOND / 2), limit=None) == (
        missed(Reason.SILENT, 0.5),
    )
    assert found_of(RetainedRecords(), since=NOW - SECOND / 2, starts=True, limit=None) == (
        missed(Reason.ABSENT, records=0),
    )


def test_a_source_that_was_never_seen_has_its_first_24_hours_to_the_second() -> None:
    joined = unproven(Reason.ON_COURSE, joined=ago(1).date())
    assert found_of(RetainedRecords(), since=ago(1), starts=True) == (joined,)
    absent = missed(Reason.ABSENT, records=0)
    assert found_of(RetainedRecords(), since=ago(1) - SECOND, starts=True) == (absent,)
    assert found_of(RetainedRecords(), since=ago(0), starts=False) == (absent,)


PATH_GAP = Gap(subject="central/fw-1/marker", reason=Reason.DENIED, detail="logger: refused")
HEARD = RetainedRecords(oldest=ago(9), newest=NOW)


def test_a_marker_that_was_lost_says_since_when() -> None:
    proof = MarkerResult(nonce="a", sent=NOW, lost=NOW - HOUR)
    first, _ = found_of(HEARD, proof=proof, marker=True)
    assert first == missed(Reason.SILENT, 3600.0, marker_lost=NOW - HOUR)
    first, _ = found_of(HEARD, proof=replace(proof, lost=NOW + HOUR), marker=True)
    assert first == missed(Reason.SILENT, 0.0, marker_lost=NOW + HOUR)
    first, _ = found_of(HEARD, proof=replace(proof, lost=None, found=NOW + HOUR, taken=MINUTE), marker=True)
    assert first == unproven(Reason.CLOCK_DOUBTFUL, dated=NOW + HOUR)


def test_a_marker_that_could_not_be_sent_says_what_was_answered() -> None:
    first, _ = found_of(HEARD, marker=True, gaps=[PATH_GAP])
    assert first == unproven(Reason.DENIED, said="logger: refused", gap=1)


@pytest.mark.parametrize("proof", [None, MarkerResult(nonce="a", sent=NOW)])
def test_a_marker_that_is_on_its_way_is_on_course(proof: MarkerResult | None) -> None:
    first, _ = found_of(HEARD, proof=proof, marker=True)
    assert first == unproven(Reason.ON_COURSE, marker_sent=1)


def test_a_marker_proves_the_path_for_24_hours_to_the_second() -> None:
    proof = MarkerResult(nonce="a", sent=NOW, found=ago(1), taken=2 * SECOND)
    assert found_of(HEARD, proof=proof, marker=True) == (met(0.0, marker_seconds=2.0),)
    first, _ = found_of(HEARD, proof=replace(proof, found=ago(1) - SECOND), marker=True)
    assert first == unproven(Reason.STALE_EVIDENCE, evidence_age=86401.0, evidence_limit=86400.0)


def test_a_beneficiary_rests_on_the_ways_out_of_its_alerts() -> None:
    question = replace(QUESTION, item=Beneficiary(id="scota", name="SCOTA"))
    (need,) = CHECK.needs(question)
    assert need == Need(
        collector=alert_path.COLLECTOR, subject=alert_path.SUBJECT, evidence_age=alert_path.EVIDENCE_AGE
    )
    gap = Gap(subject=alert_path.SUBJECT, reason=Reason.NOT_DECLARED, detail="no way out")
    facts = (
        Fact(name="alert.way", subject="webhook", value="", as_of=NOW),
        Fact(name="alert.proven", subject="webhook", value=True, as_of=NOW - HOUR),
    )
    seen = Observation(
        collector=alert_path.COLLECTOR, host="srv-1", subject=alert_path.SUBJECT, begun=NOW, ended=NOW, facts=facts,
        gaps=(gap,),
    )  # fmt: skip
    assert tuple(CHECK.judge(need, seen, question)) == tuple(alert_path.findings(seen, NOW))
    assert len(tuple(CHECK.judge(need, seen, question))) == 2
