"""The days of a fleet as its centre counts them: late evidence, silence, two agents on one host. Pure."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from agent.accounting.agreements import Acceptance
from agent.core.duties.entries import AWARENESS, RegisterEntry, Revision
from agent.core.model import Key, State
from agent.core.reason import Reason
from agent.fleet.silences import AgentSilence
from agent.ledger.day_rows import DayResult
from agent.queries.fleet_days import (
    as_received,
    judged_by_the_worse,
    misses_of,
    silent_days_of,
    succeeded,
    with_acceptances,
    with_sessions,
)
from agent.report.days import Span

DAY = timedelta(days=1)
FIRST = date(2026, 10, 1)
SPAN = Span(first=FIRST, last=FIRST + 30 * DAY)
MET = DayResult(state=State.MET, measured=State.MET, reason=Reason.WITHIN_LIMIT)
MISSED = DayResult(state=State.MISSED, measured=State.MISSED, reason=Reason.TOO_OLD)
UNPROVEN = DayResult(state=State.UNPROVEN, measured=State.UNPROVEN, reason=Reason.UNREACHABLE)


def key(subject: str, target: str = "patching") -> Key:
    """Return a key of one beneficiary."""
    return Key(target=target, subject=subject, beneficiary="scota")


def at(day: date, hour: int = 12) -> datetime:
    """Return an hour of a day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def days(*results: DayResult) -> dict[str, DayResult]:
    """Return results of the days from the first on."""
    return {f"{FIRST + number * DAY}": one for number, one in enumerate(results)}


def test_what_came_within_seven_days_of_a_day_is_late_and_what_came_later_is_lost() -> None:
    cut = AgentSilence(since=at(FIRST + 2 * DAY), until=at(FIRST + 12 * DAY))
    found = silent_days_of([cut], SPAN)
    assert sorted(found.lost) == [f"{FIRST + number * DAY}" for number in (2, 3, 4)]
    assert sorted(found.late) == [f"{FIRST + number * DAY}" for number in range(5, 13)]
    still = silent_days_of([AgentSilence(since=at(FIRST + 29 * DAY))], SPAN)
    assert sorted(still.lost) == [f"{SPAN.last - DAY}", f"{SPAN.last}"]


def test_a_lost_day_is_unproven_but_for_a_miss_and_a_late_one_counts_marked() -> None:
    silent = silent_days_of([AgentSilence(since=at(FIRST), until=at(FIRST + 9 * DAY))], SPAN)
    assert sorted(silent.lost) == [f"{FIRST}", f"{FIRST + DAY}"]
    found = as_received({key("srv-1"): days(MET, MISSED, MET)}, [key("srv-1"), key("srv-2")], silent)
    first, second, third = (found[key("srv-1")][f"{FIRST + number * DAY}"] for number in range(3))
    assert (first.state, first.reason, first.late) == (State.UNPROVEN, Reason.SILENT_AGENT, False)
    assert (second.state, second.late) == (State.MISSED, True)
    assert (third.state, third.late) == (State.MET, True)
    assert {one.reason for one in found[key("srv-2")].values()} == {Reason.SILENT_AGENT}


def test_a_host_of_two_agents_is_as_bad_as_the_worse_and_unproven_where_both_are_met() -> None:
    kept = {
        key("a/srv-1"): days(MET, MET, MET, MET),
        key("b/srv-1"): days(MET, MISSED, UNPROVEN),
        key("a/srv-2"): days(MET),
    }
    found = judged_by_the_worse(kept, {"srv-1": at(FIRST)}, {"patching"})
    assert [one.state for one in found[key("a/srv-1")].values()] == [
        State.UNPROVEN,
        State.MISSED,
        State.UNPROVEN,
        State.MET,
    ]
    assert {found[key("a/srv-1")][f"{FIRST + number * DAY}"].reason for number in range(3)} == {Reason.DECLARED_TWICE}
    assert found[key("b/srv-1")][f"{FIRST + DAY}"] == MISSED
    assert found[key("a/srv-2")] == days(MET)
    later = judged_by_the_worse(kept, {"srv-1": at(FIRST + DAY)}, {"patching"})
    assert later[key("a/srv-1")][f"{FIRST}"] == MET


