"""Append to the chain: one transaction's rows, their payloads, and what is derived from them."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from agent.accounting.timeline import CLOCK_TOLERANCE
from agent.core.errors import LedgerDamaged
from agent.ledger import encode
from agent.ledger.appended_row import AppendedRow
from agent.ledger.chain import GENESIS, ChainRow, forge, sha256
from agent.ledger.tables import CHAIN, PAYLOAD, TIP

SALT_BYTES = 16

Derive = Callable[[Connection, Sequence[AppendedRow]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """The newest row's place in the chain; sequence 0: there is none."""

    sequence: int
    instant: str | None
    link: str


_NOTED = select(TIP.c.sequence, TIP.c.instant, TIP.c.link)
_LAST = select(CHAIN.c.sequence, CHAIN.c.instant, CHAIN.c.link).order_by(CHAIN.c.sequence.desc()).limit(1)


def tip(connection: Connection) -> Tip:
    """Return the newest row's place. Raises LedgerDamaged where chain and tip disagree."""
    noted, last = connection.execute(_NOTED).first(), connection.execute(_LAST).first()
    if noted != last:
        raise LedgerDamaged(
            "the ledger's last row is not the one that was appended last",
            "beffroi ledger verify says more; keep the file as it is",
        )
    if last is None:
        return Tip(sequence=0, instant=None, link=GENESIS)
    return Tip(sequence=last.sequence, instant=last.instant, link=last.link)


# Among how many of the newest rows the latest instant is sought: a clock that once ran ahead is forgiven after so many.
RECENT_ROWS = 1000


def latest_instant(connection: Connection) -> str | None:
    """Return the latest instant among the newest rows, be it the last row's or not; None where there is no row."""
    newest = select(CHAIN.c.instant).order_by(CHAIN.c.sequence.desc()).limit(RECENT_ROWS).subquery()
    found: str | None = connection.execute(select(func.max(newest.c.instant))).scalar()
    return found


def not_before(connection: Connection, now: datetime) -> dict[str, object]:
    """Return, under a clock that was set back, what a payload holds beside its own instant; empty under another."""
    latest = latest_instant(connection)
    behind = latest is not None and now + CLOCK_TOLERANCE < datetime.fromisoformat(latest)
    return {"not_before": latest} if behind else {}


class Writer:
    """Gather the rows of one transaction; `flush` writes them, and so does the transaction's end.

    `before` is the newest row before them; `written` counts the bytes of their payloads.
    """

    def __init__(self, connection: Connection, now: datetime, derive: Derive) -> None:
        self.connection = connection
        self.now = now
        self._derive = derive
        self._instant = encode.instant(now)
        self._tip = tip(connection)
        self.before = self._tip.sequence
        self._rows: list[ChainRow] = []
        self._texts: list[str] = []
        self.written = 0

    @property
    def tip(self) -> Tip:
        """Return the newest row's place, as it is once these are written."""
        return self._tip

    @property
    def instant(self) -> str:
        """Return the instant that its rows bear."""
        return self._instant

    @property
    def next(self) -> int:
        """Return the sequence that the next row will have."""
        return self._tip.sequence + 1

    def append(self, kind: str, content: Mapping[str, object], beneficiary: str = "") -> int:
        """Append one row; return its sequence. The payload gets its salt here."""
        text = encode.canonical({**content, "salt": secrets.token_hex(SALT_BYTES)})
        row = forge(
            self._tip.link,
            sequence=self.next,
            instant=self._instant,
            kind=kind,
            beneficiary=beneficiary,
            payload_sha256=sha256(text),
        )
        self._tip = Tip(sequence=row.sequence, instant=row.instant, link=row.link)
        self._rows.append(row)
        self._texts.append(text)
        self.written += len(text)
        return row.sequence

    def flush(self) -> None:
        """Write what was gathered."""
        if not self._rows:
            return
        rows, texts = self._rows, self._texts
        self._rows, self._texts = [], []
        self.connection.execute(insert(CHAIN), [_columns(row) for row in rows])
        payloads = [{"sequence": row.sequence, "text": text} for row, text in zip(rows, texts, strict=True)]
        self.connection.execute(insert(PAYLOAD), payloads)
        self.connection.execute(delete(TIP))
        last = {"one": 1, "sequence": self._tip.sequence, "instant": self._tip.instant, "link": self._tip.link}
        self.connection.execute(insert(TIP), [last])
        self._derive(self.connection, [AppendedRow(row=row, text=text) for row, text in zip(rows, texts, strict=True)])


def _columns(row: ChainRow) -> dict[str, object]:
    return {
        "sequence": row.sequence,
        "instant": row.instant,
        "kind": row.kind,
        "beneficiary": row.beneficiary,
        "payload_sha256": row.payload_sha256,
        "link": row.link,
    }
