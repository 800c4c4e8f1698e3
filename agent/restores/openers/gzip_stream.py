"""gzip: every member is unpacked to its end and held to its checksum; what it holds is held to its own end."""

import gzip
import zlib

from agent.restores.openers.opener import BrokenFile, Budget, ContentKind, CutFile, Opener, ends_of
from agent.restores.openers.sql_dump import hold_to_end, is_dump
from agent.restores.openers.tar_archive import hold_archive_to_end


def _opens(path: bytes, budget: Budget) -> None:
    heads: list[bytes] = []
    try:
        with gzip.open(path, "rb") as stream:
            ends = ends_of(stream, budget, heads.append)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        holds = ContentKind.DUMP if heads and is_dump(heads[0]) else None
        kind = CutFile if isinstance(error, EOFError) else BrokenFile
        raise kind("it does not unpack to its end", holds) from error
    hold_to_end(ends)
    hold_archive_to_end(ends)


OPENER = Opener(kind="gzip", knows=lambda head, suffix: head.startswith(b"\x1f\x8b\x08"), opens=_opens)
