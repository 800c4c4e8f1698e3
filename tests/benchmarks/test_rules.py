"""What the rules for 500 subjects cost a real Prometheus each minute, by its own account."""

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

import pytest

from agent.config.load import load
from agent.core.duties.expected import Expected, expected
from agent.core.model import State, Verdict
from agent.core.reason import Reason
from agent.export.metrics import exposition
from agent.export.snapshot import Attainment, CollectorRun, CurrentVerdict, Snapshot
from agent.rules.recording import SHOWN
from agent.rules.written import RULES
from tests.parts.supervision import asked, prometheus
from tests.rules.written_for import written

pytestmark = [pytest.mark.programs, pytest.mark.network]

# Five verdicts each.
HOSTS = 100
CYCLES = 12

# What is asked of one evaluation, in milliseconds.
LIMIT = 50.0

HEAD = '[[beneficiary]]\nid = "scota"\nname = "SCOTA"\n'
HOST = """
[[host]]
id = "srv-{number}"
transport = "ssh"
address = "srv-{number}.example"
site = "arras"
collect = ["patches", "antivirus", "clock", "access", "network"]
"""
SCRAPED = """\
global: {{ scrape_interval: 2s, evaluation_interval: 2s }}
rule_files: [{rules}]
scrape_configs: [{{ job_name: beffroi, static_configs: [{{ targets: ["127.0.0.1:{port}"] }}] }}]
"""
REASONS = {State.MET: Reason.WITHIN_LIMIT, State.MISSED: Reason.OUTDATED, State.UNPROVEN: Reason.UNREACHABLE}


def standing(one: Expected, state: State, now: datetime) -> CurrentVerdict:
    """Return a subject in a state, with every number that an alert asks for."""
    key, shown = one.key, state is not State.UNPROVEN
    verdict = Verdict(
        target=key.target,
        subject=key.subject,
        beneficiary=key.beneficiary,
        at=now,
        state=state,
        measured=state,
        day_state=state,
        reason=REASONS[state],
        unit="seconds",
        value=350000.0 if shown else None,
        limit=345600.0,
        observed_at=now - timedelta(hours=1),
        stands_until=now + timedelta(hours=6),
    )
    return CurrentVerdict(verdict=verdict, since=now - timedelta(hours=3), tally={State.MET: 50, State.UNPROVEN: 4})


def shown(wanted: tuple[Expected, ...], states: tuple[State, ...]) -> Snapshot:
    """Return what an agent shows now whose subjects are in these states, in turn."""
    now = datetime.now(UTC)
    standings = (standing(one, states[number % len(states)], now) for number, one in enumerate(wanted))
    runs = (
        CollectorRun(
            collector=name, host=f"srv-{number}", last_run=now, last_success=now, duration=timedelta(0), success=True
        )
        for number in range(HOSTS)
        for name in ("patches", "clamav", "clock", "accounts", "firewall")
    )
    targets = dict.fromkeys(one.key.target for one in wanted)
    return Snapshot(
        at=now,
        version="1",
        standings=tuple(standings),
        attainments=tuple(Attainment(target=one, beneficiary="scota", tally={State.MET: 54}) for one in targets),
        runs=tuple(runs),
        last_append=now,
        heartbeat=now,
    )


@contextmanager
def showing(wanted: tuple[Expected, ...], states: tuple[State, ...]) -> Iterator[int]:
    """Serve it as an agent does; return the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(exposition(shown(wanted, states)))

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def evaluations(address: str) -> tuple[list[float], dict[str, float]]:
    """Return how long each of some cycles took and each rule in its quickest one, in milliseconds.

    Counted from when the rules find what is shown, and two cycles later.
    """
    end = time.monotonic() + 60
    while not asked(address, f"{SHOWN} offset 4s"):
        assert time.monotonic() < end
        time.sleep(0.2)
    cycles: dict[str, float] = {}
    rules: dict[str, float] = {}
    while len(cycles) < CYCLES:
        with urllib.request.urlopen(f"{address}/api/v1/rules", timeout=30) as answer:
            (group,) = json.loads(answer.read())["data"]["groups"]
        cycles[group["lastEvaluation"]] = group["evaluationTime"] * 1000
        for rule in group["rules"]:
            took = rule["evaluationTime"] * 1000
            rules[rule["name"]] = min(took, rules.get(rule["name"], took))
        time.sleep(1)
    return list(cycles.values()), rules


@pytest.mark.parametrize(
    ("said", "states", "limit"),
    [
        ("all is met", (State.MET,), LIMIT),
        ("a twentieth is missed, a twentieth unproven", (*(State.MET,) * 18, State.MISSED, State.UNPROVEN), LIMIT),
        ("nothing is proven since an hour", (State.UNPROVEN,), LIMIT),
        # Each alert that rings has its texts made at each evaluation; no rule changes that.
        ("every subject rings", (State.MISSED,), 4 * LIMIT),
    ],
)
def test_the_rules_of_500_subjects_are_quick(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], said: str, states: tuple[State, ...], limit: float | None
) -> None:
    """What else a machine does shows in some cycles; what the rules take shows in all, so that the quickest counts."""
    path = tmp_path / "beffroi.toml"
    path.write_text(HEAD + "".join(HOST.format(number=number) for number in range(HOSTS)))
    configuration = load(path, strict=False)
    wanted = expected(configuration.inventory, configuration.convention.starts)
    (tmp_path / RULES).write_text(written(configuration)[RULES])
    with showing(wanted, states) as port, prometheus(tmp_path, SCRAPED.format(rules=RULES, port=port)) as address:
        cycles, rules = evaluations(address)
    worst = sorted(rules.items(), key=lambda one: -one[1])[:5]
    with capsys.disabled():
        print(f"\n  {len(wanted)} subjects, {said}: {min(cycles):.1f} ms, median {median(cycles):.1f} ms")
        print("   ", ", ".join(f"{name} {took:.1f}" for name, took in worst))
    assert limit is None or min(cycles) <= limit
