"""The whole look, at machines with real lists of a signed archive."""

import gzip
import os
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.facts.security_updates import PackageVersion
from agent.core.model import Observation
from agent.core.reason import Reason
from agent.hosts.ssh.config import NO_FILE
from agent.hosts.ssh.host import SshHost
from agent.hosts.ssh.route import Client, DeclaredRoute
from tests.collectors.patches.conftest import INSTALLED, NOW, OFFERED, SIGNED, WEEK, Seen, observed
from tests.parts.archive import HEADS, SECURITY, STABLE, Machine, Made, RootedHost
from tests.parts.sshd import running_sshd
from tests.parts.unprivileged import NOBODY, in_child

pytestmark = [pytest.mark.programs, pytest.mark.network]

FIX = "1.0-1+deb13u1"


def waiting(seen: Observation, why: str = "") -> set[str]:
    """Return the packages that wait, or those that wait for one reason."""
    return {fact.value.name for fact in seen.named(f"patch.pending{why}") if isinstance(fact.value, PackageVersion)}


def reasons(seen: Observation) -> set[Reason]:
    """Return why something could not be seen, leaving out the processes of the machine that runs the tests."""
    return {gap.reason for gap in seen.gaps if "needrestart" not in gap.detail}


def test_fixes_are_counted_over_version_tables_with_held_pinned_kept_back_and_superseded_ones(
    machine: Machine, look: Seen
) -> None:
    seen = look(machine)
    assert waiting(seen) == {"plain", "held", "pinned", "kept", "superseded"}
    assert waiting(seen, ".held") == {"held"}
    assert waiting(seen, ".pinned") == {"pinned"}
    assert waiting(seen, ".kept-back") == {"kept"}
    assert waiting(seen, ".superseded") == {"superseded"}
    assert {fact.as_of for fact in seen.named("patch.pending")} == {SIGNED}
    assert reasons(seen) == set()


def test_a_package_called_security_with_an_update_from_stable_is_no_security_update(
    machine: Machine, look: Seen
) -> None:
    others = look(machine).one("patch.others")
    assert others is not None
    assert others.value == 1


def test_nothing_is_written_below_the_root(machine: Machine, look: Seen) -> None:
    (machine.root / "var/log/apt/eipp.log.xz").write_bytes(b"as it was")
    before = machine.files()
    look(machine)
    assert machine.files() == before


def test_what_was_first_seen_keeps_its_date_and_what_comes_later_lies_between_two_indexes(
    machine: Machine, look: Seen
) -> None:
    os.utime(machine.root / "var/lib/dpkg/info/current.list", (0, (NOW - 9 * WEEK).timestamp()))
    first = look(machine)
    later = NOW + timedelta(hours=6)
    fresh = (*OFFERED[SECURITY], Made(name="current", version=FIX))
    machine.archive.publish(SECURITY, fresh, date=later, valid=WEEK)
    machine.update()
    second = look(machine, previous=first, now=later)
    assert waiting(second) == waiting(first) | {"current"}
    dates = {fact.value: fact.as_of for fact in second.named("patch.pending")}
    assert dates[PackageVersion(package="held:amd64", version=FIX)] == SIGNED
    assert dates[PackageVersion(package="current:amd64", version=FIX)] == later
    after = {fact.value: fact.as_of for fact in second.named("patch.pending.after")}
    assert after == {PackageVersion(package="current:amd64", version=FIX): SIGNED}


def test_a_machine_set_back_to_an_old_image_proves_no_young_fix(machine: Machine, look: Seen) -> None:
    old = machine.root / "var/lib/dpkg/info/plain.list"
    written = (NOW - 9 * WEEK).timestamp()
    machine.install(Made(name="plain", version=FIX))
    os.utime(old, (written, written))
    first = look(machine)
    assert "plain" not in waiting(first)
    later = NOW + timedelta(hours=6)
    machine.archive.publish(SECURITY, OFFERED[SECURITY], date=later, valid=WEEK)
    machine.update()
    machine.install(Made(name="plain", version="1.0-1"))
    os.utime(old, (written, written))
    second = look(machine, previous=first, now=later)
    assert "plain" in waiting(second)
    assert not [fact for fact in second.named("patch.pending.after") if "plain" in str(fact.value)]


