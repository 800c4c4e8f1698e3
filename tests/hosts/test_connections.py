import sys
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.errors import Stopped
from agent.core.host import Command
from agent.core.inventory import DeclaredHost
from agent.hosts.connections import Connections
from agent.hosts.run import run_program
from tests.parts.sshd import running_sshd

LONG = timedelta(seconds=30)


@pytest.mark.programs
@pytest.mark.network
def test_doors_open_each_declared_host_once_and_find_its_files(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd") as sshd:
        hosts = (
            DeclaredHost(id="srv-1"),
            DeclaredHost(
                id="vault",
                transport="ssh",
                address=sshd.address,
                port=sshd.port,
                user=sshd.user,
                key_file=sshd.key_file.name,
                known_hosts=sshd.known_hosts.name,
            ),
        )
        with Connections(hosts, timeout=LONG, find_secret=lambda name: sshd.folder / name) as doors:
            assert doors.here.id == "srv-1"
            assert doors.host("srv-1").run("echo", "here", timeout=LONG).stdout == b"here\n"
            assert doors.host("vault") is doors.host("vault")
            assert b"SSH_CONNECTION=127.0.0.1" in doors.host("vault").run("env", timeout=LONG).stdout
            doors.rest()
            vault = doors.host("vault")
            assert vault.run("echo", "there", timeout=LONG).stdout == b"there\n"
        with pytest.raises(Stopped):
            vault.run("true", timeout=LONG)


def test_a_machine_that_is_not_declared_is_still_this_machine() -> None:
    with Connections((), timeout=LONG, find_secret=Path) as doors:
        assert doors.here.id == "this-machine"


@pytest.mark.programs
def test_what_is_heavy_is_only_loaded_for_a_remote_host() -> None:
    script = "import sys, agent.hosts.connections; print(sorted({'paramiko', 'cryptography'} & set(sys.modules)))"
    assert run_program(Command(argv=(sys.executable, "-c", script), timeout=LONG)).stdout == b"[]\n"


@pytest.mark.programs
def test_a_remote_host_loads_no_runner_of_local_programs() -> None:
    """paramiko brings one for a reader of ssh_config that is not used."""
    script = (
        "import sys, agent.hosts.ssh.host; print([n for n in ('invoke', 'yaml', 'unittest') if sys.modules.get(n)])"
    )
    assert run_program(Command(argv=(sys.executable, "-c", script), timeout=LONG)).stdout == b"[]\n"
