"""What a look at an archive of WAL and at its source shows, beside recovery points. Pure.

The newest instant to which the data can be recovered is a point of its own, named after the base backup that it is
replayed from. When a segment was archived is no such instant: an archive that stood still for a day and then takes in
its backlog has new files of old changes, and an idle cluster has old files and has lost nothing. So each look notes how
far the source had written by then, and what has reached the archive since says as of when it is whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.model import Observation
from agent.core.registered import registered
from agent.core.wal_segments import BaseBackup, WalReach

# Value: a SourcePosition; `as_of`: the last look that saw it.
POSITION = "wal.position"
# Value: a WalGap; `as_of`: when the first segment after it was archived.
GAP = "wal.gap"
# Value: how many segments are archived; how many bytes of WAL the source had written and the archive had not.
SEGMENTS, WAITING = "wal.segments", "wal.waiting_bytes"
# Value: the newest segment that can be replayed; `as_of`: when it was archived, as the first look that saw it was told.
NEWEST = "wal.newest"
# Value: a KnownBase; `as_of`: when it ended. Kept where asking for each backup costs much.
BASE = "wal.base"
# Value: the Unix socket on which the archive's cluster answered on the source's machine; True: it was another way;
# NOWHERE: it answered once, and all that answer there now are others.
MATCHED = "wal.source_matched"
NOWHERE = ""
# How many positions beyond the archive's end are kept: a look each quarter of an hour, for a day.
KEPT = 100
# With `archive_timeout`, the checkpointer ends a segment in which something was written this much later at most.
SLACK = timedelta(minutes=5)


@registered("wal.position")
@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePosition:
    """How far a cluster had written WAL, as an LSN, and which transactions had ended, since the look that first saw it.

    `timeout` is its `archive_timeout` in seconds; 0: a segment is only archived once it is full. `timeline` is the one
    that it wrote; 0: it was not asked.
    """

    lsn: int
    snapshot: str
    timeout: int
    since: datetime
    timeline: int = 0

    def ended_as(self, other: "SourcePosition") -> bool:
        """Return whether the same transactions had ended: another timeline counts them anew."""
        timelines = {self.timeline, other.timeline} - {0}
        return self.snapshot == other.snapshot and len(timelines) < 2


@registered("wal.gap")
@dataclass(frozen=True, slots=True, kw_only=True)
class WalGap:
    """A segment that an archive lacks, and how many it has after that: nothing can be replayed beyond `until`."""

    missing: str
    later: int
    until: datetime


@registered("wal.base")
@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBase:
    """A base backup that was asked about, and the system identifier of its cluster; see BaseBackup.

    `parent` is the backup that an incremental one builds on; empty: it stands alone.
    """

    id: str
    time: datetime
    first: str
    last: str
    start_lsn: int
    stop_lsn: int
    bytes: int | None
    system: str
    parent: str = ""

    @classmethod
    def of(cls, backup: BaseBackup, system: str, parent: str = "") -> "KnownBase":
        """Return a backup as it is kept."""
        return cls(
            id=backup.id,
            time=backup.time,
            first=backup.first,
            last=backup.last,
            start_lsn=backup.start_lsn,
            stop_lsn=backup.stop_lsn,
            bytes=backup.bytes,
            system=system,
            parent=parent,
        )

    @property
    def backup(self) -> BaseBackup:
        """Return the backup."""
        return BaseBackup(
            id=self.id,
            time=self.time,
            first=self.first,
            last=self.last,
            start_lsn=self.start_lsn,
            stop_lsn=self.stop_lsn,
            bytes=self.bytes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPosition:
    """A position of the source, and the last look that saw it."""

    position: SourcePosition
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverableBounds:
    """Between which instants the newest recoverable one lies; None: nothing shows it.

    All that was committed before `proven` is in the archive. Something that was committed before `lost` is not.
    """

    proven: datetime | None = None
    lost: datetime | None = None


def bases_in(look: Observation | None) -> tuple[KnownBase, ...]:
    """Return the base backups that a look remembers."""
    found = () if look is None else look.named(BASE)
    return tuple(fact.value for fact in found if isinstance(fact.value, KnownBase))


def positions_in(look: Observation | None, now: datetime) -> tuple[SeenPosition, ...]:
    """Return the positions that a look remembers, oldest first, but for those dated ahead of the clock."""
    found = () if look is None else look.named(POSITION)
    seen = [
        SeenPosition(position=fact.value, at=fact.as_of)
        for fact in found
        if isinstance(fact.value, SourcePosition) and not lies_ahead(fact.as_of, now)
    ]
    return tuple(sorted(seen, key=lambda one: one.at))


def with_position(before: Sequence[SeenPosition], own: SourcePosition) -> tuple[SeenPosition, ...]:
    """Return positions with one seen now; where nothing changed since the last one, that stands until now."""
    if before and replace(before[-1].position, since=own.since) == own:
        return (*before[:-1], SeenPosition(position=before[-1].position, at=own.since))
    # A cluster that was restored to an earlier instant writes anew: what was seen beyond says nothing of it.
    return (*(one for one in before if one.position.lsn <= own.lsn), SeenPosition(position=own, at=own.since))


def bounds(seen: Sequence[SeenPosition], reach: WalReach) -> RecoverableBounds:
    """Return between which instants the newest recoverable one lies, for an archive that leads so far.

    `seen` are oldest first. Transactions that end are seen by the snapshot: where it stays as it was, nothing was
    committed meanwhile. WAL that changes nothing, such as that of a checkpoint, is written all the same.
    """
    last: SeenPosition | None = None
    after = list(seen)
    for number, one in enumerate(seen):
        unchanged = last is not None and _is_as(one, last, reach)
        if held(one, reach) or unchanged or _waited(one, reach):
            last, after = one, list(seen[number:])
    # What differs between two that both lie beyond the archive was committed beyond it.
    beyond = [one for one in after if one.position.lsn >= reach.end or not _on_its_way(one, reach)]
    beyond = [one for one in beyond if one.position.timeline == beyond[-1].position.timeline]
    lost = next((one.position.since for one in beyond if not one.position.ended_as(beyond[0].position)), None)
    return RecoverableBounds(proven=None if last is None else last.at, lost=lost)


def held(one: SeenPosition, reach: WalReach) -> bool:
    """Return whether everything that was written by then is in the archive."""
    return reach.holds(one.position.timeline, one.position.lsn)


def _is_as(one: SeenPosition, before: SeenPosition, reach: WalReach) -> bool:
    """Return whether no transaction ended between two positions; a standby that takes over counts them on."""
    went_on = _on_its_way(one, reach) and _on_its_way(before, reach) and bool(reach.left)
    return one.position.ended_as(before.position) or (went_on and one.position.snapshot == before.position.snapshot)


def _on_its_way(one: SeenPosition, reach: WalReach) -> bool:
    return reach.leads_through(one.position.timeline, one.position.lsn)


def _waited(one: SeenPosition, reach: WalReach) -> bool:
    """Return whether PostgreSQL itself had nothing to archive: else it would have ended the segment by then."""
    timeout = timedelta(seconds=one.position.timeout)
    in_the_next = one.position.lsn // reach.size == reach.end // reach.size and _on_its_way(one, reach)
    return bool(timeout) and in_the_next and one.at - one.position.since >= timeout + SLACK


def worth_keeping(seen: Sequence[SeenPosition], reach: WalReach | None) -> Iterable[SeenPosition]:
    """Return the positions that a later look may need: the last within the archive, and those beyond it."""
    within = [one for one in seen if reach is not None and held(one, reach)]
    beyond = [one for one in seen if one not in within]
    while len(beyond) > KEPT:
        beyond = [*beyond[:2], *beyond[2:-1:2], beyond[-1]]
    return (*within[-1:], *beyond)
