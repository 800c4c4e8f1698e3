"""Ask a PostgreSQL cluster on its own machine how far it has written, to know if its archive is whole.

Reads:  psql on the Unix sockets below /run/postgresql: pg_control_system, txid_current_snapshot, pg_prepared_xacts,
        pg_current_wal_insert_lsn, pg_walfile_name, pg_stat_archiver, archive_timeout; all are open to every role
Needs:  psql there, and a role of the account's name that may log in: CREATE ROLE beffroi LOGIN
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from agent.core.cluster_archive import SourceState
from agent.core.deadline import Deadline
from agent.core.errors import Denied, Exited, LookError, Unreachable, Unreadable, WrongRepository
from agent.core.host import Host, Output
from agent.core.lines import last_line, one_line
from agent.core.wal_segments import SEGMENT, lsn_of

FOLDER = "/run/postgresql"
MOST = 16
_LONGEST = timedelta(seconds=20)
_ANSWER_LIMIT = 64 * 1024
# Where the answer came from, beside what it says.
_SOCKET_PATH = "socket"
_SOCKET = re.compile(r"\.s\.PGSQL\.(\d{1,5})")
_SEVERAL = "name the one that the backup is of by PGPORT in the copy's environment_file"
_REFUSED = re.compile(
    rb"authentication failed|permission denied|^(?>.*?role ).* does not exist|no pg_hba.conf entry", re.I | re.M
)
# The snapshot comes first: what ends between the two is then within the LSN, and not taken for older than it. One that
# was prepared has not ended, and is not to be lost either.
ASKS = """
select json_build_object(
    'system', (select system_identifier::text from pg_control_system()),
    'standby', pg_is_in_recovery(),
    'snapshot', txid_current_snapshot()::text || coalesce((
        select ' ' || string_agg(transaction::text, ',' order by transaction::text) from pg_prepared_xacts), ''),
    'lsn', case when not pg_is_in_recovery() then pg_current_wal_insert_lsn()::text end,
    'segment', case when not pg_is_in_recovery() then pg_walfile_name(pg_current_wal_insert_lsn()) end,
    'timeout', (select setting::int from pg_settings where name = 'archive_timeout'),
    'archived', (select last_archived_wal from pg_stat_archiver))
