"""backup-rpo: which point counts, how old it is, and why there is none."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.duties.entries import RegisterEntry
from agent.core.facts.recovery_points import PATH_EMPTY, PATH_FILLED, of_path
from agent.core.facts.verification import Damage
from agent.core.facts.wal_archive import POSITION, SourcePosition
from agent.core.inventory import Backup, FileSet, Inventory
from agent.core.judging.check import Need
from agent.core.judging.counting import counted_points
from agent.core.judging.sighting import WRITTEN
from agent.core.model import Detail, Fact, Finding, Gap, Observation, State
from agent.core.places import FACT, CopyMachine, MachineEvidence
from agent.core.points import MIRRORED
from agent.core.reason import Reason
from checks.backup_rpo import CHECK
from collectors.files import LOOKS as FILES
from tests.checks.backups import BACKUP, DAY, HOUR, LIMIT, NOW, OFFSITE, ONSITE, SECOND, judged, look, point, question


def finding(seen: object, backup: Backup = BACKUP, allowance: timedelta = 0 * DAY) -> Finding:
    """Return the one finding on a look."""
    (found,) = judged(CHECK, question(backup, "backup-rpo", allowance=allowance), seen)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("age", "state", "reason"),
    [
        (HOUR, State.MET, Reason.WITHIN_LIMIT),
        (LIMIT - SECOND, State.MET, Reason.WITHIN_LIMIT),
        (LIMIT, State.MET, Reason.WITHIN_LIMIT),
        (LIMIT + SECOND, State.MISSED, Reason.TOO_OLD),
        (-5 * timedelta(minutes=1), State.MET, Reason.WITHIN_LIMIT),
        (-5 * timedelta(minutes=1) - SECOND, State.MISSED, Reason.IN_FUTURE),
    ],
)
def test_the_age_of_the_newest_point_is_held_to_the_limit(age: timedelta, state: State, reason: Reason) -> None:
    found = finding(look(point(age)))
    assert (found.state, found.reason) == (state, reason)
    if reason is not Reason.IN_FUTURE:
        assert found.value == max(0.0, age.total_seconds())


def test_the_allowance_widens_the_limit_of_a_day_alone() -> None:
    late = look(point(LIMIT + HOUR))
    assert finding(late).state is State.MISSED
    assert finding(late, allowance=2 * HOUR).state is State.MET


def test_evidence_stands_for_as_long_as_the_target_says() -> None:
    seen = look(point(HOUR), ended=NOW - HOUR)
    assert finding(seen).stands_until == NOW + 5 * HOUR


def test_no_repository_and_nothing_of_the_backup_are_absent() -> None:
    assert finding(look(present=False)).reason is Reason.ABSENT
    assert finding(look(point(HOUR, host="elsewhere"))).reason is Reason.ABSENT
    assert finding(look(point(HOUR, path="/srv/other"))).reason is Reason.ABSENT
    assert finding(look(point(HOUR, path="/srv/scota/inner"))).reason is Reason.ABSENT


def test_a_repository_without_a_point_is_empty_and_so_is_a_point_without_a_file() -> None:
    assert finding(look()).reason is Reason.EMPTY
    assert finding(look(point(HOUR, files=0))).reason is Reason.EMPTY
    assert finding(look(point(30 * HOUR, 1), point(HOUR, 2, files=0))).reason is Reason.EMPTY


def test_points_whose_files_hold_no_byte_are_empty_where_no_other_is_recent() -> None:
    """A dump into a file that failed leaves its name behind."""
    hollow = [replace(point(age, number), files=3, bytes=0) for number, age in ((7, HOUR), (8, 25 * HOUR))]
    found = finding(look(*hollow))
    assert (found.state, found.reason, found.about["point"]) == (State.MISSED, Reason.EMPTY, hollow[0].id)
    assert finding(look(*hollow, replace(point(5 * HOUR, 1), bytes=9))).reason is Reason.SHRUNK


@pytest.mark.parametrize("files", [0, 3])
@pytest.mark.parametrize("age", [timedelta(minutes=10), 5 * HOUR])
def test_no_point_without_data_condemns_what_could_not_be_read(files: int, age: timedelta) -> None:
    hollow = replace(point(HOUR, 7), files=files, bytes=0)
    assert finding(look(hollow, replace(point(age, 9), files=None))).reason is Reason.UNREADABLE
    gap = Gap(subject="files/offsite", reason=Reason.TIMED_OUT, detail="snapshot 00")
    assert finding(look(hollow, gaps=(gap,))).state is State.UNPROVEN


def test_a_mirror_of_files_without_a_byte_is_one() -> None:
    made = point(HOUR)
    assert finding(look(replace(made, id=made.id + MIRRORED, files=1, bytes=0))).state is State.MET


def test_an_empty_point_takes_nothing_from_a_full_one_that_is_recent_enough() -> None:
    assert finding(look(point(HOUR, files=0), point(5 * HOUR, 1))).value == 5 * 3600


def test_a_point_of_the_future_hides_nothing() -> None:
    future = point(-100 * DAY, 7)
    assert finding(look(future, point(HOUR))).state is State.MET
    assert finding(look(future, point(30 * HOUR))).reason is Reason.IN_FUTURE
    assert finding(look(future, point(30 * HOUR))).value == 30 * 3600


@pytest.mark.parametrize("path", ["/srv/scota", "/srv/scota/", "//srv/./scota/"])
def test_a_point_of_the_path_alone_counts_by_its_own_count_of_files(path: str) -> None:
    assert finding(look(point(HOUR, path=path))).state is State.MET


@pytest.mark.parametrize("path", ["/srv", "/", "/srv/"])
def test_a_folder_above_covers_a_path_where_its_tree_was_seen_to_hold_files_there(path: str) -> None:
    above = point(HOUR, path=path)
    filled, empty = ([(name, of_path(above, "/srv/scota"), NOW)] for name in (PATH_FILLED, PATH_EMPTY))
    assert finding(look(above, more=filled)).state is State.MET
    assert finding(look(above, more=empty)).reason is Reason.EMPTY
    untold = finding(look(above))
    assert (untold.state, untold.reason) == (State.UNPROVEN, Reason.UNREADABLE)


def test_a_name_that_only_begins_alike_covers_nothing() -> None:
    assert finding(look(point(HOUR, path="/srv/sco"))).reason is Reason.ABSENT


def test_every_path_needs_a_recent_point_and_the_oldest_counts() -> None:
    backup = replace(BACKUP, paths=("/srv/scota", "/etc"))
    seen = look(point(HOUR), point(5 * HOUR, 1, path="/etc"))
    assert finding(seen, backup).value == 5 * 3600
    found = finding(look(point(HOUR), point(30 * HOUR, 1, path="/etc")), backup)
    assert (found.reason, found.about["path"]) == (Reason.TOO_OLD, "/etc")
    assert finding(look(point(HOUR)), backup).reason is Reason.ABSENT


def test_a_point_of_which_nothing_tells_whether_it_is_empty_proves_nothing_and_condemns_nothing() -> None:
    found = finding(look(point(HOUR, files=None)))
    assert (found.state, found.reason) == (State.UNPROVEN, Reason.UNREADABLE)
    gap = Gap(subject="files/offsite", reason=Reason.TIMED_OUT, detail="snapshot 00")
    assert finding(look(point(HOUR, files=None), gaps=(gap,))).reason is Reason.TIMED_OUT
    full = point(HOUR, files=None)
    assert finding(look(full, more=[("backup.point.holds_files", full.id, NOW)])).state is State.MET


def test_a_snapshot_that_could_not_be_read_may_be_the_recent_one() -> None:
    gap = Gap(subject="files/offsite", reason=Reason.DENIED, detail="snapshot 00")
    assert finding(look(point(30 * HOUR), gaps=(gap,))).reason is Reason.DENIED
    assert finding(look(point(HOUR), gaps=(gap,))).state is State.MET


def test_a_damaged_snapshot_is_no_point() -> None:
    damaged = [("repository.damaged_snapshot", "ab" * 32, NOW)]
    assert finding(look(more=damaged)).reason is Reason.DAMAGED
    assert finding(look(point(30 * HOUR), more=damaged)).reason is Reason.TOO_OLD


def test_a_listed_point_whose_files_are_known_to_be_damaged_is_none() -> None:
    newest = point(HOUR)
    found = finding(look(newest, point(30 * HOUR, 1), more=[("repository.damaged_snapshot", newest.id, NOW)]))
    assert (found.state, found.reason) == (State.MISSED, Reason.DAMAGED)


@pytest.mark.parametrize(
    ("earlier", "files", "reason"),
    [
        (7, 49, Reason.SHRUNK),
        (7, 50, Reason.WITHIN_LIMIT),
        (1, 49, Reason.SHRUNK),
        (1, 50, Reason.WITHIN_LIMIT),
        (30, 1, Reason.SHRUNK),
    ],
)
def test_far_fewer_files_than_before_is_a_miss(earlier: int, files: int, reason: Reason) -> None:
    points = [point((day + 1) * DAY, day + 1) for day in range(earlier)]
    assert finding(look(point(HOUR, files=files), *points)).reason is reason


def test_usual_is_that_of_points_with_the_same_paths() -> None:
    whole = [point((day + 1) * DAY, day + 1, files=9000, path="/") for day in range(10)]
    assert finding(look(point(HOUR, files=100), *whole)).state is State.MET


def test_without_an_off_site_copy_it_is_missed_whatever_lies_near() -> None:
    backup = replace(BACKUP, copies=(ONSITE,))
    asked = question(backup, "backup-rpo")
    assert [found.reason for found in CHECK.declared(asked)] == [Reason.NOT_OFFSITE]
    assert CHECK.needs(asked) == ()


def test_a_copy_with_a_limit_of_its_own_does_not_count() -> None:
    weekly = replace(OFFSITE, id="archive", limit=7 * DAY)
    both = question(replace(BACKUP, copies=(OFFSITE, weekly)), "backup-rpo")
    assert {need.subject for need in CHECK.needs(both)} == {"files/offsite"}
    assert list(CHECK.declared(both)) == []
    alone = question(replace(BACKUP, copies=(weekly,)), "backup-rpo")
    assert [found.reason for found in CHECK.declared(alone)] == [Reason.NOT_OFFSITE]


def test_a_canary_is_needed_beside_the_points_of_each_copy() -> None:
    asked = question(replace(BACKUP, canary="/srv/scota/.canary"), "backup-rpo")
    assert tuple(need for need in CHECK.needs(asked) if not need.optional) == (
        Need(collector="restic_snapshots", subject="files/offsite"),
        Need(collector="canary", subject="files/offsite"),
    )


PLANTED = replace(BACKUP, canary="/srv/scota/.canary")


def canary(*facts: tuple[str, object, timedelta]) -> Observation:
    """Return a look at the canaries: the newest point is `b`, an hour old; facts have an age."""
    more = [(name, value, NOW - age) for name, value, age in facts]
    return look(collector="canary", more=[("canary.newest", "b", NOW - HOUR), *more])


@pytest.mark.parametrize(
    ("age", "state", "reason"),
    [
        (HOUR, State.MET, Reason.WITHIN_LIMIT),
        (LIMIT, State.MET, Reason.WITHIN_LIMIT),
        (LIMIT + SECOND, State.MISSED, Reason.TOO_OLD),
        (-5 * timedelta(minutes=1), State.MET, Reason.WITHIN_LIMIT),
        (-5 * timedelta(minutes=1) - SECOND, State.UNPROVEN, Reason.IN_FUTURE),
    ],
)
def test_the_canary_s_own_date_is_held_to_the_limit(age: timedelta, state: State, reason: Reason) -> None:
    found = finding(canary(("canary.planted", "b", age)), PLANTED)
    assert (found.state, found.reason) == (state, reason)
    assert found.stands_until == NOW + 6 * HOUR


def test_a_canary_that_is_missing_or_garbled_proves_nothing_and_condemns_nothing() -> None:
    for seen, reason in (
        (canary(("canary.missing", "b", HOUR)), Reason.ABSENT),
        (canary(("canary.garbled", "b", HOUR)), Reason.UNREADABLE),
        (canary(("canary.planted", "a", HOUR)), Reason.ABSENT),
        (look(collector="canary"), Reason.ABSENT),
    ):
        found = finding(seen, PLANTED)
        assert (found.state, found.reason) == (State.UNPROVEN, reason)


def test_a_repository_that_is_gone_is_missed_by_its_canary_too() -> None:
    found = finding(look(collector="canary", present=False), PLANTED)
    assert (found.state, found.reason) == (State.MISSED, Reason.ABSENT)


def test_without_a_canary_the_verdict_says_that_it_rests_on_dates() -> None:
    assert finding(look(point(HOUR))).about["rests_on"] == "dates"
    assert "rests_on" not in finding(look(point(HOUR)), PLANTED).about


def test_a_cluster_that_its_program_does_not_know_is_named() -> None:
    copies = tuple(replace(copy, cluster="mian") for copy in BACKUP.copies)
    assert finding(look(present=False), replace(BACKUP, copies=copies)).about["cluster"] == "mian"
    assert "cluster" not in finding(look(present=False)).about


def test_a_canary_is_missed_only_where_the_program_can_read_one() -> None:
    assert "no_canary" not in finding(look(point(HOUR))).about
    program = replace(BACKUP.program, canary="", name="files")
    assert finding(look(point(HOUR)), replace(BACKUP, program=program)).about["no_canary"] == "files"


def test_the_verdict_on_a_cluster_rests_on_dates_where_its_server_never_said_how_far_it_wrote() -> None:
    """Without a role on the source the archive's dates are believed."""
    cluster = replace(BACKUP, program=replace(BACKUP.program, canary="", name="barman", databases="postgresql"))
    seen = look(point(HOUR))
    assert finding(seen, cluster).about["no_canary"] == "barman"
    written = SourcePosition(lsn=1, snapshot="7:7:", timeout=60, since=NOW)
    position = Fact(name=POSITION, subject=OFFSITE.subject, value=written, as_of=NOW)
    about = finding(replace(seen, facts=(*seen.facts, position)), cluster).about
    assert not {"rests_on", "no_canary"} & about.keys()


