"""barman list-backups: base backups of a server, and the newest instant to which its WAL leads without a gap.

Reads:  barman list-backups, show-backup of each new backup, list-files of the newest; the names, sizes and dates of its
        WAL (find) and the history files; of the source's cluster how far it has written (psql)
Needs:  Barman's own account on its host; on the source, a role that may log in
Blind:  WAL that Barman still receives (.partial); whether what is there can be restored, see barman_verify
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.core.cluster_archive import ClusterArchive, FormerCluster
from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look, copy_collector
from agent.core.errors import LookError, Unreadable, WrongRepository
from agent.core.facts.wal_archive import BASE, KnownBase, bases_in
from agent.core.inventory import Copy
from agent.core.judging.wal_points import (
    absent_facts,
    cluster_facts,
    damaged_backups,
    damaged_segments,
    source_facts,
)
from agent.core.model import Fact, Gap, Observation
from agent.core.reason import Reason
from agent.core.wal_segments import HISTORY, Switch, WalArchive, history_in
from agent.hosts.cluster_source import source_state
from collectors.barman import LOOKS, made_with_barman
from collectors.barman.answers import (
    DONE,
    ListedBackup,
    catalogue_in,
    catalogued,
    listed,
    shown,
    system_in,
    system_told,
    wal_files,
    wal_folder,
)
from collectors.barman.program import Barman, prepare

NAME = LOOKS.listing
# Each backup is asked about once, which takes Barman a third of a second.
AT_MOST = 30
HISTORIES = 20
HISTORY_LIMIT = 64 * 1024
# Half a million segments.
CATALOGUE_LIMIT = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLook:
    """What one look at a server saw of it, and the earlier look that it goes on from.

    `done` are its finished backups, `known` those that were asked about, and `unread` the ids of those that were told
    otherwise. `system` is empty where there is no backup.
    """

    program: Barman
    done: tuple[ListedBackup, ...]
    known: tuple[KnownBase, ...]
    unread: tuple[str, ...]
    system: str
    archive: ClusterArchive
    previous: Observation | None


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield what Barman keeps of a server, and up to when its cluster can be recovered."""
    try:
        seen = seen_server(copy, look)
    except RepositoryAbsent:
        yield from absent_facts(copy, look.previous, look.now)
        return
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    if not seen.system:
        yield from () if look.previous is None else look.previous.named("repository.id")
        yield from cluster_facts(copy, seen.archive, seen.previous, look.now)
        return
    yield Fact(name="repository.id", subject=copy.subject, value=seen.system, as_of=look.now)
    yield from source_facts(copy, seen.archive.source, seen.system, seen.previous, look.now)
    yield from (Gap(subject=copy.subject, reason=Reason.UNREADABLE, detail=f"backup {id}") for id in seen.unread[:20])
    if left := len(seen.done) - len(seen.known) - len(seen.unread):
        detail = f"{left} older backups were not asked about yet"
        yield Gap(subject=copy.subject, reason=Reason.INCOMPLETE, detail=detail)
    yield from (Fact(name=BASE, subject=copy.subject, value=one, as_of=one.time) for one in seen.known)
    yield from cluster_facts(copy, seen.archive, seen.previous, look.now)


def seen_server(copy: Copy, look: Look) -> ServerLook:
    """Return what Barman keeps of a server, and how far its source is.

    Raises RepositoryAbsent, and a LookError, also where there are backups and none of them can be read.
    """
    program = prepare(copy, look, look.timeout)
    backups = listed(program.ask("list-backups"), copy.cluster, copy.subject)
    done = tuple(one for one in backups if one.status == DONE)
    known, unread = _known(program, done, look)
    if unread and not known:
        raise Unreadable(f"{copy.subject}: barman show-backup tells none of {len(unread)} backups as backups are")
    pinned = None if look.previous is None else look.previous.one("repository.id")
    system = hold_to_pinned(copy, known, None if pinned is None else str(pinned.value))
    previous = (look.former(system) if pinned is None and system else None) or look.previous
    return ServerLook(
        program=program,
        done=done,
        known=known,
        unread=tuple(unread),
        system=system,
        archive=_archive(copy, program, done, known, system, look) if system else _EMPTY,
        previous=previous,
    )


_EMPTY = ClusterArchive(
    backups=(), unusable=(), damaged=frozenset(), wal=WalArchive(segments={}), source=Unreadable("no backup")
)


def _archive(
    copy: Copy,
    program: Barman,
    done: tuple[ListedBackup, ...],
    known: Sequence[KnownBase],
    system: str,
    look: Look,
) -> ClusterArchive:
    archived = wal_of(program, done)
    wal = archived.without(damaged_segments(copy, look.last_look, archived))
    source = source_state(look.host(copy.host), system, program.environment, look.timeout)
    damaged = damaged_backups(copy, look.last_look)
    lacking = without_parents(known, frozenset(one.id for one in done) - damaged)
    usable = [one for one in known if one.id not in lacking]
    return ClusterArchive(
        backups=tuple(one.backup for one in usable if one.system == system),
        unusable=lacking,
        damaged=damaged,
        wal=wal,
        source=source,
        system=system,
        former=tuple(
            FormerCluster(backups=tuple(one.backup for one in usable if one.system == other), wal=wal)
            for other in sorted({one.system for one in known} - {system})
        ),
    )


