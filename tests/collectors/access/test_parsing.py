"""Whatever a machine says gives facts or a typed error, and the awkward forms are read as the tools mean them."""

import ipaddress
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Denied, Exited, LookError, Missing, ToolMissing, Unreadable
from agent.core.host import Command, Host, Output
from agent.core.reason import Reason
from collectors.access import accounts, addresses, keys, origins, pam, sshd, sudoers, traces
from collectors.access.accounts import Account

BYTES = st.binary(max_size=300)
TEXT = st.text(max_size=200)


@given(BYTES)
def test_no_bytes_break_a_parser(said: bytes) -> None:
    for parse in (
        lambda: accounts.parse(said, said),
        lambda: accounts.parse(b"root:x:0:0:root:/root:/bin/sh\n" + said, said),
        lambda: accounts.parse_shadow(said),
        lambda: sudoers.parse(said),
        lambda: keys.parse(said, "srv-1"),
        lambda: keys.parse(b"key\t" + said, "srv-1"),
        lambda: traces.parse(said, "srv-1"),
        lambda: sshd.parse_doors("server\t" + said.decode("utf-8", "replace")),
        lambda: sshd.parse_policies(b"== 0 " + said, "srv-1", "sudo sshd -T"),
    ):
        try:
            parse()
        except LookError:
            continue


@given(st.lists(TEXT, max_size=5))
def test_no_match_line_breaks_the_classes_of_addresses(lines: list[str]) -> None:
    conditions = origins.conditions_in(line.split() for line in lines)
    try:
        found = origins.origins_of(conditions, resolves=True)
    except Unreadable:
        return
    assert 1 <= len(found) <= origins.MOST + 1


@pytest.mark.parametrize(
    ("patterns", "classes"),
    [
        # Each class has an address: one of the pattern alone, of both, of neither.
        (("10.*", "10.0.*"), {(False, False), (True, False), (True, True)}),
        (("10.*", "*.1"), {(False, False), (True, False), (False, True), (True, True)}),
        (("10.1*", "10.12.0.0/15"), {(False, False), (True, False), (True, True)}),
        (("*", "192.0.2.0/24"), {(True, False), (True, True)}),
        (("*.scota.example", "gateway"), {(False, False)}),
        (("0.0.0.0/0", "::/0"), {(True, False), (False, True)}),
        (("2001:db8::/32", "2001:db8::/33"), {(False, False), (True, False), (True, True)}),
        (("256.*", "10.0.0.0.1*"), {(False, False)}),
    ],
)
def test_there_is_an_address_for_every_class(patterns: tuple[str, ...], classes: set[tuple[bool, ...]]) -> None:
    found = [address for address, _words in addresses.classes(patterns)]
    assert {tuple(addresses.matches(one, pattern) for pattern in patterns) for one in found} == classes
    assert all(str(ipaddress.ip_address(one)) == one for one in found)


@pytest.mark.parametrize("pattern", ["10.1", "1", "010.0.0.1", "fe80::1%eth0", "2001:db8:*", "?*", "a*", "1" * 300])
def test_a_form_that_is_not_understood_is_unread(pattern: str) -> None:
    assert addresses.unknown((pattern,)) == (pattern,)


@pytest.mark.parametrize(
    ("address", "listed", "expected"),
    [
        ("10.1.2.3", "10.0.0.0/8,!10.1.0.0/16", False),
        ("10.1.2.3", "!10.1.0.0/16,10.0.0.0/8", False),
        ("10.2.2.3", "!10.1.0.0/16,10.0.0.0/8", True),
        ("11.2.2.3", "!10.1.0.0/16,10.0.0.0/8", None),
        ("10.1.2.3", "10.0.0.0/255.0.0.0", None),
    ],
)
def test_a_list_of_addresses_is_read_as_sshd_reads_it(address: str, listed: str, expected: bool | None) -> None:
    assert addresses.is_in(address, listed) is expected


