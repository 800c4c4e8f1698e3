"""What each program says is understood, and whatever else it might say is facts or a typed error."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import LookError, Unreadable
from agent.core.facts.security_updates import System
from collectors.patches import campaign, index, installed, kernel, pending, policy, processes, release, support, targets
from collectors.patches.kernel import RunningKernel
from collectors.patches.versions import Version

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PACKAGES = (
    b"openssl\tamd64\t3.5.7-1~deb13u2\tii \t1763913600\n"
    b"libc6\tamd64\t2.41-12+deb13u4\thi \t1\n"
    b"libc6\ti386\t2.41-12+deb13u4\tii \t1763913600\n"
    b"tzdata\tall\t2025b-4+deb13u1\tiF \t1763913600\n"
    b"nano\tamd64\t8.4-1\trc \t\n"
)
# The head and three sums of Debian's own index of trixie-security.
IN_RELEASE = b"""-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Origin: Debian
Label: Debian-Security
Suite: stable-security
Version: 13
Codename: trixie-security
Date: Mon, 23 Nov 2026 11:22:38 UTC
Valid-Until: Mon, 30 Nov 2026 11:22:38 UTC
Acquire-By-Hash: yes
Components: updates/main updates/contrib updates/non-free-firmware updates/non-free
SHA256:
 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855        0 contrib/binary-amd64/Packages
 c5a90f343133fd4fdd4d76c519c982247bf9636999fb1ff683a7a9b196c4c2a6  2249735 main/binary-amd64/Packages
 9b641b3080d3f78923cac1b24512399af75d743997174934d733f5cf9b6fabda   309200 main/binary-amd64/Packages.xz
-----BEGIN PGP SIGNATURE-----

iQIzBAEBCAAdFiEE
-----END PGP SIGNATURE-----
"""
UBUNTU = b"""-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

