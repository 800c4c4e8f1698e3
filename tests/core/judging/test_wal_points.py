"""The recovery points of a cluster, from its base backups, its archive and what its source tells."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.cluster_archive import ClusterArchive
from agent.core.errors import WrongRepository
from agent.core.facts.base_readings import READ
from agent.core.facts.copy_audit import COLLECTOR as AUDITS
from agent.core.facts.recovery_points import ON_THE_WAY, PATH_EMPTY, PATH_FILLED, PointPath, points_in
from agent.core.facts.verification import DAMAGE, Damage
from agent.core.facts.wal_archive import BASE as KNOWN_BASE
from agent.core.facts.wal_archive import MATCHED, POSITION, WAITING, KnownBase
from agent.core.judging.anomaly_record import Anomaly, anomalies_in
from agent.core.judging.sighting import sighted
from agent.core.judging.terms import TERMS, asked_in
from agent.core.judging.wal_points import (
    SETTLED,
    absent_facts,
    cluster_facts,
    damaged_backups,
    damaged_segments,
    damaged_since_read,
    gap_in,
    source_facts,
)
from agent.core.model import Fact, FactValue, Observation
from agent.core.reason import Reason
from agent.core.wal_segments import HEADER, WalArchive
from tests.core.judging.archives import (
    BASE,
    COPY,
    DAY,
    DENIED,
    HOUR,
    MINUTE,
    NOW,
    SIZE,
    archive_of,
    fact,
    look,
    looked,
    on_timeline,
    wrote,
)


def test_what_the_source_wrote_beyond_the_archive_waits() -> None:
    def waiting(lsn: int) -> FactValue:
        told = looked(2, 3, source=wrote(lsn)).one(WAITING)
        assert told is not None
        return told.value

    assert waiting(4 * SIZE + HEADER + 500) == 500
    assert waiting(4 * SIZE) == 0


def test_of_the_positions_within_the_archive_the_last_is_kept() -> None:
    first = looked(2, 3, source=wrote(3 * SIZE), now=NOW - HOUR)
    second = looked(2, 3, source=wrote(3 * SIZE + 100, "b"), previous=first)
    assert [position.as_of for position in second.named(POSITION)] == [NOW]


def test_a_base_backup_and_what_is_replayed_on_it_are_two_points() -> None:
    assert {(point.id, point.bytes) for point in points_in(looked(2, 3))} == {("base", 9000), ("base+wal", 9000)}


@pytest.mark.parametrize(("bytes", "name"), [(0, PATH_EMPTY), (1, PATH_FILLED), (None, PATH_FILLED)])
def test_a_base_backup_of_no_bytes_is_empty(bytes: int | None, name: str) -> None:
    seen = looked(2, 3, base=replace(BASE, bytes=bytes))
    told = {(one.name, one.value) for one in seen.facts if one.name in {PATH_EMPTY, PATH_FILLED}}
    assert told == {(name, PointPath(point=point, path="main")) for point in ("base", "base+wal")}


def test_a_segment_that_may_be_on_its_way_is_no_gap_yet() -> None:
    fresh = looked(2, 3, 5, age=MINUTE)
    assert gap_in(fresh) is None
    assert gap_in(looked(2, 3, 5, age=HOUR)) is not None
    told = looked(2, 3, 5, age=MINUTE, source=wrote(6 * SIZE, archived=f"{1:08X}{0:08X}{5:08X}"))
    gap = gap_in(told)
    assert gap is not None and (gap.missing[-1], gap.later) == ("4", 1)


def test_a_gap_that_was_told_stands_and_another_one_waits_again() -> None:
    first = looked(2, 3, 5, age=2 * HOUR, now=NOW - HOUR)
    assert gap_in(looked(2, 3, 5, age=MINUTE, previous=first)) is not None
    assert gap_in(looked(2, 3, 4, 6, age=MINUTE, previous=first)) is None


def test_a_gap_is_one_where_it_is_settled_or_the_source_archived_what_lacks() -> None:
    assert gap_in(looked(2, 3, 5, age=SETTLED)) is not None
    assert gap_in(looked(2, 3, 5, age=MINUTE, source=wrote(6 * SIZE, archived=on_timeline(4, 1)))) is not None
    assert gap_in(looked(2, 3, 5, age=MINUTE, source=wrote(6 * SIZE, archived=on_timeline(3, 1)))) is None


def test_an_anomaly_stands_until_a_base_backup_ends_it() -> None:
    for usual, standing in ((10**6, 1), (9000, 0)):
        shrunk = Anomaly(
            path="main", at=NOW - 2 * DAY, point="x", reason=Reason.SHRUNK, about={"usual_bytes": float(usual)}
        )
        before = look(fact("backup.anomaly", shrunk), now=NOW - DAY)
        assert len(anomalies_in(looked(2, 3, previous=before))) == standing


def test_the_terms_and_the_first_sighting_of_a_point_are_kept_from_look_to_look() -> None:
    ahead = replace(BASE, time=NOW + DAY)
    first = looked(2, 3, base=ahead)
    second = looked(2, 3, base=ahead, previous=first, now=NOW + 2 * DAY)
    assert [terms.as_of for terms in second.named(TERMS)] == [NOW]
    assert sighted(second)["base"] == NOW


def test_the_last_verification_names_damaged_backups_and_segments() -> None:
    damaged = [
        fact(DAMAGE, Damage(file=file, reason="digest"))
        for file in ("snapshots/base", f"wal/{on_timeline(3, 1)}", "keys/a")
    ]
    verified = look(*damaged)

    def last_look(collector: str, subject: str) -> Observation | None:
        return verified if (collector, subject) == ("pg_verify", COPY.subject) else None

    assert damaged_backups(COPY, last_look) == {"base"}
    assert damaged_segments(COPY, last_look, WalArchive(segments={})) == {on_timeline(3, 1)}
    assert damaged_backups(COPY, lambda collector, subject: None) == frozenset()


def test_an_exercise_names_what_it_could_not_restore_or_replay() -> None:
    """No reading of files sees what a replay stopped at: only another file in its place settles that."""
    stopped = {name: on_timeline(name, 1) for name in (3, 4, 5)}
    files = ("snapshots/base", *(f"wal/{name}" for name in stopped.values()))
    exercised = look(*(fact(DAMAGE, Damage(file=file, reason="damaged")) for file in files))
    read = look(fact("verify.whole", True, NOW + HOUR))
    looks = {(AUDITS, COPY.subject): exercised}
    wal = WalArchive(segments={stopped[3]: NOW, stopped[4]: NOW + MINUTE})
    assert damaged_backups(COPY, lambda *name: looks.get(name)) == {"base"}
    assert damaged_segments(COPY, lambda *name: looks.get(name), wal) == {stopped[3]}
    looks["pg_verify", COPY.subject] = read
    assert damaged_backups(COPY, lambda *name: looks.get(name)) == frozenset()
    assert damaged_segments(COPY, lambda *name: looks.get(name), wal) == {stopped[3]}


def test_a_backup_that_was_read_since_another_was_found_damaged_is_sound() -> None:
    damage = Damage(file="snapshots/base", reason="damaged")
    read = [fact(READ, id, NOW + after) for id, after in (("before", -HOUR), ("with", timedelta(0)), ("after", HOUR))]
    verified = look(fact(DAMAGE, damage), *read)
    after = damaged_since_read(COPY, lambda collector, subject: verified)
    assert [after(id, "base") for id in ("never", "before", "with", "after")] == [True, True, False, False]
    assert not after("before", "sound")
    assert not damaged_since_read(COPY, lambda collector, subject: None)("before", "base")


def test_what_was_seen_of_an_archive_that_is_gone_is_remembered() -> None:
    before = looked(2, 3, source=wrote(4 * SIZE), now=NOW - HOUR)
    known = [fact("repository.id", "7"), fact(MATCHED, True)]
    before = replace(before, facts=(*before.facts, *known))
    told = list(absent_facts(COPY, before, NOW))
    assert told[0] == fact("repository.present", value=False)
    kept = [one for one in told if one.name in {"repository.id", MATCHED, POSITION}]
    assert kept == [known[0], *before.named(POSITION), known[1]]
    assert [one.as_of for one in told if one.name == "backup.point.gone"] == [NOW]
    first = list(absent_facts(COPY, None, NOW))
    assert [one.name for one in first] == ["repository.present", TERMS]


def test_a_backup_without_its_own_wal_is_damaged_and_no_point() -> None:
    seen = looked(3, 4)
    assert points_in(seen) == ()
    assert [fact.value for fact in seen.named("repository.damaged_snapshot")] == ["base"]


def test_nothing_is_replayed_on_a_backup_that_is_damaged() -> None:
    assert [point.id for point in points_in(looked(2, 3, damaged=frozenset({"base"})))] == ["base"]


def test_the_instant_of_before_is_no_point_that_vanished() -> None:
    first = looked(2, 3, age=HOUR, now=NOW - HOUR)
    assert not looked(2, 3, 4, age=MINUTE, previous=first).named("backup.point.gone")
    assert looked(4, previous=first).named("backup.point.unread")


def test_another_cluster_at_the_source_is_refused_where_its_own_never_answered() -> None:
    wrong = WrongRepository("db-1: the cluster that runs there is 2, not 1")
    with pytest.raises(WrongRepository):
        list(source_facts(COPY, wrong, "1", None, NOW))
    matched = tuple(source_facts(COPY, wrote(4 * SIZE), "1", None, NOW))
    assert matched == (fact(MATCHED, value=True),)
    # It answered there once, and does no more: another one may have its socket.
    nowhere = (fact(MATCHED, ""),)
    assert tuple(source_facts(COPY, wrong, "1", look(*matched), NOW)) == nowhere
    assert tuple(source_facts(COPY, wrong, "1", look(*nowhere), NOW)) == nowhere
    assert tuple(source_facts(COPY, DENIED, "1", look(*nowhere), NOW)) == nowhere
    assert tuple(source_facts(COPY, DENIED, "1", look(*matched), NOW)) == matched
    # An archive that does not tell whose it is was found as it was found.
    other = look(fact("repository.id", "2"), *matched)
    assert tuple(source_facts(COPY, wrong, "", other, NOW)) == nowhere
    on_socket = replace(wrote(4 * SIZE), socket="/run/postgresql/.s.PGSQL.5432")
    assert tuple(source_facts(COPY, on_socket, "1", None, NOW)) == (fact(MATCHED, "/run/postgresql/.s.PGSQL.5432"),)


def test_that_one_cluster_was_found_at_the_source_says_nothing_of_another_that_took_its_place() -> None:
    known = (
        Fact(name="repository.id", subject=COPY.subject, value="1", as_of=NOW),
        *source_facts(COPY, wrote(4 * SIZE), "1", None, NOW),
    )
    seen = Observation(collector="pg_list", host="db-1", subject=COPY.subject, begun=NOW, ended=NOW, facts=known)
    wrong = WrongRepository("db-1: the cluster that runs there is 1, not 2")
    with pytest.raises(WrongRepository):
        list(source_facts(COPY, wrong, "2", seen, NOW))


def test_the_instant_of_the_look_before_is_told_as_long_as_it_is_on_the_way() -> None:
    first = looked(2, 3, source=wrote(4 * SIZE), now=NOW - HOUR)
    assert first.named(ON_THE_WAY) == ()
    second = looked(2, 3, 4, source=wrote(5 * SIZE, "b"), previous=first)
    assert [fact.as_of for fact in second.named(ON_THE_WAY)] == [NOW - HOUR]
    # A segment is lost: the data can no longer be recovered to what the look before showed.
    lost = looked(2, source=wrote(6 * SIZE, "c"), previous=second, now=NOW + HOUR)
    assert lost.named(ON_THE_WAY) == ()


def test_a_backup_that_names_the_one_it_builds_on_may_go_when_that_one_may() -> None:
    """As Barman names them: by their dates alone."""
    full, increment, new = ("20261110T020000", 14 * DAY - HOUR), ("20261116T020000", 8 * DAY), ("20261124T020000", HOUR)
    before = kept_for(14, full, increment, new)
    known = KnownBase(
        id=increment[0],
        time=NOW - increment[1],
        first=BASE.first,
        last=BASE.last,
        start_lsn=BASE.start_lsn,
        stop_lsn=BASE.stop_lsn,
        bytes=BASE.bytes,
        system="1",
        parent=full[0],
    )
    after = kept_for(14, new, previous=replace(before, facts=(*before.facts, fact(KNOWN_BASE, known))))
    assert {id: one.value for id, one in asked_in(after).items()} == {full[0]: "expired", increment[0]: "expired"}


def kept_for(days: int, *labels: tuple[str, timedelta], previous: Observation | None = None) -> Observation:
    """Return a look at a copy whose points are kept for so many days: each label with the age of its backup."""
    backups = tuple(replace(BASE, id=label, time=NOW - age) for label, age in labels)
    found = ClusterArchive(backups=backups, unusable=(), damaged=frozenset(), wal=archive_of(2, 3), source=DENIED)
    return look(*cluster_facts(replace(COPY, retention=days * DAY), found, previous, NOW))


FULL, INCREMENT = "20261110-020000F", "20261110-020000F_20261116-020000I"


@pytest.mark.parametrize(
    ("age", "left", "owed"),
    [
        (14 * DAY - HOUR, (), {FULL: "expired", INCREMENT: "expired"}),
        (12 * DAY, (), {FULL: "kept", INCREMENT: "kept"}),
        (15 * DAY, (FULL,), {INCREMENT: "kept"}),
    ],
    ids=["its full has expired", "both are too young", "its full is there"],
)
def test_an_increment_may_go_when_its_full_backup_may(
    age: timedelta, left: tuple[str, ...], owed: dict[str, str]
) -> None:
    new = ("20261124-020000F", HOUR)
    before = kept_for(14, (FULL, age), (INCREMENT, age - 6 * DAY), new)
    after = kept_for(14, *((label, age) for label in left), new, previous=before)
    assert {id: one.value for id, one in asked_in(after).items()} == owed
