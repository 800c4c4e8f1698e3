"""`beffroi ledger verify`: the outcome on standard output, and its exit code."""

from pathlib import Path

import pytest

from agent.cli.invocation import invoke
from agent.core.errors import UsageError
from agent.ledger.keys import PUBLIC_NAME
from tests.ledger.samples import live, open_ledger, tamper
from tests.parts.kept import append_entry


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


def verify(configuration: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = invoke(["--config", str(configuration), "ledger", "verify"])
    said = capsys.readouterr()
    assert said.err == ""
    return code, said.out.splitlines()


def test_a_sound_ledger_is_said_in_one_line(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(configuration, capsys) == (0, ["sound: 18 rows, 2 signed days"])


def test_damage_is_a_result_and_says_where(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tamper(configuration.parent / "state", "UPDATE payload SET text = 'x' WHERE sequence = 3")

    code, lines = verify(configuration, capsys)

    assert code == 1
    assert lines[0] == "damaged: 18 rows, 2 signed days"
    assert "row 3: its payload is not the one that was digested" in lines


def test_what_a_damaged_row_holds_cannot_break_a_line(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "'a' || char(10) || 'sound: 18 rows' || char(27) || '[2J'"
    tamper(configuration.parent / "state", f"UPDATE standing SET target = {hostile}")

    code, lines = verify(configuration, capsys)

    assert code == 1
    assert not any(line.startswith("sound") for line in lines)
    assert "\x1b" not in "".join(lines)


def test_a_file_that_is_no_database_is_damage_too(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (configuration.parent / "state" / "ledger.sqlite").write_bytes(b"nothing" * 1000)

    code, lines = verify(configuration, capsys)

    assert (code, lines[0]) == (1, "damaged: 0 rows, 0 signed days")


def test_what_could_not_be_looked_at_is_neither(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (configuration.parent / "state" / PUBLIC_NAME).unlink()

    code, lines = verify(configuration, capsys)

    assert (code, lines[0]) == (3, "unproven: 18 rows, 2 signed days")
    assert "could not be checked" in lines[1]


def test_a_ledger_that_is_not_there_is_an_error_of_use(configuration: Path) -> None:
    for path in (configuration.parent / "state").iterdir():
        path.unlink()

    with pytest.raises(UsageError, match="there is no ledger"):
        invoke(["ledger", "verify", "--config", str(configuration)])


def test_the_walk_makes_no_file(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = configuration.parent / "state"
    before = sorted(path.name for path in state.iterdir())

    verify(configuration, capsys)

    assert sorted(path.name for path in state.iterdir()) == before


def test_a_walk_beside_the_daemon_is_sound(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_ledger(configuration.parent / "state") as ledger:
        append_entry(ledger, "incident", {})

        assert verify(configuration, capsys) == (0, ["sound: 19 rows, 2 signed days"])


def heads(configuration: Path, file: Path) -> Path:
    """Write the heads of a ledger to a file, as they are mailed."""
    with open_ledger(configuration.parent / "state") as ledger:
        file.write_text("".join(f"> {head.statement}# signature {head.signature}\n" for head in ledger.heads()))
    return file


def test_heads_that_were_received_earlier_are_held_to_the_ledger(
    configuration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mail = heads(configuration, tmp_path / "heads.txt")
    command = ["--config", str(configuration), "ledger", "verify", "--head", str(mail)]
    assert invoke(command) == 0
    other = tmp_path / "other.txt"
    other.write_text(f"beffroi.head/1 2027-01-01 rows 90-99 {'ab' * 32}\n")
    capsys.readouterr()
    assert invoke([*command, "--head", str(other)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("damaged: ")
    assert said[1] == "the head abababababab… of 2027-01-01, rows 90-99, which was received, is not in this ledger"


def test_a_file_without_a_signed_head_is_refused(configuration: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Madame, Monsieur,")
    with pytest.raises(UsageError, match=r"letter\.txt holds no signed head"):
        invoke(["--config", str(configuration), "ledger", "verify", "--head", str(tmp_path / "letter.txt")])
