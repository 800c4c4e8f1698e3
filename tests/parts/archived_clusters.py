"""Real PostgreSQL clusters that archive their WAL with pgBackRest or into Barman's folder, on private sockets.

Needs Debian's postgresql, and pgbackrest or barman. As root everything is run by `nobody`, since PostgreSQL refuses
root. Nothing of the machine's own clusters, archives and configurations is read or written.

>>> with archived_cluster(archive_command="…") as cluster:
...     cluster.sql("create table t (i int)")
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.parts.postgresql import BINARIES, as_nobody
from tests.parts.unprivileged import NOBODY

PORT = 5999
SETTINGS = """\
listen_addresses = ''
unix_socket_directories = '{folder}'
port = {port}
fsync = off
shared_buffers = 16MB
max_connections = 20
max_prepared_transactions = 2
min_wal_size = 32MB
autovacuum = off
wal_level = replica
archive_mode = on
archive_command = '{command}'
log_min_messages = warning
dynamic_shared_memory_type = mmap
"""
PGBACKREST = """\
[global]
repo1-path={folder}/repo
log-path={folder}/log
lock-path={folder}/lock
spool-path={folder}/spool
log-level-file=off
log-level-console=error
start-fast=y
compress-level=1
archive-timeout=20
{more}
[main]
pg1-path={folder}/data
pg1-socket-path={folder}
pg1-port={port}
pg1-user=postgres
"""


@dataclass(kw_only=True)
class Cluster:
    """A cluster in a folder of its own, which holds its socket too."""

    folder: Path
    environment: Mapping[str, str]

    @property
    def data(self) -> Path:
        """Return the data directory."""
        return self.folder / "data"

    def run(self, *command: str, check: bool = True, **environment: str) -> str:
        """Run a program without root's rights; return what it said."""
        ended = subprocess.run(
            (*as_nobody(), *command),
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            text=True,
            cwd=self.folder,
            env={
                "PATH": f"{BINARIES}:/usr/bin:/bin",
                "LC_ALL": "C.UTF-8",
                "HOME": str(self.folder),
                **self.environment,
                **environment,
            },
        )
        if check and ended.returncode != 0:
            raise RuntimeError(f"{command}: {ended.stdout[-500:]}{ended.stderr[-500:]}")
        return ended.stdout

    def sql(self, *statements: str) -> str:
        """Carry out statements; return what the last one shows."""
        said = [self.run("psql", "-XqAt", "-d", "postgres", "-c", one) for one in statements]
        return said[-1].strip()

    def start(self) -> None:
        """Start the server; it follows no subscription of its own, which a restored copy must not follow either."""
        log, settings = str(self.folder / "pg.log"), "-c max_logical_replication_workers=0"
        self.run("pg_ctl", "-D", str(self.data), "-l", log, "-o", settings, "-w", "-t", "60", "start")

    def stop(self) -> None:
        """Stop it at once."""
        self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop", check=False)

    def switch(self, *statements: str) -> str:
        """Commit something, end the segment, wait until it is archived, and return the segment's name."""
        self.sql("create table if not exists beat (i int)", "insert into beat values (1)", *statements)
        return self.end_segment()

    def end_segment(self) -> str:
        """End the segment in which something was written, wait until it is archived, and return its name."""
        name = self.sql("select pg_walfile_name(pg_switch_wal())")
        for _ in range(600):
            if self.sql("select coalesce(last_archived_wal, '') from pg_stat_archiver")[:24] >= name:
                return name
            self.sql("select pg_sleep(0.05)")
        raise RuntimeError(f"{name} is not archived: {(self.folder / 'pg.log').read_text()[-500:]}")

    def own(self) -> None:
        """Give everything in the folder to the cluster's user."""
        if os.geteuid() == 0:
            subprocess.run(("chown", "-R", f"{NOBODY}:{NOBODY}", str(self.folder)), check=True, timeout=60)


