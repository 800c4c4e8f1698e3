"""pgbackrest info: base backups of a stanza, and the newest instant to which its WAL leads without a gap.

Reads:  pgbackrest info, repo-ls of its archive and repo-get of its history files, on the copy's host; of the source's
        cluster how far it has written (psql)
Needs:  an account there that may read pgbackrest.conf and the repository; on the source, a role that may log in
Blind:  says nothing of whether what is there can be restored; see pgbackrest_verify
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from agent.core.cluster_archive import ClusterArchive, FormerCluster, SourceState
from agent.core.collecting.collector import Look, copy_collector
from agent.core.errors import LookError, WrongRepository
from agent.core.inventory import Copy
from agent.core.judging.wal_points import (
    absent_facts,
    cluster_facts,
    damaged_backups,
    damaged_segments,
    damaged_since_read,
    source_facts,
)
from agent.core.model import Fact, Gap, Observation
from agent.core.reason import Reason
from agent.core.wal_segments import BaseBackup, Switch, WalArchive, history_in
from agent.hosts.cluster_source import source_state
from collectors.pgbackrest import LOOKS, made_with_pgbackrest
from collectors.pgbackrest.info import (
    NO_BACKUP,
    NO_DATA,
    NO_STANZA,
    OK,
    ArchiveFiles,
    StanzaInfo,
    archive_in,
    stanza_in,
)
from collectors.pgbackrest.program import PgBackRest, error_of, prepare

NAME = LOOKS.listing
HISTORIES = 20
HISTORY_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class StanzaLook:
    """What one look at a stanza saw of it, and the earlier look that it goes on from."""

    program: PgBackRest
    info: StanzaInfo
    system: str
    archive: ClusterArchive
    previous: Observation | None


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield what a stanza holds in one repository, and up to when its cluster can be recovered."""
    seen = seen_stanza(copy, look)
    if seen is None:
        yield from absent_facts(copy, look.previous, look.now)
        return
    yield from source_facts(copy, seen.archive.source, seen.system, seen.previous, look.now)
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    yield Fact(name="repository.id", subject=copy.subject, value=seen.system, as_of=look.now)
    yield from (
        Gap(subject=copy.subject, reason=Reason.UNREADABLE, detail=f"backup {label}") for label in seen.info.unread[:20]
    )
    yield from cluster_facts(copy, seen.archive, seen.previous, look.now)


def seen_stanza(copy: Copy, look: Look) -> StanzaLook | None:
    """Return what a stanza holds and how far its source is; None where there is no such stanza. Raises a LookError."""
    program = prepare(copy, look, look.timeout)
    info = asked(program)
    if info is None or info.code in (NO_STANZA, NO_DATA) or info.system is None:
        return None
    pinned = None if look.previous is None else look.previous.one("repository.id")
    hold_to_pinned(copy, info, None if pinned is None else str(pinned.value))
    previous = (look.former(info.system) if pinned is None else None) or look.previous
    numbers = {info.cluster, *(one.database for one in info.backups)}
    archived = {number: _archive(program, info, number) for number in sorted(numbers)}
    wal = {number: one.without(damaged_segments(copy, look.last_look, one)) for number, one in archived.items()}
    source = source_state(look.host(copy.host), info.system, program.environment, look.timeout)
    archive = _cluster(copy, info, wal, source, look)
    return StanzaLook(program=program, info=info, system=info.system, archive=archive, previous=previous)


def asked(program: PgBackRest) -> StanzaInfo | None:
    """Return what is said of the stanza; None where there is none. Raises a LookError."""
    wanted = None if program.repository is None else int(program.repository)
    info = stanza_in(program.ask("info", "--output=json").stdout, program.copy.cluster, wanted, program.copy.subject)
    if info is not None and info.code not in (OK, NO_STANZA, NO_BACKUP, NO_DATA):
        # A repository that may not be read is told in a message, with exit 0.
        raise error_of(f"ERROR: [000]: {info.message}", program.copy.subject)
    return info


def hold_to_pinned(copy: Copy, info: StanzaInfo, seen_before: str | None) -> None:
    """Hold a stanza to the cluster that it is declared for, else to that of the first look.

    An upgraded stanza still names the cluster of before.

    Raises WrongRepository.
    """
    should = copy.repository_id or seen_before
    if should is not None and should not in info.systems.values():
        raise WrongRepository(
            f"{copy.subject}: stanza {copy.cluster} is of the cluster {info.system}, not {should}",
            f'if that is meant, set repository_id = "{info.system}"',
        )


def archive_files(program: PgBackRest, info: StanzaInfo, number: int) -> tuple[str, ArchiveFiles]:
    """Return the folder of a cluster's WAL in the repository, and what is in it. Raises a LookError."""
    if number not in info.archives:
        return "", ArchiveFiles(segments={})
    folder = f"archive/{program.copy.cluster}/{info.archives[number]}"
    listed = program.ask("repo-ls", "--output=json", "--recurse", folder)
    return folder, archive_in(listed.stdout, program.copy.subject)


def _archive(program: PgBackRest, info: StanzaInfo, number: int) -> WalArchive:
    first = replace(program, repository=program.repository or str(info.repository))
    folder, files = archive_files(first, info, number)
    return WalArchive(segments=files.segments, histories=dict(_histories(first, files, folder)))


def _histories(program: PgBackRest, files: ArchiveFiles, folder: str) -> Iterator[tuple[int, tuple[Switch, ...]]]:
    """Yield the histories of the newest timelines; one that cannot be read leads nowhere."""
    for path in sorted(files.histories)[-HISTORIES:]:
        output = program.run("repo-get", f"{folder}/{path}", output_limit=HISTORY_LIMIT)
        switches = history_in(output.stdout) if output.status == 0 and not output.truncated else None
        if switches:
            yield int(path[:8], 16), switches


def _cluster(
    copy: Copy, info: StanzaInfo, wal: Mapping[int, WalArchive], source: SourceState | LookError, look: Look
) -> ClusterArchive:
    """Return the newest cluster's backups; those of an older one, of before an upgrade, lead to no newer instant."""
    labels = {one.base.id for one in info.backups}
    doubtful = damaged_since_read(copy, look.last_look)
    bad = tuple(
        one.base.id
        for one in info.backups
        if one.broken
        or not labels.issuperset(one.references)
        # It may need a file of theirs that is not what it was.
        or any(doubtful(one.base.id, other) for other in one.references)
    )

    def backups_of(number: int) -> tuple[BaseBackup, ...]:
        return tuple(one.base for one in info.backups if one.database == number and one.base.id not in bad)

    return ClusterArchive(
        backups=backups_of(info.cluster),
        unusable=bad,
        damaged=damaged_backups(copy, look.last_look),
        wal=wal[info.cluster],
        source=source,
        system=info.system or "",
        former=tuple(
            FormerCluster(backups=backups_of(number), wal=wal[number]) for number in wal if number != info.cluster
        ),
    )


COLLECTOR = copy_collector(
    name=NAME,
    schedule="backups",
    collect=collect,
    applies=made_with_pgbackrest,
)
