"""A real pgbouncer of Debian's before a real PostgreSQL: transaction pooling with one connection to the server."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.parts.ports import free_port
from tests.parts.postgresql import PostgresqlServer, as_nobody
from tests.parts.processes import PATIENCE_SECONDS
from tests.parts.unprivileged import NOBODY

SETTINGS = """\
[databases]
* = host={server.folder} port={server.port}
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 1
"""
# What pgbouncer before 1.21, as in Debian 12, does in any case, and does not know the name of.
PREPARES_NONE = "max_prepared_statements = 0\n"


def _knows_prepared_statements() -> bool:
    printed = subprocess.run(["pgbouncer", "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    major, minor = printed.split()[1].split(".")[:2]
    return (int(major), int(minor)) >= (1, 21)


@contextmanager
def running_pgbouncer(server: PostgresqlServer, name: str, roles: Sequence[str]) -> Iterator[str]:
    """Run it for some roles until the end of the block; yield what `[fleet] database` names."""
    with tempfile.TemporaryDirectory(prefix="pgb-", ignore_cleanup_errors=True) as made:
        folder, port = Path(made), free_port()
        folder.chmod(0o755)
        (folder / "users").write_text("".join(f'"{role}" ""\n' for role in roles))
        settings = SETTINGS.format(server=server, folder=folder, port=port)
        (folder / "ini").write_text(settings + (PREPARES_NONE if _knows_prepared_statements() else ""))
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        with (folder / "log").open("wb") as log:
            command = (*as_nobody(), "pgbouncer", str(folder / "ini"))
            child = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            end = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < end:
                with (
                    suppress(psycopg.Error),
                    psycopg.connect(f"postgresql:///{name}?host={folder}&port={port}&user={roles[0]}"),
                ):
                    break
                time.sleep(0.02)
            yield f"postgresql://:{port}/{name}?host={folder}"
        finally:
            child.kill()
            child.wait()
