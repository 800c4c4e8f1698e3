"""`beffroi fleet backfill`, from its arguments."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli import backfilling
from agent.cli.app import app
from agent.config.settings import Configuration
from agent.core.clock import SystemClock
from agent.core.period import day_of
from agent.queries.backfill import BackfillTally
from tests.cli.test_fleet import said
from tests.parts.ports import free_port
from tests.parts.victoria_metrics import running_victoria_metrics
from tests.queries.test_backfill import agent
from tests.queries.test_centre import centre
from tests.queries.test_centre import ran as run_at

__all__ = ["agent", "centre"]

pytestmark = [pytest.mark.programs, pytest.mark.network]

TODAY = day_of(SystemClock().now())


def ran(centre: Configuration, *arguments: str) -> tuple[int, str]:
    """Return the exit code of a command, and what it said."""
    done = run_at(centre, *arguments)
    return done.code, done.out + done.err


@pytest.mark.usefixtures("agent")
def test_a_fleet_s_past_is_given_by_the_command(centre: Configuration, tmp_path: Path) -> None:
    asked = ("fleet", "backfill", "--since", f"{TODAY - timedelta(days=2)}", "--to")
    with running_victoria_metrics(tmp_path) as victoria:
        code, text = ran(centre, *asked, victoria.url)
        found = victoria.points('{origin="backfill"}')
    assert (code, text.split()[1:]) == (0, ["samples", "given,", "0", "were", "there"])
    assert int(text.split()[0]) == sum(map(len, found.values())) > 0
    code, text = ran(centre, *asked, f"http://127.0.0.1:{free_port()}")
    assert code == 3
    assert "connection refused" in text
    assert "hint: what it has taken stays" in text


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("--since", "yesterday"), "--since 'yesterday' is no day"),
        (("--since", "2026-10-01", "--to", "localhost:8428"), "--to is no address"),
        (("--since", "2026-10-01", "--to", "http://user:eau@localhost:8428"), "--to holds a user or a password"),
        (("--since", f"{TODAY + timedelta(days=1)}"), "is in the future"),
    ],
)
def test_what_is_no_day_and_no_address_is_refused(centre: Configuration, arguments: tuple[str, ...], what: str) -> None:
    code, text = ran(centre, "fleet", "backfill", *arguments)
    assert code == 2
    assert what in text
    assert "eau" not in text


def test_an_agent_s_configuration_gives_no_past(tmp_path: Path) -> None:
    path = tmp_path / "beffroi.toml"
    path.write_text('[[beneficiary]]\nid = "scota"\n')
    with pytest.raises(Exception, match="is no centre's configuration"):
        said("backfill", "--since", "2026-10-01", "--config", str(path))


def test_what_an_agent_wrote_of_a_trouble_is_printed_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    found = BackfillTally(troubles=["arras-1: fork: \x1b[2J\nnot given: lens-1"])
    monkeypatch.setattr(backfilling, "given", lambda *_: found)
    ran = CliRunner().invoke(app, ["fleet", "backfill", "--since", "2026-10-01"])
    assert ran.exit_code == 3
    assert "\x1b" not in ran.output
    assert ran.output.count("\n") == 2
