"""A line on which each answer comes late: a process between a client and a PostgreSQL server, both on Unix sockets.

`python -m tests.parts.slow_line SOCKET SERVER_SOCKET SECONDS` carries until it is killed.

>>> with slow_line(server.folder, server.port, 0.3) as folder:
...     ...  # postgresql://:PORT/NAME?host=FOLDER
"""

import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.parts.checkout import HOME
from tests.parts.processes import wait_until


@contextmanager
def slow_line(server: Path, port: int, seconds: float) -> Iterator[Path]:
    """Yield the folder of a socket that leads to a server's, with so long before each answer."""
    with tempfile.TemporaryDirectory(prefix="line-") as name:
        own, name_of = Path(name), f".s.PGSQL.{port}"
        command = [sys.executable, "-m", "tests.parts.slow_line", str(own / name_of), str(server / name_of)]
        child = subprocess.Popen([*command, str(seconds)], cwd=HOME)
        try:
            assert wait_until((own / name_of).exists)
            yield own
        finally:
            child.kill()
            child.wait(60)


def _carry(source: socket.socket, destination: socket.socket, seconds: float) -> None:
    with suppress(OSError):
        while said := source.recv(1 << 16):
            time.sleep(seconds)
            destination.sendall(said)
    for one in (source, destination):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def main(own: str, server: str, seconds: float) -> None:
    """Carry until killed."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(own)
        door.listen()
        while True:
            client, _ = door.accept()
            to = socket.socket(socket.AF_UNIX)
            to.connect(server)
            for ends in ((client, to, 0.0), (to, client, seconds)):
                threading.Thread(target=_carry, args=ends, daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
