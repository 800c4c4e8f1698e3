"""What is left of someone on a real machine, and what of it can be seen by whom."""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.core.deadline import Deadline
from agent.core.facts.access import ADMINISTRATOR, KEY, RIGHT, account_of, keys_in
from agent.core.host import Host
from agent.core.inventory import DeclaredHost, Door
from agent.core.judging.departures import Leaver, RemainingAccess, left_in, rights_in
from agent.core.reason import Reason
from agent.hosts import root_requests
from agent.hosts.connections import Connections
from agent.hosts.local import LocalHost
from tests.collectors.access.conftest import NOW, LookAt, Seen, look_at
from tests.parts.cell import Cell, CellHost
from tests.parts.ports import free_port
from tests.parts.sshd import running_sshd

pytestmark = pytest.mark.programs
HOME = "/home/adupont/.ssh"
AS_BMARTIN = "setpriv --reuid 1001 --regid 1001 --clear-groups"
ANNE = Leaver(accounts=frozenset({"adupont"}))


def left(seen: Seen, leaver: Leaver = ANNE) -> tuple[RemainingAccess, set[str]]:
    """Return what a look shows of someone."""
    return left_in(seen.observation, leaver), set(rights_in(seen.observation, leaver))


def test_keys_are_known_by_the_fingerprint_that_ssh_keygen_gives_and_never_leave(cell: Cell, look: LookAt) -> None:
    lines = [cell.key("one"), cell.key("two", kind="ecdsa"), cell.key("three", kind="rsa")]
    cell.write(f"{HOME}/authorized_keys", "".join(lines))
    seen = look()
    found = {key.fingerprint for account, key in keys_in(seen.observation) if account == "adupont"}
    assert found == {cell.fingerprint(one) for one in lines}
    kept = repr(seen.observation)
    assert not any(line.split()[1][:40] in kept or line.split()[2] in kept for line in lines)
    assert "$6$" not in kept


def test_a_locked_account_with_a_key_is_a_right_that_remains(cell: Cell, look: LookAt) -> None:
    cell.write(f"{HOME}/authorized_keys", cell.key("one"))
    cell.run("usermod", "-L", "adupont")
    state, rights = left(look())
    assert state is RemainingAccess.RIGHTS
    assert "account adupont" in rights


def test_an_expired_account_whose_key_lies_under_root_is_not_gone(cell: Cell, look: LookAt) -> None:
    line = cell.key("one")
    cell.write("/root/.ssh/authorized_keys", line)
    cell.run("chage", "-E", "0", "adupont")
    assert left(look())[0] is RemainingAccess.NOTHING
    fingerprint = cell.fingerprint(line)
    known = Leaver(accounts=frozenset({"adupont"}), keys=frozenset({fingerprint}))
    assert left(look(), known) == (RemainingAccess.RIGHTS, {f"key {fingerprint} (root)"})


@pytest.mark.parametrize("folder", ["/etc/dropbear/initramfs", "/etc/dropbear-initramfs"])
def test_a_key_that_unlocks_the_disk_keeps_a_departure_open(cell: Cell, look: LookAt, folder: str) -> None:
    """It has root's shell as the machine starts; to sshd it is no way in."""
    line = cell.key("anne")
    cell.run("userdel", "adupont")
    cell.policy("PasswordAuthentication no", "KbdInteractiveAuthentication no")
    cell.write(f"{folder}/authorized_keys", f'command="/usr/bin/cryptroot-unlock" {line}')
    known = Leaver(accounts=frozenset({"adupont"}), keys=frozenset({cell.fingerprint(line)}))
    seen = look()
    assert left(seen, known) == (RemainingAccess.RIGHTS, {f"key {cell.fingerprint(line)} (root)"})
    assert seen.ways == {}


@pytest.mark.parametrize("where", ["sshd", "authorized_keys"])
def test_certificates_of_an_authority_keep_a_departure_open(cell: Cell, look: LookAt, where: str) -> None:
    """One for the principal `adupont` opens root's account when no account, key or rule is left."""
    authority = cell.key("authority")
    cell.run("userdel", "adupont")
    assert left(look())[0] is RemainingAccess.NOTHING
    if where == "sshd":
        cell.write("/etc/ssh/authority.pub", authority)
        cell.policy("TrustedUserCAKeys /etc/ssh/authority.pub", "AuthorizedPrincipalsFile /etc/ssh/principals/%u")
    else:
        cell.write("/root/.ssh/authorized_keys", f'cert-authority,principals="adupont" {authority}')
    seen = look()
    assert left(seen) == (RemainingAccess.UNTOLD, set())
    assert "certificates" in seen.gaps["hidden-keys"].detail


