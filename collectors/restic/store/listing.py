"""Files of a copy's repository, as the host that holds them lists them: what is there, what is gone, how much room.

Reads:  names, sizes and dates of the repository's files, its locks, free blocks and inodes, the digest of config
Needs:  store = { host, path }: an account on that host that may read the files; no password (beffroi explain store)
Blind:  bytes changed in place at the same size (see store_hash), and a host that lies
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look, copy_collector, store_host
from agent.core.errors import LookError, Unreadable
from agent.core.facts.recovery_points import AHEAD
from agent.core.inventory import Copy
from agent.core.judging.sighting import WRITTEN
from agent.core.manifest import Manifest, ManifestChange
from agent.core.model import Fact, FactValue, Gap, Observation
from collectors.restic import LOOKS, made_with_restic
from collectors.restic.reaching import trace_apart
from collectors.restic.store.absence import Absence, AbsenceRecord, absence, added
from collectors.restic.store.answers import StoreListing
from collectors.restic.store.keyed import FEW, named_and_gone, opens, structure
from collectors.restic.store.remote import RemoteStore

NAME = LOOKS.store_listing
# How many names of one kind are told; the first of them are enough to begin with.
TOLD = 50
# Of how many points, the newest ones, the date of the file is kept.
DATED = 1000
# A manifest keeps what is missing for good; it is told for as long as a vanished point is.
MISSING_TOLD = timedelta(days=8)
# What a look notes for the next one; a repository that is not there for a while takes none of it away.
NOTED = ("store.config", "store.index_replaced", "store.unsettled", "store.missing")


class FactMaker(Protocol):
    """Make a fact of the copy that is looked at; as of now where no other instant is given."""

    def __call__(self, name: str, value: FactValue, as_of: datetime = ...) -> Fact:
        """Return the fact."""
        ...


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap | ManifestChange]:
    """Yield what a copy's store holds, and what it held before and does not any more."""
    far, manifest = RemoteStore(copy, look), look.manifest()
    listed = far.list(look.timeout)

    def fact(name: str, value: FactValue, as_of: datetime = look.now) -> Fact:
        return Fact(name=name, subject=copy.subject, value=value, as_of=as_of)

    if not holds_repository(listed, manifest, far.where):
        yield fact("repository.present", False)
        yield from () if look.previous is None else (one for name in NOTED for one in look.previous.named(name))
        return
    yield fact("repository.present", True)
    gone = absence(listed, manifest, past_in(look.previous), look.now)
    if gone.missing:
        gone = confirmed(copy, look, gone, indexes_after(listed, far.written_before, gone.missing))
    yield added(listed, manifest)
    yield ManifestChange(explained=gone.explained, missing=gone.missing)
    yield from amounts(fact, listed, look.now)
    yield from _noted(fact, gone, look.previous, look.now)
    missing = {known.name: known.gone or look.now for known in manifest.missing()}
    missing |= dict.fromkeys(gone.missing, look.now)
    # A copy that was renamed has a manifest of its own: what was missing under the other name is in none.
    before = () if look.previous is None else look.previous.named("store.missing")
    missing |= {str(fact.value): fact.as_of for fact in before if manifest.get(str(fact.value)) is None}
    back = {file.name for file in listed.files} | set(gone.explained)
    recent = {name: at for name, at in missing.items() if name not in back and look.now - at <= MISSING_TOLD}
    yield fact("store.missing.count", len(recent))
    lost = [fact("store.missing", name, at) for name, at in sorted(recent.items())[:TOLD]]
    pinned, altered = _config(copy, look, listed)
    lost += [fact("store.altered", name) for name in (*altered, *gone.resized)[:TOLD]]
    yield from lost
    yield from trace_apart(copy, look, lost, NAME)
    if pinned is not None:
        yield fact("store.config", pinned)


def _config(copy: Copy, look: Look, listed: StoreListing) -> tuple[str | None, tuple[str, ...]]:
    """Return the digest of `config` that is held to from now on, and its name where it is not what it was.

    A migration writes it anew: then the key still opens the repository. Where no one can try that, the old one is held
    to, and nothing is told.
    """
    before = look.previous.one("store.config") if look.previous is not None else None
    if before is None or listed.config == before.value:
        return listed.config, ()
    opened = opens(copy, look)
    if opened:
        return listed.config, ()
    return str(before.value), ("config",) if opened is False else ()


