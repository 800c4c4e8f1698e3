"""Databases of servers that run: a real PostgreSQL with its roles, a real MariaDB, and what lists nothing."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import pytest

from agent.core.facts.holdings import Holding
from agent.core.host import Command, Host, Output
from agent.hosts.local import LocalHost
from agent.hosts.root_requests import RootRequest, ask
from collectors.holdings.answer import parse
from collectors.holdings.collect import apart
from collectors.holdings.databases import databases
from tests.parts.disks import may_mount
from tests.parts.executable import executable
from tests.parts.pgbouncer import running_pgbouncer
from tests.parts.postgresql import PostgresqlServer, as_nobody, running_postgresql

pytestmark = [pytest.mark.programs, pytest.mark.network]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONG = timedelta(seconds=60)


@dataclass
class Role(Host):
    """This machine, whose account is a role of a test's server."""

    name: str = "postgres"
    id: str = "srv-1"
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def execute(self, command: Command) -> Output:
        self.asked.append(command.argv)
        environment = {**command.environment, "PGUSER": self.name}
        return LocalHost(self.id).execute(replace(command, environment=environment))

    def read(self, path: str, *, limit: int) -> bytes:
        return LocalHost(self.id).read(path, limit=limit)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    with running_postgresql() as started:
        started.run("postgres", "create role beffroi login", 'create database "shop"', 'create database "a\tb\n\'c"')
        yield started


def listed(answer: str, host: Host) -> dict[str, Holding]:
    return {one.label: one for one in databases(parse(answer), host, NOW, LONG)}


def socket_of(server: PostgresqlServer) -> str:
    return f"socket\t{server.folder}/.s.PGSQL.{server.port}\n"


def test_a_role_without_any_right_lists_every_database_with_its_size(server: PostgresqlServer) -> None:
    found = listed(socket_of(server), Role("beffroi"))
    assert set(found) == {"postgresql:shop", "postgresql:a\tb\n'c"}
    assert 5_000_000 < (found["postgresql:shop"].bytes or 0) < 20_000_000


def test_a_new_database_is_found_at_the_next_look(server: PostgresqlServer) -> None:
    before = listed(socket_of(server), Role("beffroi"))
    server.run("postgres", "create database fresh")
    assert set(listed(socket_of(server), Role("beffroi"))) - set(before) == {"postgresql:fresh"}
    server.run("postgres", "drop database fresh")


def test_the_database_of_every_cluster_counts_once_it_holds_a_table(server: PostgresqlServer) -> None:
    server.run("postgres", "create table kept (id int)")
    assert "postgresql:postgres" in listed(socket_of(server), Role("beffroi"))
    server.run("postgres", "drop table kept")
    assert "postgresql:postgres" not in listed(socket_of(server), Role("beffroi"))


def test_a_database_that_the_role_may_not_enter_is_found_without_its_size(server: PostgresqlServer) -> None:
    server.run("postgres", "create database closed", "revoke connect on database closed from public")
    assert listed(socket_of(server), Role("beffroi"))["postgresql:closed"].bytes is None
    server.run("postgres", "drop database closed")


def test_an_account_without_a_role_is_denied(server: PostgresqlServer) -> None:
    (found,) = listed(socket_of(server), Role("nobody-known")).values()
    assert (found.label, found.hindered) == (f"postgresql:(port {server.port})", "denied")
    assert "does not exist" in found.said


def test_a_socket_where_nothing_answers_is_no_empty_cluster(tmp_path: Path) -> None:
    (found,) = listed(f"socket\t{tmp_path}/.s.PGSQL.5432\n", Role()).values()
    assert (found.hindered, found.paths) == ("exited", (f"{tmp_path}/.s.PGSQL.5432",))


def test_a_socket_whose_listener_is_mute_costs_one_deadline(tmp_path: Path) -> None:
    folder = tempfile.mkdtemp(prefix="pg-")
    answers = [f"socket\t{folder}/.s.PGSQL.{port}\n" for port in (5432, 5433)]
    with socket.socket(socket.AF_UNIX) as first, socket.socket(socket.AF_UNIX) as second:
        for one, port in ((first, 5432), (second, 5433)):
            one.bind(f"{folder}/.s.PGSQL.{port}")
            one.listen()
        short = timedelta(seconds=2)
        found = list(databases(parse("".join(answers)), Role(), NOW, short))
    shutil.rmtree(folder)
    assert [one.hindered for one in found] == ["timed-out", "timed-out"]


