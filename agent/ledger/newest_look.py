"""The newest looks of one collector at one subject, brought up to date row by row and written once."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from agent.core.errors import LedgerDamaged
from agent.ledger import encode
from agent.ledger.chain import ChainRow
from agent.ledger.facts import (
    LastObservation,
    ReadingPayload,
    digest,
    last_observation,
    lines_of,
    moved_since,
    redated_again,
    stepped,
)
from agent.ledger.rows import put
from agent.ledger.tables import LATEST_OBSERVATION, LATEST_READING, OBSERVED_FACTS

_COLUMNS = ("sequence", "base", "base_instant", "facts_sha256", "redated", "look")


class NewestLook:
    """Take the readings of one collector at one subject in the order of the ledger; `write` keeps the result."""

    def __init__(self, connection: Connection, collector: str, subject: str) -> None:
        self._connection = connection
        self._where = {"collector": collector, "subject": subject}
        self._last = last_observation(connection, collector, subject)
        self._look: dict[str, object] = {}
        self._seen_anew = False
        # The facts as they are to be written, dates that moved since apart; None: as they are written.
        self._lines: list[str] | None = None

    def take(self, row: ChainRow, payload: ReadingPayload) -> None:
        """Take one more reading."""
        look = encode.canonical(payload.look)
        self._look = {"sequence": row.sequence, "look": look}
        if payload.facts_sha256 is None:
            return
        if payload.whole is not None:
            self._take_lines(payload.whole, payload.facts_sha256)
            self._last = LastObservation(
                **self._where,
                sequence=row.sequence,
                base=row.sequence,
                base_instant=row.instant,
                facts_sha256=payload.facts_sha256,
                redated="{}",
                look=look,
            )
        elif self._last is not None and self._last.sequence == payload.since:
            last = self._step(self._last, payload)
            self._last = replace(last, sequence=row.sequence, facts_sha256=payload.facts_sha256, look=look)
        else:
            return  # what it rests on was erased by rule
        self._seen_anew = True

    def write(self) -> None:
        """Write the result of the readings."""
        put(self._connection, LATEST_READING, self._where, self._look)
        if self._last is None or not self._seen_anew:
            return
        if self._lines is not None:
            put(self._connection, OBSERVED_FACTS, self._where, {"lines": "\n".join(self._lines)})
        values = {name: getattr(self._last, name) for name in _COLUMNS}
        put(self._connection, LATEST_OBSERVATION, self._where, values)

    def _step(self, last: LastObservation, payload: ReadingPayload) -> LastObservation:
        change = payload.difference
        if change.removed or change.added:
            self._take_lines(stepped(self._current(last), change), payload.facts_sha256)
            return replace(last, redated="{}")
        if change.redated is not None:
            # A thousand facts are not written again for a date that moved.
            return replace(last, redated=encode.canonical(redated_again(last.redated, change.redated)))
        return last

    def _current(self, last: LastObservation) -> list[str]:
        return lines_of(self._connection, last) if self._lines is None else moved_since(self._lines, last.redated)

    def _take_lines(self, lines: Sequence[str], digested: str | None) -> None:
        if digest(lines) != digested:
            name = f"{self._where['collector']} on {self._where['subject']}"
            raise LedgerDamaged(f"the facts of {name} are not those that were digested")
        self._lines = list(lines)
