"""What a real sshd asks, with real keys and PAM files, in a machine made for the test."""

import base64
import os
import struct

import pytest

from agent.core.facts.access import KEY, AuthorizedKey, Strength
from agent.core.inventory import DeclaredHost
from agent.core.reason import Reason
from tests.collectors.access.conftest import LookAt
from tests.parts.cell import HASH, Cell

pytestmark = pytest.mark.programs
KEYS_ONLY = ("PasswordAuthentication no", "KbdInteractiveAuthentication no")
HOME = "/home/adupont/.ssh"
OPT = ("env", "PATH=/opt:/usr/sbin:/usr/bin:/sbin:/bin")


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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("@include common-auth",), {"password"}),
        (("@include common-auth", OTP), {"otp+password"}),
        (("@include common-auth", f"{OTP} nullok"), {"password"}),
        # A real one let in by the password alone for an hour after a code.
        (("@include common-auth", f"{OTP} grace_period=3600"), {"password+unknown:pam_google_authenticator"}),
        (("@include common-auth", f"{OTP} grace_period=0"), {"otp+password"}),
        (("@include common-auth", OTP.replace("required", "sufficient")), {"password"}),
        ((OTP.replace("required", "sufficient"), "@include common-auth"), {"otp", "password"}),
        (("@include common-auth", SPARED, OTP), {"otp+password", "password+unknown:pam_succeed_if"}),
        (("auth required pam_nologin.so", "@include common-auth", OTP), {"otp+password"}),
        (("auth required pam_strange.so", "@include common-auth"), {"password+unknown:pam_strange"}),
        (("@include common-auth", "auth required pam_exec.so /usr/local/bin/mfa"), {"password+unknown:pam_exec"}),
        (("@include common-auth", "auth optional pam_exec.so /usr/local/bin/greet"), {"password"}),
        (("auth substack common-auth", OTP), {"otp+password"}),
        (("auth required pam_permit.so",), {"nothing"}),
        (("auth required pam_deny.so",), set()),
        (("auth [success=ok default=die] pam_duo.so", "@include common-auth"), {"password+unknown:pam_duo"}),
        # A real pam_oath lets past whom its file does not name.
        (
            ("auth [success=ok user_unknown=ignore default=die] pam_oath.so", "@include common-auth"),
            {"otp+password", "password+unknown:pam_oath"},
        ),
        (("auth required pam_u2f.so", "@include common-auth"), {"key+password"}),
        (("auth required pam_u2f.so pinverification=1",), {"verified-key"}),
        (
            ("-auth required pam_google_authenticator.so", "@include common-auth"),
            {"otp+password", "password+unknown:pam_google_authenticator"},
        ),
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


def test_a_lock_says_nothing_of_a_password_that_may_lie_elsewhere(cell: Cell, look: LookAt) -> None:
    cell.write("/etc/pam.d/sshd", "auth sufficient pam_unix.so\nauth required pam_sss.so use_first_pass\n")
    assert look().alternatives("adupont") == {"password"}
    cell.run("usermod", "-L", "adupont")
    assert look().alternatives("adupont") == {"unknown:directory"}


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


@pytest.mark.parametrize(
    ("own", "expected"), [("x", set()), ("!", set()), ("##adupont", set()), (HASH, {"password"}), ("", {"nothing"})]
)
def test_a_password_of_the_account_file_counts_whatever_is_locked(
    cell: Cell, look: LookAt, own: str, expected: set[str]
) -> None:
    """pam_unix of Debian 13, tried: it let both in by sshd, the shadow file's field being locked."""
    cell.policy("PasswordAuthentication yes", "PermitEmptyPasswords yes")
    cell.run("usermod", "-L", "adupont")
    file = cell.root / "etc/passwd"
    file.write_text(file.read_text().replace("adupont:x:", f"adupont:{own}:"))
    assert look().alternatives("adupont") == expected


