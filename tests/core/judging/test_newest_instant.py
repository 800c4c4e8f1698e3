"""The newest instant to which a cluster can be recovered, by its archive and what its source tells."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.cluster_archive import ClusterArchive, SourceState
from agent.core.errors import LookError
from agent.core.facts.recovery_points import ON_THE_WAY
from agent.core.judging.newest_instant import newest_instant
from agent.core.judging.wal_points import missing_beyond
from agent.core.wal_segments import WalArchive
from tests.core.judging.archives import (
    BASE,
    DAY,
    DENIED,
    HOUR,
    MINUTE,
    NOW,
    SIZE,
    archive_of,
    instant,
    instant_replayed,
    looked,
    of_two_timelines,
    on_timeline,
    seen_of,
    wrote,
)


def test_without_the_source_an_old_archive_is_unsure_and_a_new_one_is_not() -> None:
    seen = looked(2, 3)
    assert (instant(seen), [gap.reason.value for gap in seen.gaps]) == (NOW - 2 * DAY, ["denied"])
    assert not looked(2, 3, age=2 * HOUR).gaps


def test_a_source_that_wrote_nothing_more_makes_the_instant_now() -> None:
    seen = looked(2, 3, source=wrote(4 * SIZE + 40))
    assert (instant(seen), seen.gaps) == (NOW, ())


def test_an_instant_lies_ahead_of_no_look_whose_end_is_shown_in_whole_seconds() -> None:
    seen = looked(2, 3, source=wrote(4 * SIZE + 40), now=NOW + timedelta(microseconds=900_000))
    assert instant(seen) == NOW


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


@pytest.mark.parametrize(("age", "reached"), [(2 * HOUR, 3 * DAY), (2 * HOUR + MINUTE, 2 * HOUR + MINUTE)])
def test_what_just_arrived_before_more_that_waits_may_have_been_written_long_ago(
    age: timedelta, reached: timedelta
) -> None:
    assert instant(looked(2, 3, age=age, source=wrote(9 * SIZE))) == NOW - reached


def test_an_instant_to_which_data_could_be_recovered_before_stays_one() -> None:
    first = looked(2, 3, now=NOW - HOUR)
    again = looked(2, 3, previous=first)
    assert [one.as_of for one in again.named(ON_THE_WAY)] == [instant(first)] == [instant(again)]


def test_a_backlog_with_new_dates_is_as_old_as_what_it_holds() -> None:
    first = looked(2, 3, source=wrote(4 * SIZE), now=NOW - DAY)
    second = looked(2, 3, source=wrote(6 * SIZE, "b"), previous=first, now=NOW - 2 * HOUR)
    last = looked(2, 3, 4, age=timedelta(0), source=wrote(9 * SIZE, "c"), previous=second)
    assert instant(last) == NOW - DAY


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


def test_a_base_backup_dated_ahead_makes_no_instant_newer() -> None:
    ahead = replace(BASE, time=NOW + DAY / 2)
    first = seen_of(archive_of(2, 3), DENIED, base=ahead)
    assert instant_replayed(first) == NOW - 2 * DAY
    later = seen_of(archive_of(2, 3), DENIED, first, NOW + DAY, base=ahead)
    assert instant_replayed(later) == NOW


def test_a_first_look_at_a_backlog_believes_no_date_of_its_segments() -> None:
    behind = looked(2, 3, age=MINUTE, source=wrote(6 * SIZE))
    assert (instant(behind), [gap.reason.value for gap in behind.gaps]) == (BASE.time, ["unreadable"])
    assert instant(looked(2, 3, age=MINUTE, source=wrote(5 * SIZE))) == NOW - MINUTE
    caught_up = looked(*range(2, 7), age=MINUTE, source=wrote(8 * SIZE, "b"), previous=behind, now=NOW + 15 * MINUTE)
    assert instant(caught_up) == NOW


def test_an_exercise_is_told_of_the_segment_that_lacks_before_later_ones() -> None:
    for age, missing in ((HOUR, on_timeline(4, 1)), (MINUTE, "")):
        holed = archive(WalArchive(segments={on_timeline(number, 1): NOW - age for number in (2, 3, 5, 6)}))
        chain = holed.best
        assert chain is not None
        assert missing_beyond(chain, holed, None, NOW) == missing
