"""The way to the fleet's database: how it is reached, what its errors mean, and a deadline for every wait.

Reads:  the files of a password and of certificates that `[fleet]` names.
Needs:  psycopg, an extra, which is imported when a database is first asked.
Blind:  whether the server keeps what it has acknowledged.

Sources: https://www.postgresql.org/docs/current/libpq-connect.html, …/errcodes-appendix.html.
"""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, Engine, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from agent.config.database_address import DatabaseAddress
from agent.config.forms import is_loopback
from agent.config.settings import FleetSettings
from agent.core.errors import BeffroiError, LookError, UsageError
from agent.core.files import read_file
from agent.core.lines import one_line
from agent.fleet.line_guard import guarded, received
from agent.fleet.tables import FLEET_VERSION, SCHEMA, VERSION

if TYPE_CHECKING:
    import psycopg

CONNECT_SECONDS = 10
# How long one transaction may take, whatever the server and the line do.
TRANSACTION_SECONDS = 60.0
LARGEST_PASSWORD = 4096
# All answers within one transaction; what an agent asks is answered by some hundred bytes.
LARGEST_ANSWERS = 256 * 1024 * 1024

# An empty name would mean the default of libpq, a file in the home folder.
_NOWHERE = "/nonexistent"
_PROTECTING = ("require_auth", "hostaddr", "host", "sslmode", "service", "sslrootcert")
_WHEN_AWAY = "see docs/fleet.md, «When the database is away»"
_AS_ADMINISTRATOR = (
    "run it as postgres, once it may read the configuration (adduser postgres beffroi), or give --connect"
)
_CONFLICTS = frozenset({"40001", "40P01"})
_NOT_OURS = frozenset({"42P01", "3F000"})


class DatabaseAway(BeffroiError):
    """Raised where the database cannot be asked at the moment."""

    exit_code = 3


class DatabaseConflict(DatabaseAway):
    """Raised where another transaction was in the way: the same one can be tried again at once."""


class ForeignDatabase(UsageError):
    """Raised where a database is not the fleet's, or a newer program's. Nothing was written."""


class RejectedByDatabase(BeffroiError):
    """Raised where the database refuses what was asked: by a key of a table, or for want of a right."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "", *, state: str = "") -> None:
        super().__init__(message, hint)
        self.state = state


class FleetDatabase:
    """One connection to a database. `transaction` may be used again and again; not by several threads at once."""

    def __init__(self, connection: "psycopg.Connection", name: str) -> None:
        self.name = name
        self._raw = connection
        self._engine: Engine = create_engine(
            "postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool, insertmanyvalues_page_size=1000
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        with suppress(SQLAlchemyError):
            self._engine.dispose()
        self._raw.close()

    def cut(self) -> None:
        """End whatever is waited for, from another thread."""
        with suppress(Exception), socket.socket(fileno=os.dup(self._raw.fileno())) as line:  # gone already
            line.shutdown(socket.SHUT_RDWR)

    def now(self) -> datetime:
        """Return the time of its own clock. Raises DatabaseAway."""
        with self.transaction() as connection:
            return connection.execute(select(func.now())).scalar_one()

    @contextmanager
    def transaction(self, seconds: float = TRANSACTION_SECONDS) -> Iterator[Connection]:
        """Lend one transaction, kept at its end. Raises DatabaseAway, ForeignDatabase, RejectedByDatabase."""
        with guarded(self._received, self.cut, seconds=seconds, most=LARGEST_ANSWERS) as guard:
            try:
                with translated(self.name), self._engine.begin() as connection:
                    limit = str(int(seconds * 1000))
                    connection.execute(select(func.set_config("statement_timeout", limit, True)))
                    yield connection
            except DatabaseAway as error:
                if guard.flooded:
                    raise DatabaseAway(f"{self.name} answers more than {LARGEST_ANSWERS} bytes", error.hint) from error
                raise

    def _received(self) -> int:
        from psycopg import Error

        try:
            return received(self._raw.fileno())
        except (OSError, Error):
            return 0  # gone already

    def encrypted(self, password: str, role: str) -> str:
        """Return what the server keeps of a password, which then never travels (SCRAM-SHA-256)."""
        made = self._raw.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
        return made.decode()


def connected(settings: FleetSettings) -> FleetDatabase:
    """Connect as a configuration's role. Raises DatabaseAway, UsageError."""
    return _connect("", arguments_of(settings), f"{database_of(settings)} as {settings.user}")