@pytest.mark.parametrize(
    "name", ["a\nb.conf", "a b.conf", "a\tb.conf", "\u00e9\x7f.conf", "*.conf", "~a.conf", "a\\b.conf"]
)
def test_an_included_file_of_any_name_is_seen_or_told(cell: Cell, look: LookAt, name: str) -> None:
    cell.write(f"/etc/ssh/sshd_config.d/{name}", "Match Address 10.0.0.0/8\nPasswordAuthentication yes\n")
    cell.policy("Include /etc/ssh/sshd_config.d/*.conf", "Match all", *KEYS_ONLY)
    seen = look()
    assert seen.alternatives("adupont", "sshd@10.0.0.0/8") == {"password"} or "sshd" in seen.gaps


def test_addresses_of_allowusers_within_a_match_block_are_told_apart(cell: Cell, look: LookAt) -> None:
    cell.policy(
        "KbdInteractiveAuthentication no",
        "Match Address 10.0.0.0/8",
        "AllowUsers adupont@10.1.2.3 bmartin",
        "DenyUsers bmartin@10.4.0.0/16",
        "Match all",
        "PasswordAuthentication yes",
    )
    seen = look()
    assert seen.alternatives("adupont", "sshd@10.0.0.0/8") == set()
    assert seen.alternatives("adupont", "sshd@10.1.2.3") == {"password"}
    assert seen.alternatives("bmartin", "sshd@10.0.0.0/8") == {"password"}
    assert seen.alternatives("bmartin", "sshd@10.4.0.0/16") == set()


@pytest.mark.parametrize(
    ("arguments", "file", "lines", "expected"),
    [
        # A real one of 1.4 let in by the password alone who had no object.
        ("", "pam_u2f.conf", "cue\n  nouserok # for now\n", {"password"}),
        ("", "pam_u2f.conf", "alwaysok\n", {"password"}),
        ("conf=/etc/security/own.conf", "own.conf", "nouserok\n", {"password"}),
        ("conf=/etc/security/own.conf", "pam_u2f.conf", "nouserok\n", {"key+password"}),
        ("", "pam_u2f.conf", "#nouserok\nnouserok = 1\npinverification=1\n", {"key+password"}),
    ],
)
def test_what_pam_u2f_is_told_in_its_own_file_spares_too(
    cell: Cell, look: LookAt, arguments: str, file: str, lines: str, expected: set[str]
) -> None:
    cell.write("/etc/pam.d/sshd", f"auth required pam_unix.so\nauth required pam_u2f.so {arguments}\n")
    cell.write(f"/etc/security/{file}", lines)
    assert look().alternatives("adupont") == expected


def test_a_hash_that_begins_with_the_letter_x_is_a_password(cell: Cell, look: LookAt) -> None:
    cell.policy("PasswordAuthentication yes")
    cell.run("usermod", "-p", "xyAm5QEbWk39A", "adupont")
    assert look().alternatives("adupont") == {"password"}


# nss-systemd of Debian 13 says so of a service with DynamicUser, and of an account of /etc/userdb.
NSS_SYSTEMD = f"""#!/bin/sh
case $* in
*-s*systemd*) echo 'dyn:!*::::::1:'; echo 'homed:{HASH}:::::::' ;;
*) exec /usr/bin/getent "$@" ;;
esac
"""


@pytest.mark.parametrize(
    ("sources", "ways"),
    [
        ("files", {"homed"}),
        ("files systemd", {"homed"}),
        # Who may be meant by a line with `+` is not known.
        ("compat", {"bare", "homed"}),
    ],
)
def test_an_account_that_no_shadow_file_names_has_no_password(
    cell: Cell, look: LookAt, sources: str, ways: set[str]
) -> None:
    """A real sshd let in who had one in /etc/userdb, and neither a dynamic user nor an account without such a line."""
    cell.run("sh", "-c", "for name in bare dyn homed; do useradd -M -s /bin/bash $name; done")
    cell.run("sed", "-i", "-E", "/^(bare|dyn|homed):/d; s/^(root|adupont|bmartin):[^:]*/\\1:disabled/", "/etc/shadow")
    cell.write("/etc/nsswitch.conf", f"passwd: {sources}\ngroup: files\nshadow: {sources} # comment\n")
    cell.write("/opt/getent", NSS_SYSTEMD, mode=0o755)
    seen = look(before=OPT)
    assert {account for account, _path in seen.ways} == ways
    assert seen.gaps == {}


