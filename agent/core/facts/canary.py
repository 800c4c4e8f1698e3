"""The canary: a small file with a date and a nonce, written into a source before each backup. Pure.

It holds no signature, since the agent's key never leaves the agent; the nonce tells one planting from every other.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.core.model import Fact, Observation
from agent.core.points import Point
from agent.core.reason import Reason

# A canary is four short lines; whatever is longer is none.
LIMIT = 4096

# The facts of a look at a copy's canaries: which point is the newest, and what each point that was read holds.
NEWEST, PLANTED, MISSING, GARBLED = "canary.newest", "canary.planted", "canary.missing", "canary.garbled"

HEAD = "beffroi canary 1"
_NONCE = re.compile(r"[0-9a-f]{32}")
_FORM = re.compile(
    rf"{HEAD}\ndate: (?P<date>\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\nnonce: (?P<nonce>[0-9a-f]{{32}})\n", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """When a canary was planted, cut to the second, and its nonce of 32 hexadecimal digits."""

    planted: datetime
    nonce: str


def compose(canary: Canary) -> bytes:
    """Return a canary as the file holds it. Raises ValueError for a nonce that is none."""
    # beffroi canary 1
    # date: 2026-11-24T02:55:00Z
    # nonce: 5f0c…
    if _NONCE.fullmatch(canary.nonce) is None:
        raise ValueError("a nonce has 32 hexadecimal digits")
    date = canary.planted.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{HEAD}\ndate: {date}\nnonce: {canary.nonce}\n".encode()


def parse(content: bytes) -> Canary | None:
    """Return the canary that some bytes hold, or None where they hold none, or a garbled one."""
    try:
        found = _FORM.fullmatch(content.decode("ascii"))
        if found is None:
            return None
        return Canary(planted=datetime.fromisoformat(found["date"]), nonce=found["nonce"])
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryRestore:
    """What a look showed of the canary in a copy's newest point: its date, or why it proves nothing.

    `unproven` is ABSENT for a canary that is not there, UNREADABLE for a garbled one, IN_FUTURE for one dated later
    than clocks may differ. `dates` are those of every canary that was read, that of the newest point included.
    """

    planted: datetime | None = None
    unproven: Reason | None = None
    dates: tuple[datetime, ...] = ()


def restored(seen: Observation, ahead: timedelta, points: Iterable[Point] = ()) -> CanaryRestore:
    """Return the result of one look at a copy's canaries; `ahead` is how far in the future one may be dated.

    `points` are those of the copy with the dates that they may claim: a canary is no younger than its point.
    """
    made = {point.id: point.time for point in points}
    dates = tuple(_planted(fact, made) for fact in seen.named(PLANTED) if fact.as_of - seen.ended <= ahead)
    newest = seen.one(NEWEST)
    if newest is None:
        return CanaryRestore(unproven=Reason.ABSENT, dates=dates)
    told = {fact.value: fact for name in (PLANTED, MISSING, GARBLED) for fact in seen.named(name)}
    fact = told.get(newest.value)
    if fact is None or fact.name == MISSING:
        return CanaryRestore(unproven=Reason.ABSENT, dates=dates)
    if fact.name == GARBLED:
        return CanaryRestore(unproven=Reason.UNREADABLE, dates=dates)
    if fact.as_of - seen.ended > ahead:
        return CanaryRestore(planted=fact.as_of, unproven=Reason.IN_FUTURE, dates=dates)
    return CanaryRestore(planted=_planted(fact, made), dates=dates)


def _planted(fact: Fact, made: Mapping[str, datetime]) -> datetime:
    return min(fact.as_of, made.get(str(fact.value), fact.as_of))


def ours(content: bytes) -> bool:
    """Return whether a file is a canary of ours, garbled ones included, hence one that may be written over."""
    return content.startswith(f"{HEAD}\n".encode())
