"""Who sits between the agent and a host gets no broken algorithm, whatever sshd offers and the configuration says."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import paramiko
import pytest

from agent.core.errors import Denied, HostKeyChanged, Unreachable, Unreadable
from agent.hosts.ssh.algorithms import Algorithms, choose, narrowed
from agent.hosts.ssh.config import Line
from agent.hosts.ssh.connection import close, connect
from agent.hosts.ssh.host import SshHost
from agent.hosts.ssh.route import route
from tests.hosts.ssh.remote import LONG, asked, configured, door
from tests.parts.sshd import Sshd, make_key, public_key, running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]
SOUND = ("aes128-ctr", "aes256-ctr", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com")


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """Yield an sshd of the present, with all that it offers by default."""
    with running_sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def ask(sshd: Sshd, configuration: str = "") -> int:
    """Return what a command comes to over there, for a client with some configuration."""
    with closing(SshHost("vault", asked(sshd), timeout=LONG, client=configured(sshd, configuration))) as host:
        return host.run("true", timeout=LONG).status


@pytest.mark.parametrize(
    "offers",
    [
        ("Ciphers 3des-cbc",),
        ("Ciphers aes128-cbc,aes192-cbc,aes256-cbc",),
        ("Ciphers aes128-ctr", "MACs hmac-md5"),
        ("Ciphers aes256-ctr", "MACs hmac-md5-96,hmac-md5-etm@openssh.com"),
        ("Ciphers aes256-ctr", "MACs hmac-sha1,hmac-sha1-96,hmac-sha1-etm@openssh.com"),
        ("Ciphers 3des-cbc", "MACs hmac-md5"),
        ("KexAlgorithms diffie-hellman-group1-sha1",),
        ("KexAlgorithms diffie-hellman-group14-sha1",),
        ("KexAlgorithms diffie-hellman-group-exchange-sha1",),
    ],
    ids=" ".join,
)
def test_a_host_that_offers_only_broken_algorithms_is_refused(tmp_path: Path, offers: tuple[str, ...]) -> None:
    with running_sshd(tmp_path / "sshd", more=offers) as weak, closing(door(weak)) as host:
        with pytest.raises(Unreachable, match="does not speak SSH with us") as refused:
            host.run("true", timeout=LONG)
        assert "see Ciphers, MACs, KexAlgorithms" in refused.value.hint
        assert "Accepted" not in weak.log.read_text()


def test_a_host_key_that_signs_with_sha_1_alone_is_refused(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd", more=("HostKeyAlgorithms ssh-rsa",)) as weak:
        make_key(weak.host_key, "rsa")
        weak.stop()
        weak.start()
        with pytest.raises(Unreachable, match="does not speak SSH with us"):
            ask(weak)


def test_a_certificate_that_an_authority_signed_with_sha_1_is_refused(tmp_path: Path) -> None:
    certificate = tmp_path / "sshd" / "host_key-cert.pub"
    with running_sshd(tmp_path / "sshd", more=(f"HostCertificate {certificate}",)) as weak:
        authority = make_key(tmp_path / "authority", "rsa")
        weak.known_hosts.write_text(f"@cert-authority [127.0.0.1]:* {public_key(authority)}\n")
        for kind, trusted in (("rsa-sha2-512", True), ("ssh-rsa", False)):
            sign = ["ssh-keygen", "-q", "-t", kind, "-s", str(authority), "-I", "x", "-h", "-n", "127.0.0.1"]
            subprocess.run([*sign, f"{weak.host_key}.pub"], check=True, capture_output=True)
            weak.stop()
            weak.start(know=False)
            if trusted:
                assert ask(weak) == 0
                continue
            with pytest.raises(HostKeyChanged, match=r"signed with SHA-1|and no certificate"):
                ask(weak)


@pytest.mark.parametrize(
    "line",
    [
        "Ciphers +3des-cbc", "Ciphers ^aes128-cbc", "MACs +hmac-md5,hmac-sha1",
        "KexAlgorithms +diffie-hellman-group1-sha1",
        "HostKeyAlgorithms +ssh-rsa", "Ciphers aes256-gcm@openssh.com", "Ciphers 3des-cbc,aes256-ctr",
        "MACs hmac-sha2-512-etm@openssh.com", "KexAlgorithms curve25519-sha256", "Ciphers -*-cbc",
        "RequiredRSASize 4096",
        "HostKeyAlgorithms ssh-ed25519", "Match final all\n Ciphers aes256-ctr",
    ],
)  # fmt: skip
def test_a_configuration_narrows_what_is_used_and_adds_nothing_broken(sshd: Sshd, line: str) -> None:
    assert ask(sshd, f"{line}\n") == 0


@pytest.mark.parametrize(
    "line",
    [
        "Ciphers 3des-cbc", "Ciphers aes128-cbc,3des-cbc", "MACs hmac-md5", "KexAlgorithms diffie-hellman-group1-sha1",
        "HostKeyAlgorithms ssh-dss", "Ciphers chacha20-poly1305@openssh.com", "Ciphers -*", "RequiredRSASize many",
        "RequiredRSASize 512", "RequiredRSASize -1", "MACs none", "Match final all\n MACs hmac-md5",
    ],
)  # fmt: skip
def test_a_line_that_leaves_nothing_sound_is_refused_by_name(sshd: Sshd, line: str) -> None:
    keyword = line.rpartition("\n")[2].split()[0].lower()
    with pytest.raises(Unreadable, match=rf"(?i)ssh -G \S+: {keyword} |config-[0-9a-f]+:? line [12]: .*"):
        ask(sshd, f"{line}\n")


def test_what_is_used_is_what_the_configuration_names(sshd: Sshd) -> None:
    chosen = "Ciphers aes256-ctr\nMACs hmac-sha2-512\nHostKeyAlgorithms ssh-ed25519\n"
    opened = connect(route(asked(sshd), configured(sshd, chosen)), LONG)
    try:
        used = vars(opened[-1])
        assert (used["remote_cipher"], used["local_cipher"]) == ("aes256-ctr", "aes256-ctr")
        assert (used["remote_mac"], used["host_key_type"]) == ("hmac-sha2-512", "ssh-ed25519")
    finally:
        close(opened)


@pytest.mark.parametrize("whose", ["host", "account"])
def test_a_key_of_rsa_that_is_too_short_is_refused(tmp_path: Path, whose: str) -> None:
    with running_sshd(tmp_path / "sshd") as short:
        make_key(short.host_key if whose == "host" else short.key_file, "rsa")  # 3072 bits
        short.accept_key()
        short.stop()
        short.start()
        assert ask(short) == 0
        with pytest.raises(Unreachable if whose == "host" else Denied, match=r"RSA .*3072 bits, and 4096 are required"):
            ask(short, "RequiredRSASize 4096\n")


def test_the_first_line_wins_and_final_comes_last(sshd: Sshd) -> None:
    assert ask(sshd, "Match final all\n Ciphers 3des-cbc\nMatch all\n Ciphers aes256-ctr\n Ciphers 3des-cbc\n") == 0


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (None, SOUND),
        ("aes256-ctr,aes128-ctr", ("aes256-ctr", "aes128-ctr")),
        ("3des-cbc,aes256-ctr", ("aes256-ctr",)),
    ],
)
def test_a_list_is_read_as_openssh_reads_it(said: str | None, left: tuple[str, ...]) -> None:
    line = None if said is None else Line(where="ssh -G vault", keyword="ciphers", value=said)
    able = ("aes128-ctr", "aes256-ctr", "aes128-cbc", "3des-cbc", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
    assert narrowed(able, line) == left


def test_nothing_that_the_library_prefers_is_both_broken_and_used() -> None:
    ours, theirs = socket.socketpair()
    transport = paramiko.Transport(ours)
    try:
        choose(transport, Algorithms())
        options = transport.get_security_options()
        used = (*options.ciphers, *options.digests, *options.kex, *narrowed(options.key_types, None))
    finally:
        transport.close()
        ours.close()
        theirs.close()
    assert {"aes256-ctr", "hmac-sha2-256", "ssh-ed25519", "rsa-sha2-512"} <= set(used)
    assert not [name for name in used if any(word in name for word in ("cbc", "md5", "sha1", "group1-", "ssh-rsa"))]
