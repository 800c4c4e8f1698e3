"""The loads of the configuration in a ledger, as they were and as the retirements of the register leave them."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from agent.accounting.accepting import AcceptanceTerms
from agent.accounting.expectation import Days
from agent.accounting.retirements import (
    REGISTER,
    Retirement,
    retired_on,
    retirements_of,
    with_retirements,
)
from agent.accounting.storing import StoringTerms
from agent.core.duties.watched import Name
from agent.core.model import Key, Target
from agent.ledger import loads
from agent.ledger.load_rows import Load
from agent.ledger.register_ledger import RegisterLedger
from agent.ledger.store import LedgerStore


class LoadLedger(RegisterLedger):
    """Append loads of the configuration, and read what was declared."""

    def __init__(self, store: LedgerStore, directory: Path) -> None:
        super().__init__(store, directory)
        self._loads: tuple[int, tuple[Load, ...]] = (0, ())
        self._retired: tuple[tuple[int, tuple[Retirement, ...]], tuple[Load, ...]] = ((0, ()), ())

    def keep_load(
        self,
        digest: str,
        declared: Mapping[Key, Days],
        targets: Mapping[str, Target],
        accepting: AcceptanceTerms | None = None,
        storing: tuple[StoringTerms, ...] | None = None,
    ) -> bool:
        """Append a load of the configuration where it differs from the last one; return whether it did."""
        return self._store.write(lambda writer: loads.keep(writer, digest, declared, targets, accepting, storing))

    def loads(self) -> tuple[Load, ...]:
        """Return every load as the register's retirements leave it, in the order of the ledger."""
        written, retired = self.written_loads(), self.retirements()
        if not retired:
            return written
        if self._retired[0] != (len(written), retired):
            self._retired = ((len(written), retired), with_retirements(written, retired))
        return self._retired[1]

    def retirements(self) -> tuple[Retirement, ...]:
        """Return every retirement that was entered, in the order of the ledger."""
        return retirements_of(self.entries(REGISTER))

    def retired(self, day: date) -> Mapping[Name, Retirement]:
        """Return what the last load declares, and a retirement no longer expects on a day."""
        retirements = self.retirements()
        return retired_on(day, retirements, self.written_loads()) if retirements else {}

    def written_loads(self) -> tuple[Load, ...]:
        """Return every load as the file was, in the order of the ledger."""
        number, known = self._loads
        if self._by_rows("loads", loads.last_number) <= number:
            return known
        fresh = self._store.read(lambda connection: loads.read(connection, since=number + 1))
        if fresh:
            self._loads = (number + len(fresh), known + fresh)
        return known + fresh

    def first_seen(self) -> Mapping[Key, datetime]:
        """Return when each key was first declared."""
        return self._store.read(loads.first_seen)
