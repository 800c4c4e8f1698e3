"""Ask a restored cluster what it holds: how far it recovered, its databases, and a count of each of their tables.

Its answers are hostile: they are read as numbers and hexadecimal digits, within bounds. Names reach psql as the server
itself has quoted them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.core.deadline import Deadline
from agent.core.errors import Damaged, Denied, Exited, LookError, TimedOut, Unreadable
from agent.core.host import Output
from agent.core.lines import last_line, one_line
from agent.core.wal_segments import lsn_of
from agent.restores.clusters.findings import NAMED_AT_MOST, ClusterFindings, DatabaseCount, TableRows
from agent.restores.clusters.server import ClusterServer
from agent.restores.clusters.server_log import is_damage
from agent.restores.clusters.settings import client_environment

MOST_DATABASES, MOST_TABLES, MOST_SAID = 1000, 200_000, 100
BATCH = 2000
_CONNECTING = ("postgres", "template1")
_STATE = """
select pg_is_in_recovery()::int, coalesce(pg_last_wal_replay_lsn()::text, '0/0'),
    coalesce(extract(epoch from pg_last_xact_replay_timestamp())::bigint, -1),
    (current_setting('data_checksums') = 'on')::int, current_setting('server_version_num')::int
"""
_DATABASES = """
select 1, datallowconn::int, encode(convert_to(datname, getdatabaseencoding()), 'hex')
from pg_database where datname <> 'template0' order by datname
"""
# Tables and filled materialized views of every schema but the server's own, and the table of large objects where there
# are any; a partitioned table's rows are those of its parts, and one of another machine holds none here. `heap` is the
# only way to store that is part of the server.
_TABLES = """
select c.relpersistence, (c.relam = 2)::int,
    encode(convert_to(format('%I.%I', n.nspname, c.relname), getdatabaseencoding()), 'hex')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where (c.relkind = 'r' or c.relkind = 'm' and c.relispopulated) and c.relpersistence <> 't'
    and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    or c.oid = 'pg_catalog.pg_largeobject'::regclass and exists (select from pg_catalog.pg_largeobject_metadata)
order by n.nspname, c.relname
"""
_STATE_LINE = re.compile(r"([01])\|([0-9A-F]{1,8}/[0-9A-F]{1,8})\|(-?\d{1,12})\|([01])\|(\d{5,7})")
_DATABASE_LINE = re.compile(r"1\|([01])\|((?:[0-9a-f]{2}){1,256})")
_TABLE_LINE = re.compile(r"([pu])\|([01])\|((?:[0-9a-f]{2}){1,600})")
# A schema and a table as `%I` quotes them. What was restored may hold another function of that name, and what stands
# outside quotes is obeyed by psql, `\!` too.
_QUOTED = rb'(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)'
_TABLE_NAME = re.compile(rb"%b\.%b" % (_QUOTED, _QUOTED))
_COUNT_LINE = re.compile(r"(\d{1,7})\|(\d{1,19})")
_ERROR_LINE = re.compile(r"(?:psql:[^:]*:\d+: )?(?:ERROR|FATAL|PANIC):\s+([0-9A-Z]{5}): (.*)")
_NO_ROLE = re.compile(rb"^(?>.*?role ).* does not exist", re.MULTILINE)
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_OF_DATA, _OF_FILES = "XX", "58"
_LAST = 253402300799


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as SQL names it, in the database's own bytes."""

    quoted: bytes

    @property
    def name(self) -> str:
        return one_line(self.quoted, 200)


def findings_of(server: ClusterServer, roles: Sequence[str], wanted: int, timeout: timedelta) -> ClusterFindings:
    """Return what a cluster that has recovered holds; `roles` are tried in turn. Raises a LookError."""
    client = _Client(server, Deadline(timeout))
    state = client.first(roles)
    match = _STATE_LINE.fullmatch(state)
    lsn = None if match is None else lsn_of(match[2])
    if match is None or lsn is None:
        raise Unreadable(f"the restored cluster says something else of its state: {one_line(state)}")
    if match[1] == "1":
        raise Exited("the restored cluster is still in recovery")
    number, committed = int(match[5]), int(match[3])
    databases, unread = [], []
    for name, open_ in client.databases():
        shown = one_line(name, 100)
        if not open_:
            unread.append(f"{shown}: no connection to it is allowed")
            continue
        try:
            databases.append(client.counted(name, shown))
        except Damaged as error:
            databases.append(DatabaseCount(name=shown, damaged=(error.message,)))
        except LookError as error:
            unread.append(f"{shown}: {error.message}")
    return ClusterFindings(
        server=f"{number // 10_000}.{number % 10_000}",
        replayed=lsn,
        wanted=wanted,
        committed=datetime.fromtimestamp(committed, UTC) if 0 < committed <= _LAST else None,
        checksums=match[4] == "1",
        databases=tuple(databases),
        unread=tuple(unread),
    )