def test_keys_that_a_command_hands_out_are_told_as_not_seen(cell: Cell, look: LookAt) -> None:
    cell.policy(*KEYS_ONLY, "AuthorizedKeysCommand /usr/bin/true", "AuthorizedKeysCommandUser root")
    seen = look()
    assert seen.alternatives("adupont") == {"key"}
    assert seen.gaps["hidden-keys"].reason is Reason.UNREADABLE


def test_whom_kerberos_and_other_machines_let_in_is_told_as_not_seen(cell: Cell, look: LookAt) -> None:
    # A real ticket of someone without an account opened one whose .k5login names them.
    cell.policy(*KEYS_ONLY, "GSSAPIAuthentication yes")
    plugins = "[plugins]\n localauth = {\n  module = sssd:/usr/lib64/sssd/modules/sssd_krb5_localauth_plugin.so\n }\n"
    commented = "[libdefaults]\n# default_keytab_name = /etc/own\n"
    cell.write("/etc/krb5.conf", f"includedir /etc/krb5.conf.d/\n{commented}{plugins}")
    assert "hidden-keys" not in look().gaps
    # A real sshd believed a ticket by each of these, too.
    for path, text in (
        ("/etc/krb5.conf.d/own.conf", "[libdefaults]\n default_keytab_name = FILE:/etc/own.keytab\n"),
        ("/etc/default/ssh", "KRB5_KTNAME=/etc/own.keytab\n"),
        ("/etc/krb5.conf", "include /srv/krb5.conf\n"),
    ):
        before = (cell.root / path[1:]).read_text() if (cell.root / path[1:]).exists() else ""
        cell.write(path, text)
        assert "Kerberos" in look().gaps["hidden-keys"].detail
        cell.write(path, before)
    assert "hidden-keys" not in look().gaps
    cell.write("/etc/krb5.keytab", "keys")
    assert "Kerberos" in look().gaps["hidden-keys"].detail
    cell.policy(*KEYS_ONLY, "HostbasedAuthentication yes")
    assert ".shosts" in look().gaps["hidden-keys"].detail


@pytest.mark.parametrize(
    ("told", "is_named"),
    [
        ("Environment=PATH=/usr/bin LANG=C", False),
        ("EnvironmentFiles=/etc/own (ignore_errors=yes)", False),
        ("Environment=KRB5_KTNAME=/srv/own.keytab", True),
        ("EnvironmentFiles=/etc/bastion (ignore_errors=no)", True),
    ],
)
def test_a_keytab_is_seen_that_any_setting_of_sshd_s_unit_names(
    cell: Cell, look: LookAt, told: str, *, is_named: bool
) -> None:
    """A real ticket opened an account by a drop-in of every service (`service.d`), and by another unit's file."""
    cell.policy(*KEYS_ONLY, "GSSAPIAuthentication yes")
    cell.write("/run/systemd/system/x", "")
    cell.write("/etc/bastion", "KRB5_KTNAME=/srv/own.keytab\n")
    cell.write("/opt/systemctl", f"#!/bin/sh\necho Id=ssh.service\necho LoadState=loaded\necho '{told}'\n", mode=0o755)
    assert ("hidden-keys" in look(before=OPT).gaps) is is_named


def test_a_keytab_is_told_as_not_seen_where_systemd_tells_nothing(cell: Cell, look: LookAt) -> None:
    cell.policy(*KEYS_ONLY, "GSSAPIAuthentication yes")
    cell.write("/run/systemd/system/x", "")
    cell.write("/opt/systemctl", "#!/bin/sh\nexit 1\n", mode=0o755)
    assert "Kerberos" in look(before=OPT).gaps["hidden-keys"].detail


