"""zstd: unpacked by the program zstd, and held to the checksum that it writes unless told not to.

Python has no zstd before 3.14. Of what such a stream holds both ends are kept, and held to its own end.
Source: the messages of zstd 1.5 (programs/fileio.c, lib/common/error_private.c).
"""

import re
import shutil
from collections.abc import Sequence

from agent.restores.openers.opener import BrokenFile, CutFile, Inconclusive, Opener, OpenerProgram, StreamEnds
from agent.restores.openers.sql_dump import hold_to_end
from agent.restores.openers.tar_archive import hold_archive_to_end

# A frame, or one that is to be skipped: pzstd writes the size of each frame into one before it.
# Source: RFC 8878, 3.1.1 and 3.1.2.
_BEGINS = re.compile(rb"\A(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)")
# A thread of its own would be refused. zstd knows the option since it has such threads, 1.5.4.
_ONE_THREAD = "--no-asyncio"
_CUT = (b"premature end", b"unexpected end of file", b"Src size is incorrect", b"unknown header")
_BROKEN = (b"corruption detected", b"checksum", b"Unknown frame descriptor", b"Restored data doesn't match")


def _words(path: str) -> Sequence[str]:
    program = shutil.which("zstd")
    if program is None:
        raise Inconclusive("zstd: tool-missing")
    return (program, "--decompress", "--stdout", "--quiet", _ONE_THREAD, "--", path)


def _judge(status: int, said: bytes) -> None:
    if status < 0:
        raise Inconclusive(f"zstd was ended by signal {-status}")
    if status == 0:
        return
    if any(words in said for words in _CUT):
        raise CutFile("it ends before its end")
    if any(words in said for words in _BROKEN):
        raise BrokenFile("it does not unpack to its end")
    raise Inconclusive("zstd cannot unpack it here")


def _held(ends: StreamEnds) -> None:
    hold_to_end(ends)
    hold_archive_to_end(ends)


OPENER = Opener(
    kind="zstd",
    knows=lambda head, suffix: _BEGINS.match(head) is not None,
    program=OpenerProgram(words=_words, judge=_judge, holds=_held),
)
