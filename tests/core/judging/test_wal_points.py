"""The recovery points of a cluster, from its base backups, its archive and what its source tells."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.errors import Denied, LookError, WrongRepository
from agent.core.facts.recovery_points import points_in
from agent.core.inventory import Copy, ProgramLooks
from agent.core.judging.wal_points import ClusterArchive, SourceState, cluster_facts, gap_in, source_facts
from agent.core.model import Fact, Gap, Observation
from agent.core.wal_segments import BaseBackup, WalArchive

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
) -> Observation:
    """Return a look at an archive."""
    found = ClusterArchive(backups=(BASE,), unusable=(), damaged=damaged, wal=wal, source=source)
    told = tuple(cluster_facts(COPY, found, previous, now))
    return Observation(
        collector="pg_list",
        host="db-1",
        subject=COPY.subject,
        begun=now,
        ended=now,
        facts=tuple(one for one in told if isinstance(one, Fact)),
        gaps=tuple(one for one in told if isinstance(one, Gap)),
    )


def looked(
    *numbers: int,
    age: timedelta = 2 * DAY,
    source: SourceState | LookError = DENIED,
    previous: Observation | None = None,
    now: datetime = NOW,
    damaged: frozenset[str] = frozenset(),
) -> Observation:
    """Return a look at an archive of these segments, archived so long ago."""
    wal = WalArchive(segments={on_timeline(number, 1): NOW - age for number in numbers})
    return seen_of(wal, source, previous, now, damaged=damaged)


def instant(seen: Observation) -> datetime:
    """Return the newest instant to which the data can be recovered."""
    return max(point.time for point in points_in(seen))


def wrote(lsn: int, snapshot: str = "a", archived: str = "") -> SourceState:
    """Return what a source tells."""
    return SourceState(lsn=lsn, snapshot=snapshot, timeout=0, archived=archived)


def test_without_the_source_an_old_archive_is_unsure_and_a_new_one_is_not() -> None:
    seen = looked(2, 3)
    assert (instant(seen), [gap.reason.value for gap in seen.gaps]) == (NOW - 2 * DAY, ["denied"])
    assert not looked(2, 3, age=HOUR).gaps


def test_a_source_that_wrote_nothing_more_makes_the_instant_now() -> None:
    seen = looked(2, 3, source=wrote(4 * SIZE + 40))
    assert (instant(seen), seen.gaps) == (NOW, ())


def test_an_archive_that_lacks_what_was_committed_is_old_and_sure() -> None:
    first = looked(2, 3, source=wrote(4 * SIZE), now=NOW - DAY)
    second = looked(2, 3, source=wrote(5 * SIZE, "b"), previous=first, now=NOW - DAY + 15 * MINUTE)
    third = looked(2, 3, source=wrote(6 * SIZE, "c"), previous=second, now=NOW - DAY + 30 * MINUTE)
    last = looked(2, 3, source=wrote(9 * SIZE, "d"), previous=third)
    assert (instant(last), last.gaps) == (NOW - DAY, ())


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
    known = Observation(collector="pg_list", host="db-1", subject=COPY.subject, begun=NOW, ended=NOW, facts=matched)
    assert tuple(source_facts(COPY, wrong, "1", known, NOW)) == matched


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
    first = seen_of(wal, replace(wrote(5 * SIZE, "760:760:"), timeline=1), now=NOW - DAY)
    last = seen_of(wal, replace(wrote(8 * SIZE, "760:760:"), timeline=2), first)
    assert instant(last) == NOW - DAY


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
