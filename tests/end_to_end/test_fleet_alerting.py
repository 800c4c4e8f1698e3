"""From an agent that was cloned to anyone who is on call, through a real centre, Prometheus and Alertmanager."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from agent.core.model import State
from agent.fleet.sending import SendingRefused
from agent.ledger.ledger import Ledger
from agent.rules.written import ALERTMANAGER, RULES
from tests.daemon.test_centre import running
from tests.end_to_end.test_alerting import SCRAPED, about, hastened
from tests.fleet.agents import FleetMember, member
from tests.fleet.databases import Laid
from tests.ledger.samples import HandClock
from tests.parts.program import beffroi
from tests.parts.supervision import alertmanager, hearing, prometheus

pytestmark = [pytest.mark.programs, pytest.mark.network]

# The centre asks its database each quarter of a minute, and a busy machine takes its time.
PATIENCE = 240.0
REFUSED = "BeffroiFleetAgentRefused"


def test_the_on_call_hears_that_an_agent_was_cloned(laid: Laid, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    with ExitStack() as stack:
        arras = stack.enter_context(member(laid, tmp_path / "arras"))
        arras.judge({"srv-1": State.MET})
        arras.send()
        ear = stack.enter_context(hearing())
        centre = urlsplit(stack.enter_context(running(laid, tmp_path)))
        assert beffroi("rules", "--config", tmp_path / "centre.toml", "--output", rules).code == 0
        _without_wait(rules / RULES, REFUSED)
        example = hastened((rules / ALERTMANAGER).read_text(), ear.address)
        manager = stack.enter_context(alertmanager(rules, example)).removeprefix("http://")
        scraped = SCRAPED.format(rules=RULES, alertmanager=manager, port=centre.port)
        stack.enter_context(prometheus(rules, scraped))
        ear.until(lambda path, said: path == "/watcher", PATIENCE)
        assert not [path for _, path, _ in ear.heard if path == "/page"]
        _clone_sends(arras, tmp_path / "clone")
        _, said = ear.until(lambda path, said: path == "/page" and about(said, REFUSED, "firing") is not None, PATIENCE)
        alert = about(said, REFUSED, "firing")
    assert alert is not None
    assert alert["labels"]["severity"] == "page"
    assert "arras-1" in alert["annotations"]["summary"]


def _without_wait(file: Path, name: str) -> None:
    """Let one alert of a file ring at once: its wait is held to by the tests of the rules.

    The others keep theirs: before its first scrape Prometheus knows of no centre.
    """
    document: dict[str, Any] = yaml.safe_load(file.read_text())
    for rule in (rule for group in document["groups"] for rule in group["rules"] if rule.get("alert") == name):
        del rule["for"]
    file.write_text(yaml.safe_dump(document))


def _clone_sends(agent: FleetMember, folder: Path) -> None:
    """Send what another machine wrote under an agent's name, with a key of its own."""
    folder.mkdir()
    with Ledger.open(folder, clock=HandClock()) as ledger:
        clone = FleetMember(name=agent.name, directory=folder, ledger=ledger, laid=agent.laid)
        clone.append(1)
        with pytest.raises(SendingRefused):
            clone.send()
