"""Erase, in the fleet's database, the payloads that agents have erased by their own rules; the rows stay."""

from pathlib import Path

from sqlalchemy import delete, select

from agent.core.clock import Clock
from agent.fleet.database import FleetDatabase
from agent.fleet.replicas import Replica
from agent.fleet.tables import PAYLOAD_SENT
from agent.ledger.erasures import ranges
from agent.ledger.ledger import Ledger
from agent.ledger.tables import ERASED


def expire(database: FleetDatabase, replicas: tuple[Replica, ...], clock: Clock) -> int:
    """Erase what has expired; return how many payloads. The database spares those of the last 184 days."""
    return sum(_expired(database, one, clock) for one in replicas if not one.broken)


def _expired(database: FleetDatabase, replica: Replica, clock: Clock) -> int:
    gone = 0
    for first, last in _erased(replica.directory, clock):
        own = PAYLOAD_SENT.c.ledger == replica.ledger
        with database.transaction() as connection:
            done = connection.execute(delete(PAYLOAD_SENT).where(own, PAYLOAD_SENT.c.sequence.between(first, last)))
            gone += max(0, done.rowcount)
    return gone


def _erased(directory: Path, clock: Clock) -> list[list[int]]:
    query = select(ERASED.c.sequence).order_by(ERASED.c.sequence)
    with Ledger.open(directory, clock=clock, readonly=True) as ledger:
        return ranges(ledger.ask(lambda here: list(here.execute(query).scalars())))
