import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.core import host
from agent.core.errors import Denied, Exited, Stopped, TimedOut, ToolMissing
from agent.core.host import Command, Output
from agent.core.model import Evidence
from agent.hosts.evidence import RecordingHost
from agent.hosts.local import LocalHost
from agent.hosts.run import PROGRAMS, Programs
from tests.parts.processes import MARK, no_process_left, wait_until, with_mark

pytestmark = pytest.mark.programs

LONG = timedelta(seconds=30)
SHORT = timedelta(seconds=0.3)


@pytest.fixture
def marked() -> Iterator[dict[str, str]]:
    with no_process_left() as environment:
        yield environment


def ran(argv: Sequence[str], programs: Programs = PROGRAMS, **how: Any) -> Output:
    return programs.run(Command(argv=tuple(argv), **how))


def shell(script: str) -> tuple[str, ...]:
    return ("sh", "-c", script)


def python(script: str) -> tuple[str, ...]:
    return (sys.executable, "-c", script)


def test_both_outputs_and_the_status_come_back_apart(marked: dict[str, str]) -> None:
    output = ran(shell("echo out; echo err >&2; exit 7"), timeout=LONG, environment=marked)
    assert (output.stdout, output.stderr, output.status) == (b"out\n", b"err\n", 7)
    assert not output.truncated
    assert timedelta(0) < output.duration < LONG


def test_arguments_reach_the_program_as_they_are_and_no_shell_reads_them() -> None:
    hostile = ["$HOME", "; exit 3", "a b", "*", "", "é\udcff"]
    output = ran(["printf", "%s\\n", *hostile], timeout=LONG)
    assert output.stdout == b"".join(os.fsencode(one) + b"\n" for one in hostile)


