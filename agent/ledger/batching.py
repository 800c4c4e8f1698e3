"""Decide which readings of a batch share a row: those that an earlier one describes, but for moments and a few facts.

What changed for good gets a row of its own, so that the looks after it have nothing to say again. What differs at every
look, such as a clock's offset, is said in the shared row.
"""

from collections.abc import Sequence

from sqlalchemy import select

from agent.core.errors import LedgerError
from agent.core.model import Failure
from agent.ledger.append import Writer
from agent.ledger.batch import BatchedLook, WholeLook, batched, look_in
from agent.ledger.compared import Before, Draft
from agent.ledger.difference import Difference, undated
from agent.ledger.facts import batched_observations, last_readings, named, of_names
from agent.ledger.reading_payload import Name
from agent.ledger.tables import BATCH_DAY

# So much of facts that came since, in characters of their JSON, may be said again at each look.
MOST_CHANGED = 400
_NOTHING = Difference()


class Batching:
    """Express readings, of which no two are of one name, by what the ledger has of their names."""

    def __init__(self, writer: Writer, before: Before, names: Sequence[Name]) -> None:
        self._before = before
        self._instant = writer.instant
        connection = writer.connection
        day = writer.instant[: len("2026-11-24")]
        self._newest = last_readings(connection, names)
        self._batched = batched_observations(connection, names)
        rows = of_names(connection, named(BATCH_DAY, select(BATCH_DAY).where(BATCH_DAY.c.day == day)), names)
        self._day = {(row.collector, row.subject): row.last for row in rows}

    def look(self, draft: Draft) -> BatchedLook | None:
        """Return a reading as a shared row holds it; None: it gets a row of its own."""
        try:
            return self._failed(draft) if isinstance(draft.reading, Failure) else self._observed(draft)
        except LedgerError:
            return None  # what it would rest on is damaged: its own row says so

    def _failed(self, draft: Draft) -> BatchedLook | None:
        newest = self._newest.get(draft.name)
        if newest is None:
            return None
        found = self._expressed(draft, newest.origin, newest.look, _NOTHING)
        return None if found is None or found.outputs else found

    def _observed(self, draft: Draft) -> BatchedLook | None:
        last = self._before.compared_with(draft.name)
        if last is None:
            return None
        change = self._before.change(last, draft)
        if sum(len(line) for _, line in change.added) > MOST_CHANGED or self._is_settled(draft.name, change):
            return None
        return self._expressed(draft, last.sequence, last.look, change)

    def _is_settled(self, name: Name, change: Difference) -> bool:
        """Return True if a fact that came or went is the one that came or went at the look before as well."""
        if not change.removed and not change.added:
            return False
        newest = self._batched.get(name)
        before = _NOTHING if newest is None else newest.change
        same = {undated(line) for _, line in before.added} & {undated(line) for _, line in change.added}
        return bool(same) or (not change.added and not before.added and bool(before.removed))

    def _expressed(self, draft: Draft, origin: int, look: str, change: Difference) -> BatchedLook | None:
        return batched(
            origin,
            WholeLook(look=look_in(look)),
            WholeLook(look=draft.look),
            change,
            row_instant=self._instant,
            before=self._day.get(draft.name, 0),
        )