@pytest.mark.parametrize(
    ("lines", "seen_as"),
    [
        ("", RemainingAccess.NOTHING),
        ("account required pam_nologin.so\naccount required pam_unix.so\n", RemainingAccess.NOTHING),
        ("account required pam_permit.so\n", RemainingAccess.UNTOLD),
        ("account sufficient pam_succeed_if.so user ingroup x\n@include common-account\n", RemainingAccess.UNTOLD),
    ],
)
def test_an_account_has_expired_only_where_pam_asks_for_it(
    cell: Cell, look: LookAt, lines: str, seen_as: RemainingAccess
) -> None:
    """Without pam_unix among the `account` lines a real sshd let one in, and without PAM it did not.

    The first is Debian's own file.
    """
    cell.run("chage", "-E", "0", "adupont")
    if lines:
        cell.write("/etc/pam.d/sshd", f"@include common-auth\n{lines}")
    assert left(look())[0] is seen_as
    cell.write("/etc/ssh/sshd_config", "HostKey /etc/ssh/host_key\nUsePAM no\n")
    assert left(look())[0] is RemainingAccess.NOTHING


def test_an_account_that_expires_today_is_let_in_without_pam(cell: Cell, look: LookAt) -> None:
    """A real sshd let one in by key and by password until midnight UTC; with PAM, and a day later, it did not."""
    day = (NOW.date() - date(1970, 1, 1)).days
    cell.run("chage", "-E", str(day), "adupont")
    assert left(look())[0] is RemainingAccess.NOTHING
    cell.write("/etc/ssh/sshd_config", "HostKey /etc/ssh/host_key\nUsePAM no\n")
    seen = look()
    assert left(seen)[0] is RemainingAccess.UNTOLD
    assert "lets in who expires today" in seen.gaps["sshd"].detail
    cell.run("chage", "-E", str(day - 1), "adupont")
    assert left(look())[0] is RemainingAccess.NOTHING


def test_an_expired_account_of_someone_else_hides_no_account_that_has_not(cell: Cell, look: LookAt) -> None:
    cell.run("chage", "-E", "0", "bmartin")
    cell.write("/etc/pam.d/sshd", "@include common-auth\naccount required pam_permit.so\n")
    assert left(look()) == (RemainingAccess.RIGHTS, {"account adupont"})


def test_an_account_has_expired_by_the_service_that_its_own_sshd_asks(cell: Cell, look: LookAt) -> None:
    cell.run("chage", "-E", "0", "adupont")
    cell.write("/etc/pam.d/other-sshd", "@include common-auth\naccount required pam_permit.so\n")
    cell.policy("Match User adupont", "PAMServiceName other-sshd")
    assert left(look())[0] is RemainingAccess.UNTOLD


def test_rules_jobs_and_lingering_units_outlive_an_account(cell: Cell, look: LookAt) -> None:
    cell.run("userdel", "adupont")
    assert left(look())[0] is RemainingAccess.NOTHING
    cell.write("/etc/sudoers", "@includedir /etc/sudoers.d\n", mode=0o440)
    cell.write("/etc/sudoers.d/anne", "adupont ALL=(ALL) NOPASSWD: ALL\n", mode=0o440)
    cell.write("/var/spool/cron/crontabs/adupont", "0 3 * * * /bin/true\n", mode=0o600)
    cell.write("/etc/cron.d/report", "MAILTO=root\n0 3 * * * adupont /bin/true\n@daily root /bin/true\n")
    # A real cron ran none of these.
    for unread in ("report~", "report.rpmsave"):
        cell.write(f"/etc/cron.d/{unread}", "0 3 * * * adupont /bin/true\n")
    cell.write("/var/lib/systemd/linger/adupont", "")
    cell.write("/etc/systemd/system/report.service", "[Service]\nUser=adupont\nExecStart=/bin/true\n")
    cell.write("/etc/systemd/system/report:weekly.service", "[Service]\n User = adupont\nExecStart=/bin/true\n")
    cell.write("/run/systemd/transient/run-r1.service", "# This is a transient unit file\n[Service]\nUser=adupont\n")
    assert left(look())[1] == {
        "sudo (adupont)",
        "cron /var/spool/cron/crontabs/adupont (adupont)",
        "cron /etc/cron.d/report (adupont)",
        "linger (adupont)",
        "unit /etc/systemd/system/report.service (adupont)",
        "unit /etc/systemd/system/report:weekly.service (adupont)",
        "unit /run/systemd/transient/run-r1.service (adupont)",
    }


