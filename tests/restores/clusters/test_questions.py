"""What a restored cluster answers, read within bounds; the server is played by prepared answers."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.errors import Denied, LookError, Unreadable
from agent.core.host import Command, Host, Output
from agent.restores.clusters import questions
from agent.restores.clusters.harmless import ClusterFolder
from agent.restores.clusters.installed import ServerPrograms
from agent.restores.clusters.questions import findings_of
from agent.restores.clusters.server import ClusterServer

Answer = Callable[[Command], tuple[int, bytes, bytes]]
STATE = b"0|0/5000100|1796152500|1|170002\n"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def started_by_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask this machine for no program."""
    monkeypatch.setattr("agent.restores.clusters.server.dying_with_us", tuple)


class PlayedHost(Host):
    """Answer each command as a test prepared it."""

    id = "here"

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def execute(self, command: Command) -> Output:
        """Return the prepared answer."""
        status, stdout, stderr = self._answer(command)
        return Output(stdout=stdout, stderr=stderr, status=status, duration=timedelta(0))

    def read(self, path: str, *, limit: int) -> bytes:
        """Refuse: nothing is read."""
        raise AssertionError(path)


def server(answer: Answer) -> ClusterServer:
    """Return a server that answers so."""
    programs = ServerPrograms(major=17, folder=Path("/usr/lib/postgresql/17/bin"))
    return ClusterServer(here=PlayedHost(answer), programs=programs, folder=ClusterFolder(root=Path("/s")))


def sound(command: Command) -> tuple[int, bytes, bytes]:
    """Answer as a cluster with one database that has a table of each kind."""
    asked = command.argv[-1]
    if "pg_is_in_recovery" in asked:
        return 0, STATE, b""
    if "pg_database" in asked:
        return 0, b"1|1|" + b"shop".hex().encode() + b"\n1|0|" + b"shut".hex().encode() + b"\n", b""
    if "pg_class" in asked:
        rows = [b"p|1|", b"p|1|", b"u|1|", b"p|0|", b"p|1|"]
        names = [b"public.a", b'public."b;--"', b"public.u", b"public.columnar", b"public.v"]
        return 0, b"".join(row + name.hex().encode() + b"\n" for row, name in zip(rows, names, strict=True)), b""
    assert command.environment["PGDATABASE"] == "shop"
    assert b'from only public."b;--";' in command.stdin
    told = b"psql:<stdin>:3: ERROR:  XX001: invalid page in block 0 of relation base/5/16384\nLOCATION:  x\n"
    told += b'psql:<stdin>:4: ERROR:  58P01: could not access file "$libdir/vector": No such file\n'
    return 0, b"0|41\n", told


def test_tables_are_counted_and_each_other_one_has_its_reason() -> None:
    found = findings_of(server(sound), ("postgres",), 0x5000000, HOUR)
    assert (found.server, found.replayed, found.checksums, found.whole) == ("17.2", 0x5000100, True, True)
    (shop,) = found.databases
    assert (shop.name, shop.tables, shop.rows, shop.unlogged) == ("shop", 1, 41, 1)
    assert shop.damaged == ('public."b;--": invalid page in block 0 of relation base/5/16384',)
    assert len(shop.uncounted) == 2
    assert found.unread == ("shut: no connection to it is allowed",)


@pytest.mark.parametrize(
    "name",
    [
        b"a.b;\n\\! touch /s/x",
        b"\\!id\n.a",
        b'public."b" \\! id',
        b'"a"";\n\\! id',
        b"public.b;select",
        b"public.:x",
        b"b",
        b"",
    ],
)
def test_what_is_no_name_of_a_table_is_not_given_to_psql(name: bytes) -> None:
    """A superuser of the source may have replaced what quotes it, with a function of the same name."""
    given = list[bytes]()

    def evil(command: Command) -> tuple[int, bytes, bytes]:
        given.append(command.stdin)
        if "pg_class" in command.argv[-1]:
            return 0, b"p|1|" + (name or b"\0").hex().encode() + b"\n", b""
        return sound(command)

    found = findings_of(server(evil), ("postgres",), 0, HOUR)
    assert not any(given)
    assert (found.databases, len(found.unread)) == ((), 2)


@pytest.mark.parametrize("name", [b'"A b"."c""\n\\!d"', 'public."tablé"'.encode(), b"_a.b$1"])
def test_every_name_that_a_server_quotes_is_given(name: bytes) -> None:
    assert questions._TABLE_NAME.fullmatch(name)


def test_another_superuser_is_tried_and_a_missing_one_is_named() -> None:
    def only_owner(command: Command) -> tuple[int, bytes, bytes]:
        if command.environment["PGUSER"] != "owner":
            return 2, b"", b'psql: error: FATAL:  role "postgres" does not exist\n'
        return sound(command)

    assert findings_of(server(only_owner), ("postgres", "owner"), 0, HOUR).databases
    with pytest.raises(Denied, match="postgres") as refused:
        findings_of(server(only_owner), ("postgres",), 0, HOUR)
    assert "PGUSER" in refused.value.hint


@pytest.mark.parametrize("state", [b"", b"1|2", b"0|x|1|1|170002", b"0|0/1|1|1|170002\n0|0/1|1|1|170002", b"\xff" * 90])
def test_anything_else_is_refused(state: bytes) -> None:
    with pytest.raises(Unreadable):
        findings_of(server(lambda command: (0, state, b"")), ("postgres",), 0, HOUR)


def test_a_cluster_still_in_recovery_shows_nothing() -> None:
    with pytest.raises(LookError, match="still in recovery"):
        findings_of(server(lambda command: (0, b"1" + STATE[1:], b"")), ("postgres",), 0, HOUR)


def test_a_server_that_dies_under_the_counts_leaves_the_rest_unknown() -> None:
    def dying(command: Command) -> tuple[int, bytes, bytes]:
        if command.stdin:
            return 2, b"0|41\n", b"psql:<stdin>:3: server closed the connection unexpectedly\n"
        return sound(command)

    (shop,) = findings_of(server(dying), ("postgres",), 0, HOUR).databases
    assert (shop.tables, shop.damaged, len(shop.uncounted)) == (1, (), 3)
