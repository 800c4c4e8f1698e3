"""Combine the findings of a rule into one verdict, and say what a kept one is worth now.

A verdict bears the finding that speaks for all, and the others beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from agent.core.duties.expected import Expected
from agent.core.followed_time import is_followed, plain
from agent.core.measures import Seconds
from agent.core.model import WORST_FIRST, Finding, State, Target, Verdict
from agent.core.reason import Reason

NOTHING = Finding(state=State.UNPROVEN, reason=Reason.NOT_RUN)


def combine(findings: Sequence[Finding], *, best: bool) -> Finding:
    """Return the finding that speaks for all: the worst one, or with `best` the one that shows most.

    With `best`, one unproven finding keeps the missed ones from settling anything: it might have been met.
    What is not applicable settles the whole. No finding at all is unproven.
    """
    if not findings:
        return NOTHING
    settled = [finding for finding in findings if finding.state is State.NOT_APPLICABLE]
    if settled:
        return settled[0]
    if not best:
        return min(findings, key=lambda finding: WORST_FIRST.index(finding.state))
    for state in (State.MET, State.UNPROVEN, State.MISSED):
        candidates = [finding for finding in findings if finding.state is state]
        if candidates:
            return min(candidates, key=lambda finding: float("inf") if finding.value is None else finding.value)
    return findings[0]


def verdict_of(
    expected: Expected,
    target: Target,
    now: datetime,
    findings: tuple[Finding, ...],
    day_state: State,
    *,
    best: bool,
    grace: timedelta | None = None,
) -> Verdict:
    """Return the verdict that findings on one expected thing make.

    `best`: one good subject is enough. `grace` is the age beyond which a miss rings.
    """
    spoken = combine(findings, best=best)
    key = expected.key
    if grace is not None and spoken.value is not None:
        # Its alert waits until the figure has passed this; where it moves, that is a turn as well.
        _ = spoken.value <= grace.total_seconds()
    return Verdict(
        target=key.target,
        subject=key.subject,
        beneficiary=key.beneficiary,
        at=now,
        state=spoken.state,
        measured=spoken.state,
        day_state=day_state,
        reason=spoken.reason,
        unit=spoken.unit or target.unit,
        value=plain(spoken.value),
        limit=spoken.limit if spoken.limit is not None else target.limit,
        observed_at=plain(_newest(finding.observed_at for finding in ((spoken,) if best else findings))),
        stands_until=plain(_stands_until(spoken, findings, best=best)),
        about=_still(spoken).about,
        rest=tuple(_still(finding) for finding in findings if finding is not spoken),
        evidence=tuple(dict.fromkeys(id for finding in findings for id in finding.evidence)),
    )


def has_moving(finding: Finding) -> bool:
    """Return True if a finding bears a figure or an instant that moves with time."""
    told = (finding.value, finding.observed_at, finding.stands_until, *finding.about.values())
    return any(map(is_followed, told))


def _still(finding: Finding) -> Finding:
    """Return a finding with the figures and instants that it has at this moment, in the place of those that move."""
    if not has_moving(finding):
        return finding
    return replace(
        finding,
        value=plain(finding.value),
        observed_at=plain(finding.observed_at),
        stands_until=plain(finding.stands_until),
        about={name: plain(value) for name, value in finding.about.items()},
    )


def _stands_until(spoken: Finding, findings: Iterable[Finding], *, best: bool) -> datetime | None:
    # Seen and bad stays seen as long as that one look is fresh; good needs every look behind it to be.
    if best or spoken.state is not State.MET:
        return spoken.stands_until
    ends = [finding.stands_until for finding in findings if finding.stands_until is not None]
    return min(ends, default=None)


def bears_evidence(verdict: Verdict) -> bool:
    """Return whether a verdict rests on a look that succeeded, be it that what was seen shows nothing."""
    return verdict.day_state is not State.UNPROVEN or verdict.stands_until is not None


def _newest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)


def as_it_stands(verdict: Verdict, now: datetime) -> Verdict:
    """Return a kept verdict as it stands now: unproven, `stale-evidence`, once its evidence has aged out."""
    if verdict.stands_until is None or now <= verdict.stands_until:
        return verdict
    if verdict.measured is State.UNPROVEN:
        return verdict
    observed = verdict.observed_at
    about = {} if observed is None else {"evidence_age": Seconds((now - observed).total_seconds())}
    return replace(
        verdict,
        state=State.ACCEPTED if verdict.state is State.ACCEPTED else State.UNPROVEN,
        measured=State.UNPROVEN,
        day_state=State.UNPROVEN,
        reason=Reason.STALE_EVIDENCE,
        about=about,
        rest=(),
    )


def not_run(expected: Expected, target: Target, now: datetime) -> Verdict:
    """Return the verdict on what was never looked at."""
    finding = Finding(state=State.UNPROVEN, reason=Reason.NOT_RUN)
    return verdict_of(expected, target, now, (finding,), State.UNPROVEN, best=False)
