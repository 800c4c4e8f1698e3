"""A real clamd in a folder of its own, unprivileged, with a tiny signature base; and servers that only look like one.

Needs Debian's clamav-daemon (clamd) and clamav (sigtool). The base knows the EICAR test string by its digest, and
nothing else.
"""

import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from collectors.antivirus.eicar import trial_string
from tests.parts import processes

CLAMD = "/usr/sbin/clamd"
SIGTOOL = "/usr/bin/sigtool"


def signatures(folder: Path, number: int, *, knows: bytes | None = None) -> Path:
    """Make `daily.cud`, an unsigned base of that number built now, and return it."""
    work = folder / f"making-{number}"
    work.mkdir(parents=True)
    content = trial_string() if knows is None else knows
    (work / "daily.hdb").write_text(f"{hashlib.md5(content).hexdigest()}:{len(content)}:Test.Signature\n")
    (work / "COPYING").write_text("a test\n")
    (work / "daily.info").touch()
    subprocess.run(
        [SIGTOOL, "--build=daily.cud", "--unsigned", f"--cvd-version={number}"],
        cwd=work,
        env={**os.environ, "SIGNDUSER": "test"},
        input=b"\n",
        check=True,
        capture_output=True,
        timeout=60,
    )
    made = folder / "daily.cud"
    shutil.move(work / "daily.cud", made)
    shutil.rmtree(work)
    made.chmod(0o644)
    return made


@dataclass
class Clamd:
    """One clamd; `environment` may give it a time zone of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        """Return its socket."""
        return self.folder / "clamd.ctl"

    @property
    def database(self) -> Path:
        """Return the folder of its signatures."""
        return self.folder / "database"

    @property
    def running(self) -> bool:
        """Return whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it listens."""
        configuration = self.folder / "clamd.conf"
        configuration.write_text(
            f"LocalSocket {self.socket}\nDatabaseDirectory {self.database}\nTemporaryDirectory {self.folder}\n"
            "Foreground yes\nSelfCheck 0\nConcurrentDatabaseReload no\nMaxThreads 2\n"
        )
        user: tuple[str, ...] = ()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            user = ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*user, CLAMD, "--config-file", str(configuration)],
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        assert processes.wait_until(lambda: not self.running or self._listens()), self._log()
        assert self.running, self._log()

    def stop(self) -> None:
        """Kill it, so that its socket stays behind as after a crash."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _listens(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as door:
            door.connect(str(self.socket))
            return True
        return False

    def _log(self) -> str:
        return (self.folder / "log").read_text()[-2000:]


@contextmanager
def running_clamd(folder: Path, *, number: int = 27001, environment: dict[str, str] | None = None) -> Iterator[Clamd]:
    """Yield a started clamd, and end it."""
    assert shutil.which(CLAMD), "clamav-daemon is not installed"
    clamd = Clamd(folder, environment or {})
    clamd.database.mkdir(parents=True)
    signatures(clamd.database, number)
    try:
        clamd.start()
        yield clamd
    finally:
        clamd.stop()


@contextmanager
def pretender(path: Path, answer: Callable[[bytes], bytes | None]) -> Iterator[Path]:
    """Yield the socket of a server that gives its own answers; None: it says nothing and keeps the line open."""
    held: list[socket.socket] = []

    def serve() -> None:
        # The listener's end is how this thread ends.
        with suppress(OSError):
            while True:
                line = listener.accept()[0]
                line.settimeout(60)
                said = answer(line.recv(65536))
                if said is None:
                    held.append(line)
                    continue
                with suppress(OSError):
                    line.sendall(said)
                line.close()

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(16)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield path
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(60)
            for line in held:
                line.close()
