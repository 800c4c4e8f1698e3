"""xz: unpacked to its end and held to its checksums; what it holds is held to its own end."""

import lzma

from agent.restores.openers.opener import BrokenFile, Budget, ContentKind, CutFile, Opener, ends_of
from agent.restores.openers.sql_dump import hold_to_end, is_dump
from agent.restores.openers.tar_archive import hold_archive_to_end


def _opens(path: bytes, budget: Budget) -> None:
    heads: list[bytes] = []
    try:
        with lzma.open(path, "rb") as stream:
            ends = ends_of(stream, budget, heads.append)
    except (EOFError, lzma.LZMAError) as error:
        holds = ContentKind.DUMP if heads and is_dump(heads[0]) else None
        kind = CutFile if isinstance(error, EOFError) else BrokenFile
        raise kind("it does not unpack to its end", holds) from error
    hold_to_end(ends)
    hold_archive_to_end(ends)


OPENER = Opener(kind="xz", knows=lambda head, suffix: head.startswith(b"\xfd7zXZ\0"), opens=_opens)
