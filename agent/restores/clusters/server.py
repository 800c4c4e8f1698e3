"""Start a restored cluster's server, wait until it has recovered, ask it, and stop it in any case."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from agent.core.deadline import Deadline, begin
from agent.core.errors import Damaged, Exited, LookError, NoRoom, TimedOut, ToolMissing, Unreadable
from agent.core.files import shown
from agent.core.host import LARGE_OUTPUT, Host, Output
from agent.core.lines import last_line
from agent.hosts.parent_death import dying_with_us
from agent.restores.clusters.harmless import ClusterFolder
from agent.restores.clusters.installed import ServerPrograms
from agent.restores.clusters.server_log import ServerLog
from agent.restores.clusters.settings import PORT
from agent.restores.clusters.supervisor import FAST_SECONDS, GONE_SECONDS, QUICK_SECONDS, STOP, UNCONFINED

_HOME = Path(__file__).resolve().parents[3]
_CODE = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from agent.restores.clusters.supervisor import main; main(sys.argv[2:])"
)
# A relation's file has a gigabyte at the most, and a segment of WAL too; a server may be built for larger ones.
LARGEST_FILE = 16 * 1024**3
# What must stay free on the disk while WAL is replayed.
RESERVE = 256 * 1024 * 1024
_LOOK_SECONDS = 1.0
_SAID_AT_MOST = 1 << 40
_STOPPING = timedelta(seconds=FAST_SECONDS + QUICK_SECONDS + GONE_SECONDS + 10)
# sockaddr_un, less what PostgreSQL adds to the folder's name.
_LONGEST_FOLDER = 107 - len(f"/.s.PGSQL.{PORT}.lock")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterServer:
    """A cluster's programs and its folder, in which they are confined."""

    here: Host
    programs: ServerPrograms
    folder: ClusterFolder

    def hold_to_short(self) -> None:
        """Raise Unreadable where the path of the socket would be longer than the kernel takes."""
        if len(str(self.folder.socket)) > _LONGEST_FOLDER:
            raise Unreadable(
                f"no socket can be made in {shown(self.folder.socket)}: its path is too long",
                "let state_directory have a shorter path",
            )

    def ask(
        self,
        name: str,
        *words: str,
        timeout: timedelta,
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        shown: str,
    ) -> Output:
        """Run one of the version's programs in the same confinement; return what it said. Raises a LookError."""
        output = self.here.run(
            *self._confined("ask", self.programs.path(name), *words),
            timeout=timeout,
            environment=environment,
            stdin=stdin,
            accept=None,
            output_limit=LARGE_OUTPUT,
            shown=shown,
        )
        self._hold_to_confined(output)
        if output.truncated:
            raise Unreadable(f"{shown} says more than it may")
        return output

    @contextmanager
    def running(self, words: Iterator[str], *, starting: timedelta, asking: timedelta) -> Iterator[None]:
        """Give a server that has recovered, and stop it at the end. `asking` is how long it may be asked then.

        Raises Damaged where its data keeps it from recovering, and a LookError for anything else that does.
        """
        log = ServerLog()
        whole = starting + asking + _STOPPING
        argv = self._confined("serve", self.programs.path("postgres"), *words)

        def serve() -> Output:
            try:
                return self.here.run(
                    *argv,
                    timeout=whole,
                    accept=None,
                    output_limit=_SAID_AT_MOST,
                    shown=f"postgres {self.programs.major}: a restored cluster",
                    hear=log.hear,
                )
            finally:
                log.changed.set()

        served = begin(serve)
        try:
            self._recovered(served, log, Deadline(starting), starting)
            yield
        finally:
            _stop(self.folder.root / STOP)
            wait([served], _STOPPING.total_seconds())

    def _recovered(self, served: Future[Output], log: ServerLog, deadline: Deadline, starting: timedelta) -> None:
        while not log.ready:
            if served.done():
                raise self._ended(served.result(), log)
            if deadline.passed:
                raise TimedOut(f"the restored cluster did not recover within {starting}")
            if shutil.disk_usage(self.folder.root).free < RESERVE:
                raise NoRoom(f"the disk of {shown(self.folder.root)} is full while the cluster recovers")
            log.changed.wait(_LOOK_SECONDS)
        if log.no_room:
            # A segment that could not be copied is taken for the end of the archive.
            raise NoRoom(f"the restored cluster had no room to recover: {log.said}")

    def _ended(self, output: Output, log: ServerLog) -> LookError:
        try:
            self._hold_to_confined(output)
        except LookError as error:
            return error
        if log.no_room:
            return NoRoom(f"the restored cluster has no room to recover: {log.said}")
        if log.damage:
            return Damaged(f"the restored cluster does not recover: {log.damage}")
        return Exited(f"the restored cluster's server does not start here: {log.said or last_line(output.stderr)}")

    def _confined(self, purpose: str, *words: str) -> tuple[str, ...]:
        code = (sys.executable, "-I", "-c", _CODE, str(_HOME))
        return (*dying_with_us(), *code, purpose, str(self.folder.root), str(LARGEST_FILE), *words)

    def _hold_to_confined(self, output: Output) -> None:
        if output.status == UNCONFINED:
            raise ToolMissing(
                f"nothing here can confine a restored cluster: {last_line(output.stderr)}",
                "its data may hold code: run the exercise on a kernel that has Landlock (Debian 12's and newer)",
            )


def _stop(path: Path) -> None:
    """Lay down the file at which the server is stopped; what it has laid down there itself stops it too."""
    # Where none can be made, the folder is removed with the server in it, which stops it as well.
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