def test_a_unit_that_is_linked_from_elsewhere_is_seen_as_any_other(cell: Cell, look: LookAt) -> None:
    """`systemctl link` makes such links; what a user has laid there is read as a file of keys is."""
    cell.run("userdel", "adupont")
    units = cell.root / "etc/systemd/system"
    units.mkdir(parents=True)
    cell.write("/home/bmartin/app.service", "[Service]\nUser=adupont\nExecStart=/bin/true\n")
    for name, target in (("app", "/home/bmartin/app.service"), ("gone", "/nowhere"), ("masked", "/dev/null")):
        (units / f"{name}.service").symlink_to(target)
    # systemd 252 and 257 find no unit by this one alone.
    (units / "multi-user.target.wants").mkdir()
    (units / "multi-user.target.wants/left.service").symlink_to("/home/bmartin/app.service")
    assert left(look())[1] == {"unit /etc/systemd/system/app.service (adupont)"}
    os.mkfifo(cell.root / "home/bmartin/pipe")
    (units / "app.service").unlink()
    (units / "pipe.service").symlink_to("/home/bmartin/pipe")
    assert left(look())[0] is RemainingAccess.UNTOLD


@pytest.mark.skipif(os.geteuid() != 0, reason="the tests run without root's rights: they have none to give up")
def test_a_linked_unit_that_may_not_be_read_is_told(cell: Cell, look: LookAt) -> None:
    cell.write("/srv/closed/app.service", "[Service]\nUser=adupont\nExecStart=/bin/true\n")
    (cell.root / "srv/closed").chmod(0o700)
    cell.write("/srv/own.service", "[Service]\nUser=adupont\nExecStart=/bin/true\n", mode=0o600)
    units = cell.root / "etc/systemd/system"
    units.mkdir(parents=True)
    links = {
        "app": "/srv/closed/app.service",
        "own": "/srv/own.service",
        "gone": "/nowhere/x",
        "turns": "turns.service",
    }
    for name, target in links.items():
        (units / f"{name}.service").symlink_to(target)
    told = {gap.detail.split(" ")[0] for gap in look(before=tuple(AS_BMARTIN.split())).observation.gaps}
    assert {path for path in told if "systemd" in path} == {
        "/etc/systemd/system/app.service",
        "/etc/systemd/system/own.service",
    }


# systemd 252 and 257 (`systemctl show --all -p Id,User,FragmentPath`), tried.
LOADED = """#!/bin/sh
[ "$2" = --all ] && cat <<'end'
User=
Id=getty@tty1.service
FragmentPath=/usr/lib/systemd/system/getty@.service

User=adupont
Id=backup@adupont.service
FragmentPath=/usr/lib/systemd/system/backup@.service

User=adupont
Id=report.service
FragmentPath=/usr/lib/systemd/system/report.service

User=messagebus
Id=dbus.service
FragmentPath=/usr/lib/systemd/system/dbus.service

User=messagebus
Id=beffroi-reader@0-161-996.service
FragmentPath=/etc/systemd/system/beffroi-reader@.service

User=1001
Id=user@1001.service
FragmentPath=/usr/lib/systemd/system/user@.service
end
"""


def test_a_unit_is_seen_that_systemd_alone_can_tell(cell: Cell, look: LookAt) -> None:
    cell.run("userdel", "adupont")
    cell.write("/run/systemd/system/x", "")
    cell.write("/opt/systemctl", LOADED, mode=0o755)
    opt = ("env", "PATH=/opt:/usr/sbin:/usr/bin:/sbin:/bin")
    seen = look(before=opt)
    assert left(seen)[1] == {
        "unit backup@adupont.service (adupont)",
        "unit /usr/lib/systemd/system/report.service (adupont)",
    }
    assert seen.values(RIGHT, "messagebus") == {"unit /usr/lib/systemd/system/dbus.service"}
    assert not seen.values(RIGHT, "bmartin")
    cell.write("/opt/systemctl", '#!/bin/sh\n[ "$2" != --all ]\n', mode=0o755)
    assert "units that systemd has loaded" in look(before=opt).gaps["traces"].detail


