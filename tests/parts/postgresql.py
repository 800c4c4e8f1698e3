"""A real PostgreSQL of Debian's, on a Unix socket and on loopback with TLS, for an unprivileged user.

Needs Debian's postgresql, 15 or newer. As root it is run by `nobody`, since PostgreSQL refuses root. Nothing of the
machine's own clusters is read or written. Every role may enter by the socket, whose folder is the test's, without a
password; by loopback it needs its password and TLS.

>>> with running_postgresql(folder) as server:
...     with server.database("fleet") as url: ...
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.parts.ports import free_port
from tests.parts.processes import PATIENCE_SECONDS
from tests.parts.unprivileged import NOBODY

# The newest that is installed; Debian keeps its servers beside one another.
INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))
BINARIES = INSTALLED[-1] if INSTALLED else Path("/usr/bin")
ADMINISTRATOR = "postgres"
# Commits need not outlive the machine; a server that is killed keeps them all the same (fsync is of the machine).
SETTINGS = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
port = {port}
ssl = on
ssl_cert_file = '{folder}/server.crt'
ssl_key_file = '{folder}/server.key'
fsync = off
shared_buffers = 32MB
max_connections = 60
max_parallel_workers = 0
autovacuum = off
log_min_messages = warning
dynamic_shared_memory_type = mmap
"""
ENTRIES = """\
local all all trust
hostssl all all 127.0.0.1/32 scram-sha-256
"""


def rows_of(url: str, statements: Iterable[str]) -> list[tuple[object, ...]]:
    """Run statements at an address; return the rows of the last."""
    import psycopg  # the plain tests and --mutation go without it

    with psycopg.connect(url, autocommit=True) as connection:
        rows: list[tuple[object, ...]] = []
        for one in statements:
            cursor = connection.execute(one.encode())
            rows = cursor.fetchall() if cursor.description else []
        return rows


@dataclass
class PostgresqlServer:
    """A server and how it is reached; `root` is the authority of its certificate, made for `localhost`."""

    folder: Path
    port: int
    binaries: Path = BINARIES
    _process: subprocess.Popen[bytes] | None = None

    @property
    def root(self) -> Path:
        """Return the certificate of the server's authority."""
        return self.folder / "server.crt"

    @property
    def pid(self) -> int:
        """Return the process of the server."""
        if self._process is None:
            raise RuntimeError("it does not run")
        return self._process.pid

    def url(self, name: str, role: str = ADMINISTRATOR) -> str:
        """Return libpq's address of a database on the socket."""
        return f"postgresql:///{name}?host={self.folder}&port={self.port}&user={role}"

    def settings(self, name: str) -> str:
        """Return what `[fleet] database` names on the socket."""
        return f"postgresql://:{self.port}/{name}?host={self.folder}"

    def run(self, name: str, *statements: str, role: str = ADMINISTRATOR) -> list[tuple[object, ...]]:
        """Run statements as a role; return the rows of the last."""
        return rows_of(self.url(name, role), statements)

    def start(self) -> None:
        """Start it, and wait until it answers; what a killed one left behind ends meanwhile."""
        import psycopg

        command = [*as_nobody(), str(self.binaries / "postgres"), "-D", str(self.folder / "data")]
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                with (self.folder / "log").open("ab") as log:
                    self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            with suppress(psycopg.Error), psycopg.connect(self.url("postgres")):
                return
            time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL does not answer: {(self.folder / 'log').read_text()[-500:]}")

    def stop(self, *, kill: bool = False) -> None:
        """Stop it; `kill`: at once, as when the machine goes down."""
        if self._process is None:
            return
        if kill:
            # Children end when they see that their parent is gone; the next start waits for them.
            self._process.kill()
        else:
            self._process.send_signal(2)  # SIGINT: fast shutdown
        self._process.wait(PATIENCE_SECONDS)
        self._process = None


def as_nobody() -> tuple[str, ...]:
    """Return what starts a program without root's rights, where the tests have them."""
    rights = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--")
    return rights if os.geteuid() == 0 else ()


@contextmanager
def running_postgresql(binaries: Path = BINARIES) -> Iterator[PostgresqlServer]:
    """Run a server until the end of the block; `binaries`: of another version than the newest."""
    # Short, since a socket's path is; not pytest's, which a stranger may not enter.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        folder.chmod(0o755)
        server = PostgresqlServer(folder=folder, port=free_port(), binaries=binaries)
        _make(server)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _make(server: PostgresqlServer) -> None:
    def run(*command: str) -> None:
        subprocess.run((*as_nobody(), *command), check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=120)

    data, folder = server.folder / "data", server.folder
    run(
        str(server.binaries / "initdb"),
        "-D",
        str(data),
        "-U",
        ADMINISTRATOR,
        "-A",
        "trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    )
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    key, certificate = str(folder / "server.key"), str(folder / "server.crt")
    # Not Ed25519: libpq binds a password to the channel, and such a certificate names no digest for that.
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30")
    run("openssl", "req", "-x509", *curve, *subject, "-keyout", key, "-out", certificate)
    with (data / "postgresql.conf").open("a") as file:
        file.write(SETTINGS.format(folder=folder, port=server.port))
    (data / "pg_hba.conf").write_text(ENTRIES)
    shutil.chown(data / "pg_hba.conf", NOBODY if os.geteuid() == 0 else os.geteuid())
