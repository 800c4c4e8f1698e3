"""Register `change`: someone's word that the content of a backup was reduced or rewritten on purpose. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent.core.duties.entries import RegisterEntry
from agent.core.period import day_end, day_of

REGISTER = "change"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredChange:
    """An entry of register `change`: its day, and who says that the content was meant to change.

    What the points show until the next day's end is taken as that change. Later points are compared with those since
    the day's end alone.
    """

    on: date
    author: str

    @property
    def levelled_from(self) -> datetime:
        """Return from when on the points' level is the one that was meant."""
        return day_end(self.on)

    @property
    def covers_until(self) -> datetime:
        """Return the end of the day after: until then a nightly point may be the first to show the change."""
        return day_end(self.on + timedelta(days=1))


def newest_change(entries: Iterable[RegisterEntry], backup: str) -> DeclaredChange | None:
    """Return what the entry about a backup that tells of the latest day declares; None where there is none."""
    entry = newest_entry(entries, backup)
    return None if entry is None else DeclaredChange(on=day_of_change(entry), author=entry.get("author") or "")


def newest_entry(entries: Iterable[RegisterEntry], backup: str) -> RegisterEntry | None:
    """Return the entry about a backup that tells of the latest day; None where there is none."""
    own = (entry for entry in entries if entry.register == REGISTER and entry.get("backup") == backup)
    return max(own, key=day_of_change, default=None)


def day_of_change(entry: RegisterEntry) -> date:
    """Return the day that an entry tells of: that of its `on`, else that of its entry."""
    when = entry.when("on")
    return day_of(entry.received_at) if when is None else when.day
