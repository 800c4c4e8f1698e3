"""What is known of collected logs: pure, for the collector that sees it and the rules that judge it.

Facts whose subject is a source (`log/source`): `log.oldest` and `log.newest` (`as_of`: when that record was received),
`log.hole` (from `as_of` to its value), `log.interval` (how often a record usually comes), `log.apart` (how far stamps
are from reception), `log.files`, `log.bytes`, `log.waiting` (files not read yet), `log.unread` (files that could not be
read may hold records from `as_of` to its value), `log.rewritten` and `log.removed` (a day of the past that is no longer
what it was, seen at `as_of`), `log.marker` (sent at `as_of`), `log.marker.found` (how long it took) and
`log.marker.lost`. Facts whose subject is the place: `log.free` and `log.daily` (bytes), `log.full` (when it will be
full at that rate), `log.erased_after` (how old its configuration lets a record become) and `log.stranger` (a sender
that no one expects).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.model import Fact, Observation

Stretch = tuple[datetime, datetime]
# What is told beside a verdict, and judged by nothing.
TOLD = ("log.files", "log.bytes", "log.interval", "log.apart", "log.free", "log.daily", "log.full")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetainedRecords:
    """What is kept of one source's records, by when they were received.

    `holes` are the stretches without a record that nothing unread can fill; `unread` is what files that could not be
    read, or were not yet, may hold. `oldest` None: no record was seen. `apart` is how far stamps are from reception,
    below zero where they are ahead; None: no file was seen to grow.
    """

    oldest: datetime | None = None
    newest: datetime | None = None
    holes: tuple[Stretch, ...] = ()
    interval: timedelta | None = None
    apart: timedelta | None = None
    files: int = 0
    size: int = 0
    waiting: int = 0
    unread: Stretch | None = None
    rewritten: tuple[tuple[str, datetime], ...] = ()
    removed: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeSpace:
    """How much room a place has: bytes free, bytes that a day adds, and when it will be full at that rate.

    `age` is how old a record may become before the place's own configuration erases it; None: it sets no age.
    """

    free: int
    daily: int
    full: datetime | None = None
    age: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerResult:
    """The result of the newest marker, which was sent through a source's own syslog.

    `found` is when the newest one that arrived was sent, and `taken` how long it took at the most. `lost` is when the
    first one was sent that did not arrive in time, since the last one that did.
    """

    nonce: str
    sent: datetime
    found: datetime | None = None
    taken: timedelta | None = None
    lost: datetime | None = None

    @property
    def underway(self) -> bool:
        """Return whether the newest one has not arrived yet."""
        return self.found is None or self.found < self.sent


def proof_facts(proof: MarkerResult, subject: str) -> Iterator[Fact]:
    """Yield the facts that hold the result of a source's marker."""
    yield Fact(name="log.marker", subject=subject, value=proof.nonce, as_of=proof.sent)
    if proof.found is not None and proof.taken is not None:
        yield Fact(name="log.marker.found", subject=subject, value=proof.taken, as_of=proof.found)
    if proof.lost is not None:
        yield Fact(name="log.marker.lost", subject=subject, value=True, as_of=proof.lost)


def proof_in(seen: Observation, subject: str) -> MarkerResult | None:
    """Return what a look's facts hold of a source's marker; None: none was sent."""
    own = {fact.name: fact for fact in seen.facts if fact.subject == subject}
    sent, found, lost = (own.get(name) for name in ("log.marker", "log.marker.found", "log.marker.lost"))
    if sent is None:
        return None
    return MarkerResult(
        nonce=str(sent.value),
        sent=sent.as_of,
        found=None if found is None else found.as_of,
        taken=found.value if found is not None and isinstance(found.value, timedelta) else None,
        lost=None if lost is None else lost.as_of,
    )