def test_a_fix_that_was_replaced_by_a_newer_one_still_waits_since_the_first(machine: Machine, look: Seen) -> None:
    first = look(machine)
    newer = [Made(name="plain", version="1.0-1+deb13u2") if one.name == "plain" else one for one in OFFERED[SECURITY]]
    later = NOW + timedelta(days=3)
    machine.archive.publish(SECURITY, newer, date=later, valid=WEEK)
    machine.update()
    second = look(machine, previous=first, now=later)
    own = {fact.value: fact.as_of for fact in second.named("patch.pending") if "plain" in str(fact.value)}
    assert own == {
        PackageVersion(package="plain:amd64", version=FIX): SIGNED,
        PackageVersion(package="plain:amd64", version="1.0-1+deb13u2"): later,
    }


def test_what_was_installed_waits_no_more(machine: Machine, look: Seen) -> None:
    first = look(machine)
    machine.install(Made(name="plain", version=FIX))
    second = look(machine, previous=first)
    assert waiting(second) == waiting(first) - {"plain"}
    campaign = second.one("patch.campaign")
    assert campaign is not None
    assert abs(campaign.as_of - NOW) < timedelta(hours=2)


def test_a_fix_that_left_for_a_point_release_still_waits_and_one_that_was_taken_back_does_not(
    machine: Machine, look: Seen
) -> None:
    first = look(machine)
    left = [one for one in OFFERED[SECURITY] if one.name not in ("superseded", "plain")]
    machine.archive.publish(SECURITY, left, date=NOW, valid=WEEK)
    machine.update()
    assert waiting(look(machine, previous=first)) == waiting(first) - {"plain"}


def test_lists_that_were_emptied_show_nothing_and_lose_nothing_that_was_known(machine: Machine, look: Seen) -> None:
    first = look(machine)
    for file in machine.lists.glob("*_*"):
        file.unlink()
    second = look(machine, previous=first)
    assert waiting(second) == waiting(first)
    assert Reason.STALE_METADATA in reasons(second)
    assert second.one("patch.metadata") is None
    assert Reason.STALE_METADATA in reasons(look(machine))


@pytest.mark.parametrize("content", [b"", b"Package: plain\nArchitecture: amd64\nVersion: 1.0-1\n\n"])
def test_a_list_that_is_not_the_one_signed_is_unreadable(machine: Machine, look: Seen, content: bytes) -> None:
    (file,) = machine.lists.glob(f"*{SECURITY}*_Packages*")
    file.unlink()
    file.with_name(file.name.removesuffix(".lz4")).write_bytes(content)
    seen = look(machine)
    assert Reason.UNREADABLE in reasons(seen)
    assert seen.named("patch.index") == ()


def test_a_dead_source_shows_by_the_date_that_was_signed_though_apt_reports_success(
    machine: Machine, look: Seen
) -> None:
    machine.lose_network()
    machine.update()  # it exits with 0
    seen = look(machine)
    (fact,) = seen.named("patch.metadata")
    assert (fact.value, fact.as_of) == (SIGNED + WEEK, SIGNED)
    assert waiting(seen) == {"plain", "held", "pinned", "kept", "superseded"}


def test_no_security_source_is_told_from_lists_that_are_not_there(machine: Machine, look: Seen) -> None:
    machine.sources((STABLE,))
    machine.update()
    source = look(machine).one("patch.security_source")
    assert source is not None
    assert source.value is False


def test_a_security_source_that_was_never_fetched_is_no_missing_source(machine: Machine, look: Seen) -> None:
    for file in machine.lists.glob(f"*{SECURITY}*"):
        file.unlink()
    seen = look(machine)
    assert seen.one("patch.security_source") is None
    assert reasons(seen) == {Reason.STALE_METADATA}