@given(TEXT)
def test_no_pam_file_breaks_the_walk(text: str) -> None:
    try:
        found = pam.minimal(pam.stack_of("sshd", lambda name: f"auth required pam_unix.so\n{text}"))
    except Unreadable:
        return
    assert all("password" in one or any(factor.startswith("unknown:") for factor in one) for one in found) or found


@pytest.mark.parametrize("control", ['[success="x]', "[success=²]", "[default=99999999999999999999]"])
def test_a_control_that_is_none_breaks_nothing(control: str) -> None:
    assert pam.minimal(pam.stack_of("sshd", lambda name: f"auth {control} pam_unix.so\n")) == frozenset()


def test_a_stack_of_stacks_is_bounded() -> None:
    substacks = {"sshd": "auth substack a\n" * 90, "a": "auth substack b\n" * 90}
    includes = {"sshd": "@include a\n" * 90, "a": "@include b\n" * 90}
    long = {"sshd": "auth required pam_unix.so\n" * 150 + "auth substack a\n", "a": "auth required pam_unix.so\n" * 150}
    for files in (substacks, includes, long):
        with pytest.raises(Unreadable, match="too many"):
            pam.stack_of("sshd", defaultdict(str, files).__getitem__)


FAILLOCK = """auth required pam_faillock.so preauth
auth [success=1 default=bad] pam_unix.so
auth [default=die] pam_faillock.so authfail
auth sufficient pam_faillock.so authsucc
auth required pam_deny.so
"""


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # A reset within a stack of its own takes back what came about within it, and no more.
        ("auth required pam_unix.so\nauth substack other\n", {frozenset({"password"})}),
        # A jump beyond the last line lets no one in; one to just behind it does.
        ("auth [success=1 default=die] pam_unix.so\n", set()),
        ("auth required pam_permit.so\nauth [success=1 default=die] pam_unix.so\nauth required pam_deny.so\n",
         {frozenset({"password"})}),
        # The example of pam_faillock(8), by itself and behind a code.
        (FAILLOCK, {frozenset({"password"})}),
        ("auth required pam_google_authenticator.so\n" + FAILLOCK, {frozenset({"otp", "password"})}),
        ("auth sufficient pam_faillock.so authfail\n" + "auth required pam_deny.so\n",
         {frozenset({"unknown:pam_faillock"})}),
    ],
)  # fmt: skip
def test_a_stack_ends_as_pam_itself_ends_it(lines: str, expected: set[frozenset[str]]) -> None:
    """Each as Linux-PAM 1.7 answered; 16,000 random stacks were held to it so."""
    files = {"sshd": lines, "other": "auth [default=reset] pam_google_authenticator.so\n"}
    assert pam.minimal(pam.stack_of("sshd", files.__getitem__)) == expected


UNIX = "auth required pam_unix.so\n"
PERMIT, DENY = "auth sufficient pam_permit.so\n", "auth required pam_deny.so\n"


@pytest.mark.parametrize(
    "lines",
    [
        "# a comment goes on nowhere \\\n" + PERMIT + DENY,
        "auth sufficient pam_deny.so # nor behind a line \\\n" + PERMIT + DENY,
        "auth \\ \nsufficient pam_permit.so\n" + DENY,
        "AUTH sufficient pam_permit.so\n" + DENY,
        "-Auth sufficient pam_permit.so\n" + DENY,
        "@Include permitting\n" + DENY,
        "auth INCLUDE permitting\n" + DENY,
        "auth Substack permitting\n",
        "auth [success = done default=ignore] pam_permit.so\n" + DENY,
        "auth required [pam_permit.so]\n",
        "auth required pam_google_authenticator.so [nullok]\n" + PERMIT,
        "auth sufficient pam_u2f.so alwaysok\n" + DENY,
        "auth required pam_yubico.so id=1 alwaysok\n",
        "auth [default=bad success= 1] pam_permit.so\n" + DENY + PERMIT,
    ],
)
def test_a_pam_file_is_read_as_pam_itself_reads_it(lines: str) -> None:
    """Each let in who has nothing to show by Linux-PAM 1.7, and by Debian 13's modules."""
    files = {"sshd": lines, "permitting": PERMIT}
    assert pam.minimal(pam.stack_of("sshd", files.__getitem__)) == {frozenset()}


