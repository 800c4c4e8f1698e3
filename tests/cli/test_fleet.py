"""`beffroi fleet`, from its arguments to a real database."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli.app import app
from agent.core.clock import SystemClock
from agent.core.errors import BeffroiError
from agent.ledger.keys import verifier
from agent.ledger.ledger import Ledger
from agent.ledger.outgoing import rows_after
from tests.fleet.databases import Laid
from tests.parts.program import beffroi

pytestmark = [pytest.mark.programs, pytest.mark.network]

KEY = "SHA256:" + "a" * 43
CENTRE = """\
[agent]
state_directory = "{folder}/centre"

[[beneficiary]]
id = "scota"

[fleet]
role = "centre"
database = "{database}"
user = "beffroi_centre_cli"
password_file = "fleet.password"
"""


def said(*arguments: str) -> str:
    """Return what a command prints. Raises what it raises."""
    ran = CliRunner().invoke(app, ["fleet", *arguments], catch_exceptions=True)
    if isinstance(ran.exception, BeffroiError):
        raise ran.exception
    assert ran.exit_code == 0, ran.output
    return ran.output


@pytest.fixture
def centre(empty: Laid, tmp_path: Path) -> Path:
    """Write the centre's configuration for an empty database."""
    path = tmp_path / "centre.toml"
    path.write_text(CENTRE.format(folder=tmp_path, database=empty.server.settings(empty.name)))
    (tmp_path / "fleet.password").write_text("eau-de-vie\n")
    return path


def test_schema_and_enrol_make_a_fleet(empty: Laid, centre: Path) -> None:
    connect = ("--connect", empty.server.url(empty.name), "--config", str(centre))
    assert said("schema", *connect) == "schema of the fleet: made; readers of 1 beneficiary\n"
    assert "there already" in said("schema", *connect)
    assert said("enrol", "arras-1", "--fingerprint", KEY, *connect).startswith("arras-1: admitted with the key")
    assert empty.run("SELECT agent, ledger, role FROM beffroi.agent") == [("arras-1", KEY, "beffroi_arras_1")]
    kept = empty.run("SELECT rolpassword FROM pg_authid WHERE rolname = 'beffroi_centre_cli'")
    assert str(kept[0][0]).startswith("SCRAM-SHA-256$")


def test_the_printed_schema_names_centre_and_readers_and_connects_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "centre.toml"
    path.write_text(CENTRE.format(folder=tmp_path, database="postgresql://127.0.0.1:1/beffroi"))
    script = said("schema", "--print", "--config", str(path))
    assert 'CREATE ROLE "beffroi_centre_cli" LOGIN' in script
    assert "VALUES ('beffroi_reader_scota', 'scota')" in script


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("arras 1", "--fingerprint", KEY), "is not an id"),
        (("arras-1", "--fingerprint", "MD5:0"), "not a fingerprint"),
        (("arras-1", "--fingerprint", KEY, "--role", "a b"), "is not a role"),
        (("arras-1", "--fingerprint", KEY, "--password-file", "/nonexistent"), "/nonexistent"),
    ],
)
def test_a_wrong_argument_is_named(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(BeffroiError, match=words) as caught:
        said("enrol", *arguments, "--connect", "postgresql:///nothing?host=/nonexistent")
    assert caught.value.exit_code == 2


AGENT = """\
[agent]
state_directory = "{folder}/state"
listen = ""

[[beneficiary]]
id = "scota"

[[perimeter]]
id = "internet"
exposed = true

[fleet]
agent = "arras-1"
database = "{database}"
user = "beffroi_arras_1"
"""


def test_check_sends_what_it_kept_before_it_ends(empty: Laid, centre: Path, tmp_path: Path) -> None:
    path = tmp_path / "beffroi.toml"
    path.write_text(AGENT.format(folder=tmp_path, database=empty.server.settings(empty.name)))
    first = beffroi("check", "--config", path)
    assert "not all sent to the fleet: " in first.err
    connect = ("--connect", empty.server.url(empty.name), "--config", str(centre))
    said("schema", *connect)
    said("enrol", "arras-1", "--fingerprint", verifier(tmp_path / "state").fingerprint, *connect)
    second = beffroi("check", "--config", path)
    assert (second.code, second.err) == (first.code, "")
    with Ledger.open(tmp_path / "state", clock=SystemClock(), readonly=True) as ledger:
        rows = ledger.ask(lambda here: rows_after(here, 0, rows=10_000, letters=10**9)).newest
    assert empty.run("SELECT max(sequence), count(*) FROM beffroi.row") == [(rows, rows)]
    walked = beffroi("ledger", "verify", "--config", str(centre))
    assert (walked.code, walked.out.splitlines()[0]) == (0, f"arras-1: sound: {rows} rows, 0 signed days")
    shown = beffroi("fleet", "status", "--config", str(centre))
    assert (shown.code, shown.out.split()[:2]) == (0, ["arras-1", "current"])


def test_a_database_that_is_away_is_no_refusal(centre: Path) -> None:
    with pytest.raises(BeffroiError, match="the database of --connect") as caught:
        said("schema", "--connect", "postgresql:///nothing?host=/nonexistent", "--config", str(centre))
    assert caught.value.exit_code == 3
