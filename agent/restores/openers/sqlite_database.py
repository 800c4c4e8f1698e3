"""SQLite: `pragma integrity_check`, with the journal beside it where one was restored too.

A database in use lies in two files, and either alone is out of date. Recovering writes: where the files may not be
written to, a database with a journal says nothing.

A rollback journal may name a super-journal, a file anywhere that SQLite removes once it has rolled back. No such
journal is shown to SQLite: its author chose the name.
Source: SQLite's pager.c, readSuperJournal and pager_delsuper.
"""

import os
import sqlite3
import stat
from contextlib import closing
from urllib.parse import quote

from agent.restores.openers.opener import BESIDE, BrokenFile, Budget, ContentKind, Inconclusive, Opener, OpenSeparately

# How many of its own instructions SQLite carries out before it asks whether to go on.
_STEPS = 100_000
_MAGIC = bytes.fromhex("d9d505f920a163d7")


def _opens(path: bytes, budget: Budget) -> None:
    journals = [path + suffix.encode() for suffix in BESIDE if _has_bytes(path + suffix.encode())]
    for journal in journals:
        _hold_to_its_own(journal)
    if journals and not budget.writable:
        raise OpenSeparately("it has a journal, and recovers by writing")
    mode = "mode=rw" if journals else "mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?{mode}", uri=True, timeout=1)) as database:
            database.set_progress_handler(lambda: budget.seconds <= 0, _STEPS)
            database.execute("pragma trusted_schema=off")
            database.execute("pragma temp_store=memory")
            (said,) = database.execute("pragma integrity_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        # Interrupted, or made with an extension or a collation that is not here.
        raise Inconclusive("it could not be checked") from error
    except sqlite3.DatabaseError as error:
        raise BrokenFile("it is malformed") from error
    if said != "ok":
        raise BrokenFile("it is not consistent")


def _hold_to_its_own(journal: bytes) -> None:
    """Raise Inconclusive for a journal that leads to another file."""
    descriptor = os.open(journal, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Inconclusive("its journal is no regular file")
        if os.pread(descriptor, len(_MAGIC), max(0, status.st_size - len(_MAGIC))) == _MAGIC:
            raise Inconclusive("its journal names a super-journal")
    finally:
        os.close(descriptor)


def _has_bytes(path: bytes) -> bool:
    try:
        return os.lstat(path).st_size > 0
    except OSError:
        return False


OPENER = Opener(
    kind="sqlite",
    knows=lambda head, suffix: head.startswith(b"SQLite format 3\0"),
    opens=_opens,
    holds=ContentKind.DATABASE,
)