class PamFiles(Host):
    """A host of which only files are there."""

    id = "srv-1"

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def execute(self, command: Command) -> Output:
        raise AssertionError(command.argv)

    def read(self, path: str, *, limit: int) -> bytes:
        if path not in self._files:
            raise Missing(f"{path} is not there")
        return self._files[path].encode()


def test_a_service_of_the_distribution_s_folder_is_read_there() -> None:
    """Linux-PAM 1.7 did, and preferred its administrator's."""
    files = {"/etc/pam.d/other": DENY, "/usr/lib/pam.d/sshd": "@include permitting\n", "/etc/pam.d/permitting": PERMIT}
    assert pam.asked_by(PamFiles(files), "sshd").alternatives == {frozenset()}
    assert pam.asked_by(PamFiles({**files, "/etc/pam.d/sshd": DENY}), "sshd").alternatives == set()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("auth [success=ignore perm_denied=1 default=die] pam_access.so\nauth required pam_oath.so\n" + UNIX,
         {frozenset({"otp", "password"}), frozenset({"unknown:pam_access", "password"})}),
        ("auth [success=ok cred_unavail=reset default=die] pam_u2f.so\nauth required pam_permit.so\n",
         {frozenset({"key"}), frozenset({"unknown:pam_u2f"})}),
        ("auth [success=1 user_unknown=ignore default=die] pam_u2f.so\nauth required pam_deny.so\n" + UNIX,
         {frozenset({"key", "password"})}),
        # Debian 13's pam_duo let in by the password alone: unconfigured, and who is of none of its `groups`.
        (UNIX + "auth required pam_duo.so\n", {frozenset({"password", "unknown:pam_duo"})}),
        # As Debian and Red Hat write them for a directory.
        ("auth [success=done authinfo_unavail=ignore default=die] pam_sss.so\n" + UNIX, {frozenset({"password"})}),
    ],
)  # fmt: skip
def test_whom_a_module_refuses_by_a_name_that_is_passed_over_is_not_known(
    lines: str, expected: set[frozenset[str]]
) -> None:
    assert pam.minimal(pam.stack_of("sshd", lambda name: lines)) == expected


@pytest.mark.parametrize(
    ("control", "kept_out"),
    [
        ("required", True),
        ("[success=ok user_unknown=ignore default=bad]", True),
        ("[success=ok acct_expired=ignore default=bad]", False),
        ("[success=ok default=ignore]", False),
    ],
)
def test_an_account_that_has_expired_is_not_unknown_to_pam(control: str, kept_out: bool) -> None:
    others = "account [success=ok user_unknown=ignore default=bad] pam_sss.so\naccount required pam_permit.so\n"
    lines = f"account {control} pam_unix.so\n{others}"
    assert pam.keeps_expired_out(PamFiles({"/etc/pam.d/sshd": lines}), "sshd") is kept_out


@pytest.mark.parametrize("between", ["", "# no other version does what this one does"])
def test_a_pam_line_that_goes_on_in_none_is_told(between: str) -> None:
    with pytest.raises(Unreadable, match="goes on"):
        pam.stack_of("sshd", lambda name: f"auth required \\\n{between}\npam_deny.so\n")


def test_an_owner_that_is_no_number_is_a_name() -> None:
    found, _gaps = traces.parse("cron ² /var/spool/cron/crontabs/²\n".encode(), "srv-1")
    assert list(traces.by_account(found, [(2, "two")])) == [("²", "cron /var/spool/cron/crontabs/²")]


def test_a_pam_file_that_includes_itself_is_told() -> None:
    with pytest.raises(Unreadable, match="includes itself"):
        pam.stack_of("sshd", lambda name: "@include sshd\n")


def test_a_pam_service_is_a_name_and_no_way_elsewhere() -> None:
    with pytest.raises(Unreadable, match="no file name"):
        pam.stack_of("sshd", lambda name: "@include ../shadow\n")