def test_an_acceptance_of_the_centre_covers_its_days_alone() -> None:
    accepted = Acceptance(
        id="acceptance-1",
        key=key("a/srv-1"),
        author="tech",
        accepted_by="Mme Durand",
        accepted_on=FIRST,
        until=FIRST + 10 * DAY,
        reason="cost",
        entered_on=FIRST + DAY,
    )
    found = with_acceptances({key("a/srv-1"): days(MISSED, MISSED, MET)}, [accepted])
    assert [one.state for one in found[key("a/srv-1")].values()] == [State.MISSED, State.ACCEPTED, State.MET]
    assert {one.measured for one in found[key("a/srv-1")].values()} == {State.MISSED, State.MET}


def test_a_session_that_anyone_entered_shows_awareness_from_its_entry_on() -> None:
    session = RegisterEntry(
        id="awareness-1",
        register=AWARENESS,
        beneficiary="scota",
        values={"performed": f"{FIRST}", "by": "dpo", "author": "tech"},
        received_at=at(FIRST + DAY),
    )
    of = key("a/scota", AWARENESS)
    found = with_sessions({of: days(MISSED, MISSED, MISSED)}, [session], 2 * 86400.0 - 1)
    assert [one.state for one in found[of].values()] == [State.MISSED, State.MET, State.MISSED]


def test_an_amended_session_shows_no_day_before_its_amendment() -> None:
    """What it said before counts for the days on which it said so."""
    session = RegisterEntry(
        id="awareness-1",
        register=AWARENESS,
        beneficiary="scota",
        values={"performed": f"{FIRST}", "by": "dpo", "author": "tech"},
        received_at=at(FIRST),
        earlier=(Revision(values={"performed": f"{FIRST - 800 * DAY}"}, until=at(FIRST + 2 * DAY)),),
    )
    of = key("a/scota", AWARENESS)
    found = with_sessions({of: days(MISSED, MISSED, MISSED)}, [session], 365 * 86400.0)
    assert [one.state for one in found[of].values()] == [State.MISSED, State.MISSED, State.MET]
    withdrawn = replace(
        session,
        values={"performed": f"{FIRST + 2 * DAY}"},
        earlier=(Revision(values={"performed": f"{FIRST}"}, until=at(FIRST + DAY)),),
    )
    found = with_sessions({of: days(MISSED, MISSED, MISSED)}, [withdrawn], 365 * 86400.0)
    assert [one.state for one in found[of].values()] == [State.MET, State.MET, State.MET]


def test_what_a_key_had_sent_before_it_was_replaced_stays() -> None:
    """The new ledger brings a past without a miss, and knows nothing of the day on which it began."""
    of = key("a/srv-1")
    lost = replace(UNPROVEN, reason=Reason.SILENT_AGENT)
    former, present = {of: days(MISSED, UNPROVEN, MET, lost, lost)}, {of: days(MET, MET, UNPROVEN, UNPROVEN, MET)}
    begun = FIRST + 3 * DAY
    found = succeeded(former, present, begun)[of]
    assert [one.state.value for one in found.values()] == ["missed", "unproven", "met", "unproven", "met"]
    joins = {of: days(MET, MET, UNPROVEN, MET, MISSED)}
    assert [one.state.value for one in succeeded(former, joins, begun)[of].values()] == [
        *("missed", "unproven", "met", "unproven", "missed")
    ]


def test_of_a_key_that_never_counted_only_a_miss_is_believed() -> None:
    of, other = key("a/srv-1"), key("a/srv-2")
    former, present = {of: days(MET, MISSED, MET), other: days(MET)}, {of: days(UNPROVEN, MET, MISSED)}
    found = succeeded(misses_of(former), present, FIRST + 3 * DAY)
    assert [one.state.value for one in found[of].values()] == ["unproven", "missed", "missed"]
    assert found[other] == {}
