"""The copy of a ledger made before an upgrade of its schema.

An older program refuses a newer ledger. The copy is made under the write lock of the first step, so that it holds every
row but those of the newer version. Anyone who upgrades removes it as soon as no one goes back any more, the daemon in
any case after thirty days: it holds what is to be erased in its time.
"""

import os
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from agent.ledger.database import FILE_NAME, translated
from agent.ledger.disk_errors import room

COPIES = f"{FILE_NAME}.version-*[0-9]"
KEPT = timedelta(days=30)


def keep(path: Path, version: int) -> None:
    """Copy a ledger as it is, whole or not at all. Raises LedgerFull where there is no room for it."""
    copy = path.with_name(f"{path.name}.version-{version}")
    draft = copy.with_name(f"{copy.name}.new")
    with room(path), translated(path):
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o640))
        try:
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(draft)) as target:
                source.backup(target)
            draft.replace(copy)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def forget(directory: Path, now: datetime) -> None:
    """Remove the copies that are too old to go back to. Raises LedgerError where that fails."""
    with room(directory / FILE_NAME):
        for copy in directory.glob(COPIES):
            if now.timestamp() - copy.stat().st_mtime > KEPT.total_seconds():
                copy.unlink(missing_ok=True)
