"""Close the days that are over, each with a signed head, which is itself a row of the chain."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from agent.core.errors import LedgerDamaged
from agent.ledger import encode, rotation, signed_log
from agent.ledger.anchor import HINT, Anchor, hold
from agent.ledger.append import Writer
from agent.ledger.appended_row import AppendedRow
from agent.ledger.chain import GENESIS, line_of, sha256
from agent.ledger.fields import Fields, text, whole
from agent.ledger.heads import FIRST_PREVIOUS, Head, days_over, head_of, statement
from agent.ledger.keys import Signer
from agent.ledger.rows import row_of
from agent.ledger.signed_log import SignedTrees
from agent.ledger.tables import CHAIN, HEAD

KIND = "head"


def close_days(
    writer: Writer, find_signer: Callable[[], Signer], now: datetime, kept: Sequence[Anchor] = ()
) -> tuple[Head, ...]:
    """Append a head for each day that is over and has none; return them.

    Raises LedgerDamaged where the ledger does not continue each of `kept`, heads that were signed before and stand
    outside it: what was taken back or rewritten is not signed again.
    """
    hold(writer.connection, kept)
    last = newest(writer.connection)
    unclosed = select(CHAIN.c.sequence, CHAIN.c.instant).where(CHAIN.c.sequence > (last.last if last else 0))
    rows = [(row.sequence, row.instant[:10]) for row in writer.connection.execute(unclosed.order_by(CHAIN.c.sequence))]
    made: list[Head] = []
    over = days_over(rows, encode.instant(now)[:10], last.day if last else "")
    if not over:
        return ()
    signer = find_signer()
    rotation.require_done(writer.connection, signer.changes)
    newest_kept = max((one.number for one in kept), default=last.number if last else 0)
    _hold_to_key(writer.connection, signer, newest_kept)
    for day, first, end in over:
        made.append(_sign(writer.connection, signer, made[-1] if made else last, day, first, end))
    for head, trees in zip(made, signed_log.grow(writer.connection, signer, made, last), strict=True):
        writer.append(KIND, {**_content(head), "log": trees.content()})
    return tuple(made)


def _hold_to_key(connection: Connection, signer: Signer, number: int) -> None:
    """Raise LedgerDamaged unless the heads from a number on are this key's own, over the rows that are there."""
    for head in read(connection, since=number):
        key = signer.verifier.of(head.fingerprint)
        if key is None or not key.holds(head.statement, head.signature):
            raise LedgerDamaged(f"head {head.number} of {head.day} was not signed with this agent's key", HINT)
        if head.head != head_of(head.previous, lines(connection, head.first, head.last)):
            raise LedgerDamaged(f"the rows of {head.day} are not those that were signed", HINT)
        link = connection.execute(select(CHAIN.c.link).where(CHAIN.c.sequence == head.last)).scalar()
        if link != sha256(lines(connection, head.last, head.last)[0]):
            raise LedgerDamaged(f"the rows after {head.day} do not continue those that were signed", HINT)


def newest(connection: Connection) -> Head | None:
    """Return the newest head, or None."""
    number = connection.execute(select(func.max(HEAD.c.number))).scalar()
    return None if number is None else read(connection, since=number)[0]


def is_due(connection: Connection, now: datetime) -> bool:
    """Return True if a day may be over that has no head, judged by the first row that no head covers."""
    covered = connection.execute(select(HEAD.c.last).order_by(HEAD.c.number.desc()).limit(1)).scalar() or 0
    first = connection.execute(select(CHAIN.c.instant).where(CHAIN.c.sequence == covered + 1)).scalar()
    return first is not None and first[:10] != encode.instant(now)[:10]


def _sign(connection: Connection, signer: Signer, previous: Head | None, day: str, first: int, last: int) -> Head:
    before = previous.head if previous else FIRST_PREVIOUS
    head = head_of(before, lines(connection, first, last))
    return Head(
        number=previous.number + 1 if previous else 1,
        day=day,
        first=first,
        last=last,
        previous=before,
        head=head,
        signature=signer.sign(statement(day=day, first=first, last=last, head=head)),
        fingerprint=signer.fingerprint,
    )


def lines(connection: Connection, first: int, last: int) -> tuple[str, ...]:
    """Return the lines of the rows from the first to the last, both included."""
    before = connection.execute(select(CHAIN.c.link).where(CHAIN.c.sequence == first - 1)).scalar()
    link = before or GENESIS
    found = []
    query = select(CHAIN).where(CHAIN.c.sequence.between(first, last)).order_by(CHAIN.c.sequence)
    for row in connection.execute(query):
        found.append(line_of(link, row_of(row)))
        link = row.link
    return tuple(found)


def _content(head: Head) -> dict[str, object]:
    return {
        "number": head.number,
        "day": head.day,
        "first": head.first,
        "last": head.last,
        "previous": head.previous,
        "head": head.head,
        "signature": head.signature,
        "fingerprint": head.fingerprint,
    }


def head_in(fields: Fields) -> tuple[Head, SignedTrees | None]:
    """Return the head that a payload holds, and its day's trees, None before version 3. Raises LedgerDamaged."""
    head = Head(
        number=fields.take("number", whole),
        day=fields.take("day", text),
        first=fields.take("first", whole),
        last=fields.take("last", whole),
        previous=fields.take("previous", text),
        head=fields.take("head", text),
        signature=fields.take("signature", text),
        fingerprint=fields.take("fingerprint", text),
    )
    trees = fields.take("log", signed_log.trees_in) if fields.has("log") else None
    fields.end()
    return head, trees


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Note each head, and what it keeps of the log."""
    found = [(*head_in(one.fields()), one.row.sequence) for one in rows]
    connection.execute(insert(HEAD), [{"sequence": sequence, **_content(head)} for head, _, sequence in found])
    signed_log.derive(connection, [(head, trees, sequence) for head, trees, sequence in found if trees is not None])


def read(connection: Connection, since: int = 0) -> tuple[Head, ...]:
    """Return every head from a number on, in the order in which they were signed."""
    return tuple(
        Head(
            number=row.number,
            day=row.day,
            first=row.first,
            last=row.last,
            previous=row.previous,
            head=row.head,
            signature=row.signature,
            fingerprint=row.fingerprint,
        )
        for row in connection.execute(select(HEAD).where(HEAD.c.number >= since).order_by(HEAD.c.number))
    )
