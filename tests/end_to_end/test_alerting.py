"""From a stale backup to anyone who is on call, through a real agent, a real Prometheus and a real Alertmanager."""

import json
import shutil
import time
import urllib.request
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.rules.alertmanager import ON_CALL_URL, TICKETS_URL, WATCHER_URL
from agent.rules.written import ALERTMANAGER, RULES
from tests.parts.program import beffroi, daemon
from tests.parts.supervision import alertmanager, hearing, prometheus
from tests.parts.watched import Watched
from tests.rules.written_for import configured, written

pytestmark = [pytest.mark.programs, pytest.mark.network]

SCRAPED = """\
global: {{ scrape_interval: 1s, evaluation_interval: 1s }}
rule_files: [{rules}]
alerting: {{ alertmanagers: [{{ static_configs: [{{ targets: ["{alertmanager}"] }}] }}] }}
scrape_configs: [{{ job_name: beffroi, static_configs: [{{ targets: ["127.0.0.1:{port}"] }}] }}]
"""


def hastened(example: str, ear: str) -> str:
    """Return the example, sent to the loopback and without its waits."""
    for url, path in ((ON_CALL_URL, "page"), (TICKETS_URL, "ticket"), (WATCHER_URL, "watcher")):
        example = example.replace(url, f"{ear}/{path}")
    document: dict[str, Any] = yaml.safe_load(example)
    for route in (document["route"], *document["route"]["routes"]):
        route |= {"group_wait": "0s", "group_interval": "1s"}
    return yaml.safe_dump(document)


def about(alerts: dict[str, Any], name: str, status: str) -> dict[str, Any] | None:
    """Return the alert of a name and status in what Alertmanager posted, or None."""
    found = [one for one in alerts["alerts"] if (one["labels"]["alertname"], one["status"]) == (name, status)]
    return found[0] if found else None


def test_the_on_call_hears_a_stale_backup_and_that_it_was_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = Watched(folder=tmp_path)
    watched.declare("files")
    watched.backups = f'[schedule]\nbackups = "2s"\n{watched.backups}'
    stale = tmp_path / "stale"
    shutil.copytree(watched.make("files", timedelta(hours=30)), stale)
    watched.make("files", timedelta(hours=1))
    rules = tmp_path / "rules"
    assert beffroi("rules", "--config", watched.configuration, "--output", rules).code == 0
    with ExitStack() as stack:
        ear = stack.enter_context(hearing())
        stack.enter_context(daemon(watched.configuration, tmp_path / "log"))
        example = hastened((rules / ALERTMANAGER).read_text(), ear.address)
        manager = stack.enter_context(alertmanager(rules, example)).removeprefix("http://")
        scraped = SCRAPED.format(rules=RULES, alertmanager=manager, port=watched.port)
        stack.enter_context(prometheus(rules, scraped))
        ear.until(lambda path, said: path == "/watcher")
        assert not [path for _, path, _ in ear.heard if path == "/page"]
        place = tmp_path / "elsewhere" / "files"
        # Another state of the repository in its place, as after a botched restore: its newest point is an old one.
        place.rename(place.with_name("sound"))
        shutil.copytree(stale, place)
        broken = time.monotonic()
        paged, said = ear.until(lambda path, said: path == "/page" and page_of(said, "firing") is not None)
        watched.make("files", timedelta(0))
        mended = time.monotonic()
        resolved, _ = ear.until(lambda path, said: path == "/page" and page_of(said, "resolved") is not None)
    alert = page_of(said, "firing")
    assert alert is not None
    assert alert["labels"]["severity"] == "page"
    assert alert["labels"]["subject"] in ("files", "files/offsite")
    assert "sudo beffroi status files" in alert["annotations"]["description"]
    assert alert["annotations"]["runbook_url"].endswith("-missed")
    with capsys.disabled():
        print(f"\n  heard {paged - broken:.1f} s after the fault, mended {resolved - mended:.1f} s after the repair")


def page_of(said: dict[str, Any], status: str) -> dict[str, Any] | None:
    """Return the page on the backup's recovery point, or None."""
    return about(said, "BeffroiBackupRpoMissed", status)


