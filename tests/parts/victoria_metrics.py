"""A real VictoriaMetrics of Debian's, on the loopback, that keeps two years."""

import json
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.parts.ports import free_port
from tests.parts.processes import wait_until


@dataclass(frozen=True)
class VictoriaServer:
    """Where it is."""

    port: int

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **asked: str) -> bytes:
        """Return what it answers to a question."""
        with urllib.request.urlopen(f"{self.url}{path}?{urllib.parse.urlencode(asked)}", timeout=30) as answer:
            return bytes(answer.read())

    def points(self, selector: str) -> dict[tuple[str, ...], list[tuple[int, float]]]:
        """Return every point that it has of some series, doubled ones twice, by name, subject and state."""
        self.get("/internal/force_flush")
        asked = {"match[]": selector, "start": "0", "reduce_mem_usage": "1"}
        found: dict[tuple[str, ...], list[tuple[int, float]]] = {}
        for line in self.get("/api/v1/export", **asked).splitlines():
            read = json.loads(line)
            name = tuple(read["metric"].get(label, "") for label in ("__name__", "subject", "state"))
            found.setdefault(name, []).extend(zip(read["timestamps"], read["values"], strict=True))
        return {name: sorted(points) for name, points in found.items()}


@contextmanager
def running_victoria_metrics(folder: Path, *more: str) -> Iterator[VictoriaServer]:
    """Run one until the end of the block."""
    server = VictoriaServer(port=free_port())
    where = (f"-storageDataPath={folder}/victoria", f"-httpListenAddr=127.0.0.1:{server.port}")
    command = (
        "victoria-metrics",
        *where,
        "-retentionPeriod=2y",
        "-memory.allowedBytes=100MB",
        "-loggerLevel=ERROR",
        *more,
    )
    with (folder / "victoria.log").open("wb") as log:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        assert wait_until(lambda: _answers(server)), (folder / "victoria.log").read_text()[-500:]
        yield server
    finally:
        child.kill()
        child.wait()


def _answers(server: VictoriaServer) -> bool:
    with suppress(OSError):
        return server.get("/health") == b"OK"
    return False
