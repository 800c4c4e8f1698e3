"""`beffroi ledger rotate-key`: what it asks for, what it prints, and where it refuses."""

from pathlib import Path

import pytest

from agent.cli.invocation import invoke
from agent.core.errors import UsageError
from agent.ledger.keys import read_changes, verifier
from agent.proving.signed_note import parse_key
from tests.ledger.samples import live


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """Return a configuration whose state directory has a ledger of three days."""
    live(tmp_path / "state")
    path = tmp_path / "beffroi.toml"
    path.write_text(
        f'[agent]\nstate_directory = "{tmp_path / "state"}"\n\n'
        '[[beneficiary]]\nid = "scota"\nname = "SCOTA"\n\n'
        '[[host]]\nid = "srv-1"\ntransport = "local"\nsite = "arras"\nbeneficiaries = ["scota"]\n'
    )
    return path


def test_the_statement_and_the_witness_s_key_are_printed(
    configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = configuration.parent / "state"
    before = verifier(state).fingerprint
    assert invoke(["--config", str(configuration), "ledger", "rotate-key", "--yes"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:5] == read_changes(state)[0].statement.splitlines()
    assert said[2] == f"from {before}"
    assert parse_key(said[5].rpartition(" ")[2]) == verifier(state).note_key
    assert invoke(["--config", str(configuration), "ledger", "verify"]) == 0


def test_nothing_is_done_unasked(configuration: Path) -> None:
    with pytest.raises(UsageError) as refused:
        invoke(["--config", str(configuration), "ledger", "rotate-key"])
    assert "--yes" in refused.value.hint
    assert read_changes(configuration.parent / "state") == ()


def test_an_agent_of_a_fleet_keeps_its_key(configuration: Path) -> None:
    for name in ("fleet.password", "pg-ca.pem"):
        (configuration.parent / name).write_text("x\n")
    with configuration.open("a") as file:
        file.write(
            '\n[fleet]\nagent = "arras-1"\nuser = "beffroi_arras_1"\n'
            'database = "postgresql://pg.example:5432/beffroi"\n'
            f'password_file = "fleet.password"\nroot_certificate = "{configuration.parent / "pg-ca.pem"}"\n'
        )
    with pytest.raises(UsageError, match="keeps its key"):
        invoke(["--config", str(configuration), "ledger", "rotate-key", "--yes"])