def test_a_mirror_that_dropped_the_label_of_security_is_no_missing_source(
    machine: Machine, look: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HEADS, SECURITY, (". trixie-security", ". trixie-security", SECURITY, SECURITY))
    machine.archive.sign(SECURITY, date=SIGNED, valid=None)
    for file in machine.lists.glob("*InRelease"):
        file.unlink()  # apt itself refuses a label that changed
    machine.update()
    seen = look(machine)
    assert seen.one("patch.security_source") is None
    assert Reason.UNREADABLE in reasons(seen)


def test_a_security_source_of_another_release_is_none(machine: Machine, look: Seen) -> None:
    text = (machine.root / "etc/os-release").read_text().replace("trixie", "bookworm")
    (machine.root / "etc/os-release").write_text(text)
    source = look(machine).one("patch.security_source")
    assert source is not None
    assert source.value is False


def test_a_security_source_without_the_system_s_own_packages_is_none(machine: Machine, look: Seen) -> None:
    file = machine.root / "etc/apt/sources.list"
    file.write_text(file.read_text().replace(f"{SECURITY} main", f"{SECURITY} contrib"))
    machine.update()
    source = look(machine).one("patch.security_source")
    assert source is not None
    assert source.value is False


def test_a_security_source_of_another_architecture_is_none(machine: Machine, look: Seen) -> None:
    machine.archive.offer_also(SECURITY, "arm64")
    machine.archive.sign(SECURITY, date=SIGNED, valid=WEEK)
    file = machine.root / "etc/apt/sources.list"
    file.write_text(
        "".join(line.replace("deb [", "deb [arch=arm64 ") if SECURITY in line else line for line in lines_of(file))
    )
    machine.update()
    seen = look(machine)
    source = seen.one("patch.security_source")
    assert source is not None
    assert source.value is False
    assert waiting(seen) == set()


def test_packages_of_an_architecture_without_security_lists_are_unproven(machine: Machine, look: Seen) -> None:
    machine.archive.offer_also(SECURITY, "i386")
    machine.archive.sign(SECURITY, date=SIGNED, valid=WEEK)
    machine.update()
    assert reasons(look(machine)) == set()
    stanza = "Package: old\nStatus: install ok installed\nArchitecture: i386\nVersion: 1.0-1\nDescription: old\n\n"
    machine.status.write_text(machine.status.read_text() + stanza)
    seen = look(machine)
    assert [gap.detail for gap in seen.gaps if "i386" in gap.detail] != []
    assert reasons(seen) == {Reason.INCOMPLETE}
    source = seen.one("patch.security_source")
    assert source is not None
    assert source.value is True


@pytest.mark.parametrize(("unnamed", "without_all"), [("all", False), ("", True)])
def test_packages_for_all_architectures_need_no_list_of_their_own(
    machine: Machine, look: Seen, unnamed: str, without_all: bool
) -> None:
    machine.archive.offer_also(SECURITY, "all")
    machine.archive.sign(SECURITY, date=SIGNED, valid=WEEK, unnamed=unnamed, without_all=without_all)
    machine.update()
    stanza = "Package: old\nStatus: install ok installed\nArchitecture: all\nVersion: 1.0-1\nDescription: old\n\n"
    machine.status.write_text(machine.status.read_text() + stanza)
    assert reasons(look(machine)) == set()


def test_a_separate_list_for_all_architectures_is_asked_for(machine: Machine, look: Seen) -> None:
    machine.archive.offer_also(SECURITY, "all")
    machine.archive.sign(SECURITY, date=SIGNED, valid=WEEK)
    machine.update()
    stanza = "Package: old\nStatus: install ok installed\nArchitecture: all\nVersion: 1.0-1\nDescription: old\n\n"
    machine.status.write_text(machine.status.read_text() + stanza)
    asked = [one for one in machine.lists.iterdir() if "binary-all" in one.name]
    assert asked != []
    assert reasons(look(machine)) == set()


def test_packages_of_a_component_without_a_security_list_are_unproven(machine: Machine, look: Seen) -> None:
    for suite in (STABLE, SECURITY):
        machine.archive.put_apart(suite, "non-free-firmware", "plain")
        machine.archive.sign(suite, date=SIGNED, valid=WEEK)
    file = machine.root / "etc/apt/sources.list"
    file.write_text(file.read_text().replace(f"{STABLE} main", f"{STABLE} main non-free-firmware"))
    machine.update()
    seen = look(machine)
    assert "plain" not in waiting(seen)
    assert [gap.detail for gap in seen.gaps if "non-free-firmware (plain)" in gap.detail] != []
    file.write_text(file.read_text().replace(f"{SECURITY} main", f"{SECURITY} main non-free-firmware"))
    machine.update()
    seen = look(machine)
    assert "plain" in waiting(seen)
    assert reasons(seen) == set()