# Fewer than eight, and none a collapse: a source's history is judged elsewhere.
@given(st.lists(st.tuples(st.integers(-100, 10_000), st.sampled_from([0, 60, 100, None])), max_size=7))
def test_it_is_met_only_by_a_point_that_counts(drawn: list[tuple[int, int | None]]) -> None:
    points = [point(timedelta(minutes=age), number, files=files) for number, (age, files) in enumerate(drawn)]
    found = finding(look(*points))
    counts = [age for age, files in drawn if files and age >= -5]
    assert (found.state is State.MET) == (bool(counts) and min(counts) * 60 <= LIMIT.total_seconds())
    assert len(counted_points(BACKUP, look(*points))[0].counted) == len(counts)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"backup": "files"}, State.MET),
        ({"backup": "files", "on": "2026-11-23"}, State.MET),
        ({"backup": "files", "on": "2026-10-01"}, State.MISSED),
        ({"backup": "mail"}, State.MISSED),
    ],
)
def test_a_wanted_reduction_is_settled_by_its_entry_alone(values: dict[str, str], state: State) -> None:
    entry = RegisterEntry(
        id="change-1",
        register="change",
        beneficiary="scota",
        values={"reason": "archivage", "author": "RSSI", **values},
        received_at=NOW,
    )
    points = [point((day + 2) * DAY, day + 2) for day in range(10)]
    asked = replace(question(BACKUP, "backup-rpo"), entries=(entry,))
    (found,) = judged(CHECK, asked, look(point(HOUR, files=10), *points))
    assert found.state is state


