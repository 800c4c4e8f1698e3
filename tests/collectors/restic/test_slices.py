"""Shares of a repository: which is read next, and what was read so far."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.core.facts.verification import Slice
from collectors.restic.slices import BUCKETS, WHOLE, bucket_of, buckets_of, covered, needed, next_slice

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SLICES = st.integers(1, BUCKETS).flatmap(lambda of: st.integers(1, of).map(lambda number: Slice(number=number, of=of)))
READ = st.lists(st.tuples(SLICES, st.datetimes(timezones=st.just(UTC))), max_size=20)


@given(st.integers(1, BUCKETS))
def test_the_slices_of_a_number_cover_everything_once(of: int) -> None:
    buckets = [bucket for number in range(1, of + 1) for bucket in buckets_of(Slice(number=number, of=of))]
    assert sorted(buckets) == list(range(BUCKETS))


def test_a_pack_lies_in_the_slice_that_restic_reads_it_with() -> None:
    assert bucket_of("0a" + "0" * 62) == 10
    assert 10 in buckets_of(Slice(number=1, of=10))
    assert 10 not in buckets_of(Slice(number=2, of=10))


@given(READ)
def test_leaving_out_slices_that_later_ones_cover_loses_nothing(read: list[tuple[Slice, datetime]]) -> None:
    kept = needed(read)
    assert covered(kept) == covered(read)
    assert len(kept) <= BUCKETS


@given(st.integers(1, 10**13), st.integers(1, 10**11))
def test_a_share_fits_the_budget_as_far_as_restic_can_divide(stored: int, budget: int) -> None:
    share = next_slice(stored, budget, {})
    assert share.of == BUCKETS or stored <= budget * share.of
    assert share.of == 1 or stored > budget * (share.of - 1)


def test_no_budget_reads_everything_and_so_does_one_that_is_large_enough() -> None:
    assert next_slice(10**12, None, {}) == WHOLE
    assert next_slice(10**9, 10**9, {}) == WHOLE


@given(st.integers(1, BUCKETS))
def test_night_after_night_everything_is_read_before_anything_is_read_again(of: int) -> None:
    read: list[tuple[Slice, datetime]] = []
    for night in range(of):
        share = next_slice(of * 100, 100, covered(read))
        assert share not in [one for one, _ in read]
        read.append((share, BEGIN + timedelta(days=night)))
    assert len(covered(read)) == BUCKETS
    assert next_slice(of * 100, 100, covered(read)) == read[0][0]


def test_a_repository_that_grew_is_read_on_where_it_was_left() -> None:
    read = [(Slice(number=1, of=2), BEGIN)]
    assert next_slice(300, 100, covered(read)).of == 3
    assert min(buckets_of(next_slice(400, 100, covered(read)))) % 2 == 1
