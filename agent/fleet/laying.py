"""Make a database the fleet's, or give its rights anew: what `beffroi fleet schema` does, as an administrator."""

from collections.abc import Collection

from agent.fleet.database import FleetDatabase, ForeignDatabase, require_version, tables_in
from agent.fleet.schema import CENTRE, literal, quoted, reader_statements, rights, statements
from agent.fleet.tables import FLEET_VERSION, SCHEMA


def lay_schema(
    database: FleetDatabase, beneficiaries: Collection[str] = (), centre: str = CENTRE, password: str | None = None
) -> bool:
    """Make what is missing, all or nothing; return whether the database was empty before.

    `password` is the centre's, if it has one. Raises ForeignDatabase, before anything is written.
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
        for one in (*(statements(centre) if is_new else rights(centre)), *reader_statements(beneficiaries)):
            connection.exec_driver_sql(one)
        if password is not None:
            kept = literal(database.encrypted(password, centre))
            connection.exec_driver_sql(f"ALTER ROLE {quoted(centre)} PASSWORD {kept}")
    return is_new
