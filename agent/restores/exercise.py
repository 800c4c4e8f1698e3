"""The request and the result of a restore exercise, and the two forms of JSON that hold them. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from agent.core.collecting.backup_program import UnreadablePoint
from agent.core.duties.entries import RECOVERY_TESTS
from agent.core.inventory import Copy
from agent.core.reason import Reason
from agent.restores.clusters.findings import ClusterFindings, lsn_text
from agent.restores.comparison import Comparison, EntryDifference

SCHEMA = "beffroi.drill/1"


# What is said of a copy that was opened and has no point of the source; the record says it in French.
NO_POINT = "no point there"


class ExerciseOutcome(Enum):
    """The result of an exercise."""

    OK = "ok"
    FAILED = "failed"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseRequest:
    """What was asked for. `into` None: a folder of the state directory that is gone afterwards."""

    copy: Copy
    full: bool
    reason: str
    author: str
    into: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePlan:
    """What is about to be restored."""

    files: int
    bytes: int
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """The result of an exercise. `seconds` are those of the restore alone, its reading back included.

    `recovery_point` is the date of the oldest point restored; `damaged` are those of `snapshots` that are damaged,
    `damaged_segments` the segments of WAL at which a recovery ended, `replayed` those that it went through;
    `live` says whether there was a source to hold it against, `owners` whether ownership was compared; `tried` how the
    backup's own command ended, None where it has none or was not reached; `version` is the backup program and its
    version. `cluster` is what a database cluster showed once it was started; None: files were restored, or it was not.
    """

    request: ExerciseRequest
    begun: datetime
    ending: ExerciseOutcome
    reason: Reason
    detail: str = ""
    snapshots: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    damaged_segments: tuple[str, ...] = ()
    replayed: frozenset[str] = frozenset()
    recovery_point: datetime | None = None
    seconds: float = 0.0
    comparison: Comparison | None = None
    live: bool = False
    owners: bool = False
    tried: str | None = None
    version: str = ""
    entries: tuple[tuple[str, str], ...] = ()
    cluster: ClusterFindings | None = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return what is no fault of the copy, and is not to be hidden by an exercise that went well."""
        seen = self.comparison or Comparison()
        cut = ("not all files could be opened in time",) if seen.opening_cut else ()
        return (*(f"does not open: {file}" for file in seen.not_opening), *cut)

    @property
    def differences(self) -> Sequence[EntryDifference]:
        """Return what differs, the first ones."""
        return self.comparison.differences if self.comparison is not None else ()


def values_of(done: Drill) -> dict[str, object]:
    """Return what the contract's JSON holds of an exercise."""
    comparison = done.comparison or Comparison()
    registers = dict(done.entries)
    return {
        "schema": SCHEMA,
        "backup": done.request.copy.backup,
        "copy": done.request.copy.id,
        "snapshot": ",".join(done.snapshots) or None,
        "full": done.request.full,
        "outcome": done.ending.value,
        "reason": done.reason.value,
        "files_restored": comparison.files,
        "bytes_restored": comparison.bytes,
        "seconds": round(done.seconds, 3),
        "changed_since": comparison.changed_since,
        "differences": [{"file": one.file, "reason": one.what} for one in comparison.differences],
        "remarks": list(done.remarks),
        "register": {name: registers.get(name) for name in ("restore", RECOVERY_TESTS)},
    }


def record_of(done: Drill) -> bytes:
    """Return the whole record of an exercise, as JSON that stays the same for the same exercise."""
    comparison = done.comparison or Comparison()
    whole = values_of(done) | {
        "begun": done.begun.astimezone(UTC).isoformat(timespec="seconds"),
        "author": done.request.author,
        "why": done.request.reason,
        "detail": done.detail,
        "recovery_point": None if done.recovery_point is None else done.recovery_point.isoformat(timespec="seconds"),
        "entries_compared": comparison.entries,
        "differing": comparison.differing,
        "files_compared_with_source": comparison.compared if done.live else None,
        "unread_in_source": comparison.unread_live if done.live else None,
        "unread_in_source_because": comparison.unread_because.value if comparison.unread_because else None,
        "no_longer_sparse": comparison.filled,
        "files_opened": comparison.opened,
        "files_that_do_not_open": comparison.unopened,
        "ownership_compared": done.owners,
        "tried": done.tried,
        "program": done.version,
    }
    if done.cluster is not None:
        whole["cluster"] = _cluster(done.cluster)
    return (json.dumps(whole, indent=2) + "\n").encode()


def _cluster(found: ClusterFindings) -> dict[str, object]:
    return {
        "server": found.server,
        "replayed_to": lsn_text(found.replayed),
        "newest_segment_begins_at": lsn_text(found.wanted),
        "last_commit": None if found.committed is None else found.committed.isoformat(timespec="seconds"),
        "missing_segment": found.missing or None,
        "files_held_to_their_sums": found.listed,
        "page_checksums": found.checksums,
        "databases": [
            {
                "database": one.name,
                "tables": one.tables,
                "rows": one.rows,
                "unlogged_tables": one.unlogged,
                "counts": [{"table": table.table, "rows": table.rows} for table in one.named],
            }
            for one in found.databases
        ],
        "damaged": list(found.damaged),
        "not_counted": list(found.uncounted),
    }


def instead_of_unread(done: Drill, unread: Sequence[UnreadablePoint]) -> Drill:
    """Return an exercise as it stands where points that cannot be read may be newer than the one restored."""
    if not unread:
        return done
    first = unread[0]
    ending = ExerciseOutcome.FAILED if first.reason is Reason.DAMAGED else ExerciseOutcome.UNPROVEN
    restored = f"; the point of {done.recovery_point.isoformat()} was restored" if done.recovery_point else ""
    detail = f"point {first.id[:8]} cannot be read, and may be the newest{restored}"
    return replace(done, ending=ending, reason=first.reason, detail=detail)
