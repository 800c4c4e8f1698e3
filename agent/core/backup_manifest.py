"""Read from its end of which base backup a list of files is (`backup_manifest`). Pure.

A cluster that was made from a base backup keeps that one's list in its data folder. pg_basebackup and pgBackRest leave
it there; rsync takes it into the next base backup, of which it says nothing.

https://www.postgresql.org/docs/current/backup-manifest-format.html
"""

import re

from agent.core.wal_segments import lsn_of

NAME = "backup_manifest"
# The ranges of WAL stand behind the files. A list that Barman made names none.
TAIL = 64 * 1024
_START = re.compile(rb'"Start-LSN": *"([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})"')


def is_list_of(tail: bytes, begins: int) -> bool:
    """Return whether a list may be of the backup that began at an LSN, by its last bytes."""
    starts = {lsn_of(one.decode()) for one in _START.findall(tail)}
    return not starts or begins in starts


def names_ranges(tail: bytes) -> bool:
    """Return whether a list names ranges of WAL, by its last bytes: PostgreSQL made it, tablespaces included."""
    return _START.search(tail) is not None
