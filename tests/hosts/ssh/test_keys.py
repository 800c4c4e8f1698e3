"""Keys with a passphrase, keys that an agent holds, keys with a certificate: each lets in, and each failure is told."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from agent.core.errors import Denied, Missing, Unreadable
from agent.hosts.ssh.keys import load_key
from tests.hosts.ssh.remote import LONG, door
from tests.parts import processes
from tests.parts.sshd import Sshd, make_key, public_key, running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]
SECRET = "correct horse battery"


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture
def locked(sshd: Sshd, tmp_path: Path) -> Path:
    """Return a copy of the key that lets in, with a passphrase."""
    key = tmp_path / "locked"
    key.write_bytes(sshd.key_file.read_bytes())
    key.chmod(0o600)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", SECRET, "-f", str(key)], check=True, capture_output=True)
    return key


@contextmanager
def running_agent(socket: Path, *keys: Path) -> Iterator[None]:
    """Run an ssh-agent of the test's own that holds some keys."""
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL) as agent:
        try:
            assert processes.wait_until(socket.exists)
            for key in keys:
                environment = {**os.environ, "SSH_AUTH_SOCK": str(socket)}
                subprocess.run(["ssh-add", "-q", str(key)], check=True, env=environment, capture_output=True)
            yield
        finally:
            agent.terminate()


def test_a_key_with_a_passphrase_lets_in(sshd: Sshd, locked: Path, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{SECRET}\n")
    with closing(door(sshd, key_file=locked, key_password_file=tmp_path / "password")) as host:
        assert host.run("true", timeout=LONG).status == 0


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_an_older_form_of_key_is_opened_too(tmp_path: Path, kind: str) -> None:
    argv = ["ssh-keygen", "-q", "-t", kind, "-m", "PEM", "-N", SECRET, "-f", str(tmp_path / "key")]
    subprocess.run(argv, check=True, capture_output=True)
    (tmp_path / "password").write_text(SECRET)
    load_key(tmp_path / "key", tmp_path / "password")


def test_a_wrong_passphrase_is_told_and_never_repeated(locked: Path, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hunter2")
    with pytest.raises(Unreadable, match="/password does not open it") as caught:
        load_key(locked, tmp_path / "password")
    assert "hunter2" not in str(caught.value)


def test_a_passphrase_that_is_missing_or_empty_is_told(locked: Path, tmp_path: Path) -> None:
    with pytest.raises(Missing):
        load_key(locked, tmp_path / "none")
    (tmp_path / "password").write_text("\n")
    with pytest.raises(Unreadable, match="/password is empty"):
        load_key(locked, tmp_path / "password")
    with pytest.raises(Unreadable) as caught:
        load_key(locked)
    assert "key_password_file" in caught.value.hint


def test_a_key_that_was_replaced_is_read_again(sshd: Sshd, tmp_path: Path) -> None:
    key = make_key(tmp_path / "key")
    first = load_key(key).asbytes()
    make_key(key)
    assert load_key(key).asbytes() != first


def test_a_key_that_an_agent_holds_lets_in(sshd: Sshd, tmp_path: Path) -> None:
    other = make_key(tmp_path / "other")
    with (
        running_agent(tmp_path / "agent", other, sshd.key_file),
        closing(door(sshd, key_file=None, agent_socket=tmp_path / "agent")) as host,
    ):
        assert host.run("true", timeout=LONG).status == 0


def test_an_agent_without_the_right_key_is_named(sshd: Sshd, tmp_path: Path) -> None:
    with (
        running_agent(tmp_path / "agent", make_key(tmp_path / "other")),
        closing(door(sshd, key_file=None, agent_socket=tmp_path / "agent")) as host,
        pytest.raises(Denied, match=r"is not let in with the keys of .*/agent"),
    ):
        host.run("true", timeout=LONG)


def test_an_agent_that_is_gone_is_told(sshd: Sshd, tmp_path: Path) -> None:
    with (
        closing(door(sshd, key_file=None, agent_socket=tmp_path / "agent")) as host,
        pytest.raises(Denied, match=r"ssh-agent at .*/agent does not answer: no such file"),
    ):
        host.run("true", timeout=LONG)


def test_an_agent_full_of_keys_does_not_make_the_host_hang_up(sshd: Sshd, tmp_path: Path) -> None:
    others = [make_key(tmp_path / f"other-{number}") for number in range(8)]
    with (
        running_agent(tmp_path / "agent", *others),
        closing(door(sshd, key_file=None, agent_socket=tmp_path / "agent")) as host,
        pytest.raises(Denied, match="is not let in"),
    ):
        host.run("true", timeout=LONG)


def test_a_key_is_shown_with_the_certificate_beside_it(tmp_path: Path) -> None:
    authority, key = make_key(tmp_path / "authority"), make_key(tmp_path / "key")
    (tmp_path / "authorities").write_text(f"{public_key(authority)}\n")
    with running_sshd(tmp_path / "sshd", more=(f"TrustedUserCAKeys {tmp_path / 'authorities'}",)) as sshd:
        argv = ["ssh-keygen", "-q", "-s", str(authority), "-I", "beffroi", "-n", sshd.user, f"{key}.pub"]
        subprocess.run(argv, check=True, capture_output=True)
        with closing(door(sshd, key_file=key)) as host:
            assert host.run("true", timeout=LONG).status == 0