def lines_of(file: Path) -> list[str]:
    """Return a file's lines, each with its end."""
    return file.read_text().splitlines(keepends=True)


def test_sources_in_the_form_of_deb822_are_sources(machine: Machine, look: Seen) -> None:
    """Debian 13 writes no other, and anyone who reads sources.list by itself finds no security repository."""
    before = look(machine)
    (machine.root / "etc/apt/sources.list").unlink()
    parts = machine.root / "etc/apt/sources.list.d"
    parts.mkdir(exist_ok=True)
    (parts / "debian.sources").write_text(
        f"Types: deb\nURIs: copy:{machine.archive.folder}\nSuites: {STABLE} {SECURITY}\nComponents: main\n"
        f"Signed-By: {machine.archive.keyring}\n"
    )
    seen = look(machine)
    assert waiting(seen) == waiting(before) != set()
    assert reasons(seen) == set()


def test_an_index_without_an_end_may_be_believed_for_a_week_and_none_beyond_the_objective(
    machine: Machine, look: Seen
) -> None:
    for valid, days in ((None, 7), (timedelta(days=3650), 31)):
        machine.archive.sign(SECURITY, date=NOW, valid=valid)
        machine.update()
        (fact,) = look(machine).named("patch.metadata")
        assert fact.value == NOW + timedelta(days=days)


def test_an_index_of_the_future_shows_nothing(machine: Machine, look: Seen) -> None:
    machine.archive.sign(SECURITY, date=NOW + timedelta(days=2), valid=WEEK)
    machine.update()
    assert Reason.STALE_METADATA in reasons(look(machine))


def test_an_index_that_nobody_signed_is_unreadable(machine: Machine, look: Seen) -> None:
    (file,) = machine.lists.glob(f"*{SECURITY}_InRelease")
    text = file.read_text()
    file.write_text(text[text.index("Origin:") : text.index("-----BEGIN PGP SIGNATURE")])
    assert Reason.UNREADABLE in reasons(look(machine))


def test_a_dry_run_in_history_log_is_no_campaign(machine: Machine, look: Seen) -> None:
    (machine.root / "var/log/apt/history.log").write_text(
        "Start-Date: 2026-11-24  06:00:00\nUpgrade: plain:amd64 (1.0-1, 1.0-1+deb13u1)\n"
    )
    seen = look(machine)
    assert seen.one("patch.campaign") is None
    assert seen.one("patch.log") is not None


def test_an_upgrade_that_was_turned_back_confirms_no_campaign(machine: Machine, look: Seen) -> None:
    machine.install(Made(name="plain", version=FIX))
    machine.install(INSTALLED[0])
    seen = look(machine)
    unconfirmed = seen.one("patch.upgrades_unconfirmed")
    assert seen.one("patch.campaign") is None
    assert unconfirmed is not None
    assert unconfirmed.value == 2


def test_nothing_due_is_remembered_with_the_date_of_the_lists(machine: Machine, look: Seen) -> None:
    machine.archive.publish(SECURITY, OFFERED[SECURITY][-1:], date=SIGNED, valid=WEEK)
    machine.archive.publish(STABLE, INSTALLED, date=SIGNED, valid=None)
    machine.update()
    seen = look(machine)
    assert waiting(seen) == set()
    due = seen.one("patch.nothing_due")
    assert due is not None
    assert due.as_of == SIGNED
    machine.archive.publish(SECURITY, OFFERED[SECURITY], date=NOW, valid=WEEK)
    machine.update()
    kept = look(machine, previous=seen).one("patch.nothing_due")
    assert kept == due


