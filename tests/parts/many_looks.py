"""Ready-made readings of many hosts, as large as real ones, and a program that serves a site while they come in."""

import queue
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from agent.core.model import Evidence, Fact, Observation
from agent.export.http.server import HttpServer
from agent.queries.live_site import LiveSite
from tests.parts.full_ledger import NOW, full_site

# How many facts the looks at one host show.
FACTS = {"clock": 4, "antivirus": 8, "patches": 30, "access": 25, "network": 6}
HOSTS = 800
AT_ONCE = 100


def looks_at(hosts: int, at: datetime, *, moved: bool = False) -> list[Observation]:
    """Return five readings of each host; `moved`: one fact of each differs from one instant to the next."""
    return [_look(f"srv-{host}", collector, at, moved) for host in range(hosts) for collector in FACTS]


def _look(host: str, collector: str, at: datetime, moved: bool) -> Observation:
    return Observation(
        collector=collector,
        host=host,
        subject=host,
        begun=at - timedelta(seconds=1),
        ended=at,
        facts=tuple(
            Fact(
                name=f"{collector}.fact{number}",
                subject=host,
                value=at.timestamp() if moved and number == 0 else f"value {number}",
                as_of=at,
            )
            for number in range(FACTS[collector])
        ),
        evidence=(
            Evidence(
                command=f"ssh {host} beffroi-{collector} --some-option",
                status=0,
                duration=timedelta(milliseconds=433),
                output_sha256="ab" * 32,
                tool_version="1.2.3",
            ),
        ),
    )


def _batches() -> Iterator[list[Observation]]:
    looks = looks_at(HOSTS, NOW, moved=True)
    for begin in range(0, len(looks), AT_ONCE):
        yield looks[begin : begin + AT_ONCE]


def _serve(folder: Path) -> None:
    """Serve; at a word on standard input keep 4,000 readings as fast as can be, and say when they are kept."""
    with full_site(folder) as site, HttpServer("127.0.0.1:0", site) as server:
        site.ledger.keep_readings(looks_at(HOSTS, NOW - timedelta(minutes=15), moved=True))
        print(server.addresses[0][1], flush=True)
        words: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(words,), daemon=True).start()
        while words.get().strip() == "keep":
            _keep(site)
            print("kept", flush=True)


def _listen(words: "queue.SimpleQueue[str]") -> None:
    for line in sys.stdin:
        words.put(line)


def _keep(site: LiveSite) -> None:
    for batch in _batches():
        site.ledger.keep_readings(batch)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