def test_a_copy_on_its_sources_own_machine_counts_for_nothing() -> None:
    value = MachineEvidence(machine=CopyMachine.SAME, how="local-path").value(OFFSITE)
    seen = look(collector=BACKUP.program.place, more=((FACT, value, NOW),))
    assert (finding(seen).state, finding(seen).reason) == (State.MISSED, Reason.NOT_OFFSITE)
    needs = CHECK.needs(question(BACKUP, "backup-rpo"))
    assert {need.collector for need in needs if not need.optional} == {"restic_snapshots"}
    assert BACKUP.program.place in {need.collector for need in needs}
    believed = replace(BACKUP, copies=(replace(OFFSITE, believed=True),))
    assert BACKUP.program.place not in {need.collector for need in CHECK.needs(question(believed, "backup-rpo"))}


def test_recent_points_that_a_shell_expanded_are_named() -> None:
    narrower = [point(HOUR, number, path=f"/srv/scota/{number}") for number in range(3)]
    found = finding(look(*narrower, point(30 * HOUR, 9, path="/srv/scota/9")))
    assert (found.reason, found.about["narrower_points"]) == (Reason.ABSENT, 3)


def test_a_recent_point_under_another_machines_name_is_named() -> None:
    found = finding(look(point(30 * HOUR, 1), point(HOUR, 2, host="vm.example.fr")))
    assert (found.reason, found.about["other_host"]) == (Reason.TOO_OLD, "vm.example.fr")
    old = finding(look(point(30 * HOUR, 1), point(29 * HOUR, 2, host="vm.example.fr")))
    assert "other_host" not in old.about
    assert "other_host" not in finding(look(point(HOUR, 1), point(HOUR, 2, host="vm.example.fr"))).about


