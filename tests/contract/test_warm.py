"""A command that is forked from a warm process does what one with an interpreter of its own does."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.parts.checkout import HOME
from tests.parts.processes import wait_until
from tests.parts.program import Said, beffroi, begun, daemon, environment
from tests.parts.warm import WARM, ForkedChild, read_at_start

pytestmark = pytest.mark.programs

SOUND = '[[beneficiary]]\nid = "scota"\n[[host]]\nid = "srv-1"\n'


def both(*arguments: str) -> Said:
    """Return what a command said, the same either way."""
    warm = beffroi(*arguments)
    assert warm == beffroi(*arguments, anew=True)
    return warm


def test_a_warm_command_says_the_same_as_one_of_its_own() -> None:
    assert both("--version").code == 0
    assert both("explain", "backup-rpox").err.startswith("nothing is named")
    assert both().code == 2


def test_a_warm_command_has_the_folder_and_the_environment_of_its_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sound.toml").write_text(SOUND)
    monkeypatch.chdir(tmp_path)
    assert both("config", "check", "sound.toml").out.startswith("sound.toml: no mistake")
    monkeypatch.setenv("BEFFROI_CONFIG", str(tmp_path / "absent.toml"))
    assert "absent.toml" in both("check").err


def test_a_warm_command_has_what_it_is_given_beside_the_environment(tmp_path: Path) -> None:
    absent = {"BEFFROI_CONFIG": str(tmp_path / "absent.toml")}
    assert WARM.run(["check"], 60, absent) is not None
    warm = beffroi("check", extra=absent)
    assert "absent.toml" in warm.err
    assert warm == beffroi("check", extra=absent, anew=True)
    assert WARM.run(["check"], 60, {"LD_PRELOAD": "libfaketime.so"}) is None


def test_an_interpreter_steered_by_its_environment_is_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert WARM.run(["--version"], 60) is not None
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    assert read_at_start(os.environ)["PYTHONHASHSEED"] == "7"
    assert WARM.run(["--version"], 60) is None
    assert beffroi("--version").code == 0


AFTER_AN_END = """
import os, sys
from datetime import timedelta
from agent.core.host import Command
from agent.hosts.run import PROGRAMS, run_program
from tests.parts.warm import become
PROGRAMS.stop_all()
streams = ["/dev/null", sys.argv[1] + "/out", sys.argv[1] + "/err"]
become({"arguments": [], "environment": dict(os.environ), "folder": "/", "umask": 18, "streams": streams})
print(run_program(Command(argv=("echo", "heard"), timeout=timedelta(minutes=1))).stdout.decode())
"""


def test_what_ended_the_programs_of_one_command_ends_none_of_the_next(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-c", AFTER_AN_END, str(tmp_path)]
    subprocess.run(command, env=environment(), cwd=HOME, check=True, timeout=60)
    assert (tmp_path / "out").read_text() == "heard\n\n"
    assert (tmp_path / "err").read_text() == ""


AN_END = """
import atexit, sys, threading, time
from tests.parts import warm
def last(): print("at the exit")
atexit.register(last)
threading.Thread(target=lambda: (time.sleep(0.05), print("of a thread"))).start()
def program(*_, **__): raise SystemExit(eval(sys.argv[1]))
warm.runpy.run_module = program
warm.end(warm.code_of_program())
"""


@pytest.mark.parametrize(("raised", "code", "err"), [("None", 0, ""), ("5", 5, ""), ("'a word'", 1, "a word\n")])
def test_a_forked_command_ends_as_an_interpreter_does(raised: str, code: int, err: str) -> None:
    """What threads and exit functions still write is there, and the code is that of Python."""
    command = [sys.executable, "-P", "-c", AN_END, raised]
    ended = subprocess.run(command, env=environment(), cwd=HOME, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "of a thread\nat the exit\n", err)


IDLE = '[agent]\nstate_directory = "{folder}/state"\nlisten = ""\n' + SOUND + "collect = []\n"


def test_a_command_that_goes_on_is_a_child_of_the_one_who_asked(tmp_path: Path) -> None:
    """Its signals, its code and its words are those of a program that is started; no one else is left."""
    file, log = tmp_path / "idle.toml", tmp_path / "log"
    file.write_text(IDLE.format(folder=tmp_path))
    log.write_text("before\n")
    process = begun(("run", "--config", str(file)), log)
    assert isinstance(process, ForkedChild)
    try:
        assert wait_until(lambda: "the ledger is intact" in log.read_text(), step=0.1), log.read_text()
        assert psutil.Process(process.pid).ppid() == os.getpid()
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()
    finally:
        process.send_signal(signal.SIGKILL)
    assert log.read_text().startswith("before\n")
    with daemon(file, log) as process:
        assert wait_until(lambda: "the ledger is intact" in log.read_text(), step=0.1), log.read_text()
    assert (process.poll(), log.read_text().startswith("before\n")) == (-signal.SIGKILL, False)
    (server,) = [one for one in psutil.Process().children() if "tests.parts.warm" in one.cmdline()]
    assert server.children() == []


def test_a_command_that_goes_on_and_is_steered_is_started_anew(tmp_path: Path) -> None:
    assert WARM.begin(["run"], tmp_path / "log", 60, {"LD_PRELOAD": "libfaketime.so"}) is None


def test_a_warm_command_leaves_no_process_behind() -> None:
    beffroi("--version")
    (server,) = [one for one in psutil.Process().children() if "tests.parts.warm" in one.cmdline()]
    assert server.children() == []
