"""What a stolen backup of the agent's state holds: findings and the agent's key, and no way into a repository."""

from pathlib import Path

import pytest

from tests.parts.program import beffroi
from tests.parts.watched import Copy, Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

PASSWORD = "tell-tale-heart-1843"
SECRET = "the-cask-of-amontillado"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return the state directory of an agent that has looked at a copy, verified it and failed on another."""
    watched = Watched(folder=tmp_path)
    watched.password_file.write_text(f"{PASSWORD}\n")
    environment = tmp_path / "environment"
    environment.touch(mode=0o600)
    environment.write_text(f"RESTIC_COMPRESSION=auto\nAWS_SECRET_ACCESS_KEY={SECRET}\n")
    copy = Copy(repository=str(watched.repository("files")), more=f'environment_file = "{environment}"')
    watched.declare("files", copy)
    watched.restic(copy.repository, "init")
    watched.restic(copy.repository, "backup", "--host", "srv-1", str(watched.source("files")))
    watched.declare("away", Copy(repository="rest:http://127.0.0.1:1/away", more=f'environment_file = "{environment}"'))
    assert beffroi("check", "--json", "--config", watched.configuration).verdict("backup-rpo", "files")[0] == "met"
    assert beffroi("verify", "files", "--config", watched.configuration).code == 0
    return tmp_path / "state"


def test_no_password_is_in_the_state(state: Path) -> None:
    files = [file for file in state.rglob("*") if file.is_file()]
    assert {"ledger.sqlite", "signing-key.pem"} <= {file.name for file in files}
    found = [file for file in files for secret in (PASSWORD, SECRET) if secret.encode() in file.read_bytes()]
    assert found == []


def test_no_other_account_reads_the_state(state: Path) -> None:
    assert state.stat().st_mode & 0o007 == 0
    for file in state.rglob("*"):
        assert file.lstat().st_mode & 0o002 == 0
    assert (state / "signing-key.pem").stat().st_mode & 0o077 == 0
