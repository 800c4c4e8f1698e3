"""The SQL that makes the fleet's database: tables, roles and row-level security, each statement once.

What is printed and what is carried out are the same statements. Roles are made only where they are missing; a role
that is there keeps its password.
"""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from agent.core.errors import UsageError
from agent.fleet.tables import FLEET_VERSION, METADATA, SCHEMA, VERSION

AGENTS, READERS, CENTRE = "beffroi_agents", "beffroi_readers", "beffroi_centre"
RESERVED = frozenset({AGENTS, READERS, CENTRE})

# What a payload must be past before even the centre may erase it: `keep_readings` and `keep_personal` are no shorter.
YOUNGEST_ERASED = "184 days"

_OWN = f"SELECT ledger FROM {SCHEMA}.agent WHERE role = current_user::text"
_OWN_NAME = f"SELECT agent FROM {SCHEMA}.agent WHERE role = current_user::text"
_READ = f"SELECT beneficiary FROM {SCHEMA}.reader WHERE role = current_user::text"
_EXPIRED = (
    f"EXISTS (SELECT 1 FROM {SCHEMA}.row AS r WHERE r.ledger = payload.ledger AND r.sequence = payload.sequence "
    f"AND r.instant < to_char((now() - INTERVAL '{YOUNGEST_ERASED}') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS'))"
)
# Columns that a role gives itself; the others are the database's.
_SENT = "ledger, sequence, previous, instant, kind, beneficiary, payload_sha256, link, ahead"
_REFUSED = "agent, admitted_at, reason, fingerprint, sequence, detail"


def statements(centre: str = CENTRE) -> tuple[str, ...]:
    """Return the statements that make an empty database the fleet's; `centre` is the centre's role."""
    made = f"INSERT INTO {SCHEMA}.version (version) VALUES ({VERSION})"
    return (f"CREATE SCHEMA {SCHEMA}", *_tables(), *rights(centre), made)


def rights(centre: str = CENTRE) -> tuple[str, ...]:
    """Return the statements that give every right anew, and change no row; roles that are missing are made."""
    return (
        *(role(name, login=False) for name in (AGENTS, READERS)),
        role(centre),
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {AGENTS}, {READERS}, {quoted(centre)}",
        *_secured(),
        *_grants(centre),
        *_policies(centre),
    )


def reader_statements(beneficiaries: Iterable[str]) -> tuple[str, ...]:
    """Return the statements that give each beneficiary a reader's role; those that are there stay.

    Raises UsageError where two beneficiaries would share one.
    """
    made: list[str] = []
    for name, beneficiary in readers_of(beneficiaries).items():
        made += (
            role(name),
            f"GRANT {READERS} TO {quoted(name)}",
            f"INSERT INTO {SCHEMA}.reader (role, beneficiary) VALUES ({literal(name)}, {literal(beneficiary)}) "
            "ON CONFLICT (role) DO NOTHING",
        )
    return tuple(made)


def readers_of(beneficiaries: Iterable[str]) -> dict[str, str]:
    """Return the beneficiary of each reader's role. Raises UsageError where two would share one."""
    found: dict[str, str] = {}
    for beneficiary in beneficiaries:
        name = reader_role(beneficiary)
        other = found.setdefault(name, beneficiary)
        if other != beneficiary:
            raise UsageError(
                f"the role {name} would read for {other} and for {beneficiary}",
                "their ids differ by - and _ alone: declare one of them under another id",
            )
    return found


def as_script(made: Sequence[str]) -> str:
    """Return statements as one script, carried out whole or not at all."""
    return "".join(f"{one};\n" for one in ("BEGIN", *made, "COMMIT"))


def agent_role(agent: str) -> str:
    """Return the role of an agent that names no other."""
    return f"beffroi_{agent.replace('-', '_')}"


def reader_role(beneficiary: str) -> str:
    """Return the role of a beneficiary's reader."""
    return f"beffroi_reader_{beneficiary.replace('-', '_')}"


def role(name: str, *, login: bool = True) -> str:
    """Return the statement that makes a role where it is missing."""
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = {literal(name)}) THEN "
        f"CREATE ROLE {quoted(name)} {'LOGIN' if login else 'NOLOGIN'}; END IF; END $$"
    )


def quoted(name: str) -> str:
    """Return a name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _tables() -> Iterator[str]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    for table in METADATA.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect)).strip()


def _secured() -> Iterator[str]:
    for table in METADATA.sorted_tables:
        if table is not FLEET_VERSION:
            yield f"ALTER TABLE {table.fullname} ENABLE ROW LEVEL SECURITY"


def _grants(centre: str) -> tuple[str, ...]:
    every, own = f"ALL TABLES IN SCHEMA {SCHEMA}", quoted(centre)
    return (
        f"GRANT SELECT ON {SCHEMA}.version TO {AGENTS}, {READERS}",
        f"GRANT SELECT ON {_named('agent', 'ledger', 'row', 'payload', 'public_key', 'refusal')} TO {AGENTS}",
        f"GRANT INSERT ({_SENT}) ON {SCHEMA}.row TO {AGENTS}",
        f"GRANT INSERT (ledger, sequence, beneficiary, text) ON {SCHEMA}.payload TO {AGENTS}",
        f"GRANT INSERT (ledger, pem) ON {SCHEMA}.public_key TO {AGENTS}",
        f"GRANT INSERT ({_REFUSED}) ON {SCHEMA}.refusal TO {AGENTS}",
        f"GRANT SELECT ON {_named('reader', 'row', 'payload')} TO {READERS}",
        f"GRANT SELECT ON {every} TO {own}",
        f"GRANT DELETE ON {SCHEMA}.payload TO {own}",
    )


def _named(*names: str) -> str:
    return ", ".join(f"{SCHEMA}.{name}" for name in names)


def _policies(centre: str) -> Iterator[str]:
    own = quoted(centre)
    for table in METADATA.sorted_tables:
        if table is not FLEET_VERSION:
            yield from _policy("centre_reads", table.name, "SELECT", own, "USING (true)")
    yield from _policy("centre_erases", "payload", "DELETE", own, f"USING ({_EXPIRED})")
    yield from _policy("agent_reads", "agent", "SELECT", AGENTS, "USING (role = current_user::text)")
    yield from _policy("agent_reads", "refusal", "SELECT", AGENTS, f"USING (agent IN ({_OWN_NAME}))")
    yield from _policy("agent_tells", "refusal", "INSERT", AGENTS, f"WITH CHECK (agent IN ({_OWN_NAME}))")
    yield from _policy("agent_reads", "ledger", "SELECT", AGENTS, f"USING (ledger IN ({_OWN}))")
    for name in ("row", "payload", "public_key"):
        yield from _policy("agent_reads", name, "SELECT", AGENTS, f"USING (ledger IN ({_OWN}))")
        yield from _policy("agent_adds", name, "INSERT", AGENTS, f"WITH CHECK (ledger IN ({_OWN}))")
    yield from _policy("reader_reads", "reader", "SELECT", READERS, "USING (role = current_user::text)")
    for name in ("row", "payload"):
        yield from _policy("reader_reads", name, "SELECT", READERS, f"USING (beneficiary IN ({_READ}))")


def _policy(name: str, table: str, command: str, to: str, what: str) -> Iterator[str]:
    yield f"DROP POLICY IF EXISTS {name} ON {SCHEMA}.{table}"
    yield f"CREATE POLICY {name} ON {SCHEMA}.{table} FOR {command} TO {to} {what}"
