"""A host that a known authority vouches for is trusted, whatever key it has; every way in which that fails is told."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import HostKeyChanged
from agent.hosts.ssh.host_certificates import wrong_with
from tests.hosts.ssh.remote import LONG, door
from tests.parts.sshd import Sshd, make_key, public_key, running_sshd

pytestmark = [pytest.mark.programs, pytest.mark.network]


@dataclass
class Certified:
    """An sshd that shows a certificate, and the authority that signs it."""

    sshd: Sshd
    authority: Path

    def sign(self, *options: str, authority: Path | None = None) -> None:
        """Give the host another certificate, from the next connection on."""
        argv = ["ssh-keygen", "-q", "-s", str(authority or self.authority), "-I", "vault", *options]
        subprocess.run([*argv, str(self.sshd.host_key) + ".pub"], check=True, capture_output=True)
        self.sshd.stop()
        self.sshd.start(know=False)

    def trust(self, *more: str) -> None:
        """Know the authority, and nothing else but what is said."""
        lines = [f"@cert-authority *.0.0.1,[127.0.0.1]:* {public_key(self.authority)}", *more]
        self.sshd.known_hosts.write_text("".join(f"{line}\n" for line in lines))

    def ask(self) -> int:
        """Return what a command comes to over there."""
        with closing(door(self.sshd)) as host:
            return host.run("true", timeout=LONG).status


@pytest.fixture(params=["ed25519", "ecdsa", "rsa"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def certified(tmp_path: Path) -> Iterator[Certified]:
    certificate = tmp_path / "sshd" / "host_key-cert.pub"
    with running_sshd(tmp_path / "sshd", more=(f"HostCertificate {certificate}",)) as sshd:
        made = Certified(sshd=sshd, authority=make_key(tmp_path / "authority"))
        made.sign("-h", "-n", "127.0.0.1")
        made.trust()
        yield made


def test_a_host_that_a_known_authority_vouches_for_is_trusted(certified: Certified) -> None:
    assert certified.ask() == 0


def test_authorities_and_hosts_of_every_kind_are_verified(certified: Certified, kind: str, tmp_path: Path) -> None:
    certified.authority = make_key(tmp_path / "another", kind)
    make_key(certified.sshd.host_key, kind)
    certified.sign("-h", "-n", "127.0.0.1")
    certified.trust()
    assert certified.ask() == 0


def test_a_certificate_for_a_pattern_of_names_holds_for_each_of_them(certified: Certified) -> None:
    certified.sign("-h", "-n", "vault.example,127.0.*")
    assert certified.ask() == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-h", "-n", "other.example"), "its certificate is for other.example"),
        (("-h",), "its certificate is for no host"),
        (("-h", "-n", "127.0.0.1", "-V", "20200101:20200102"), "its certificate is not valid now"),
        (("-n", "127.0.0.1"), "a user's, not a host's"),
    ],
)
def test_a_certificate_that_is_not_for_this_host_now_is_refused(
    certified: Certified, options: tuple[str, ...], words: str
) -> None:
    certified.sign(*options)
    # sshd itself shows no user's certificate: then there is none to read.
    with pytest.raises(HostKeyChanged, match=f"{words}|and no certificate"):
        certified.ask()


def test_an_authority_that_is_not_known_vouches_for_nobody(certified: Certified, tmp_path: Path) -> None:
    certified.sign("-h", "-n", "127.0.0.1", authority=make_key(tmp_path / "stranger"))
    with pytest.raises(HostKeyChanged, match="of an authority that is not known for it"):
        certified.ask()


@pytest.mark.parametrize("revoked", ["authority", "host"])
def test_a_revoked_key_is_refused_whichever_it_is(certified: Certified, revoked: str) -> None:
    key = certified.authority if revoked == "authority" else certified.sshd.host_key
    certified.trust(f"@revoked * {public_key(key)}")
    with pytest.raises(HostKeyChanged, match="revokes"):
        certified.ask()


def test_a_key_that_is_known_by_itself_needs_no_certificate(certified: Certified) -> None:
    certified.sign("-h", "-n", "other.example")
    certified.trust(f"[127.0.0.1]:{certified.sshd.port} {public_key(certified.sshd.host_key)}")
    assert certified.ask() == 0


def test_a_host_without_a_certificate_is_told_so(tmp_path: Path) -> None:
    with running_sshd(tmp_path / "sshd") as sshd:
        Certified(sshd=sshd, authority=make_key(tmp_path / "authority")).trust()
        with (
            closing(door(sshd)) as host,
            pytest.raises(HostKeyChanged, match="and no certificate, and is known by a certificate authority alone"),
        ):
            host.run("true", timeout=LONG)


@given(st.binary(max_size=200))
def test_no_bytes_in_a_certificate_s_place_are_believed(blob: bytes) -> None:
    assert wrong_with((), host="vault", port=22, blob=blob, now=datetime(2026, 1, 1, tzinfo=UTC)) is not None
