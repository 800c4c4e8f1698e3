"""The centre's copies of its agents' ledgers: filled from the database, held to the chain, read like any ledger."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, func, select

from agent.config.forms import read_id
from agent.core.errors import LedgerDamaged
from agent.fleet.agent_states import MOST_LETTERS, NOT_UNDERSTOOD, rows_of
from agent.fleet.database import FleetDatabase, require_version
from agent.fleet.tables import ADMISSION, PAYLOAD_SENT, PUBLIC_KEY, ROW
from agent.ledger.incoming import LedgerCopy, opened_copy
from agent.ledger.keys import verifier_of

log = logging.getLogger("beffroi.fleet")

FOLDER = "agents"
AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """An agent's ledger as the centre has it; `broken`: what its newest rows contradict, or nothing."""

    agent: str
    ledger: str
    directory: Path
    broken: str = ""


def refresh(database: FleetDatabase, state: Path) -> tuple[Replica, ...]:
    """Bring the copy of each admitted ledger up to date; return those that hold anything. Raises DatabaseAway."""
    with database.transaction() as connection:
        require_version(connection, database.name)
        query = select(ADMISSION.c.agent, ADMISSION.c.ledger, PUBLIC_KEY.c.pem).outerjoin(
            PUBLIC_KEY, PUBLIC_KEY.c.ledger == ADMISSION.c.ledger
        )
        admitted = [(row.agent, row.ledger, row.pem) for row in connection.execute(query.order_by(ADMISSION.c.agent))]
    return tuple(_refreshed(database, state, agent, ledger, pem) for agent, ledger, pem in admitted if pem is not None)


def known(state: Path) -> tuple[Replica, ...]:
    """Return the copies that are there, without asking the database: of each agent the one that was filled last."""
    found: dict[str, Replica] = {}
    for file in sorted((state / FOLDER).glob("*/*/ledger.sqlite"), key=lambda one: one.stat().st_mtime):
        agent = file.parent.parent.name
        found[agent] = Replica(agent=agent, ledger=_fingerprint(file.parent.name), directory=file.parent)
    return tuple(found[agent] for agent in sorted(found))


def _folder(ledger: str) -> str:
    return ledger.removeprefix("SHA256:").translate(str.maketrans("+/", "-_"))


def _fingerprint(folder: str) -> str:
    return f"SHA256:{folder.translate(str.maketrans('-_', '+/'))}"


def _refreshed(database: FleetDatabase, state: Path, agent: str, ledger: str, pem: str) -> Replica:
    directory = state / FOLDER / agent / _folder(ledger)
    made = Replica(agent=agent, ledger=ledger, directory=directory)
    try:
        read_id(agent)
        if verifier_of(pem.encode()).fingerprint != ledger:
            raise LedgerDamaged("the public key that was sent is not the admitted one")
        with opened_copy(directory, pem) as copy:
            if _filled(database, copy, ledger):
                copy.settle()
    except NOT_UNDERSTOOD as error:
        log.error("the ledger of %s: %s", agent, error)
        return replace(made, broken=str(error))
    return made


def _filled(database: FleetDatabase, copy: LedgerCopy, ledger: str) -> bool:
    """Take what the database has and the copy lacks; return whether there was any."""
    begun, link = copy.newest()
    sequence = begun
    while True:
        with database.transaction() as connection:
            if sequence:
                own = select(ROW.c.link).where(ROW.c.ledger == ledger, ROW.c.sequence == sequence)
                there = connection.execute(own).scalar()
                if there is not None and there != link:
                    raise LedgerDamaged(f"the database has another row {sequence} than it had")
            part = (ROW.c.sequence > sequence, ROW.c.sequence <= _last_at_once(connection, ledger, sequence))
            rows = list(rows_of(connection, ledger, *part))
            further = connection.execute(
                select(ROW.c.sequence).where(ROW.c.ledger == ledger, ROW.c.sequence > sequence)
            )
            if not rows and further.first() is not None:
                raise LedgerDamaged(f"the database lacks row {sequence + 1}, and has later ones")
        if not rows:
            return sequence > begun
        copy.take(rows)
        sequence, link = rows[-1].row.sequence, rows[-1].row.link


def _last_at_once(connection: Connection, ledger: str, sequence: int) -> int:
    """Return up to which row what follows one is taken at once: so many rows and letters, and one row at least."""
    text = func.coalesce(func.length(PAYLOAD_SENT.c.text), 0)
    query = (
        select(ROW.c.sequence, text)
        .outerjoin(PAYLOAD_SENT, (PAYLOAD_SENT.c.ledger == ROW.c.ledger) & (PAYLOAD_SENT.c.sequence == ROW.c.sequence))
        .where(ROW.c.ledger == ledger, ROW.c.sequence > sequence, ROW.c.sequence <= sequence + AT_ONCE)
        .order_by(ROW.c.sequence)
    )
    last, letters = sequence + 1, 0
    for number, size in connection.execute(query):
        letters += size
        if letters > MOST_LETTERS and number > last:
            break
        last = number
    return last