def connected_as_administrator(settings: FleetSettings | None, url: str | None) -> FleetDatabase:
    """Connect by an address of libpq's; None: as this user, on the configuration's socket or libpq's own."""
    if url is not None:
        protected = _protected(url, None if settings is None else settings.root_certificate)
        return _connect(url, {**protected, "connect_timeout": CONNECT_SECONDS}, "the database of --connect")
    if settings is None:
        raise UsageError("no database is named", "give --connect, such as postgresql:///beffroi, or --config")
    address = DatabaseAddress.of(settings.database)
    arguments = {"dbname": address.name, **_socket_of(address)}
    arguments["connect_timeout"] = CONNECT_SECONDS
    return _connect("", arguments, database_of(settings), hint=_AS_ADMINISTRATOR)


def _socket_of(address: DatabaseAddress) -> dict[str, object]:
    return {} if address.folder is None else {"host": address.folder, "port": address.ports[0]}


def _protected(url: str, root: Path | None) -> dict[str, object]:
    """Return what libpq leaves open by itself, where neither an administrator's address nor the environment says it.

    Its own choice for another machine is a server that nothing proves, and a password that it may ask for in the clear.
    """
    from psycopg import ProgrammingError, conninfo

    try:
        told = conninfo.conninfo_to_dict(url)
    except ProgrammingError as error:
        raise UsageError("--connect is no address of libpq's", "write postgresql://ROLE@HOST:PORT/DATABASE") from error
    named = {key: told.get(key) or os.environ.get(f"PG{key.replace('_', '').upper()}") for key in _PROTECTING}
    made: dict[str, object] = {}
    if not named["require_auth"]:
        made["require_auth"] = "!password,!md5"
    hosts = [one for key in ("hostaddr", "host") for one in str(named[key] or "").split(",") if one]
    is_away = not all(one.startswith(("/", "@")) or is_loopback(one) for one in hosts)
    if is_away and not named["sslmode"] and not named["service"]:
        made["sslmode"] = "verify-full"
        if root is not None and not named["sslrootcert"]:
            made["sslrootcert"] = str(root)
    return made


def database_of(settings: FleetSettings) -> str:
    """Return the database's address as messages name it."""
    return settings.database


def arguments_of(settings: FleetSettings) -> dict[str, object]:
    """Return what libpq is given, every choice made here: none is left to the environment. Raises UsageError."""
    address = DatabaseAddress.of(settings.database)
    made: dict[str, object] = {
        "dbname": address.name,
        "user": settings.user,
        "host": address.folder or ",".join(address.hosts),
        "port": ",".join(map(str, address.ports)),
        # Of several hosts the one that takes writes, whichever that is now: the others follow it, and may be late.
        "target_session_attrs": "read-write" if len(address.hosts) > 1 else "any",
        "load_balance_hosts": "disable",
        "application_name": f"beffroi {settings.agent or 'centre'}",
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
        "passfile": _NOWHERE,
        "sslcert": _given(settings.certificate_file),
        "sslkey": _given(settings.key_file),
        "sslmode": _ssl_mode(address, settings),
    }
    if settings.root_certificate is not None and address.folder is None:
        made["sslrootcert"] = str(settings.root_certificate)
    if settings.password_file is not None:
        made["password"] = password_in(settings.password_file)
        if address.folder is None:
            # Both sides prove that they know it: a port of the loopback is anyone's while the database is down.
            made["require_auth"] = "scram-sha-256"
    return made


