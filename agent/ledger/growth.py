"""Count what each host has added to the ledger since midnight UTC: bytes, first sightings apart, and rows.

A host that tells something else at each look would fill the disk within months: what it adds beyond its quota is not
kept, and is unproven. The count is this process's own; the daemon's start begins it anew.
"""

from collections import Counter
from datetime import date, datetime, timedelta

MEBIBYTE = 1024 * 1024
# An ordinary host adds some ten kilobytes a day; a store that a large backup rewrites, some ten megabytes of names.
QUOTA = 16 * MEBIBYTE
STORE_QUOTA = 64 * MEBIBYTE
# A look is a row, whatever it says. A host whose looks are taken each quarter of an hour adds some thousand a day, one
# with twenty backups in two copies some ten thousand; more comes of a fault, such as a command that is run in a loop.
ROW_QUOTA = 50_000
KEPT = timedelta(days=1)


class Growth:
    """Count bytes by day, host and kind of row, and rows by day and host."""

    def __init__(self) -> None:
        self._days: dict[date, Counter[tuple[str, str]]] = {}
        self._rows: dict[date, Counter[str]] = {}

    def add(self, host: str, kind: str, size: int, at: datetime) -> None:
        """Count one row that was added at an instant."""
        day = at.date()
        if day not in self._days:
            self._days = {known: one for known, one in self._days.items() if abs(known - day) <= KEPT}
            self._rows = {known: one for known, one in self._rows.items() if abs(known - day) <= KEPT}
        self._days.setdefault(day, Counter())[host, kind] += size
        self._rows.setdefault(day, Counter())[host] += 1

    def of(self, host: str, kind: str, at: datetime) -> int:
        """Return the bytes of one kind of rows that a host has added on the day of an instant."""
        return self._days.get(at.date(), Counter())[host, kind]

    def rows(self, host: str, at: datetime) -> int:
        """Return the rows that a host has added on the day of an instant."""
        return self._rows.get(at.date(), Counter())[host]
