"""The days of a ledger: the account of each key and day, and which days are still open."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

from agent.accounting.days import DayRow
from agent.accounting.open_days import OpenDays, StoredDaySpan, open_days
from agent.accounting.open_days import StoredDays as KeptRows
from agent.core.model import Key
from agent.ledger import stored_days
from agent.ledger.load_ledger import LoadLedger
from agent.ledger.store import LedgerStore


class DayLedger(LoadLedger):
    """Append days, and read them and what is still to be accounted for."""

    def __init__(self, store: LedgerStore, directory: Path) -> None:
        super().__init__(store, directory)
        self._kept_days: tuple[int, Mapping[Key, StoredDaySpan]] | None = None
        self._open_days: tuple[int, tuple[int, date], dict[Key, OpenDays]] | None = None

    def keep_days(self, rows: Sequence[DayRow]) -> None:
        """Append days; one that says what stands already for its key and day is left out."""
        if rows:
            self._store.write(lambda writer: stored_days.keep(writer, rows))

    def newest_day_row(self) -> int:
        """Return the sequence of the newest day row; while it stays the same, so does what `day_rows` returns."""
        return self._by_rows("days", stored_days.newest)

    def kept_days(self) -> KeptRows:
        """Return which days have a row."""
        mark = self.newest_day_row()
        if self._kept_days is None:
            self._kept_days = (mark, self._store.read(stored_days.summary))
        elif self._kept_days[0] != mark:
            number, known = self._kept_days
            changed = self._store.read(lambda connection: stored_days.keys_since(connection, number))
            self._kept_days = (
                mark,
                {**known, **self._store.read(lambda connection: stored_days.summary(connection, changed))},
            )
        return KeptRows(
            summary=self._kept_days[1],
            days_of=lambda key: self._store.read(lambda connection: stored_days.days_of(connection, key)),
        )

    def open_days(self, today: date) -> Mapping[Key, OpenDays]:
        """Return the days before `today` that are expected of each declared key and have no row."""
        loads = self.loads()
        number, mark = self.newest_day_row(), (len(loads), today)
        if self._open_days is None or self._open_days[1] != mark:
            self._open_days = (number, mark, open_days(loads, self.kept_days(), today))
        elif self._open_days[0] != number:
            before, _, known = self._open_days
            changed = self._store.read(lambda connection: stored_days.keys_since(connection, before))
            found = {key: days for key, days in known.items() if key not in changed}
            self._open_days = (number, mark, found | open_days(loads, self.kept_days(), today, changed))
        return self._open_days[2]

    def day_rows(self, first: date, last: date, keys: Collection[Key] | None = None) -> tuple[DayRow, ...]:
        """Return the last row of each key and day, both ends included, by day and key; `keys`: of (at least) these."""
        return self._store.read(lambda connection: stored_days.between(connection, first, last, keys))
