"""Iterate over the chain: each row after the one before, with its payload and its erasure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy import Row as SqlRow

from agent.core.errors import LedgerDamaged
from agent.ledger import batch, entry_rows, erasures, kept_runs, reading_payload
from agent.ledger.appended_row import AppendedRow
from agent.ledger.chain import GENESIS, ChainRow, line_of, link_of, sha256
from agent.ledger.erasure_notice import ENTRIES_RULE, READINGS_RULE
from agent.ledger.erasures import Erasure
from agent.ledger.fields import instant
from agent.ledger.rows import row_of
from agent.ledger.tables import CHAIN, ERASED, PAYLOAD, TIP

_BATCH = 1000
# What each rule erases, and what that is called.
ERASABLE = {READINGS_RULE: (reading_payload.KIND, batch.KIND, kept_runs.KIND), ENTRIES_RULE: (entry_rows.KIND,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRow:
    """One row on the way: its line, and its payload where it is there and holds."""

    row: ChainRow
    line: str
    appended: AppendedRow | None


class Trail:
    """Walk along the chain, and note what does not hold and what was erased."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._link = GENESIS
        self._last: ChainRow | None = None
        self._noted = {row.sequence: row.erasure for row in connection.execute(select(ERASED))}
        self._bare: dict[int, ChainRow] = {}
        self._erasures: list[tuple[ChainRow, Erasure]] = []
        self.rows = 0
        self.damage: list[str] = []
        self.erased: list[str] = []

    def batches(self) -> Iterator[list[TrailRow]]:
        """Yield every row in order, some at a time; what is no row at all is damage and left out."""
        query = (
            select(CHAIN, PAYLOAD.c.text)
            .outerjoin(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
            .order_by(CHAIN.c.sequence)
        )
        for found in self._connection.execute(query).partitions(_BATCH):
            yield [step for one in found if (step := self._step(one)) is not None]

    def end(self) -> None:
        """Look at what only the whole shows: the end of the chain, payloads without a row, erasures."""
        tip = self._connection.execute(select(TIP.c.sequence, TIP.c.link)).first()
        last = None if self._last is None else (self._last.sequence, self._last.link)
        if (None if tip is None else tuple(tip)) != last:
            ends, appended = (last[0] if last else 0), (tip.sequence if tip else 0)
            self.damage.append(f"the chain ends at row {ends}, the last one appended was row {appended}")
        loose = select(func.count()).select_from(PAYLOAD).where(PAYLOAD.c.sequence.not_in(select(CHAIN.c.sequence)))
        count = self._connection.execute(loose).scalar()
        if count:
            self.damage.append(f"{count} payloads belong to no row")
        for row, erasure in self._erasures:
            self._judge_erasure(row, erasure)
        self.damage += [f"row {one}: its payload is noted as erased, and no rule did it" for one in sorted(self._noted)]

    def _step(self, found: SqlRow[*tuple[Any, ...]]) -> TrailRow | None:
        row = row_of(found)
        self.rows += 1
        texts = (row.instant, row.kind, row.beneficiary, row.payload_sha256, row.link)
        if not isinstance(row.sequence, int) or not all(isinstance(one, str) for one in texts):
            self.damage.append(f"row {row.sequence!r:.40} is garbled")
            return None
        expected = 1 if self._last is None else self._last.sequence + 1
        if row.sequence != expected:
            self.damage.append(f"row {row.sequence} stands where row {expected} should")
        if row.link != link_of(self._link, row):
            self.damage.append(f"row {row.sequence}: its link does not hold; it, or a row before it, was changed")
        step = TrailRow(row=row, line=line_of(self._link, row), appended=self._payload(row, found.text))
        self._link, self._last = row.link, row
        return step

    def _payload(self, row: ChainRow, text: object) -> AppendedRow | None:
        if text is None:
            if row.sequence not in self._noted:
                self.damage.append(f"row {row.sequence}: its payload is missing")
            self._bare[row.sequence] = row
            return None
        if not isinstance(text, str) or sha256(text) != row.payload_sha256:
            self.damage.append(f"row {row.sequence}: its payload is not the one that was digested")
            return None
        appended = AppendedRow(row=row, text=text)
        if row.kind == erasures.KIND:
            self._note_erasure(appended)
        return appended

    def _note_erasure(self, appended: AppendedRow) -> None:
        try:
            self._erasures.append((appended.row, erasures.erasure_in(appended.fields())))
        except LedgerDamaged as error:
            self.damage.append(f"row {appended.row.sequence}: {error.message}")

    def _judge_erasure(self, row: ChainRow, erasure: Erasure) -> None:
        """Hold one erasure to its rule, and say what it erased."""
        count = 0
        for first, last in erasure.erased:
            for sequence in range(first, min(last, self.rows) + 1):
                count += 1
                self._judge_erased(row, erasure, sequence)
        if erasure.erased:
            first, last = erasure.erased[0][0], erasure.erased[-1][1]
            kind = ERASABLE.get(erasure.rule, ("",))[0]
            self.erased.append(
                f"{count} {kind} payloads among rows {first} to {last}: erased on {row.instant[:10]} by {erasure.words}"
            )

    def _judge_erased(self, row: ChainRow, erasure: Erasure, sequence: int) -> None:
        gone = self._bare.get(sequence)
        if gone is None or self._noted.pop(sequence, None) != row.sequence:
            self.damage.append(f"row {sequence}: row {row.sequence} says that its payload was erased, and it was not")
        elif gone.kind not in ERASABLE.get(erasure.rule, ()):
            self.damage.append(f"row {sequence}: {erasure.words} does not erase a {gone.kind}")
        elif instant(row.instant) - instant(gone.instant) < erasure.keep:
            self.damage.append(f"row {sequence}: its payload was erased before {erasure.words} allowed it")
