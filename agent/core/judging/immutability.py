"""Whether a copy is protected from deletion for as long as was promised (`immutable`), and what is hidden. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from agent.core.facts.append_only import APPEND_ONLY
from agent.core.facts.immutability import COLLECTOR, HIDDEN, IMMUTABLE, STALE_LOCKS, HiddenFile, Immutability
from agent.core.inventory import Copy
from agent.core.judging.check import Need
from agent.core.measures import Seconds
from agent.core.model import Detail, Finding, Observation, State
from agent.core.places import kind_of
from agent.core.reason import Reason

# A lock is counted in whole days or seconds from the moment at which the store began to take the file in.
SLACK = timedelta(hours=1)


def by_protection(copy: Copy) -> bool:
    """Return whether what the account may delete shows the promise: a REST server protects files without a term."""
    return copy.immutable is not None and kind_of(copy) == "rest" and bool(copy.program.protection)


def promise_needs(copy: Copy) -> tuple[Need, ...]:
    """Return the look that shows whether the promise is held; none where nothing is promised."""
    if copy.immutable is None or by_protection(copy):
        return ()
    return (Need(collector=COLLECTOR, subject=copy.subject),)


def promised(seen: Observation, copy: Copy) -> Iterator[Finding]:
    """Yield what one look shows of the promise: held, a shorter lock, none, or not known."""
    fact, promise = seen.one(IMMUTABLE), copy.immutable
    proof = None if fact is None else fact.value
    if promise is None:
        return
    if not isinstance(proof, Immutability) or proof.promised != promise:
        about: Detail = {"copy": copy.subject, "promised": Seconds(promise.total_seconds())}
        yield Finding(state=State.UNPROVEN, reason=Reason.NOT_RUN, about=about)
        return
    about = {"copy": copy.subject, "promised": Seconds(promise.total_seconds()), "immutable_by": proof.how}
    about = {**about, "locked": proof.held, "lockable": proof.files, "lock_over": proof.ended, **_stale(seen)}
    unlocked = proof.unlocked + proof.liftable
    if unlocked:
        told = {**about, "unlocked": unlocked, "liftable": proof.liftable, "file": proof.file}
        yield Finding(state=State.MISSED, reason=Reason.NOT_IMMUTABLE, about=told)
    elif proof.shorter:
        shortest = proof.shortest or timedelta(0)
        yield Finding(
            state=State.MISSED,
            reason=Reason.LOCK_SHORTER,
            value=shortest.total_seconds(),
            limit=promise.total_seconds(),
            unit="seconds",
            about={**about, "shorter": proof.shorter, "file": proof.file},
        )
    elif proof.unasked or not proof.files:
        gap = seen.gaps[0] if seen.gaps else None
        told = {**about, "unasked": proof.unasked, **({} if gap is None else {"said": gap.detail})}
        yield Finding(state=State.UNPROVEN, reason=Reason.NOT_RUN if gap is None else gap.reason, about=told)
    else:
        yield Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, about=about)


def _stale(seen: Observation) -> Detail:
    fact = seen.one(STALE_LOCKS)
    if fact is None or not isinstance(fact.value, int):
        return {}
    return {"stale_locks": fact.value, "oldest_lock": fact.as_of}


def shown_by_protection(seen: Observation, copy: Copy, now: datetime, within: timedelta) -> Finding:
    """Return what the account's right to delete shows of the promise of a copy behind a REST server."""
    told = seen.one(APPEND_ONLY)
    about: Detail = {"copy": copy.subject}
    if copy.immutable is not None:
        about = {**about, "promised": Seconds(copy.immutable.total_seconds())}
    if told is None or now - told.as_of > within:
        gap = seen.gaps[0] if seen.gaps else None
        said = {} if gap is None else {"said": gap.detail}
        reason = Reason.NOT_RUN if gap is None else gap.reason
        return Finding(state=State.UNPROVEN, reason=reason, about={**about, **said})
    if told.value is not True:
        return Finding(state=State.MISSED, reason=Reason.NOT_IMMUTABLE, about={**about, "deletable": copy.subject})
    return Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, about={**about, "immutable_by": "append-only"})


def hidden_in(seen: Observation) -> tuple[HiddenFile, ...]:
    """Return the files that a look found hidden by a delete marker."""
    return tuple(fact.value for fact in seen.named(HIDDEN) if isinstance(fact.value, HiddenFile))


def hidden_about(hidden: Iterable[HiddenFile]) -> Detail:
    """Return what is told of hidden files: their number, and the one that was written last."""
    newest = max(hidden, key=lambda one: one.written)
    return {"hidden_files": len(tuple(hidden)), "file": newest.file, "written": newest.written}
