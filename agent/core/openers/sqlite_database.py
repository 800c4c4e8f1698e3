"""SQLite: `pragma integrity_check`, with the journal beside it where one was restored too.

A database in use lies in two files, and either alone is out of date. Recovering writes: where the files may not be
written to, a database with a journal tells nothing.
"""

import os
import sqlite3
from contextlib import closing
from urllib.parse import quote

from agent.core.openers.opener import BESIDE, Broken, Budget, Holds, NotTold, Opener

# How many of its own instructions SQLite carries out before it asks whether to go on.
_STEPS = 100_000


def _opens(path: bytes, budget: Budget) -> None:
    journal = any(_has_bytes(path + suffix.encode()) for suffix in BESIDE)
    if journal and not budget.writable:
        raise NotTold("it has a journal, and may not be written to")
    mode = "mode=rw" if journal else "mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?{mode}", uri=True, timeout=1)) as database:
            database.set_progress_handler(lambda: budget.seconds <= 0, _STEPS)
            database.execute("pragma trusted_schema=off")
            (said,) = database.execute("pragma integrity_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        # Interrupted, or made with an extension or a collation that is not here.
        raise NotTold("it could not be checked") from error
    except sqlite3.DatabaseError as error:
        raise Broken("it is malformed") from error
    if said != "ok":
        raise Broken("it is not consistent")


def _has_bytes(path: bytes) -> bool:
    try:
        return os.lstat(path).st_size > 0
    except OSError:
        return False


OPENER = Opener(
    kind="sqlite",
    knows=lambda head, suffix: head.startswith(b"SQLite format 3\0"),
    opens=_opens,
    holds=Holds.DATABASE,
)
