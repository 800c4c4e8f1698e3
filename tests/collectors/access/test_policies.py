"""What a real sshd asks, with real keys and PAM files, in a machine made for the test."""

import base64
import struct

import pytest

from agent.core.access import Strength
from agent.core.inventory import DeclaredHost
from agent.core.reason import Reason
from tests.collectors.access.conftest import LookAt
from tests.parts.cell import Cell

pytestmark = pytest.mark.programs
KEYS_ONLY = ("PasswordAuthentication no", "KbdInteractiveAuthentication no")
HOME = "/home/adupont/.ssh"


def fido_key() -> str:
    """Return the public half of a key as a FIDO object gives it (OpenSSH, PROTOCOL.u2f); no such object is at hand."""
    parts = (b"sk-ssh-ed25519@openssh.com", bytes(range(32)), b"ssh:")
    blob = b"".join(struct.pack(">I", len(part)) + part for part in parts)
    return f"sk-ssh-ed25519@openssh.com {base64.b64encode(blob).decode()}"


def test_a_fido_key_counts_twice_only_where_it_asks_for_its_pin(cell: Cell, look: LookAt) -> None:
    cell.policy(*KEYS_ONLY)
    line = fido_key()
    cell.write(f"{HOME}/authorized_keys", f"{line} touch\n")
    assert look().alternatives("adupont") == {"key"}
    cell.write(f"{HOME}/authorized_keys", f'verify-required,command="a \\"b\\" c" {line} pin\n')
    way = look().ways["adupont", "sshd@*"]
    assert (way.strength, way.two_factors) == (Strength.STRONG, True)
    cell.write(f"{HOME}/authorized_keys2", f"{line} without\n")
    assert not look().ways["adupont", "sshd@*"].two_factors
    cell.policy(*KEYS_ONLY, "PubkeyAuthOptions verify-required")
    assert look().ways["adupont", "sshd@*"].two_factors


def test_a_certificate_counts_twice_where_its_authority_is_declared_to_ask(cell: Cell, look: LookAt) -> None:
    authority = cell.key("authority")
    cell.write("/etc/ssh/authority.pub", authority)
    cell.policy(*KEYS_ONLY, "TrustedUserCAKeys /etc/ssh/authority.pub")
    assert look().alternatives("adupont") == {"certificate"}
    declared = DeclaredHost(id="srv-1", authorities=(cell.fingerprint(authority),))
    assert look(declared).alternatives("adupont") == {"verified-certificate"}
    cell.write("/etc/ssh/authority.pub", authority + cell.key("other"))
    assert look(declared).alternatives("adupont") == {"certificate"}


def test_an_authority_of_one_account_alone(cell: Cell, look: LookAt) -> None:
    authority = cell.key("authority")
    cell.policy(*KEYS_ONLY)
    cell.write(f"{HOME}/authorized_keys", f'cert-authority,principals="anne" {authority}')
    declared = DeclaredHost(id="srv-1", authorities=(cell.fingerprint(authority),))
    assert look().alternatives("adupont") == {"certificate"}
    assert look(declared).alternatives("adupont") == {"verified-certificate"}


OTP = "auth required pam_google_authenticator.so"
SPARED = "auth [success=1 default=ignore] pam_succeed_if.so quiet user ingroup spared"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("@include common-auth",), {"password"}),
        (("@include common-auth", OTP), {"otp+password"}),
        (("@include common-auth", f"{OTP} nullok"), {"password"}),
        (("@include common-auth", OTP.replace("required", "sufficient")), {"password"}),
        ((OTP.replace("required", "sufficient"), "@include common-auth"), {"otp", "password"}),
        (("@include common-auth", SPARED, OTP), {"otp+password", "password+unknown:pam_succeed_if"}),
        (("auth required pam_nologin.so", "@include common-auth", OTP), {"otp+password"}),
        (("auth required pam_strange.so", "@include common-auth"), {"password+unknown:pam_strange"}),
        (("auth substack common-auth", OTP), {"otp+password"}),
        (("auth required pam_permit.so",), {"nothing"}),
        (("auth required pam_deny.so",), set()),
        (("auth [success=ok default=die] pam_duo.so", "@include common-auth"), {"password+push"}),
        (("auth required pam_u2f.so", "@include common-auth"), {"key+password"}),
        (("auth required pam_u2f.so pinverification=1",), {"verified-key"}),
        (("-auth required pam_google_authenticator.so", "@include common-auth"), {"password"}),
    ],
)
def test_keyboard_interactive_asks_what_pam_asks(
    cell: Cell, look: LookAt, lines: tuple[str, ...], expected: set[str]
) -> None:
    cell.policy("PasswordAuthentication no", "KbdInteractiveAuthentication yes")
    cell.write("/etc/pam.d/sshd", "\n".join((*lines, "account required pam_permit.so", "")))
    seen = look()
    assert seen.gaps == {}
    assert seen.alternatives("adupont") == expected


def test_a_key_and_then_a_code_are_two_factors(cell: Cell, look: LookAt) -> None:
    cell.policy("AuthenticationMethods publickey,keyboard-interactive:pam", "PasswordAuthentication no")
    cell.write("/etc/pam.d/sshd", "auth required pam_google_authenticator.so\n")
    cell.write(f"{HOME}/authorized_keys", cell.key("one"))
    way = look().ways["adupont", "sshd@*"]
    assert (way.weakest, way.two_factors) == ("key+otp", True)


