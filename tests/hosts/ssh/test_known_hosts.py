import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import HostKeyChanged, HostKeyUnknown, Unreadable
from agent.hosts.ssh.known_hosts import KnownKey, hold_to_known, kinds_known, parse

OURS, OTHER = b"the host's own key", b"somebody else's key"


def line(hosts: str, key: bytes = OURS, kind: str = "ssh-ed25519", marker: str = "") -> str:
    return f"{marker} {hosts} {kind} {base64.b64encode(key).decode()} a comment\n".lstrip()


def hashed(name: str) -> str:
    salt = b"twenty bytes of salt"
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


def known(*lines: str) -> tuple[KnownKey, ...]:
    return parse("".join(lines).encode(), "known_hosts")


def hold(*lines: str, host: str = "vault", port: int = 22, key: bytes = OURS) -> None:
    hold_to_known(known(*lines), host=host, port=port, kind="ssh-ed25519", key=key)


@pytest.mark.parametrize(
    ("hosts", "host", "port"),
    [
        ("vault", "vault", 22),
        ("VAULT", "Vault", 22),
        ("vault,192.0.2.7", "192.0.2.7", 22),
        ("[vault]:2222", "vault", 2222),
        ("vault", "vault", 2222),
        ("*.example,!bad.example", "vault.example", 22),
        (hashed("vault"), "vault", 22),
        (hashed("[vault]:2222"), "vault", 2222),
        ("2001:db8::1", "2001:db8::1", 22),
    ],
)
def test_a_known_key_is_known_under_each_form_of_name(hosts: str, host: str, port: int) -> None:
    hold("# a comment\n", "\n", line("elsewhere", OTHER), line(hosts), host=host, port=port)


@pytest.mark.parametrize(
    ("hosts", "host", "port"),
    [
        ("other", "vault", 22),
        ("[vault]:2222", "vault", 22),
        ("[vault]:2222", "vault", 2223),
        ("*.example,!bad.example", "bad.example", 22),
        (hashed("other"), "vault", 22),
        ("|1|garbled", "vault", 22),
        ("|1|!!!|???", "vault", 22),
    ],
)
def test_a_host_under_another_name_is_unknown_and_the_hint_says_how_to_learn_it(
    hosts: str, host: str, port: int
) -> None:
    with pytest.raises(HostKeyUnknown, match="is in no known_hosts file") as caught:
        hold(line(hosts), host=host, port=port)
    assert f"ssh-keyscan -p {port} {host}" in caught.value.hint


def test_another_key_than_the_known_one_names_both_and_the_line() -> None:
    with pytest.raises(HostKeyChanged, match=r"not the ssh-ed25519 key SHA256:\S+ of known_hosts:2") as caught:
        hold(line("elsewhere"), line("vault", OTHER))
    assert "ssh-keygen -R 'vault'" in caught.value.hint


def test_one_of_several_known_keys_is_enough() -> None:
    hold(line("vault", OTHER, kind="ssh-rsa"), line("vault", OTHER), line("vault"))


def test_a_revoked_key_is_refused_even_where_it_is_known() -> None:
    with pytest.raises(HostKeyChanged, match="which known_hosts:2 revokes"):
        hold(line("vault"), line("*", marker="@revoked"))
    hold(line("vault"), line("*", OTHER, marker="@revoked"))


def test_a_certificate_authority_vouches_for_nobody_here_and_that_is_said() -> None:
    with pytest.raises(HostKeyChanged, match="known by a certificate authority alone"):
        hold(line("vault", marker="@cert-authority"))
    hold(line("vault", OTHER, marker="@cert-authority"), line("vault"))


@pytest.mark.parametrize(
    "bad", ["@revoked vault ssh-rsa\n", "@revoked vault ssh-rsa !!!\n", "@unheard-of vault ssh-rsa AAAA\n"]
)
def test_a_line_with_a_marker_that_cannot_be_read_is_an_error_with_its_line(bad: str) -> None:
    with pytest.raises(Unreadable, match="known_hosts:2: cannot be read"):
        known(line("vault"), bad)


def test_any_other_line_that_is_none_is_skipped() -> None:
    assert known("vault\n", "vault ssh-rsa not*base64\n", "\xff\n", line("vault")) == known("\n\n\n", line("vault"))


def test_a_host_is_asked_first_for_the_kinds_of_key_under_which_it_is_known() -> None:
    keys = known(
        line("vault", kind="ssh-rsa"),
        line("other", kind="ecdsa-sha2-nistp256"),
        line("vault", kind="ssh-ed25519"),
        line("vault", kind="ssh-dss", marker="@revoked"),
    )
    assert kinds_known(keys, "vault", 22) == ("ssh-rsa", "ssh-ed25519")


@given(st.binary(), st.text(), st.integers(1, 65535), st.binary())
def test_any_bytes_make_a_typed_error_or_keys_that_trust_nobody(
    content: bytes, host: str, port: int, key: bytes
) -> None:
    try:
        keys = parse(content, "known_hosts")
    except Unreadable:
        return
    with pytest.raises((HostKeyUnknown, HostKeyChanged)) as caught:
        hold_to_known(keys, host=host, port=port, kind="ssh-ed25519", key=key + b"never there")
    assert caught.value.message.isprintable()


@given(st.lists(st.sampled_from(["vault", "*", "@revoked", "ssh-rsa", "AAAA", "|1|AAAA|AAAA", "#", "\n", "!"])))
def test_any_order_of_its_own_words_makes_a_typed_error_or_keys(words: list[str]) -> None:
    try:
        keys = parse(" ".join(words).encode(), "known_hosts")
    except Unreadable as error:
        assert error.message.startswith("known_hosts:")
    else:
        assert all(one.key == base64.b64decode("AAAA") for one in keys)