@pytest.mark.parametrize(
    ("cause", "silenced"),
    [
        ({"alertname": "BeffroiAgentGone", "target": "agent"}, {"alertname": "BeffroiTargetUnproven"}),
        ({"alertname": "BeffroiAgentFrozen", "target": "agent"}, {"alertname": "BeffroiBackupRpoMissed"}),
        ({"alertname": "BeffroiLedgerStill", "target": "agent"}, {"alertname": "BeffroiTargetUnproven"}),
        (
            {"alertname": "BeffroiHostSilent", "target": "agent", "subject": "srv-1", "cause": "srv-1"},
            {"alertname": "BeffroiTargetUnproven", "target": "patching", "subject": "srv-1", "cause": "srv-1"},
        ),
        (
            {"alertname": "BeffroiHostSilent", "target": "agent", "subject": "srv-1", "cause": "srv-1"},
            {"alertname": "BeffroiTargetUnproven", "target": "log-retention", "cause": "central"},
        ),
        (
            {"alertname": "BeffroiBackupRpoMissed", "target": "backup-rpo", "subject": "files", "beneficiary": "scota"},
            {"alertname": "BeffroiTargetUnproven", "target": "backup-rpo", "subject": "files", "beneficiary": "scota"},
        ),
        (
            {"alertname": "BeffroiQuarterLost", "target": "patching", "subject": "scota"},
            {"alertname": "BeffroiQuarterAtRisk", "target": "patching", "subject": "scota"},
        ),
    ],
)  # fmt: skip
def test_the_one_cause_silences_what_follows_from_it(
    tmp_path: Path, cause: dict[str, str], silenced: dict[str, str]
) -> None:
    assert inhibited(tmp_path, cause, silenced, patience=60) == [silenced["alertname"]]


@pytest.mark.parametrize(
    ("cause", "heard"),
    [
        (
            {"alertname": "BeffroiHostSilent", "target": "agent", "subject": "srv-1", "cause": "srv-1"},
            {"alertname": "BeffroiTargetUnproven", "target": "patching", "subject": "srv.2", "cause": "srv.2"},
        ),
        (
            {"alertname": "BeffroiHostSilent", "target": "agent", "subject": "srv-1", "cause": "srv-1"},
            {"alertname": "BeffroiBackupRpoMissed", "target": "backup-rpo", "subject": "srv-1", "cause": "srv-1"},
        ),
        (
            {"alertname": "BeffroiBackupRpoMissed", "target": "backup-rpo", "subject": "files", "beneficiary": "scota"},
            {"alertname": "BeffroiTargetUnproven", "target": "backup-rpo", "subject": "mail", "beneficiary": "scota"},
        ),
        ({"alertname": "BeffroiAgentGone", "target": "agent"}, {"alertname": "BeffroiWatchdog", "target": "agent"}),
        ({"alertname": "BeffroiLedgerStill", "target": "agent"}, {"alertname": "BeffroiAgentGone", "target": "agent"}),
    ],
)
def test_no_cause_silences_what_is_none_of_its(tmp_path: Path, cause: dict[str, str], heard: dict[str, str]) -> None:
    assert heard["alertname"] not in inhibited(tmp_path, cause, heard, patience=2)


def inhibited(folder: Path, *alerts: dict[str, str], patience: float) -> list[str]:
    """Give some alerts to a real Alertmanager that runs on the example; return which it holds back within that time."""
    example = hastened(written(configured(folder))[ALERTMANAGER], "http://127.0.0.1:9")
    ends = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    posted = [{"labels": {"severity": "ticket", **labels}, "endsAt": ends} for labels in alerts]
    with alertmanager(folder, example) as manager:
        request = urllib.request.Request(
            f"{manager}/api/v2/alerts", json.dumps(posted).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60):
            pass
        heard_by, end = time.monotonic() + patience, time.monotonic() + 120
        while True:
            with urllib.request.urlopen(f"{manager}/api/v2/alerts", timeout=60) as answer:
                known = json.loads(answer.read())
            settled = [one for one in known if one["status"]["state"] != "unprocessed"]
            held = [one["labels"]["alertname"] for one in settled if one["status"]["inhibitedBy"]]
            # What inhibits hears of an alert beside what sends it, and a moment later.
            if len(settled) == len(alerts) and (held or time.monotonic() > heard_by):
                return held
            assert time.monotonic() < end, known
            time.sleep(0.1)
