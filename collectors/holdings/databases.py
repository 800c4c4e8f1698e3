"""The databases of the PostgreSQL and MariaDB servers that run on a machine.

PostgreSQL is asked by the account itself, on each socket that listens: its role needs no right but to connect. The
databases of MariaDB are the folders of its data folder, which root's part lists; where it may not, the server is asked.
"""

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.core.facts.holdings import MARIADB, POSTGRESQL, Holding
from agent.core.host import Host, Output
from agent.core.lines import last_line, one_line
from agent.core.measures import two_figures
from agent.core.reason import Reason
from collectors.holdings.answer import RootAnswerLines

MOST = 1000
# What one server may cost: any account may listen on such a socket and be mute.
LONGEST = timedelta(seconds=15)
SOCKET = re.compile(r"(?P<folder>/.*)/\.s\.PGSQL\.(?P<port>\d{1,5})")
# A server that listens on no socket of its own.
SILENT = "silent"
# In place of a number, where no process is one.
IDLE = "idle"
KINDS = {"postgres": POSTGRESQL, "postmaster": POSTGRESQL, "mysqld": MARIADB, "mariadbd": MARIADB}
# The servers' own (MariaDB, «Information Schema», «The mysql database»; mysql_install_db).
OWN = frozenset({"mysql", "performance_schema", "sys", "information_schema", "lost+found"})
# Of a name on disk all but letters, digits and `_` is written so (MariaDB, «Identifier to File Name Mapping»).
ENCODED = re.compile("@(?:([0-9a-f]{4})|([0-4])([g-zG-Z]))")
# A letter of Latin-1 or Latin Extended-A by its row, and its place in it from `g` on: a capital from `G` on.
LATIN = (
    "àáâãäåæçèéêëìíîïðñòó",
    "ôõößøùúûüýþÿāăąćĉċčď",
    "đēĕėęěĝğġģĥħĩīĭįıĳĵķ",
    "ĸĺļľŀłńņňŉŋōŏőœŕŗřśŝ",
    "şšţťŧũūŭůűųŵŷźżžſ",
)
# Row by row, since a name may hold anything. `postgres` is every cluster's, and counts once it holds something.
POSTGRESQL_ASKS = """
select json_build_object('begun', pg_postmaster_start_time(), 'port', current_setting('port'));
select json_build_object('name', datname, 'bytes', case
    when datallowconn and has_database_privilege(oid, 'CONNECT') then pg_database_size(oid) end)
from pg_database
where datname not in ('template0', 'template1') and (datname <> 'postgres' or exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm', 'p') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
) or exists (select from pg_largeobject_metadata))
order by datname limit 1001
"""
_NO_POSTGRES = b'database "postgres" does not exist'
# An account sees the databases that it may use, and all of them with this right (MariaDB, «SHOW DATABASES»).
MARIADB_ASKS = """
select json_object('sees_all', count(*) > 0, 'data', @@datadir) from information_schema.user_privileges
    where privilege_type in ('SHOW DATABASES', 'SELECT');
select json_object('name', schema_name) from information_schema.schemata order by schema_name limit 1001
"""
REFUSED = re.compile(
    rb"authentication failed|permission denied|^(?>.*?role ).* does not exist|Access denied",
    re.IGNORECASE | re.MULTILINE,
)


class NotListed(Exception):
    """Raised where a server runs and does not list its databases: the reason, and what was said."""

    def __init__(self, reason: Reason, said: str) -> None:
        super().__init__(said)
        self.reason = reason
        self.said = said


