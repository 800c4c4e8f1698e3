"""tar: each of its headers is held to its checksum, each file read, and its end is there.

Of one within a compressed stream the end alone is looked for: such a stream is whole although what wrote the archive
into it was killed.
"""

import re
import tarfile
from typing import BinaryIO

from agent.restores.openers.opener import BrokenFile, Budget, CutFile, Opener, StreamEnds, chunks

_BLOCK = 512
# An archive is filled up to a whole record: 10 KiB, or what a tape is given, a mebibyte and more.
_MOST_PADDING = 4 * 1024 * 1024
# Where a header has the sum of its bytes, its own field counted as spaces, in octal digits.
_SUM = slice(148, 156)
_OCTAL = re.compile(rb"[ 0]*([0-7]{1,7})[ \0]*")
# What tarfile says of a file that is shorter than its header says.
_CUT = "unexpected end of data"


def _opens(path: bytes, budget: Budget) -> None:
    try:
        with open(path, "rb") as file, tarfile.open(fileobj=file, mode="r:") as opened:
            while (one := opened.next()) is not None:
                budget.spend(_BLOCK)
                # They would all be kept, and an archive may hold millions.
                opened.members = []  # type: ignore[attr-defined]  # it is there, in every version; typeshed has it not
                stream = opened.extractfile(one) if one.isreg() else None
                if stream is not None:
                    for _ in chunks(stream, budget):
                        pass
            # One cut between two files reads like a whole one, but for its end of two empty blocks.
            file.seek(opened.offset)
            if file.read(_BLOCK) != bytes(_BLOCK):
                raise CutFile("its end is missing")
            _hold_to_padding(file, budget)
    except (tarfile.TarError, EOFError, ValueError) as error:
        kind = CutFile if str(error) == _CUT else BrokenFile
        raise kind("it is no whole archive") from error


def _hold_to_padding(file: BinaryIO, budget: Budget) -> None:
    """Raise CutFile where more nothing follows than fills a record: room that a copy reserved and never wrote."""
    padding = 0
    for piece in chunks(file, budget):
        padding += len(piece)
        if any(piece):
            return  # another archive, behind the first one
    if padding > _MOST_PADDING:
        raise CutFile("only zeros follow its end")


def is_tar(head: bytes) -> bool:
    """Return whether bytes begin as an archive does.

    The first header has no magic in the oldest form (v7), nor where GNU tar was given a name for the archive (`-V`).
    """
    if head[257:262] == b"ustar":
        return True
    told = _OCTAL.fullmatch(head[_SUM])
    return told is not None and sum(head[:_BLOCK]) - sum(head[_SUM]) + 8 * ord(" ") == int(told[1], 8)


def hold_archive_to_end(ends: StreamEnds) -> None:
    """Raise CutFile where a stream begins as an archive and does not end as one: with an empty block."""
    if is_tar(ends.head) and not ends.tail.endswith(bytes(_BLOCK)):
        raise CutFile("the end of the archive in it is missing")


OPENER = Opener(kind="tar", knows=lambda head, suffix: is_tar(head), opens=_opens)
