"""Find what is gone from a store, and whether an observed prune explains it. Pure.

restic removes files in this order (restic 0.18, prune and its rewriting of the index): a prune holds a lock, removes
packs that no index names, writes new indexes, removes the old ones, then the packs that they alone named. A backup
removes nothing but its lock, a forget only snapshots, whose loss the list of points judges.

Blind: an index deleted within the hour in which another was written, and packs deleted within the day after a prune,
look like a prune from outside. The index itself, read with the key, tells them at the next verification.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.manifest import FileRecord, Manifest, ManifestChange
from collectors.restic.store.answers import StoreListing

# restic renews a lock every five minutes, and takes one of thirty minutes for abandoned.
LOCK_LIVES = timedelta(minutes=30)
# Between the first new index and the last old one's end.
REWRITING = timedelta(hours=1)
# Between the new indexes and the last pack's end.
PRUNING = timedelta(hours=24)
# How long a run that holds a lock may keep us from saying that something is gone.
PATIENCE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceRecord:
    """What earlier looks noted; None: nothing of the kind."""

    looked: datetime | None = None
    replaced: datetime | None = None
    unsettled: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The names that are gone: explained, missing, or unsettled while some run holds a lock.

    `replaced` is when indexes were last seen to be replaced; `resized` are files that had another size when hashed.
    """

    explained: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    resized: tuple[str, ...] = ()
    replaced: datetime | None = None


def absence(listed: StoreListing, manifest: Manifest, past: AbsenceRecord, now: datetime) -> Absence:
    """Return what a list lacks of what was there before."""
    sizes = {file.name: file.size for file in listed.files}
    # A mirror may lose an index before its successor has come.
    late = (known for known in manifest.missing() if known.gone is not None and now - known.gone <= REWRITING)
    gone = sorted(known.name for known in (*manifest.present(), *late) if known.name not in sizes)
    replaced = now if _index_replaced(sizes, gone, manifest, past, now) else past.replaced
    pruned = replaced is not None and now - replaced <= PRUNING
    explained = [name for name in gone if _is_explained(name, sizes, pruned=pruned, replaced=replaced == now)]
    rest = [name for name in gone if name not in set(explained)]
    locked = any(listed.clock - lock < LOCK_LIVES for lock in listed.locks)
    patient = locked and (past.unsettled is None or now - past.unsettled < PATIENCE)
    return Absence(
        explained=tuple(explained),
        missing=() if patient else tuple(rest),
        unsettled=tuple(rest) if patient else (),
        resized=tuple(known.name for known in manifest.present() if _is_resized(known, sizes)),
        replaced=replaced,
    )


def _is_resized(known: FileRecord, sizes: Mapping[str, int]) -> bool:
    # Only what was hashed had its true size; `config` has no name of its content, and its digest is held to.
    hashed = known.last_hashed is not None and known.name != "config"
    return hashed and known.size != sizes.get(known.name, known.size)


def added(listed: StoreListing, manifest: Manifest) -> ManifestChange:
    """Return the files that were not there before."""
    present = {known.name for known in manifest.present()}
    return ManifestChange(added=tuple(file for file in listed.files if file.name not in present))


def _index_replaced(
    sizes: Iterable[str], gone: Iterable[str], manifest: Manifest, past: AbsenceRecord, now: datetime
) -> bool:
    if not any(name.startswith("index/") for name in gone):
        return False
    # What the first look of all found was not written just then.
    since, began = (past.looked or now) - REWRITING, manifest.began
    if past.replaced is not None and now - past.replaced <= REWRITING:
        return True
    return any(
        (known := manifest.get(name)) is None or known.gone is not None or began != known.first_seen >= since
        for name in sizes
        if name.startswith("index/")
    )


def _is_explained(name: str, sizes: Iterable[str], *, pruned: bool, replaced: bool) -> bool:
    kind = name.partition("/")[0]
    if kind == "snapshots":
        return True
    if kind == "keys":
        return any(other.startswith("keys/") for other in sizes)
    if kind == "index":
        return replaced
    return kind == "data" and pruned
