"""Admit an agent to the fleet: which key's ledger it writes, by which role."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, text, update

from agent.core.errors import UsageError
from agent.fleet.database import FleetDatabase, is_fleet, require_version
from agent.fleet.schema import AGENTS, CENTRE, RESERVED, agent_role, literal, quoted, role
from agent.fleet.tables import ADMISSION, KNOWN_LEDGER, READER

_LONGEST_ROLE = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """An agent to be admitted; `replaces`: its key may be another one than before."""

    agent: str
    fingerprint: str
    role: str | None = None
    password: str | None = None
    replaces: bool = False

    @property
    def role_name(self) -> str:
        """Return the role by which it writes."""
        return self.role or agent_role(self.agent)


def enrol(database: FleetDatabase, wanted: Enrolment) -> None:
    """Admit an agent, all or nothing; an agent that is admitted again starts with a clean record of refusals.

    Raises UsageError for a key, a role or a name that is another's, ForeignDatabase.
    """
    with database.transaction() as connection:
        if not is_fleet(connection):
            raise UsageError(f"{database.name} is no fleet's database", "beffroi fleet schema makes it one")
        require_version(connection, database.name)
        _hold_to_key(connection, wanted)
        _hold_to_role(connection, wanted)
        connection.exec_driver_sql(role(wanted.role_name))
        connection.exec_driver_sql(f"GRANT {AGENTS} TO {quoted(wanted.role_name)}")
        _admit(connection, wanted)
        if wanted.password is not None:
            kept = literal(database.encrypted(wanted.password, wanted.role_name))
            connection.exec_driver_sql(f"ALTER ROLE {quoted(wanted.role_name)} PASSWORD {kept}")


def _hold_to_key(connection: Connection, wanted: Enrolment) -> None:
    owner = connection.execute(select(KNOWN_LEDGER.c.agent).where(KNOWN_LEDGER.c.ledger == wanted.fingerprint)).scalar()
    if owner is not None and owner != wanted.agent:
        raise UsageError(
            f"the key {wanted.fingerprint} is that of {owner}", "each agent has a key of its own, and so its own ledger"
        )
    known = connection.execute(select(ADMISSION.c.ledger).where(ADMISSION.c.agent == wanted.agent)).scalar()
    if known is not None and known != wanted.fingerprint and not wanted.replaces:
        raise UsageError(
            f"{wanted.agent} is admitted with another key, {known}",
            "add --replaces where it was reinstalled; what it sent stays",
        )


def _hold_to_role(connection: Connection, wanted: Enrolment) -> None:
    name = wanted.role_name
    if name in RESERVED or len(name.encode()) > _LONGEST_ROLE:
        raise UsageError(f"{name} cannot be an agent's role", "give another one with --role")
    query = select(ADMISSION.c.agent).where(ADMISSION.c.role == name, ADMISSION.c.agent != wanted.agent)
    other = connection.execute(query).scalar()
    if other is not None:
        raise UsageError(f"the role {name} is that of {other}", "give another one with --role")
    reads = connection.execute(select(READER.c.beneficiary).where(READER.c.role == name)).scalar()
    if reads is not None:
        raise UsageError(f"the role {name} is that of {reads}'s reader", "give another one with --role")
    asked = text(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR EXISTS (SELECT 1 FROM pg_roles AS c "
        "WHERE c.rolname = :centre AND pg_has_role(r.oid, c.oid, 'member')) FROM pg_roles AS r WHERE rolname = :name"
    )
    if connection.execute(asked, {"name": name, "centre": CENTRE}).scalar():
        raise UsageError(
            f"the role {name} may do more than an agent should",
            "give one that is neither an administrator nor the centre",
        )


def _admit(connection: Connection, wanted: Enrolment) -> None:
    known = select(KNOWN_LEDGER.c.ledger).where(KNOWN_LEDGER.c.ledger == wanted.fingerprint)
    if connection.execute(known).first() is None:
        connection.execute(insert(KNOWN_LEDGER).values(ledger=wanted.fingerprint, agent=wanted.agent))
    before = connection.execute(select(ADMISSION.c.role).where(ADMISSION.c.agent == wanted.agent)).scalar()
    given = {"ledger": wanted.fingerprint, "role": wanted.role_name}
    if before is None:
        connection.execute(insert(ADMISSION).values(agent=wanted.agent, **given))
        return
    changed = update(ADMISSION).where(ADMISSION.c.agent == wanted.agent)
    connection.execute(changed.values(**given, admitted_at=func.now()))
    if before != wanted.role_name:
        connection.exec_driver_sql(f"REVOKE {AGENTS} FROM {quoted(before)}")
