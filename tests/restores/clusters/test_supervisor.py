"""What a program that is run for a restored cluster can still do, and that nothing of it outlives its supervisor."""

import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.deadline import begin
from agent.hosts.local import LocalHost
from agent.restores.clusters.server import _CODE, _HOME, LARGEST_FILE, _stop
from agent.restores.confinement import landlock
from tests.parts.processes import wait_until
from tests.parts.started_clusters import working_in

pytestmark = [
    pytest.mark.programs,
    pytest.mark.network,
    pytest.mark.skipif(landlock.version() == 0, reason="this kernel has no Landlock"),
]
TIMEOUT = timedelta(seconds=60)


def confined(purpose: str, folder: Path, script: str) -> tuple[int, str]:
    """Run a script in the confinement of a restored cluster; return its status and what it said."""
    argv = (sys.executable, "-I", "-c", _CODE, str(_HOME), purpose, str(folder), str(LARGEST_FILE))
    done = LocalHost("here").run(*argv, "/bin/sh", "-c", script, timeout=TIMEOUT, accept=None)
    return done.status, (done.stdout + done.stderr).decode(errors="replace")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of the cluster's own."""
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def test_it_writes_in_its_own_folder_and_nowhere_else(folder: Path, tmp_path: Path) -> None:
    status, said = confined("ask", folder, f"echo x > inner; echo y > {tmp_path}/outer; cat /etc/shadow; true")
    assert status == 0
    assert (folder / "inner").read_text() == "x\n"
    assert not (tmp_path / "outer").exists()
    assert said.count("ermission denied") == 2


def test_it_runs_nothing_that_lies_in_its_folder(folder: Path) -> None:
    status, said = confined("ask", folder, "cp /bin/true own; chmod 755 own; ./own")
    assert status == 126
    assert "ermission denied" in said


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET"])
def test_it_opens_no_socket_but_unix_ones(folder: Path, family: str) -> None:
    code = f"import socket\nsocket.socket(socket.AF_UNIX)\ntry: socket.socket(socket.{family}, socket.SOCK_DGRAM)\n"
    status, said = confined("ask", folder, f"/usr/bin/python3 -c '{code}except OSError as e: print(e.errno)'")
    assert (status, said.strip()) == (0, "97")


REACHES = """
import socket
for kind, act in ((socket.SOCK_STREAM, "connect"), (socket.SOCK_DGRAM, "sendto"), (socket.SOCK_DGRAM, "sendmsg")):
    one, path = socket.socket(socket.AF_UNIX, kind), "{folder}/" + str(int(kind))
    try:
        {{"connect": lambda: one.connect(path), "sendto": lambda: one.sendto(b"x", path),
          "sendmsg": lambda: one.sendmsg([b"x"], [], 0, path)}}[act]()
        print("reached")
    except OSError as error:
        print(error.errno)
a, b = socket.socketpair()
a.send(b"x")
print(b.recv(1))
"""


@pytest.mark.parametrize(("purpose", "said"), [("serve", ["1", "1", "1"]), ("ask", ["reached"] * 3)])
def test_a_server_reaches_the_socket_of_no_other_program(
    folder: Path, tmp_path: Path, purpose: str, said: list[str]
) -> None:
    """A production server's, on the same machine, takes the agent's user for the agent."""
    with socket.socket(socket.AF_UNIX) as stream, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
        stream.bind(str(tmp_path / "1"))
        stream.listen()
        datagrams.bind(str(tmp_path / "2"))
        (folder / "reaches.py").write_text(REACHES.format(folder=tmp_path))
        status, told = confined(purpose, folder, "/usr/bin/python3 reaches.py")
    assert (status, told.split()) == (0, [*said, "b'x'"])


@pytest.mark.skipif(landlock.version() < landlock.SCOPES_SINCE, reason="this kernel's Landlock scopes no signal")
@pytest.mark.parametrize("purpose", ["serve", "ask"])
def test_it_signals_its_own_processes_and_none_of_the_agent_s(folder: Path, purpose: str) -> None:
    """It runs as the agent's user, whom every other process of the agent takes signals from."""
    with subprocess.Popen(("sleep", "600")) as other:
        try:
            own = "sleep 600 & kill -TERM $! && wait $!; echo own $?"
            status, said = confined(purpose, folder, f"{own}; kill -TERM {other.pid}; echo other $?; true")
            assert other.poll() is None
        finally:
            other.kill()
    assert (status, said.count("peration not permitted")) == (0, 1), said
    assert ("own 143" in said, "other 1" in said) == (True, True), said


def test_it_makes_no_namespace(folder: Path) -> None:
    assert confined("ask", folder, "unshare --user true")[0] != 0


def test_what_a_server_leaves_behind_is_ended_with_it(folder: Path) -> None:
    status, _ = confined("serve", folder, "setsid sleep 600 & (setsid sh -c 'sleep 600; true' &) ; exit 3")
    assert status == 3
    assert working_in(folder.parent) == []


def test_a_server_whose_folder_is_gone_is_stopped(folder: Path) -> None:
    serving = begin(lambda: confined("serve", folder, "touch begun; while :; do sleep 0.1; done"))
    assert wait_until((folder / "begun").exists)
    folder.rename(folder.with_name("removed"))
    status, _ = serving.result(timeout=TIMEOUT.total_seconds())
    assert status != 0
    assert working_in(folder.parent) == []


def test_what_the_server_laid_in_the_place_of_its_stop_is_not_followed_and_stops_it(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "stop").symlink_to(tmp_path / "outside")
    _stop(folder / "stop")
    assert not (tmp_path / "outside").exists()
    status, _ = confined("serve", folder, "while :; do sleep 0.1; done")
    assert status != 0


def test_a_server_that_heeds_nothing_is_stopped_all_the_same(folder: Path) -> None:
    _stop(folder / "stop")
    status, _ = confined("serve", folder, "trap '' INT TERM; while :; do sleep 0.1; done")
    assert status != 0
    assert working_in(folder.parent) == []