def test_an_empty_path_of_the_newest_point_is_told_at_once_where_it_usually_held_files() -> None:
    backup = replace(BACKUP, paths=("/srv/scota", "/srv/scota/letters"))
    points = [point((day * 24 + 1) * HOUR, day) for day in range(9)]
    filled = [(PATH_FILLED, of_path(one, "/srv/scota/letters"), NOW) for one in points[1:]]
    empty = [(PATH_EMPTY, of_path(points[0], "/srv/scota/letters"), NOW)]
    found = finding(look(*points, more=[*filled, *empty]), backup)
    assert (found.state, found.reason, found.about["path"]) == (State.MISSED, Reason.EMPTY, "/srv/scota/letters")
    half_days = [point(12 * day * HOUR + HOUR, day) for day in range(2)]
    few = [(PATH_EMPTY, of_path(half_days[0], "/srv/scota/letters"), NOW)]
    few += [(PATH_FILLED, of_path(half_days[1], "/srv/scota/letters"), NOW)]
    assert finding(look(*half_days, more=few), backup).value == 13 * 3600


def test_another_declared_backups_machine_is_no_renamed_one() -> None:
    other = replace(BACKUP, id="mail", snapshot_host="vm.example.fr", beneficiary="other")
    asked = replace(question(BACKUP, "backup-rpo"), inventory=Inventory(backups=(BACKUP, other)))
    (found,) = judged(CHECK, asked, look(point(30 * HOUR, 1), point(HOUR, 2, host="vm.example.fr")))
    assert "other_host" not in found.about


