"""The recovery points of a cluster, from its base backups, its archive and what its source tells."""

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


def looked(
    *numbers: int,
    age: timedelta = 2 * DAY,
    source: SourceState | LookError = DENIED,
    previous: Observation | None = None,
    now: datetime = NOW,
    damaged: frozenset[str] = frozenset(),
) -> Observation:
    """Return a look at an archive of these segments, archived so long ago."""
    wal = WalArchive(segments={f"{1:08X}{0:08X}{number:08X}": NOW - age for number in numbers})
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
        list(source_facts(COPY, wrong, None, NOW))
    matched = tuple(source_facts(COPY, wrote(4 * SIZE), None, NOW))
    known = Observation(collector="pg_list", host="db-1", subject=COPY.subject, begun=NOW, ended=NOW, facts=matched)
    assert tuple(source_facts(COPY, wrong, known, NOW)) == matched
