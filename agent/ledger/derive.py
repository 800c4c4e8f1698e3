"""Derive tables from the chain: the same steps for appending, rebuilding and verifying.

Each kind of row has its step in the module of its name; a kind that is not known here derives nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Connection, delete, select

from agent.ledger import (
    batch,
    closing,
    day_rows,
    entry_rows,
    erasures,
    load_rows,
    loads,
    look_rows,
    manifests,
    reading_payload,
    registers,
    stored_days,
    verdict_rows,
    verdicts,
)
from agent.ledger.appended_row import AppendedRow
from agent.ledger.rows import appended
from agent.ledger.tables import CHAIN, DERIVED, PAYLOAD

STEPS: Mapping[str, Callable[[Connection, Sequence[AppendedRow]], None]] = MappingProxyType(
    {
        reading_payload.KIND: look_rows.derive,
        batch.KIND: look_rows.derive,
        **dict.fromkeys(verdict_rows.KINDS, verdicts.derive),
        **dict.fromkeys(day_rows.KINDS, stored_days.derive),
        load_rows.KIND: loads.derive,
        entry_rows.KIND: registers.derive,
        closing.KIND: closing.derive,
        erasures.KIND: erasures.derive,
        manifests.KIND: manifests.derive,
    }
)
_BATCH = 1000


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Bring the derived tables up to date with rows that follow those before.

    No step's tables depend on another step's, so all rows of one step take it together. An erasure forgets what came
    before it, so that no row after it goes along.
    """
    for part in _up_to_each_erasure(rows):
        for step in dict.fromkeys(STEPS.values()):
            own = [one for one in part if STEPS.get(one.row.kind) is step]
            if own:
                step(connection, own)


def _up_to_each_erasure(rows: Sequence[AppendedRow]) -> Iterator[Sequence[AppendedRow]]:
    begin = 0
    for end, one in enumerate(rows, start=1):
        if one.row.kind == erasures.KIND or end == len(rows):
            yield rows[begin:end]
            begin = end


def rebuild(connection: Connection) -> None:
    """Make every derived table anew, as far as the payloads exist.

    What was renewed between two rows (a standing verdict's value, the end of a line) goes back to the last row's.
    """
    for table in DERIVED:
        connection.execute(delete(table))
    query = select(CHAIN, PAYLOAD.c.text).join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
    for part in connection.execute(query.order_by(CHAIN.c.sequence)).partitions(_BATCH):
        derive(connection, [appended(row) for row in part])
