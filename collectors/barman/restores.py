"""A base backup and its WAL as Barman keeps them, read over the connection to its host by tar.

`barman restore` writes on its own host, or from there to another one, and is not run: what comes here is what it would
read. WAL that was compressed there is unpacked here; a base backup that was is not.
"""

import bz2
import gzip
import lzma
import os
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from agent.core.collecting.cluster_copy import ClusterPoint, ClusterRestore, roles_with
from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import LookError, Unreadable
from agent.core.host import Output
from agent.core.inventory import Copy
from agent.core.judging.newest_instant import newest_instant
from agent.core.judging.wal_points import missing_beyond
from agent.core.lines import last_line, one_line
from agent.core.reason import Reason
from agent.core.wal_segments import histories_of, segments_of
from agent.hosts.program_version import dotted
from agent.restores.unpacked_stream import UnpackedStream
from collectors.barman.catalogue import ServerLook, folder_of, seen_server
from collectors.barman.removal import is_removed

# More than any backup here; what is on the disk bounds it before.
LARGEST = 1 << 50
AT_ONCE = 500
_GONE = re.compile(rb"No such file or directory")
# tar: 0000000100000000/000000010000000000000003: Cannot stat: No such file or directory
_GONE_WAL = re.compile(
    rb"^(?:\S*tar: )(?:[0-9A-F]{16}/)?([0-9A-F]{24}|[0-9A-F]{8}\.history): [^\n]*No such file or directory",
    re.MULTILINE,
)
_DENIED = re.compile(rb"Permission denied")
_BEFORE_DATA = re.compile(r"(/.+)/data/[^/]")
_COMPRESSED = re.compile(r"[A-Za-z0-9_]+\.tar(?:\.[a-z0-9]+)?")
# By the first bytes of a file; a page of WAL has none of these.
_OPENS: tuple[tuple[bytes, Callable[[Path], object]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\x00", lzma.open),
)
# https://github.com/postgres/postgres/blob/master/src/include/access/xlog_internal.h (XLOG_PAGE_MAGIC, little endian)
_PAGE = 0xD1


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRestores:
    """Restore one server's backups; see agent.core.collecting.cluster_copy.ClusterCopy."""

    seen: ServerLook
    look: Look

    @property
    def id(self) -> str:
        """Return the cluster's system identifier."""
        return self.seen.system

    @property
    def version(self) -> str:
        """Return Barman's version."""
        return f"Barman {dotted(self.seen.program.version)}"

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the roles by which its restored cluster may be asked."""
        return roles_with(self.seen.program.environment)

    def newest(self) -> ClusterPoint | None:
        """Return the point that leads to the newest instant."""
        chain = self.seen.archive.best
        if chain is None:
            return None
        if any(one.parent for one in self.seen.known if one.id == chain.backup.id):
            raise Unreadable(
                f"{self.seen.program.copy.subject}: backup {chain.backup.id} is incremental, and nothing here puts "
                "one together",
                "restore it by hand, and enter the test: beffroi register add",
            )
        newest = newest_instant(chain, self.seen.archive, self.seen.previous, self.look.now)
        missing = missing_beyond(chain, self.seen.archive, self.seen.previous, self.look.now)
        told = self.seen.program.within(self.look.timeout).ask("show-backup", chain.backup.id)
        server = told.get(self.seen.program.copy.cluster)
        number = server.get("postgresql_version") if isinstance(server, dict) else None
        return ClusterPoint(
            chain=chain,
            time=newest.at,
            archived=newest.archived,
            missing=missing,
            major=number // 10_000 if type(number) is int else None,
        )

    def restore(
        self, point: ClusterPoint, data: Path, tablespaces: Path, wal: Path, *, timeout: timedelta
    ) -> ClusterRestore:
        """Fetch a base backup, then its WAL."""
        for folder in (data, tablespaces, wal):
            folder.mkdir(mode=0o700)
        deadline = Deadline(timeout)
        ended = self._base(point.id, data, tablespaces, deadline)
        if not ended.is_whole:
            return ended
        if not (data / "PG_VERSION").exists() and any(map(_COMPRESSED.fullmatch, os.listdir(data))):
            said = "its base backup is compressed (backup_compression), and nothing here unpacks it"
            return ClusterRestore(took=ended.took, hindered=Reason.UNREADABLE, said=said)
        fetched = self._wal(point, wal, deadline)
        if fetched.is_whole:
            for path in sorted(wal.iterdir()):
                unpack_segment(path, point.chain.size)
        return replace(fetched, took=ended.took + fetched.took)

    def keeps(self, point: ClusterPoint) -> bool:
        """Return whether the backup is listed still, and not about to be removed."""
        return not is_removed(self.seen.program.within(self.look.timeout), point.id)

    def _base(self, id: str, data: Path, tablespaces: Path, deadline: Deadline) -> ClusterRestore:
        told = self.seen.program.within(self.look.timeout).ask("list-files", "--target", "data", id)
        lines = told.get("_INFO")
        matches = (_BEFORE_DATA.match(str(line)) for line in (lines if isinstance(lines, list) else ()))
        folder = next((match[1] for match in matches if match is not None), None)
        if folder is None or not folder.endswith(f"/{id}"):
            raise Unreadable(f"barman list-files does not say where backup {id} lies: {one_line(str(told))}")

        def place(name: PurePosixPath) -> Path | None:
            top, *rest = name.parts or ("",)
            if top == "data":
                return data.joinpath(*rest)
            return tablespaces.joinpath(top, *rest) if top.isdecimal() else None

        return self._fetched(folder, (".",), place, deadline)

    def _wal(self, point: ClusterPoint, wal: Path, deadline: Deadline) -> ClusterRestore:
        folder = folder_of(self.seen.program.within(self.look.timeout), self.seen.done)
        if folder is None:
            raise Unreadable("barman list-files does not say where the WAL lies")
        names = [f"{number:08X}.history" for number in histories_of(point.chain)]
        names += [f"{name[:16]}/{name}" for name in segments_of(point.chain)]
        took = timedelta(0)
        for begin in range(0, len(names), AT_ONCE):
            batch = names[begin : begin + AT_ONCE]
            ended = self._fetched(folder, batch, lambda name: wal / name.name, deadline)
            took += ended.took
            if not ended.is_whole:
                return replace(ended, took=took)
        return ClusterRestore(took=took)

    def _fetched(
        self,
        folder: str,
        names: Sequence[str],
        place: Callable[[PurePosixPath], Path | None],
        deadline: Deadline,
    ) -> ClusterRestore:
        stream = UnpackedStream(place)
        try:
            output = self.seen.program.host.run(
                *("tar", "--create", "--hard-dereference", "--file=-", f"--directory={folder}", "--", *names),
                timeout=timedelta(seconds=max(1.0, deadline.remaining())),
                accept=None,
                output_limit=LARGEST,
                shown=f"tar of {one_line(folder)} ({len(names)} names)",
                hear=stream.take,
            )
        except LookError as error:
            stream.close()
            return ClusterRestore(took=timedelta(0), hindered=error.reason, said=error.message)
        if output.status != 0:
            stream.close()
            return failed(output)
        try:
            stream.end()
        except LookError as error:
            return ClusterRestore(took=output.duration, hindered=error.reason, said=error.message)
        return ClusterRestore(took=output.duration)


def failed(output: Output) -> ClusterRestore:
    """Return how a tar ended that did not succeed; its complaint names a file of WAL that is gone."""
    took, said = output.duration, one_line(last_line(output.stderr) or f"exit {output.status}")
    if _DENIED.search(output.stderr):
        return ClusterRestore(took=took, hindered=Reason.DENIED, said=said)
    if _GONE.search(output.stderr):
        wal = _GONE_WAL.search(output.stderr)
        return ClusterRestore(took=took, damaged=True, wal="" if wal is None else wal[1].decode(), said=said)
    return ClusterRestore(took=took, hindered=Reason.EXITED, said=said)


def unpack_segment(path: Path, size: int) -> None:
    """Put a segment that was compressed back as it was written. Raises Unreadable for a form that is not known here."""
    if path.suffix == ".history":
        return
    with path.open("rb") as file:
        head = file.read(6)
    if len(head) > 1 and head[1] == _PAGE:
        return
    opens = next((opens for magic, opens in _OPENS if head.startswith(magic)), None)
    if opens is None:
        if path.stat().st_size == size:
            return  # a whole segment whose first bytes are not what they were: the server says so
        raise Unreadable(f"segment {path.name} is compressed or encrypted in a form that is not known here")
    unpacked = path.with_suffix(".unpacked")
    try:
        with cast(BinaryIO, opens(path)) as packed, unpacked.open("wb") as file:
            left = size
            while left and (chunk := packed.read(min(left, 1 << 20))):
                file.write(chunk)
                left -= len(chunk)
    except (OSError, EOFError, lzma.LZMAError, zlib.error, ValueError):
        # As far as it could be unpacked: the recovery ends there, which is told.
        pass
    unpacked.replace(path)


def opens(copy: Copy, look: Look) -> ServerRestores:
    """Open a server to restore its newest backup here. Raises RepositoryAbsent and every LookError."""
    return ServerRestores(seen=seen_server(copy, look), look=look)
