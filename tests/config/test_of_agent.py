"""What the configuration of a fleet's centre is refused for, by each command that only an agent does."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli.app import app
from agent.core.errors import UsageError
from tests.config.test_fleet_keys import KEY

CENTRE = f"""\
[agent]
state_directory = "/nonexistent/beffroi-centre"

[fleet]
role = "centre"
database = "postgresql://127.0.0.1:5432/beffroi"
user = "beffroi_centre"
password_file = "fleet.password"

[[fleet.agent]]
id = "arras-1"
fingerprint = "{KEY}"

[[beneficiary]]
id = "scota"
"""
OF_AN_AGENT = (
    "check",
    "verify --all",
    "drill files/offsite --reason yearly --author tech",
    "audit files/offsite --seed 00 --by scota",
    "canary plant files",
    "retire host srv-1 --reason sold --author tech",
    "alert test",
    "alert acknowledge backup-rpo files --until 1h --author tech",
    "report --month 2026-10 --output .",
    "evidence checkpoint",
)


@pytest.mark.parametrize("command", OF_AN_AGENT)
def test_no_command_of_an_agent_is_done_at_the_centre(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "centre.toml"
    path.write_text(CENTRE)
    (tmp_path / "fleet.password").write_text("eau-de-vie\n")
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(app, [*command.split(), "--config", str(path)])
    assert isinstance(ran.exception, UsageError), (ran.exception, ran.output)
    assert "is the centre's of a fleet" in ran.exception.message
    assert sorted(one.name for one in tmp_path.iterdir()) == ["centre.toml", "fleet.password"]
