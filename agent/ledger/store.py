"""The open ledger file: created, migrated, read and written in transactions."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine

from agent.core.clock import Clock
from agent.core.errors import LedgerDamaged, LedgerError, LedgerFull, NoLedger
from agent.ledger import database, disk_errors, earlier, guards, schema
from agent.ledger.append import Writer, latest_instant
from agent.ledger.closing import read as read_heads
from agent.ledger.derive import derive
from agent.ledger.keys import PRIVATE_NAME, has_key, make_key
from agent.ledger.locks import setup_lock
from agent.ledger.schema import Migration

log = logging.getLogger("beffroi.ledger")

T = TypeVar("T")

_SETUP_PATIENCE = timedelta(seconds=30)


class LedgerStore:
    """An opened ledger; its methods may be called from several threads."""

    def __init__(self, directory: Path, clock: Clock, *, readonly: bool, migrations: Sequence[Migration]) -> None:
        self._directory = directory
        self._path = database.file_of(directory)
        self._clock = clock
        self._readonly = readonly
        self._migrations = migrations
        self._reader = database.Reader(self._path)
        self._engine: Engine | None = None
        self._turn = threading.Lock()
        self._standstill = threading.local()
        self._closed = False

    def open(self) -> None:
        """Make what is missing, unless for reading only. Raises NoLedger where there is nothing to read."""
        with database.within_reach(self._path):
            found = database.exists(self._path)
            if not found:
                self._require_never_there()
        if not found and self._readonly:
            raise NoLedger(
                f"there is no ledger in {self._directory}",
                "beffroi check makes one; or name another configuration with --config",
            )
        if not found:
            self._make()
        try:
            self._prepare()
        except LedgerFull:
            # What was kept can still be read, and every append tries again.
            self._require_current(self._reader.run(schema.version))

    def read(self, work: Callable[[Connection], T]) -> T:
        """Return the result of a reading in one transaction; within `at_once`, in that one."""
        self._require_open()
        begun: Connection | None = getattr(self._standstill, "connection", None)
        if begun is not None:
            return work(begun)
        if self._engine is None:
            return self._reader.run(work)
        with database.translated(self._path), self._engine.begin() as connection:
            return work(connection)

    def at_once(self, work: Callable[[], T]) -> T:
        """Return the result of several readings of this thread, all of them in one transaction: of one instant."""

        def together(connection: Connection) -> T:
            self._standstill.connection = connection
            try:
                return work()
            finally:
                self._standstill.connection = None

        return self.read(together) if getattr(self._standstill, "connection", None) is None else work()

    def write(self, work: Callable[[Writer], T]) -> T:
        """Return the result of appending in one transaction; nothing of it is kept where it fails."""
        self._require_open()
        if self._readonly:
            raise LedgerError(f"the ledger {self._path} was opened for reading only")
        if not self._turn.acquire(timeout=database.PATIENCE_SECONDS):
            raise LedgerError(f"the ledger {self._path} is held by another thread", "try again")
        try:
            if self._engine is None:
                self._prepare()
            return self._transaction(work)
        finally:
            self._turn.release()

    def beside(self, work: Callable[[], None]) -> None:
        """Write a file beside the ledger, one process at a time. Raises LedgerFull."""
        with disk_errors.room(self._path), setup_lock(self._directory, _SETUP_PATIENCE):
            work()

    def checkpoint(self) -> None:
        """Bring the write-ahead log into the database, as far as no reader holds it."""
        if self._engine is not None:
            with database.translated(self._path):
                database.fold_log(self._engine)

    def close(self) -> None:
        """Let go of the file."""
        self._closed = True
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()
        self._reader.close()

    def _transaction(self, work: Callable[[Writer], T]) -> T:
        if self._engine is None:
            raise LedgerError(f"the ledger {self._path} is closed")
        writing = self._engine.execution_options(writing=True)
        with database.translated(self._path), writing.begin() as connection:
            self._require_current(schema.version(connection))
            guards.hold(connection)
            writer = Writer(connection, self._clock.now(), derive)
            result = work(writer)
            writer.flush()
        return result

    def _make(self) -> None:
        with disk_errors.room(self._path):
            if not self._directory.exists():
                self._directory.mkdir(mode=0o750, parents=True, exist_ok=True)
        with setup_lock(self._directory, _SETUP_PATIENCE):
            if database.exists(self._path):
                return
            self._require_never_there()
            database.create(self._path, schema.create_tables)

    def _require_never_there(self) -> None:
        if has_key(self._directory):
            raise LedgerDamaged(
                f"the ledger {self._path} is gone, its signing key is still there",
                "restore the ledger from a backup; to begin a new one, move the key away",
            )

    def _prepare(self) -> None:
        """Open for writing, if this is to be written, and bring the ledger to this program's version."""
        if self._readonly:
            self._require_current(self._reader.run(schema.version))
            return
        engine = database.writing_engine(self._path)
        try:
            with database.translated(self._path):
                self._migrate(engine)
                with engine.begin() as connection:
                    guards.hold(connection)
            self._require_key(engine)
        except BaseException:
            engine.dispose()
            raise
        self._engine = engine

    def _migrate(self, engine: Engine) -> None:
        with engine.begin() as connection:
            lacking = schema.missing(schema.version(connection), self._migrations)
        for step in lacking:
            with engine.execution_options(writing=True).begin() as connection:
                found = schema.version(connection)
                if found >= step.to:
                    continue  # another process took it meanwhile
                if step is lacking[0]:
                    earlier.keep(self._path, found)
                schema.take(connection, step)
                writer = Writer(connection, self._clock.now(), derive)
                writer.append(schema.KIND, {"from": found, "to": step.to})
                writer.flush()

    def _require_key(self, engine: Engine) -> None:
        if (self._directory / PRIVATE_NAME).exists():
            return
        with setup_lock(self._directory, _SETUP_PATIENCE):
            if (self._directory / PRIVATE_NAME).exists():
                return
            with database.translated(self._path), engine.begin() as connection:
                is_new = latest_instant(connection) is None
                has_heads = bool(read_heads(connection))
            if is_new or not (has_heads or has_key(self._directory)):
                if not is_new:
                    log.error("signing key of %s missing, with its public half: a new one was created", self._directory)
                make_key(self._directory)
            else:
                log.error("the signing key of %s is missing: nothing can be signed", self._directory)

    def _require_current(self, found: int) -> None:
        lacking = schema.missing(found, self._migrations)
        if lacking:
            raise LedgerError(
                f"the ledger {self._path} has version {found}, this program {lacking[-1].to}",
                "beffroi check, or the daemon's restart, brings it up to date",
            )

    def _require_open(self) -> None:
        if self._closed:
            raise LedgerError(f"the ledger {self._path} is closed")
