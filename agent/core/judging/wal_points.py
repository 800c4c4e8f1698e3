"""Derive the recovery points of a cluster's base backups and its archived WAL, whatever program keeps them. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from agent.core.cluster_archive import ClusterArchive, SourceState
from agent.core.errors import LookError, WrongRepository
from agent.core.facts.base_readings import READ
from agent.core.facts.copy_audit import COLLECTOR as AUDITS
from agent.core.facts.recovery_points import ON_THE_WAY, PATH_EMPTY, PATH_FILLED, PointPath
from agent.core.facts.verification import damage_in
from agent.core.facts.wal_archive import (
    GAP,
    MATCHED,
    NEWEST,
    NOWHERE,
    POSITION,
    SEGMENTS,
    WAITING,
    WalGap,
    bases_in,
    worth_keeping,
)
from agent.core.inventory import Copy
from agent.core.judging.anomaly_record import remembered
from agent.core.judging.newest_instant import look_at_cluster, newest_instant, positions_of
from agent.core.judging.points_gone import gone
from agent.core.judging.sighting import sightings
from agent.core.judging.terms import GoneUnderTerms, Owed, under_terms
from agent.core.looks import LastLook
from agent.core.model import Fact, FactValue, Gap, Observation
from agent.core.points import REPLAYED, Point, is_instant
from agent.core.reached import WAL, audited_damage
from agent.core.reason import Reason
from agent.core.wal_segments import HEADER, BaseBackup, WalArchive, WalChain, later_than

# A base backup as a damaged file.
POINT = "snapshots/"
# Segments may be archived side by side, so that one lacks for a moment.
SETTLED = timedelta(minutes=15)


def cluster_facts(
    copy: Copy, found: ClusterArchive, previous: Observation | None, now: datetime
) -> Iterator[Fact | Gap]:
    """Yield the points of a cluster: its base backups, and the newest instant to which one of them can be replayed."""
    source, chains = found.source, found.chains()
    every_chain = (*chains, *(chain for each in found.former for chain in each.chains()))
    restorable = [chain for chain in every_chain if chain.complete]
    every = [*found.backups, *(one for each in found.former for one in each.backups)]
    bad = [*found.unusable, *(one.id for one in every if one.id not in {chain.backup.id for chain in restorable})]
    points = [_point(copy, chain.backup) for chain in restorable]
    known = look_at_cluster(previous, found.system)
    things = [_fact(copy, SEGMENTS, len(found.wal.segments), now)]
    best = found.best_of(chains)
    if best is not None:
        newest = newest_instant(best, found, previous, now)
        things += _replayed(copy, best, newest.at)
        things += _on_the_way(copy, known, newest.at)
        things += [] if best.newest is None else [_fact(copy, NEWEST, best.newest, newest.archived)]
        things += _gap(copy, best, found, newest.at, previous, now)
        if newest.unsure is not None:
            yield _unsure_gap(copy, newest.unsure)
    kept = worth_keeping(positions_of(source, known, now), None if best is None else best.reach)
    things += [Fact(name=POSITION, subject=copy.subject, value=one.position, as_of=one.at) for one in kept]
    if best is not None and not isinstance(source, LookError) and source.timeline in (0, best.leads_to):
        things.append(_fact(copy, WAITING, max(0, source.lsn - HEADER - best.end), now))
    things += _base_facts(copy, points, bad, previous, now)
    yield from things
    looked = Observation(
        collector=copy.program.listing, host=copy.host, subject=copy.subject, begun=now, ended=now, facts=tuple(things)
    )
    yield from remembered(copy, looked, previous)


def damaged_backups(copy: Copy, last_look: LastLook) -> frozenset[str]:
    """Return the ids of the base backups that the last verification, or an exercise since, knows to be damaged."""
    known = (*_damaged(copy, last_look), *audited_damage(copy.subject, copy.program, last_look))
    return frozenset(one.removeprefix(POINT) for one in known if one.startswith(POINT))


def damaged_since_read(copy: Copy, last_look: LastLook) -> Callable[[str, str], bool]:
    """Return what tells whether a backup was found damaged after another one was last read and found sound."""
    look = last_look(copy.program.verification, copy.subject)
    damaged = {} if look is None else {one.file.removeprefix(POINT): at for one, at in damage_in(look)}
    read = {} if look is None else {str(fact.value): fact.as_of for fact in look.named(READ)}

    def after(id: str, other: str) -> bool:
        return other in damaged and (id not in read or read[id] < damaged[other])

    return after


def damaged_segments(copy: Copy, last_look: LastLook, wal: WalArchive) -> frozenset[str]:
    """Return the names of the segments that the last verification, or an exercise, knows to be damaged.

    What a replay stopped at, no reading of files finds: only another file in its place settles it.
    """
    look = last_look(AUDITS, copy.subject)
    stopped = [] if look is None else [(one.file.removeprefix(WAL), at) for one, at in damage_in(look)]
    found = frozenset(one.removeprefix(WAL) for one in _damaged(copy, last_look) if one.startswith(WAL))
    return found.union(name for name, at in stopped if name in wal.segments and wal.segments[name] <= at)


def _damaged(copy: Copy, last_look: LastLook) -> list[str]:
    look = last_look(copy.program.verification, copy.subject)
    return [] if look is None else [damage.file for damage, _ in damage_in(look)]


def source_facts(
    copy: Copy, source: SourceState | LookError, system: str, previous: Observation | None, now: datetime
) -> Iterator[Fact]:
    """Yield that the archive's cluster was found on its source's machine, now or by an earlier look.

    Raises WrongRepository where it never was, and others run there: the archive is another cluster's.
    """
    known = look_at_cluster(previous, system)
    matched = () if known is None else known.named(MATCHED)
    if not isinstance(source, LookError):
        yield Fact(name=MATCHED, subject=copy.subject, value=source.socket or True, as_of=now)
        return
    if not isinstance(source, WrongRepository):
        yield from matched
    elif matched:
        # Another cluster may listen now where it did.
        yield Fact(name=MATCHED, subject=copy.subject, value=NOWHERE, as_of=now)
    else:
        raise source


def absent_facts(copy: Copy, previous: Observation | None, now: datetime) -> Iterator[Fact]:
    """Yield that there is no archive of this cluster, and what earlier looks saw in it."""
    yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=now)
    yield from () if previous is None else previous.named("repository.id")
    yield from () if previous is None else (*previous.named(POSITION), *previous.named(MATCHED))
    yield from _past_facts(copy, (), (), previous, now)


def _base_facts(
    copy: Copy, points: Sequence[Point], bad: Sequence[str], previous: Observation | None, now: datetime
) -> Iterator[Fact]:
    for point in points:
        yield Fact(name="backup.point", subject=copy.subject, value=point, as_of=point.time)
        yield from _filled(copy, point, now)
    yield from (_fact(copy, "repository.damaged_snapshot", id, now) for id in bad)
    yield from _past_facts(copy, points, bad, previous, now)


def _past_facts(
    copy: Copy, points: Sequence[Point], bad: Sequence[str], previous: Observation | None, now: datetime
) -> Iterator[Fact]:
    """Yield what is gone of earlier looks' base backups; the instant to which one was replayed is no point to lose."""
    if previous is not None:
        previous = replace(previous, facts=tuple(fact for fact in previous.facts if not _is_replayed(fact)))
    lost = tuple(gone(copy.subject, points, tuple(bad), previous, now))
    yield from lost
    yield from _with_their_base(tuple(under_terms(copy, copy.subject, lost, previous, now)), previous)
    yield from sightings(points, previous, copy.subject)


