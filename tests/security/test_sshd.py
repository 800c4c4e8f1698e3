"""No one passes for root's sshd, root opens nothing that a user names, and nothing that hangs is left running."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.core.facts.access import Strength
from agent.core.reason import Reason
from agent.hosts.root_requests import program
from tests.collectors.access.conftest import LookAt, Seen
from tests.parts import processes
from tests.parts.cell import Cell
from tests.parts.executable import executable
from tests.parts.ports import free_port

pytestmark = pytest.mark.programs
AS_BMARTIN = "setpriv --reuid 1001 --regid 1001 --clear-groups"
TITLE = "sshd: /usr/sbin/sshd -D -f /etc/ssh/evil [listener] 0 of 10-100 startups"
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="without root's rights every process has one owner")


def beside(*commands: str) -> tuple[str, ...]:
    """Return how to look while other programs run, each begun before."""
    started = " ".join(f"{command} >/dev/null 2>&1 & sleep 0.5;" for command in commands)
    return ("sh", "-c", f'{started} exec "$@"', "sh")


def believed(seen: Seen) -> set[str]:
    """Return the paths by which someone comes in, by what was seen."""
    return {path for _account, path in seen.ways}


IMPOSTORS = {
    # What takes root's rights by its file's mode, called by another name.
    "a link to passwd": f"sleep 30 | {AS_BMARTIN} bash -c 'cd /tmp; exec -a \"{TITLE}\" ./sshd'",
    # The installed program itself, started by someone else.
    "the installed sshd of a user": f"{AS_BMARTIN} /usr/sbin/sshd -D -f /home/bmartin/evil",
    # Root's, and another program.
    # What has become root by its own right, as su and sudo do, under that name.
    "a program of root's of that name": f"bash -c 'cd /srv; exec -a \"{TITLE}\" ./sshd 30'",
    "a program of root's": f"bash -c 'exec -a \"{TITLE}\" sleep 30'",
}


@only_root
@pytest.mark.network
@pytest.mark.parametrize("name", IMPOSTORS)
def test_what_only_calls_itself_sshd_is_not_asked_about(cell: Cell, look: LookAt, name: str) -> None:
    """What a user starts beside it neither takes its place nor adds a way in."""
    cell.policy("PasswordAuthentication yes")
    cell.write("/etc/ssh/evil", "HostKey /etc/ssh/host_key\nPasswordAuthentication yes\n")
    cell.run("ln", "-s", "/usr/bin/passwd", "/tmp/sshd")
    cell.run("mkdir", "/srv")
    cell.run("ln", "-s", "/usr/bin/sleep", "/srv/sshd")
    cell.run("cp", "/etc/ssh/host_key", "/home/bmartin/key")
    cell.write(
        "/home/bmartin/evil",
        f"HostKey /home/bmartin/key\nListenAddress 127.0.0.1:{free_port()}\nPidFile none\nPasswordAuthentication yes\n",
    )
    os.chown(cell.root / "home/bmartin/key", 1001, 1001)
    (cell.root / "home/bmartin/key").chmod(0o600)
    seen = look(before=beside(IMPOSTORS[name]))
    assert believed(seen) == {"sshd@*"}
    assert seen.ways["adupont", "sshd@*"].strength is Strength.WEAK
    assert "sshd" not in seen.gaps


@only_root
@pytest.mark.network
def test_an_sshd_of_another_place_is_told(cell: Cell, look: LookAt) -> None:
    cell.policy("PasswordAuthentication no")
    cell.write("/etc/ssh/own", f"HostKey /etc/ssh/host_key\nListenAddress 127.0.0.1:{free_port()}\nPidFile none\n")
    cell.run("mkdir", "-p", "/opt/sbin")
    cell.run("cp", "/usr/sbin/sshd", "/opt/sbin/sshd")
    gap = look(before=beside("/opt/sbin/sshd -D -f /etc/ssh/own")).gaps["sshd"]
    assert gap.reason is Reason.UNREADABLE
    assert "an sshd runs that is not the installed one: /opt/sbin/sshd" in gap.detail


def _users(path: Path) -> None:
    path.write_text("PasswordAuthentication no\n")
    os.chown(path, 1001, 1001)


def _writable(path: Path) -> None:
    path.write_text("\n")
    path.chmod(0o666)


PLANTED: dict[str, Callable[[Path], None]] = {
    "a pipe": os.mkfifo,
    "a link to a device": lambda path: path.symlink_to("/dev/null"),
    "a user's file": _users,
    "a file that everybody may write": _writable,
    "a folder": Path.mkdir,
}


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize(
    "by", ["Include /srv/conf/*", 'include "/srv/conf/more"', "\tInclude=/srv/conf/more", '"Include" /srv/conf/more']
)
def test_a_file_that_is_not_root_s_is_not_opened(cell: Cell, look: LookAt, name: str, by: str) -> None:
    if name == "a user's file" and os.geteuid() != 0:
        pytest.skip("only root may give a file another owner")
    (cell.root / "srv/conf").mkdir(parents=True)
    PLANTED[name](cell.root / "srv/conf/more")
    cell.policy(by, "PasswordAuthentication yes")
    begun = time.monotonic()
    seen = look()
    assert (seen.ways, seen.gaps["sshd"].reason) == ({}, Reason.UNREADABLE)
    assert "/srv/conf/more on srv-1, of sshd's configuration, may belong to another user" in seen.gaps["sshd"].detail
    assert time.monotonic() - begun < 60


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder another owner")
def test_a_file_below_a_user_s_folder_is_not_opened(cell: Cell, look: LookAt) -> None:
    """Anyone who owns the folder may put a pipe there between the look and the reading."""
    cell.write("/srv/conf/more", "PasswordAuthentication no\n")
    os.chown(cell.root / "srv/conf", 1001, 1001)
    cell.policy("Include /srv/conf/more", "PasswordAuthentication yes")
    assert look().gaps["sshd"].reason is Reason.UNREADABLE


@pytest.mark.parametrize(
    ("request_", "hangs"),
    [("policies\nuser=root,host=x,addr=192.0.2.1\n", "sshd"), ("keys\n", "ssh-keygen"), ("doors\n", "getent")],
)
def test_a_program_that_hangs_is_ended_and_nothing_is_left(tmp_path: Path, request_: str, hangs: str) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/authorized_keys").write_text("ssh-ed25519 AAAAC3Nz\n")
    executable(tmp_path / "getent", f"echo anne:x:1:1::{tmp_path}:/bin/sh")
    executable(tmp_path / hangs, f"echo $$ >>{tmp_path}/begun; exec sleep 600")
    text = program().replace("PATH=/usr/sbin:", f"PATH={tmp_path}:/usr/sbin:").replace("patience=20", "patience=1")
    subprocess.run(["/bin/sh", "-c", text], input=request_, text=True, check=True, capture_output=True, timeout=60)
    begun = (tmp_path / "begun").read_text().split()
    assert begun
    assert not [pid for pid in begun if Path("/proc", pid).exists()]


def test_nothing_is_left_once_the_caller_has_gone(tmp_path: Path) -> None:
    executable(tmp_path / "sshd", f"echo $$ >>{tmp_path}/begun; exec sleep 600")
    text = program().replace("PATH=/usr/sbin:", f"PATH={tmp_path}:/usr/sbin:").replace("patience=20", "patience=2")
    with subprocess.Popen(["/bin/sh", "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as caller:
        assert caller.stdin is not None and caller.stdout is not None
        caller.stdin.write(b"policies\n" + b"user=root,host=x,addr=192.0.2.1\n" * 50)
        caller.stdin.close()
        assert processes.wait_until(lambda: (tmp_path / "begun").exists())
        caller.stdout.close()
    pids = (tmp_path / "begun").read_text().split()
    assert processes.wait_until(lambda: not any(Path("/proc", pid).exists() for pid in pids))
    assert len((tmp_path / "begun").read_text().split()) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder another owner")
@pytest.mark.parametrize("target", ["/proc/version", "/etc/ssh/other"])
def test_a_user_s_link_to_a_file_of_root_s_is_not_opened(cell: Cell, look: LookAt, target: str) -> None:
    """Its owner may turn it to another of root's files, of which sshd would tell."""
    cell.write("/etc/ssh/other", "PasswordAuthentication no\n")
    (cell.root / "srv/conf").mkdir(parents=True)
    (cell.root / "srv/conf/more").symlink_to(target)
    os.chown(cell.root / "srv/conf", 1001, 1001)
    cell.policy("Include /srv/conf/more", "PasswordAuthentication yes")
    assert look().gaps["sshd"].reason is Reason.UNREADABLE


def test_a_link_of_root_s_own_to_a_configuration_is_followed(cell: Cell, look: LookAt) -> None:
    cell.write("/etc/ssh/other", "PasswordAuthentication yes\n")
    (cell.root / "etc/ssh/more").symlink_to("other")
    cell.policy("Include /etc/ssh/more")
    assert "sshd" not in look().gaps
