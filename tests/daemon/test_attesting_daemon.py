"""A daemon that runs asks its witnesses and its time-stamp authority by itself, and pages where one refuses."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.parts.authorities import RealAuthority, made_authority
from tests.parts.ports import free_port
from tests.parts.processes import wait_until
from tests.parts.program import daemon, fetched
from tests.parts.signed_ledgers import signed, witnessed
from tests.parts.sshd import LOOPBACK

pytestmark = [pytest.mark.programs, pytest.mark.network]

CONFIGURATION = """\
[agent]
state_directory = "{state}"
listen = "127.0.0.1:{port}"

[alert]
webhook = "{here}/hook"

[evidence]
timestamp = {{ url = "{here}/stamp", ca_file = "{ca_file}" }}

[[evidence.witness]]
id = "lens"
url = "{witness}"
key_file = "{key_file}"

[[beneficiary]]
id = "scota"
name = "SCOTA"
"""


@contextmanager
def answering(authority: RealAuthority) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the address of a server that stamps and takes alerts, and the alerts."""
    taken: list[dict[str, Any]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/stamp":
                answer = authority.post("", body, self.headers["Content-Type"]).body
            else:
                taken.append(json.loads(body))
                answer = b""
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((LOOPBACK, 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{LOOPBACK}:{server.server_port}", taken
        server.shutdown()


def own(taken: list[dict[str, Any]]) -> list[tuple[object, object]]:
    """Return which alerts on the agent itself were taken, and whether each fires."""
    return [(one["agent"]["alert"], one["agent"]["firing"]) for one in taken if "agent" in one]


def test_a_running_daemon_is_cosigned_and_stamped_and_pages_on_a_refusal(tmp_path: Path) -> None:
    port, authority, configuration = free_port(), made_authority(tmp_path / "tsa"), tmp_path / "beffroi.toml"
    log, older = tmp_path / "log", tmp_path / "older"

    def shows(*lines: str) -> bool:
        metrics = fetched(f"http://{LOOPBACK}:{port}/metrics")
        return all(line in metrics for line in lines)

    with (
        signed(tmp_path / "state", days=2, left=1) as made,
        witnessed(tmp_path / "w", made.folder) as (running, witness),
        answering(authority) as (here, taken),
    ):
        shutil.copytree(made.folder, older)
        made.live()
        made.ledger.close()
        filled = CONFIGURATION.format(
            state=made.folder,
            port=port,
            here=here,
            ca_file=authority.declared.ca_file,
            witness=running.url,
            key_file=witness.key_file,
        )
        configuration.write_text(filled)
        with daemon(configuration, log):
            cosigned = 'beffroi_witness_cosigned_timestamp_seconds{witness="lens"} 1'
            stamped = "beffroi_timestamp_token_timestamp_seconds 1"
            assert wait_until(lambda: shows(cosigned, stamped), step=0.2), log.read_text()[-3000:]
            assert own(taken) == []
        configuration.write_text(filled.replace(str(made.folder), str(older)))
        with daemon(configuration, log):
            refusal = ("witness-refuses", True)
            assert wait_until(lambda: refusal in own(taken), step=0.2), log.read_text()[-3000:]
            assert shows('beffroi_witness_refused{witness="lens"} 1')