Origin: Ubuntu
Label: Ubuntu
Suite: noble-security
Version: 24.04
Codename: noble
Date: Mon, 23 Nov 2026 16:01:12 UTC
SHA256:
-----BEGIN PGP SIGNATURE-----
"""


def packages() -> installed.Installed:
    """Return what is installed on the machine of these tests."""
    return installed.parse(PACKAGES, "srv-1")


def test_installed_packages_are_those_whose_files_lie_there_held_and_half_installed_ones_too() -> None:
    found = packages()
    assert list(found) == ["openssl:amd64", "libc6:amd64", "libc6:i386", "tzdata:all"]
    assert [id for id, one in found.items() if one.held] == ["libc6:amd64"]
    assert found["openssl:amd64"].since == datetime(2025, 11, 23, 16, tzinfo=UTC)
    assert found["libc6:amd64"].since is None  # the date of an image's files says nothing


def test_a_dpkg_that_lists_nothing_is_unreadable_and_no_machine_without_packages() -> None:
    with pytest.raises(Unreadable):
        installed.parse(b"", "srv-1")
    with pytest.raises(Unreadable):
        installed.parse(b"nano\tamd64\t8.4-1\trc \t\n", "srv-1")


def test_debian_s_security_index_is_known_by_its_label_and_ubuntu_s_by_its_pocket() -> None:
    debian = release.parse(IN_RELEASE, "InRelease")
    assert (debian.security, debian.system) == (True, "trixie")
    assert debian.date == datetime(2026, 11, 23, 11, 22, 38, tzinfo=UTC)
    assert debian.valid_until == datetime(2026, 11, 30, 11, 22, 38, tzinfo=UTC)
    assert debian.lists["main/binary-amd64/Packages"].size == 2249735
    ubuntu = release.parse(UBUNTU, "InRelease")
    assert (ubuntu.security, ubuntu.system, ubuntu.valid_until) == (True, "noble", None)
    updates = release.parse(UBUNTU.replace(b"noble-security", b"noble-updates"), "InRelease")
    assert not updates.security


def test_what_stands_outside_the_signature_counts_for_nothing() -> None:
    forged = b"Date: Mon, 30 Nov 2026 11:22:38 UTC\nLabel: Debian-Security\n"
    behind = release.parse(IN_RELEASE + forged, "InRelease")
    assert behind.date.day == 23
    for content in (forged + IN_RELEASE, IN_RELEASE[:400], forged):
        with pytest.raises(Unreadable):
            release.parse(content, "InRelease")
    armour = IN_RELEASE.replace(b"Hash: SHA256\n", b"Hash: SHA256\nDate: Mon, 30 Nov 2026 11:22:38 UTC\n")
    assert release.parse(armour, "InRelease").date.day == 23


@pytest.mark.parametrize("date", [b"", b"tomorrow", b"Mon, 99 Nov 2026 11:22:38 UTC", b"\xff"])
def test_an_index_without_a_date_is_unreadable(date: bytes) -> None:
    with pytest.raises(Unreadable):
        release.parse(IN_RELEASE.replace(b"Mon, 23 Nov 2026 11:22:38 UTC", date), "InRelease")


def test_a_list_names_the_signed_index_over_it() -> None:
    said = (
        b"Translations\tmain/i18n/Translation-en\t/var/lib/apt/lists/x_dists_trixie_main_i18n_Translation-en\ttrixie\n"
        b"Packages\tmain/binary-amd64/Packages\t/var/lib/apt/lists/x_dists_trixie_main_binary-amd64_Packages.lz4\ttrixie\n"
        b"Packages\tPackages\t/var/lib/apt/lists/_srv_packages_._Packages\t./\n"
    )
    first, flat = targets.parse(said, "srv-1")
    assert first.over == "/var/lib/apt/lists/x_dists_trixie_"
    assert (flat.over, flat.suite) == ("/var/lib/apt/lists/_srv_packages_._", "./")


OFFERS = b"Package: openssl\nArchitecture: amd64\nVersion: 3.5.7-1~deb13u3\n\n"


def test_a_list_is_read_only_where_it_is_the_one_signed() -> None:
    import hashlib

    digest = hashlib.sha256(b"whole list").hexdigest()
    listed = release.IndexEntry(sha256=digest, size=10)
    offers = index.parse(digest.encode() + b"  -\n" + OFFERS * 2, listed, "list")
    assert offers == {("openssl", "amd64"): Version("3.5.7-1~deb13u3")}
    (fix,) = index.fixes(packages(), offers)
    assert (fix.package.id, fix.version.text) == ("openssl:amd64", "3.5.7-1~deb13u3")
    for head in (index.EMPTY.encode(), b"0" * 64, b""):
        with pytest.raises(Unreadable):
            index.parse(head + b"  -\n" + OFFERS, listed, "list")


def test_a_fix_is_found_for_each_architecture_and_for_what_changed_to_or_from_all() -> None:
    offers = {
        ("libc6", "i386"): Version("2.41-12+deb13u9"),
        ("tzdata", "amd64"): Version("2026a-1"),
        ("openssl", "all"): Version("9"),
    }
    assert {fix.package.id for fix in index.fixes(packages(), offers)} == {"libc6:i386", "tzdata:all", "openssl:amd64"}
    same = {("openssl", "amd64"): Version("3.5.7-1~deb13u2"), ("absent", "amd64"): Version("1")}
    assert list(index.fixes(packages(), same)) == []


POLICY = b"""openssl:
  Installed: 3.5.7-1~deb13u2
  Candidate: 3.5.9-1~deb13u1
  Version table:
     3.5.9-1~deb13u1 500
        500 http://archive.example/debian trixie/main amd64 Packages
     3.5.7-1~deb13u3 500
        500 http://archive.example/debian-security trixie-security/main amd64 Packages
 *** 3.5.7-1~deb13u2 100
        100 /var/lib/dpkg/status
nothing:
  Installed: 1.0
  Candidate: (none)
  Package pin: 1.0
  Version table:
     1.1 -1 (phased 10%)
        500 http://archive.example/ubuntu noble-updates/main amd64 Packages
