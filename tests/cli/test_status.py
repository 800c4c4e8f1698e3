"""`beffroi status`: what its options leave of the verdicts, and in which form."""

import json
from pathlib import Path

import pytest

from agent.accounting.expectation import Days
from agent.cli.invocation import invoke
from agent.cli.status import of_host, selected
from agent.config.load import load
from agent.core.clock import SystemClock
from agent.core.duties.expected import expected
from agent.core.errors import ConfigurationError, UsageError
from agent.core.model import State
from agent.core.reason import Reason
from agent.ledger.ledger import Ledger
from agent.ledger.locks import daemon_lock
from agent.ledger.verdict_rows import VerdictRecord
from tests.export.fleet import fleet
from tests.verdicts import verdict


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


def test_a_target_is_no_subject_and_the_hint_names_its_command(configuration: Path) -> None:
    with pytest.raises(UsageError, match="unknown subject 'patching'") as refused:
        invoke(["--config", str(configuration), "status", "patching"])
    assert refused.value.hint == "patching is a target; beffroi check --target patching looks at what it expects"


def test_short_prints_a_line_a_target(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["--config", str(configuration), "status", "--short", "--missed"]) == 3
    captured = capsys.readouterr()
    assert captured.err == "state\ttarget\tmissed\tunproven\taccepted\tmet\tnot-applicable\n"
    lines = captured.out.splitlines()
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


def test_an_edited_file_with_a_mistake_hides_no_verdict(
    configuration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Return the verdicts of the configuration in force, and say that the file is refused."""
    in_force = loaded(configuration, tmp_path / "state")
    configuration.write_text(configuration.read_text() + "colour = 1\n")
    assert invoke(["--config", str(configuration), "status", "--json", "--language", "en"]) == 1
    captured = capsys.readouterr()
    states = {(one["target"], one["subject"]): one["state"] for one in json.loads(captured.out)["verdicts"]}
    assert states["patching", "srv-1"] == "missed"
    assert states["patching", "srv-2"] == "unproven"
    refused, hint = captured.err.splitlines()
    assert refused.startswith(f"the configuration file is refused: {configuration}:")
    assert hint.startswith(f"hint: these are the verdicts of configuration {in_force[:12]}, which stays in force")


def test_without_a_ledger_a_refused_file_is_the_error_itself(configuration: Path) -> None:
    configuration.write_text(configuration.read_text() + "colour = 1\n")
    with pytest.raises(ConfigurationError, match="colour"):
        invoke(["--config", str(configuration), "status"])


def test_a_refused_file_is_never_wholly_met(configuration: Path, tmp_path: Path) -> None:
    loaded(configuration, tmp_path / "state", State.MET)
    configuration.write_text(configuration.read_text() + "colour = 1\n")
    assert invoke(["--config", str(configuration), "status", "srv-1"]) == 3


def loaded(configuration: Path, state: Path, found: State = State.MISSED) -> str:
    """Load a configuration as the daemon does, keep one verdict on `srv-1`, return the digest."""
    read = load(configuration, strict=False)
    declared = {one.key: Days() for one in expected(read.inventory, None)}
    now = SystemClock().now()
    with Ledger.open(state, clock=SystemClock()) as ledger:
        ledger.keep_load(read.digest, declared, read.targets)
        for target in ("patching", "log-collection"):
            one = verdict(target, "srv-1", found, Reason.UPDATES_PENDING, at=now, observed_at=now)
            ledger.keep_verdicts([VerdictRecord(verdict=one, stretch=None)])
    return read.digest


def test_it_says_that_the_daemon_has_stopped(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = ["--config", str(configuration), "status"]
    state = load(configuration, strict=False).agent.state_directory
    invoke(status)
    assert "no beffroi daemon" not in capsys.readouterr().err  # none ever began

    state.mkdir()
    with daemon_lock(state):
        invoke(status)
    assert "no beffroi daemon" not in capsys.readouterr().err

    invoke(status)
    assert f"no beffroi daemon works on {state}: this is what was kept before" in capsys.readouterr().err