def databases(told: RootAnswerLines, host: Host, now: datetime, timeout: timedelta) -> Iterator[Holding]:
    """Yield every database of a server that runs; a server that does not list its own is one, `hindered`."""
    deadline = Deadline(timeout)
    servers = tuple(told.of("server", 5))
    running = [(pid, KINDS.get(name, ""), where, data) for pid, name, where, data, _ in servers]
    for kind in sorted({kind for _, kind, where, _ in running if where == "inner"}):
        yield _unlisted(kind, "container", NotListed(Reason.DENIED, "it runs in a container"), now)
    sockets = [line[0] for line in told.of("socket", 1)]
    clusters = sorted((found for one in sockets if (found := SOCKET.fullmatch(one))), key=lambda one: int(one["port"]))
    own = [pid for pid, kind, where, _ in running if kind == POSTGRESQL and where == "own"]
    is_silent = any(listens == SILENT for *_, listens in servers)
    begun: dict[object, set[object]] = {}
    for found in clusters:
        yield from _of_postgresql(host, found["folder"], found["port"], now, deadline, begun)
    # Any account may listen on such a socket, which then answers in the place of a server that has none.
    if is_silent or len(own) > len(begun):
        yield _unlisted(POSTGRESQL, "no socket", NotListed(Reason.UNREACHABLE, "a server listens on no socket"), now)
    for name, data in told.of("idle", 2):
        yield from _of_idle(told, KINDS.get(name, ""), data, now)
    unlisted = {line[0] for line in told.of("unlisted", 1)}
    listed = {pid: data for pid, kind, where, data in running if (kind, where) == (MARIADB, "own")}
    listed = {pid: data for pid, data in listed.items() if pid not in unlisted}
    for pid, data in listed.items():
        yield from _of_folder(told, pid, data, now)
    if not unlisted and any(kind == MARIADB for _, kind, _, _ in running):
        return
    # The same server may listen on several; each one is known by its data folder.
    answers = [_of_mariadb(host, one, now, deadline) for one in sockets if _is_of_mariadb(one)]
    for answer in answers:
        yield from answer.databases
    folders = {answer.data for answer in answers} - set(listed.values())
    if len(unlisted) > len(folders):
        why = NotListed(Reason.DENIED, "the data folder of a server may not be listed, and no socket of it answers")
        yield _unlisted(MARIADB, "no socket", why, now)


def _of_idle(told: RootAnswerLines, kind: str, data: str, now: datetime) -> Iterator[Holding]:
    """Yield what lies in the data folder of a server that stands still: its databases are there all the same."""
    if kind == MARIADB:
        yield from _of_folder(told, IDLE, data, now)
    elif kind == POSTGRESQL:
        why = NotListed(Reason.UNREACHABLE, f"the server of {data} does not run")
        yield replace(_unlisted(kind, " ".join(data.split("/")[-2:]), why, now), paths=(data,))


def _is_of_mariadb(socket: str) -> bool:
    # MySQL's X protocol is another one.
    return not SOCKET.fullmatch(socket) and not socket.rpartition("/")[2].startswith("mysqlx")


def _of_postgresql(
    host: Host, folder: str, port: str, now: datetime, deadline: Deadline, begun: dict[object, set[object]]
) -> Iterator[Holding]:
    """Yield the databases of one server; those that `begun` has of it were listed already, through another socket.

    A pooler's socket, where root's part could not see whose it is, leads to the server behind it, which tells its port.
    Any account may listen on such a socket and say that it is another's server: what it leaves out is listed by that.
    """
    try:
        rows = _rows(_asked_postgresql(host, folder, port, deadline))
        server = (str(rows[0].get("port", port)), str(rows[0].get("begun"))) if rows else (port, "")
    except NotListed as error:
        begun[folder, port] = set()
        yield replace(_unlisted(POSTGRESQL, f"port {port}", error, now), paths=(f"{folder}/.s.PGSQL.{port}",))
        return
    known = begun.setdefault(server, set())
    named = [row for row in rows if "name" in row and row["name"] not in known]
    known.update(row["name"] for row in named if isinstance(row["name"], str))
    yield from _listed(POSTGRESQL, f"port {port}", named, f"{folder}/.s.PGSQL.{port}", now)


def _asked_postgresql(host: Host, folder: str, port: str, deadline: Deadline) -> Output:
    output = _postgresql(host, folder, port, "postgres", deadline)
    if _NO_POSTGRES in output.stderr:
        output = _postgresql(host, folder, port, "template1", deadline)
        if output.status != 0:
            raise NotListed(Reason.EXITED, last_line(output.stderr))
    return output


