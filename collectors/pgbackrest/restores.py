"""pgbackrest restore and archive-get: one base backup and its WAL, into folders of the agent's own machine.

Both write where they are told alone: the lock file of a run lies beside them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.cluster_copy import ClusterPoint, ClusterRestore, roles_with
from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import LookError, ToolMissing
from agent.core.host import LARGE_OUTPUT, Output
from agent.core.inventory import Copy
from agent.core.judging.newest_instant import newest_instant
from agent.core.judging.wal_points import missing_beyond
from agent.core.lines import last_line, one_line
from agent.core.reason import Reason
from agent.core.wal_segments import histories_of, segments_of
from agent.hosts.program_version import dotted
from agent.restores.confinement.changes import changing_only, hold_to_confinable
from collectors.pgbackrest.points import StanzaLook, asked, seen_stanza
from collectors.pgbackrest.program import PgBackRest

# ChecksumError, FormatError, FileMissingError, CryptoError of a file, and what cannot be unpacked.
_BAD = re.compile(
    r"ERROR: \[(?:026|029|055|077|082|095)\]|checksum|does not match|unable to (?:inflate|decompress)|is missing"
    r"|unexpected eof|file size",
    re.IGNORECASE,
)
_FULL = re.compile(r"\[28\] No space left on device|Disk quota exceeded|Read-only file system", re.IGNORECASE)
_DENIED = re.compile(r"\[13\] Permission denied")
# A segment that is not in the archive.
_NOT_FOUND = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StanzaRestores:
    """Restore one stanza; see agent.core.collecting.cluster_copy.ClusterCopy."""

    seen: StanzaLook
    look: Look

    @property
    def id(self) -> str:
        """Return the cluster's system identifier."""
        return self.seen.system

    @property
    def version(self) -> str:
        """Return pgBackRest's version."""
        return f"pgBackRest {dotted(self.seen.program.version)}"

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the roles by which its restored cluster may be asked."""
        return roles_with(self.seen.program.environment)

    def newest(self) -> ClusterPoint | None:
        """Return the point that leads to the newest instant."""
        chain = self.seen.archive.best
        if chain is None:
            return None
        newest = newest_instant(chain, self.seen.archive, self.seen.previous, self.look.now)
        missing = missing_beyond(chain, self.seen.archive, self.seen.previous, self.look.now)
        return ClusterPoint(
            chain=chain,
            time=newest.at,
            archived=newest.archived,
            missing=missing,
            needs=next((one.references for one in self.seen.info.backups if one.base.id == chain.backup.id), ()),
            major=self.seen.info.majors.get(self.seen.info.cluster),
        )

    def restore(
        self, point: ClusterPoint, data: Path, tablespaces: Path, wal: Path, *, timeout: timedelta
    ) -> ClusterRestore:
        """Restore a base backup, then fetch its WAL."""
        hold_to_confinable("pgbackrest")
        for folder in (data, tablespaces, wal):
            folder.mkdir(mode=0o700)
        program, took = self.seen.program, timedelta(0)
        deadline = Deadline(timeout)
        for words in _runs(program.repository or str(self.seen.info.repository), point, data, tablespaces, wal):
            output = self._run(words, program, wal.parent, timedelta(seconds=max(1.0, deadline.remaining())))
            took += output.duration
            if output.status != 0:
                return ended(output, took, words[-2] if "archive-get" in words else "")
        return ClusterRestore(took=took, listed=True)

    def keeps(self, point: ClusterPoint) -> bool:
        """Return whether the backup is listed still: pgBackRest takes one off its list before it removes a file."""
        info = asked(self.seen.program.within(self.look.timeout))
        return info is not None and point.id in {one.base.id for one in info.backups}

    def _run(self, words: tuple[str, ...], program: PgBackRest, folder: Path, timeout: timedelta) -> Output:
        return self.look.here.run(
            *(*changing_only(folder), "pgbackrest", f"--stanza={program.copy.cluster}", "--log-level-console=off"),
            *("--log-level-file=off", "--log-level-stderr=error", "--log-timestamp=n", *words),
            timeout=timeout,
            environment=program.environment,
            accept=None,
            output_limit=LARGE_OUTPUT,
        )


def _runs(repository: str, point: ClusterPoint, data: Path, tablespaces: Path, wal: Path) -> Iterator[tuple[str, ...]]:
    """Yield the arguments of each run; what the machine's own configuration says of a cluster is set back."""
    own = (
        *(f"--repo={repository}", f"--pg1-path={data}", "--reset-pg1-host"),
        f"--lock-path={wal.parent}/lock",
    )
    fetching = (*own, "--no-archive-async", "archive-get")
    restoring = (
        *(f"--set={point.id}", "--type=default", "--no-delta", "--no-link-all", "--reset-link-map"),
        *("--reset-tablespace-map", f"--tablespace-map-all={tablespaces}", "--reset-db-include", "--reset-db-exclude"),
        # It empties that of the stanza: a live cluster's is none of ours (restore takes the option since 2.34).
        *("--reset-recovery-option", f"--spool-path={wal.parent}/spool", "restore"),
    )
    yield (*own, *restoring)
    for number in histories_of(point.chain):
        name = f"{number:08X}.history"
        yield (*fetching, name, str(wal / name))
    for name in segments_of(point.chain):
        yield (*fetching, name, str(wal / name))


def ended(output: Output, took: timedelta, wal: str) -> ClusterRestore:
    """Return how a run ended that did not succeed, that of a file of WAL or of the base backup.

    What was not seen to be bad was hindered.
    """
    text = output.stderr.decode(errors="replace")
    said = one_line(last_line(output.stderr or output.stdout) or f"exit {output.status}")
    if _FULL.search(text):
        return ClusterRestore(took=took, hindered=Reason.NO_ROOM, said=said)
    if _DENIED.search(text):
        return ClusterRestore(took=took, hindered=Reason.DENIED, said=said)
    if wal and output.status == _NOT_FOUND and not text:
        return ClusterRestore(took=took, damaged=True, wal=wal, said=f"{wal} is listed, and is not in the archive")
    if output.status > 0 and _BAD.search(text):
        return ClusterRestore(took=took, damaged=True, wal=wal, said=said)
    return ClusterRestore(took=took, hindered=Reason.EXITED, said=said)


def opens(copy: Copy, look: Look) -> StanzaRestores:
    """Open a stanza to restore it here. Raises RepositoryAbsent and every LookError."""
    if copy.asked_at != copy.host and look.host(copy.asked_at).id != look.here.id:
        raise _elsewhere(copy, copy.asked_at, look)
    if copy.asked_at == copy.host and not copy.local:
        raise _elsewhere(copy, copy.host, look)
    seen = seen_stanza(copy, look)
    if seen is None:
        raise RepositoryAbsent(f"{copy.subject}: there is no stanza {copy.cluster}")
    return StanzaRestores(seen=seen, look=look)


def _elsewhere(copy: Copy, where: str, look: Look) -> LookError:
    return ToolMissing(
        f"{copy.subject}: pgbackrest is run on {where}, and an exercise restores to the agent's own machine",
        f"let pgbackrest on {look.here.id} reach the repository (repo1-host, or an object store), and name that host",
    )
