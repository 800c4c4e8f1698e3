"""End the alerts of subjects that are no longer expected: retired, taken back, or past the `ends` of their entry."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from agent.accounting.expectation import Expectation, Loading, expectation
from agent.alert.transitions import BAD, LastNotification
from agent.core.model import Key, State, Target, Verdict
from agent.core.period import day_of
from agent.core.reason import Reason

# What was notified of a subject before it was retired, and what is once that was notified.
_CONCERNED = (*BAD, State.NOT_APPLICABLE)


def without_verdict(notified: Mapping[Key, LastNotification], judged: Collection[Key]) -> tuple[Key, ...]:
    """Return the keys with an alert, or the end of one by retirement, that no verdict is about any more; sorted."""
    return tuple(sorted(key for key, one in notified.items() if one.state in _CONCERNED and key not in judged))


def retired_verdicts(
    keys: Iterable[Key],
    loads: Sequence[Loading],
    declared: Collection[Key],
    targets: Mapping[str, Target],
    now: datetime,
) -> tuple[Verdict, ...]:
    """Return a verdict, not applicable, on each key that today no longer expects.

    `loads` are as retirements leave them, `declared` the keys that some load ever declared: an entry of a register is
    none of them. A key that went from the file without `ends` is still expected, and has no verdict here.
    """
    today = day_of(now)
    return tuple(
        _retired(key, targets[key.target], now)
        for key in keys
        if key in declared and key.target in targets and expectation(key, today, loads) is Expectation.NOT_EXPECTED
    )


def _retired(key: Key, target: Target, now: datetime) -> Verdict:
    return Verdict(
        target=key.target,
        subject=key.subject,
        beneficiary=key.beneficiary,
        at=now,
        state=State.NOT_APPLICABLE,
        measured=State.NOT_APPLICABLE,
        day_state=State.NOT_APPLICABLE,
        reason=Reason.RETIRED,
        unit=target.unit,
        limit=target.limit,
    )