def test_two_servers_that_list_nothing_in_one_folder_are_two(tmp_path: Path) -> None:
    """Debian's clusters all listen in /run/postgresql: none of them lacks a socket."""
    sockets = "".join(f"socket\t{tmp_path}/.s.PGSQL.{port}\n" for port in (5432, 5433))
    servers = "".join(f"server\t{pid}\tpostgres\town\t/data/{pid}\tlistens\n" for pid in (9, 10))
    found = listed(sockets + servers, Role())
    assert set(found) == {"postgresql:(port 5432)", "postgresql:(port 5433)"}


def test_a_server_without_a_socket_is_not_listed() -> None:
    (found,) = listed("server\t812\tpostgres\town\t/var/lib/postgresql/17/main\n", Role()).values()
    assert (found.label, found.hindered) == ("postgresql:(no socket)", "unreachable")


def test_a_server_with_two_sockets_is_one_and_hides_no_other(server: PostgresqlServer) -> None:
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        Path(folder).chmod(0o755)
        second = Path(folder, f".s.PGSQL.{server.port}")
        second.symlink_to(f"{server.folder}/.s.PGSQL.{server.port}")
        sockets = f"{socket_of(server)}socket\t{second}\n"
        servers = "".join(f"server\t{pid}\tpostgres\town\t/data/{pid}\n" for pid in (9, 10))
        found = list(databases(parse(sockets + servers), Role("beffroi"), NOW, LONG))
    assert sum(one.name == "shop" for one in found) == 1
    assert [one.label for one in found if one.hindered] == ["postgresql:(no socket)"]


@contextmanager
def impostor(*rows: object, port: int = 1) -> Iterator[str]:
    """Listen as any account may, and answer each question of a PostgreSQL client with some rows; yield the socket."""

    def message(kind: bytes, content: bytes = b"") -> bytes:
        return kind + (len(content) + 4).to_bytes(4, "big") + content

    def one(client: socket.socket) -> None:
        with client, client.makefile("rb") as asked:
            asked.read(int.from_bytes(asked.read(4), "big") - 4)
            client.sendall(message(b"R", bytes(4)) + message(b"Z", b"I"))
            while (kind := asked.read(1)) and kind != b"X":
                asked.read(int.from_bytes(asked.read(4), "big") - 4)
                column = b"j\0" + bytes(6) + (25).to_bytes(4, "big") + b"\xff\xff" + bytes(6)
                answer = message(b"T", (1).to_bytes(2, "big") + column)
                for row in rows:
                    text = json.dumps(row).encode()
                    answer += message(b"D", (1).to_bytes(2, "big") + len(text).to_bytes(4, "big") + text)
                client.sendall(answer + message(b"C", b"SELECT 1\0") + message(b"Z", b"I"))

    with tempfile.TemporaryDirectory(prefix="pg-") as folder, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{folder}/.s.PGSQL.{port}")
        listening.listen()

        def serve() -> None:
            with suppress(OSError):
                while True:
                    one(listening.accept()[0])

        Thread(target=serve, daemon=True).start()
        yield f"socket\t{folder}/.s.PGSQL.{port}\n"
        listening.shutdown(socket.SHUT_RDWR)


def test_who_claims_to_be_a_server_hides_none_of_its_databases(server: PostgresqlServer) -> None:
    """Any role of the server may ask when it began, and any account may listen on a socket of such a name."""
    begun = server.run("postgres", "select json_build_object('begun', pg_postmaster_start_time())")[0][0]
    assert isinstance(begun, dict)
    with impostor({**begun, "port": str(server.port)}, {"name": "a\tb\n'c", "bytes": 9}) as false:
        lines = f"{false}{socket_of(server)}server\t9\tpostgres\town\t/data\tlistens\n"
        found = listed(lines, Role("beffroi"))
    assert {"postgresql:shop", "postgresql:a\tb\n'c"} <= set(found)
    assert not [one for one in found.values() if one.hindered]