"""


def test_policy_tells_candidate_and_every_version_offered_but_not_what_is_only_here() -> None:
    found = policy.parse(POLICY, "srv-1")
    assert found["openssl"].candidate == Version("3.5.9-1~deb13u1")
    assert [one.text for one in found["openssl"].offered] == ["3.5.9-1~deb13u1", "3.5.7-1~deb13u3"]
    assert found["nothing"].candidate is None
    assert [one.text for one in found["nothing"].offered] == ["1.1"]


LOG = b"""/usr/share/zoneinfo/Europe/Paris
+0100
2026-07-01 00:00:12 startup archives unpack
2026-07-02 08:00:00 upgrade openssl:amd64 3.5.6-1 3.5.7-1~deb13u2
2026-07-03 08:00:00 upgrade libc6:amd64 2.41-12+deb13u4 2.41-12+deb13u3
2026-07-04 08:00:00 upgrade tzdata:all 2025b-4 2026b-1
2026-07-05 08:00:00 upgrade gone:amd64 1 2
2026-99-99 08:00:00 upgrade openssl:amd64 1 2
"""


def test_a_campaign_is_an_upgrade_that_what_is_installed_confirms_in_the_machine_s_own_zone() -> None:
    seen = campaign.parse(LOG, packages(), NOW)
    assert seen.last_confirmed == datetime(2026, 7, 2, 6, tzinfo=UTC)  # summer time, though the offset of now is +0100
    assert seen.readable_since == datetime(2026, 6, 30, 22, 0, 12, tzinfo=UTC)
    assert seen.unconfirmed == 3


def test_a_zone_that_nobody_knows_is_taken_by_its_offset() -> None:
    seen = campaign.parse(LOG.replace(b"Europe/Paris", b"../../etc/passwd"), packages(), NOW)
    assert seen.last_confirmed == datetime(2026, 7, 2, 7, tzinfo=UTC)


def test_a_line_dated_ahead_of_now_is_no_campaign() -> None:
    ahead = b"2027-06-19 08:00:00 upgrade openssl:amd64 3.5.6-1 3.5.7-1~deb13u2\n"
    assert campaign.parse(LOG + ahead, packages(), NOW) == campaign.parse(LOG, packages(), NOW)
    assert campaign.parse(b"UTC\n+0000\n" + ahead, packages(), NOW) == campaign.Upgrades(
        readable_since=None, last_confirmed=None, unconfirmed=0
    )


@pytest.mark.parametrize(("origin", "extends"), [("Ubuntu", False), ("UbuntuESM", True), ("UbuntuESMApps", False)])
def test_only_the_system_s_own_packages_extend_its_support(origin: str, extends: bool) -> None:
    text = UBUNTU.replace(b"Origin: Ubuntu\n", f"Origin: {origin}\n".encode())
    assert release.parse(text, "InRelease").extends_support is extends


def images(*kernels: tuple[str, str, int]) -> installed.Installed:
    """Return what is installed where these kernels are, each with its release, version and day."""
    base = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
    lines = (f"linux-image-{name}\tamd64\t{version}\tii \t{base + day * 86400}\n" for name, version, day in kernels)
    return installed.parse("".join(lines).encode(), "srv-1")


TRIXIE = "Linux version 6.12.41+deb13-amd64 (debian-kernel@lists.debian.org) (gcc) #1 SMP Debian 6.12.41-1 (2025-08-12)"
BOOKWORM = "Linux version 6.1.0-40-amd64 (debian-kernel@lists.debian.org) (gcc-12) #1 SMP Debian 6.1.153-1 (2025-09-20)"


def test_a_newer_kernel_of_the_same_kind_is_owed_since_the_first_of_them_came() -> None:
    there = images(
        ("6.12.41+deb13-amd64", "6.12.41-1", 1),
        ("6.12.43+deb13-amd64", "6.12.43-1", 4),
        ("6.12.48+deb13-amd64", "6.12.48-1", 9),
        ("6.16.3+deb13-cloud-amd64", "6.16.3-1", 2),
    )
    owed = kernel.owed(RunningKernel(release="6.12.41+deb13-amd64", banner=TRIXIE), there)
    assert owed is not None
    assert (owed.newest, owed.since) == ("6.12.48+deb13-amd64 (6.12.48-1)", datetime(2026, 11, 5, tzinfo=UTC))
    assert (
        kernel.owed(RunningKernel(release="6.12.48+deb13-amd64", banner="Debian 6.12.48-1 (2025-09-20)"), there) is None
    )


PROXMOX = (
    "Linux version 6.8.12-4-pve (build@proxmox) (gcc (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) "
    "#1 SMP PREEMPT_DYNAMIC PMX 6.8.12-4 (2024-11-06T15:04Z)"
)


def test_a_kernel_of_proxmox_is_one_of_the_machine_s_own() -> None:
    lines = "proxmox-kernel-6.8.12-4-pve-signed\tamd64\t6.8.12-4\tii \t1762000000\n"
    lines += "pve-kernel-6.5.13-6-pve\tamd64\t6.5.13-6\tii \t1752000000\nproxmox-kernel-6.8\tall\t6.8.12-9\tii \t1\n"
    newer = "proxmox-kernel-6.8.12-9-pve-signed\tamd64\t6.8.12-9\tii \t1764000000\n"
    running = RunningKernel(release="6.8.12-4-pve", banner=PROXMOX)
    assert kernel.owed(running, installed.parse(lines.encode(), "srv-1")) is None
    owed = kernel.owed(running, installed.parse((lines + newer).encode(), "srv-1"))
    assert owed is not None
    assert (owed.newest, owed.since) == ("6.8.12-9-pve (6.8.12-9)", datetime.fromtimestamp(1764000000, UTC))


def test_a_kernel_that_was_replaced_under_its_own_name_is_owed() -> None:
    there = images(("6.1.0-40-amd64", "6.1.158-1", 3))
    running = RunningKernel(release="6.1.0-40-amd64", banner=BOOKWORM)
    owed = kernel.owed(running, there)
    assert owed is not None
    assert kernel.owed(running, images(("6.1.0-40-amd64", "6.1.153-1", 3))) is None


def test_a_running_kernel_that_was_removed_is_judged_by_its_build_and_a_foreign_one_is_told_apart() -> None:
    there = images(("6.12.48+deb13-amd64", "6.12.48-1", 9))
    removed = RunningKernel(release="6.12.41+deb13-amd64", banner=TRIXIE)
    assert not kernel.foreign(removed, there)
    assert kernel.owed(removed, there) is not None
    assert kernel.foreign(RunningKernel(release="6.18.44-fc", banner="Linux version 6.18.44-fc (builder@host)"), there)


def test_systemd_s_none_is_no_container() -> None:
    assert not kernel.in_container(b"none\n")
    assert not kernel.in_container(b"")
    assert kernel.in_container(b"lxc\n")
    assert kernel.in_container(b"none\n/.dockerenv\n")


MAPS = (
    b"denied 1\nmap 812 /usr/lib/x86_64-linux-gnu/libssl.so.3\nprocess 812 nginx\x1b[2J\nmap 900 relative\n"
    b"denied 77\nfile 1763913600 /usr/lib/x86_64-linux-gnu/libssl.so.3\ncut 900\n"
)
STAT = (
    b"cpu  1 2 3\nbtime 1763900000\n1 (systemd) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 30 1 1\n"
    b"2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 30 0 0\n"
    b"812 (a) b\n1 (systemd) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 999999 1 1\n"
    b"812 (nginx) S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 5000 1 1\n"
)


def test_programs_that_run_replaced_code_are_named_once_with_their_wait() -> None:
    maps = processes.parse(MAPS)
    assert maps.denied == {1, 77}
    assert maps.cut == {900}
    assert set(maps.deleted) == {812}
    (one,) = processes.stale(maps, processes.started(STAT))
    assert one.name == "nginx [2J"
    assert one.since == datetime(2025, 11, 23, 16, tzinfo=UTC)
    assert one.started == datetime.fromtimestamp(1763900050, UTC)


def test_processes_younger_than_the_newest_update_need_not_be_looked_into() -> None:
    maps = processes.parse(MAPS)
    starts = processes.started(STAT)
    assert set(starts) == {1, 812}
    assert starts[1] == datetime.fromtimestamp(1763900000, UTC) + timedelta(seconds=0.3)  # not the forged line's
    assert processes.unseen(maps, starts, starts[1] - timedelta(seconds=1)) == 0
    assert processes.unseen(maps, starts, starts[1] + timedelta(seconds=1)) == 1
    assert processes.unseen(maps, starts, None) == 1


@pytest.mark.parametrize(
    "said",
    [
        STAT.replace(b"btime 1763900000", b"btime 999999999999"),
        STAT.replace(b"1 0 30 1 1", b"1 0 999999999999999 1 1"),
        MAPS.replace(b"1763913600", b"999999999999"),
        MAPS.replace(b"1763913600", "²".encode()),
    ],
)
def test_an_instant_of_no_era_is_left_out(said: bytes) -> None:
    assert all(one.year < 6000 for one in (*processes.started(said).values(), *processes.parse(said).came.values()))


TABLE = (
    b"version,codename,series,created,release,eol,eol-lts,eol-elts\n"
    b"12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-07-11,2028-06-30,2033-06-30\n"
    b"14,Forky,forky,2025-08-09\n"
)
UBUNTU_TABLE = (
    b"version,codename,series,created,release,eol,eol-server,eol-esm,eol-legacy\n"
    b"20.04 LTS,Focal Fossa,focal,2019-10-17,2020-04-23,2025-05-29,2025-05-29,2030-04-23,2032-04-27\n"
)


def test_long_term_support_counts_and_what_is_sold_beyond_only_where_it_is_subscribed_to() -> None:
    bookworm = support.system_in(b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n', "srv-1")
    assert support.supported_until(TABLE, bookworm, subscribed=False) == datetime(2028, 7, 1, tzinfo=UTC)
    focal = support.system_in(b'ID=ubuntu\nVERSION_ID="20.04"\nVERSION_CODENAME=focal\n', "srv-1")
    assert support.supported_until(UBUNTU_TABLE, focal, subscribed=False) == datetime(2025, 5, 30, tzinfo=UTC)
    assert support.supported_until(UBUNTU_TABLE, focal, subscribed=True) == datetime(2030, 4, 24, tzinfo=UTC)
    assert support.supported_until(b"", bookworm, subscribed=False) is None


def test_a_changelog_dates_what_no_index_dates_and_nothing_else() -> None:
    known = pending.PendingUpdate(id="a:amd64", version=Version("2"), known=datetime(2026, 11, 1, tzinfo=UTC))
    (dated,) = pending.dated([known], b"a Sat, 12 Jul 2025 21:40:31 +0200\n\nb nonsense\n")
    assert dated.changelog == datetime(2025, 7, 12, 19, 40, 31, tzinfo=UTC)
    assert pending.asked([known]) == ("a",)
    assert pending.asked([dated]) == ()


PARSERS: dict[str, Callable[[bytes], object]] = {
    "installed": lambda said: installed.parse(said, "srv-1"),
    "release": lambda said: release.parse(said, "InRelease"),
    "detached": lambda said: release.parse(said, "Release", detached=True),
    "targets": lambda said: list(targets.parse(said, "srv-1")),
    "index": lambda said: index.parse(said, None, "list"),
    "policy": lambda said: policy.parse(said, "srv-1"),
    "taken": policy.taken,
    "campaign": lambda said: campaign.parse(said, packages(), NOW),
    "container": kernel.in_container,
    "maps": lambda said: processes.stale(processes.parse(said), {}),
    "started": processes.started,
    "system": lambda said: support.system_in(said, "srv-1"),
    "support": lambda said: support.supported_until(
        said, System(distribution="debian", codename="bookworm", version="12"), subscribed=False
    ),
    "changelogs": lambda said: pending.dated([], said),
}
SEEDS = (PACKAGES, IN_RELEASE, POLICY, LOG, MAPS, STAT, TABLE, OFFERS)


@pytest.mark.parametrize("parser", PARSERS)
@given(data=st.data())
def test_any_bytes_are_facts_or_a_typed_error(parser: str, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(SEEDS))
    cut = data.draw(st.integers(0, len(seed)))
    said = seed[:cut] + data.draw(st.binary(max_size=60)) + seed[cut + data.draw(st.integers(0, 9)) :]
    try:
        PARSERS[parser](said)
    except LookError as error:
        assert "\n" not in error.message


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("deb [arch=amd64] http://deb.example/debian-security trixie-security main contrib\n", ("trixie-security",)),
        ("Types: deb\nURIs: http://deb.example/debian-security/\nSuites: trixie-security\n", ("trixie-security",)),
        ("deb http://security.example/ buster/updates main\n", ("buster/updates",)),
        ("# deb http://deb.example/debian-security trixie-security main\n", ()),
        ("deb http://deb.example/debian-security trixie main\n", ()),
        ("deb-src http://deb.example/debian-security trixie-security main\n", ()),
        ("Types: deb-src\nURIs: http://d.example/\nSuites: trixie-security\n", ()),
        ("Types: deb\nSuites: a-security\nEnabled: no\n\nTypes: deb deb-src\nSuites: b-security\n", ("b-security",)),
        ("deb http://d.example/debian trixie-security main\n# fetched d.example_dists_trixie-security_InRelease\n", ()),
        ("deb http://d.example/debian trixie-security main\n# fetched d.example_dists_trixie_InRelease\n",
         ("trixie-security",)),
    ],
)  # fmt: skip
def test_a_suite_that_sources_name_and_of_which_nothing_was_fetched(said: str, named: tuple[str, ...]) -> None:
    assert targets.never_fetched(said.encode()) == named


@given(st.binary(max_size=200))
def test_any_sources_name_suites_or_none(said: bytes) -> None:
    assert all(suite.endswith(("-security", "/updates")) for suite in targets.never_fetched(said))