def _with_their_base(terms: Sequence[Fact], previous: Observation | None) -> Iterator[Fact]:
    """Yield what was asked of points that are gone: a backup that builds on another one may go when that one may."""
    asked = {fact.value.point: fact.value for fact in terms if isinstance(fact.value, GoneUnderTerms)}
    parents = {one.id: one.parent for one in bases_in(previous)}
    for fact in terms:
        own = fact.value
        base = asked.get(_base_of(own.point, parents)) if isinstance(own, GoneUnderTerms) else None
        if isinstance(own, GoneUnderTerms) and base is not None and own.owed is Owed.KEPT:
            yield replace(fact, value=replace(own, owed=base.owed))
        else:
            yield fact


def _base_of(id: str, parents: Mapping[str, str]) -> str:
    """Return the full backup that one builds on, by its label or by what is known of it; itself for a full one."""
    for _ in parents:
        id = parents.get(id) or id
    return id.partition("_")[0]


def _is_replayed(fact: Fact) -> bool:
    return isinstance(fact.value, Point) and is_instant(fact.value)


def _point(copy: Copy, backup: BaseBackup) -> Point:
    return Point(id=backup.id, time=backup.time, host=copy.snapshot_host, paths=copy.parts, bytes=backup.bytes)


def _replayed(copy: Copy, chain: WalChain, instant: datetime) -> Iterator[Fact]:
    point = replace(_point(copy, chain.backup), id=f"{chain.backup.id}{REPLAYED}", time=instant)
    yield Fact(name="backup.point", subject=copy.subject, value=point, as_of=instant)
    yield from _filled(copy, point, instant)


