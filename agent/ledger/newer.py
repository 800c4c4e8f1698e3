"""What came into a ledger after a row, from whatever process: what a verdict may have to be given anew for."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from agent.core.judging import departures
from agent.core.model import Key
from agent.ledger import (
    batch,
    day_rows,
    entry_rows,
    erasures,
    load_rows,
    reading_payload,
    verdict_rows,
)
from agent.ledger.append import tip
from agent.ledger.tables import CHAIN, DAY, KEY, LATEST_READING, STANDING

# What all verdicts may rest on.
_OF_ALL = frozenset({entry_rows.KIND, load_rows.KIND})
_LOOKS = frozenset({reading_payload.KIND, batch.KIND})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewerRows:
    """What stands in a ledger after one row: `tip` is the sequence of its newest row.

    `looks` are the names, collector and subject, at which something was looked at. `days` are the keys that got a day's
    row. `of_all`: an entry, a load of the configuration, or a verdict on a departure, which may close it. `erased`: the
    payload of a look or an entry may be gone.
    """

    tip: int
    looks: frozenset[tuple[str, str]] = frozenset()
    days: frozenset[Key] = frozenset()
    of_all: bool = False
    erased: bool = False


def since(connection: Connection, sequence: int | None) -> NewerRows:
    """Return what came after a row; None: where the ledger ends now, and that all may have changed."""
    newest = tip(connection).sequence
    if sequence is None:
        return NewerRows(tip=newest, of_all=True)
    if newest <= sequence:
        return NewerRows(tip=newest)
    found = connection.execute(select(CHAIN.c.kind).distinct().where(CHAIN.c.sequence > sequence))
    kinds = frozenset(kind for (kind,) in found)
    return NewerRows(
        tip=newest,
        looks=frozenset(_looks(connection, sequence)) if kinds & _LOOKS else frozenset(),
        days=frozenset(_days(connection, sequence)) if kinds & day_rows.KINDS else frozenset(),
        of_all=bool(kinds & _OF_ALL) or (verdict_rows.KIND in kinds and _concerns_departures(connection, sequence)),
        erased=erasures.KIND in kinds,
    )


def _looks(connection: Connection, sequence: int) -> Iterator[tuple[str, str]]:
    # The newest of each name tells it: all readings are millions within months, and no index has them by sequence.
    newest = LATEST_READING.c
    for row in connection.execute(select(newest.collector, newest.subject).where(newest.sequence > sequence)):
        yield row.collector, row.subject


def _days(connection: Connection, sequence: int) -> Iterator[Key]:
    for row in connection.execute(select(*(DAY.c[name] for name in KEY)).where(DAY.c.sequence > sequence)):
        yield Key(target=row.target, subject=row.subject, beneficiary=row.beneficiary)


def _concerns_departures(connection: Connection, sequence: int) -> bool:
    # A verdict may prove that a departure is closed, and its entry then says so. None shares a row with others.
    own = select(STANDING.c.sequence).where(STANDING.c.target == departures.TARGET, STANDING.c.sequence > sequence)
    return connection.execute(own.limit(1)).first() is not None
