"""Say how a departure went from what the looks at each host show of it.

What one host shows is drawn from its looks alone, and short: a look that came back changes that of its host, and a
thousand others stay as they are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from agent.core.judging.check import SuccessfulLook
from agent.core.judging.departures import Leaver, RemainingAccess, knows, left_in, rights_in


class AccessChange(NamedTuple):
    """When a state began: the end of the first look that showed it, and that look."""

    at: datetime
    state: RemainingAccess
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTrace:
    """What the looks at one host after a departure show of it.

    `changes` are its states in their order, `rights` and `evidence` what the newest look shows and what names it; None:
    there was no look. `late` is the first look after the term that still showed a right, its end and its beginning.
    `is_known`: any look, also one before, shows something of the person.
    """

    changes: tuple[AccessChange, ...] = ()
    rights: tuple[str, ...] = ()
    evidence: str | None = None
    late: tuple[datetime, datetime] | None = None
    is_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartureCourse:
    """How a departure went: from when on nothing is left; None: something is, or cannot be determined.

    A right that a later look shows opens what an earlier one closed.

    `seen_late` is the first look after the term that still showed a right, `rights` what each host's newest look shows,
    and `evidence` names that look.
    """

    closed: datetime | None
    seen_late: datetime | None
    states: Mapping[str, RemainingAccess]
    rights: Mapping[str, tuple[str, ...]]
    evidence: Mapping[str, str]


def trace_of(looks: Sequence[SuccessfulLook], leaver: Leaver, left: datetime, due: datetime) -> HostTrace:
    """Return what the looks at one host show of a departure; those before it show nothing of it."""
    after = _after(looks, left)
    seen = [(one, left_in(one.look, leaver)) for one in after]
    firsts = [next(some) for _, some in groupby(seen, key=lambda pair: pair[1])]
    late = (one.look for one, state in seen if state is RemainingAccess.RIGHTS and one.look.begun > due)
    return HostTrace(
        changes=tuple(AccessChange(at=one.look.ended, state=state, evidence=one.evidence) for one, state in firsts),
        rights=rights_in(after[-1].look, leaver) if after else (),
        evidence=after[-1].evidence if after else None,
        late=next(((look.ended, look.begun) for look in late), None),
        is_known=any(knows(one.look, leaver) for one in looks),
    )


def _after(looks: Iterable[SuccessfulLook], left: datetime) -> list[SuccessfulLook]:
    return sorted((one for one in looks if one.look.begun >= left), key=lambda one: one.look.ended)


def course_of(
    traces: Mapping[str, HostTrace], left: datetime, looks_at: Callable[[str], Sequence[SuccessfulLook]]
) -> DepartureCourse:
    """Return how a departure went by what every host shows of it; `looks_at` gives the looks at one that is closed.

    It is closed where the last host of all turned to nothing, once no host shows a right any more.
    """
    order = {host: number for number, host in enumerate(traces)}
    changes = sorted(_changes(traces), key=lambda pair: pair[1].at)
    late = min((one.late for one in traces.values() if one.late is not None), key=lambda one: one[0], default=None)
    seen_late = None if late is None else late[1]
    states = dict.fromkeys(traces, RemainingAccess.UNTOLD)
    open_hosts, closing = len(traces), None
    for host, change in changes:
        open_hosts += (change.state is not RemainingAccess.NOTHING) - (states[host] is not RemainingAccess.NOTHING)
        states[host] = change.state
        if change.state is RemainingAccess.RIGHTS:
            closing = None
        elif closing is None and open_hosts == 0:
            closing = host, change
    hosts = list(dict.fromkeys(host for host, _ in changes))
    if closing is None:
        return DepartureCourse(
            closed=None,
            seen_late=seen_late,
            states=states,
            rights={host: traces[host].rights for host in hosts},
            evidence={host: evidence for host in hosts if (evidence := traces[host].evidence) is not None},
        )
    last, change = closing
    return DepartureCourse(
        closed=change.at,
        seen_late=seen_late,
        states=dict.fromkeys(traces, RemainingAccess.NOTHING),
        rights=dict.fromkeys(hosts, ()),
        evidence={
            host: change.evidence
            if host == last
            else _newest(_after(looks_at(host), left), change.at, is_before=order[host] < order[last])
            for host in hosts
        },
    )


def _changes(traces: Mapping[str, HostTrace]) -> Iterator[tuple[str, AccessChange]]:
    for host, trace in traces.items():
        for change in trace.changes:
            yield host, change


def _newest(looks: Iterable[SuccessfulLook], at: datetime, *, is_before: bool) -> str:
    """Return the newest look of a host up to an instant; of two that end together the earlier host's comes first."""
    ended = [one for one in looks if one.look.ended < at or (is_before and one.look.ended == at)]
    return ended[-1].evidence


def newest_rights(looks: Sequence[SuccessfulLook], leaver: Leaver) -> tuple[datetime, tuple[str, ...]] | None:
    """Return what the newest look at one host shows of someone, and when it began; None: there is no look."""
    newest = max((one.look for one in looks), key=lambda look: look.ended, default=None)
    return None if newest is None else (newest.begun, rights_in(newest, leaver))


def given_back(
    newest: Mapping[str, tuple[datetime, tuple[str, ...]] | None], closed: datetime
) -> dict[str, tuple[str, ...]]:
    """Return the rights that each host's newest look shows, where it came after the departure was closed."""
    shown = {host: one[1] for host, one in newest.items() if one is not None and one[0] > closed}
    return {host: rights for host, rights in shown.items() if rights}
