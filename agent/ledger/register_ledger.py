"""The register entries of a ledger, each with its revisions."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection

from agent.ledger import registers
from agent.ledger.append import Writer
from agent.ledger.entry_rows import EntryRow
from agent.ledger.opened import OpenedLedger
from agent.ledger.store import LedgerStore


class RegisterLedger(OpenedLedger):
    """Append entries that are made of those before, and read them."""

    def __init__(self, store: LedgerStore, directory: Path) -> None:
        super().__init__(store, directory)
        self._entries: tuple[tuple[int, int], tuple[EntryRow, ...]] = ((0, 0), ())

    def enter(
        self,
        register: str,
        make: Callable[[Sequence[EntryRow]], Sequence[tuple[Mapping[str, str], str]]],
        *,
        id: str | None = None,
    ) -> tuple[str, ...]:
        """Append what is made of the entries before, each (values, beneficiary), all or none; return their ids.

        `id`: as a revision of that one. What was made is made anew within the transaction where anyone wrote
        meanwhile, so that two people at once never contradict each other; whatever `make` raises keeps nothing.
        """
        known = self.entries()
        ready = make(known)

        def keep(writer: Writer) -> tuple[str, ...]:
            rows = self._all_entries(writer.connection)
            entries = ready if rows is known else make(rows)
            if id is None:
                return registers.keep_all(writer, register, entries)
            ((values, beneficiary),) = entries
            return (registers.keep(writer, register, values, id=id, beneficiary=beneficiary),)

        return self._store.write(keep)

    def entries(self, register: str | None = None) -> tuple[EntryRow, ...]:
        """Return the revisions of one register, or of all, in the order of the ledger; erased ones are left out."""
        rows = self._by_rows("entries", self._all_entries)
        return rows if register is None else tuple(row for row in rows if row.register == register)

    def _all_entries(self, connection: Connection) -> tuple[EntryRow, ...]:
        mark, known = registers.mark(connection), self._entries
        if known[0] != mark:
            known = self._entries = (mark, registers.read(connection))
        return known[1]
