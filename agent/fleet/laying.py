"""Make a database the fleet's, or give its rights anew: what `beffroi fleet schema` does, as an administrator."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from agent.core.errors import UsageError
from agent.fleet.database import FleetDatabase, ForeignDatabase, require_version, tables_in
from agent.fleet.schema import CENTRE, literal, quoted, reader_statements, readers_of, rights, statements
from agent.fleet.tables import ADMISSION, FLEET_VERSION, READER, SCHEMA


def lay_schema(
    database: FleetDatabase, beneficiaries: Collection[str] = (), centre: str = CENTRE, password: str | None = None
) -> bool:
    """Make what is missing, all or nothing; return whether the database was empty before.

    `password` is the centre's, if it has one. Raises ForeignDatabase, and UsageError for a reader's role that is
    another's, before anything is written.
    """
    with database.transaction() as connection:
        found = tables_in(connection)
        is_new = (SCHEMA, FLEET_VERSION.name) not in found
        if found and is_new:
            first = ".".join(min(found))
            raise ForeignDatabase(
                f"{database.name} holds tables that are not the fleet's, such as {first}",
                "name a database of the fleet's own: createdb beffroi",
            )
        if not is_new:
            require_version(connection, database.name)
            _hold_to_readers(connection, beneficiaries)
        for one in (*(statements(centre) if is_new else rights(centre)), *reader_statements(beneficiaries)):
            connection.exec_driver_sql(one)
        if password is not None:
            kept = literal(database.encrypted(password, centre))
            connection.exec_driver_sql(f"ALTER ROLE {quoted(centre)} PASSWORD {kept}")
    return is_new


def _hold_to_readers(connection: Connection, beneficiaries: Collection[str]) -> None:
    """Raise UsageError where a reader's role is an agent's, or reads for another beneficiary."""
    wanted = readers_of(beneficiaries)
    reads = connection.execute(select(READER.c.role, READER.c.beneficiary).where(READER.c.role.in_(wanted)))
    writes = connection.execute(select(ADMISSION.c.role, ADMISSION.c.agent).where(ADMISSION.c.role.in_(wanted)))
    taken = {one.role: one.beneficiary for one in reads if one.beneficiary != wanted[one.role]}
    taken |= {one.role: f"the agent {one.agent}" for one in writes}
    for name, owner in taken.items():
        raise UsageError(
            f"the role {name} is that of {owner}, and would read for {wanted[name]}",
            "declare the beneficiary under another id, or enrol the agent with another --role",
        )