def test_a_socket_of_another_answers_in_the_place_of_no_server() -> None:
    with impostor({"begun": "2026-11-24T01:00:00+00:00", "port": "1"}) as false:
        found = listed(f"{false}server\t9\tpostgres\town\t/data\tsilent\n", Role())
        assert {name: one.hindered for name, one in found.items()} == {"postgresql:(no socket)": "unreachable"}
        assert listed(f"{false}server\t9\tpostgres\town\t/data\tlistens\n", Role()) == {}


@pytest.mark.parametrize("name", ["postgres", "pgbouncer"])
def test_what_has_a_server_s_name_hides_no_socket_and_listens_on_none(name: str, tmp_path: Path) -> None:
    """A process that calls itself so, and binds the path of a server's socket too, as in a mount of its own."""
    place = tmp_path / ".s.PGSQL.5432"
    code = (
        "import socket, sys; made = [socket.socket(socket.AF_UNIX) for _ in range(20)]\n"
        "import os; open('/proc/self/comm', 'w').write(sys.argv[2])\n"
        "for one in made[:int(sys.argv[3])]:\n"
        "    one.bind(sys.argv[1]); one.listen(); os.unlink(sys.argv[1])\n"
        "print(flush=True); sys.stdin.read()\n"
    )
    with socket.socket(socket.AF_UNIX) as true:
        argv = [sys.executable, "-c", code, str(place), name, "20" if name == "pgbouncer" else "0"]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as called:
            assert called.stdout is not None
            called.stdout.readline()
            true.bind(str(place))
            true.listen()
            lines = ask(LocalHost("srv-1"), RootRequest.COVERAGE, LONG).text.splitlines()
            called.terminate()
    assert f"socket\t{place}" in lines and f"pooler\t{place}" not in lines
    servers = [line for line in lines if line.startswith(f"server\t{called.pid}\t")]
    assert [line.rpartition("\t")[2] for line in servers] == (["silent"] if name == "postgres" else [])


STANDS = """
import os, sys
folder, way = sys.argv[1:]
named = lambda: open("/proc/self/comm", "w").write("postgres")
if way == "ended" and os.fork() == 0:
    named()
    os._exit(0)
os.chdir(folder)
for _ in range(25 if way == "deep" else 0):
    os.mkdir("x" * 200)
    os.chdir("x" * 200)
if way != "ended":
    named()
print(flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("way", ["there", "elsewhere", "deep", "ended"])
@pytest.mark.skipif(not may_mount(), reason="root alone sees where others stand")
def test_who_has_a_server_s_name_stands_in_no_idle_server_s_folder(way: str, tmp_path: Path) -> None:
    """In mounts of its own a process may stand in another folder of that name; or where it cannot be shown."""
    folder = tmp_path / "idle"
    folder.mkdir()
    argv = [sys.executable, "-c", STANDS, str(folder if way in ("there", "elsewhere") else tmp_path), way]
    if way == "elsewhere":
        argv = ["unshare", "--mount", "sh", "-c", f'mount -t tmpfs none {folder} && exec "$@"', "sh", *argv]
    text = resources.files("agent.hosts").joinpath("root.sh").read_text()
    asked = f'is_idle {folder} postgres postmaster "$(database_servers)" && echo idle; exit 0\nIFS= read -r request'
    text = text.replace("IFS= read -r request", asked)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as called:
        assert called.stdout is not None
        called.stdout.readline()
        said = subprocess.run(["/bin/sh", "-c", text], check=True, capture_output=True, timeout=60)
        called.terminate()
    assert said.stdout.split() == ([] if way == "there" else [b"idle"])


def test_a_folder_in_which_somebody_has_laid_names_without_end_costs_its_time_alone(tmp_path: Path) -> None:
    """Any process may be called mariadbd and stand in a folder of its own, and a home is its owner's."""
    for name in ("ls", "find"):
        executable(tmp_path / name, f"echo $$ >>{tmp_path}/begun; exec sleep 600")
    text = resources.files("agent.hosts").joinpath("root.sh").read_text()
    asked = f"PATH={tmp_path}:$PATH; is_listed /etc; schemas 1 /etc; volumes_in /etc; exit 0\nIFS= read -r request"
    text = text.replace("IFS= read -r request", asked).replace("patience=20", "patience=1")
    subprocess.run(["/bin/sh", "-c", text], check=True, capture_output=True, timeout=60)
    begun = (tmp_path / "begun").read_text().split()
    assert len(begun) == 3
    assert not [pid for pid in begun if Path("/proc", pid).exists()]


