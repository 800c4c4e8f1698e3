"""Two PostgreSQL under Patroni with etcd, on the loopback with TLS, for an unprivileged user.

Needs Debian's patroni, etcd-server and postgresql. Nothing of the machine's own clusters is read or written.

>>> with running_cluster(synchronous=False) as cluster:
...     cluster.kill_primary()
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.parts.ports import free_port
from tests.parts.postgresql import ADMINISTRATOR, BINARIES, as_nobody, rows_of
from tests.parts.processes import descendants, wait_until
from tests.parts.unprivileged import NOBODY

PATRONI, ETCD = Path("/usr/bin/patroni"), Path("/usr/bin/etcd")
# The least that Patroni takes.
LEASE_SECONDS = 20
PATIENCE_SECONDS = 180.0
_LONG = 10**9


@dataclass
class Node:
    """A machine of the cluster: one PostgreSQL, and the Patroni that runs it."""

    name: str
    folder: Path
    port: int
    rest: int
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start its Patroni, which starts its PostgreSQL."""
        with (self.folder / "log").open("ab") as log:
            command = [*as_nobody(), str(PATRONI), str(self.folder / "patroni.yml")]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def server(self) -> int | None:
        """Return the process of its PostgreSQL."""
        with suppress(OSError, ValueError, IndexError):
            return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        return None

    def processes(self) -> list[int]:
        """Return every process of the machine, Patroni's first."""
        roots = [one for one in (self.process.pid if self.process else None, self.server()) if one is not None]
        return list(dict.fromkeys([*roots, *(one.pid for root in roots for one in descendants(root))]))

    def kill(self) -> None:
        """End all of it at once, as a machine that loses its power."""
        send(signal.SIGKILL, self.processes())
        if self.process is not None:
            self.process.wait(PATIENCE_SECONDS)
        self.process = None

    def senders(self) -> list[int]:
        """Return the processes by which it sends what it wrote to the standby."""
        server = self.server()
        return [one.pid for one in descendants(server or 0) if "walsender" in one.command]


@dataclass
class PatroniCluster:
    """The nodes, and how their database is reached: as an agent reaches it, by both and whichever takes writes."""

    folder: Path
    nodes: tuple[Node, Node]
    etcd: int
    synchronous: bool
    _etcd: "subprocess.Popen[bytes] | None" = None

    @property
    def root(self) -> Path:
        """Return the certificate of both servers, which is its own authority's."""
        return self.folder / "server.crt"

    def settings(self, name: str) -> str:
        """Return what `[fleet] database` names."""
        return f"postgresql://{','.join(f'localhost:{one.port}' for one in self.nodes)}/{name}"

    def url(self, name: str, role: str = ADMINISTRATOR) -> str:
        """Return libpq's address of a database on the node that takes writes."""
        more = f"user={role}&target_session_attrs=read-write&sslmode=verify-full&sslrootcert={self.root}"
        return f"{self.settings(name)}?{more}&connect_timeout=5"

    def run(self, name: str, *statements: str, role: str = ADMINISTRATOR) -> list[tuple[object, ...]]:
        """Run statements as a role on the node that takes writes; return the rows of the last."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return rows_of(self.url(name, role), statements)
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def primary(self) -> Node:
        """Return the node that holds the lease; wait until one does and takes writes."""
        found: list[Node] = []

        def holds() -> bool:
            found[:] = [one for one in self.nodes if _answer(one, "/primary") is not None]
            return len(found) == 1

        assert wait_until(holds, PATIENCE_SECONDS, step=0.1), self.told()
        return found[0]

    def standby(self) -> Node:
        """Return the other node; wait until it follows the primary, and may take its place."""
        found = self.other(self.primary())
        # A standby that was not entered as synchronous yet is not promoted: it may lack what was acknowledged.
        place = "/synchronous" if self.synchronous else "/replica"
        assert wait_until(lambda: _is_streaming(found, place), PATIENCE_SECONDS, step=0.1), self.told()
        return found

    def other(self, node: Node) -> Node:
        """Return the node that one is not."""
        return next(one for one in self.nodes if one is not node)

    def switch(self) -> None:
        """Have primary and standby change places, as an administrator does."""
        primary = self.primary()
        self.standby()
        body = json.dumps({"leader": primary.name}).encode()
        # It may be refused where the standby is behind at that instant; the next kill comes all the same.
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{primary.rest}/switchover", body, timeout=60).close()

    def told(self) -> str:
        """Return the ends of the nodes' logs."""
        return "\n".join((one.folder / "log").read_text(errors="replace")[-3000:] for one in self.nodes)

    def start(self) -> None:
        """Start all of it, and wait until one node takes writes and the other follows."""
        peer = free_port()
        command = [
            *(*as_nobody(), str(ETCD), "--data-dir", str(self.folder / "etcd"), "--unsafe-no-fsync"),
            *("--listen-client-urls", f"http://127.0.0.1:{self.etcd}"),
            *("--advertise-client-urls", f"http://127.0.0.1:{self.etcd}"),
            *("--listen-peer-urls", f"http://127.0.0.1:{peer}"),
            *("--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}"),
            *("--initial-cluster", f"default=http://127.0.0.1:{peer}", "--log-level", "error"),
        ]
        with (self.folder / "etcd.log").open("ab") as log:
            self._etcd = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        for one in self.nodes:
            one.start()
        self.standby()

    def stop(self) -> None:
        """End all of it."""
        for one in self.nodes:
            send(signal.SIGCONT, one.processes())
            one.kill()
        if self._etcd is not None:
            self._etcd.kill()
            self._etcd.wait(PATIENCE_SECONDS)


