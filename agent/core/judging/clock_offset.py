"""The finding of a look at a machine's clock: it must be within a second of reference time (convention). Pure."""

import json
from collections.abc import Mapping

from agent.core.facts.clock_offset import Reckoning, reckonings_in
from agent.core.judging.moving import FactLine, MovedLook, Movement, fact_line
from agent.core.measures import Seconds
from agent.core.model import Detail, DetailValue, Finding, Observation, State
from agent.core.reason import Reason

# convention, `log-collection`: the age that the target's limit sets is of records, not of clocks.
LIMIT_SECONDS = 1.0


def clock_finding(seen: Observation) -> Finding:
    """Return whether a clock is off, by what is certain: one way that shows a miss outweighs another that shows none.

    Nothing that disciplines or shows the clock, or only within too wide a bound, proves nothing.
    """
    told = reckonings_in(seen)
    off = max(told, key=lambda one: one.least, default=None)
    if off is not None and off.least > LIMIT_SECONDS:
        return _finding(State.MISSED, Reason.CLOCK_OFF, off, off.least)
    best = min(told, key=lambda one: one.most, default=None)
    if best is not None and best.most <= LIMIT_SECONDS:
        return _finding(State.MET, Reason.WITHIN_LIMIT, best, best.most)
    if best is not None:
        about: Detail = {"source": best.source, "most_seconds": Seconds(best.most)}
        return Finding(state=State.UNPROVEN, reason=Reason.CLOCK_DOUBTFUL, limit=LIMIT_SECONDS, about=about)
    return _unshown(seen)


def _within_limit(before: FactLine, after: FactLine, look: MovedLook) -> bool:
    """Return whether the way that moved shows the clock to be right."""
    lines = [line for line in map(fact_line, look.facts) if line is not None and line.subject == after.subject]
    offsets, bounds = (
        [json.loads(line.value) for line in lines if line.name == name] for name in ("clock.offset", "clock.within")
    )
    if len(offsets) != 1 or len(bounds) != 1 or not all(isinstance(one, float) for one in (*offsets, *bounds)):
        return False
    return Reckoning(source="", offset=offsets[0], within=bounds[0]).most <= LIMIT_SECONDS


CLOCK_MOVES: Mapping[str, Movement] = {"clock.offset": _within_limit, "clock.within": _within_limit}


def _unshown(seen: Observation) -> Finding:
    about: dict[str, DetailValue] = {"unshown": seen.subject}
    apart = seen.one("clock.apart")
    if apart is not None and isinstance(apart.value, float):
        about["apart_seconds"] = Seconds(abs(apart.value))
    if seen.gaps:
        about["said"] = seen.gaps[0].detail
        return Finding(state=State.UNPROVEN, reason=seen.gaps[0].reason, limit=LIMIT_SECONDS, about=about)
    return Finding(state=State.UNPROVEN, reason=Reason.CLOCK_DOUBTFUL, limit=LIMIT_SECONDS, about=about)


def _finding(state: State, reason: Reason, told: Reckoning, value: float) -> Finding:
    return Finding(
        state=state,
        reason=reason,
        value=value,
        limit=LIMIT_SECONDS,
        unit="seconds",
        about={"source": told.source, "offset": told.offset, "within_seconds": Seconds(told.within)},
    )
