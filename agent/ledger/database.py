"""SQLite specifics: files and modes, pragmas, and the meaning of its errors.

Reads:  `ledger.sqlite` in the state directory, with its -wal and -shm while someone writes.
Needs:  to write, the directory's owner; to read, its group.
Blind:  whether the disk keeps what it has acknowledged.

Sources: https://sqlite.org/wal.html («Read-Only Databases»), https://sqlite.org/rescode.html,
https://sqlite.org/pragma.html.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from agent.core.access import way_in
from agent.core.errors import BeffroiError, LedgerDamaged, LedgerError, LedgerFull, NotAllowed
from agent.core.files import SERVICE_USER
from agent.ledger import engines, guards
from agent.ledger.disk_errors import room

T = TypeVar("T")

FILE_NAME = "ledger.sqlite"
# How long one writer waits for another; an append takes milliseconds.
PATIENCE_SECONDS = 10.0
_ATTEMPTS = 5

_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_READ_FAILURES = frozenset({sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS})


def file_of(directory: Path) -> Path:
    """Return where the ledger of a state directory is."""
    return directory / FILE_NAME


def exists(path: Path) -> bool:
    """Return whether there is a ledger. Raises LedgerDamaged where only its traces are left."""
    if path.exists():
        return True
    if _beside(path, "-wal").exists():
        raise LedgerDamaged(
            f"the ledger {path} is gone, its write-ahead log is still there",
            "restore the ledger from a backup; to begin a new one, move the remains away",
        )
    return False


def create(path: Path, build: Callable[[Connection], None]) -> None:
    """Make a new database, whole or not at all, readable by its group; never over one that is there.

    An empty file under the ledger's name is therefore always damage. The caller holds the directory's lock.
    """
    draft = _beside(path, ".new")
    with room(path):
        for left in (draft, _beside(draft, "-wal"), _beside(draft, "-shm"), _beside(draft, "-journal")):
            left.unlink(missing_ok=True)
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o640)
        os.fchmod(handle, 0o640)
        os.close(handle)
        _fill(draft, path, build)
        _settle(draft)
        os.link(draft, path)
        draft.unlink()
        _settle(path.parent)


def _fill(draft: Path, path: Path, build: Callable[[Connection], None]) -> None:
    engine = writing_engine(draft)
    try:
        with translated(path), closing(_connect(draft, "mode=rw", writing=True)) as plain:
            plain.execute("PRAGMA journal_mode = WAL").close()
        with translated(path), engine.execution_options(writing=True).begin() as connection:
            build(connection)
            guards.install(connection)
    finally:
        engine.dispose()


def is_sound(connection: Connection) -> tuple[str, ...]:
    """Return what SQLite finds wrong with its own file, nothing where it is sound."""
    answers = [str(answer) for (answer,) in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
    return () if answers == ["ok"] else tuple(answers)


def writing_engine(path: Path) -> Engine:
    """Return the way to a database that is there; `execution_options(writing=True)` takes the write lock at once."""
    engine = engines.pooled(lambda: _connect(path, "mode=rw", writing=True))
    event.listen(engine, "begin", _begin)
    return engine


def fold_log(engine: Engine) -> None:
    """Bring the write-ahead log into the database and empty it, as far as no reader holds it."""
    plain = engine.raw_connection()
    try:
        plain.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        plain.close()


class Reader:
    """Read a database without making or changing any file.

    Where no one writes there is no log, and SQLite would make one to look: it is told that the file stands still, and
    what was read is read again if that turns out wrong.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._live = engines.unpooled(lambda: _connect(path, "mode=ro"))
        self._still = engines.unpooled(lambda: _connect(path, "mode=ro&immutable=1"))
        for engine in (self._live, self._still):
            event.listen(engine, "begin", _begin)

    def run(self, work: Callable[[Connection], T]) -> T:
        """Return the result of a reading in one transaction."""
        for _ in range(_ATTEMPTS):
            before = self._mark()
            try:
                with translated(self._path), (self._live if before[0] else self._still).begin() as connection:
                    result = work(connection)
            except BeffroiError:
                if before == self._mark():
                    raise
                continue
            if before[0] or before == self._mark():
                return result
        raise LedgerError(f"the ledger {self._path} changes faster than it can be read", "try again")

    def close(self) -> None:
        """Let go of the file."""
        self._live.dispose()
        self._still.dispose()

    def _mark(self) -> tuple[bool, int, int]:
        try:
            stat = self._path.stat()
        except OSError as error:
            raise LedgerError(f"cannot read the ledger {self._path}: {error.strerror}") from error
        return _is_live(self._path), stat.st_size, stat.st_mtime_ns


def _is_live(path: Path) -> bool:
    """Return whether the log holds anything; for an empty one its index, which a full disk refuses, is not asked."""
    try:
        return _beside(path, "-wal").stat().st_size > 0
    except OSError:
        return False


def _connect(path: Path, mode: str, *, writing: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?{mode}",
        uri=True,
        timeout=PATIENCE_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    # No temporary file, on a disk that may be full; no memory map, which would end the process when the file shrinks.
    pragmas = ["temp_store = MEMORY", "mmap_size = 0"]
    if writing:
        # FULL: a commit is on the disk when it returns. secure_delete: what is erased is overwritten.
        pragmas += ["synchronous = FULL", "secure_delete = ON", "journal_size_limit = 4194304"]
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()
    except BaseException:  # a file that is no database says so at the first word
        connection.close()
        raise
    return connection


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into our errors."""
    try:
        yield
    except DBAPIError as error:
        raise _meaning(path, error.orig) from error
    except sqlite3.Error as error:
        raise _meaning(path, error) from error
    except UnicodeEncodeError as error:
        raise LedgerError(f"a name that is no text cannot be kept: {error.object!a:.80}") from error


def _meaning(path: Path, error: BaseException | None) -> LedgerError:
    code = getattr(error, "sqlite_errorcode", None)
    said = str(error)
    if code is None:
        return LedgerDamaged(f"the ledger {path} cannot be read: {said}", _RESTORE)
    primary = code & 0xFF
    if primary in _DAMAGED or code in _READ_FAILURES:
        return LedgerDamaged(f"the ledger {path} is damaged: {said}", _RESTORE)
    if primary in _FULL:
        return LedgerFull(f"the ledger {path} cannot be written: {said}", "make room, or make the disk writable")
    if primary in _BUSY:
        return LedgerError(f"the ledger {path} is held by another process: {said}", "try again")
    if primary == sqlite3.SQLITE_CANTOPEN:
        return _unopened(path, said)
    if said.startswith(("no such table", "no such column")):
        return LedgerDamaged(f"{path} is not a ledger: {said}", _RESTORE)
    return LedgerError(f"the ledger {path} refuses: {said}")


_RESTORE = "keep the file as it is, and restore the ledger from a backup"


def _unopened(path: Path, said: str) -> LedgerError:
    # Asked of the system, never by opening: closing the file again would drop every lock that this process has on it.
    if not os.access(path, os.R_OK):
        return LedgerError(f"cannot open the ledger {path}: permission denied", way_in(path, SERVICE_USER))
    return LedgerFull(f"the ledger {path} cannot be written: {said}", "make room, or make the disk writable")


@contextmanager
def within_reach(path: Path) -> Iterator[None]:
    """Turn a refusal to look for the ledger into NotAllowed."""
    try:
        yield
    except PermissionError as error:
        raise NotAllowed(f"cannot look for the ledger {path}: {error.strerror}", way_in(path, SERVICE_USER)) from error


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _settle(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
