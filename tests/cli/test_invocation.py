"""From arguments to an exit code: what typer refuses is one line and a hint, as every error is."""

import subprocess
import sys

import pytest

from agent.cli.invocation import in_our_manner, invoke
from agent.cli.status import span_of
from agent.core.errors import UsageError


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["chek"], "no such command 'chek'", "did you mean 'check'? beffroi --help"),
        (["check", "--frobnicate"], "no such option: --frobnicate", "beffroi check --help"),
        (["drill"], "missing argument 'BACKUP[/COPY]'", "beffroi drill --help"),
        (
            ["status", "--language", "de"],
            "invalid value for '--language': 'de' is not one of 'fr', 'en'",
            "beffroi status --help",
        ),
        (
            ["verify", "--budget", "1\x1b[2J"],
            '--budget: \'1\\x1b[2J\' is not a size such as "512MiB", "20GiB" or "1TB"',
            "write a size such as 20GiB",
        ),
        (["config", "chek"], "no such command 'chek'", "did you mean 'check', 'schema'? beffroi config --help"),
    ],
)
def test_what_is_asked_wrongly_is_refused_in_our_own_manner(arguments: list[str], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        invoke(arguments)
    assert refused.value.message == message
    assert refused.value.hint == hint
    assert refused.value.exit_code == 2


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["--help"]) == 0
    assert "check" in capsys.readouterr().out


def test_without_arguments_the_help_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Usage: beffroi" in err


def test_a_sentence_loses_its_capital_and_its_full_stop() -> None:
    assert in_our_manner("Missing argument 'name'.") == ("missing argument 'name'", "")
    assert in_our_manner("") == ("", "")


def test_what_is_proposed_becomes_the_hint() -> None:
    assert in_our_manner("No such option: --jsn Did you mean --json?") == (
        "no such option: --jsn",
        "did you mean --json?",
    )


def test_a_span_that_is_none_is_repeated() -> None:
    with pytest.raises(UsageError, match=r"--history: 'x' is not a duration"):
        span_of("x")


TOLD_AGAIN = """
import os, signal
from agent.cli.interrupt import end_programs_when_interrupted
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # who runs these tests under nohup left it ignored
end_programs_when_interrupted()
try:
    os.kill(os.getpid(), signal.SIGHUP)
except KeyboardInterrupt:
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP):
        os.kill(os.getpid(), number)
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        print("in order")
"""


@pytest.mark.programs
def test_a_session_that_ends_is_heard_once() -> None:
    """Its shell, its terminal and sudo each tell, while what was restored is being removed."""
    said = subprocess.run([sys.executable, "-c", TOLD_AGAIN], capture_output=True, check=False)
    assert (said.returncode, said.stdout) == (0, b"in order\n"), said.stderr
