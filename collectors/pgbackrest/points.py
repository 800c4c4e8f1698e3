"""pgbackrest info: base backups of a stanza, and the newest instant to which its WAL leads without a gap.

Reads:  pgbackrest info, repo-ls of its archive and repo-get of its history files, on the copy's host; of the source's
        cluster how far it has written (psql)
Needs:  an account there that may read pgbackrest.conf and the repository; on the source, a role that may log in
Blind:  says nothing of whether what is there can be restored; see pgbackrest_verify
"""

from collections.abc import Iterator
from dataclasses import replace

from agent.core.collecting.collector import Look, copy_collector
from agent.core.errors import LookError, WrongRepository
from agent.core.inventory import Copy
from agent.core.judging.wal_points import (
    ClusterArchive,
    SourceState,
    absent_facts,
    cluster_facts,
    damaged_backups,
    damaged_segments,
    source_facts,
)
from agent.core.model import Fact, Gap
from agent.core.reason import Reason
from agent.core.wal_segments import Switch, WalArchive, history_in
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


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield what a stanza holds in one repository, and up to when its cluster can be recovered."""
    program = prepare(copy, look, look.timeout)
    info = asked(program)
    if info is None or info.code in (NO_STANZA, NO_DATA) or info.system is None:
        yield from absent_facts(copy, look.previous, look.now)
        return
    pinned = None if look.previous is None else look.previous.one("repository.id")
    hold_to_pinned(copy, info, None if pinned is None else str(pinned.value))
    if pinned is None:
        look = replace(look, previous=look.former(info.system) or look.previous)
    wal = _archive(program, info).without(damaged_segments(copy, look.last_look))
    source = source_state(look.host(copy.host), info.system, program.environment, look.timeout)
    yield from source_facts(copy, source, info.system, look.previous, look.now)
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    yield Fact(name="repository.id", subject=copy.subject, value=info.system, as_of=look.now)
    yield from (
        Gap(subject=copy.subject, reason=Reason.UNREADABLE, detail=f"backup {label}") for label in info.unread[:20]
    )
    yield from cluster_facts(copy, _cluster(copy, info, wal, source, look), look.previous, look.now)


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


def archive_files(program: PgBackRest, info: StanzaInfo) -> tuple[str, ArchiveFiles]:
    """Return the folder of the newest cluster's WAL in the repository, and what is in it. Raises a LookError."""
    if info.archive is None:
        return "", ArchiveFiles(segments={})
    folder = f"archive/{program.copy.cluster}/{info.archive}"
    listed = program.ask("repo-ls", "--output=json", "--recurse", folder)
    return folder, archive_in(listed.stdout, program.copy.subject)


def _archive(program: PgBackRest, info: StanzaInfo) -> WalArchive:
    first = replace(program, repository=program.repository or str(info.repository))
    folder, files = archive_files(first, info)
    return WalArchive(segments=files.segments, histories=dict(_histories(first, files, folder)))


def _histories(program: PgBackRest, files: ArchiveFiles, folder: str) -> Iterator[tuple[int, tuple[Switch, ...]]]:
    """Yield the histories of the newest timelines; one that cannot be read leads nowhere."""
    for path in sorted(files.histories)[-HISTORIES:]:
        output = program.run("repo-get", f"{folder}/{path}", output_limit=HISTORY_LIMIT)
        switches = history_in(output.stdout) if output.status == 0 and not output.truncated else None
        if switches:
            yield int(path[:8], 16), switches


def _cluster(
    copy: Copy, info: StanzaInfo, wal: WalArchive, source: SourceState | LookError, look: Look
) -> ClusterArchive:
    """Return the newest cluster's backups; those of an older one, of before an upgrade, lead to no newer instant."""
    newest, labels = max(info.systems), {one.base.id for one in info.backups}
    own = [one for one in info.backups if one.database == newest]
    bad = [one.base.id for one in own if one.broken or not labels.issuperset(one.references)]
    return ClusterArchive(
        backups=tuple(one.base for one in own if one.base.id not in bad),
        unusable=tuple(bad),
        damaged=damaged_backups(copy, look.last_look),
        wal=wal,
        source=source,
        system=info.system or "",
    )


COLLECTOR = copy_collector(
    name=NAME,
    schedule="backups",
    collect=collect,
    applies=made_with_pgbackrest,
)