def _postgresql(host: Host, folder: str, port: str, database: str, deadline: Deadline) -> Output:
    return _run(
        host,
        *("psql", "-X", "-w", "-q", "-A", "-t", "-h", folder, "-p", port, "-d", database, "-c", POSTGRESQL_ASKS),
        deadline=deadline,
        PGCONNECT_TIMEOUT="5",
        PGOPTIONS="-c statement_timeout=10000 -c default_transaction_read_only=on",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MariadbAnswer:
    """The databases of a server that was asked on its socket, and its data folder, else the socket itself."""

    databases: tuple[Holding, ...]
    data: str


def _of_mariadb(host: Host, socket: str, now: datetime, deadline: Deadline) -> MariadbAnswer:
    where = socket.rpartition("/")[2]
    try:
        options = ("--no-defaults", "--connect-timeout=5", "--batch", "--raw", "--skip-column-names")
        output = _run(host, "mariadb", *options, f"--socket={socket}", "-e", MARIADB_ASKS, deadline=deadline)
        rows = _rows(output)
        if not rows or rows[0].get("sees_all") not in (True, 1):
            raise NotListed(Reason.DENIED, "the account may not see every database (GRANT SHOW DATABASES ON *.*)")
    except NotListed as error:
        return MariadbAnswer(databases=(_unlisted(MARIADB, where, error, now),), data=socket)
    data = _real(host, rows[0].get("data"), deadline) or socket
    return MariadbAnswer(databases=tuple(_listed(MARIADB, where, rows[1:], data, now)), data=data)


def _real(host: Host, folder: object, deadline: Deadline) -> str:
    """Return where a data folder really lies, as root's part names it; empty where that is not told."""
    if not (isinstance(folder, str) and folder.startswith("/")):
        return ""
    timeout = min(LONGEST, timedelta(seconds=max(deadline.remaining(), 1.0)))
    try:
        said = host.run("readlink", "-n", "-m", "--", folder, timeout=timeout, shown="readlink: a data folder").stdout
    except LookError:
        return posixpath.normpath(folder)
    return said.decode("utf-8", "replace") or posixpath.normpath(folder)


def _run(host: Host, *argv: str, deadline: Deadline, **environment: str) -> Output:
    """Return what a client said. Raises NotListed where it could not be asked, or was refused."""
    if deadline.passed:
        raise NotListed(Reason.TIMED_OUT, "the servers before it took too long")
    timeout = min(LONGEST, timedelta(seconds=max(deadline.remaining(), 1.0)))
    try:
        output = host.run(
            *argv, timeout=timeout, environment=environment, accept=None, shown=f"{argv[0]}: names of databases"
        )
    except LookError as error:
        raise NotListed(error.reason, error.message) from error
    if output.status != 0 and _NO_POSTGRES not in output.stderr:
        refused = REFUSED.search(output.stderr) is not None
        raise NotListed(Reason.DENIED if refused else Reason.EXITED, last_line(output.stderr))
    return output


def _rows(output: Output) -> list[dict[str, object]]:
    """Return the objects that a client printed, one a line. Raises NotListed for anything else."""
    try:
        rows = [json.loads(line) for line in output.stdout.decode("utf-8").splitlines() if line.strip()]
    except ValueError as error:
        raise NotListed(Reason.UNREADABLE, "the names of the databases cannot be read") from error
    if not all(isinstance(row, dict) for row in rows):
        raise NotListed(Reason.UNREADABLE, "the names of the databases cannot be read")
    return rows


def _listed(kind: str, where: str, rows: list[dict[str, object]], place: str, now: datetime) -> Iterator[Holding]:
    for row in rows[:MOST]:
        name, size = row.get("name"), row.get("bytes")
        if isinstance(name, str) and name not in (OWN if kind == MARIADB else ()):
            bytes = two_figures(size) if isinstance(size, int) and 0 <= size < 1 << 63 else None
            yield Holding(kind=kind, name=name, since=now, paths=(place,), bytes=bytes)
    if len(rows) > MOST:
        why = NotListed(Reason.INCOMPLETE, f"more than {MOST} databases")
        yield replace(_unlisted(kind, where, why, now), paths=(place,))


def _of_folder(told: RootAnswerLines, pid: str, data: str, now: datetime) -> Iterator[Holding]:
    sizes = told.sizes()
    for of, folder in told.of("schema", 2):
        if of == pid and folder not in OWN and not folder.startswith(("#", ".")):
            path = f"{data}/{folder}"
            size = sizes.get(path)
            name = ENCODED.sub(_decoded, folder)
            yield Holding(
                kind=MARIADB, name=name, since=now, paths=(data,), bytes=None if size is None else two_figures(size)
            )


def _decoded(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    letter = LATIN[int(found[2])][ord(found[3].lower()) - ord("g") :][:1]
    # What has no capital of one letter has none there.
    written = letter if found[3].islower() else letter.upper()
    return written if len(written) == 1 else found[0]


def _unlisted(kind: str, name: str, why: NotListed, now: datetime) -> Holding:
    return Holding(kind=kind, name=f"({name})", since=now, hindered=why.reason.value, said=one_line(why.said))


def since_first_seen(found: Iterator[Holding], before: tuple[Holding, ...]) -> Iterator[Holding]:
    """Yield what was found, each with the instant at which it was first seen."""
    first: dict[tuple[str, str], datetime] = {}
    for one in before:
        key = (one.kind, one.name)
        first[key] = min(one.since, first.get(key, one.since))
    for one in found:
        yield replace(one, since=min(one.since, first.get((one.kind, one.name), one.since)))