def facts_of(kept: RetainedRecords, subject: str, now: datetime) -> Iterator[Fact]:
    """Yield the facts that hold what is kept of one source."""
    if kept.oldest is not None and kept.newest is not None:
        yield Fact(name="log.oldest", subject=subject, value=True, as_of=kept.oldest)
        yield Fact(name="log.newest", subject=subject, value=True, as_of=kept.newest)
    for begins, ends in kept.holes:
        yield Fact(name="log.hole", subject=subject, value=ends, as_of=begins)
    if kept.interval is not None:
        yield Fact(name="log.interval", subject=subject, value=kept.interval, as_of=now)
    if kept.apart is not None:
        yield Fact(name="log.apart", subject=subject, value=kept.apart, as_of=now)
    yield Fact(name="log.files", subject=subject, value=kept.files, as_of=now)
    yield Fact(name="log.bytes", subject=subject, value=kept.size, as_of=now)
    if kept.waiting:
        yield Fact(name="log.waiting", subject=subject, value=kept.waiting, as_of=now)
    if kept.unread is not None:
        yield Fact(name="log.unread", subject=subject, value=kept.unread[1], as_of=kept.unread[0])
    for name, days in (("log.rewritten", kept.rewritten), ("log.removed", kept.removed)):
        for day, seen in days:
            yield Fact(name=name, subject=subject, value=day, as_of=seen)


def is_looked_for(seen: Observation, subject: str) -> bool:
    """Return whether a look was about a source at all: one that was declared since then was not looked for."""
    return any(fact.subject == subject for fact in seen.facts) or any(gap.subject == subject for gap in seen.gaps)


def kept_in(seen: Observation, subject: str) -> RetainedRecords:
    """Return what a look's facts hold of one source."""
    own = [fact for fact in seen.facts if fact.subject == subject]
    by_name = {fact.name: fact for fact in own}
    oldest, newest, unread = (by_name.get(name) for name in ("log.oldest", "log.newest", "log.unread"))
    return RetainedRecords(
        oldest=None if oldest is None else oldest.as_of,
        newest=None if newest is None else newest.as_of,
        holes=tuple(
            (fact.as_of, fact.value) for fact in own if fact.name == "log.hole" and isinstance(fact.value, datetime)
        ),
        interval=_span(by_name.get("log.interval")),
        apart=_span(by_name.get("log.apart")),
        files=_count(by_name.get("log.files")),
        size=_count(by_name.get("log.bytes")),
        waiting=_count(by_name.get("log.waiting")),
        unread=(unread.as_of, unread.value) if unread is not None and isinstance(unread.value, datetime) else None,
        rewritten=_days(own, "log.rewritten"),
        removed=_days(own, "log.removed"),
    )


def room_in(seen: Observation) -> FreeSpace | None:
    """Return what a look's facts tell of a place's room; None: nothing."""
    free, daily, full, age = (seen.one(name) for name in ("log.free", "log.daily", "log.full", "log.erased_after"))
    if free is None or daily is None:
        return None
    return FreeSpace(
        free=_count(free),
        daily=_count(daily),
        full=None if full is None else full.as_of,
        age=age.value if age is not None and isinstance(age.value, timedelta) else None,
    )


def room_facts(room: FreeSpace, place: str, now: datetime) -> Iterator[Fact]:
    """Yield the facts that hold a place's room."""
    yield Fact(name="log.free", subject=place, value=room.free, as_of=now)
    yield Fact(name="log.daily", subject=place, value=room.daily, as_of=now)
    if room.full is not None:
        yield Fact(name="log.full", subject=place, value=True, as_of=room.full)
    if room.age is not None:
        yield Fact(name="log.erased_after", subject=place, value=room.age, as_of=now)


def _span(fact: Fact | None) -> timedelta | None:
    return fact.value if fact is not None and isinstance(fact.value, timedelta) else None


def _count(fact: Fact | None) -> int:
    return fact.value if fact is not None and isinstance(fact.value, int) else 0


def _days(own: list[Fact], name: str) -> tuple[tuple[str, datetime], ...]:
    return tuple((str(fact.value), fact.as_of) for fact in own if fact.name == name)