def hold_to_pinned(copy: Copy, known: Sequence[KnownBase], seen_before: str | None) -> str:
    """Return the system identifier of the newest backup's cluster; empty where there is no backup.

    One of an older backup still names the server: PostgreSQL was upgraded then. Raises WrongRepository.
    """
    if not known:
        return ""
    newest, should = max(known, key=lambda one: one.time).system, copy.repository_id or seen_before
    if should is not None and should not in {one.system for one in known}:
        raise WrongRepository(
            f"{copy.subject}: server {copy.cluster} is of the cluster {newest}, not {should}",
            f'if that is meant, set repository_id = "{newest}"',
        )
    return newest


def _known(program: Barman, done: Sequence[ListedBackup], look: Look) -> tuple[tuple[KnownBase, ...], list[str]]:
    """Return the finished backups, those asked about now that were not before, and the ids of those told otherwise."""
    before = {one.id: one for one in bases_in(look.previous)}
    found, unread = [before[one.id] for one in done if one.id in before], list[str]()
    for one in [one for one in done if one.id not in before][:AT_MOST]:
        told = _asked(program, one.id)
        if told is None:
            unread.append(one.id)
        else:
            found.append(told)
    return tuple(found), unread


def _asked(program: Barman, id: str) -> KnownBase | None:
    told, server = program.ask("show-backup", id), program.copy.cluster
    system = "" if system_told(told, server) else system_in(program.text("show-backup", id))
    return shown(told, server, id, system)


def without_parents(known: Sequence[KnownBase], sound: frozenset[str]) -> tuple[str, ...]:
    """Return the ids of the backups that build on one which is not there, or not sound: none of them can be restored.

    What an incremental backup holds itself may all be sound: its verification reads nothing of what it builds on.
    """
    ids, lacking, older = {one.id for one in known}, set[str](), set[str]()
    for one in sorted(known, key=lambda one: (one.start_lsn, one.id)):
        # What a backup builds on begins before it, or is not known yet.
        is_older = one.parent in older or one.parent not in ids
        if one.parent and not (one.parent in sound and is_older and one.parent not in lacking):
            lacking.add(one.id)
        older.add(one.id)
    return tuple(one.id for one in known if one.id in lacking)


def wal_of(program: Barman, done: Sequence[ListedBackup]) -> WalArchive:
    """Return the WAL that is on Barman's disk, whatever its catalogue says of it. Raises a LookError."""
    folder = folder_of(program, done)
    if folder is None:
        return WalArchive(segments={})
    output = program.host.run(
        *("find", folder, "-mindepth", "1", "-maxdepth", "2", "-type", "f", "-printf", "%s %T@ %P\\n"),
        timeout=program.remaining,
        environment=program.environment,
    )
    lines = output.stdout.decode(errors="replace").splitlines()
    files = dict(wal_files(lines, _archived_sizes(program, folder, lines)))
    histories = dict(_histories(program, folder, [name for name in files if HISTORY.fullmatch(name)]))
    return WalArchive(segments={name: at for name, at in files.items() if len(name) == 24}, histories=histories)


def _archived_sizes(program: Barman, folder: str, lines: Sequence[str]) -> Mapping[str, int]:
    """Return how large the files of WAL were when they were archived; nothing where the catalogue cannot be read."""
    path = catalogue_in(lines)
    try:
        return {} if path is None else catalogued(program.host.read(f"{folder}/{path}", limit=CATALOGUE_LIMIT))
    except LookError:
        return {}


def folder_of(program: Barman, done: Sequence[ListedBackup]) -> str | None:
    """Return the folder of the server's WAL; None where no backup has any. Raises a LookError."""
    for one in done[:2]:
        folder = wal_folder(program.ask("list-files", "--target", "wal", one.id))
        if folder is not None:
            return folder
    return None


def _histories(program: Barman, folder: str, names: Sequence[str]) -> Iterator[tuple[int, tuple[Switch, ...]]]:
    """Yield the histories of the newest timelines; one that cannot be read leads nowhere."""
    for name in sorted(names)[-HISTORIES:]:
        try:
            switches = history_in(program.host.read(f"{folder}/{name}", limit=HISTORY_LIMIT))
        except LookError:
            continue
        if switches:
            yield int(name[:8], 16), switches


COLLECTOR = copy_collector(
    name=NAME,
    schedule="backups",
    collect=collect,
    applies=made_with_barman,
)