def test_a_match_of_a_group_and_an_account_is_asked_for_each(cell: Cell, look: LookAt) -> None:
    cell.policy(*KEYS_ONLY, "Match Group sudo", "PasswordAuthentication yes", "Match User bmartin Address 192.0.2.0/24",
                "PasswordAuthentication yes")  # fmt: skip
    seen = look()
    assert set(seen.ways) == {
        ("adupont", "sshd@*"),
        ("adupont", "sshd@192.0.2.0/24"),
        ("bmartin", "sshd@192.0.2.0/24"),
    }


def test_a_match_in_an_included_file_is_found(cell: Cell, look: LookAt) -> None:
    cell.policy("Include /etc/ssh/sshd_config.d/*.conf", *KEYS_ONLY)
    cell.write("/etc/ssh/sshd_config.d/50-vpn.conf", "Match address 2001:db8:1::/48\n  PasswordAuthentication yes\n")
    assert {path for account, path in look().ways if account == "adupont"} == {"sshd@2001:db8:1::/48"}


def test_who_is_not_allowed_has_no_way_in(cell: Cell, look: LookAt) -> None:
    cell.policy("AllowUsers adupont@10.0.0.0/8 bmartin", "DenyGroups docker", "PermitRootLogin yes")
    cell.run("usermod", "-aG", "docker", "bmartin")
    assert set(look().ways) == {("adupont", "sshd@10.0.0.0/8")}


@pytest.mark.parametrize(
    ("word", "expected"), [("yes", {"key", "password"}), ("prohibit-password", {"key"}), ("no", set())]
)
def test_root_comes_in_as_permit_root_login_says(cell: Cell, look: LookAt, word: str, expected: set[str]) -> None:
    cell.policy(f"PermitRootLogin {word}")
    cell.write("/root/.ssh/authorized_keys2", cell.key("one"))
    assert look().alternatives("root") == expected


def test_a_lock_stops_the_password_and_not_the_key_and_an_expiry_stops_both(cell: Cell, look: LookAt) -> None:
    cell.write(f"{HOME}/authorized_keys", cell.key("one"))
    assert look().alternatives("adupont") == {"key", "password"}
    cell.run("usermod", "-L", "adupont")
    assert look().alternatives("adupont") == {"key"}
    cell.run("chage", "-E", "0", "adupont")
    assert look().alternatives("adupont") == set()


def test_an_account_without_a_password_comes_in_with_nothing_where_that_is_allowed(cell: Cell, look: LookAt) -> None:
    cell.run("passwd", "-d", "adupont")
    cell.policy("PermitEmptyPasswords yes")
    assert look().alternatives("adupont") == {"nothing"}
    cell.policy("PermitEmptyPasswords no")
    assert look().alternatives("adupont") == set()


def test_keys_lie_where_sshd_says(cell: Cell, look: LookAt) -> None:
    cell.policy(*KEYS_ONLY, "AuthorizedKeysFile /etc/ssh/keys/%u")
    cell.write(f"{HOME}/authorized_keys", cell.key("unread"))
    assert look().ways == {}
    cell.write("/etc/ssh/keys/adupont", "# a comment\n\nssh-rsa broken\n" + cell.key("one"))
    assert look().alternatives("adupont") == {"key"}


def test_a_key_whose_time_is_over_opens_nothing(cell: Cell, look: LookAt) -> None:
    cell.policy(*KEYS_ONLY)
    cell.write(f"{HOME}/authorized_keys", f'expiry-time="20200101" {cell.key("one")}')
    assert look().ways == {}
    cell.write(f"{HOME}/authorized_keys", f'expiry-time="29990101Z" {cell.key("two")}')
    assert look().alternatives("adupont") == {"key"}


def test_keys_that_a_command_hands_out_are_told_as_not_seen(cell: Cell, look: LookAt) -> None:
    cell.policy(*KEYS_ONLY, "AuthorizedKeysCommand /usr/bin/true", "AuthorizedKeysCommandUser root")
    seen = look()
    assert seen.alternatives("adupont") == {"key"}
    assert seen.gaps["hidden-keys"].reason is Reason.UNREADABLE


def test_a_configuration_that_sshd_refuses_is_told_with_its_words(cell: Cell, look: LookAt) -> None:
    cell.policy("PermitRootLogin perhaps")
    gap = look().gaps["sshd"]
    assert (gap.reason, "perhaps" in gap.detail or "bad configuration" in gap.detail) == (Reason.EXITED, True)


def test_a_service_without_a_file_gets_that_of_all_others_and_one_with_a_broken_include_none(
    cell: Cell, look: LookAt
) -> None:
    cell.policy("PasswordAuthentication no", "KbdInteractiveAuthentication yes")
    cell.write("/etc/pam.d/other", "auth required pam_oath.so\n")
    cell.write("/etc/pam.d/sshd", "@include gone\n")
    seen = look()
    assert (seen.ways, seen.gaps["sshd"].reason) == ({}, Reason.UNREADABLE)
    (cell.root / "etc/pam.d/sshd").unlink()
    assert look().alternatives("adupont") == {"otp"}