CLAIMS = """
import os, socket, sys
own = {"tcp": socket.create_server(("127.0.0.1", 0)), "unix": socket.socketpair()[0]}[sys.argv[1]]
with open("/proc/self/comm", "w") as comm:
    comm.write("postgres")
claims = socket.socket(socket.AF_UNIX)
claims.bind(f"\\0\\n0: 0 0 00010000 0 0 {os.fstat(own.fileno()).st_ino} /tmp/.s.PGSQL.1\\n")
print(flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("way", ["tcp", "unix"])
def test_no_name_of_a_socket_makes_a_server_listen(way: str) -> None:
    """Any account may bind a name with a line break, which /proc/net/unix shows as lines."""
    argv = [sys.executable, "-c", CLAIMS, way]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as called:
        assert called.stdout is not None
        called.stdout.readline()
        lines = ask(LocalHost("srv-1"), RootRequest.COVERAGE, LONG).text.splitlines()
        called.terminate()
    servers = [line for line in lines if line.startswith(f"server\t{called.pid}\t")]
    assert [line.rpartition("\t")[2] for line in servers] == ["silent"]


OPENS = """
import sys
opened = open(sys.argv[1], "w")
with open("/proc/self/comm", "w") as comm:
    comm.write("pgbouncer")
print(flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("name", ["a socket:[{}]", "0 -> socket:[{}]", "a\nl 1 0 0 64 Jan 1 1970 9 -> socket:[{}]"])
def test_no_name_of_a_file_makes_a_server_s_socket_a_pooler_s(name: str, tmp_path: Path) -> None:
    """Any process may be called a pooler, and any account sees the numbers of a server's sockets."""
    place = tmp_path / ".s.PGSQL.5432"
    with socket.socket(socket.AF_UNIX) as true:
        true.bind(str(place))
        true.listen()
        argv = [sys.executable, "-c", OPENS, str(tmp_path / name.format(os.fstat(true.fileno()).st_ino))]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as called:
            assert called.stdout is not None
            called.stdout.readline()
            lines = ask(LocalHost("srv-1"), RootRequest.COVERAGE, LONG).text.splitlines()
            called.terminate()
    assert f"socket\t{place}" in lines and f"pooler\t{place}" not in lines


def test_no_name_makes_a_folder_look_empty_or_like_a_new_disk(tmp_path: Path) -> None:
    """Who may write into the top of a disk, or into a web folder, lays names there."""
    names = ["\n" * 12, "lost+found\n" * 11, "a\tb"]
    text = resources.files("agent.hosts").joinpath("root.sh").read_text()
    asked = 'is_filled "$folder" && names_in "$folder" 9; exit 0\nIFS= read -r request'
    text = text.replace("IFS= read -r request", asked)
    for number, name in enumerate(names):
        folder = tmp_path / str(number)
        (folder / name).mkdir(parents=True)
        said = subprocess.run(
            ["/bin/sh", "-c", f"folder={folder}\n{text}"], check=True, capture_output=True, text=True, timeout=60
        )
        (line,) = said.stdout.splitlines()
        assert line.strip() and line != "lost+found"


def test_more_databases_than_are_told_are_cut(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for number in range(1001):
        (data / f"d{number}").mkdir(parents=True)
    (data / "ibdata1").touch()
    (data / "a\nb").mkdir()
    code = "open('/proc/self/comm', 'w').write('mariadbd'); print(flush=True); input()"
    argv = [sys.executable, "-c", code]
    with subprocess.Popen(argv, cwd=data, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as called:
        assert called.stdout is not None
        called.stdout.readline()
        lines = ask(LocalHost("srv-1"), RootRequest.COVERAGE, LONG).text.splitlines()
        called.terminate()
    told = [line for line in lines if line.startswith(f"schema\t{called.pid}\t")]
    assert 999 <= len(told) <= 1001
    assert "cut\tdatabases" in lines


def test_a_server_in_a_container_is_there_and_not_listed() -> None:
    found = listed("server\t812\tpostgres\tinner\t\nserver\t900\tmysqld\tinner\t\n", Role())
    assert {name: one.hindered for name, one in found.items()} == {
        "postgresql:(container)": "denied",
        "mariadb:(container)": "denied",
    }


def test_the_folders_of_a_mariadb_are_its_databases() -> None:
    answer = "server\t9\tmariadbd\town\t/var/lib/mysql\n" + "".join(
        f"schema\t9\t{name}\n" for name in ("mysql", "sys", "performance_schema", "shop", "a@002db", "#innodb_redo")
    )
    found = listed(f"{answer}size\t2048\t/var/lib/mysql/shop\n", Role())
    assert {name: one.bytes for name, one in found.items()} == {"mariadb:shop": 2_000_000, "mariadb:a-b": None}


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("@0ptabli", "établi"),
        ("@0na@002ex", "ça.x"),
        ("@3Uuvre", "Œuvre"),
        ("@1R@4v@65e5", "Ÿž日"),
        ("@1J@4z@5g@t0", "@1J@4z@5g@t0"),
    ],
)
def test_a_folder_of_mariadb_names_letters_with_accents_as_the_server_does(folder: str, name: str) -> None:
    """Else the dump that a backup declares of it would be none of its."""
    found = listed(f"server\t9\tmariadbd\town\t/var/lib/mysql\nschema\t9\t{folder}\n", Role())
    assert set(found) == {f"mariadb:{name}"}


def test_the_root_s_part_finds_a_running_postgresql(server: PostgresqlServer) -> None:
    answer = ask(LocalHost("srv-1"), RootRequest.COVERAGE, LONG).text
    assert socket_of(server) in answer
    assert f"server\t{server.pid}\tpostgres\town\t{server.folder}/data\tlistens\n" in answer


@dataclass
class Sockets(Host):
    """A machine whose account may list no data folder; by each socket that answers, the data folder of its server."""

    id: str = "srv-1"
    folders: dict[str, str] = field(default_factory=dict)

    def execute(self, command: Command) -> Output:
        if command.argv[0] == "readlink":
            said = command.argv[-1].rstrip("/")
        else:
            (socket,) = (word.partition("=")[2] for word in command.argv if word.startswith("--socket="))
            rows = [{"sees_all": 1, "data": f"{self.folders[socket]}/"}, {"name": "mysql"}, {"name": "shop"}]
            said = "".join(f"{json.dumps(row)}\n" for row in rows)
        return Output(status=0, stdout=said.encode(), stderr=b"", duration=timedelta(0))

    def read(self, path: str, *, limit: int) -> bytes:
        raise AssertionError(path)


def by_sockets(folders: dict[str, str], *more: str, servers: int = 2) -> list[str]:
    """Return what is found of MariaDB servers, none of whose folders may be listed."""
    lines = [f"server\t{pid}\tmariadbd\town\t\nunlisted\t{pid}\n" for pid in range(servers)]
    lines += [f"socket\t{socket}\n" for socket in folders]
    return [one.label for one in apart(databases(parse("".join((*lines, *more))), Sockets(folders=folders), NOW, LONG))]


def test_two_mariadb_servers_that_are_listed_by_their_sockets_alone_are_told_apart() -> None:
    folders = {"/run/mysqld/mysqld.sock": "/var/lib/mysql", "/run/mysqld/mysqld2.sock": "/srv/mysql"}
    assert by_sockets(folders) == ["mariadb:shop", "mariadb:shop@/srv/mysql"]
    listed_too = "server\t9\tmariadbd\town\t/var/lib/mysql\nschema\t9\tshop\n"
    assert by_sockets(folders, listed_too, servers=1) == ["mariadb:shop", "mariadb:shop@/srv/mysql"]


def test_a_mariadb_server_whose_socket_is_not_found_is_told_beside_one_that_answers() -> None:
    folders = {"/run/mysqld/mysqld.sock": "/var/lib/mysql", "/srv/mysql/mysql-again.sock": "/var/lib/mysql"}
    assert by_sockets(folders) == ["mariadb:shop", "mariadb:(no socket)"]


def test_the_x_protocol_of_mysql_is_no_server_of_its_own() -> None:
    folders = {"/run/mysqld/mysqld.sock": "/var/lib/mysql", "/run/mysqld/mysqlx.sock": "/nowhere"}
    assert by_sockets(folders, servers=1) == ["mariadb:shop"]


def test_a_pooler_holds_nothing_itself(server: PostgresqlServer) -> None:
    """Its socket looks like a server's, and what it leads to may be another machine's."""
    with running_pgbouncer(server, "shop", ["postgres"]) as database:
        (pooler,) = Path(dict(parse_qsl(urlsplit(database).query))["host"]).glob(".s.PGSQL.*[0-9]")
        lines = ask(LocalHost("srv-1"), RootRequest.COVERAGE, LONG).text.splitlines()
    assert f"pooler\t{pooler}" in lines and f"socket\t{pooler}" not in lines
    assert socket_of(server).strip() in lines
    assert listed(f"pooler\t{pooler}\n", Role("postgres")) == {}


def test_a_pooler_leads_to_a_server_that_is_known() -> None:
    begun = {"begun": "2026-11-24T01:00:00+00:00", "port": "5432"}
    rows = "".join(f"{json.dumps(row)}\n" for row in (begun, {"name": "shop", "bytes": 9}))

    class Pooled(Sockets):
        def execute(self, command: Command) -> Output:
            return Output(status=0, stdout=rows.encode(), stderr=b"", duration=timedelta(0))

    answer = "socket\t/run/postgresql/.s.PGSQL.5432\nsocket\t/run/postgresql/.s.PGSQL.6432\n"
    assert set(listed(answer, Pooled())) == {"postgresql:shop"}
    found = [one.label for one in databases(parse(answer), Pooled(), NOW, LONG)]
    assert found == ["postgresql:shop"]


@pytest.mark.slow
def test_a_running_mariadb_is_found_by_its_folder_and_by_its_socket() -> None:
    if shutil.which("mariadbd") is None:
        pytest.fail("Debian's mariadb-server is not installed")
    with tempfile.TemporaryDirectory(prefix="maria-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir()
        if as_nobody():
            shutil.chown(folder, "nobody", "nogroup")
            shutil.chown(data, "nobody", "nogroup")
        install = (
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
        )
        subprocess.run((*as_nobody(), *install), check=True, capture_output=True, cwd="/")
        own = (f"--datadir={data}", f"--socket={folder}/mysqld.sock", "--skip-networking", f"--pid-file={folder}/pid")
        started = subprocess.Popen(
            (*as_nobody(), "mariadbd", "--no-defaults", *own), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            client = ("mariadb", "--no-defaults", "-u", "root", f"--socket={folder}/mysqld.sock", "-e")
            end = time.monotonic() + 60
            while subprocess.run((*client, "select 1"), capture_output=True, check=False).returncode:
                assert time.monotonic() < end
                time.sleep(0.1)
            subprocess.run((*client, "create database shop; create database `a-b`"), check=True)
            answer = ask(LocalHost("srv-1"), RootRequest.COVERAGE, LONG).text
            own_lines = [line for line in answer.split("\n") if str(started.pid) in line or str(folder) in line]
            by_folder = listed("\n".join(own_lines), Role())
            assert {"mariadb:shop", "mariadb:a-b"} <= set(by_folder)
            assert by_folder["mariadb:shop"].hindered == ""
            by_socket = listed(f"socket\t{folder}/mysqld.sock\n", LocalHost("srv-1"))
            assert {"mariadb:shop", "mariadb:a-b"} <= set(by_socket)
            subprocess.run((*client, "create user beffroi@localhost"), check=True)
            refused = listed(f"socket\t{folder}/mysqld.sock\n", Maria("srv-1"))
            assert {name: one.hindered for name, one in refused.items()} == {"mariadb:(mysqld.sock)": "denied"}
            subprocess.run((*client, "grant show databases on *.* to beffroi@localhost"), check=True)
            assert "mariadb:shop" in listed(f"socket\t{folder}/mysqld.sock\n", Maria("srv-1"))
        finally:
            started.terminate()
            started.wait(60)


@dataclass
class Maria(Host):
    """This machine, whose account is a user of a test's MariaDB without any right."""

    id: str

    def execute(self, command: Command) -> Output:
        program, first, *rest = command.argv
        return LocalHost(self.id).execute(replace(command, argv=(program, first, "--user=beffroi", *rest)))

    def read(self, path: str, *, limit: int) -> bytes:
        return LocalHost(self.id).read(path, limit=limit)
