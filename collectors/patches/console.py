"""What a console (WSUS, a scanner) says of the updates of a machine that only it sees: one row, or a row an update.

    Computer;Last report;Needed;Oldest missing;Last install;Pending reboot;End of support
    PC-SCOTA-01;2026-11-26 21:04;3;2026-11-11;2026-11-14;0;2027-10-12

The report's own date counts, never the file's. What a console does not tell stays unshown, and is not met.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from agent.core.collecting.collector import Look
from agent.core.errors import Unreadable
from agent.core.facts.console_exports import Row, instant_in, read_rows
from agent.core.inventory import DeclaredHost, Export
from agent.core.lines import one_line
from agent.core.model import Fact

# A machine that has not reported for so long may be as it was told, or not.
BELIEVED = timedelta(days=7)
# Rows of one scan are written one after another; older ones are of another scan.
ONE_REPORT = timedelta(days=1)
AHEAD = timedelta(minutes=5)
WAITING, OLDEST, RESTART = "patch.reported.waiting", "patch.reported.oldest", "restart.machine"
_NONE = frozenset({"", "0", "no", "non", "n", "false", "faux", "none", "null"})
_SOME = re.compile(r"[1-9][0-9]{0,5}|yes|oui|y|o|true|vrai")


def look_at(machine: DeclaredHost, export: Export, look: Look) -> Iterator[Fact]:
    """Yield what the console says of one machine; nothing where it does not know it. Raises a LookError."""
    name = machine.updates.name or machine.id
    told = _Told(export=export, name=name, rows=read_rows(look.here, export))
    reported = told.newest(look.now)
    if reported is None:
        return
    yield Fact(name="patch.metadata", subject=machine.id, value=reported + BELIEVED, as_of=reported)
    oldest = told.instants(export.columns.oldest)
    waiting = told.number(len(oldest))
    told.hold_together(oldest, waiting, look.now)
    oldest = [min(one, look.now) for one in oldest]
    yield Fact(name=WAITING, subject=machine.id, value=waiting, as_of=reported)
    if oldest and waiting:
        yield Fact(name=OLDEST, subject=machine.id, value=True, as_of=min(oldest))
    if export.columns.campaign is not None and (installed := told.past(export.columns.campaign, look.now)):
        yield Fact(name="patch.campaign", subject=machine.id, value=True, as_of=max(installed))
    if export.columns.restart is not None:
        yield _restart(told, export.columns.restart, machine.id, look, reported)
    if export.columns.supported is not None and (ends := told.instants(export.columns.supported)):
        # The last day is a whole one.
        yield Fact(name="system.supported_until", subject=machine.id, value=min(ends) + ONE_REPORT, as_of=reported)


def _restart(told: "_Told", column: str, subject: str, look: Look, reported: datetime) -> Fact:
    cells = [cell for cell in told.cells(column) if cell.lower() not in _NONE]
    if not cells:
        return Fact(name=RESTART, subject=subject, value=False, as_of=reported)
    # One that lies ahead says that a restart is owed, and not since when: the date would move on with each look.
    ahead = look.now + ONE_REPORT
    instants = (told.instant(cell) for cell in cells if not _SOME.fullmatch(cell.lower()))
    dated = [min(one, look.now) for one in instants if one <= ahead]
    before = None if look.previous is None else look.previous.one(RESTART)
    # Where it is told without a date, an earlier look that was told as much counts.
    since = before.as_of if before is not None and before.value is True else reported
    return Fact(name=RESTART, subject=subject, value=True, as_of=min((*dated, *(() if dated else (since,)))))


class _Told:
    """The rows about one machine, of its newest report alone."""

    def __init__(self, *, export: Export, name: str, rows: Iterable[Row]) -> None:
        self._export = export
        self._name = name
        columns = (export.host, export.date, *(one for one in _columns(export) if one is not None))
        rows = list(rows)
        for column in columns:
            if not any(column in row for row in rows):
                raise Unreadable(f"the export {export.id} lacks a column that is declared for it: {one_line(column)}")
        wanted = name.casefold()
        own = [row for row in rows if str(row.get(export.host, "")).strip().casefold() == wanted]
        dates = [instant_in(row.get(export.date), export, name) for row in own]
        self._newest = max(dates, default=None)
        self._rows = [
            row
            for row, date in zip(own, dates, strict=True)
            if self._newest is not None and self._newest - date < ONE_REPORT
        ]

    def newest(self, now: datetime) -> datetime | None:
        """Return the date of the newest report. Raises Unreadable where it lies ahead."""
        if self._newest is not None and self._newest > now + AHEAD:
            raise Unreadable(f"the export {self._export.id} dates {one_line(self._name)} ahead of this machine's clock")
        return self._newest if self._newest is None else min(self._newest, now)

    def cells(self, column: str) -> list[str]:
        """Return the cells of a column, as text."""
        return ["" if row.get(column) is None else str(row.get(column)).strip() for row in self._rows]

    def instant(self, cell: str) -> datetime:
        """Return the instant of a cell, written as the declared form has it or as ISO 8601. Raises Unreadable."""
        try:
            return instant_in(cell, replace(self._export, date_format=None), self._name)
        except Unreadable:
            return instant_in(cell, self._export, self._name)

    def instants(self, column: str) -> list[datetime]:
        """Return the instants of a column, empty cells left out. Raises Unreadable."""
        return [self.instant(cell) for cell in self.cells(column) if cell]

    def past(self, column: str, now: datetime) -> list[datetime]:
        """Return the instants of a column that are no further ahead than a day in another zone. Raises Unreadable."""
        return [min(one, now) for one in self.instants(column) if one <= now + ONE_REPORT]

    def number(self, rows_with_a_day: int) -> int:
        """Return how many updates wait: as a column tells it, else a row each. Raises Unreadable."""
        column = self._export.columns.waiting
        if column is None:
            return rows_with_a_day
        cells = self.cells(column)
        if not all(re.fullmatch(r"[0-9]{1,6}", cell) for cell in cells):
            raise Unreadable(f"the export {self._export.id} gives no number of updates for {one_line(self._name)}")
        return max(int(cell) for cell in cells)

    def hold_together(self, oldest: Sequence[datetime], waiting: int, now: datetime) -> None:
        """Raise Unreadable if the number of updates and their days contradict each other, or a day lies ahead."""
        rows = self.cells(self._export.columns.oldest)
        lacking = self._export.columns.waiting is None and 0 < len(oldest) < len(rows)
        if lacking or (oldest and not waiting) or any(one > now + ONE_REPORT for one in oldest):
            raise Unreadable(f"the export {self._export.id} contradicts itself about {one_line(self._name)}")


def _columns(export: Export) -> tuple[str | None, ...]:
    columns = export.columns
    return (columns.oldest, columns.waiting, columns.campaign, columns.restart, columns.supported)