def send(number: int, pids: list[int]) -> None:
    """Send a signal to processes, as far as they are there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _answer(node: Node, path: str) -> dict[str, object] | None:
    """Return what a node's Patroni says, or None where it does not say yes."""
    with (
        suppress(OSError, ValueError),
        urllib.request.urlopen(f"http://127.0.0.1:{node.rest}{path}", timeout=5) as found,
    ):
        answer = json.load(found)
        assert isinstance(answer, dict)
        return answer
    return None


def _is_streaming(node: Node, place: str) -> bool:
    found = _answer(node, place)
    return found is not None and found.get("replication_state") == "streaming"


@contextmanager
def running_cluster(*, synchronous: bool) -> Iterator[PatroniCluster]:
    """Run a cluster until the end of the block; `synchronous`: a commit waits for the standby."""
    with tempfile.TemporaryDirectory(prefix="patroni-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        nodes = (_node(folder, "a"), _node(folder, "b"))
        cluster = PatroniCluster(folder=folder, nodes=nodes, etcd=free_port(), synchronous=synchronous)
        _certify(folder)
        for one in nodes:
            (one.folder / "patroni.yml").write_text(json.dumps(_written(one, cluster)))
        for path in (folder, *folder.rglob("*")):
            if os.geteuid() == 0:
                shutil.chown(path, NOBODY, NOBODY)
        folder.chmod(0o755)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


def _node(folder: Path, name: str) -> Node:
    (folder / name).mkdir()
    return Node(name=name, folder=folder / name, port=free_port(), rest=free_port())


def _certify(folder: Path) -> None:
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30")
    command = ("openssl", "req", "-x509", *curve, *subject)
    files = ("-keyout", str(folder / "server.key"), "-out", str(folder / "server.crt"))
    subprocess.run((*command, *files), check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=120)


def _written(node: Node, cluster: PatroniCluster) -> dict[str, object]:
    """Return Patroni's configuration of a node; JSON is YAML."""
    folder = cluster.folder
    parameters = {
        "ssl": "on",
        "ssl_cert_file": str(folder / "server.crt"),
        "ssl_key_file": str(folder / "server.key"),
        "unix_socket_directories": str(node.folder),
        "fsync": "off",
        "shared_buffers": "32MB",
        "dynamic_shared_memory_type": "mmap",
        "max_parallel_workers": 0,
        "wal_keep_size": "512MB",
    }
    entries = [
        "local all all trust",
        "hostssl all all 127.0.0.1/32 trust",
        "host all postgres 127.0.0.1/32 trust",
        "host replication postgres 127.0.0.1/32 trust",
    ]
    who = {"username": ADMINISTRATOR, "password": ADMINISTRATOR}
    return {
        "scope": "beffroi",
        "name": node.name,
        "restapi": {"listen": f"127.0.0.1:{node.rest}", "connect_address": f"127.0.0.1:{node.rest}"},
        "etcd3": {"hosts": f"127.0.0.1:{cluster.etcd}"},
        "bootstrap": {
            "dcs": {
                "ttl": LEASE_SECONDS,
                "loop_wait": 1,
                "retry_timeout": 3,
                "maximum_lag_on_failover": _LONG,
                # A PostgreSQL that ended is not waited for: the standby takes its place.
                "primary_start_timeout": 0,
                "synchronous_mode": cluster.synchronous,
                "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": {"wal_log_hints": "on"}},
            },
            "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, "no-sync"],
        },
        "postgresql": {
            "listen": f"127.0.0.1:{node.port}",
            "connect_address": f"127.0.0.1:{node.port}",
            "data_dir": str(node.folder / "data"),
            "bin_dir": str(BINARIES),
            "pgpass": str(node.folder / "pgpass"),
            "parameters": parameters,
            "pg_hba": entries,
            "use_unix_socket": True,
            "authentication": {"superuser": who, "replication": who, "rewind": who},
            "remove_data_directory_on_rewind_failure": True,
            "remove_data_directory_on_diverged_timelines": True,
        },
    }
