"""The recovery points of a cluster, from its base backups, its archive and what its source tells."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.cluster_archive import ClusterArchive, SourceState
from agent.core.errors import Denied, LookError, WrongRepository
from agent.core.facts.base_readings import READ
from agent.core.facts.recovery_points import ON_THE_WAY, PATH_EMPTY, PATH_FILLED, PointPath, points_in
from agent.core.facts.verification import DAMAGE, Damage
from agent.core.facts.wal_archive import MATCHED, POSITION, WAITING
from agent.core.inventory import Copy, ProgramLooks
from agent.core.judging.anomaly_record import Anomaly, anomalies_in
from agent.core.judging.newest_instant import newest_instant
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
from agent.core.model import Fact, FactValue, Gap, Observation
from agent.core.reason import Reason
from agent.core.wal_segments import HEADER, BaseBackup, WalArchive
from tests.parts.kept_look import kept_look

SIZE = 1 << 24
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
COPY = Copy(
    id="vault",
    backup="db",
    program=ProgramLooks(name="pg", listing="pg_list", verification="pg_verify"),
    repository="pg:db-1:main",
    cluster="main",
    host="db-1",
    snapshot_host="db-1",
)
BASE = BaseBackup(
    id="base",
    time=NOW - 3 * DAY,
    first=f"{1:08X}{0:08X}{2:08X}",
    last=f"{1:08X}{0:08X}{2:08X}",
    start_lsn=2 * SIZE + 40,
    stop_lsn=2 * SIZE + 300,
    bytes=9000,
)
DENIED = Denied("db-1: the cluster on port 5432 refuses")


def on_timeline(number: int, timeline: int) -> str:
    """Return the name of a segment of a timeline."""
    return f"{timeline:08X}{0:08X}{number:08X}"


def seen_of(
    wal: WalArchive,
    source: SourceState | LookError,
    previous: Observation | None = None,
    now: datetime = NOW,
    damaged: frozenset[str] = frozenset(),
    base: BaseBackup = BASE,
) -> Observation:
    """Return a look at an archive."""
    found = ClusterArchive(backups=(base,), unusable=(), damaged=damaged, wal=wal, source=source)
    return look(*cluster_facts(COPY, found, previous, now), now=now)


def look(*told: Fact | Gap, now: datetime = NOW) -> Observation:
    """Return a look that tells these."""
    return kept_look("pg_list", COPY.subject, told, now, "db-1")


def looked(
    *numbers: int,
    age: timedelta = 2 * DAY,
    source: SourceState | LookError = DENIED,
    previous: Observation | None = None,
    now: datetime = NOW,
    damaged: frozenset[str] = frozenset(),
    base: BaseBackup = BASE,
) -> Observation:
    """Return a look at an archive of these segments, archived so long ago."""
    wal = WalArchive(segments={on_timeline(number, 1): NOW - age for number in numbers})
    return seen_of(wal, source, previous, now, damaged=damaged, base=base)


def fact(name: str, value: FactValue, at: datetime = NOW) -> Fact:
    """Return a fact of the copy."""
    return Fact(name=name, subject=COPY.subject, value=value, as_of=at)


def instant(seen: Observation) -> datetime:
    """Return the newest instant to which the data can be recovered."""
    return max(point.time for point in points_in(seen))


def wrote(lsn: int, snapshot: str = "a", archived: str = "") -> SourceState:
    """Return what a source tells."""
    return SourceState(lsn=lsn, snapshot=snapshot, timeout=0, archived=archived)


def test_without_the_source_an_old_archive_is_unsure_and_a_new_one_is_not() -> None:
    seen = looked(2, 3)
    assert (instant(seen), [gap.reason.value for gap in seen.gaps]) == (NOW - 2 * DAY, ["denied"])
    assert not looked(2, 3, age=2 * HOUR).gaps


def test_a_source_that_wrote_nothing_more_makes_the_instant_now() -> None:
    seen = looked(2, 3, source=wrote(4 * SIZE + 40))
    assert (instant(seen), seen.gaps) == (NOW, ())


def test_an_archive_that_lacks_what_was_committed_is_old_and_sure() -> None:
    first = looked(2, 3, source=wrote(4 * SIZE), now=NOW - DAY)
    second = looked(2, 3, source=wrote(5 * SIZE, "b"), previous=first, now=NOW - DAY + 15 * MINUTE)
    third = looked(2, 3, source=wrote(6 * SIZE, "c"), previous=second, now=NOW - DAY + 30 * MINUTE)
    last = looked(2, 3, source=wrote(9 * SIZE, "d"), previous=third)
    assert (instant(last), last.gaps) == (NOW - DAY, ())


def test_what_was_lost_within_two_hours_is_sure() -> None:
    first = looked(2, 3, source=wrote(4 * SIZE), now=NOW - DAY)
    second = looked(2, 3, source=wrote(5 * SIZE, "b"), previous=first, now=NOW - DAY + 2 * HOUR)
    last = looked(2, 3, source=DENIED, previous=second)
    assert (instant(last), last.gaps) == (NOW - DAY, ())


def test_without_any_position_within_the_archive_the_first_beyond_it_bounds_the_instant() -> None:
    first = looked(2, 3, age=timedelta(0), source=wrote(9 * SIZE), now=NOW - DAY)
    assert instant(looked(2, 3, 4, age=timedelta(0), previous=first)) == NOW - DAY


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


def test_an_instant_to_which_data_could_be_recovered_before_stays_one() -> None:
    first = looked(2, 3, now=NOW - HOUR)
    again = looked(2, 3, previous=first)
    assert [one.as_of for one in again.named(ON_THE_WAY)] == [instant(first)] == [instant(again)]


def test_a_base_backup_and_what_is_replayed_on_it_are_two_points() -> None:
    assert {(point.id, point.bytes) for point in points_in(looked(2, 3))} == {("base", 9000), ("base+wal", 9000)}


@pytest.mark.parametrize(("bytes", "name"), [(0, PATH_EMPTY), (1, PATH_FILLED), (None, PATH_FILLED)])
def test_a_base_backup_of_no_bytes_is_empty(bytes: int | None, name: str) -> None:
    seen = looked(2, 3, base=replace(BASE, bytes=bytes))
    told = {(one.name, one.value) for one in seen.facts if one.name in {PATH_EMPTY, PATH_FILLED}}
    assert told == {(name, PointPath(point=point, path="main")) for point in ("base", "base+wal")}


def test_a_backlog_with_new_dates_is_as_old_as_what_it_holds() -> None:
    first = looked(2, 3, source=wrote(4 * SIZE), now=NOW - DAY)
    second = looked(2, 3, source=wrote(6 * SIZE, "b"), previous=first, now=NOW - 2 * HOUR)
    last = looked(2, 3, 4, age=timedelta(0), source=wrote(9 * SIZE, "c"), previous=second)
    assert instant(last) == NOW - DAY


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
    assert damaged_segments(COPY, last_look) == {on_timeline(3, 1)}
    assert damaged_backups(COPY, lambda collector, subject: None) == frozenset()


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
    assert tuple(source_facts(COPY, wrong, "1", look(*matched), NOW)) == matched
    # An archive that does not tell whose it is was found as it was found.
    other = look(fact("repository.id", "2"), *matched)
    assert tuple(source_facts(COPY, wrong, "", other, NOW)) == matched
    on_socket = replace(wrote(4 * SIZE), socket="/run/postgresql/.s.PGSQL.5432")
    assert tuple(source_facts(COPY, on_socket, "1", None, NOW)) == (fact(MATCHED, "/run/postgresql/.s.PGSQL.5432"),)


LEFT_AT = 5 * SIZE + 99


def of_two_timelines(*later: int, history: bool = True) -> WalArchive:
    """Return an archive of timeline 1, which goes on beyond the instant that the cluster was set back to."""
    first = {on_timeline(number, 1): NOW - 2 * DAY for number in range(2, 10)}
    second = {on_timeline(number, 2): NOW - HOUR for number in later}
    return WalArchive(segments={**first, **second}, histories={2: ((1, LEFT_AT),)} if history else {})


@pytest.mark.parametrize("history", [True, False])
def test_wal_that_a_cluster_gave_up_does_not_hold_what_it_writes_now(history: bool) -> None:
    wal = of_two_timelines(history=history)
    first = seen_of(wal, replace(wrote(4 * SIZE), timeline=1), now=NOW - 2 * DAY)
    second = seen_of(wal, replace(wrote(6 * SIZE, "b"), timeline=2), first, now=NOW - 2 * DAY + HOUR)
    third = seen_of(wal, replace(wrote(7 * SIZE, "c"), timeline=2), second, now=NOW - DAY)
    last = seen_of(wal, replace(wrote(8 * SIZE, "d"), timeline=2), third)
    assert instant(last) == NOW - 2 * DAY


def test_a_transaction_number_that_a_new_timeline_gives_again_is_another_transaction() -> None:
    wal = of_two_timelines()
    first = seen_of(wal, replace(wrote(6 * SIZE, "760:760:"), timeline=1), now=NOW - DAY)
    last = seen_of(wal, replace(wrote(8 * SIZE, "760:760:"), timeline=2), first)
    assert instant(last) == NOW - 2 * DAY


def test_a_standby_that_took_over_and_is_idle_has_lost_nothing() -> None:
    wal = of_two_timelines()
    first = seen_of(wal, replace(wrote(4 * SIZE, "760:760:"), timeline=1), now=NOW - DAY)
    last = seen_of(wal, replace(wrote(5 * SIZE + 400, "760:760:"), timeline=2), first)
    assert instant(last) == NOW


def test_a_new_timeline_is_followed_even_where_the_one_given_up_is_archived_further() -> None:
    wal = of_two_timelines(5, 6)
    assert instant(seen_of(wal, DENIED)) == NOW - HOUR
    assert instant(seen_of(wal, replace(wrote(7 * SIZE), timeline=2))) == NOW


def test_a_copy_that_was_started_elsewhere_leads_no_other_way_than_its_source() -> None:
    wal = of_two_timelines(5, 6)
    assert instant(seen_of(wal, replace(wrote(10 * SIZE), timeline=1))) == NOW
    assert instant(seen_of(wal, replace(wrote(10 * SIZE + 500), timeline=1))) == NOW - 2 * DAY


def test_a_position_that_was_seen_by_a_clock_ahead_proves_nothing() -> None:
    first = looked(2, 3, source=wrote(4 * SIZE), now=NOW + DAY)
    second = looked(2, 3, source=wrote(5 * SIZE, "b"), previous=first, now=NOW - HOUR)
    last = looked(2, 3, source=wrote(6 * SIZE, "c"), previous=second)
    assert instant(last) == NOW - 2 * DAY


def archive(wal: WalArchive, source: SourceState | LookError = DENIED, *damaged: str) -> ClusterArchive:
    """Return an archive with the one base backup."""
    return ClusterArchive(backups=(BASE,), unusable=(), damaged=frozenset(damaged), wal=wal, source=source)


def test_a_restore_replays_the_chain_on_the_way_of_the_source() -> None:
    wal = of_two_timelines(5, 6)
    for source, newest in (
        (DENIED, on_timeline(6, 2)),
        (replace(wrote(10 * SIZE), timeline=2), on_timeline(6, 2)),
        (replace(wrote(10 * SIZE), timeline=1), on_timeline(9, 1)),
    ):
        chain = archive(wal, source).best
        assert chain is not None and chain.newest == newest
    assert archive(wal, DENIED, "base").best is None
    assert archive(WalArchive(segments={on_timeline(3, 1): NOW})).best is None


def test_a_restore_leads_to_the_instant_that_the_list_of_points_shows() -> None:
    anew = archive(WalArchive(segments={on_timeline(number, 1): NOW - MINUTE for number in (2, 3)}))
    chain = anew.best
    assert chain is not None
    assert newest_instant(chain, anew, None, NOW).at == NOW - MINUTE
    assert newest_instant(chain, anew, looked(2, 3, now=NOW - HOUR), NOW).at == NOW - 2 * DAY
    lost = looked(2, 3, age=timedelta(0), source=wrote(9 * SIZE), now=NOW - DAY)
    known = looked(2, 3, age=timedelta(0), previous=lost)
    more = archive(WalArchive(segments={on_timeline(number, 1): NOW for number in (2, 3, 4)}))
    longer = more.best
    assert longer is not None
    assert newest_instant(longer, more, known, NOW).at == NOW - DAY


def test_a_segment_that_is_dated_anew_is_as_old_as_it_was() -> None:
    first = looked(2, 3, now=NOW - HOUR)
    assert instant(looked(2, 3, age=MINUTE, previous=first)) == NOW - 2 * DAY
    assert instant(looked(2, 3, 4, age=MINUTE, previous=first)) == NOW - MINUTE


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


def test_a_base_backup_dated_ahead_makes_no_instant_newer() -> None:
    ahead = replace(BASE, time=NOW + DAY / 2)
    first = seen_of(archive_of(2, 3), DENIED, base=ahead)
    assert instant_replayed(first) == NOW - 2 * DAY
    later = seen_of(archive_of(2, 3), DENIED, first, NOW + DAY, base=ahead)
    assert instant_replayed(later) == NOW


def archive_of(*numbers: int) -> WalArchive:
    """Return an archive of some segments of two days ago."""
    return WalArchive(segments={on_timeline(number, 1): NOW - 2 * DAY for number in numbers})


def instant_replayed(seen: Observation) -> datetime:
    """Return the instant to which WAL is replayed."""
    (point,) = (point for point in points_in(seen) if point.id.endswith("+wal"))
    return point.time


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
        (13 * DAY, (), {FULL: "kept", INCREMENT: "kept"}),
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


def test_a_first_look_at_a_backlog_believes_no_date_of_its_segments() -> None:
    behind = looked(2, 3, age=MINUTE, source=wrote(6 * SIZE))
    assert (instant(behind), [gap.reason.value for gap in behind.gaps]) == (BASE.time, ["unreadable"])
    assert instant(looked(2, 3, age=MINUTE, source=wrote(5 * SIZE))) == NOW - MINUTE
    caught_up = looked(*range(2, 7), age=MINUTE, source=wrote(8 * SIZE, "b"), previous=behind, now=NOW + 15 * MINUTE)
    assert instant(caught_up) == NOW
