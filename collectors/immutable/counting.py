"""Count how the files of a copy are protected, against a promise that runs from each one's writing. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.facts.immutability import Immutability
from agent.core.judging.immutability import SLACK


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedFile:
    """One file: when it was written, and for how long it is protected from then on.

    `protected` is None where that could not be asked, zero where nothing protects it; `liftable`: by what an
    administrator may lift.
    """

    name: str
    written: datetime
    protected: timedelta | None
    liftable: bool = False


def counted(files: Iterable[ProtectedFile], promise: timedelta, how: str, now: datetime) -> Immutability:
    """Return how many files are protected as promised, and how many are not."""
    every = tuple(files)
    owed = [one for one in every if one.written + promise > now]
    asked = [one for one in owed if one.protected is not None]
    liftable = [one for one in asked if one.liftable]
    firm = [one for one in asked if not one.liftable]
    unlocked = [one for one in firm if not one.protected]
    shorter = [one for one in firm if one.protected and one.protected < promise - SLACK]
    bad = min((*unlocked, *liftable), key=lambda one: one.written, default=None)
    if bad is None:
        bad = min(shorter, key=lambda one: one.protected or timedelta(0), default=None)
    return Immutability(
        promised=promise,
        how=how,
        files=len(owed),
        held=len(firm) - len(unlocked) - len(shorter),
        shorter=len(shorter),
        liftable=len(liftable),
        unlocked=len(unlocked),
        unasked=len(owed) - len(asked),
        ended=len(every) - len(owed),
        file="" if bad is None else bad.name,
        shortest=min((one.protected for one in shorter if one.protected), default=None),
    )