def _ssl_mode(address: DatabaseAddress, settings: FleetSettings) -> str:
    if address.folder is not None:
        return "disable"
    proven_by_password = all(map(is_loopback, address.hosts)) and settings.password_file is not None
    return "prefer" if settings.root_certificate is None and proven_by_password else "verify-full"


def _given(path: Path | None) -> str:
    return _NOWHERE if path is None else str(path)


def password_in(path: Path) -> str:
    """Return the one line of a password's file. Raises UsageError, without a word of it."""
    try:
        found = read_file(path, limit=LARGEST_PASSWORD).decode().strip()
    except LookError as error:
        raise UsageError(error.message, error.hint or "write the role's password into it, one line") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} holds no text", "write the role's password into it, one line") from error
    if not found or "\n" in found:
        raise UsageError(f"{path} does not hold one line", "write the role's password into it, one line")
    return found


def _connect(conninfo: str, arguments: Mapping[str, object], name: str, *, hint: str = _WHEN_AWAY) -> FleetDatabase:
    try:
        import psycopg
    except ImportError as error:
        raise UsageError(
            "what reaches the fleet's database is not installed",
            "sudo ./beffroi install, in the checkout of this version",
        ) from error
    try:
        # No statement is prepared on the server: behind pgbouncer each transaction may meet another connection.
        made = psycopg.connect(conninfo, prepare_threshold=None, **arguments)  # type: ignore[arg-type]  # libpq's names
    except psycopg.Error as error:
        raise DatabaseAway(f"{name}: {_said(error)}", hint) from error
    return FleetDatabase(made, name)


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn what the driver raises into our own errors."""
    try:
        yield
    except DBAPIError as error:
        raise _ours(error, name) from error
    except SQLAlchemyError as error:
        raise DatabaseAway(f"{name}: {one_line(str(error))[:200]}") from error


def _ours(error: DBAPIError, name: str) -> BeffroiError:
    state = getattr(error.orig, "sqlstate", None) or ""
    said = _said(error.orig)
    if state in _CONFLICTS:
        return DatabaseConflict(f"{name}: {said}", "it is tried again")
    if state in _NOT_OURS:
        return ForeignDatabase(f"{name} is no fleet's database: {said}", "beffroi fleet schema makes it one")
    if state[:2] == "23" or state == "42501":
        return RejectedByDatabase(f"{name}: {said}", "see docs/fleet.md, «Rights»", state=state)
    return DatabaseAway(f"{name}: {said}", _WHEN_AWAY)


def _said(error: object) -> str:
    return one_line(str(error).strip().split("\n", 1)[0])[:300] or "no answer"


def require_version(connection: Connection, name: str) -> None:
    """Raise ForeignDatabase unless the database is a fleet's, of this program's version."""
    found = connection.execute(select(func.max(FLEET_VERSION.c.version))).scalar()
    if found is None:
        raise ForeignDatabase(f"{name} does not say its version", "beffroi fleet schema makes it a fleet's database")
    if found > VERSION:
        raise ForeignDatabase(
            f"the schema of {name} has version {found}, this program knows up to {VERSION}",
            "upgrade beffroi here: the centre first, then the agents",
        )


def tables_in(connection: Connection) -> frozenset[tuple[str, str]]:
    """Return every table of the database that is not the server's own, as (schema, name)."""
    query = text("SELECT schemaname, tablename FROM pg_catalog.pg_tables")
    rows = connection.execute(query).all()
    return frozenset((one, name) for one, name in rows if not one.startswith("pg_") and one != "information_schema")


def is_fleet(connection: Connection) -> bool:
    """Return whether a database has the fleet's tables."""
    return (SCHEMA, FLEET_VERSION.name) in tables_in(connection)
