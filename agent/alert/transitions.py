"""Decide which changes of verdicts to notify, against what was last notified; pure values."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from agent.accounting.acknowledgements import Acknowledgement
from agent.core.alert_state import OF_AGE, Severity, rings, rings_after, severity_of
from agent.core.model import Key, State, Target, Verdict
from agent.core.reason import Reason

# What no one ever looked at is told after this; what was seen before and is not any more is told at once.
NEVER_SEEN_FOR = timedelta(hours=12)
# More changes than this in one turn have one cause, whatever it is: the clock, the disk, the agent's own network.
MOST_APART = 20
EVERYTHING = "*"
# Before a target, as the cause of what befalls several subjects at once.
SAME = "*/"
BAD = (State.MISSED, State.UNPROVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastNotification:
    """What receivers were last notified of for a key; `told` False: noted since an instant, and not sent.

    `paged`: someone was woken for it, and has not been told that it is over.
    """

    state: State
    since: datetime
    notified: bool
    paged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One change that is told, and what caused it as far as names show."""

    verdict: Verdict
    before: State
    last_good: datetime | None
    severity: Severity
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRound:
    """The result of one evaluation round: the notifications, and the state of each key from now on."""

    transitions: tuple[Transition, ...]
    notified: Mapping[Key, LastNotification]


def step(
    verdicts: Iterable[Verdict],
    notified: Mapping[Key, LastNotification],
    targets: Mapping[str, Target],
    silenced: Iterable[Key],
    now: datetime,
    lapsed: Mapping[Key, Acknowledgement] = MappingProxyType({}),
) -> AlertRound:
    """Return what is to be told of the verdicts of one turn.

    `lapsed` is the last acknowledgement of a key that is over: what was told before it and still stands rings again;
    what was told while it lasted is not what was taken in hand.
    """
    quiet = frozenset(silenced)
    transitions: list[Transition] = []
    after: dict[Key, LastNotification] = {}
    for verdict in verdicts:
        if not rings(verdict.target) or verdict.key in quiet or _waits(verdict, targets):
            continue
        state, before = alert_state(verdict), notified.get(verdict.key)
        if before is not None and state in BAD and _is_over(lapsed.get(verdict.key), before):
            before = replace(before, state=State.MET, notified=False, paged=False)
        if before is None or before.state is not state:
            heard = _heard(before, state)
            transition = _transition(verdict, before, targets)
            paged = (before is not None and before.paged) or (heard and transition.severity is Severity.PAGE)
            after[verdict.key] = LastNotification(state=state, since=now, notified=heard, paged=paged and state in BAD)
            if heard:
                transitions.append(transition)
        elif not before.notified and state is State.UNPROVEN and now - before.since >= NEVER_SEEN_FOR:
            after[verdict.key] = LastNotification(state=state, since=before.since, notified=True)
            transitions.append(_transition(verdict, before, targets))
    return AlertRound(transitions=tuple(_with_one_cause(transitions)), notified=after)


def alert_state(verdict: Verdict) -> State:
    """Return the state as it rings: what is unproven and owes nothing yet is as good as met."""
    if verdict.state is State.UNPROVEN and verdict.reason is Reason.ON_COURSE:
        return State.MET
    return verdict.state


def _is_over(one: Acknowledgement | None, before: LastNotification) -> bool:
    return one is not None and one.covers(before.state) and before.since < one.entered_at


def _waits(verdict: Verdict, targets: Mapping[str, Target]) -> bool:
    """Return whether a miss is still within the grace of its alert; what was told before stands until then."""
    grace = rings_after(verdict.target, targets)
    of_age = verdict.state is State.MISSED and verdict.reason in OF_AGE
    return of_age and grace is not None and verdict.value is not None and verdict.value <= grace.total_seconds()


def waits_for_time(verdict: Verdict, before: LastNotification | None, targets: Mapping[str, Target]) -> bool:
    """Return True where time alone can make a verdict one to be notified, acknowledgements and exclusions apart."""
    if not rings(verdict.target):
        return False
    return _waits(verdict, targets) or (before is not None and not before.notified and before.state is State.UNPROVEN)


def _heard(before: LastNotification | None, state: State) -> bool:
    if state is State.MISSED:
        return True
    if before is None:
        return False
    if state is State.UNPROVEN:
        return True
    # The end of an alert goes to those who received its begin.
    return before.state in BAD and before.notified


def _transition(verdict: Verdict, before: LastNotification | None, targets: Mapping[str, Target]) -> Transition:
    was = State.UNPROVEN if before is None else before.state
    return Transition(
        verdict=verdict,
        before=was,
        last_good=last_good(verdict),
        severity=_severity(verdict, before, targets[verdict.target]),
        cause=cause_of(verdict),
    )


def _severity(verdict: Verdict, before: LastNotification | None, target: Target) -> Severity:
    """Return how a change rings: once for what lasts, and its end where it rang, however long no one could look."""
    state, paged = alert_state(verdict), before is not None and before.paged
    if state is State.MISSED and paged:
        return Severity.TICKET
    if state in BAD:
        return severity_of(target, state)
    return Severity.PAGE if paged else severity_of(target, State.UNPROVEN if before is None else before.state)


def last_good(verdict: Verdict) -> datetime | None:
    """Return the last instant that is known to be good: the newest point's, or of what is unproven the last look's."""
    if verdict.observed_at is None or verdict.state is State.UNPROVEN:
        return verdict.observed_at
    if verdict.reason in OF_AGE and verdict.unit == "seconds" and verdict.value is not None:
        # An age is that of the moment of judging, which is later than the look.
        return verdict.at - timedelta(seconds=verdict.value)
    return None


def cause_of(verdict: Verdict) -> str:
    """Return what a verdict shares with those that fail with it: its host, backup or log, the id before the slash."""
    return verdict.subject.partition("/")[0]


def _with_one_cause(transitions: list[Transition]) -> list[Transition]:
    """Return the changes with the cause that most of them share: all at once, a host's, or the same on many hosts."""
    if len(transitions) > MOST_APART and len({_kind(one) for one in transitions}) > 1:
        return [replace(one, cause=EVERYTHING) for one in transitions]
    alike = Counter(_kind(one) for one in {(one.cause, _kind(one)): one for one in transitions}.values())
    beside = Counter(one.cause for one in transitions)
    return [
        replace(one, cause=SAME + one.verdict.target) if alike[_kind(one)] > beside[one.cause] else one
        for one in transitions
    ]


def _kind(transition: Transition) -> tuple[str, State, Reason, Severity]:
    verdict = transition.verdict
    return verdict.target, verdict.state, verdict.reason, transition.severity
