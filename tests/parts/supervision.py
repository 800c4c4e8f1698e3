"""A real Prometheus and a real Alertmanager on the loopback, and someone who hears what they send."""

import json
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.parts.ports import free_port
from tests.parts.program import fetched

PATIENCE = 60.0


@dataclass
class Hearing:
    """What was posted, and when by a clock that never goes back; each answer is the one that `answers` gives."""

    port: int = 0
    heard: list[tuple[float, str, Any]] = field(default_factory=list)
    answers: Callable[[int], int] = lambda number: 200

    @property
    def address(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def until(self, wanted: Callable[[str, Any], bool], patience: float = PATIENCE) -> tuple[float, Any]:
        """Return when the first thing that is wanted was heard, and that thing, as soon as it is."""
        end = time.monotonic() + patience
        while True:
            for when, path, said in tuple(self.heard):
                if wanted(path, said):
                    return when, said
            assert time.monotonic() < end, f"never heard; heard instead: {self.heard}"
            time.sleep(0.05)


@contextmanager
def hearing(
    answers: Callable[[int], int] = lambda number: 200, port: int = 0, headers: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Hearing]:
    """Listen for posts; the number of each, from 0, decides what it is answered, with these headers."""
    ear, one_at_a_time = Hearing(answers=answers), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(body) < int(self.headers["Content-Length"]):
                return  # anyone who spoke was killed in the midst of it
            with one_at_a_time:
                number = len(ear.heard)
                ear.heard.append((time.monotonic(), self.path, json.loads(body)))
            self.send_response(ear.answers(number))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = False
        ear.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield ear
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def running(folder: Path, name: str, *command: str) -> Iterator[None]:
    """Run a service until the end of the block, what it says in a file of its name."""
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.kill()
            process.wait(60)


@contextmanager
def prometheus(folder: Path, configuration: str, *more: str) -> Iterator[str]:
    """Run Prometheus on a configuration in its folder, and `more` options; return its address."""
    port = free_port()
    (folder / "prometheus.yml").write_text(configuration)
    command = ("prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=tsdb", "--log.level=warn")
    # The first alerts come before Alertmanager is known, and are said again after a minute unless told otherwise.
    hurried = ("--rules.alert.resend-delay=1s",)
    with running(folder, "prometheus", *command, *hurried, *more, f"--web.listen-address=127.0.0.1:{port}"):
        address = f"http://127.0.0.1:{port}"
        fetched(f"{address}/-/ready", PATIENCE)
        yield address


@contextmanager
def alertmanager(folder: Path, configuration: str) -> Iterator[str]:
    """Run Alertmanager on a configuration in its folder; return its address."""
    port = free_port()
    (folder / "alertmanager.yml").write_text(configuration)
    command = ("prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=am", "--log.level=warn")
    alone = ("--cluster.listen-address=", f"--web.listen-address=127.0.0.1:{port}")
    with running(folder, "alertmanager", *command, *alone):
        address = f"http://127.0.0.1:{port}"
        fetched(f"{address}/-/ready", PATIENCE)
        yield address


def asked(address: str, expression: str) -> list[dict[str, Any]]:
    """Return the series that an expression gives now."""
    query = urllib.request.Request(
        f"{address}/api/v1/query", data=f"query={urllib.parse.quote(expression)}".encode(), method="POST"
    )
    with urllib.request.urlopen(query, timeout=60) as answer:
        found = json.loads(answer.read())
    assert found["status"] == "success", found
    return list(found["data"]["result"]) if found["data"]["resultType"] == "vector" else [found["data"]]
