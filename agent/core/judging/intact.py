"""What the verifications of a copy show of it: damage, how much was read, and how long ago. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.facts.verification import DAMAGE, DAMAGED_PATH, damage_in
from agent.core.judging.moving import Moving, later, told
from agent.core.measures import Seconds
from agent.core.model import Detail, Fact, Finding, Observation, State
from agent.core.reason import Reason

_AMOUNTS = (f"verify.{what}_{how}" for what in ("files", "bytes") for how in ("read", "sound", "verified", "stored"))
# What is verified anew settles damage, and points that count again may not be what their history lets expect.
VERIFICATION_MOVES = Moving(
    facts={
        **dict.fromkeys(("verify.sound", "verify.whole", "verify.slice"), later),
        **dict.fromkeys(_AMOUNTS, told),
    },
    unless=frozenset({DAMAGE, DAMAGED_PATH, "store.altered", "store.missing", "repository.damaged_snapshot"}),
)
VERIFIED_WITHIN = timedelta(days=7)
WHOLE_WITHIN = timedelta(days=90)


def damage_of_old(verified: Observation | None, now: datetime) -> Iterator[Finding]:
    """Yield the damage that the last verification found, where that is too old or misdated to be judged by itself."""
    if verified is None:
        return
    if now - verified.ended > VERIFIED_WITHIN or lies_ahead(verified.ended, now):
        yield from damage_in_look(verified)


def damage_in_look(seen: Observation) -> Iterator[Finding]:
    """Yield the damage that a verification knows of; a past file that was written over is told of its history."""
    damage = [one for one, _ in damage_in(seen) if one.reason != Reason.CONTENT_CHANGED.value]
    cut = [one for one in damage if one.reason == Reason.TRUNCATED.value]
    other = [one for one in damage if one not in cut]
    for reason, files in ((Reason.DAMAGED, other), (Reason.TRUNCATED, cut)):
        if files:
            about: Detail = {"files": len(files), "file": files[0].file}
            yield Finding(state=State.MISSED, reason=reason, about=about)


def verified(seen: Observation, now: datetime, first_seen: datetime) -> Iterator[Finding]:
    """Yield what a verification of a copy showed; `first_seen` is when the copy was first declared."""
    if damaged := tuple(damage_in_look(seen)):
        yield from damaged
        return
    sound = seen.one("verify.sound")
    if sound is None:
        reason = seen.gaps[0].reason if seen.gaps else Reason.NOT_RUN
        yield Finding(state=State.UNPROVEN, reason=reason, about={"collector": seen.collector})
        return
    if lies_ahead(sound.as_of, now):
        yield _misdated(seen, sound)
        return
    age = now - sound.as_of
    if age > VERIFIED_WITHIN:
        yield _stale(seen, "verified", sound, age, VERIFIED_WITHIN)
        return
    yield from _whole(seen, now, first_seen)
    yield Finding(
        state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        value=age.total_seconds(),
        limit=VERIFIED_WITHIN.total_seconds(),
        unit="seconds",
        observed_at=sound.as_of,
        about={"depth": str(sound.value)},
    )


def _whole(seen: Observation, now: datetime, first_seen: datetime) -> Iterator[Finding]:
    """Yield that not everything was read in time, or not yet: a share that is sound says nothing of the rest."""
    whole = seen.one("verify.whole")
    if whole is None:
        amounts = {name: seen.one(f"verify.{name}") for name in ("bytes_verified", "bytes_stored")}
        stored = amounts["bytes_stored"]
        if stored is not None and stored.value == 0:
            amounts = {}  # nothing is there to be read back, of which "0 of 0" says nothing
        about: Detail = {
            "collector": seen.collector,
            "whole_limit": Seconds(WHOLE_WITHIN.total_seconds()),
            **{name: one.value for name, one in amounts.items() if one is not None and isinstance(one.value, int)},
        }
        in_time = now - first_seen <= WHOLE_WITHIN
        reason = Reason.ON_COURSE if in_time else Reason.STALE_EVIDENCE
        yield Finding(state=State.UNPROVEN, reason=reason, about=about)
    elif lies_ahead(whole.as_of, now):
        yield _misdated(seen, whole)
    elif now - whole.as_of > WHOLE_WITHIN:
        yield _stale(seen, "whole", whole, now - whole.as_of, WHOLE_WITHIN)


def _misdated(seen: Observation, fact: Fact) -> Finding:
    about: Detail = {"collector": seen.collector, "dated": fact.as_of}
    return Finding(state=State.UNPROVEN, reason=Reason.CLOCK_DOUBTFUL, about=about)


def _stale(seen: Observation, what: str, fact: Fact, age: timedelta, limit: timedelta) -> Finding:
    return Finding(
        state=State.UNPROVEN,
        reason=Reason.STALE_EVIDENCE,
        observed_at=fact.as_of,
        about={
            "collector": seen.collector,
            f"{what}_age": Seconds(age.total_seconds()),
            f"{what}_limit": Seconds(limit.total_seconds()),
        },
    )