# Recorded from cvtsudoers 1.9.16p2 with -e -f json.
RULES = b"""{"Defaults": [{"Options": [{ "env_reset": true }]}], "User_Specs": [
 {"User_List": [{ "username": "alice" }, { "usergroup": "wheel" }, { "username": "eve", "negated": true }]},
 {"User_List": [{ "userid": 1234 }, { "username": "ALL" }, { "netgroup": "net" }]}]}"""


def test_rules_name_accounts_groups_and_numbers_and_what_cannot_be_told_is_kept() -> None:
    people = accounts.parse(
        b"root:x:0:0::/root:/bin/sh\nnumber:x:1234:1234::/:/bin/sh\nbob:x:1001:1001::/:/bin/sh\n",
        b"wheel:x:10:bob\n",
    )
    rules = sudoers.parse(RULES)
    assert rules.named(people) == {"alice", "number"}
    assert rules.by_group(people) == {"root", "number", "bob"}
    assert rules.others == {"netgroup net"}


@pytest.mark.parametrize(
    ("day", "now", "expired"),
    [
        ("20000", "2024-10-03T23:59:59+00:00", False),
        ("20000", "2024-10-04T00:00:00+00:00", True),
        ("20000", "2024-10-04T01:59:00+02:00", False),
        ("0", "2026-11-24T00:00:00+00:00", True),
        ("", "2026-11-24T00:00:00+00:00", False),
        ("-1", "2026-11-24T00:00:00+00:00", False),
    ],
)
def test_an_account_expires_when_its_day_begins(day: str, now: str, expired: bool) -> None:
    """Of pam_unix: it counts days of UTC since 1970, and takes the day itself for expired."""
    ((_kind, expires),) = accounts.parse_shadow(f"adupont:set:{day}\n".encode()).values()
    account = Account(name="adupont", uid=1000, gid=1000, home="/", shell="/bin/sh", expires=expires)
    assert account.expired(datetime.fromisoformat(now)) is expired
    assert expires in (None, date(1970, 1, 1), date(2024, 10, 4))


@pytest.mark.parametrize(
    ("lines", "classes"),
    [
        ((), {"*"}),
        (("Address 10.0.0.0/8",), {"*", "10.0.0.0/8"}),
        (("Address 10.0.0.0/8,!10.9.0.0/16",), {"*", "10.0.0.0/8", "10.9.0.0/16"}),
        (("address=2001:db8:1::/48",), {"*", "2001:db8:1::/48"}),
        (("Address 192.168.*,10.0.0.?",), {"*", "192.168.*", "10.0.0.?"}),
        (("Address 192.0.2.0/24", "Address 192.0.2.77"), {"*", "192.0.2.0/24", "192.0.2.77"}),
        (("Address 0.0.0.0/0,::/0",), {"0.0.0.0/0", "::/0"}),
        (("LocalPort 2222",), {"*:2222", "*:22"}),
        (("User anne", "all"), {"*"}),
    ],
)
def test_there_is_one_class_for_each_set_of_patterns(lines: tuple[str, ...], classes: set[str]) -> None:
    found = origins.origins_of(origins.conditions_in(line.split() for line in lines), resolves=False)
    assert {one.words for one in found} == classes


def test_a_name_pattern_is_one_of_addresses_unless_sshd_looks_names_up() -> None:
    conditions = origins.conditions_in([("Host", "*.scota.example")])
    assert {one.name for one in origins.origins_of(conditions, resolves=True)} == {"", "1.scota.example"}
    assert {one.name for one in origins.origins_of(conditions, resolves=False)} == {""}


