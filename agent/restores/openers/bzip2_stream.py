"""bzip2: unpacked to its end and held to its checksums; what it holds is held to its own end."""

import bz2

from agent.restores.openers.opener import BrokenFile, Budget, ContentKind, CutFile, Opener, ends_of
from agent.restores.openers.sql_dump import hold_to_end, is_dump
from agent.restores.openers.tar_archive import hold_archive_to_end


def _opens(path: bytes, budget: Budget) -> None:
    heads: list[bytes] = []
    try:
        with bz2.open(path, "rb") as stream:
            ends = ends_of(stream, budget, heads.append)
    except EOFError as error:
        raise CutFile("it ends before its end", _held(heads)) from error
    except OSError as error:
        # It tells damage so, without a number.
        if error.errno is not None:
            raise
        raise BrokenFile("it does not unpack to its end", _held(heads)) from error
    hold_to_end(ends)
    hold_archive_to_end(ends)


def _held(heads: list[bytes]) -> ContentKind | None:
    return ContentKind.DUMP if heads and is_dump(heads[0]) else None


OPENER = Opener(kind="bzip2", knows=lambda head, suffix: head[:3] == b"BZh" and head[4:10] == b"1AY&SY", opens=_opens)