def test_a_pipe_in_the_place_of_a_log_costs_nothing(machine: Machine, look: Seen, tmp_path: Path) -> None:
    machine.log.unlink()
    os.mkfifo(machine.log)
    assert look(machine).one("patch.log") is None


def test_the_end_of_support_is_the_one_that_distro_info_tells(machine: Machine, look: Seen) -> None:
    machine.supported_until("2020-01-31")
    until = look(machine).one("system.supported_until")
    assert until is not None
    assert str(until.value) == "2020-02-01 00:00:00+00:00"


BANNER = "Linux version {0} (debian-kernel@lists.debian.org) (gcc) #1 SMP Debian {1} (2025-08-12)"
OLD, NEW = "6.12.41+deb13-amd64", "6.12.48+deb13-amd64"


def test_a_restart_is_owed_since_the_newer_kernel_came_and_stays_so_from_look_to_look(
    machine: Machine, look: Seen
) -> None:
    machine.install(Made(name=f"linux-image-{OLD}", version="6.12.41-1"))
    machine.run_kernel(OLD, BANNER.format(OLD, "6.12.41-1"), booted=NOW - 5 * WEEK)
    assert look(machine).one("restart.kernel") is None
    machine.install(Made(name=f"linux-image-{NEW}", version="6.12.48-1"))
    came = NOW - 2 * WEEK
    os.utime(machine.root / f"var/lib/dpkg/info/linux-image-{NEW}.list", (0, came.timestamp()))
    first = look(machine)
    owed = first.one("restart.kernel")
    assert owed is not None
    assert (owed.value, owed.as_of) == (f"{NEW} (6.12.48-1)", came)
    os.utime(machine.root / f"var/lib/dpkg/info/linux-image-{NEW}.list", (0, NOW.timestamp()))  # installed once more
    assert look(machine, previous=first).one("restart.kernel") == owed
    machine.run_kernel(NEW, BANNER.format(NEW, "6.12.48-1"), booted=NOW)
    assert look(machine, previous=first).one("restart.kernel") is None


def test_a_newer_kernel_waits_even_where_no_metapackage_would_bring_it(machine: Machine, look: Seen) -> None:
    """Each kernel is a package of its own name, and none of them is newer than itself."""
    machine.install(Made(name=f"linux-image-{OLD}", version="6.12.41-1"))
    machine.run_kernel(OLD, BANNER.format(OLD, "6.12.41-1"), booted=NOW - 5 * WEEK)
    offered = (
        Made(name=f"linux-image-{NEW}", version="6.12.48-1"),
        Made(name="linux-image-6.12.48+deb13-cloud-amd64", version="6.12.49-1"),
        Made(name="linux-image-6.16.3+deb13-amd64", version="6.16.3-1~bpo13+1"),
    )
    machine.archive.publish(SECURITY, (*OFFERED[SECURITY], *offered), date=SIGNED, valid=WEEK)
    machine.update()
    first = look(machine)
    (kernel,) = [fact for fact in first.named("patch.pending") if "linux-image" in str(fact.value)]
    assert (kernel.value, kernel.as_of) == (
        PackageVersion(package=f"linux-image-{OLD}:amd64", version="6.12.48-1"),
        SIGNED,
    )
    assert f"linux-image-{OLD}" in waiting(first, ".kept-back")
    assert kernel in look(machine, previous=first, now=NOW + timedelta(days=2)).named("patch.pending")
    machine.install(Made(name=f"linux-image-{NEW}", version="6.12.48-1"))
    assert not [one for one in waiting(look(machine, previous=first)) if "linux-image" in one]


def test_with_its_metapackage_a_kernel_is_counted_once(machine: Machine, look: Seen) -> None:
    machine.install(
        Made(name=f"linux-image-{OLD}", version="6.12.41-1"), Made(name="linux-image-amd64", version="6.12.41-1")
    )
    machine.run_kernel(OLD, BANNER.format(OLD, "6.12.41-1"), booted=NOW - 5 * WEEK)
    offered = (
        Made(name=f"linux-image-{NEW}", version="6.12.48-1"),
        Made(name="linux-image-amd64", version="6.12.48-1"),
    )
    machine.archive.publish(SECURITY, (*OFFERED[SECURITY], *offered), date=SIGNED, valid=WEEK)
    machine.update()
    assert {one for one in waiting(look(machine)) if "linux" in one} == {"linux-image-amd64"}


