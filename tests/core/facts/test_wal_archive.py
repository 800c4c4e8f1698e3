"""Between which instants a cluster can be recovered, from what was seen of it and of its archive."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.core.facts.wal_archive import (
    KEPT,
    RecoverableBounds,
    SeenPosition,
    SourcePosition,
    with_position,
    worth_keeping,
)
from agent.core.facts.wal_archive import bounds as bounds_of
from agent.core.wal_segments import WalReach

SIZE = 1 << 24
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
# LSN, snapshot, archive_timeout.
Told = tuple[int, str, int]


def seen(*told: Told) -> tuple[SeenPosition, ...]:
    """Return what looks a quarter of an hour apart saw, the last one now."""
    found: tuple[SeenPosition, ...] = ()
    for number, (lsn, snapshot, timeout) in enumerate(told):
        at = NOW - QUARTER * (len(told) - 1 - number)
        found = with_position(found, SourcePosition(lsn=lsn, snapshot=snapshot, timeout=timeout, since=at))
    return found


def bounds(told: tuple[SeenPosition, ...], end: int, size: int) -> RecoverableBounds:
    """Return between which instants the newest recoverable one lies for an archive that leads so far."""
    return bounds_of(told, WalReach(end=end, size=size))


def ago(quarters: int) -> datetime:
    """Return the instant of a look."""
    return NOW - quarters * QUARTER


def test_what_was_written_by_a_look_and_is_archived_is_recoverable_as_of_then() -> None:
    found = bounds(seen((100, "a", 0), (SIZE - 1, "b", 0), (SIZE + 5000, "c", 0)), SIZE, SIZE)
    assert (found.proven, found.lost) == (ago(1), None)


def test_a_segment_of_which_only_the_header_is_written_holds_nothing() -> None:
    assert bounds(seen((SIZE + 40, "a", 0)), SIZE, SIZE).proven == NOW
    assert bounds(seen((SIZE + 41, "a", 0)), SIZE, SIZE).proven is None


def test_an_idle_cluster_has_lost_nothing_however_old_its_archive_is() -> None:
    # A checkpoint is written after the last segment, and no transaction ends.
    found = bounds(seen((100, "a", 0), *[(SIZE + 300, "a", 0)] * 90), SIZE, SIZE)
    assert (found.proven, found.lost) == (NOW, None)


def test_a_transaction_that_ends_beyond_the_archive_is_lost() -> None:
    told = seen((100, "a", 0), (SIZE + 300, "a", 0), (SIZE + 600, "b", 0), (SIZE + 900, "c", 0))
    found = bounds(told, SIZE, SIZE)
    assert (found.proven, found.lost) == (ago(2), ago(1))


def test_what_was_lost_is_as_old_as_the_look_that_first_saw_it_however_idle_the_cluster_is_since() -> None:
    told = seen((100, "a", 0), (SIZE + 300, "a", 0), *[(SIZE + 600, "b", 0)] * 90)
    found = bounds(told, SIZE, SIZE)
    assert (found.proven, found.lost) == (ago(90), ago(89))


def test_what_ended_between_two_looks_may_be_within_the_archive() -> None:
    # It ended somewhere between 100 and SIZE + 300: nothing shows on which side.
    found = bounds(seen((100, "a", 0), (SIZE + 300, "b", 0), (SIZE + 300, "b", 0)), SIZE, SIZE)
    assert (found.proven, found.lost) == (ago(2), None)


def test_a_first_look_at_an_idle_cluster_shows_nothing() -> None:
    found = bounds(seen(*[(SIZE + 300, "a", 0)] * 9), SIZE, SIZE)
    assert (found.proven, found.lost) == (None, None)


def test_archive_timeout_shows_that_nothing_waits() -> None:
    assert bounds(seen((SIZE + 300, "a", 600), (SIZE + 300, "a", 600)), SIZE, SIZE).proven == NOW
    # Not yet: the segment may still be ended.
    assert bounds(seen((SIZE + 300, "a", 3600), (SIZE + 300, "a", 3600)), SIZE, SIZE).proven is None
    # Whole segments wait.
    assert bounds(seen((3 * SIZE + 300, "a", 600), (3 * SIZE + 300, "a", 600)), SIZE, SIZE).proven is None


def test_a_backlog_that_arrives_makes_its_own_time_recoverable() -> None:
    told = seen((100, "a", 0), (SIZE + 99, "b", 0), (2 * SIZE + 99, "c", 0), (3 * SIZE + 99, "d", 0))
    assert bounds(told, SIZE, SIZE).proven == ago(3)
    assert bounds(told, 2 * SIZE, SIZE).proven == ago(2)
    assert bounds(told, 3 * SIZE, SIZE).proven == ago(1)


def test_a_cluster_set_back_to_an_earlier_instant_forgets_what_lay_beyond() -> None:
    told = seen((100, "a", 0), (9 * SIZE, "b", 0), (2 * SIZE, "c", 0))
    assert [one.position.lsn for one in told] == [100, 2 * SIZE]


POSITIONS = st.lists(
    st.tuples(st.integers(0, 6 * SIZE), st.sampled_from("abc"), st.sampled_from((0, 600))), max_size=12
).map(lambda told: seen(*sorted(told)))


@given(POSITIONS, st.integers(0, 6))
def test_what_is_forgotten_changes_no_later_answer(told: tuple[SeenPosition, ...], archived: int) -> None:
    kept = tuple(worth_keeping(told, WalReach(end=archived * SIZE, size=SIZE)))
    for end in range(archived, 7):
        before, after = bounds(told, end * SIZE, SIZE), bounds(kept, end * SIZE, SIZE)
        assert after.proven is None or (before.proven is not None and after.proven <= before.proven)
        assert not (after.lost and before.proven and after.lost < before.proven and after.proven)


def test_a_day_of_looks_is_kept_and_no_more() -> None:
    told = seen(*[(SIZE * number, str(number), 0) for number in range(400)])
    kept = tuple(worth_keeping(told, WalReach(end=3 * SIZE, size=SIZE)))
    assert len(kept) <= KEPT + 1
    assert kept[-1].at == NOW
    assert kept[0].position.lsn == 3 * SIZE