"""
_READ_ONLY = {
    "PGCONNECT_TIMEOUT": "5",
    "PGOPTIONS": "-c statement_timeout=10000 -c default_transaction_read_only=on",
    "PGAPPNAME": "beffroi",
}


def source_state(
    host: Host, system: str, environment: Mapping[str, str], timeout: timedelta
) -> SourceState | LookError:
    """Return the state of the cluster of this system identifier, or why it shows none.

    WrongRepository is returned where every cluster there answered, and none is that one. `environment` may name another
    socket folder, port and role (PGHOST, PGPORT, PGUSER).
    """
    try:
        answers = list(_answers(host, environment, Deadline(timeout)))
    except LookError as error:
        return error
    own = [one for one in answers if not isinstance(one, LookError) and one.get("system") == system]
    # A standby says nothing of what its primary has written, and a copy that was started to try it something else.
    writing = [one for one in own if one.get("standby") is False]
    if len(writing) > 1:
        where = " and ".join(one_line(str(one[_SOCKET_PATH])) for one in writing)
        return Unreadable(f"{host.id}: {where} are of one cluster: which is meant?", _SEVERAL)
    if own:
        try:
            told = (*writing, *own)[0]
            return replace(_state(told, host.id), socket=str(told[_SOCKET_PATH]))
        except LookError as error:
            return error
    errors = [one for one in answers if isinstance(one, LookError)]
    if errors:
        return errors[0]
    if not answers:
        return Unreachable(f"{host.id}: no PostgreSQL listens in {environment.get('PGHOST', FOLDER)}")
    others = ", ".join(one_line(str(one.get("system"))) for one in answers if not isinstance(one, LookError))
    return WrongRepository(f"{host.id}: the cluster that runs there is {others}, not {system}")


def _answers(
    host: Host, environment: Mapping[str, str], deadline: Deadline
) -> Iterator[Mapping[str, object] | LookError]:
    own = {name: value for name, value in environment.items() if name.startswith("PG") and name != "PGOPTIONS"}
    for port in (own["PGPORT"],) if "PGPORT" in own else _ports(host, own.get("PGHOST", FOLDER), deadline):
        settings = {"PGHOST": FOLDER, "PGDATABASE": "postgres", **own, "PGPORT": port, **_READ_ONLY}
        try:
            told = _answer(_asked(host, settings, deadline), host.id, port)
            folder = settings["PGHOST"]
            yield {**told, _SOCKET_PATH: f"{folder}/.s.PGSQL.{port}" if folder.startswith("/") else ""}
        except LookError as error:
            yield error


def _ports(host: Host, folder: str, deadline: Deadline) -> list[str]:
    if not folder.startswith("/"):
        return ["5432"]
    output = host.run(
        "find", folder, "-maxdepth", "1", "-type", "s", "-name", ".s.PGSQL.*", "-printf", "%f\\n",
        timeout=_time(deadline), accept=None, output_limit=_ANSWER_LIMIT,
    )  # fmt: skip
    found = (_SOCKET.fullmatch(line) for line in output.stdout.decode(errors="replace").splitlines())
    return sorted({match[1] for match in found if match})[:MOST]


def _asked(host: Host, settings: Mapping[str, str], deadline: Deadline) -> Output:
    return host.run(
        *("psql", "-X", "-w", "-q", "-A", "-t", "-c", ASKS),
        timeout=_time(deadline),
        environment=settings,
        accept=None,
        output_limit=_ANSWER_LIMIT,
        shown="psql: how far the cluster has written",
    )


def _time(deadline: Deadline) -> timedelta:
    return min(_LONGEST, timedelta(seconds=max(deadline.remaining(), 1.0)))


def _answer(output: Output, where: str, port: str) -> Mapping[str, object]:
    """Return what a cluster said. Raises Denied, Exited, Unreadable."""
    if output.status != 0:
        said = f"{where}: the cluster on port {port}: {last_line(output.stderr)}"
        if _REFUSED.search(output.stderr):
            raise Denied(said, "make a role of the account's name that may do nothing but log in: CREATE ROLE … LOGIN")
        raise Exited(said)
    try:
        told = json.loads(output.stdout)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{where}: psql on port {port} says something else: {one_line(output.stdout)}") from error
    if not isinstance(told, dict):
        raise Unreadable(f"{where}: psql on port {port} says something else: {one_line(output.stdout)}")
    return told


def _state(told: Mapping[str, object], where: str) -> SourceState:
    """Return the state that a cluster told. Raises Unreadable."""
    if told.get("standby") is not False:
        raise Unreadable(f"{where}: the cluster is a standby, which does not know what its primary has written")
    lsn, snapshot, timeout, archived = (told.get(key) for key in ("lsn", "snapshot", "timeout", "archived"))
    position = lsn_of(lsn)
    if position is None or not isinstance(snapshot, str) or len(snapshot) > _ANSWER_LIMIT or type(timeout) is not int:
        raise Unreadable(f"{where}: the cluster does not say how far it has written: {one_line(str(lsn))}")
    return SourceState(
        lsn=position,
        snapshot=_brief(snapshot),
        timeout=max(timeout, 0),
        timeline=int(_segment(told.get("segment"))[:8] or "0", 16),
        archived=_segment(archived),
    )


def _segment(name: object) -> str:
    """Return the segment that a file of WAL is named after; empty for another name."""
    return name[:24] if isinstance(name, str) and SEGMENT.fullmatch(name[:24]) else ""


def _brief(snapshot: str) -> str:
    """Return a snapshot that fits into a fact; one of very many transactions is only compared."""
    if len(snapshot) <= 200:
        return snapshot
    return hashlib.sha256(snapshot.encode()).hexdigest()