def test_each_server_has_the_lines_of_its_own_configuration() -> None:
    said = (
        "server\t-f\t/etc/ssh/admin\t-o\tPort=2222\nline\tmatch\tall\nline\tinclude\tx\n"
        "denied\t/etc/ssh/x\nserver\nnoshell\t/bin/gone\nunsure\tan sshd\ncut\tthe files\n"
        "runs\tbash\nruns\tcockpit\nruns\txrdp\nruns\tcockpit-ws\nruns\tdropbear2\n"
    )
    doors = sshd.parse_doors(said)
    own, usual = doors.lines
    assert (own.file, own.arguments) == ("/etc/ssh/admin", ("-f", "/etc/ssh/admin", "-o", "Port=2222"))
    assert (usual.name, usual.file, sshd.conditions_of(doors, usual, "srv-1")) == ("sshd", sshd.DEFAULT_FILE, ())
    assert doors.others == ("cockpit", "xrdp")
    assert doors.shells == {"/bin/gone"}
    assert doors.unsure == ("an sshd", "not all of it was read: the files")
    with pytest.raises(Denied, match="may not be read"):
        sshd.conditions_of(doors, own, "srv-1")
    with pytest.raises(Unreadable):
        sshd.parse_doors("Welcome\n")


def test_a_refusal_and_an_answer_that_is_none_are_told_apart() -> None:
    with pytest.raises(Denied, match="sudo sshd"):
        sshd.parse_policies(b"== 1 user=root\nsshd: no hostkeys available -- exiting.\n", "srv-1", "sudo sshd -T")
    with pytest.raises(Exited):
        sshd.parse_policies(b"== 0 user=root\nport 22\n", "srv-1", "sudo sshd -T")


LINE = b"key\t1\tanne\t/k\t\tssh-rsa\t7\n"
PRINT = b"3072 SHA256:" + b"a" * 43 + b" 1 (RSA)\n"


@pytest.mark.parametrize(
    ("text", "expires"),
    [
        (b"20261124Z", datetime(2026, 11, 24, tzinfo=UTC)),
        # In the machine's own zone, which may be twelve hours behind.
        (b"20261124", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (b"20269924", None),
        (b"99991231235959", None),
    ],
)
def test_an_expiry_that_is_no_date_is_none(text: bytes, expires: datetime | None) -> None:
    line = LINE.replace(b"\t\tssh", b"\t,expires:" + text + b"\tssh")
    (one,) = keys.parse(line + PRINT, "srv-1").found
    assert one.expires == expires


def test_a_line_that_ssh_keygen_takes_for_no_key_is_a_gap() -> None:
    found = keys.parse(LINE + b"(stdin) is not a public key file.\n", "srv-1")
    assert found.found == ()
    assert [gap.detail for gap in found.within({"anne": ("/k",)}, "srv-1", ()).gaps] == [
        "ssh-keygen reads no key in line 7 of /k on srv-1"
    ]
    assert found.within({"anne": ("/other",)}, "srv-1", ()).gaps == ()


def test_a_line_of_which_one_reading_is_a_key_is_no_gap() -> None:
    found = keys.parse(LINE + LINE.replace(b"1\tanne", b"2\tanne") + PRINT, "srv-1")
    assert (len(found.found), found.gaps) == (1, ())


def test_what_was_not_looked_at_is_a_gap_of_every_account() -> None:
    found = keys.parse(b"cut\tmore than 200 files of keys are named\n", "srv-1").within({}, "srv-1", ())
    assert [gap.reason for gap in found.gaps] == [Reason.UNREADABLE]


def test_a_machine_without_ssh_keygen_is_told() -> None:
    with pytest.raises(ToolMissing):
        keys.parse(b"no ssh-keygen\n", "srv-1")


def test_a_file_of_keys_that_nobody_looked_for_is_a_gap_and_others_stay_apart() -> None:
    line = b"key\t1\tanne\t%s\t\tssh-rsa\t1\n3072 SHA256:" + b"a" * 43 + b" 1 (RSA)\nodd\t/other\tPermission denied\n"
    found = keys.parse(b"files\t%h/k\n" + line % b"/home/anne/k", "srv-1")
    own = found.within({"anne": ("/home/anne/k",)}, "srv-1", ("%h/k",))
    assert (len(own.found), own.gaps) == (1, ())
    other = found.within({"anne": ("/other",)}, "srv-1", ("/other",))
    assert other.found == ()
    assert [gap.detail for gap in other.gaps] == [
        "/other on srv-1 Permission denied",
        "keys in /other on srv-1 were not looked for",
    ]
