"""What `beffroi rules` writes is what vmagent and vmalert take, and what is scraped reaches a VictoriaMetrics."""

import http.server
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from agent.export.metrics import Exposition, exposition
from agent.fleet.agent_standing import AgentStanding, AgentState
from agent.rules.fleet_written import fleet_files
from agent.rules.written import PROMETHEUS, RULES
from tests.export.samples import snapshot
from tests.parts.processes import wait_until
from tests.parts.victoria_metrics import running_victoria_metrics
from tests.rules.test_fleet_written import configured
from tests.rules.test_written import put, ran

pytestmark = [pytest.mark.programs, pytest.mark.network]

# As docs/fleet.md gives it: the file names rules and an Alertmanager, which are vmalert's.
LOOSELY = "-promscrape.config.strictParse=false"


@contextmanager
def centre() -> Iterator[int]:
    """Serve what a centre exports of two agents; yield the port."""
    text = exposition(
        replace(
            snapshot(),
            agents=(
                AgentStanding(agent="arras-1", state=AgentState.CURRENT),
                AgentStanding(agent="lens-1", state=AgentState.SILENT),
            ),
        )
    )

    class Scraped(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", Exposition.TEXT.value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Scraped)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield running.server_port
    finally:
        running.shutdown()
        running.server_close()


def written(folder: Path, port: int) -> Path:
    """Write a centre's files, as it listens on a port; return the folder."""
    configuration = configured(folder)
    there = replace(configuration, agent=replace(configuration.agent, listen=f"127.0.0.1:{port}"))
    return put(folder, fleet_files(there, language="fr", runbooks=None))


def test_vmagent_scrapes_a_centre_and_writes_to_victoria_metrics(tmp_path: Path) -> None:
    with centre() as port, running_victoria_metrics(tmp_path) as victoria:
        file = written(tmp_path, port) / PROMETHEUS
        file.write_text(file.read_text().replace("scrape_interval: 60s", "scrape_interval: 1s"))
        where = (f"-remoteWrite.url={victoria.url}/api/v1/write", f"-remoteWrite.tmpDataPath={tmp_path}/queue")
        command = ("vmagent", f"-promscrape.config={file}", LOOSELY, *where, "-httpListenAddr=127.0.0.1:0")
        with (tmp_path / "vmagent.log").open("wb") as log:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            asked = '{__name__="beffroi_agent_state",agent="lens-1",state="silent",job="beffroi"}'
            assert wait_until(lambda: bool(victoria.points(asked)), step=0.2), (tmp_path / "vmagent.log").read_text()
            (points,) = victoria.points(asked).values()
        finally:
            child.kill()
            child.wait()
    assert {value for _, value in points} == {1}


def test_vmalert_takes_the_rules_of_a_centre(tmp_path: Path) -> None:
    written(tmp_path, 9100)
    code, said = ran(tmp_path, "vmalert", "-dryRun", f"-rule={RULES}")
    if "unknown fields in rule: keep_firing_for" in said:
        pytest.skip("the vmalert of this Debian does not know keep_firing_for, which Prometheus has since 2.42")
    assert code == 0, said