@contextmanager
def archived_cluster(command: str, name: str = "cluster") -> Iterator[Cluster]:
    """Run a cluster until the end of the block; in its archive command `{folder}` is its folder."""
    with tempfile.TemporaryDirectory(prefix="pga-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        folder.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        environment = {"PGHOST": str(folder), "PGPORT": str(PORT), "PGUSER": "postgres"}
        cluster = Cluster(folder=folder, environment=environment)
        _make(cluster, command.format(folder=folder))
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


def _make(cluster: Cluster, command: str) -> None:
    cluster.run("initdb", "-D", str(cluster.data), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
    with (cluster.data / "postgresql.conf").open("a") as file:
        file.write(SETTINGS.format(folder=cluster.folder, port=PORT, command=command))


@dataclass(kw_only=True)
class Stanza:
    """A cluster with its pgBackRest, stanza `main`."""

    cluster: Cluster

    @property
    def configuration(self) -> Path:
        """Return pgBackRest's own configuration."""
        return self.cluster.folder / "pgbackrest.conf"

    @property
    def archive(self) -> Path:
        """Return the folder of the archived segments."""
        return self.cluster.folder / "repo/archive/main"

    def run(self, *command: str) -> str:
        """Run pgBackRest."""
        return self.cluster.run("pgbackrest", f"--config={self.configuration}", "--stanza=main", *command)

    def backup(self, kind: str = "full") -> str:
        """Make a base backup; return its label."""
        self.run("backup", f"--type={kind}")
        labels = [path.name for path in (self.cluster.folder / "repo/backup/main").iterdir() if path.is_dir()]
        return max(label for label in labels if label[0].isdigit())

    def segment(self, name: str) -> Path:
        """Return the file of an archived segment."""
        return next(self.archive.glob(f"*/{name[:16]}/{name}-*"))


@contextmanager
def stanza(more: str = "") -> Iterator[Stanza]:
    """Run a cluster that archives into a repository of its own; `more` are further settings."""
    with archived_cluster("pgbackrest --config={folder}/pgbackrest.conf --stanza=main archive-push %p") as cluster:
        found = Stanza(cluster=cluster)
        for name in ("repo", "log", "lock", "spool"):
            (cluster.folder / name).mkdir()
        found.configuration.write_text(PGBACKREST.format(folder=cluster.folder, port=PORT, more=more))
        cluster.own()
        found.run("stanza-create")
        yield found


def copied(source: Path, target: Path) -> None:
    """Copy a folder with its dates and owners."""
    shutil.copytree(source, target, symlinks=True, copy_function=shutil.copy2)


BARMAN = """\
[barman]
barman_user = {user}
configuration_files_directory = {folder}/barman.d
barman_home = {folder}/barman
log_file = {folder}/barman.log
[pg]
description = "a cluster of the tests"
conninfo = host={folder} port={port} user=postgres dbname=postgres
streaming_conninfo = host={folder} port={port} user=postgres
backup_method = postgres
archiver = on
path_prefix = {binaries}
"""


@dataclass(kw_only=True)
class BarmanServer:
    """A cluster that Barman backs up, server `pg`."""

    cluster: Cluster

    @property
    def configuration(self) -> Path:
        """Return Barman's own configuration."""
        return self.cluster.folder / "barman.conf"

    @property
    def home(self) -> Path:
        """Return the folder of all that Barman keeps."""
        return self.cluster.folder / "barman"

    def run(self, *command: str, check: bool = True) -> str:
        """Run Barman."""
        return self.cluster.run("barman", "-c", str(self.configuration), *command, check=check)

    def backup(self) -> str:
        """Make a base backup with the WAL that it needs; return its id."""
        self.run("backup", "--immediate", "pg")
        self.switch()
        (newest, *_) = sorted((path.name for path in (self.home / "pg/base").iterdir()), reverse=True)
        self.run("check-backup", "pg", newest)
        return newest

    def switch(self) -> str:
        """Commit something, end the segment and have it archived; return its name."""
        name = self.cluster.switch()
        self.run("archive-wal", "pg")
        return name

    def end_segment(self) -> None:
        """End the segment in which something was written, and have it archived."""
        self.cluster.end_segment()
        self.run("archive-wal", "pg")

    def segment(self, name: str) -> Path:
        """Return the file of an archived segment."""
        return self.home / "pg/wals" / name[:16] / name


@contextmanager
def barman_server() -> Iterator[BarmanServer]:
    """Run a cluster that archives into the folder of a Barman of its own."""
    with archived_cluster("cp %p {folder}/barman/pg/incoming/%f") as cluster:
        found = BarmanServer(cluster=cluster)
        (cluster.folder / "barman.d").mkdir()
        found.home.mkdir()
        user = pwd.getpwuid(NOBODY if os.geteuid() == 0 else os.geteuid()).pw_name
        found.configuration.write_text(BARMAN.format(folder=cluster.folder, port=PORT, user=user, binaries=BINARIES))
        cluster.own()
        found.run("check", "pg", check=False)  # makes its folders
        found.switch()
        yield found
