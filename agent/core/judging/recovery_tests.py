"""What keeps a recovery exercise that succeeded from being a test passed: both objectives, of point and of time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from agent.core.convention import RECOVERY_POINT, RECOVERY_TIME
from agent.core.durations import read_duration
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import read_when
from agent.core.model import State
from agent.core.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """Which objective an exercise did not attain, or (`unproven`) cannot be shown to have attained."""

    entry: RegisterEntry
    state: State
    reason: Reason
    value: float | None = None
    limit: float | None = None


def shortfall(entry: RegisterEntry, objective: Callable[[str, date], float | None]) -> Shortfall | None:
    """Return what keeps an exercise that succeeded from being a test passed, or None.

    `objective` gives the limit of a target on a day. A date without a time is a whole day: only what lies beyond the
    limit however the day is read is missed.
    """
    performed, point = read_when(entry.values["performed"]), read_when(entry.values["recovery_point"])
    took, longest = read_duration(entry.values["duration"]), objective(RECOVERY_TIME, performed.day)
    if longest is not None and took.total_seconds() > longest:
        seconds = took.total_seconds()
        return Shortfall(entry=entry, state=State.MISSED, reason=Reason.TOO_SLOW, value=seconds, limit=longest)
    oldest = objective(RECOVERY_POINT, performed.day)
    least, most = (performed.begins - point.ends).total_seconds(), (performed.ends - point.begins).total_seconds()
    if oldest is not None and least > oldest:
        return Shortfall(entry=entry, state=State.MISSED, reason=Reason.TOO_OLD, value=least, limit=oldest)
    if took <= timedelta(0) or (oldest is not None and most > oldest):
        return Shortfall(entry=entry, state=State.UNPROVEN, reason=Reason.INCOMPLETE)
    return None


def failed(entry: RegisterEntry, objective: Callable[[str, date], float | None]) -> bool:
    """Return whether an exercise failed, or attained one of the objectives of its day not."""
    if entry.get("result") != "ok":
        return True
    short = shortfall(entry, objective)
    return short is not None and short.state is State.MISSED


def first_failed(entry: RegisterEntry, objective: Callable[[str, date], float | None]) -> RegisterEntry:
    """Return an exercise as it was first entered to have failed; else as it is: no amendment makes it a success."""
    if not entry.earlier:
        return entry
    revisions = (*(entry.as_it_was(one) for one in entry.earlier), entry)
    return next((one for one in revisions if failed(one, objective)), entry)
