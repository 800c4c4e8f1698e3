"""What the key of a watched host opens: a command of its account, from the agent's address, and no way further."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import paramiko
import pytest

from agent.cli.explain import explanation
from agent.core.errors import Denied
from agent.hosts.ssh.connection import close, connect
from agent.hosts.ssh.route import route
from tests.hosts.ssh.remote import LONG, asked, configured, door
from tests.parts.sshd import Sshd, public_key, running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    """Yield an sshd of the test's own."""
    with running_sshd(tmp_path / "sshd") as running:
        yield running


def let_in(sshd: Sshd, name: str, agent: str) -> None:
    """Write the line of authorized_keys that a guide proposes, for the agent at some address."""
    (line,) = re.findall(r"^ +(restrict.*) AAAA… beffroi$", explanation(name, "en"), re.MULTILINE)
    options = line.removesuffix(" ssh-ed25519").replace("AGENT", agent)
    (sshd.folder / "authorized_keys").write_text(f"{options} {public_key(sshd.key_file)}\n")


def test_the_line_of_the_guide_lets_a_command_in(sshd: Sshd) -> None:
    let_in(sshd, "ssh", "127.0.0.1")
    with closing(door(sshd)) as host:
        assert host.run("echo", "a b", timeout=LONG).stdout == b"a b\n"


@pytest.mark.parametrize("name", ["ssh", "store"])
def test_a_key_opens_nothing_from_another_address(sshd: Sshd, name: str) -> None:
    let_in(sshd, name, "192.0.2.7")
    with closing(door(sshd)) as host, pytest.raises(Denied, match="is not let in"):
        host.run("true", timeout=LONG)


def test_no_terminal_and_no_tunnel_is_opened(sshd: Sshd) -> None:
    let_in(sshd, "ssh", "127.0.0.1")
    opened = connect(route(asked(sshd), configured(sshd)), LONG)
    try:
        with pytest.raises(paramiko.ChannelException):
            opened[-1].open_channel("direct-tcpip", ("127.0.0.1", sshd.port), ("127.0.0.1", 0), timeout=20)
        with pytest.raises(paramiko.SSHException):
            opened[-1].open_session(timeout=20).get_pty()
        with pytest.raises(paramiko.SSHException):
            opened[-1].request_port_forward("127.0.0.1", 0)
    finally:
        close(opened)