def test_a_machine_without_a_kernel_of_its_own_owes_no_restart_for_one(machine: Machine, look: Seen) -> None:
    machine.run_kernel("6.18.44-host", "Linux version 6.18.44-host (builder@host)", booted=NOW - 5 * WEEK)
    seen = look(machine)
    assert seen.one("restart.kernel") is None
    assert seen.gaps == ()


def test_programs_that_run_replaced_code_are_told_since_it_was_replaced(machine: Machine, look: Seen) -> None:
    machine.run_kernel("host", "Linux version host", booted=NOW - 5 * WEEK)
    machine.run_process(812, "nginx", ["/usr/lib/x86_64-linux-gnu/libssl.so.3", "/usr/lib/gone.so"])
    machine.run_process(813, "java", ["/tmp/x.so", "/usr/local/lib/own.so", "/memfd:code", "/dev/zero"])
    machine.run_process(814, "guest", ["/usr/lib/gone.so"], namespace="pid:[2]")
    first = look(machine)
    (program,) = first.named("restart.program")
    assert program.value == "nginx"
    later = NOW + timedelta(days=9)
    (again,) = look(machine, previous=first, now=later).named("restart.program")
    assert again == program


def test_the_same_code_sees_the_same_over_ssh(machine: Machine, look: Seen, tmp_path: Path) -> None:
    here = look(machine)
    with running_sshd(tmp_path / "sshd", banner="Private system!\n", noise="welcome\n") as sshd:
        asked = DeclaredRoute(
            name=sshd.address, port=sshd.port, user=sshd.user, key_file=sshd.key_file, known_hosts=sshd.known_hosts
        )
        client = Client(user=sshd.user, home=tmp_path, file=NO_FILE)
        with closing(SshHost("srv-1", asked, timeout=timedelta(seconds=60), client=client)) as door:
            there = observed(RootedHost(door, machine), tmp_path)
    assert there.facts == here.facts
    assert [gap.reason for gap in there.gaps] == [gap.reason for gap in here.gaps]


def test_a_second_look_at_the_same_lists_simulates_nothing_and_says_the_same(machine: Machine, look: Seen) -> None:
    first = look(machine)
    second = look(machine, previous=first)
    assert {fact.value for fact in second.named("patch.pending.kept-back")} == {
        PackageVersion(package="kept:amd64", version=FIX)
    }
    told = [one for one in first.facts if one.name.startswith("patch.pending")]
    assert [one for one in second.facts if one.name.startswith("patch.pending")] == told


def test_a_bomb_and_a_line_without_end_in_a_rotated_log_cost_nothing(machine: Machine, look: Seen) -> None:
    machine.install(Made(name="plain", version=FIX))
    with gzip.open(f"{machine.log}.2.gz", "wb", compresslevel=1) as bomb:
        for _ in range(150):
            bomb.write(bytes(1024 * 1024))
    machine.log.with_name("dpkg.log.1").write_bytes(b"2026-11-24 upgrade " + b"x" * 5_000_000)
    assert look(machine).one("patch.campaign") is not None


@pytest.mark.slow
def test_a_pipe_in_the_place_of_an_index_hangs_apt_and_hides_nothing_that_was_known(
    machine: Machine, look: Seen
) -> None:
    first = look(machine)
    (file,) = machine.lists.glob(f"*{SECURITY}_InRelease")
    file.unlink()
    os.mkfifo(file)
    seen = look(machine, previous=first, timeout=timedelta(seconds=15))
    assert reasons(seen) == {Reason.TIMED_OUT}
    assert waiting(seen) == waiting(first)


def test_lists_that_this_user_may_not_read_are_denied_and_never_met(machine: Machine, look: Seen) -> None:
    (file,) = machine.lists.glob(f"*{SECURITY}_InRelease")
    file.chmod(0)

    def seen() -> str:
        return " ".join(sorted(reason.value for reason in reasons(look(machine))))

    assert in_child(seen, uid=NOBODY) == "denied"
