"""A SQLite database with the journal of a transaction that was cut off, which may name a super-journal."""

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

MAGIC = bytes.fromhex("d9d505f920a163d7")


def interrupted(path: Path) -> Path:
    """Make a database as a crash leaves it, changed in part, the old pages in `PATH-journal`; return the journal.

    SQLite rolls it back as soon as it may write: the table then holds 500 rows of 100 characters again.
    """
    working = path.with_name(f"{path.name}.working")
    journal = working.with_name(f"{working.name}-journal")
    with closing(sqlite3.connect(working, isolation_level=None)) as database:
        database.execute("create table letter (number integer primary key, text)")
        database.execute("begin")
        database.executemany("insert into letter (text) values (?)", [(f"{number:0100}",) for number in range(500)])
        database.execute("commit")
        database.execute("pragma cache_size = 5")  # so that changed pages, and the journal before them, are written out
        database.execute("begin immediate")
        database.execute("update letter set text = 'changed' || text")
        path.write_bytes(working.read_bytes())
        beside = path.with_name(f"{path.name}-journal")
        beside.write_bytes(journal.read_bytes())
        database.execute("rollback")
    working.unlink()
    return beside


def name_super_journal(journal: Path, target: Path) -> None:
    """Append the record by which SQLite removes `target` after it rolled the journal back.

    Source: SQLite's pager.c, readSuperJournal: page number, name, its length, the sum of its bytes, the magic.
    """
    name = bytes(target)
    end = struct.pack(">II", len(name), sum(name)) + MAGIC
    journal.write_bytes(journal.read_bytes() + struct.pack(">I", 1) + name + end)
