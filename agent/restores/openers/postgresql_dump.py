"""A dump in pg_dump's custom form: read through by pg_restore, which writes it as SQL to nowhere and needs no server.

`pg_restore --list` alone reads the table of contents at the beginning, and finds a dump sound that was cut short behind
it. The `toc.dat` of pg_dump's directory form begins as such a dump does and calls itself a tar archive: what it lists
lies in the files beside it, which may not have been restored with it.
"""

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from agent.restores.openers.opener import BrokenFile, ContentKind, CutFile, Inconclusive, Opener, OpenerProgram

# Debian's pg_restore is a script that starts the one of a cluster; which of the real ones reads a dump does not matter
# but that an older one does not read what a newer pg_dump wrote.
_WRAPPER = "pg_wrapper"
_INSTALLED = Path("/usr/lib/postgresql")
_NOT_OF_THE_DUMP = (
    b"unsupported version",
    b"differs from format found in file (3)",
    b"unrecognized archive format",
    b"compression is not supported",
    b"not compiled",
    b"could not open stdout",
    b"out of memory",
    b"pg_restore: tool-missing",
)
_CUT = b"end of file"


def _words(path: str) -> Sequence[str]:
    named = shutil.which("pg_restore")
    if named is not None and os.path.basename(os.path.realpath(named)) == _WRAPPER:
        named = _newest()
    if named is None:
        raise Inconclusive("pg_restore: tool-missing")
    return (os.path.realpath(named), "--file=-", path)


def _newest() -> str | None:
    found = [path for path in _INSTALLED.glob("*/bin/pg_restore") if os.access(path, os.X_OK)]
    versions = {_version(path): str(path) for path in found}
    return versions[max(versions)] if versions else None


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d{1,4}", path.parts[-3]))


def _judge(status: int, said: bytes) -> None:
    if status < 0:
        raise Inconclusive(f"pg_restore was ended by signal {-status}")
    if any(words in said for words in _NOT_OF_THE_DUMP):
        raise Inconclusive("pg_restore cannot read this dump here")
    if status != 0 and _CUT in said:
        raise CutFile("it ends before its end")
    if status != 0:
        raise BrokenFile("pg_restore does not read it to its end")


OPENER = Opener(
    kind="postgresql-dump",
    knows=lambda head, suffix: head.startswith(b"PGDMP"),
    program=OpenerProgram(words=_words, judge=_judge),
    holds=ContentKind.DUMP,
)
