"""The state directory's backup: everything that cannot be made again, as one archive, while others go on writing.

Reads:  the ledger, the signing key, the records of drills, published reports.
Needs:  the directory's owner, and room in it for a second ledger for as long as this takes.
Blind:  whether what is written to is kept.

A plain copy of a database that is being written to is not sound, and lacks its log (https://sqlite.org/howtocorrupt.html,
1.2); SQLite's own backup is.
"""

import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import IO

from agent.core.clock import Clock
from agent.core.errors import NoLedger
from agent.ledger.anchor import FILE_NAME as ANCHOR_NAME
from agent.ledger.database import FILE_NAME, file_of, room, translated
from agent.ledger.keys import PRIVATE_NAME, PUBLIC_NAME
from agent.ledger.ledger import ChainVerification, Ledger
from agent.restores.scratch import scratch

BESIDE = (PRIVATE_NAME, PUBLIC_NAME, "drills", "reports")


def write(directory: Path, out: IO[bytes], clock: Clock) -> ChainVerification:
    """Write an archive of a state directory; return what a walk over the ledger as it lies in there found.

    Raises NoLedger, LedgerFull without room for the copy, LedgerDamaged for a file that is no ledger any more.
    """
    path = file_of(directory)
    if not path.exists():
        raise NoLedger(f"there is no ledger in {directory}", "name another configuration with --config")
    with room(path), scratch(directory) as folder:
        copy = folder / FILE_NAME
        # Before the ledger: a day that is signed meanwhile is then in the copy, and the copy continues the anchor.
        if (directory / ANCHOR_NAME).exists():
            (folder / ANCHOR_NAME).write_bytes((directory / ANCHOR_NAME).read_bytes())
        with translated(path), closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE").close()  # the copy is one file for any reader
        if (directory / PUBLIC_NAME).exists():
            (folder / PUBLIC_NAME).write_bytes((directory / PUBLIC_NAME).read_bytes())
        with Ledger.open(folder, clock=clock, readonly=True) as ledger:
            found = ledger.verify()
        _write(copy, directory, out)
    return found


def _write(copy: Path, directory: Path, out: IO[bytes]) -> None:
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        archive.add(copy, FILE_NAME)
        if (copy.parent / ANCHOR_NAME).exists():
            archive.add(copy.parent / ANCHOR_NAME, ANCHOR_NAME)
        for name in BESIDE:
            if (directory / name).exists():
                archive.add(directory / name, name)
