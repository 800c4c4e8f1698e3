"""backup-coverage: what a host holds, held to the paths of its backups and to what their recovery points show."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.facts.holdings import HOLDING, LINK, Holding, Link, is_named, is_pattern
from agent.core.facts.recovery_points import TREE_ABSENT, TREE_UNTOLD
from agent.core.facts.wal_archive import MATCHED
from agent.core.inventory import Backup, DeclaredHost, FileSet, Inventory, Store, Unbacked
from agent.core.judging.check import Question
from agent.core.judging.protected_paths import socket_named
from agent.core.judging.sighting import WRITTEN
from agent.core.model import Fact, Finding, Gap, Observation, State, Target
from agent.core.period import day_of
from agent.core.points import Point
from agent.core.reason import Reason
from checks.backup_coverage import CHECK, COLLECTOR, MOST_NAMED
from collectors.files import LOOKS as FILES
from tests.checks.backups import BACKUP, DAY, HOUR, NOW, OFFSITE, point

HOST = DeclaredHost(id="srv-1", beneficiaries=("scota",), coverage=True)
SINCE = NOW - 3 * DAY
SRV = Holding(kind="mount", name="/srv/scota", since=SINCE, paths=("/srv/scota",), bytes=4_000_000)
SHOP = Holding(kind="postgresql", name="shop", since=SINCE, paths=("/var/lib/postgresql/17/main",))
WEB_VM = Holding(kind="libvirt", name="web", since=SINCE, paths=("/var/lib/libvirt/web.qcow2", "/srv/scota/web.raw"))


def listing(*points: Point) -> Observation:
    facts = tuple(Fact(name="backup.point", subject="x", value=one, as_of=one.time) for one in points)
    return Observation(collector="restic_snapshots", host="x", subject="x", begun=NOW, ended=NOW, facts=facts)


def found(
    *holdings: Holding,
    backups: tuple[Backup, ...] = (BACKUP,),
    points: tuple[Point, ...] | None = (point(HOUR),),
    host: DeclaredHost = HOST,
    gaps: tuple[Gap, ...] = (),
    links: tuple[Link, ...] = (),
    list_of_each: Observation | None = None,
    lists: Mapping[str, Observation] | None = None,
    stored: Observation | None = None,
) -> list[Finding]:
    """Return the findings on a host; `points` are what every copy lists, None: no fresh look shows them.

    `lists` are by copy where they differ; `stored` is what the store's own list of files showed last.
    """
    listed = None if points is None else list_of_each or listing(*points)
    facts = [Fact(name=HOLDING, subject=host.id, value=one, as_of=NOW) for one in holdings]
    facts += [Fact(name=LINK, subject=host.id, value=one, as_of=NOW) for one in links]
    seen = Observation(
        collector=COLLECTOR, host=host.id, subject=host.id, begun=NOW, ended=NOW, facts=tuple(facts), gaps=gaps
    )
    question = Question(
        item=host,
        inventory=Inventory(hosts=(host,), backups=backups),
        target=Target(id=CHECK.target, unit="ratio", limit=1.0, evidence_age=timedelta(hours=26)),
        now=NOW,
        first_seen=NOW,
        beside=lambda collector, subject: listed if lists is None else lists.get(subject),
        last_look=lambda collector, subject: stored if collector == "store_listing" else None,
    )
    (need,) = CHECK.needs(question)
    assert (need.collector, need.subject, need.optional) == (COLLECTOR, host.id, False)
    return list(CHECK.judge(need, seen, question))


def one(*holdings: Holding, **how: object) -> Finding:
    (finding,) = found(*holdings, **how)  # type: ignore[arg-type]  # the keywords of `found`
    return finding


def test_what_lies_in_a_backup_s_paths_with_a_point_is_met() -> None:
    finding = one(SRV)
    assert (finding.state, finding.reason, finding.value) == (State.MET, Reason.WITHIN_LIMIT, 1.0)
    assert finding.about == {"found": 1, "held": 1}


def test_a_mount_that_no_backup_names_is_missed_with_size_and_day() -> None:
    other = replace(SRV, name="/data", paths=("/data",))
    finding = one(SRV, other)
    assert (finding.state, finding.reason, finding.value) == (State.MISSED, Reason.NOT_COVERED, 0.5)
    assert finding.about == {"what": "/data", "size": 4e6, "found_since": SINCE.date(), "found": 2, "held": 1}


def test_each_gap_is_a_finding_and_the_largest_comes_first() -> None:
    small = replace(SRV, name="/b", paths=("/b",), bytes=1)
    unsized = replace(SRV, name="/a", paths=("/a",), bytes=None)
    large = replace(SRV, name="/c", paths=("/c",), bytes=10**12)
    findings = found(small, unsized, large)
    assert [finding.about["what"] for finding in findings] == ["/c", "/b", "/a"]
    assert [finding.about.get("others") for finding in findings] == [2, None, None]


def test_what_is_missed_comes_before_what_is_not_known() -> None:
    missed = replace(SRV, name="/small", paths=("/small",), bytes=1)
    findings = found(Holding(kind="remote", name="/nas", since=SINCE, server="nas", bytes=10**12), missed)
    assert [finding.state for finding in findings] == [State.MISSED, State.UNPROVEN]


def test_more_gaps_than_are_named_are_all_counted() -> None:
    many = [replace(SRV, name=f"/m{number}", paths=(f"/m{number}",)) for number in range(MOST_NAMED + 7)]
    findings = found(*many)
    assert len(findings) == MOST_NAMED and findings[0].about["others"] == MOST_NAMED + 6


def test_a_declared_path_without_a_point_is_missed() -> None:
    finding = one(SRV, points=())
    assert (finding.state, finding.reason) == (State.MISSED, Reason.NOT_COVERED)
    assert (finding.about["no_point"], finding.about["backup"]) == (1, "files")


def test_of_several_declared_paths_each_has_its_own_point() -> None:
    both = replace(BACKUP, paths=("/srv/scota", "/srv/other"))
    other = replace(SRV, name="/srv/other", paths=("/srv/other",))
    assert one(SRV, backups=(both,)).state is State.MET
    assert one(other, backups=(both,)).state is State.MISSED


def test_a_declared_path_whose_tree_nobody_saw_is_unproven() -> None:
    seen = listing(point(HOUR))
    untold = Fact(name=TREE_UNTOLD, subject="x", value=point(HOUR).id, as_of=NOW)
    finding = one(SRV, list_of_each=replace(seen, facts=(*seen.facts, untold)))
    assert (finding.state, finding.reason) == (State.UNPROVEN, Reason.STALE_EVIDENCE)


def test_known_damage_is_told_elsewhere_and_leaves_a_path_held() -> None:
    seen = listing(point(HOUR))
    damaged = Fact(name="repository.damaged_snapshot", subject="x", value=point(HOUR).id, as_of=NOW)
    assert one(SRV, list_of_each=replace(seen, facts=(*seen.facts, damaged))).state is State.MET


def test_a_declared_path_whose_copies_no_look_shows_is_unproven() -> None:
    finding = one(SRV, points=None)
    assert (finding.state, finding.reason) == (State.UNPROVEN, Reason.STALE_EVIDENCE)


def test_another_machine_s_point_covers_nothing() -> None:
    assert one(SRV, points=(point(HOUR, host="srv-2"),)).state is State.MISSED


def test_a_backup_of_another_host_covers_nothing() -> None:
    finding = one(SRV, backups=(replace(BACKUP, host="srv-2"),))
    assert finding.about.get("backup") is None and finding.state is State.MISSED


def test_a_part_of_a_mount_is_no_backup_of_it() -> None:
    finding = one(replace(SRV, name="/srv", paths=("/srv",)))
    assert (finding.state, finding.about["in_part"]) == (State.MISSED, "/srv/scota")


def test_a_path_whose_name_only_begins_alike_covers_nothing() -> None:
    assert one(replace(SRV, name="/srv/scota-2", paths=("/srv/scota-2",))).state is State.MISSED


def test_a_backup_of_the_root_covers_what_lies_below() -> None:
    whole = replace(BACKUP, paths=("/",))
    finding = one(SRV, backups=(whole,), points=(point(HOUR, path="/"),))
    assert (finding.state, finding.about) == (State.MET, {"found": 1, "held": 1, "through": 1})


def test_a_mount_that_is_declared_itself_rests_on_no_folder_above() -> None:
    both = replace(BACKUP, paths=("/", "/srv/scota"))
    finding = one(SRV, backups=(both,), points=(point(HOUR, path="/"), point(HOUR, 1)))
    assert (finding.state, finding.about) == (State.MET, {"found": 1, "held": 1})


def test_a_mount_counts_under_any_of_its_places() -> None:
    assert one(replace(SRV, name="/a", paths=("/a", "/srv/scota"))).state is State.MET


@pytest.mark.parametrize(("age", "state"), [(26 * HOUR, State.MET), (26 * HOUR + DAY / 1000, State.MISSED)])
def test_an_undeclared_path_counts_as_long_as_its_point_is_recent(age: timedelta, state: State) -> None:
    beside = replace(SRV, name="/etc", paths=("/etc",), kind="folder")
    assert one(SRV, beside, points=(point(HOUR), point(age, 1, path="/etc"))).state is state


@pytest.mark.parametrize("shown", [point(HOUR, 1, path="/etc", files=0), point(-2 * DAY, 1, path="/etc")])
def test_an_empty_point_or_one_dated_ahead_covers_no_undeclared_path(shown: Point) -> None:
    beside = replace(SRV, name="/etc", paths=("/etc",), kind="folder")
    assert one(SRV, beside, points=(point(HOUR), shown)).state is State.MISSED


def test_an_undeclared_path_counts_in_whichever_copy_has_it_lately() -> None:
    near = replace(OFFSITE, id="near")
    both = replace(BACKUP, copies=(OFFSITE, near))
    etc = replace(SRV, name="/etc", paths=("/etc",), kind="folder")
    only_near = {near.subject: listing(point(HOUR), point(HOUR, 1, path="/etc"))}
    assert one(SRV, etc, backups=(both,), lists=only_near).state is State.MET


def test_an_undeclared_path_is_as_old_as_the_file_of_its_point() -> None:
    beside = point(HOUR, 1, path="/etc")
    written = Fact(name=WRITTEN, subject="x", value=beside.id, as_of=NOW - 3 * DAY)
    etc = replace(SRV, name="/etc", paths=("/etc",), kind="folder")
    stored = replace(listing(), facts=(written,))
    assert one(SRV, etc, points=(point(HOUR), beside), stored=stored).state is State.MISSED


@pytest.mark.parametrize(("name", "state"), [(TREE_ABSENT, State.MISSED), (TREE_UNTOLD, State.UNPROVEN)])
def test_an_undeclared_path_is_held_only_by_a_tree_that_is_there(name: str, state: State) -> None:
    beside = point(HOUR, 1, path="/etc")
    seen = listing(point(HOUR), beside)
    seen = replace(seen, facts=(*seen.facts, Fact(name=name, subject="x", value=beside.id, as_of=NOW)))
    etc = replace(SRV, name="/etc", paths=("/etc",), kind="folder")
    assert one(SRV, etc, list_of_each=seen).state is state


def test_a_path_that_is_a_link_covers_only_the_link() -> None:
    link = Link(path="/srv/scota", real="/data/scota", link=True)
    data = replace(SRV, name="/data/scota", paths=("/data/scota",))
    assert one(data, links=(link,)).state is State.MISSED


def test_a_path_below_a_link_covers_what_it_leads_to() -> None:
    link = Link(path="/srv/scota", real="/data/scota", link=False)
    data = replace(SRV, name="/data/scota", paths=("/data/scota",))
    assert one(data, links=(link,)).state is State.MET
    assert one(SRV, links=(link,)).state is State.MISSED


def test_a_mirror_follows_the_link_that_it_is_named_by() -> None:
    link = Link(path="/srv/scota", real="/data/scota", link=True)
    data = replace(SRV, name="/data/scota", paths=("/data/scota",))
    mirror = replace(BACKUP, copies=(replace(OFFSITE, mirror=True),))
    assert one(data, links=(link,), backups=(mirror,)).state is State.MET


def test_a_database_in_a_copied_data_folder_is_missed() -> None:
    data = replace(SHOP, paths=("/srv/scota/postgresql",))
    finding = one(data)
    assert (finding.state, finding.about["what"], finding.about["only_files"]) == (
        State.MISSED,
        "postgresql:shop",
        "files",
    )


@pytest.mark.parametrize(
    ("dumps", "state"),
    [
        (("postgresql:shop",), State.MET),
        (("postgresql:*",), State.MET),
        (("postgresql:sh",), State.MISSED),
        (("mariadb:shop",), State.MISSED),
    ],
)
def test_a_database_is_covered_by_a_backup_that_holds_its_dump(dumps: tuple[str, ...], state: State) -> None:
    assert one(SHOP, backups=(replace(BACKUP, dumps=dumps),)).state is state


def test_a_dump_counts_only_where_its_backup_has_a_point() -> None:
    backups = (replace(BACKUP, dumps=("postgresql:shop",)),)
    assert one(SHOP, backups=backups, points=()).state is State.MISSED
    assert one(SHOP, backups=backups, points=None).state is State.UNPROVEN


def test_a_dump_of_a_backup_without_paths_counts_with_any_point() -> None:
    backups = (replace(BACKUP, paths=(), dumps=("postgresql:shop",)),)
    assert one(SHOP, backups=backups).state is State.MET
    assert one(SHOP, backups=backups, points=()).state is State.MISSED


def test_a_part_of_a_database_s_folder_is_no_hint() -> None:
    assert "in_part" not in one(replace(SHOP, paths=("/srv",))).about


def test_a_program_of_databases_covers_those_of_its_kind() -> None:
    own = replace(BACKUP, program=replace(BACKUP.program, databases="postgresql"))
    assert one(SHOP, backups=(own,)).state is State.MET
    assert one(replace(SHOP, kind="mariadb"), backups=(own,)).state is State.MISSED


def test_a_cluster_s_backup_covers_no_database_of_another_cluster() -> None:
    own = replace(BACKUP, program=replace(BACKUP.program, databases="postgresql"))
    on_socket = replace(SHOP, paths=("/run/postgresql/.s.PGSQL.5432",))
    listed = listing(point(HOUR))
    for socket, state in (
        ("/var/run/postgresql/.s.PGSQL.5432", State.MET),
        ("/run/postgresql/.s.PGSQL.5433", State.MISSED),
    ):
        matched = Fact(name=MATCHED, subject="x", value=socket, as_of=NOW)
        seen = replace(listed, facts=(*listed.facts, matched))
        assert one(on_socket, backups=(own,), list_of_each=seen).state is state
    assert socket_named("/var/lib/.s.PGSQL.5432") == "/var/lib/.s.PGSQL.5432"
    # Nothing shows on which socket its cluster answers.
    assert one(on_socket, backups=(own,)).state is State.MET


def test_of_several_clusters_a_backup_of_unknown_socket_is_shown_to_hold_none() -> None:
    own = replace(BACKUP, program=replace(BACKUP.program, databases="postgresql"))
    sockets = [f"/run/postgresql/.s.PGSQL.{port}" for port in (5432, 5433)]
    databases = [replace(SHOP, name=f"shop{number}", paths=(socket,)) for number, socket in enumerate(sockets)]
    assert {finding.state for finding in found(*databases, backups=(own,))} == {State.UNPROVEN}
    dumped = replace(own, dumps=("postgresql:*",))
    assert {finding.state for finding in found(*databases, backups=(dumped,))} == {State.MET}
    # A server of another kind is no second cluster.
    maria = Holding(kind="mariadb", name="shop", since=SINCE, paths=("/run/mysqld/mysqld.sock",))
    assert one(databases[0], maria, backups=(own,)).state is State.MISSED
    # The backup of another kind of server needs no socket to be known by.
    of_maria = replace(BACKUP, program=replace(BACKUP.program, databases="mariadb"))
    assert one(databases[0], maria, *databases[1:], backups=(of_maria, dumped)).state is State.MET


LISTED = replace(SHOP, paths=("/run/postgresql/.s.PGSQL.5432",))
REFUSES = replace(SHOP, name="(port 5433)", paths=("/run/postgresql/.s.PGSQL.5433",), hindered="denied")
WITHOUT = replace(REFUSES, name="(container)", paths=())
IDLE = replace(SHOP, name="(16 main)", paths=("/var/lib/postgresql/16/main",), hindered="unreachable")


@pytest.mark.parametrize("hindered", [REFUSES, WITHOUT, IDLE], ids=["refuses", "no socket", "stands still"])
@pytest.mark.parametrize("known", [True, False])
def test_a_server_that_was_not_listed_is_held_by_no_backup_of_another(hindered: Holding, *, known: bool) -> None:
    own = replace(BACKUP, program=replace(BACKUP.program, databases="postgresql"))
    plain = listing(point(HOUR))
    matched = Fact(name=MATCHED, subject="x", value=LISTED.paths[0], as_of=NOW)
    listed = replace(plain, facts=(*plain.facts, matched)) if known else plain
    (spoken, *others) = found(LISTED, hindered, backups=(own,), list_of_each=listed)
    assert (spoken.state, spoken.reason) == (State.UNPROVEN, hindered.reason)
    assert spoken.about["what"] == f"postgresql:{hindered.name}"
    # It is certain that it is another cluster, and the backup may be of either.
    assert len(others) == (0 if known else 1)


@pytest.mark.parametrize("hindered", [REFUSES, WITHOUT, IDLE])
def test_the_only_server_is_held_by_a_backup_of_unknown_socket(hindered: Holding) -> None:
    own = replace(BACKUP, program=replace(BACKUP.program, databases="postgresql"))
    assert one(hindered, backups=(own,)).state is State.MET


def test_of_several_clusters_a_backup_of_known_socket_holds_its_own() -> None:
    own = replace(BACKUP, program=replace(BACKUP.program, databases="postgresql"))
    sockets = [f"/run/postgresql/.s.PGSQL.{port}" for port in (5432, 5433)]
    databases = [replace(SHOP, name=f"shop{number}", paths=(socket,)) for number, socket in enumerate(sockets)]
    known = replace(own, id="known", copies=(replace(OFFSITE, backup="known"),))
    plain = listing(point(HOUR))
    matched = replace(plain, facts=(*plain.facts, Fact(name=MATCHED, subject="x", value=sockets[0], as_of=NOW)))
    lists = {"files/offsite": plain, "known/offsite": matched}
    findings = found(*databases, backups=(own, known), lists=lists)
    assert [(finding.state, finding.about["what"]) for finding in findings] == [(State.UNPROVEN, "postgresql:shop1")]


def test_a_cluster_that_took_another_one_s_socket_is_not_held_by_its_backup() -> None:
    """As after an upgrade to a new cluster, which no stanza was made for."""
    own = replace(BACKUP, program=replace(BACKUP.program, databases="postgresql"))
    plain = listing(point(HOUR))
    gone = replace(plain, facts=(*plain.facts, Fact(name=MATCHED, subject="x", value="", as_of=NOW)))
    spoken = one(LISTED, backups=(own,), list_of_each=gone)
    assert (spoken.state, spoken.reason) == (State.UNPROVEN, Reason.STALE_EVIDENCE)
    # The new cluster has a backup of its own.
    other = replace(own, id="new", copies=(replace(OFFSITE, backup="new"),))
    matched = replace(plain, facts=(*plain.facts, Fact(name=MATCHED, subject="x", value=LISTED.paths[0], as_of=NOW)))
    lists = {"files/offsite": gone, "new/offsite": matched}
    assert one(LISTED, backups=(own, other), lists=lists).state is State.MET


def test_a_backup_that_has_ended_covers_nothing_whatever_points_it_left() -> None:
    today = day_of(NOW)
    assert one(SRV, backups=(replace(BACKUP, ends=today),)).state is State.MET
    ended = one(SRV, backups=(replace(BACKUP, ends=today - DAY),))
    assert (ended.state, ended.reason) == (State.MISSED, Reason.NOT_COVERED)


def test_a_server_that_does_not_list_its_databases_is_unproven() -> None:
    finding = one(replace(SHOP, name="(port 5432)", hindered="denied", said="role does not exist"))
    assert (finding.state, finding.reason, finding.about["what"], finding.about["said"]) == (
        State.UNPROVEN,
        Reason.DENIED,
        "postgresql:(port 5432)",
        "role does not exist",
    )


def test_a_guest_needs_each_of_its_disks_in_a_backup() -> None:
    assert one(WEB_VM).state is State.MISSED
    assert one(replace(WEB_VM, paths=("/srv/scota/web.raw",))).state is State.MET
    assert one(replace(WEB_VM, paths=())).state is State.MISSED


def test_a_guest_is_covered_by_a_backup_that_names_it() -> None:
    assert one(WEB_VM, backups=(replace(BACKUP, dumps=("libvirt:web",)),)).state is State.MET


def test_a_disk_that_vzdump_leaves_out_is_no_part_of_its_guest() -> None:
    disk = Holding(kind="proxmox", name="101/scsi1", since=SINCE)
    assert one(disk, backups=(replace(BACKUP, dumps=("proxmox:101", "proxmox:*")),)).state is State.MISSED


def test_data_of_another_machine_that_no_backup_names_are_unproven() -> None:
    nas = Holding(kind="remote", name="/mnt/nas", since=SINCE, paths=("/mnt/nas",), server="nas")
    finding = one(nas)
    assert (finding.state, finding.reason, finding.about["server"]) == (State.UNPROVEN, Reason.NOT_DECLARED, "nas")


def test_what_is_excused_with_a_reason_is_counted_apart() -> None:
    host = replace(HOST, unbacked=(Unbacked(what="/data/**", reason="se reconstitue"),))
    finding, excuse = found(SRV, replace(SRV, name="/data", paths=("/data",)), host=host)
    assert (finding.state, finding.about) == (State.MET, {"found": 1, "held": 1, "excused": 1})
    assert (excuse.state, excuse.about) == (
        State.MET,
        {"excuse": "/data/**", "because": "se reconstitue", "excused": 1},
    )


def test_where_all_is_excused_the_share_is_whole() -> None:
    host = replace(HOST, unbacked=(Unbacked(what="/srv/scota", reason="essai"),))
    assert [(finding.state, finding.value) for finding in found(SRV, host=host)] == [
        (State.MET, 1.0),
        (State.MET, None),
    ]


def test_an_excuse_of_a_folder_alone_excuses_nothing_below_it() -> None:
    host = replace(HOST, unbacked=(Unbacked(what="/data", reason="vide"),))
    below = replace(SRV, name="/data/new", paths=("/data/new",))
    assert one(below, host=host).state is State.MISSED


def test_the_folder_of_a_repository_needs_no_backup_of_itself() -> None:
    kept = replace(BACKUP, copies=(replace(OFFSITE, repository="/backup/restic"),))
    for holding in (
        replace(SRV, name="/backup/restic", paths=("/backup/restic",)),
        replace(SRV, name="/backup", paths=("/backup",), holds=("lost+found", "restic")),
    ):
        assert one(SRV, holding, backups=(kept,)).about == {"found": 1, "held": 1}
    served = replace(BACKUP, copies=(replace(OFFSITE, store=Store(host=HOST.id, path="/data")),))
    assert one(SRV, replace(SRV, name="/data", paths=("/data",)), backups=(served,)).about == {"found": 1, "held": 1}


def test_what_a_bind_mount_shows_in_a_repository_s_folder_is_held_there_and_is_no_repository() -> None:
    kept = replace(BACKUP, copies=(replace(OFFSITE, repository="/backup"),))
    volume = Holding(kind="container", name="shop", since=SINCE, paths=("/lib/shop",), shown=("/backup/shop",))
    assert one(volume, backups=(kept,)).state is State.MISSED
    assert one(replace(volume, shown=("/srv/scota/shop",)), backups=(kept,)).state is State.MET


@pytest.mark.parametrize("mount", ["/", "/X"])
def test_a_mount_that_holds_only_the_repository_may_have_any_name(mount: str) -> None:
    kept = replace(BACKUP, copies=(replace(OFFSITE, repository=f"{mount.rstrip('/')}/restic"),))
    holding = replace(SRV, name=mount, paths=(mount,), holds=("restic",))
    assert one(SRV, holding, backups=(kept,)).about == {"found": 1, "held": 1}


def test_a_mount_with_more_than_the_repository_needs_a_backup() -> None:
    kept = replace(BACKUP, copies=(replace(OFFSITE, repository="/backup/restic"),))
    for holds in (("photos", "restic"), ()):
        mount = replace(SRV, name="/backup", paths=("/backup",), holds=holds)
        assert one(mount, backups=(kept,)).state is State.MISSED


def test_a_repository_of_another_machine_excuses_nothing_here() -> None:
    kept = replace(BACKUP, copies=(replace(OFFSITE, store=Store(host="vault", path="/data")),))
    assert one(replace(SRV, name="/data", paths=("/data",)), backups=(kept,)).state is State.MISSED
    away = replace(HOST, transport="ssh")
    here = replace(BACKUP, copies=(replace(OFFSITE, repository="/data"),))
    assert one(replace(SRV, name="/data", paths=("/data",)), backups=(here,), host=away).state is State.MISSED


def test_what_could_not_be_seen_is_unproven_beside_the_gaps() -> None:
    gap = Gap(subject="srv-1/volumes of containers", reason=Reason.DENIED, detail="may not be looked into")
    findings = found(SRV, gaps=(gap,))
    assert [(finding.state, finding.reason, finding.about) for finding in findings] == [
        (State.UNPROVEN, Reason.DENIED, {"said": "may not be looked into"})
    ]


def test_a_closed_folder_that_is_excused_is_no_gap() -> None:
    gap = Gap(subject="srv-1//var/lib/docker/volumes", reason=Reason.DENIED, detail="may not be looked into")
    host = replace(HOST, unbacked=(Unbacked(what="/var/lib/docker/**", reason="sans données"),))
    assert one(SRV, host=host, gaps=(gap,)).state is State.MET


def test_a_look_that_found_nothing_at_all_is_unproven() -> None:
    finding = one()
    assert (finding.state, finding.reason, finding.value) == (State.UNPROVEN, Reason.INCOMPLETE, None)


def test_files_that_another_program_leaves_count_for_the_paths_that_are_declared() -> None:
    sets = (FileSet(id="erp", match="*.vbk"), FileSet(id="more", match="*.vib"))
    copy = replace(OFFSITE, program=FILES, sets=sets, store=Store(host="nas", path="/v"))
    backup = replace(BACKUP, program=FILES, copies=(copy,))
    both = (point(HOUR, path="erp"), point(HOUR, 1, path="more"))
    assert one(SRV, backups=(backup,), points=both).state is State.MET
    assert one(SRV, backups=(backup,), points=both[:1]).state is State.MISSED
    etc = replace(SRV, name="/etc", paths=("/etc",))
    assert one(etc, backups=(backup,), points=(*both, point(HOUR, 2, path="/etc"))).state is State.MISSED


@pytest.mark.parametrize(
    ("pattern", "name", "kind", "named"),
    [
        ("/var/cache/**", "/var/cache", "mount", True),
        ("/var/cache/**", "/var/cache/a/b", "web", True),
        ("/var/cache/**", "/var/cached", "mount", False),
        ("/srv/*", "/srv/a", "mount", True),
        ("/srv/*", "/srv/a/b", "mount", False),
        ("/srv", "/srv/a", "mount", False),
        ("/**", "/", "mount", True),
        ("/", "/", "mount", True),
        ("/", "/etc", "folder", False),
        ("postgresql:test_*", "test_a", "postgresql", True),
        ("postgresql:test_*", "test", "postgresql", False),
        ("mariadb:*", "shop", "postgresql", False),
        ("container:db", "db", "container", True),
    ],
)
def test_which_things_a_pattern_names(pattern: str, name: str, kind: str, named: bool) -> None:
    assert is_pattern(pattern)
    assert is_named(Holding(kind=kind, name=name, since=NOW), pattern) is named


@pytest.mark.parametrize("text", ["", "srv", "oracle:shop", "postgresql:", "postgresql", ":shop", "./srv"])
def test_what_is_no_pattern(text: str) -> None:
    assert not is_pattern(text)


KEY, OTHER_KEY = "/srv/scota/files.password", "/srv/scota/other.password"


def kept(id: str, password: str | None, *, kit: tuple[str, ...] = ()) -> Backup:
    """Return a backup of the same paths, whose one copy opens with a password; None: with none."""
    copy = replace(OFFSITE, backup=id, password_file=None if password is None else Path(password))
    return replace(BACKUP, id=id, copies=(copy,), kit=kit)


@pytest.mark.parametrize(
    ("backups", "state"),
    [
        ((kept("files", KEY, kit=(KEY,)),), State.MISSED),
        ((kept("files", "/safe/key", kit=(KEY,)),), State.MET),
        ((kept("files", KEY, kit=(KEY,)), kept("mirror", None)), State.MET),
        ((kept("files", KEY, kit=(KEY,)), kept("other", OTHER_KEY, kit=(OTHER_KEY,))), State.MISSED),
        ((kept("files", KEY, kit=(KEY,)), kept("other", OTHER_KEY)), State.MET),
        ((kept("files", "/safe/key", kit=(KEY, "/else/where")),), State.MISSED),
    ],
)
def test_a_kit_is_looked_for_in_a_copy_that_opens_without_it(backups: tuple[Backup, ...], state: State) -> None:
    findings = found(SRV, backups=backups)
    assert findings[0].state is state
    assert {finding.about.get("kit_of") for finding in findings} >= ({"files"} if state is State.MISSED else {None})


def test_the_keys_of_copies_may_lie_in_one_another() -> None:
    """The mirror holds the first key, which opens a copy that holds the second, which opens the one with the file."""
    paths = {"files": "/srv/one", "second": "/srv/two"}
    first, second = (
        replace(kept(id, f"/srv/{key}/key"), paths=(paths[id],)) for id, key in (("files", "zero"), ("second", "one"))
    )
    mirror = replace(kept("mirror", None), paths=("/srv/zero",))
    kit = ("/srv/zero/key", "/srv/one/key", "/srv/two/file")
    points = tuple(point(HOUR, number, path=f"/srv/{name}") for number, name in enumerate(("zero", "one", "two")))
    backups = (replace(first, kit=kit), second, mirror)
    assert found(backups=backups, points=points)[0].state is not State.MISSED


def test_the_kit_of_another_host_s_backup_is_not_looked_for_here() -> None:
    elsewhere = replace(kept("other", "/safe/key", kit=("/else/where",)), host="srv-2")
    here = kept("files", "/safe/key", kit=(KEY,))
    assert [finding.state for finding in found(SRV, backups=(here, elsewhere))] == [State.MET]


@pytest.mark.parametrize(
    ("link", "mirror", "state"), [(False, False, State.MET), (True, False, State.MISSED), (True, True, State.MET)]
)
def test_a_kit_is_looked_for_where_the_paths_of_a_backup_lead(link: bool, mirror: bool, state: State) -> None:
    leads = Link(path="/srv/scota", real="/data/scota", link=link)
    backup = kept("files", "/safe/key", kit=("/data/scota/key",))
    backup = replace(backup, copies=tuple(replace(copy, mirror=mirror) for copy in backup.copies))
    data = replace(SRV, name="/etc", paths=("/etc",))
    findings = found(data, backups=(backup,), points=(point(HOUR), point(HOUR, 1, path="/etc")), links=(leads,))
    assert findings[0].state is state


def test_a_kit_of_which_no_list_tells_is_unproven() -> None:
    findings = found(SRV, backups=(kept("files", "/safe/key", kit=(KEY,)),), points=None)
    assert [(finding.state, finding.about["what"]) for finding in findings] == [
        (State.UNPROVEN, "/srv/scota"),
        (State.UNPROVEN, KEY),
    ]


def test_a_guest_with_one_disk_beside_a_repository_still_needs_a_backup() -> None:
    kept = replace(BACKUP, copies=(replace(OFFSITE, repository="/var/lib/libvirt"),))
    assert one(WEB_VM, backups=(kept,)).state is State.MISSED


def test_a_repository_at_the_root_excuses_nothing() -> None:
    kept = replace(BACKUP, copies=(replace(OFFSITE, repository="/"),))
    assert one(replace(SRV, name="/data", paths=("/data",)), backups=(kept,)).state is State.MISSED


@pytest.mark.parametrize("disk", ["local-lvm:vm-101-disk-0", "data", "/dev/vg0/web", "/dev/zvol/tank/web"])
def test_a_backup_of_the_root_holds_no_disk_that_is_no_file(disk: str) -> None:
    guest = replace(WEB_VM, paths=(disk,))
    root = replace(BACKUP, paths=("/",))
    assert one(guest, backups=(root,), points=(replace(point(HOUR), paths=("/",)),)).state is State.MISSED


def test_an_undeclared_path_of_an_empty_point_covers_nothing() -> None:
    data = replace(SRV, name="/data", paths=("/data",))
    empty = replace(point(HOUR), paths=("/data",), files=0)
    assert one(data, points=(empty,)).state is State.MISSED


@pytest.mark.parametrize("path", ["/etc/libvirt/qemu", "/etc/pve/lxc", "/proc", "/etc/nginx/nginx.conf"])
def test_no_excuse_of_a_folder_hides_what_it_would_tell(path: str) -> None:
    gap = Gap(subject=f"srv-1/{path}", reason=Reason.DENIED, detail="may not be looked into")
    host = replace(HOST, unbacked=(Unbacked(what="/etc/**", reason="refait"), Unbacked(what="/proc/**", reason="x")))
    assert one(SRV, host=host, gaps=(gap,)).state is State.UNPROVEN


def test_an_excuse_of_one_place_does_not_excuse_the_others() -> None:
    disk = replace(SRV, name="/data", paths=("/data", "/var/cache/mirror"))
    excused = replace(HOST, unbacked=(Unbacked(what="/var/cache/**", reason="se reconstitue"),))
    assert one(disk, host=excused).state is State.MISSED
    named = replace(HOST, unbacked=(Unbacked(what="/data", reason="essai"),))
    assert {finding.state for finding in found(disk, SRV, host=named)} == {State.MET}


@pytest.mark.parametrize(("name", "state"), [("/srv/scota", State.MET), ("/srv/scota/share", State.UNPROVEN)])
def test_a_share_is_covered_by_a_backup_that_names_it_itself(name: str, state: State) -> None:
    assert one(Holding(kind="remote", name=name, since=SINCE, server="nas")).state is state