@pytest.mark.parametrize(
    ("job", "expected"),
    [("", set()), ("#0 3 * * * /srv/job\n", set()), ("0 3 * * * A=1 /srv/job\n", {"adupont"})],
)
def test_a_crontab_of_comments_and_settings_alone_is_no_right(
    cell: Cell, look: LookAt, job: str, expected: set[str]
) -> None:
    """`crontab -e` leaves one so."""
    cell.write("/var/spool/cron/crontabs/adupont", f'# m h dom mon dow command\n\nMAILTO = anne\n"A"=b\n{job}')
    cell.write("/etc/cron.d/#job#", "0 3 * * * bmartin /srv/job\n")
    seen = look()
    assert {
        account_of(fact) for fact in seen.observation.named(RIGHT) if str(fact.value).startswith("cron")
    } == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a process and a file another owner")
def test_a_session_and_a_waiting_job_are_known_by_their_owner(cell: Cell, look: LookAt) -> None:
    cell.write("/var/spool/cron/atjobs/a0000101c8", "#!/bin/sh\n", mode=0o700)
    os.chown(cell.root / "var/spool/cron/atjobs/a0000101c8", 1000, 1000)
    seen = look(before=("sh", "-c", f'{AS_BMARTIN} sleep 30 & exec "$@"', "sh"))
    rights = {(account_of(fact), str(fact.value)) for fact in seen.observation.named(RIGHT)}
    assert {("adupont", "at"), ("bmartin", "session")} <= rights


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a process another owner")
def test_a_session_is_each_account_s_that_has_its_number(cell: Cell, look: LookAt) -> None:
    """But root's processes are root's alone: they would keep the departure of a second such account open for ever."""
    cell.run("useradd", "-M", "-o", "-u", "1000", "service")
    cell.run("useradd", "-M", "-o", "-u", "0", "second")
    seen = look(
        before=("sh", "-c", 'setpriv --reuid 1000 --regid 1000 --clear-groups sleep 30 & sleep 0.3; exec "$@"', "sh")
    )
    sessions = {account_of(fact) for fact in seen.observation.named(RIGHT) if fact.value == "session"}
    assert sessions == {"adupont", "root", "service"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a container without a user namespace")
@pytest.mark.parametrize(
    ("started", "expected"),
    [
        ("unshare --pid --fork --root=/usr /bin/setpriv {as} /bin/sleep 30", set()),
        ("unshare --pid --fork setpriv {as} sleep 30", {"session (uid:1000)"}),
        ("chroot /usr /bin/setpriv {as} /bin/sleep 30", {"session (uid:1000)"}),
        ("setpriv {as} sleep 30", {"session (uid:1000)"}),
    ],
)
def test_a_process_of_a_container_is_no_session_of_who_has_its_number(
    cell: Cell, look: LookAt, started: str, expected: set[str]
) -> None:
    """Images run as 1000 or 1001, which no account of the machine has to do with."""
    cell.run("userdel", "adupont")
    start = started.format_map({"as": "--reuid 1000 --regid 1000 --clear-groups"})
    seen = look(before=("sh", "-c", f'{start} & sleep 0.3; exec "$@"', "sh"))
    assert left(seen, Leaver(accounts=ANNE.accounts, numbers=frozenset({"1000"})))[1] == expected


def test_what_a_user_plants_costs_no_more_than_itself(cell: Cell, look: LookAt) -> None:
    os.mkfifo(cell.root / f"{HOME[1:]}/authorized_keys")
    (cell.root / f"{HOME[1:]}/authorized_keys2").symlink_to("/dev/zero")
    cell.write("/home/bmartin/.ssh/authorized_keys", "$(reboot) `id` ssh-ed25519 AAAA';id;' x\n" + cell.key("good"))
    seen = look()
    assert len(seen.values(KEY, "bmartin")) == 1
    details = [gap.detail for gap in seen.observation.gaps]
    assert {gap.reason for gap in seen.observation.gaps} == {Reason.UNREADABLE}
    assert [" is no regular file" in detail for detail in details] == [True, False]
    assert "lines that are no key and no comment: 1, the first is line 1" in details[1]


def test_a_file_of_keys_that_is_far_too_large_is_told(cell: Cell, look: LookAt) -> None:
    cell.write(f"{HOME}/authorized_keys", "# x\n" * 300_000 + cell.key("one"))
    assert "too large" in look().gaps["keys"].detail


def test_accounts_of_a_directory_are_told_as_not_seen(cell: Cell, look: LookAt) -> None:
    cell.write("/etc/nsswitch.conf", "passwd: files sss [NOTFOUND=return] systemd\ngroup: files\nshadow: files\n")
    seen = look()
    assert seen.gaps["directory"].reason is Reason.UNREADABLE
    assert left(seen, Leaver(accounts=frozenset({"gone"})))[0] is RemainingAccess.UNTOLD
    cell.write("/etc/nsswitch.conf", "passwd: files systemd\ngroup: files systemd\ninitgroups: files ldap\n")
    assert "initgroups: ldap" in look().gaps["directory"].detail
    cell.write("/etc/nsswitch.conf", "passwd: compat\npasswd_compat: sss\ngroup: files\n")
    assert "passwd_compat: sss" in look().gaps["directory"].detail


def test_an_account_that_a_directory_lists_may_have_expired_there(cell: Cell, look: LookAt) -> None:
    # A real sshd let no one in whom nslcd listed with a shadowExpire that had passed.
    cell.run("sed", "-i", "/^adupont:/d", "/etc/shadow")
    leaver = Leaver(accounts=frozenset({"adupont"}))
    assert left(look(), leaver)[0] is RemainingAccess.RIGHTS
    cell.write("/etc/nsswitch.conf", "passwd: files ldap\ngroup: files\nshadow: files ldap\n")
    cell.policy("PasswordAuthentication yes")
    cell.run("gpasswd", "-d", "adupont", "sudo")
    seen = look()
    assert left(seen, leaver) == (RemainingAccess.UNTOLD, set())
    assert seen.alternatives("adupont") == {"unknown:directory"}
    assert seen.alternatives("bmartin") == {"password"}
    cell.write("/home/adupont/.ssh/authorized_keys", cell.key("own"))
    assert left(look(), leaver)[0] is RemainingAccess.RIGHTS


@pytest.mark.skipif(os.geteuid() != 0, reason="the tests run without root's rights: they have none to give up")
def test_without_root_s_rights_each_part_says_what_settles_it(cell: Cell, look: LookAt) -> None:
    cell.write("/etc/sudoers", "root ALL=(ALL) ALL\n", mode=0o440)
    for folder in ("root", "var/spool/cron/crontabs"):
        (cell.root / folder).chmod(0o700)
    seen = look(before=tuple(AS_BMARTIN.split()))
    assert {name: gap.reason for name, gap in seen.gaps.items()} == dict.fromkeys(
        ("shadow", "sudo", "sshd", "keys", "traces"), Reason.DENIED
    )
    assert "sudo sshd -T -C user=root,host=" in seen.gaps["sshd"].detail
    assert left(seen)[0] is RemainingAccess.UNTOLD


def test_of_the_rules_of_sudo_no_command_is_told(cell: Cell, look: LookAt) -> None:
    """Some hold a password as an argument."""
    cell.write("/etc/sudoers", "Defaults mailto=x@y.example\nbmartin ALL=(ALL) /bin/x --key sesame\\, 1\n", mode=0o440)
    told = root_requests.ask(
        CellHost(LocalHost("srv-1"), cell), root_requests.RootRequest.SUDO, timedelta(seconds=60)
    ).text
    assert '"username": "bmartin"' in told
    assert not any(word in told for word in ("sesame", "/bin/x", "mailto"))
    assert look().values(ADMINISTRATOR, "bmartin") == {frozenset({"sudo"})}
    cell.write("/etc/sudoers", "bmartin ALL=(ALL) /bin/x --key sesame = (\n", mode=0o440)
    told = root_requests.ask(
        CellHost(LocalHost("srv-1"), cell), root_requests.RootRequest.SUDO, timedelta(seconds=60)
    ).text
    assert "syntax error" in told and "sesame" not in told
    assert look().gaps["sudo"].reason is Reason.UNREADABLE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can let another account use sudo")
def test_an_account_with_the_program_of_one_line_for_sudo_sees_what_root_sees(
    cell: Cell, look: LookAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell.policy(
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/keys/%u",
    )
    cell.write(f"{HOME}/authorized_keys", cell.key("one"), mode=0o600)
    cell.write("/etc/ssh/keys/adupont", cell.key("two"), mode=0o600)
    (cell.root / "home/adupont/.ssh").chmod(0o700)
    cell.write("/opt/beffroi-root", root_requests.program(), mode=0o755)
    cell.write("/etc/sudoers", 'bmartin ALL=(root) NOPASSWD: /opt/beffroi-root ""\n', mode=0o440)
    by_root = look()
    monkeypatch.setattr(root_requests, "PROGRAM", "/opt/beffroi-root")
    by_account = look(before=tuple(AS_BMARTIN.split()))

    def facts(seen: Seen) -> set[tuple[str, str, object]]:
        return {(one.name, one.subject, one.value) for one in seen.observation.facts if one.value != "session"}

    assert by_account.gaps == by_root.gaps == {}
    assert facts(by_account) == facts(by_root)
    assert len(by_account.values(KEY, "adupont")) == 2
    assert by_account.alternatives("adupont") == {"key"}


@pytest.fixture
def far(cell: Cell, tmp_path: Path) -> Iterator[Host]:
    """Return the machine behind a real sshd, whose only account leads into it."""
    with running_sshd(tmp_path / "sshd", force=cell.doorway) as sshd:
        declared = DeclaredHost(
            id="srv-1",
            transport="ssh",
            address=sshd.address,
            port=sshd.port,
            user=sshd.user,
            key_file=str(sshd.key_file),
            known_hosts=str(sshd.known_hosts),
        )
        with Connections((declared,), timeout=timedelta(seconds=60), find_secret=Path) as doors:
            yield doors.host("srv-1")


@pytest.mark.network
def test_the_same_is_seen_over_ssh(cell: Cell, look: LookAt, far: Host) -> None:
    cell.policy("PasswordAuthentication no", "Match Address 10.0.0.0/8", "PasswordAuthentication yes")
    cell.write(f"{HOME}/authorized_keys", cell.key("one"))
    cell.write("/etc/sudoers", "%sudo ALL=(ALL) ALL\n", mode=0o440)
    here, there = look(), look_at(far, now=NOW)
    assert there.gaps == here.gaps == {}

    def facts(seen: Seen) -> set[tuple[str, str, object]]:
        return {(one.name, one.subject, one.value) for one in seen.observation.facts if one.value != "session"}

    assert facts(there) == facts(here)
    assert there.alternatives("adupont", "sshd@10.0.0.0/8") == {"key", "password"}


def test_a_departure_is_carried_out_and_seen_with_the_tools_of_a_real_machine(cell: Cell, look: LookAt) -> None:
    cell.write(f"{HOME}/authorized_keys", cell.key("one"))
    states = [left(look())[0]]
    for command in (("usermod", "-L", "adupont"), ("rm", f"{HOME}/authorized_keys"), ("chage", "-E", "0", "adupont")):
        cell.run(*command)
        states.append(left(look())[0])
    assert states == [RemainingAccess.RIGHTS, RemainingAccess.RIGHTS, RemainingAccess.RIGHTS, RemainingAccess.NOTHING]
    cell.run("userdel", "adupont")
    assert left(look())[0] is RemainingAccess.NOTHING


@pytest.mark.skipif(os.geteuid() != 0, reason="without root's rights every process here has one owner")
def test_a_process_that_only_calls_itself_sshd_is_not_believed(cell: Cell, look: LookAt) -> None:
    """Else anyone could lead the look away to a configuration of their own."""
    cell.policy("PasswordAuthentication yes")
    cell.write("/tmp/mine", "HostKey /etc/ssh/host_key\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n")
    title = "sshd: /usr/sbin/sshd -f /tmp/mine [listener] 0 of 10-100 startups"
    cell.run("cp", "/usr/bin/sleep", "/tmp/sshd")
    (cell.root / "tmp").chmod(0o755)
    # Another's own program of that name, and one of root's that is called so.
    planted = f"""{AS_BMARTIN} bash -c 'exec -a "{title}" /tmp/sshd 30' & bash -c 'exec -a "{title}" sleep 30' & """
    seen = look(before=("sh", "-c", f'{planted} {seen_listening(2)}; exec "$@"', "sh"))
    assert {path for _account, path in seen.ways} == {"sshd@*"}
    assert seen.alternatives("adupont") == {"password"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's own programs are looked at")
def test_an_sshd_of_a_container_leads_to_no_file_of_its_choice(cell: Cell, look: LookAt) -> None:
    cell.policy("PasswordAuthentication yes")
    title = "sshd: /usr/sbin/sshd -f /etc/shadow [listener] 0 of 10-100 startups"
    cell.run("cp", "/usr/bin/sleep", "/tmp/sshd")
    planted = f"""unshare --pid --fork bash -c 'exec -a "{title}" /tmp/sshd 30' & """
    seen = look(before=("sh", "-c", f'{planted} {seen_listening(1)}; exec "$@"', "sh"))
    assert {path for _account, path in seen.ways} == {"sshd@*"}


def test_a_line_that_sshd_does_not_understand_is_told_by_its_place_alone(cell: Cell) -> None:
    cell.write("/etc/ssh/sshd_config", "HostKey /etc/ssh/host_key\nroot:$6$sesame 1\nPort sesame\n")
    host, question = CellHost(LocalHost("srv-1"), cell), "user=root,host=192.0.2.1,addr=192.0.2.1"
    told = root_requests.ask(host, root_requests.RootRequest.POLICIES, timedelta(seconds=60), lines=(question,)).text
    assert "/etc/ssh/sshd_config: line 2\n" in told
    assert "sesame" not in told


@pytest.mark.network
def test_a_listening_sshd_is_asked_and_so_is_the_installed_one(cell: Cell, look: LookAt) -> None:
    cell.policy("PasswordAuthentication yes")
    cell.write(
        "/etc/ssh/own",
        "HostKey /etc/ssh/host_key\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        f"ListenAddress 127.0.0.1:{free_port()}\nPidFile none\n",
    )
    cell.write(f"{HOME}/authorized_keys", cell.key("one"))
    started = f"/usr/sbin/sshd -Df /etc/ssh/own 2>/dev/null & {seen_listening(1)}"
    seen = look(before=("sh", "-c", f'{started}; exec "$@"', "sh"))
    assert {path: seen.alternatives("adupont", path) for _account, path in seen.ways} == {
        "sshd(-f /etc/ssh/own)@*": {"key"},
        "sshd@*": {"key", "password"},
    }


@pytest.mark.network
@pytest.mark.parametrize(("made", "name"), [("ln -s", "sshd-otp"), ("cp", "sshd-otp"), ("cp", "hpnsshd")])
def test_an_sshd_that_was_started_by_another_name_is_told(cell: Cell, look: LookAt, made: str, name: str) -> None:
    """A link gives it a service of PAM and a configuration of its own; a password alone opened a real one."""
    cell.policy("PasswordAuthentication no", "KbdInteractiveAuthentication no")
    cell.write(
        "/etc/ssh/own",
        f"HostKey /etc/ssh/host_key\nListenAddress 127.0.0.1:{free_port()}\nPidFile none\n",
    )
    cell.run(*made.split(), "/usr/sbin/sshd", f"/tmp/{name}")
    started = f"/tmp/{name} -Df /etc/ssh/own 2>/dev/null & {seen_listening(1)}"
    seen = look(before=("sh", "-c", f'{started}; exec "$@"', "sh"))
    assert seen.gaps["sshd"].detail.endswith(f"an sshd runs by another name: {name}")


@pytest.mark.parametrize("path", ["/tmp/sshd-tools/python3", "/tmp/tinysshd", "/tmp/sshdump"])
def test_a_program_that_is_no_sshd_is_told_as_none(cell: Cell, look: LookAt, path: str) -> None:
    cell.run("mkdir", "-p", "/tmp/sshd-tools")
    cell.run("cp", "/usr/bin/sleep", path)
    assert "sshd" not in look(before=("sh", "-c", f'{path} 30 & exec "$@"', "sh")).gaps


def test_an_sshd_that_has_ended_and_is_not_buried_is_none(cell: Cell, look: LookAt) -> None:
    unburied = "(/usr/sbin/sshd -? 2>/dev/null & exec sleep 30) &"
    waited = "until grep -q -s '^State:.Z' /proc/[0-9]*/status; do sleep 0.05; done"
    seen = look(before=("timeout", "60", "sh", "-c", f'{unburied} {waited}; exec "$@"', "sh"))
    assert seen.gaps == {}


def seen_listening(count: int) -> str:
    """Return a shell's line that waits, for ten seconds at most, until so many processes call themselves so."""
    count_them = "$(grep -a -l -s '^[a-z]*sshd.*: .*.listener.' /proc/[0-9]*/cmdline | wc -l)"
    return f"n=0; until [ {count_them} -ge {count} ] || [ $n -gt 200 ]; do n=$((n+1)); sleep 0.05; done"


def test_another_program_that_lets_people_in_is_a_door_to_declare(cell: Cell, look: LookAt) -> None:
    cell.run("cp", "/usr/bin/sleep", "/tmp/dropbear")
    running = ("sh", "-c", '/tmp/dropbear 30 & exec "$@"', "sh")
    assert look(before=running).gaps["other-doors"].reason is Reason.UNREADABLE
    declared = DeclaredHost(id="srv-1", doors=(Door(id="dropbear", accounts=("adupont",)),))
    assert "other-doors" not in look(declared, before=running).gaps


@pytest.mark.parametrize(
    ("command", "state"),
    [
        ("usermod -e 1", RemainingAccess.UNTOLD),
        ("usermod -L -e 1", RemainingAccess.NOTHING),
        ("usermod -U", RemainingAccess.RIGHTS),
    ],
)
@pytest.mark.parametrize(("program", "door"), [("dropbear", "dropbear"), ("proftpd", "ftp")])
def test_a_program_that_asks_for_the_password_alone_lets_in_who_has_expired(
    cell: Cell, look: LookAt, command: str, state: RemainingAccess, program: str, door: str
) -> None:
    """A real dropbear asks neither PAM nor the shadow file's last day; a real ProFTPD 1.3.8 let in, too."""
    cell.run("cp", "/usr/bin/sleep", f"/tmp/{program}")
    cell.run(*command.split(), "adupont")
    declared = DeclaredHost(id="srv-1", doors=(Door(id=door, accounts=("bmartin",)),))
    seen = look(declared, before=("sh", "-c", f'/tmp/{program} 30 & exec "$@"', "sh"))
    assert (left(seen)[0], "hidden-keys" in seen.gaps) == (state, state is RemainingAccess.UNTOLD)


INETD_CONF = (
    "#telnet stream tcp nowait root /usr/sbin/in.telnetd\nfinger stream tcp nowait root /usr/sbin/tcpd in.fingerd\n"
)
FTP = "ftp stream tcp nowait root /usr/sbin/tcpd in.ftpd\n"
TELNET = "telnet stream tcp nowait root /usr/sbin/tcpd /usr/sbin/telnetd\n"
XINETD = "service telnet\n{{\n\tserver\t\t= /usr/sbin/in.telnetd\n\tdisable = {}\n}}\n"


@pytest.mark.parametrize(
    ("program", "files", "expected"),
    [
        ("inetd", {"/etc/inetd.conf": INETD_CONF}, set()),
        ("inetd", {"/etc/inetd.conf": INETD_CONF + TELNET}, {"telnet"}),
        ("inetd", {"/etc/inetd.conf": INETD_CONF + FTP}, {"ftp"}),
        ("sleep", {"/etc/inetd.conf": INETD_CONF + TELNET}, set()),
        ("xinetd", {"/etc/xinetd.d/telnet": XINETD.format("no")}, {"telnet"}),
        ("xinetd", {"/etc/xinetd.d/telnet": XINETD.format("yes")}, set()),
        ("telnet", {}, set()),
        ("vsftpd", {}, {"ftp"}),
        ("ftp", {}, set()),
    ],
)
def test_what_a_superserver_starts_on_demand_is_a_door_to_declare(
    cell: Cell, look: LookAt, program: str, files: dict[str, str], expected: set[str]
) -> None:
    """Debian's telnetd runs for no longer than someone is there; a client of that name lets no one in.

    A real vsftpd let an account in by its password alone, where sshd asked for keys.
    """
    for path, text in files.items():
        cell.write(path, text)
    (cell.root / "tmp").chmod(0o755)
    cell.run("cp", "/usr/bin/sleep", f"/tmp/{program}")
    seen = look(before=("sh", "-c", f'/tmp/{program} 30 & exec "$@"', "sh"))
    assert {gap.detail.split(" ")[0] for gap in seen.observation.gaps if gap.subject.endswith("doors")} == expected


def test_an_sshd_that_a_superserver_starts_is_told_as_not_understood(cell: Cell, look: LookAt) -> None:
    cell.write("/etc/inetd.conf", "2222 stream tcp nowait root /usr/sbin/sshd sshd -i -f /etc/ssh/other\n")
    cell.run("cp", "/usr/bin/sleep", "/tmp/inetd")
    seen = look(before=("sh", "-c", '/tmp/inetd 30 & exec "$@"', "sh"))
    assert "inetd" in seen.gaps["sshd"].detail


def test_a_machine_that_hangs_at_each_question_costs_no_limit_for_each(
    cell: Cell, look: LookAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Over(Deadline):
        """Be over as soon as the accounts are known."""

        asked = 0

        def remaining(self) -> float:
            self.asked += 1
            return 0.0 if self.asked > 1 else super().remaining()

    monkeypatch.setattr("collectors.access.collect.Deadline", Over)
    seen = look()
    assert {name: gap.reason for name, gap in seen.gaps.items()} == dict.fromkeys(
        ("shadow", "sudo", "sshd", "keys", "traces"), Reason.TIMED_OUT
    )
