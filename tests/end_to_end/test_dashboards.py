"""Every expression of the dashboards, asked of a real Prometheus that scraped a real agent."""

import json
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from agent.cli.dashboards import files
from tests.parts.program import beffroi, daemon, fetched
from tests.parts.supervision import asked, prometheus
from tests.parts.watched import Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

SCRAPED = """\
global: {{ scrape_interval: 1s, evaluation_interval: 1s }}
scrape_configs: [{{ job_name: beffroi, static_configs: [{{ targets: ["127.0.0.1:{port}"] }}] }}]
"""

# Its panels count agents, which a centre alone does.
FLEET = "beffroi-fleet.json"


def filled(expression: str) -> str:
    """Return an expression with its variables as Grafana fills «All» in."""
    for name in ("job", "instance", "beneficiary"):
        expression = expression.replace(f"${name}", ".+")
    return expression


@pytest.mark.slow
def test_no_panel_is_empty_on_a_real_agent(tmp_path: Path) -> None:
    watched = Watched(folder=tmp_path)
    for name, age in (("sound", timedelta(hours=1)), ("late", timedelta(hours=40))):
        watched.declare(name, more='sample = { reason = "contrôle hebdomadaire", author = "RSSI" }')
        watched.make(name, age)
    configuration = watched.configuration
    configuration.write_text(configuration.read_text().replace("collect = []", 'collect = ["clock"]'))
    verified = beffroi("verify", "--all", "--config", configuration)
    assert verified.code in (0, 3), verified.err
    expressions = {
        (name, panel["title"], target["expr"])
        for name, text in files().items()
        if name != FLEET
        for panel in json.loads(text)["panels"]
        for target in panel["targets"]
    }
    assert len(expressions) > 20
    with ExitStack() as stack:
        stack.enter_context(daemon(configuration, tmp_path / "log"))
        fetched(f"http://127.0.0.1:{watched.port}/healthz")
        address = stack.enter_context(prometheus(tmp_path, SCRAPED.format(port=watched.port)))
        wait_for(address, 'count(beffroi_collector_last_success_timestamp_seconds{collector="clock"})')
        wait_for(address, 'count(beffroi_target_state{target="backup-rpo",subject="late",state="missed"} == 1)')
        wait_for(address, "count(beffroi_backup_sample_files > 0)")
        empty = [one for one in sorted(expressions) if not asked(address, filled(one[2]))]
    assert empty == []


def wait_for(address: str, expression: str) -> None:
    """Return as soon as an expression gives something."""
    import time

    end = time.monotonic() + 60
    while not asked(address, expression):
        assert time.monotonic() < end, f"never came: {expression}"
        time.sleep(0.2)
