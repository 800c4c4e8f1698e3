"""Count what each host has added to the ledger since midnight UTC, first sightings apart.

A host that tells something else at each look would fill the disk within months: what it adds beyond its quota is not
kept, and is unproven. The count is this process's own; the daemon's start begins it anew.
"""

from collections import Counter
from datetime import date, datetime, timedelta

MEBIBYTE = 1024 * 1024
# An ordinary host adds some ten kilobytes a day; a store that a large backup rewrites, some ten megabytes of names.
QUOTA = 16 * MEBIBYTE
STORE_QUOTA = 64 * MEBIBYTE
KEPT = timedelta(days=1)


class Growth:
    """Count bytes by day, host and kind of row."""

    def __init__(self) -> None:
        self._days: dict[date, Counter[tuple[str, str]]] = {}

    def add(self, host: str, kind: str, size: int, at: datetime) -> None:
        """Count what was added at an instant."""
        if at.date() not in self._days:
            self._days = {day: one for day, one in self._days.items() if abs(day - at.date()) <= KEPT}
        self._days.setdefault(at.date(), Counter())[host, kind] += size

    def of(self, host: str, kind: str, at: datetime) -> int:
        """Return the bytes of one kind of rows that a host has added on the day of an instant."""
        return self._days.get(at.date(), Counter())[host, kind]
