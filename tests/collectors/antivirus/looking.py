"""How the tests of this folder look at a machine's protection, and what they read from it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.collecting.collector import Look
from agent.core.facts.protection import Protection, protections_in
from agent.core.host import Host
from agent.core.inventory import Antivirus, DeclaredHost
from agent.core.model import Observation
from agent.hosts.local import LocalHost
from collectors.antivirus import protection
from tests.parts.kept_look import kept_look

TIMEOUT = timedelta(seconds=20)


def machine(socket: Path | None, database: Path | None = None, *, realtime: bool = False) -> DeclaredHost:
    """Return a machine whose clamd is declared."""
    declared = Antivirus(
        socket=None if socket is None else str(socket),
        database=None if database is None else str(database),
        realtime=realtime,
    )
    return DeclaredHost(id="srv-1", antivirus=declared)


def look(
    declared: DeclaredHost,
    *,
    host: Host | None = None,
    now: datetime | None = None,
    previous: Observation | None = None,
    timeout: timedelta = TIMEOUT,
) -> Observation:
    """Return the result of one look at a machine's protection."""
    door = host or LocalHost("srv-1")
    when = now or datetime.now(UTC)
    means = Look(
        now=when, here=door, host=lambda id: door, timeout=timeout, folder=Path("/nonexistent"), previous=previous
    )
    return kept_look("antivirus", "srv-1", protection.collect(declared, means), when)


def only(seen: Observation) -> Protection:
    """Return the one product that was seen."""
    (one,) = protections_in(seen)
    return one
