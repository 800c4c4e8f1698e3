"""The days of a fleet's subjects as its centre counts them: late evidence marked, silence unproven. Pure.

What an agent's rows say of a day on which nothing was known of it for a while is late evidence: it counts where it came
within seven days of that day, and is marked. Later it rewrites nothing: the day stays unproven, and a miss a miss.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from agent.accounting.agreements import Acceptance
from agent.accounting.days import after_acceptances
from agent.accounting.recovery import LATE_DAYS
from agent.core.duties.entries import AWARENESS, RegisterEntry
from agent.core.duties.moments import read_when
from agent.core.model import WORST_FIRST, Key, State
from agent.core.period import day_end, day_of, each_day
from agent.core.reason import Reason
from agent.fleet.silences import AgentSilence
from agent.ledger.day_rows import DayResult
from agent.report.days import Span

Kept = Mapping[Key, Mapping[str, DayResult]]
LATE = timedelta(days=LATE_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentDays:
    """The days of which nothing was known for a while: `late` is told since, in time; `lost` is not, for `reason`."""

    late: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    reason: Reason = Reason.SILENT_AGENT


def silent_days_of(silences: Iterable[AgentSilence], span: Span, reason: Reason = Reason.SILENT_AGENT) -> SilentDays:
    """Return the days of a span that some silences touch."""
    late, lost = set[date](), set[date]()
    for one in silences:
        last = span.last if one.until is None else day_of(one.until)
        for day in each_day(max(day_of(one.since), span.first), min(last, span.last)):
            in_time = one.until is not None and one.until <= day_end(day) + LATE
            (late if in_time else lost).add(day)
    return SilentDays(
        late=frozenset(day.isoformat() for day in late - lost),
        lost=frozenset(day.isoformat() for day in lost),
        reason=reason,
    )


def as_received(kept: Kept, keys: Collection[Key], silent: SilentDays) -> dict[Key, dict[str, DayResult]]:
    """Return an agent's days as the centre counts them; `keys` are all that may be expected of it."""
    found = {key: {day: _received(one, day, silent) for day, one in days.items()} for key, days in kept.items()}
    lost = DayResult(state=State.UNPROVEN, measured=State.UNPROVEN, reason=silent.reason)
    if silent.lost:
        for key in keys:
            own = found.setdefault(key, {})
            for day in silent.lost:
                own.setdefault(day, lost)
    return found


def _received(one: DayResult, day: str, silent: SilentDays) -> DayResult:
    if day in silent.lost and one.measured is not State.MISSED:
        state = State.ACCEPTED if one.state is State.ACCEPTED else State.UNPROVEN
        return replace(one, state=state, measured=State.UNPROVEN, reason=silent.reason, late=False)
    if day in silent.late or day in silent.lost:
        return replace(one, late=True)
    return one


def misses_of(kept: Kept) -> Kept:
    """Return the days of a ledger whose key never was the declared one: those that are missed, and no other."""
    return {key: {day: one for day, one in days.items() if one.measured is State.MISSED} for key, days in kept.items()}


def succeeded(former: Kept, present: Kept, begun: date) -> dict[Key, dict[str, DayResult]]:
    """Return the days of an agent that was given another key on a day: what was known before stays."""
    found: dict[Key, dict[str, DayResult]] = {}
    for key in former.keys() | present.keys():
        before, since = former.get(key, {}), present.get(key, {})
        by_former = {
            day: before[day]
            for day in before.keys() & since.keys()
            if former_tells(before[day].measured, since[day].measured, date.fromisoformat(day), begun)
        }
        found[key] = dict(sorted({**before, **since, **by_former}.items()))
    return found


def former_tells(before: State, since: State, day: date, begun: date) -> bool:
    """Return whether the former of two ledgers of one agent tells of a day, to which each gives a state.

    A miss of either stays. `begun`: when the later one was admitted; that day is the worse of both.
    """
    if State.MISSED in (before, since):
        return before is State.MISSED
    return day < begun or (day == begun and WORST_FIRST.index(before) <= WORST_FIRST.index(since))