def holds_repository(listed: StoreListing, manifest: Manifest, where: str) -> bool:
    """Return whether a repository is there; False where one was, and is not. Raises Unreadable where none ever was."""
    if any(file.name == "config" for file in listed.files):
        return True
    if manifest.get("config") is None:
        raise Unreadable(f"{where} holds no restic repository", "see store.path: the folder that holds `config`")
    return False


def indexes_after(
    listed: StoreListing, written_before: Mapping[str, datetime], packs: Sequence[str]
) -> tuple[str, ...]:
    """Return the ids of the files of the index that were the first to be written after some packs, in that order.

    A backup writes them in this order. It is no more than a hint: what they name is read.
    """
    indexes = sorted(
        (changed, file.name.removeprefix("index/"))
        for file, changed in zip(listed.files, listed.changed, strict=True)
        if file.name.startswith("index/")
    )
    first = min((written_before[pack] for pack in packs if pack in written_before), default=None)
    return () if first is None else tuple(id for changed, id in indexes if changed >= first)[:FEW]


def confirmed(copy: Copy, look: Look, gone: Absence, likely: Sequence[str]) -> Absence:
    """Return what is gone after the repository's own index was asked: a pack that nothing names may go.

    A prune that finds nothing but packs without an index, as a backup that was killed leaves them, rewrites no index.
    Where no one can be asked, it stays unsettled for as long as a running backup would keep it so.
    """
    if any(not name.startswith("data/") for name in gone.missing):
        return gone
    try:
        if named_and_gone(copy, look, gone.missing, likely):
            return gone
        found = structure(copy, look, look.timeout, None)
    except (LookError, RepositoryAbsent):
        return gone
    if found.sound:
        return Absence(explained=(*gone.explained, *gone.missing), resized=gone.resized, replaced=gone.replaced)
    past = past_in(look.previous)
    patient = past.unsettled is None or look.now - past.unsettled < timedelta(hours=24)
    if found.hindered is not None and not found.checked.damage and patient:
        return Absence(explained=gone.explained, unsettled=gone.missing, resized=gone.resized, replaced=gone.replaced)
    return gone


def past_in(previous: Observation | None) -> AbsenceRecord:
    """Return what the last look that succeeded noted."""
    if previous is None:
        return AbsenceRecord()
    replaced, unsettled = previous.one("store.index_replaced"), previous.one("store.unsettled")
    return AbsenceRecord(
        looked=previous.ended,
        replaced=replaced.as_of if replaced is not None else None,
        unsettled=unsettled.as_of if unsettled is not None else None,
    )


def _noted(fact: FactMaker, gone: Absence, previous: Observation | None, now: datetime) -> Iterator[Fact]:
    if gone.replaced is not None:
        yield fact("store.index_replaced", True, gone.replaced)
    if gone.unsettled:
        yield fact("store.unsettled", len(gone.unsettled), past_in(previous).unsettled or now)


def amounts(fact: FactMaker, listed: StoreListing, now: datetime) -> Iterator[Fact]:
    """Yield how much is there, how much room is left, and when the points' files were written."""
    yield fact("store.files", len(listed.files))
    yield fact("store.bytes", listed.bytes)
    yield fact("store.foreign", listed.foreign)
    yield fact("store.locks", len(listed.locks))
    if listed.locks:
        yield fact("store.oldest_lock", True, min(listed.locks))
    if listed.room is not None:
        yield fact("store.free_bytes", listed.room[0])
    if listed.inodes is not None:
        yield fact("store.free_inodes", listed.inodes[0])
    points = sorted((at, name) for name, at in _points(listed))
    if points:
        yield fact("store.newest", points[-1][0])
    # A host whose clock is wrong cannot say when a file was written.
    if abs(listed.clock - now) <= AHEAD:
        yield from (fact(WRITTEN, name.removeprefix("snapshots/"), at) for at, name in points[-DATED:])


def _points(listed: StoreListing) -> Iterator[tuple[str, datetime]]:
    pairs = zip(listed.files, listed.changed, strict=True)
    return ((file.name, at) for file, at in pairs if file.name.startswith("snapshots/"))


COLLECTOR = copy_collector(
    name=NAME,
    schedule="backups",
    collect=collect,
    host_of=store_host,
    applies=lambda copy: made_with_restic(copy) and copy.store is not None,
)