def _on_the_way(copy: Copy, known: Observation | None, instant: datetime) -> Iterator[Fact]:
    """Yield the newest instant of the look before, where the data can still be recovered to it: it was one all along.

    Moments between the two looks are judged by what was there then, and this look's instant may be newer than they are.
    """
    before = [fact.value for fact in known.named("backup.point")] if known is not None else []
    newest = max(
        (one for one in before if isinstance(one, Point) and is_instant(one)),
        key=lambda one: one.time,
        default=None,
    )
    if newest is not None and newest.time <= instant:
        yield Fact(name=ON_THE_WAY, subject=copy.subject, value=newest, as_of=newest.time)
        yield from _filled(copy, newest, newest.time)


def _filled(copy: Copy, point: Point, now: datetime) -> Iterator[Fact]:
    name = PATH_EMPTY if point.bytes == 0 else PATH_FILLED
    yield from (_fact(copy, name, PointPath(point=point.id, path=path), now) for path in point.paths)


def _unsure_gap(copy: Copy, why: LookError | str) -> Gap:
    """Return the gap for a newest instant that may be newer than what is shown."""
    if isinstance(why, str):
        return Gap(subject=copy.subject, reason=Reason.UNREADABLE, detail=why)
    return Gap(
        subject=copy.subject, reason=why.reason, detail=f"whether the cluster wrote anything since: {why.message}"
    )


def _gap(
    copy: Copy, chain: WalChain, found: ClusterArchive, instant: datetime, previous: Observation | None, now: datetime
) -> Iterator[Fact]:
    """Yield that segments lie beyond one that lacks."""
    missing = missing_beyond(chain, found, previous, now)
    if missing:
        later = later_than(chain, found.wal)
        since = min(found.wal.segments[name] for name in later)
        value = WalGap(missing=missing, later=len(later), until=instant)
        yield Fact(name=GAP, subject=copy.subject, value=value, as_of=min(since, now))


def missing_beyond(chain: WalChain, found: ClusterArchive, previous: Observation | None, now: datetime) -> str:
    """Return the segment that lacks before others, once it is not on its way any more; empty: none does."""
    later = later_than(chain, found.wal)
    if not later:
        return ""
    since = min(found.wal.segments[name] for name in later)
    source = found.source
    known = () if previous is None else previous.named(GAP)
    settled = (
        now - since >= SETTLED
        or any(isinstance(fact.value, WalGap) and fact.value.missing == chain.missing for fact in known)
        or (
            not isinstance(source, LookError)
            and source.archived[:8] == chain.missing[:8]
            and source.archived >= chain.missing
        )
    )
    return chain.missing if settled else ""


def _fact(copy: Copy, name: str, value: FactValue, now: datetime) -> Fact:
    return Fact(name=name, subject=copy.subject, value=value, as_of=now)


def gap_in(seen: Observation) -> WalGap | None:
    """Return the gap that a look at an archive saw, if any."""
    fact = seen.one(GAP)
    return fact.value if fact is not None and isinstance(fact.value, WalGap) else None
