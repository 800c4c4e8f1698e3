"""What the panels show of real series, as Prometheus answers: how things are, and nothing once all is gone."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.core.model import State
from agent.export.metrics import exposition
from agent.export.snapshot import CollectorRun, CurrentVerdict
from agent.fleet.agent_standing import AgentStanding, AgentState
from tests.dashboards.every import every_dashboard
from tests.dashboards.panel import OF_NOW, STATE_CODES, Panel
from tests.export.samples import NOW, snapshot, verdict

MINUTES = 10
LONG_AFTER = "30m"
# Several agents, of which one stands in each state, and a host of two beneficiaries.
AGENTS = {"arras-1": "current", "arras-2": "current", "lens-1": "silent", "douai-1": "refused", "vimy-1": "never"}
SHARED = {
    "both": (State.MET, State.MET),
    "one": (State.UNPROVEN, State.MET),
    "bad": (State.MISSED, State.NOT_APPLICABLE),
    "agreed": (State.ACCEPTED, State.ACCEPTED),
}
Samples = list[dict[str, object]]


def series() -> list[dict[str, str]]:
    """Return what a Prometheus has of an agent, or of a centre, that answers for ten minutes."""
    shared = tuple(
        CurrentVerdict(verdict=verdict("patching", subject, state, beneficiary=beneficiary), since=NOW)
        for subject, states in SHARED.items()
        for beneficiary, state in zip(("scota", "other"), states, strict=True)
    )
    told = replace(
        snapshot(),
        standings=shared,
        runs=tuple(
            CollectorRun(
                collector="clock", host=host, last_run=NOW, last_success=NOW, duration=timedelta(0), success=success
            )
            for host, success in (("srv-1", True), ("srv-2", False), ("srv-3", False))
        ),
        agents=tuple(
            AgentStanding(agent=agent, state=AgentState(state), received_at=NOW, lag_rows=4)
            for agent, state in AGENTS.items()
        ),
    )
    found = re.findall(r"^(beffroi_\w+)(?:\{(.*)\})? (\S+)$", exposition(told).decode(), re.M)
    here = 'job="beffroi", instance="here"'
    return [
        {"series": f"{name}{{{', '.join(filter(None, (labels, here)))}}}", "values": f"{value}x{MINUTES}"}
        for name, labels, value in found
    ]


def panels() -> Mapping[str, Panel]:
    """Return every panel, by dashboard and title."""
    return {f"{board.id}: {panel.title}": panel for board in every_dashboard() for panel in board.panels}


def expression(panel: Panel) -> str:
    """Return what a panel asks where everything is chosen."""
    return re.sub(r"\$\w+", ".+", panel.queries[0].expression)


def answered(folder: Path, asked: list[dict[str, Any]]) -> None:
    """Hold Prometheus' answers to what they must be."""
    test = {"interval": "1m", "input_series": series(), "promql_expr_test": asked}
    (folder / "shown.yml").write_text(yaml.safe_dump({"evaluation_interval": "1m", "tests": [test]}))
    done = subprocess.run(
        ("promtool", "test", "rules", "shown.yml"), cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def samples(values: Mapping[str, float]) -> Samples:
    """Return samples as promtool names them."""
    return [{"labels": labels, "value": value} for labels, value in values.items()]


@pytest.mark.programs
def test_the_fleet_s_panels_show_how_each_agent_stands(tmp_path: Path) -> None:
    of_fleet = {
        "À jour": {"{}": 2},
        "Silencieux": {"{}": 1},
        "Refusés": {"{}": 1},
        "Jamais venus": {"{}": 1},
        "État de chaque agent": {
            f'beffroi_agent_state{{agent="{agent}", state="{state}", job="beffroi", instance="here"}}': 1
            for agent, state in AGENTS.items()
        },
        "Lignes en attente": {
            f'beffroi_agent_lag_rows{{agent="{agent}", job="beffroi", instance="here"}}': 4 for agent in AGENTS
        },
    }
    of_agent = {"beffroi-agent: Relevés en échec": {"{}": 2.0}}
    expected = {f"beffroi-fleet: {title}": values for title, values in of_fleet.items()} | of_agent
    known = panels()
    answered(
        tmp_path,
        [
            {"expr": expression(known[title]), "eval_time": "5m", "exp_samples": samples(values)}
            for title, values in expected.items()
        ],
    )


@pytest.mark.programs
def test_a_subject_of_two_beneficiaries_is_shown_by_the_worse_state(tmp_path: Path) -> None:
    shown = expression(panels()["beffroi-hosts: État de chaque serveur"])
    worst = {
        f'{{target="patching", subject="{subject}"}}': max(STATE_CODES[state] for state in states)
        for subject, states in SHARED.items()
    }
    answered(tmp_path, [{"expr": shown, "eval_time": "5m", "exp_samples": samples(worst)}])


@pytest.mark.programs
def test_no_panel_of_now_answers_once_nothing_is_scraped_any_more(tmp_path: Path) -> None:
    """A number that outlives what it was read from would be an «all is well» of no one."""
    of_now = [panel for panel in panels().values() if panel.kind in OF_NOW]
    assert len(of_now) > 15
    answered(tmp_path, [{"expr": expression(one), "eval_time": LONG_AFTER, "exp_samples": []} for one in of_now])


def test_every_panel_of_now_asks_for_the_value_now_alone() -> None:
    """Over a range Grafana shows the last value that was ever there."""
    for panel in panels().values():
        (asked,) = panel.written(1, 0, 0)["targets"]
        assert (asked["instant"], asked["range"]) == ((True, False) if panel.kind in OF_NOW else (False, True))
