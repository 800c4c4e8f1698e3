"""A running centre: it serves all agents' verdicts, their pages and their metrics, and ages while it cannot ask."""

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from agent.config.load import load
from agent.core.clock import SystemClock
from agent.core.model import State
from agent.core.reason import Reason
from agent.daemon import centre as centres
from agent.daemon.centre import CentreDaemon
from agent.fleet import replicas
from agent.ledger.ledger import Ledger
from tests.fleet.agents import FleetMember, member
from tests.fleet.databases import Laid
from tests.parts.ports import free_port
from tests.parts.processes import wait_until
from tests.parts.program import Said, beffroi, begun
from tests.queries.test_centre import CENTRE

pytestmark = [pytest.mark.programs, pytest.mark.network]


@pytest.fixture
def arras(laid: Laid, tmp_path: Path) -> Iterator[FleetMember]:
    """Return an agent that has judged two hosts."""
    with member(laid, tmp_path / "arras") as made:
        made.judge({"srv-1": State.MET, "srv-2": State.MISSED})
        made.send()
        yield made


@contextmanager
def running(laid: Laid, folder: Path) -> Iterator[str]:
    """Run a centre as a program; yield its address."""
    port, path = free_port(), folder / "centre.toml"
    text = CENTRE.format(state=folder / "centre", database=laid.server.settings(laid.name))
    path.write_text(text.replace('listen = ""', f'listen = "127.0.0.1:{port}"'))
    child = begun(("run", "--config", str(path)), folder / "log")
    address = f"http://127.0.0.1:{port}"
    try:
        came = wait_until(lambda: "arras-1/srv-1" in asked(f"{address}/api/verdicts"), step=0.1)
        assert came, (folder / "log").read_text()
        yield address
    finally:
        child.send_signal(signal.SIGTERM)
        assert child.wait(60) == 0, (folder / "log").read_text()


def asked(address: str) -> str:
    """Return what a page says, nothing while no one answers."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, ConnectionError):
        return ""


def register(folder: Path, *words: str) -> str:
    """Enter something at the centre; return its id."""
    entered = beffroi("register", "add", *words, "--config", folder / "centre.toml")
    assert entered.code == 0, entered.err
    return entered.out.strip()


def reloaded(folder: Path, before: str, after: str) -> Said:
    """Change the configuration of a running centre, and have it taken."""
    path = folder / "centre.toml"
    path.write_text(path.read_text().replace(before, after))
    return beffroi("reload", "--config", path)


def test_a_centre_takes_a_changed_configuration_and_refuses_a_wrong_one(
    arras: FleetMember, laid: Laid, tmp_path: Path
) -> None:
    agent = f'[[fleet.agent]]\nid = "arras-1"\nfingerprint = "{arras.own.fingerprint}"\nhosts = ["srv-9"]\n'
    role = 'user = "beffroi_centre"\n'
    with running(laid, tmp_path) as address:
        done = reloaded(tmp_path, role, f"{role}{agent}")
        assert done.code == 0, done.err
        assert wait_until(lambda: '"no-agent"' in asked(f"{address}/api/verdicts"), step=0.5)
        done = reloaded(tmp_path, 'hosts = ["srv-9"]', 'hosts = ["srv 9"]')
        assert done.code == 2
        assert "stays in force" in done.err
        assert "beffroi_configuration_refused 1" in asked(f"{address}/metrics")
        assert '"no-agent"' in asked(f"{address}/api/verdicts")


def test_a_running_centre_serves_page_metrics_json_and_details(arras: FleetMember, laid: Laid, tmp_path: Path) -> None:
    with running(laid, tmp_path) as address:
        found = json.loads(asked(f"{address}/api/verdicts"))
        assert {(one["agent"], one["subject"], one["state"]) for one in found["verdicts"]} == {
            ("arras-1", "arras-1/srv-1", "met"),
            ("arras-1", "arras-1/srv-2", "missed"),
        }
        assert 'beffroi_agent_state{agent="arras-1",state="current"} 1' in asked(f"{address}/metrics")
        page = asked(f"{address}/")
        assert "arras-1/srv-2" in page
        assert "arras-1\N{NO-BREAK SPACE}: à jour, dernière ligne reçue le " in page
        links = [one.partition('"')[0] for one in page.split('href="') if "srv-2" in one.partition('"')[0]]
        assert links
        for link in dict.fromkeys(links):
            assert "arras-1/srv-2" in asked(f"{address}{link.replace('&amp;', '&')}"), link
        assert asked(f"{address}/healthz")
        told = register(tmp_path, "incident", "detected=2026-01-05", "title=outage", "major=yes", "author=tech")
        assert told == "incident-1"
        assert wait_until(lambda: '"incident-1"' in asked(f"{address}/api/verdicts"), step=0.5)
        links = [one.partition('"')[0] for one in asked(f"{address}/").split('href="')]
        links = [one for one in links if "incident-1" in one]
        assert links
        for link in dict.fromkeys(links):
            assert "incident-1" in asked(f"{address}{link.replace('&amp;', '&')}"), link


@contextmanager
def centre_of(laid: Laid, folder: Path) -> Iterator[CentreDaemon]:
    """Yield a centre that does not run."""
    path = folder / "centre.toml"
    path.write_text(CENTRE.format(state=folder / "centre", database=laid.server.settings(laid.name)))
    (folder / "centre").mkdir()
    with Ledger.open(folder / "centre", clock=SystemClock()) as own:
        yield CentreDaemon(load(path, strict=False), SystemClock(), own)


def test_before_it_has_asked_a_centre_proves_nothing(arras: FleetMember, laid: Laid, tmp_path: Path) -> None:
    with centre_of(laid, tmp_path) as daemon:
        assert daemon.snapshot().fault == "the fleet's database cannot be asked: it was not asked yet"
        daemon.stop()


def test_what_was_asked_too_long_ago_proves_nothing(
    arras: FleetMember, laid: Laid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with centre_of(laid, tmp_path) as daemon:
        daemon._seen = daemon._taken(daemon._round())
        assert {one.state for one in daemon.snapshot().verdicts} == {State.MET, State.MISSED}
        monkeypatch.setattr(centres, "LONGEST_ROUND", timedelta(seconds=-1))
        assert {one.reason for one in daemon.snapshot().verdicts} == {Reason.SILENT_AGENT}
        daemon._close()


def test_while_rows_wait_the_next_round_follows_at_once(
    arras: FleetMember, laid: Laid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arras.append(40)
    arras.send()
    monkeypatch.setattr(replicas, "AT_ONCE", 5)
    monkeypatch.setattr(centres, "FILL_SECONDS", 0.0)
    monkeypatch.setattr(centres, "HURRIED_SECONDS", 0.01)
    monkeypatch.setattr(centres, "EVERY_SECONDS", 3600.0)
    with centre_of(laid, tmp_path) as daemon:
        daemon._thread.start()
        tip = arras.ledger.newer(None).tip

        def taken() -> bool:
            (one,) = daemon.known().replicas or (None,)
            return one is not None and _tip(one.directory) == tip

        assert wait_until(taken, step=0.1)
        daemon.stop()


def _tip(directory: Path) -> int:
    with Ledger.open(directory, clock=SystemClock(), readonly=True) as copy:
        return copy.newer(None).tip