def test_a_program_gets_a_fixed_locale_and_nothing_of_this_process_but_path_and_home(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/somewhere")
    monkeypatch.setenv("HOME", "/a/home")
    said = ran(["env"], timeout=LONG, environment={"ADDED": "yes"}).stdout.decode().splitlines()
    assert sorted(line.partition("=")[0] for line in said) == ["ADDED", "HOME", "LC_ALL", "PATH"]
    assert {"LC_ALL=C", "ADDED=yes", "HOME=/a/home"} <= set(said)


def test_a_program_hears_what_it_is_told_and_else_nothing() -> None:
    told = os.urandom(300_000)
    assert ran(["cat"], timeout=LONG, stdin=told).stdout == told
    assert ran(["cat"], timeout=LONG).stdout == b""


def test_a_program_that_does_not_listen_to_the_end_is_no_error() -> None:
    assert ran(["true"], timeout=LONG, stdin=bytes(1_000_000)).status == 0


def test_a_program_inherits_no_open_file(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("wb") as held:
        os.set_inheritable(held.fileno(), True)
        said = ran(["ls", "-l", "/proc/self/fd"], timeout=LONG).stdout
    assert b"secret" not in said


@pytest.mark.parametrize("first", ["stdout", "stderr"])
def test_300_kilobytes_on_either_output_do_not_hang(first: str, marked: dict[str, str]) -> None:
    script = f"import sys; sys.{first}.write('x' * 300_000); sys.{first}.flush(); sys.stdout.write('end')"
    output = ran(python(script), timeout=LONG, environment=marked)
    assert len(output.stdout) + len(output.stderr) == 300_003
    assert output.stdout.endswith(b"end")


def test_a_flood_is_cut_at_the_limit_and_the_program_ended(marked: dict[str, str]) -> None:
    output = ran(["yes"], timeout=LONG, environment=marked, output_limit=100_000)
    assert output.truncated
    assert 100_000 < len(output.stdout) <= 100_000 + 65_536
    assert output.status < 0


def test_a_flood_on_standard_error_is_cut_too(marked: dict[str, str]) -> None:
    output = ran(shell("yes >&2"), timeout=LONG, environment=marked, output_limit=100_000)
    assert output.truncated
    assert output.stdout == b""


def test_what_is_heard_as_it_comes_is_not_kept_and_counts_towards_the_limit(marked: dict[str, str]) -> None:
    heard: list[bytes] = []
    output = ran(
        python("print('x' * 300_000)"), timeout=LONG, environment=marked, output_limit=300_001, hear=heard.append
    )
    assert (output.stdout, b"".join(heard), output.truncated) == (b"", b"x" * 300_000 + b"\n", False)
    flood = ran(shell("yes"), timeout=LONG, environment=marked, output_limit=1_000_000, hear=heard.append)
    assert flood.truncated


def test_an_output_of_too_many_lines_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is read into a value: a hundred million of them take all memory."""
    monkeypatch.setattr(host, "MANY_LINES", 1000)
    whole, cut = (ran(shell(f"yes '' | head -n {count}"), timeout=LONG, output_limit=32_000) for count in (1000, 1001))
    assert (len(whole.stdout), whole.truncated) == (1000, False)
    assert (len(cut.stdout), cut.truncated) == (1000, True)
    said = ran(shell("yes '' | head -n 1001 >&2"), timeout=LONG, output_limit=32_000)
    assert said.truncated


def test_a_listener_that_breaks_ends_the_program(marked: dict[str, str]) -> None:
    def hear(chunk: bytes) -> None:
        raise ValueError("no such list")

    with pytest.raises(ValueError, match="no such list"):
        ran(shell("yes"), timeout=LONG, environment=marked, hear=hear)


def test_the_digest_of_what_was_heard_stands_as_evidence() -> None:
    kept: list[Evidence] = []
    door = RecordingHost(LocalHost("here"), kept)
    heard: list[bytes] = []
    door.run("printf", "%s", "a" * 100_000, timeout=LONG, hear=heard.append)
    door.run("printf", "%s", "a" * 100_000, timeout=LONG)
    assert kept[0].output_sha256 == kept[1].output_sha256
    assert b"".join(heard) == b"a" * 100_000


def test_an_output_of_exactly_the_limit_is_whole() -> None:
    output = ran(["head", "-c", "1000", "/dev/zero"], timeout=LONG, output_limit=1000)
    assert (len(output.stdout), output.truncated) == (1000, False)


def test_a_missing_program_is_told_as_such() -> None:
    with pytest.raises(ToolMissing, match="no-such-program is not installed"):
        ran(["no-such-program"], timeout=LONG)


def test_a_file_that_may_not_be_executed_is_denied(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\n")
    with pytest.raises(Denied, match="may not be run"):
        ran([str(tmp_path / "tool")], timeout=LONG)


def test_a_file_that_is_no_program_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "tool").write_bytes(b"\0\1\2")
    (tmp_path / "tool").chmod(0o755)
    with pytest.raises(ToolMissing, match="no program for this machine"):
        ran([str(tmp_path / "tool")], timeout=LONG)


@pytest.mark.parametrize("argument", ["a\0b", "\ud800", "x" * 3_000_000])
def test_an_argument_that_no_program_can_be_given_is_told_as_such(argument: str) -> None:
    with pytest.raises(Exited, match="cannot be started"):
        ran(["true", argument], timeout=LONG)


def test_a_program_killed_by_a_signal_has_the_signal_as_status_below_zero() -> None:
    assert ran(shell("kill -KILL $$"), timeout=LONG).status == -signal.SIGKILL


def test_a_deadline_ends_the_program_and_names_it_and_the_limit(marked: dict[str, str]) -> None:
    with pytest.raises(TimedOut, match=r"^sleep did not end within 0\.3 s$"):
        ran(["sleep", "1000"], timeout=SHORT, environment=marked)


def test_a_deadline_ends_the_children_too(marked: dict[str, str]) -> None:
    with pytest.raises(TimedOut):
        ran(shell("sleep 1000 & sleep 1001"), timeout=SHORT, environment=marked)


def test_a_program_that_ignores_being_asked_is_killed_with_its_children(marked: dict[str, str]) -> None:
    with pytest.raises(TimedOut):
        ran(shell("trap '' TERM; sleep 1000 & while :; do sleep 1; done"), timeout=SHORT, environment=marked)


def test_a_child_that_holds_the_pipes_is_not_waited_for_and_does_not_outlive_the_program(
    marked: dict[str, str],
) -> None:
    output = ran(shell("echo said; sleep 1000 & exit 5"), timeout=LONG, environment=marked)
    assert (output.stdout, output.status) == (b"said\n", 5)
    assert output.duration < timedelta(seconds=20)


def test_a_child_that_holds_the_pipes_and_ignores_being_asked_is_killed(marked: dict[str, str]) -> None:
    script = "(trap '' TERM; sleep 1000; sleep 1000) & sleep 0.2; exit 0"
    assert ran(shell(script), timeout=LONG, environment=marked).status == 0


def test_a_program_that_closes_its_outputs_and_goes_on_is_still_waited_for(marked: dict[str, str]) -> None:
    output = ran(shell("exec >&- 2>&-; sleep 0.3; exit 9"), timeout=LONG, environment=marked)
    assert output.status == 9
    with pytest.raises(TimedOut):
        ran(shell("exec >&- 2>&-; sleep 1000"), timeout=SHORT, environment=marked)


def test_many_threads_run_programs_at_once(marked: dict[str, str]) -> None:
    def say(number: int) -> bytes:
        return ran(shell(f"echo {number}; echo {number} >&2"), timeout=LONG, environment=marked).stdout

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(say, range(80))) == [f"{number}\n".encode() for number in range(80)]


def test_no_descriptor_is_left_open() -> None:
    ran(["true"], timeout=LONG)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(10):
        ran(["cat"], timeout=LONG, stdin=b"x")
        with pytest.raises(ToolMissing):
            ran(["no-such-program"], timeout=LONG)
    assert len(os.listdir("/proc/self/fd")) == before


def test_stopping_ends_whatever_runs_and_refuses_what_comes_after(marked: dict[str, str]) -> None:
    programs = Programs()
    obstinate = shell("trap '' TERM; while :; do sleep 1; done")
    with ThreadPoolExecutor(3) as pool:
        looks = [
            pool.submit(ran, argv, programs, timeout=timedelta(hours=1), environment=marked)
            for argv in (("sleep", "1000"), obstinate, shell("sleep 1000 & sleep 1000"))
        ]
        assert wait_until(lambda: len(with_mark(marked[MARK])) >= 5)
        programs.stop_all()
        for look in looks:
            with pytest.raises(Stopped):
                look.result(timeout=60)
    with pytest.raises(Stopped):
        ran(["true"], programs, timeout=LONG)
    assert ran(["true"], timeout=LONG).status == 0


HOLDS = """
import signal, sys
from datetime import timedelta
from agent.core.errors import Stopped
from agent.core.host import Command
from agent.hosts.run import run_program, stop_all
signal.signal(signal.SIGTERM, lambda number, frame: stop_all())
print("ready", flush=True)
try:
    run_program(Command(argv=("sh", "-c", "trap '' TERM; while :; do sleep 1; done"), timeout=timedelta(hours=1),
                        environment={sys.argv[1]: sys.argv[2]}))
except KeyboardInterrupt:
    sys.exit(130)
except Stopped:
    sys.exit(0)
"""


# The signal comes when the program runs, and its start has not returned.
INTERRUPTED = """
import os, signal, subprocess, sys
from agent.hosts import run
start = subprocess.Popen
def interrupt(*given, **named):
    started = start(*given, **named)
    os.kill(os.getpid(), NUMBER)
    return started
subprocess.Popen = interrupt
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_while_a_program_starts_leaves_none(number: signal.Signals, marked: dict[str, str]) -> None:
    script = INTERRUPTED + HOLDS.replace(
        'print("ready"', f"for one in (15, 1): signal.signal(one, signal.default_int_handler)\nNUMBER = {int(number)}\n"
        'print("ready"',
    )  # fmt: skip
    ended = subprocess.run([sys.executable, "-c", script, MARK, marked[MARK]], stdout=subprocess.PIPE, check=False)
    assert ended.returncode == 130


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_an_interrupted_process_takes_its_programs_along(
    number: signal.Signals, status: int, marked: dict[str, str]
) -> None:
    mark = marked[MARK]
    with subprocess.Popen([sys.executable, "-c", HOLDS, MARK, mark], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert wait_until(lambda: bool(with_mark(mark)))
        process.send_signal(number)
        assert process.wait(timeout=60) == status
