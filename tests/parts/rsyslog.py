"""A real rsyslogd on the loopback, for the user who runs the tests, that writes a tree by sender and day."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.parts import processes
from tests.parts.ports import free_port

RSYSLOGD = "/usr/sbin/rsyslogd"
CONFIGURATION = """\
global(workDirectory="{folder}" localHostname="srv-1")
module(load="imudp")
module(load="imtcp")
module(load="imuxsock" SysSock.Use="off")
input(type="imudp" address="127.0.0.1" port="{port}")
input(type="imtcp" address="127.0.0.1" port="{port}")
input(type="imuxsock" Socket="{folder}/log" CreatePath="on" UseSysTimeStamp="off")
template(name="tree" type="string" string="{root}/%HOSTNAME%/%$year%/%$month%/%$day%.log")
action(type="omfile" dynaFile="tree" template="RSYSLOG_{form}" createDirs="on" asyncWriting="off" flushOnTXEnd="on")
"""


@dataclass(frozen=True, slots=True)
class Rsyslog:
    """A running rsyslogd: its port (udp and tcp), its local socket, and where it writes."""

    port: int
    socket: Path
    root: Path

    def send(self, line: str) -> None:
        """Send one message over UDP."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
            door.sendto(line.encode(), ("127.0.0.1", self.port))

    def holds(self, text: str) -> bool:
        """Return whether a text stands in the tree."""
        return any(text in path.read_text(errors="replace") for path in self.root.rglob("*.log"))


@contextmanager
def running_rsyslogd(folder: Path, form: str = "FileFormat") -> Iterator[Rsyslog]:
    """Start it, and end it whatever happens; `form` is TraditionalFileFormat or FileFormat."""
    folder.mkdir(parents=True)
    root = folder / "central"
    made = Rsyslog(free_port(), folder / "log", root)
    configuration = folder / "rsyslog.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=made.port, root=root, form=form))
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [RSYSLOGD, "-n", "-f", str(configuration), "-i", str(folder / "pid")],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    try:
        # A first message may be sent before its port is open.
        def answers() -> bool:
            made.send("<13>Jan  1 00:00:00 ready app: ready")
            return made.holds("ready app: ready")

        assert processes.wait_until(answers), (folder / "said").read_text()
        yield made
    finally:
        process.terminate()
        process.wait(60)