def test_kerberos_lets_no_one_in_without_a_keytab(cell: Cell, look: LookAt) -> None:
    """Red Hat's sshd asks for it everywhere; a real one refused a ticket without a keytab."""
    cell.policy(*KEYS_ONLY, "GSSAPIAuthentication yes")
    assert (look().ways, look().gaps) == ({}, {})
    cell.write("/etc/krb5.keytab", "keys")
    assert look().alternatives("adupont") == {"unknown:kerberos"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another account")
def test_what_root_alone_may_read_of_keytabs_is_told_by_root_s_program(cell: Cell, look: LookAt) -> None:
    """Red Hat's package lays that file so, and its sshd asks for Kerberos on a machine without any."""
    cell.policy(*KEYS_ONLY, "GSSAPIAuthentication yes")
    as_bmartin = 'exec setpriv --reuid 1001 --regid 1001 --clear-groups "$@"'
    asked = ("sh", "-c", f'case $* in *"[ ! -e /etc/krb5.keytab"*) {as_bmartin} ;; esac; exec "$@"', "sh")
    cell.write("/etc/sysconfig/sshd", "# KRB5_KTNAME=\nSSH_USE_STRONG_RNG=0\n", mode=0o640)
    assert "hidden-keys" not in look(before=asked).gaps
    cell.write("/etc/sysconfig/sshd", "KRB5_KTNAME=/etc/own.keytab\n", mode=0o640)
    assert "Kerberos" in look(before=asked).gaps["hidden-keys"].detail
    cell.write("/etc/sysconfig/sshd", "", mode=0o640)
    (cell.root / "etc/sysconfig").chmod(0o777)
    assert "Kerberos" in look(before=asked).gaps["hidden-keys"].detail


def test_a_ticket_of_the_key_exchange_is_one_of_kerberos(cell: Cell, look: LookAt) -> None:
    """Debian's sshd let in by it alone."""
    cell.write("/etc/krb5.keytab", "keys")
    cell.policy("GSSAPIAuthentication yes", "AuthenticationMethods publickey,password gssapi-keyex")
    assert look().alternatives("adupont") == {"unknown:kerberos"}


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


def test_a_service_without_a_line_that_asks_gets_those_of_all_others(cell: Cell, look: LookAt) -> None:
    """Linux-PAM 1.7 asked the others' for the password of an account."""
    cell.policy("PasswordAuthentication yes")
    cell.write("/etc/pam.d/sshd", "#@include common-auth\n@include common-account\n")
    assert look().alternatives("adupont") == {"password"}
    cell.run("chage", "-E", "0", "adupont")
    cell.write("/etc/pam.d/sshd", "@include common-auth\n")
    assert "sshd" not in look().gaps
    cell.write("/etc/pam.d/other", "account required pam_permit.so\n")
    assert "let in who has expired" in look().gaps["sshd"].detail


@pytest.mark.parametrize("methods", ["none", "any", "keyboard-interactive none"])
@pytest.mark.parametrize("pam", ["yes", "no"])
def test_who_has_no_password_comes_in_by_none_where_sshd_tries_it(
    cell: Cell, look: LookAt, methods: str, pam: str
) -> None:
    """Each as a real sshd answered."""
    cell.run("passwd", "-d", "adupont")
    common = (
        f"HostKey /etc/ssh/host_key\nUsePAM {pam}\nKbdInteractiveAuthentication no\nAuthenticationMethods {methods}\n"
    )
    cell.write("/etc/ssh/sshd_config", f"{common}PermitEmptyPasswords yes\n")
    assert look().alternatives("adupont") == {"nothing"}
    cell.write("/etc/ssh/sshd_config", f"{common}PermitEmptyPasswords yes\nPasswordAuthentication no\n")
    assert look().alternatives("adupont") == set()
    cell.write("/etc/ssh/sshd_config", f"{common}PermitEmptyPasswords no\n")
    assert look().alternatives("adupont") == set()


def test_an_account_whose_shell_is_not_there_has_no_way_in(cell: Cell, look: LookAt) -> None:
    cell.policy("PasswordAuthentication yes")
    cell.run("usermod", "-s", "/nonexistent/shell", "adupont")
    cell.run("usermod", "-s", "/etc/passwd", "bmartin")
    assert look().ways == {}
    cell.policy("PasswordAuthentication yes", "ChrootDirectory /srv")
    assert {account for account, _path in look().ways} == {"adupont", "bmartin"}


def test_files_of_keys_that_a_wildcard_names_are_told_as_not_looked_for(cell: Cell, look: LookAt) -> None:
    # A real sshd of 10.0 let in by a key in one of them.
    cell.policy(*KEYS_ONLY, "AuthorizedKeysFile /etc/ssh/keys/%u/*")
    cell.write("/etc/ssh/keys/bmartin/one", cell.key("one"))
    assert "/etc/ssh/keys/%u/* on srv-1 were not looked for" in look().gaps["keys"].detail


def test_a_file_of_keys_with_a_blank_in_its_name_is_read(cell: Cell, look: LookAt) -> None:
    cell.policy(*KEYS_ONLY, 'AuthorizedKeysFile .ssh/authorized_keys "/etc/ssh/my keys/%u"')
    line = cell.key("one")
    cell.write("/etc/ssh/my keys/bmartin", line)
    seen = look()
    assert seen.gaps == {}
    (key,) = seen.values(KEY, "bmartin")
    assert isinstance(key, AuthorizedKey)
    assert (key.fingerprint, key.path) == (cell.fingerprint(line), "/etc/ssh/my keys/bmartin")
    assert seen.alternatives("bmartin") == {"key"}


def test_a_configuration_with_a_blank_in_its_name_is_read(cell: Cell, look: LookAt) -> None:
    cell.policy('Include "/etc/ssh/my conf/*.conf"', *KEYS_ONLY)
    cell.write("/etc/ssh/my conf/vpn.conf", '"Match" Address "10.0.0.0/8"\n  PasswordAuthentication yes\n')
    assert set(look().ways) == {("adupont", "sshd@10.0.0.0/8"), ("bmartin", "sshd@10.0.0.0/8")}


@pytest.mark.parametrize(
    ("addresses", "classes"),
    [
        ("*,!192.0.2.0/24", {"sshd@*"}),
        ("10.*,192.0.2.0/24", {"sshd@10.*", "sshd@192.0.2.0/24"}),
        ("10.*,!10.9.*,!10.8.0.0/16", {"sshd@10.*"}),
        ("10.1?.*", {"sshd@10.1?.*"}),
        ("2001:db8::/32,!2001:db8:1::/48", {"sshd@2001:db8::/32"}),
    ],
)
def test_the_addresses_of_a_match_are_those_of_sshd(
    cell: Cell, look: LookAt, addresses: str, classes: set[str]
) -> None:
    cell.policy(*KEYS_ONLY, f"Match Address {addresses}", "PasswordAuthentication yes")
    seen = look()
    assert seen.gaps == {}
    assert {path for account, path in seen.ways if account == "adupont"} == classes


def test_addresses_that_are_not_understood_are_said(cell: Cell, look: LookAt) -> None:
    cell.policy(*KEYS_ONLY, "Match Address 2001:db8:*", "PasswordAuthentication yes")
    gap = look().gaps["sshd"]
    assert (gap.reason, "'address 2001:db8:*'" in gap.detail) == (Reason.UNREADABLE, True)


def test_an_account_is_let_in_from_a_list_as_sshd_reads_it(cell: Cell, look: LookAt) -> None:
    cell.policy("KbdInteractiveAuthentication no", "AllowUsers adupont@10.*,!10.9.0.0/16 bmartin@!192.0.2.77,*")
    assert {path for account, path in look().ways if account == "adupont"} == {"sshd@10.*"}
    assert "sshd@192.0.2.77" not in {path for account, path in look().ways if account == "bmartin"}


def test_a_name_in_a_list_is_a_place_to_come_from_where_names_are_looked_up(cell: Cell, look: LookAt) -> None:
    # A real sshd let in by the password from there.
    lines = ("KbdInteractiveAuthentication no", "AllowUsers adupont@*.example.org,!guest.example.org bmartin@10.*")
    cell.policy("UseDNS yes", *lines)
    seen = look()
    assert seen.alternatives("adupont", "sshd@*(1.example.org)") == {"password"}
    assert seen.alternatives("adupont", "sshd@*(guest.example.org)") == seen.alternatives("adupont") == set()
    assert seen.alternatives("bmartin", "sshd@10.*") == {"password"}
    cell.policy("UseDNS no", *lines)
    assert {account for account, _path in look().ways} == {"bmartin"}
    networks = ",".join(f"10.{number}.0.0/16" for number in range(8))
    strong = (f"Match Address {networks}", "AuthenticationMethods publickey,password")
    cell.policy("UseDNS yes", "KbdInteractiveAuthentication no", f"AllowUsers bmartin@{networks}", *strong)
    assert (look().ways, look().gaps) == ({}, {})


SYSTEMCTL = """cat <<'end'
Id=ssh@beffroi.service
LoadState=loaded
Environment={environment}
EnvironmentFiles=/etc/default/ssh (ignore_errors=yes)
ExecStart={{ path=/usr/sbin/sshd ; argv[]=/usr/sbin/sshd -i {argv} ; ignore_errors=yes ; start_time=[n/a] ; pid=0 }}

Id=sshd.service
LoadState=not-found
end"""


@pytest.mark.parametrize(
    ("argv", "environment", "default", "expected"),
    [
        ("$SSHD_OPTS", "", 'SSHD_OPTS="-o PasswordAuthentication=yes"', {"password"}),
        ("$SSHD_OPTS", "", "SSHD_OPTS='-oPasswordAuthentication=yes -4'", {"password"}),
        ("$SSHD_OPTS", "", "SSHD_OPTS=", set()),
        ("$SSHD_OPTS", "", "", set()),
        ("${SSHD_OPTS}", "SSHD_OPTS=-oPasswordAuthentication=yes A=b", "", {"password"}),
        ("-o PasswordAuthentication=yes", "", "", {"password"}),
        ("$SSHD_OPTS", "", 'SSHD_OPTS="-o \\"PasswordAuthentication yes\\""', None),
        ("$SSHD_OPTS", "", "SSHD_OPTS=-o \\\n PasswordAuthentication=yes", None),
        ("-o$OPTION", "OPTION=PasswordAuthentication=yes", "", None),
        ("-o Include=/tmp/more", "", "", None),
        ("-o PasswordAuthentication yes", "", "", None),
    ],
)
def test_an_sshd_that_waits_behind_a_socket_has_its_unit_s_arguments(
    cell: Cell, look: LookAt, argv: str, environment: str, default: str, expected: set[str] | None
) -> None:
    cell.policy(*KEYS_ONLY)
    cell.write("/etc/default/ssh", f"# comment\n{default}\n")
    cell.write("/run/systemd/system/x", "")
    cell.write("/opt/systemctl", f"#!/bin/sh\n{SYSTEMCTL.format(environment=environment, argv=argv)}\n", mode=0o755)
    seen = look(before=("env", "PATH=/opt:/usr/sbin:/usr/bin:/sbin:/bin"))
    if expected is None:
        assert seen.gaps["sshd"].reason is Reason.UNREADABLE
        return
    assert seen.gaps == {}
    found = [seen.alternatives("adupont", path) for account, path in seen.ways if account == "adupont"]
    assert found == ([expected] if expected else [])


def test_a_systemd_that_tells_nothing_leaves_a_waiting_sshd_unproven(cell: Cell, look: LookAt) -> None:
    cell.policy(*KEYS_ONLY)
    cell.write("/run/systemd/system/x", "")
    cell.write("/opt/systemctl", "#!/bin/sh\nexit 1\n", mode=0o755)
    gap = look(before=("env", "PATH=/opt:/usr/sbin:/usr/bin:/sbin:/bin")).gaps["sshd"]
    assert "systemd does not tell how it starts sshd" in gap.detail


def test_a_machine_whose_units_start_no_sshd_is_judged_by_what_is_installed(cell: Cell, look: LookAt) -> None:
    cell.policy("PasswordAuthentication yes")
    cell.write("/run/systemd/system/x", "")
    cell.write("/opt/systemctl", "#!/bin/sh\necho Id=ssh.service\necho LoadState=not-found\n", mode=0o755)
    assert look(before=("env", "PATH=/opt:/usr/sbin:/usr/bin:/sbin:/bin")).alternatives("adupont") == {"password"}
