"""How a departure goes: from which look on nothing is left on any host, and what was seen late."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.core.judging.check import SuccessfulLook
from agent.core.judging.departure_course import DepartureCourse, course_of, given_back, newest_rights, trace_of
from agent.core.judging.departures import Leaver, RemainingAccess, left_in, rights_in
from agent.core.model import Observation
from tests.checks.departed import FINGERPRINT, account, instant, key, look, right

LEFT = "2026-11-20T17:00+01:00"
AT = "2026-11-21T09:00+01:00"
ANNE = Leaver(accounts=frozenset({"adupont"}))

Looks = Mapping[str, tuple[SuccessfulLook, ...]]


def course(looks: Looks, leaver: Leaver = ANNE) -> DepartureCourse:
    """Return how a departure went by the looks at every host."""
    traces = {host: trace_of(some, leaver, instant(LEFT), DUE) for host, some in looks.items()}
    return course_of(traces, instant(LEFT), looks.__getitem__)


def looked(*looks: Observation) -> dict[str, tuple[SuccessfulLook, ...]]:
    """Return looks by their hosts, numbered as evidence in their order."""
    found: dict[str, tuple[SuccessfulLook, ...]] = {}
    for number, one in enumerate(looks, start=1):
        found[one.host] = (*found.get(one.host, ()), SuccessfulLook(look=one, evidence=f"r-{number}"))
    return found


DUE = instant("2026-11-21T17:00+01:00")


def test_a_look_of_the_very_moment_of_the_departure_counts() -> None:
    found = course(looked(look(LEFT)))
    assert (found.closed, found.states, found.evidence) == (
        instant(LEFT),
        {"srv-1": RemainingAccess.NOTHING},
        {"srv-1": "r-1"},
    )
    before = course(looked(look("2026-11-20T16:59:59+01:00")))
    assert (before.closed, before.states, before.rights) == (None, {"srv-1": RemainingAccess.UNTOLD}, {})


def test_a_right_is_late_after_the_term_and_not_at_it() -> None:
    def late(at: str) -> object:
        return course(looked(look(at, account("adupont")))).seen_late

    assert late("2026-11-21T17:00+01:00") is None
    assert late("2026-11-21T17:00:01+01:00") == instant("2026-11-21T17:00:01+01:00")


def test_the_first_late_look_is_kept_and_the_last_closing_counts() -> None:
    days = ("22", "23", "24")
    seen = [look(f"2026-11-{day}T09:00+01:00", *facts) for day, facts in zip(
        days, ((account("adupont"),), (account("adupont"), key("adupont")), ()), strict=True
    )]  # fmt: skip
    found = course(looked(*seen))
    assert (found.seen_late, found.closed) == (seen[0].begun, seen[2].ended)
    open_ = course(looked(*seen[:2]))
    assert (open_.closed, open_.rights) == (
        None,
        {"srv-1": ("account adupont", f"key {FINGERPRINT} (adupont)")},
    )


def test_a_case_is_closed_by_the_look_after_which_no_host_shows_anything() -> None:
    one, two = look(AT), look("2026-11-21T10:00+01:00", host="srv-2")
    last = look("2026-11-21T11:00+01:00")
    found = course(looked(one, two, last))
    assert (found.closed, found.evidence) == (two.ended, {"srv-1": "r-1", "srv-2": "r-2"})
    assert course({**looked(one), "srv-2": ()}).closed is None


def test_looks_that_show_the_same_are_one_turn() -> None:
    seen = looked(*(look(f"2026-11-2{day}T09:00+01:00", account("adupont")) for day in (2, 3, 4)))["srv-1"]
    trace = trace_of(seen, ANNE, instant(LEFT), DUE)
    assert [(change.state, change.evidence) for change in trace.changes] == [(RemainingAccess.RIGHTS, "r-1")]


def test_of_several_hosts_the_look_that_ended_first_is_the_first_late_one() -> None:
    def late(*spans: tuple[str, str]) -> datetime | None:
        looks = [
            replace(look(AT, account("adupont"), host=f"srv-{number}"), begun=instant(begun), ended=instant(ended))
            for number, (begun, ended) in enumerate(spans)
        ]
        return course(looked(*looks)).seen_late

    ten, early = "2026-11-22T10:00+01:00", "2026-11-22T09:40+01:00"
    assert late(("2026-11-22T09:50+01:00", ten), (early, "2026-11-22T10:05+01:00")) == instant("2026-11-22T09:50+01:00")
    assert late((early, "2026-11-22T10:05+01:00"), ("2026-11-22T09:50+01:00", ten)) == instant("2026-11-22T09:50+01:00")
    assert late(("2026-11-22T09:50+01:00", ten), (early, ten)) == instant("2026-11-22T09:50+01:00")


def test_a_look_that_ends_with_the_closing_one_names_a_host_that_comes_before_alone() -> None:
    first, same, later = AT, "2026-11-22T09:00+01:00", "srv-2"
    closes_last = looked(look(first), look(same), look(first, account("adupont"), host=later), look(same, host=later))
    assert course(closes_last).evidence == {"srv-1": "r-2", later: "r-4"}
    closes_first = looked(look(first, account("adupont")), look(same), look(first, host=later), look(same, host=later))
    assert course(closes_first).evidence == {"srv-1": "r-2", later: "r-3"}


def test_a_right_is_given_back_by_a_newest_look_after_the_closing() -> None:
    def back(looks: Looks, closed: str) -> dict[str, tuple[str, ...]]:
        return given_back({host: newest_rights(some, ANNE) for host, some in looks.items()}, instant(closed))

    early, newest = look("2026-11-20T20:00+01:00", account("adupont")), look(AT, right("adupont", "sudo"))
    seen = {**looked(early, newest), "srv-2": ()}
    assert back(seen, "2026-11-20T21:00+01:00") == {"srv-1": ("sudo (adupont)",)}
    assert back(seen, AT) == {}
    assert back(looked(newest, look("2026-11-21T10:00+01:00")), LEFT) == {}


def test_who_is_seen_before_the_departure_alone_is_known() -> None:
    before = looked(look("2026-11-20T16:00+01:00", account("adupont")), look(AT))["srv-1"]
    assert trace_of(before, ANNE, instant(LEFT), DUE).is_known
    assert not trace_of(before[1:], ANNE, instant(LEFT), DUE).is_known


def one_by_one(looks: Looks, left: datetime, due: datetime) -> DepartureCourse:
    """Return how a departure went, look after look, those of all hosts together."""
    states = dict.fromkeys(looks, RemainingAccess.UNTOLD)
    rights: dict[str, tuple[str, ...]] = {}
    evidence: dict[str, str] = {}
    seen_late: datetime | None = None
    closing: DepartureCourse | None = None
    after = [(one, host) for host, each in looks.items() for one in each if one.look.begun >= left]
    for one, host in sorted(after, key=lambda pair: pair[0].look.ended):
        evidence[host] = one.evidence
        states[host], rights[host] = left_in(one.look, ANNE), rights_in(one.look, ANNE)
        if states[host] is RemainingAccess.RIGHTS:
            closing = None
            if one.look.begun > due:
                seen_late = seen_late or one.look.begun
        elif closing is None and all(state is RemainingAccess.NOTHING for state in states.values()):
            closing = DepartureCourse(
                closed=one.look.ended,
                seen_late=seen_late,
                states=dict(states),
                rights=dict(rights),
                evidence=dict(evidence),
            )
    return closing or DepartureCourse(closed=None, seen_late=seen_late, states=states, rights=rights, evidence=evidence)


LOOKS = st.tuples(
    st.integers(0, 60), st.sampled_from(["srv-1", "srv-2", "srv-3"]), st.sampled_from(["none", "none", "right", "gap"])
)


@given(seen=st.lists(LOOKS, max_size=14), hosts=st.integers(1, 3))
def test_the_course_by_hosts_is_that_of_all_looks_together(seen: list[tuple[int, str, str]], hosts: int) -> None:
    """The looks of a host come in their order; of several hosts some end together."""
    made = []
    for hour, host, what in sorted(seen, key=lambda one: one[0]):
        at = (instant(LEFT) + timedelta(hours=hour - 8)).isoformat()
        facts = (account("adupont", host=host),) if what == "right" else ()
        made.append(look(at, *facts, host=host, gap="keys" if what == "gap" else None))
    looks = {**{f"srv-{number}": () for number in range(1, hosts + 1)}, **looked(*made)}
    found, expected = course(looks), one_by_one(looks, instant(LEFT), DUE)
    assert found == expected
    assert list(found.evidence.items()) == list(expected.evidence.items())
