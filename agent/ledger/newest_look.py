"""The newest looks of each collector at each subject, brought up to date row by row and written once."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from agent.core.errors import LedgerDamaged
from agent.ledger import encode
from agent.ledger.chain import ChainRow
from agent.ledger.facts import (
    KeptLines,
    LastObservation,
    Name,
    ReadingPayload,
    digest,
    moved_since,
    redated_again,
    stepped,
)
from agent.ledger.rows import put_all
from agent.ledger.tables import LATEST_OBSERVATION, LATEST_READING, OBSERVED_FACTS

_KEY = ("collector", "subject")
_COLUMNS = ("sequence", "base", "base_instant", "facts_sha256", "redated", "look")


class NewestLook:
    """Take the readings of one collector at one subject in the order of the ledger; `write_all` keeps the result.

    `last` is the newest observation before them, `kept` the facts of it, where a reading changes them.
    """

    def __init__(self, name: Name, last: LastObservation | None, kept: KeptLines) -> None:
        self.name = name
        self._last = last
        self._kept = kept
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
                collector=self.name[0],
                subject=self.name[1],
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

    @property
    def newest(self) -> dict[str, object]:
        """Return the row of the newest look, be it what it may."""
        return {**self._where, **self._look}

    @property
    def observation(self) -> dict[str, object] | None:
        """Return the row of the newest observation; None: it is written as it is."""
        if self._last is None or not self._seen_anew:
            return None
        return {**self._where, **{name: getattr(self._last, name) for name in _COLUMNS}}

    @property
    def facts(self) -> dict[str, object] | None:
        """Return the row of its facts; None: they are written as they are."""
        return None if self._lines is None else {**self._where, "lines": "\n".join(self._lines)}

    @property
    def _where(self) -> dict[str, object]:
        return dict(zip(_KEY, self.name, strict=True))

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
        return self._kept.of(last) if self._lines is None else moved_since(self._lines, last.redated)

    def _take_lines(self, lines: Sequence[str], digested: str | None) -> None:
        if digest(lines) != digested:
            raise LedgerDamaged(f"the facts of {self.name[0]} on {self.name[1]} are not those that were digested")
        self._lines = list(lines)


def write_all(connection: Connection, looks: Collection[NewestLook]) -> None:
    """Write the result of the readings of some names."""
    put_all(connection, LATEST_READING, _KEY, [one.newest for one in looks])
    put_all(connection, LATEST_OBSERVATION, _KEY, [row for one in looks if (row := one.observation) is not None])
    put_all(connection, OBSERVED_FACTS, _KEY, [row for one in looks if (row := one.facts) is not None])
