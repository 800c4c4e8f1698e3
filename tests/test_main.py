"""Where the program begins and ends: exit codes, one line and a hint, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import agent.__main__ as program
from agent.core.errors import ConfigurationError, LedgerDamaged, UsageError
from agent.core.version import VERSION, release
from tests.parts.checkout import HOME

# What a check of a clock has no use for, each 20 to 300 ms to import.
HEAVY = {"bcrypt", "cryptography", "jinja2", "paramiko", "prometheus_client", "rich", "schedule", "yaml"}


def end_with(monkeypatch: pytest.MonkeyPatch, outcome: int | BaseException) -> int:
    """Run a command that comes to an exit code or raises; return the program's exit code."""

    def carry_out(arguments: object) -> int:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(program, "carry_out", carry_out)
    monkeypatch.setattr(sys, "argv", ["beffroi", "check"])
    return program.main()


def test_the_version_of_an_installed_release_has_its_digest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`current` is a link to the release; an interpreter that is no release's says the version alone."""
    folder = tmp_path / "releases" / f"{VERSION}-4dd7b7e57b5a"
    folder.mkdir(parents=True)
    (tmp_path / "current").symlink_to(folder)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "current"))
    assert release() == f"{VERSION}-4dd7b7e57b5a"
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert release() == VERSION


def test_the_version_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["beffroi", "--version"])
    assert program.main() == 0
    assert capsys.readouterr() == (f"beffroi {VERSION}\n", "")


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_a_command_gives_the_exit_code(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    assert end_with(monkeypatch, code) == code


def test_an_error_is_one_line_and_a_hint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert end_with(monkeypatch, UsageError("no backup is called filse", "the nearest one is files")) == 2
    assert capsys.readouterr() == ("", "no backup is called filse\nhint: the nearest one is files\n")


def test_an_error_gives_its_own_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    # Not 1: that would say that something was judged, and is missed.
    assert end_with(monkeypatch, LedgerDamaged("row 12 does not hold")) == 70


def test_every_mistake_of_a_configuration_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end_with(monkeypatch, ConfigurationError([("a:1: first", "do this"), ("a:2: second", "")])) == 2
    assert capsys.readouterr().err == "a:1: first\nhint: do this\na:2: second\n"


def test_a_message_stays_on_its_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    end_with(monkeypatch, UsageError("no file is called a\nb\r"))
    assert capsys.readouterr().err == "no file is called a\\nb\\r\n"


def test_no_message_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """The daemon's user writes the answer to a reload, and root reads it."""
    refused = UsageError("refused: \x1b]0;owned\x07\x9b2J\u202e", "see \x1b[8m")
    assert program.tell(refused, [(refused.message, refused.hint)]) == 2
    assert capsys.readouterr().err == "refused: \\x1b]0;owned\\x07\\x9b2J\\u{202e}\nhint: see \\x1b[8m\n"


def test_an_interruption_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert end_with(monkeypatch, KeyboardInterrupt()) == 130
    assert capsys.readouterr() == ("", "")


def test_a_fault_of_our_own_is_one_line_and_its_details_go_to_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    details = tmp_path / "details"
    monkeypatch.setenv("BEFFROI_DEBUG", str(details))
    assert end_with(monkeypatch, ValueError("the password is hunter2")) == 70
    out, err = capsys.readouterr()
    line, hint = err.splitlines()
    assert out == ""
    assert line.startswith("beffroi: internal error: ValueError at agent/__main__.py:")
    assert hint == f"hint: the details are in {details}"
    assert "hunter2" not in err
    assert "Traceback" in details.read_text()
    assert details.stat().st_mode & 0o777 == 0o600


def test_a_broken_pipe_of_our_own_is_not_taken_for_a_reader_that_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("BEFFROI_DEBUG", str(tmp_path / "details"))
    assert end_with(monkeypatch, BrokenPipeError()) == 70
    assert "BrokenPipeError" in capsys.readouterr().err


def start(source: str, *, stdout: int, stderr: int | None = None) -> subprocess.Popen[bytes]:
    """Start the program with a command of the test's own, which may use `print` and `sys`."""
    command = f"import sys, agent.__main__ as program\ndef carry_out(_):\n {source}\n return 0\n"
    command += "program.carry_out = carry_out\nsys.exit(program.main())"
    environment = {"PYTHONPATH": str(HOME)}
    return subprocess.Popen(
        [sys.executable, "-P", "-c", command], cwd="/", env=environment, stdout=stdout, stderr=stderr
    )


@pytest.mark.programs
def test_a_reader_that_left_is_no_error() -> None:
    process = start("print('x\\n' * 100_000)", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == 141


@pytest.mark.programs
def test_text_that_the_terminal_cannot_show_ends_nothing() -> None:
    process = start("print('caf\\xe9 \\udcff')", stdout=subprocess.PIPE)
    assert process.communicate(timeout=60)[0] == "caf\xe9 \\udcff\n".encode()
    assert process.returncode == 0


@pytest.mark.programs
def test_no_file_takes_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    script = 'exec "$0" -P -m agent --version <&- 2>&-'
    ran = subprocess.run(
        ["sh", "-c", script, sys.executable],
        env={"PYTHONPATH": str(HOME)},
        stdout=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stdout.decode()) == (0, f"beffroi {VERSION}\n")
    process = start(f"assert open({str(tmp_path / 'kept')!r}, 'w').fileno() > 2", stdout=subprocess.DEVNULL)
    assert process.wait(timeout=60) == 0


def printed(source: str, *arguments: str) -> list[str]:
    """Run the program with some arguments, then a source of the test's own; return the lines of both."""
    script = f"import sys; sys.argv[1:] = {list(arguments)}; from agent.__main__ import main; main(); {source}"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", script],
        env={"PYTHONPATH": str(HOME), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return ran.stdout.splitlines()


def loaded_by(*arguments: str) -> set[str]:
    """Return the packages that a command has imported: each top level, and each folder of collectors."""
    names = [name.split(".") for name in printed("print(*sys.modules)", *arguments)[-1].split()]
    return {name[0] for name in names} | {".".join(name[:2]) for name in names if name[0] == "collectors" and name[2:]}


@pytest.mark.programs
def test_the_version_needs_nothing_heavy() -> None:
    heavy = {"typer", "rich", "sqlalchemy", "pydantic", "paramiko", "cryptography", "jinja2", "subprocess"}
    assert loaded_by("--version") & heavy == set()


@pytest.mark.programs
def test_a_check_of_a_clock_needs_nothing_of_other_commands(tmp_path: Path) -> None:
    configuration = tmp_path / "beffroi.toml"
    configuration.write_text(
        f'[agent]\nstate_directory = "{tmp_path / "state"}"\n[[beneficiary]]\nid = "scota"\n'
        '[[host]]\nid = "srv-1"\ntransport = "local"\ncollect = ["clock"]\n'
    )
    loaded_by("check", "--config", str(configuration))  # the first makes the ledger and its key
    loaded = loaded_by("check", "--config", str(configuration))
    assert {"typer", "sqlalchemy", "pydantic"} <= loaded
    assert loaded & HEAVY == set()
    assert {name for name in loaded if name.startswith("collectors.")} == {"collectors.clock"}


@pytest.mark.programs
def test_a_start_searches_for_rubbish_rarely_and_not_at_its_end() -> None:
    source = (
        "import atexit, gc; print(gc.get_threshold()[0]); atexit._run_exitfuncs(); print(gc.get_freeze_count() > 0)"
    )
    assert printed(source, "--version")[1:] == [str(program.NEW_OBJECTS), "True"]
