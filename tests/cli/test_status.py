"""`beffroi status`: what its options leave of the verdicts, and in which form."""

import json
from pathlib import Path

import pytest

from agent.cli.invocation import invoke
from agent.cli.status import of_host, selected
from agent.core.errors import UsageError
from agent.core.model import State
from tests.export.fleet import fleet


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """Return a configuration of two hosts; nothing was looked at yet."""
    path = tmp_path / "beffroi.toml"
    hosts = "".join(
        f'[[host]]\nid = "srv-{number}"\ntransport = "local"\nsite = "arras"\ncollect = ["patches", "clock"]\n\n'
        for number in (1, 2)
    )
    path.write_text(
        f'[agent]\nstate_directory = "{tmp_path / "state"}"\n\n[[beneficiary]]\nid = "scota"\nname = "SCOTA"\n\n{hosts}'
    )
    return path


def told(configuration: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Return what `status` prints where nothing is proven."""
    assert invoke(["--config", str(configuration), "status", *options]) == 3
    return capsys.readouterr().out


def test_a_host_has_its_own_verdicts_alone(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = json.loads(told(configuration, capsys, "--host", "srv-2", "--json"))["verdicts"]
    assert {(one["target"], one["subject"]) for one in verdicts} == {("patching", "srv-2"), ("log-collection", "srv-2")}


def test_an_unknown_host_is_named_with_the_nearest_one(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError) as refused:
        invoke(["--config", str(configuration), "status", "--host", "srv-22"])
    assert refused.value.message == "unknown host 'srv-22'"
    assert refused.value.hint == "did you mean srv-2?"


def test_short_prints_a_line_a_target(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(configuration, capsys, "--short", "--missed").splitlines()
    assert "unproven\tpatching\t0\t2\t0\t0\t0" in lines
    assert len({line.split("\t")[1] for line in lines}) == len(lines)


@pytest.mark.parametrize("form", [("--json",), ("--history", "14d"), ("--html", "page.html")])
def test_short_stands_beside_no_other_form(configuration: Path, form: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="--short stands beside"):
        invoke(["--config", str(configuration), "status", "--short", *form])


def test_missed_leaves_the_missed_and_the_unproven_alone() -> None:
    known = fleet(3)
    assert {one.state for one in selected(known, None, missed=False)} > {State.MET}
    shown = selected(known, None, missed=True)
    assert {one.state for one in shown} == {State.MISSED, State.UNPROVEN}
    assert len(shown) == sum(one.state in (State.MISSED, State.UNPROVEN) for one in known.verdicts)


def test_a_host_has_the_verdicts_on_what_it_keeps() -> None:
    assert {one.target for one in of_host(fleet(3), "vault").verdicts} >= {"backup-offsite"}
