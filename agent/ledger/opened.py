"""A ledger that is open: its file, its rows as such, and what is kept up in memory while it stays open.

Each part of the interface (`agent.ledger.ledger`) continues this class with the rows of one kind. Every call is one
transaction; one that appends takes the write lock at once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, cast

from sqlalchemy import Connection

from agent.core.clock import Clock
from agent.ledger import earlier, newer
from agent.ledger.append import Writer, latest_instant, tip
from agent.ledger.chained import KnownLimits
from agent.ledger.fields import instant
from agent.ledger.newer import NewerRows
from agent.ledger.newest_known import Announced, KeptUp, NewestKnown
from agent.ledger.schema import MIGRATIONS, Migration
from agent.ledger.store import LedgerStore

T = TypeVar("T")


class OpenedLedger:
    """Open and close one ledger, and ask it anything in one transaction."""

    def __init__(self, store: LedgerStore, directory: Path) -> None:
        self._store = store
        self._directory = directory
        self._newest = KeptUp()
        self._limits = KnownLimits()
        self._at_rows: dict[str, tuple[int, object]] = {}

    @classmethod
    def open(
        cls, directory: Path, *, clock: Clock, readonly: bool = False, migrations: Sequence[Migration] = MIGRATIONS
    ) -> Self:
        """Open the ledger of a state directory; made where it is missing, unless `readonly`, which makes no file.

        Raises UsageError where there is nothing to read, LedgerFull where none can be made, LedgerDamaged, and
        LedgerError for one that a newer program wrote.
        """
        store = LedgerStore(directory, clock, readonly=readonly, migrations=migrations)
        store.open()
        return cls(store, directory)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def checkpoint(self) -> None:
        """Bring the write-ahead log into the database, as far as no reader holds it."""
        self._store.checkpoint()

    def forget_earlier(self, now: datetime) -> None:
        """Remove the copies of the ledger from before it was led on, when they are too old to go back to."""
        earlier.forget(self._directory, now)

    def last_append(self) -> datetime | None:
        """Return the instant of the newest row."""
        newest = self._by_rows("tip", tip).instant
        return None if newest is None else instant(newest)

    def ask(self, work: Callable[[Connection], T]) -> T:
        """Return the result of a reading in one transaction: for what one part of the program alone asks."""
        return self._store.read(work)

    def at_once(self, work: Callable[[], T]) -> T:
        """Return the result of several readings, all of one instant; nothing is kept meanwhile by this thread."""

        def from_here() -> T:
            self._newest.read(self._store.read)
            return work()

        with self._newest.held():
            return self._store.at_once(from_here)

    def newer(self, sequence: int | None) -> NewerRows:
        """Return what came after the row of a sequence, from whatever process; None: where the ledger ends now."""
        return self._store.read(lambda connection: newer.since(connection, sequence))

    def newest_instant(self) -> datetime | None:
        """Return the latest instant that any row bears: a clock that stands before it is not believed."""
        newest = self._by_rows("instant", latest_instant)
        return None if newest is None else instant(newest)

    def _by_rows(self, name: str, ask: Callable[[Connection], T]) -> T:
        """Return what follows from the rows alone: within `at_once`, asked once for as long as no row is added."""
        if self._newest.seen is None:
            return self._store.read(ask)
        seen, known = self._newest.seen, self._at_rows.get(name)
        if known is None or known[0] != seen:
            known = self._at_rows[name] = (seen, self._store.read(ask))
        return cast(T, known[1])

    def _announced(
        self, writer: Writer, step: Callable[[NewestKnown], NewestKnown], at: str | None = None
    ) -> Announced:
        announced = Announced(before=writer.before, link=writer.tip.link, step=step, at=at)
        self._newest.announce(announced)
        return announced

    def _forget_known(self) -> None:
        """Let go of what is kept up in memory: what is derived was made anew."""
        self._newest, self._at_rows, self._limits = KeptUp(), {}, KnownLimits()

    def _forget_payloads(self) -> None:
        """Let go of the payloads that are kept up in memory: some were erased."""
