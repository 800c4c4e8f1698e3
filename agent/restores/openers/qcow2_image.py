"""qcow2: the tables of an image are held to each other by `qemu-img check`, which reads none of what it holds.

Clusters that nothing uses (leaks) waste room and lose nothing. An image with a backing file is not whole by itself, and
that file is not looked for: another name of the same machine may stand there.
Source: qemu-img(1), exit codes of check; docs/interop/qcow2.txt for the header.
"""

import shutil
from collections.abc import Sequence

from agent.restores.openers.opener import BrokenFile, CutFile, Inconclusive, Opener, OpenerProgram

_MAGIC = b"QFI\xfb"
_SOUND, _CORRUPT, _LEAKS = 0, 2, 3
# Where the header keeps the place of the backing file's name: 0, there is none.
_BACKING = slice(8, 16)
_CUT = (b"Unexpected end-of-file", b"Could not read", b"too small", b"past end", b"outside image")


def _knows(head: bytes, suffix: str) -> bool:
    return head.startswith(_MAGIC)


def _words(path: str) -> Sequence[str]:
    program = shutil.which("qemu-img")
    if program is None:
        raise Inconclusive("qemu-img: tool-missing")
    with open(path, "rb") as file:
        if any(file.read(16)[_BACKING]):
            raise Inconclusive("it has a backing file")
    return (program, "check", "-q", "-U", "-f", "qcow2", path)


def _judge(status: int, said: bytes) -> None:
    if status in (_SOUND, _LEAKS):
        return
    if status == _CORRUPT:
        raise BrokenFile("its tables contradict each other")
    if status > 0 and any(words in said for words in _CUT):
        raise CutFile("it ends before its end")
    raise Inconclusive("qemu-img cannot check it here")


OPENER = Opener(kind="qcow2", knows=_knows, program=OpenerProgram(words=_words, judge=_judge, threads=True))
