"""Which alerts silence others in one Alertmanager, which may be that of every agent and of other programs too."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.rules.alertmanager import MONITOR
from agent.rules.written import ALERTMANAGER
from tests.rules import test_fleet_written
from tests.rules.written_for import configured, written

Labels = Mapping[str, str]
GONE = {"alertname": "BeffroiAgentGone", "severity": "page", "target": "agent", "cause": "agent"}
MISSED = {"alertname": "BeffroiBackupRpoMissed", "severity": "page", "target": "backup-rpo", "subject": "files"}
CENTRE_GONE = {"alertname": "BeffroiCentreGone", "severity": "page", "target": "agent"}
SILENT = {"alertname": "BeffroiFleetAgentSilent", "severity": "page", "target": "agent", "subject": "arras-1"}
FOREIGN = {"alertname": "NodeDown", "severity": "critical"}


def rules(folder: Path) -> list[dict[str, Any]]:
    """Return what an agent and a centre write, in one Alertmanager."""
    texts = (written(configured(folder)), test_fleet_written.written(folder))
    return [rule for one in texts for rule in yaml.safe_load(one[ALERTMANAGER])["inhibit_rules"]]


def matches(matcher: str, labels: Labels) -> bool:
    """Return whether a matcher takes an alert, as Alertmanager does: a label that is missing is empty."""
    found = re.fullmatch(r'(\w+)(=~|!~|=)"(.*)"', matcher)
    assert found is not None, matcher
    name, operator, value = found.groups()
    had = labels.get(name, "")
    return had == value if operator == "=" else (re.fullmatch(value, had) is None) == (operator == "!~")


def silences(inhibiting: list[dict[str, Any]], source: Labels, target: Labels) -> bool:
    """Return whether an alert silences another one."""
    return any(
        all(matches(one, source) for one in rule["source_matchers"])
        and all(matches(one, target) for one in rule["target_matchers"])
        and all(source.get(name, "") == target.get(name, "") for name in rule.get("equal", ()))
        for rule in inhibiting
    )


def test_an_agent_that_is_gone_silences_its_own_alerts(tmp_path: Path) -> None:
    known = rules(tmp_path)
    assert silences(known, GONE, MISSED)
    assert silences(known, {**GONE, MONITOR: "arras-1"}, {**MISSED, MONITOR: "arras-1"})
    assert silences(known, CENTRE_GONE, SILENT)


def test_a_past_that_was_rewritten_is_one_page_and_another_agents_refusal_is_heard(tmp_path: Path) -> None:
    known, rewritten = rules(tmp_path), {**SILENT, "alertname": "BeffroiFleetRewritten"}
    refused = {**SILENT, "alertname": "BeffroiFleetAgentRefused"}
    assert silences(known, rewritten, refused)
    assert not silences(known, rewritten, {**refused, "subject": "lens-1"})
    assert not silences(known, refused, rewritten)


@pytest.mark.parametrize("source", [GONE, {**GONE, "alertname": "BeffroiAgentFrozen"}, CENTRE_GONE, SILENT, MISSED])
def test_no_alert_of_another_program_is_ever_silenced(tmp_path: Path, source: Labels) -> None:
    assert not silences(rules(tmp_path), source, FOREIGN)


def test_an_agent_that_is_gone_silences_no_other_agent_and_no_centre(tmp_path: Path) -> None:
    known = rules(tmp_path)
    assert not silences(known, {**GONE, MONITOR: "arras-1"}, {**MISSED, MONITOR: "lens-1"})
    assert not any(silences(known, GONE, one) for one in (SILENT, CENTRE_GONE))


def test_a_centre_that_is_gone_silences_no_agent_s_own_alerts(tmp_path: Path) -> None:
    assert not any(silences(rules(tmp_path), CENTRE_GONE, one) for one in (MISSED, GONE))
