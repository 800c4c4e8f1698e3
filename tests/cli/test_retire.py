"""`beffroi retire`, and what the next `beffroi config check` says of it."""

import sys
from io import StringIO
from pathlib import Path

import pytest

from agent.__main__ import main
from agent.accounting.expectation import Days
from agent.config.load import load
from agent.core.clock import SystemClock
from agent.core.duties.expected import expected
from agent.ledger.ledger import Ledger

WHY = ("--reason", "remplacé", "--author", "RSSI")


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """Return a configuration of two hosts that a service has loaded."""
    path = tmp_path / "beffroi.toml"
    hosts = "".join(
        f'[[host]]\nid = "{id}"\ntransport = "local"\nsite = "arras"\ncollect = ["patches"]\n'
        for id in ("srv-1", "srv-9")
    )
    path.write_text(
        f'[agent]\nstate_directory = "{tmp_path / "state"}"\n[[beneficiary]]\nid = "scota"\nname = "SCOTA"\n{hosts}'
    )
    read = load(path, strict=False)
    wanted = expected(read.inventory, read.convention.starts)
    with Ledger.open(tmp_path / "state", clock=SystemClock()) as ledger:
        ledger.keep_load(read.digest, {one.key: Days(starts=one.starts, ends=one.ends) for one in wanted}, read.targets)
    return path


def beffroi(*words: str, config: Path) -> int:
    """Return the exit code of a command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["beffroi", *words, "--config", str(config)])
        return main()


def test_the_next_check_says_that_the_entry_can_go(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert beffroi("config", "check", config=configuration) == 0
    assert "srv-9" not in "".join(capsys.readouterr())
    assert beffroi("retire", "host", "srv-9", *WHY, config=configuration) == 0
    assert capsys.readouterr().out.startswith("retirement-1: host srv-9 is expected up to and with ")
    assert beffroi("config", "check", config=configuration) == 0
    assert "remark: host srv-9 is expected up to and with" in (said := capsys.readouterr().err)
    assert "its entry can go from the file" in said


def test_a_mistake_is_said_to_be_one(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert beffroi("retire", "host", "srv-9", "--mistake", "--yes", *WHY, config=configuration) == 0
    assert "host srv-9 was declared by mistake" in capsys.readouterr().out
    assert beffroi("status", "srv-9", "--language", "en", config=configuration) == 0
    assert "retired by beffroi retire" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("beneficiary", "scota"), "'beneficiary' cannot be retired"),
        (("host", "srv-8"), "no such host: 'srv-8'"),
        (("host", "srv-9", "--on", "demain"), "--on: 'demain' is no day"),
        (("hots", "srv-9"), "did you mean host?"),
        (("host", "srv-9", "--mistake", "--on", "2026-12-31"), "exclude each other"),
    ],
)
def test_what_cannot_be_retired_is_refused(
    configuration: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert beffroi("retire", *words, *WHY, config=configuration) == 2
    assert said in capsys.readouterr().err


def test_a_past_start_says_what_it_opens(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = configuration.read_text()
    configuration.write_text(text.replace('site = "arras"', 'site = "arras"\nstarts = 2020-02-01', 1))
    assert beffroi("config", "check", config=configuration) == 0
    said = capsys.readouterr().err
    assert "remark: host srv-1: starts = 2020-02-01 lies before measuring" in said
    assert "days in 2020-Q1 to 20" in said and "only the quarter's own alerts may ring" in said


@pytest.fixture
def with_backup(configuration: Path, tmp_path: Path) -> Path:
    """Return the same configuration with a backup of the second host, of two copies, loaded as well."""
    copies = "".join(
        f'[[backup.copy]]\nid = "{id}"\nrepository = "/srv/{id}"\npassword_file = "pw"\nsite = "x"\ncountry = "FR"\n'
        for id in ("local", "far")
    )
    backup = f'[[backup]]\nid = "files"\nhost = "srv-9"\nbeneficiary = "scota"\npaths = ["/srv"]\n{copies}'
    configuration.write_text(configuration.read_text() + backup)
    read = load(configuration, strict=False)
    with Ledger.open(tmp_path / "state", clock=SystemClock()) as ledger:
        ledger.keep_load(read.digest, {one.key: Days() for one in expected(read.inventory, None)}, read.targets)
    return configuration


def retirements(configuration: Path) -> int:
    """Return how many retirements were entered."""
    with Ledger.open(load(configuration, strict=False).agent.state_directory, clock=SystemClock()) as ledger:
        return len(ledger.retirements())


def test_a_mistake_is_not_taken_back_unasked(with_backup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert beffroi("retire", "host", "srv-9", "--mistake", *WHY, config=with_backup) == 2
    said, hint = capsys.readouterr().err.splitlines()
    assert "takes back host srv-9, backup files (with files/local, files/far) for good" in said
    assert hint.startswith("hint: add --yes")
    assert retirements(with_backup) == 0


@pytest.mark.parametrize(("answer", "code", "entered"), [("n\n", 2, 0), ("y\n", 0, 2)])
def test_a_mistake_is_asked_about_on_a_terminal(
    with_backup: Path, capsys: pytest.CaptureFixture[str], answer: str, code: int, entered: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        terminal = StringIO(answer)
        patch.setattr(terminal, "isatty", lambda: True)
        patch.setattr(sys, "stdin", terminal)
        assert beffroi("retire", "host", "srv-9", "--mistake", *WHY, config=with_backup) == code
    assert "  host srv-9\n  backup files (with files/local, files/far)\n" in capsys.readouterr().err
    assert retirements(with_backup) == entered


def test_a_date_that_is_past_is_not_moved_in_silence(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert beffroi("retire", "host", "srv-9", "--on", "2020-01-31", *WHY, config=configuration) == 0
    said = capsys.readouterr().err
    assert "host srv-9: 2020-01-31 is past, and what was seen since stays; its last day is 20" in said
