"""Derive tables from the chain: the same steps for appending, rebuilding and verifying.

Each kind of row has its step in the module of its name; a kind that is not known here derives nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Connection, delete, select

from agent.ledger import closing, day_rows, erasures, loads, manifests, readings, registers, verdicts
from agent.ledger.rows import AppendedRow, appended
from agent.ledger.tables import CHAIN, DERIVED, PAYLOAD

STEPS: Mapping[str, Callable[[Connection, Sequence[AppendedRow]], None]] = MappingProxyType(
    {
        readings.KIND: readings.derive,
        verdicts.KIND: verdicts.derive,
        day_rows.KIND: day_rows.derive,
        loads.KIND: loads.derive,
        registers.KIND: registers.derive,
        closing.KIND: closing.derive,
        erasures.KIND: erasures.derive,
        manifests.KIND: manifests.derive,
    }
)
_BATCH = 1000


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Bring the derived tables up to date with rows that follow those before.

    No kind's tables depend on another kind's, so all rows of one kind take their step together.
    """
    for kind, step in STEPS.items():
        own = [one for one in rows if one.row.kind == kind]
        if own:
            step(connection, own)


def rebuild(connection: Connection) -> None:
    """Make every derived table anew, as far as the payloads exist.

    What was renewed between two rows (a standing verdict's value, the end of a line) goes back to the last row's.
    """
    for table in DERIVED:
        connection.execute(delete(table))
    query = select(CHAIN, PAYLOAD.c.text).join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
    for batch in connection.execute(query.order_by(CHAIN.c.sequence)).partitions(_BATCH):
        derive(connection, [appended(row) for row in batch])