def with_acceptances(kept: Kept, acceptances: Sequence[Acceptance]) -> Kept:
    """Return days as the acceptances of the centre leave them; what its agents' accepted stays."""
    own = {one.key for one in acceptances}
    if own.isdisjoint(kept):
        return kept
    found = dict(kept)
    for key in own & kept.keys():
        covering = [one for one in acceptances if one.key == key]
        found[key] = {day: _accepted(one, key, date.fromisoformat(day), covering) for day, one in kept[key].items()}
    return found


def _accepted(one: DayResult, key: Key, day: date, acceptances: Sequence[Acceptance]) -> DayResult:
    if one.state is State.ACCEPTED:
        return one
    state = after_acceptances(one.measured, acceptances, key, day)
    return one if state is one.state else replace(one, state=state)


def judged_by_the_worse(kept: Kept, hosts: Mapping[str, datetime], keys_of_hosts: Collection[str]) -> Kept:
    """Return days of which a declared host's are as bad as the worst of the agents that watch it.

    `hosts` gives since when the centre declares each; `keys_of_hosts` are the targets that every host gives.
    """
    groups: dict[tuple[str, str, str], list[Key]] = {}
    for key in kept:
        host = key.subject.partition("/")[2]
        if host in hosts and key.target in keys_of_hosts:
            groups.setdefault((key.target, host, key.beneficiary), []).append(key)
    found = dict(kept)
    for (_, host, _), keys in groups.items():
        if len(keys) > 1:
            found |= _worse(kept, keys, day_of(hosts[host]).isoformat())
    return found


def _worse(kept: Kept, keys: Sequence[Key], since: str) -> dict[Key, dict[str, DayResult]]:
    found = {key: dict(kept[key]) for key in keys}
    for day in {day for key in keys for day in kept[key] if day >= since}:
        states = [kept[key][day].measured for key in keys if day in kept[key]]
        worst = min(states, key=WORST_FIRST.index)
        judged = State.UNPROVEN if worst is State.MET else worst
        for key in keys if len(states) > 1 else ():
            one = kept[key].get(day)
            if one is not None and one.measured is not judged:
                found[key][day] = DayResult(state=judged, measured=judged, reason=Reason.DECLARED_TWICE, late=one.late)
    return found


def with_sessions(kept: Kept, entries: Sequence[RegisterEntry], limit: float | None) -> Kept:
    """Return days of which those of awareness are met where a session that anyone entered by then shows it.

    `limit` is the objective in seconds; None: it sets none.
    """
    held = [one for entry in entries if entry.register == AWARENESS for one in _sessions_of(entry)]
    if not held or limit is None:
        return kept
    span = timedelta(seconds=limit)
    found = dict(kept)
    for key in (key for key in kept if key.target == AWARENESS):
        found[key] = {day: _shown(one, date.fromisoformat(day), held, span) for day, one in kept[key].items()}
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    """When a session was held, as an entry said it from one day to another; `upto` None: it still does."""

    performed: date
    since: date
    upto: date | None = None

    def shows(self, day: date, span: timedelta) -> bool:
        """Return whether it was known on a day, and no older than it may be."""
        known = self.since <= day and (self.upto is None or day <= self.upto)
        return known and day - self.performed <= span


def _sessions_of(entry: RegisterEntry) -> Iterator[_Session]:
    """Yield what each revision said of a session: an amendment changes no day before its own."""
    at = entry.entered_at
    for values, until in (*((one.values, one.until) for one in entry.earlier), (entry.values, None)):
        if "performed" in values:
            held = read_when(values["performed"]).day
            yield _Session(performed=held, since=max(held, day_of(at)), upto=None if until is None else day_of(until))
        at = until or at


def _shown(one: DayResult, day: date, held: Sequence[_Session], span: timedelta) -> DayResult:
    if one.measured is State.MET or not any(session.shows(day, span) for session in held):
        return one
    return DayResult(state=State.MET, measured=State.MET, reason=Reason.WITHIN_LIMIT)
