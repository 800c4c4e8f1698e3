"""Say to which instant a cluster can be recovered: as new as is shown, by its WAL and what its source tells. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.cluster_archive import ClusterArchive, SourceState
from agent.core.errors import LookError
from agent.core.facts.wal_archive import NEWEST, SeenPosition, SourcePosition, bounds, positions_in, with_position
from agent.core.judging.sighting import SIGHTED, sightings
from agent.core.model import Observation
from agent.core.points import Point
from agent.core.wal_segments import WalArchive, WalChain

# Two bounds this close are one instant: looks are a quarter of an hour apart.
CLOSE = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestInstant:
    """The newest instant that a chain is shown to lead to, and when its newest segment was archived.

    `unsure` is what keeps a newer one from being shown; None: nothing does.
    """

    at: datetime
    archived: datetime
    unsure: LookError | str | None


def newest_instant(
    chain: WalChain, found: ClusterArchive, previous: Observation | None, now: datetime
) -> NewestInstant:
    """Return the newest instant that a chain is shown to lead to, by what an earlier look and the source tell."""
    known = look_at_cluster(previous, found.system)
    archived, made = _archived(chain, found.wal, known, now), _made(chain, previous, now)
    seen = positions_of(found.source, known, now)
    limits = bounds(seen, chain.reach)
    # Where nothing is proven, each position lies beyond the archive.
    first_beyond = seen[0].at if seen else now
    proven = limits.proven
    if proven is None:
        # With whole segments still to come, one that has just come may hold what was written days before.
        arriving = now - archived <= CLOSE and _is_behind(found.source, chain)
        proven = made if arriving and made is not None else min(archived, first_beyond)
    # In whole seconds, in which a bundle shows when looks ended: none is to show a point that lies ahead of it.
    instant = min(proven if made is None else max(proven, made), now.replace(microsecond=0))
    is_lost_soon_after = limits.lost is not None and limits.lost - instant <= CLOSE
    is_shown = is_lost_soon_after or now - instant <= CLOSE
    return NewestInstant(at=instant, archived=archived, unsure=None if is_shown else _unsure(found.source, chain))


def _unsure(source: SourceState | LookError, chain: WalChain) -> LookError | str:
    if isinstance(source, LookError):
        return source
    return f"nothing shows whether anything was committed after segment {chain.newest}: set archive_timeout"


def look_at_cluster(previous: Observation | None, system: str) -> Observation | None:
    """Return an earlier look where it was of the same cluster: what it saw of another one's says nothing of this."""
    id = None if previous is None else previous.one("repository.id")
    return previous if id is None or not system or id.value == system else None


def positions_of(source: SourceState | LookError, known: Observation | None, now: datetime) -> tuple[SeenPosition, ...]:
    """Return the positions of a cluster that are known at a look, oldest first."""
    before = positions_in(known, now)
    if isinstance(source, LookError):
        return before
    own = SourcePosition(
        lsn=source.lsn, snapshot=source.snapshot, timeout=source.timeout, since=now, timeline=source.timeline
    )
    return with_position(before, own)


def _archived(chain: WalChain, wal: WalArchive, known: Observation | None, now: datetime) -> datetime:
    """Return when a chain's newest segment was archived: an archive that is copied elsewhere may be dated anew."""
    if chain.newest is None:
        return now
    told = () if known is None else known.named(NEWEST)
    return min(wal.segments[chain.newest], now, *(fact.as_of for fact in told if fact.value == chain.newest))


def _made(chain: WalChain, previous: Observation | None, now: datetime) -> datetime | None:
    """Return when a chain's base backup was made, as far as its own date may be believed; None: it lies ahead."""
    own = Point(id=chain.backup.id, time=chain.backup.time, host="", paths=())
    seen = {fact.value: fact.as_of for fact in sightings((own,), previous, "") if fact.name == SIGHTED}
    made = min(own.time, seen.get(own.id, own.time))
    return None if lies_ahead(made, now) else made


def _is_behind(source: SourceState | LookError, chain: WalChain) -> bool:
    return not isinstance(source, LookError) and source.lsn - chain.end >= 2 * chain.size