class _Client:
    """A client of one server: psql, as the role and in the database that answered first."""

    def __init__(self, server: ClusterServer, deadline: Deadline) -> None:
        self._server = server
        self._deadline = deadline
        self._role = ""
        self._first = b""

    def first(self, roles: Sequence[str]) -> str:
        """Return the answer about its state from the first role and database that answer."""
        error: LookError = Denied("the restored cluster accepts no role")
        for role in roles:
            for database in _CONNECTING:
                self._role, self._first = role, database.encode()
                output = self._psql(self._first, "-c", _STATE)
                if output.status == 0:
                    return output.stdout.decode(errors="replace").strip()
                error = _error(output, "the restored cluster does not answer")
                if _NO_ROLE.search(output.stderr):
                    error = Denied(
                        f"the restored cluster has no role {' or '.join(roles)}",
                        "name one of its superusers as PGUSER in environment_file",
                    )
                    break
        raise error

    def databases(self) -> Iterator[tuple[bytes, bool]]:
        """Yield each database and whether connections to it are allowed."""
        for match in self._lines(self._first, _DATABASES, _DATABASE_LINE, MOST_DATABASES):
            yield bytes.fromhex(match[2]), match[1] == "1"

    def counted(self, database: bytes, shown: str) -> DatabaseCount:
        """Return a count of each table of one database. Raises a LookError."""
        tables: list[_Table] = []
        unlogged, uncounted = 0, list[str]()
        for match in self._lines(database, _TABLES, _TABLE_LINE, MOST_TABLES):
            table = _Table(bytes.fromhex(match[3]))
            if _TABLE_NAME.fullmatch(table.quoted) is None:
                raise Unreadable(f"it names a table in no form of SQL: {table.name}")
            if match[1] == "u":
                unlogged += 1
            elif match[2] == "1":
                tables.append(table)
            else:
                uncounted.append(f"{table.name}: it is stored by an extension")
        named: list[TableRows] = []
        rows, damaged = 0, list[str]()
        for begin in range(0, len(tables), BATCH):
            batch = tables[begin : begin + BATCH]
            counts, errors = self._counts(database, batch)
            rows += sum(counts.values())
            named += [TableRows(table=batch[at].name, rows=counts[at]) for at in sorted(counts)]
            for at, (bad, said) in errors.items():
                (damaged if bad else uncounted).append(f"{batch[at].name}: {said}")
        return DatabaseCount(
            name=shown,
            tables=len(named),
            rows=rows,
            named=tuple(named[:NAMED_AT_MOST]),
            unlogged=unlogged,
            uncounted=tuple(uncounted[:MOST_SAID]),
            damaged=tuple(damaged[:MOST_SAID]),
        )

    def _counts(self, database: bytes, tables: Sequence[_Table]) -> tuple[dict[int, int], dict[int, tuple[bool, str]]]:
        """Return the rows of tables by their place, and of the others whether they are damaged and what was said."""
        asked = b"".join(b"select %d, count(*) from only %s;\n" % (at, table.quoted) for at, table in enumerate(tables))
        output = self._psql(database, "-v", "ON_ERROR_STOP=0", "-f", "-", stdin=b"\\set VERBOSITY verbose\n" + asked)
        lines = (_COUNT_LINE.fullmatch(line) for line in output.stdout.decode(errors="replace").splitlines())
        counts = {int(line[1]): int(line[2]) for line in lines if line is not None and int(line[1]) < len(tables)}
        matches = map(_ERROR_LINE.match, output.stderr.decode(errors="replace").splitlines())
        said = iter([match for match in matches if match is not None])
        errors: dict[int, tuple[bool, str]] = {}
        for at in range(len(tables)):
            if at not in counts:
                match = next(said, None)
                code, words = (match[1], one_line(match[2])) if match is not None else ("", "the server did not answer")
                errors[at] = (_is_of_data(code, words), words)
        return counts, errors

    def _lines(self, database: bytes, sql: str, form: re.Pattern[str], most: int) -> Iterator[re.Match[str]]:
        output = self._psql(database, "-c", sql)
        if output.status != 0:
            raise _error(output, "it cannot be asked")
        lines = output.stdout.decode(errors="replace").splitlines()
        if len(lines) > most:
            raise Unreadable(f"it has more than {most} of them")
        for line in lines:
            match = form.fullmatch(line)
            if match is None:
                raise Unreadable(f"it says something else: {one_line(line)}")
            yield match

    def _psql(self, database: bytes, *words: str, stdin: bytes = b"") -> Output:
        if self._deadline.passed:
            raise TimedOut("there was no time left for it")
        timeout = timedelta(seconds=self._deadline.remaining())
        environment = client_environment(self._server.folder, self._server.programs.major, self._role, timeout)
        return self._server.ask(
            "psql", "-X", "-w", "-q", "-A", "-t", *words,
            timeout=timeout + timedelta(seconds=10),
            environment={**environment, "PGDATABASE": database.decode(errors="surrogateescape")},
            stdin=stdin,
            shown="psql: a restored cluster",
        )  # fmt: skip


def _is_of_data(code: str, said: str) -> bool:
    # A library of an extension that is not installed here is looked for in a file as well.
    return code.startswith(_OF_DATA) or (code.startswith(_OF_FILES) and is_damage(said))


def _error(output: Output, what: str) -> LookError:
    said = last_line(output.stderr)
    return (Damaged if is_damage(said) else Exited)(f"{what}: {said}")