# Each finding whole, as the sentences are made of it.


def test_a_backup_without_an_off_site_copy_says_how_many_it_has() -> None:
    weekly = replace(OFFSITE, id="archive", limit=7 * DAY)
    asked = question(replace(BACKUP, copies=(ONSITE, weekly)), "backup-rpo")
    assert list(CHECK.declared(asked)) == [
        Finding(state=State.MISSED, reason=Reason.NOT_OFFSITE, about={"copies": 2, "copies_with_own_limit": 1})
    ]


def held(found: Finding) -> Finding:
    """Return a finding as it rests on a look of this moment."""
    return replace(found, observed_at=NOW, stands_until=NOW + 6 * HOUR)


@pytest.mark.parametrize(
    ("age", "told", "state", "reason"),
    [
        (HOUR, 3600.0, State.MET, Reason.WITHIN_LIMIT),
        (LIMIT + SECOND, 86401.0, State.MISSED, Reason.TOO_OLD),
        (-SECOND, 0.0, State.MET, Reason.WITHIN_LIMIT),
    ],
)
def test_a_canary_says_its_copy_its_date_and_its_age(age: timedelta, told: float, state: State, reason: Reason) -> None:
    found = finding(canary(("canary.planted", "b", age)), PLANTED)
    about: Detail = {"copy": "files/offsite", "canary": NOW - age}
    expected = Finding(state=state, reason=reason, value=told, limit=86400.0, unit="seconds", about=about)
    assert found == held(expected)


def test_a_canary_that_proves_nothing_says_why() -> None:
    def unproven(reason: Reason, **about: str | float) -> Finding:
        return held(Finding(state=State.UNPROVEN, reason=reason, about={"copy": "files/offsite", **about}))

    assert finding(look(collector="canary"), PLANTED) == unproven(Reason.ABSENT, canary="absent")
    garbled = canary(("canary.garbled", "b", HOUR))
    assert finding(garbled, PLANTED) == unproven(Reason.UNREADABLE, canary="unreadable")
    ahead = canary(("canary.planted", "b", -HOUR))
    assert finding(ahead, PLANTED) == unproven(Reason.IN_FUTURE, canary="in-future", ahead=3600.0)


def test_a_repository_that_is_gone_is_named_by_its_canary() -> None:
    found = finding(look(collector="canary", present=False), PLANTED)
    about = {"copy": "files/offsite", "repository": "absent"}
    assert found == held(Finding(state=State.MISSED, reason=Reason.ABSENT, about=about))


def test_a_canary_is_no_younger_than_the_point_that_holds_it() -> None:
    """A file with a date of tomorrow's would make an old point young."""
    old = point(10 * HOUR, 11)
    listing = look(old)
    asked = replace(
        question(PLANTED, "backup-rpo"),
        last_look=lambda collector, subject: listing if collector == "restic_snapshots" else None,
    )
    seen = look(collector="canary", more=[("canary.newest", old.id, NOW), ("canary.planted", old.id, NOW - HOUR)])
    (found,) = judged(CHECK, asked, seen)
    assert found.value == 36000.0


def test_a_canary_is_no_younger_than_the_file_of_its_point() -> None:
    made = point(HOUR, 11)
    store = look(collector="store_listing", more=[(WRITTEN, made.id, NOW - 9 * HOUR)])
    looks = {"restic_snapshots": look(made), "store_listing": store}
    asked = replace(question(PLANTED, "backup-rpo"), last_look=lambda collector, subject: looks.get(collector))
    seen = look(collector="canary", more=[("canary.newest", made.id, NOW), ("canary.planted", made.id, NOW - HOUR)])
    (found,) = judged(CHECK, asked, seen)
    assert found.value == 9 * 3600.0


@pytest.mark.parametrize(
    ("together", "named"),
    [(True, "/etc, /srv"), (False, "/srv")],
    ids=["in one point", "each in points of its own"],
)
def test_what_shrank_is_no_other_path_than_the_one_that_did(together: bool, named: str) -> None:
    backup = replace(BACKUP, paths=("/etc", "/srv"))
    points = []
    for night in range(9):
        made = replace(point(HOUR + night * DAY, night), files=2 if night == 0 else 100)
        if together:
            points.append(replace(made, paths=backup.paths))
        else:
            other = replace(point(HOUR + night * DAY, night + 100), files=100)
            points += [replace(made, paths=("/srv",)), replace(other, paths=("/etc",))]
    filled = [(PATH_FILLED, of_path(one, path), NOW) for one in points for path in one.paths]
    found = finding(look(*points, more=filled), backup)
    assert (found.reason, found.about["path"]) == (Reason.SHRUNK, named)


def test_without_any_objective_only_a_point_of_the_moment_is_recent() -> None:
    asked = question(BACKUP, "backup-rpo")
    (found,) = judged(CHECK, replace(asked, target=replace(asked.target, limit=None)), look(point(SECOND / 2)))
    assert (found.state, found.reason, found.limit) == (State.MISSED, Reason.TOO_OLD, 0.0)


def test_a_point_that_a_verification_found_damaged_is_no_recent_point() -> None:
    old, new = point(30 * HOUR, 1), point(HOUR, 2)
    damage = ("verify.damage", Damage(file=f"snapshots/{new.id}", reason="damaged"), NOW)
    looks = {"restic_check": look(collector="restic_check", more=[damage])}
    asked = replace(question(BACKUP, "backup-rpo"), last_look=lambda collector, subject: looks.get(collector))
    (found,) = judged(CHECK, asked, look(old, new))
    assert (found.state, found.reason) == (State.MISSED, Reason.DAMAGED)
    assert finding(look(old, new)).state is State.MET


def test_a_copy_is_held_to_its_own_sets_but_for_those_of_another_limit() -> None:
    weekly = FileSet(id="weekly", match="*.full", limit=7 * DAY)
    copy = replace(OFFSITE, program=FILES, sets=(FileSet(id="erp", match="*.vbk"), weekly), store=None)
    other = replace(copy, id="other", sets=(FileSet(id="mail", match="*.mbox"),))
    backup = replace(BACKUP, program=FILES, copies=(copy, other))
    seen = look(point(HOUR, 1, path="erp"), point(6 * DAY, 2, path="weekly"), collector=FILES.listing)
    assert finding(seen, backup).state is State.MET


def test_of_two_points_of_this_second_the_older_one_is_told() -> None:
    backup = replace(BACKUP, paths=("/srv/scota", "/etc"))
    assert finding(look(point(0 * DAY), point(SECOND / 2, 1, path="/etc")), backup).value == 0.5
