"""How far an archive continues a base backup, for any set of segments and any timelines."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.core.wal_segments import (
    BaseBackup,
    WalArchive,
    chains_of,
    history_in,
    later_than,
    lsn_of,
    segment_size,
)

MB = 1 << 20
SIZE = 16 * MB
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def segment(number: int, timeline: int = 1) -> str:
    """Return the name of a segment of 16 MB."""
    return f"{timeline:08X}{number // 256:08X}{number % 256:08X}"


def base(first: int, last: int, *, timeline: int = 1, id: str = "base") -> BaseBackup:
    """Return a backup that needs the segments from one to another."""
    return BaseBackup(
        id=id,
        time=NOW + timedelta(minutes=last),
        first=segment(first, timeline),
        last=segment(last, timeline),
        start_lsn=first * SIZE + 40,
        stop_lsn=last * SIZE + 300,
    )


def archive(*names: str, **histories: tuple[tuple[int, int], ...]) -> WalArchive:
    """Return an archive of some segments; `t2` is the history of timeline 2."""
    return WalArchive(
        segments=dict.fromkeys(names, NOW), histories={int(name[1:]): told for name, told in histories.items()}
    )


def test_a_backup_is_replayed_as_far_as_no_segment_lacks() -> None:
    kept = archive(*(segment(number) for number in (3, 4, 5, 7, 8)))
    (chain,) = chains_of([base(3, 4)], kept)
    assert (chain.complete, chain.newest, chain.missing) == (True, segment(5), segment(6))
    assert chain.end == 6 * SIZE
    assert later_than(chain, kept) == (segment(7), segment(8))


def test_a_backup_without_its_own_segments_is_not_complete() -> None:
    for lacking in (3, 4):
        kept = archive(*(segment(number) for number in (3, 4, 5) if number != lacking))
        (chain,) = chains_of([base(3, 4)], kept)
        assert not chain.complete


def test_an_older_backup_that_reaches_further_comes_first() -> None:
    kept = archive(*(segment(number) for number in (3, 4, 5, 6)))
    older, newer = base(3, 4, id="older"), base(8, 9, id="newer")
    assert [chain.backup.id for chain in chains_of([newer, older], kept)] == ["older", "newer"]


def test_of_two_that_reach_as_far_the_newer_backup_comes_first() -> None:
    kept = archive(*(segment(number) for number in range(250, 260)))
    older, newer = base(250, 251, id="older"), base(254, 255, id="newer")
    chains = chains_of([older, newer], kept)
    assert [(chain.backup.id, chain.end) for chain in chains] == [("newer", 260 * SIZE), ("older", 260 * SIZE)]


def test_a_new_timeline_is_followed_where_its_history_says_so() -> None:
    names = (segment(3), segment(4), segment(5), segment(5, 2), segment(6, 2), segment(6, 3))
    (alone,) = chains_of([base(3, 4)], archive(*names))
    assert alone.newest == segment(5)
    kept = archive(*names, t2=((1, 5 * SIZE + 99),), t3=((1, 5 * SIZE + 99), (2, 6 * SIZE + 7)))
    (chain,) = chains_of([base(3, 4)], kept)
    assert (chain.newest, chain.missing, chain.end) == (segment(6, 3), segment(7, 3), 7 * SIZE)


def test_a_timeline_that_left_before_the_backup_ended_is_not_its_own() -> None:
    kept = archive(segment(3), segment(4), segment(4, 2), segment(5, 2), t2=((1, 4 * SIZE + 20),))
    (chain,) = chains_of([base(3, 4)], kept)
    assert chain.newest == segment(4)


def test_the_size_of_segments_is_told_by_names_and_their_lsns() -> None:
    assert segment_size([("000000010000000000000002", 0x2000028)]) == SIZE
    assert segment_size([("000000010000000100000003", (1 << 32) + 3 * 64 * MB + 40)]) == 64 * MB
    assert segment_size([("000000010000000000000002", 0x3000028)]) is None
    assert segment_size([("000000010000000000000000", 40)]) is None
    # At the beginning of a log every size fits: the usual one stands, and another name decides.
    boundary = ("000000010000000100000000", (1 << 32) + 40)
    assert segment_size([boundary]) == SIZE
    assert segment_size([boundary, ("000000010000000100000001", (1 << 32) + 64 * MB + 40)]) == 64 * MB


@given(st.sampled_from([1 << power for power in range(20, 31)]), st.integers(1, 1 << 30), st.integers(1, 9))
def test_every_size_is_found(size: int, number: int, timeline: int) -> None:
    per = (1 << 32) // size
    names = [(f"{timeline:08X}{one // per:08X}{one % per:08X}", one * size + 40) for one in (number, number + 1)]
    assert segment_size(names) == size


@given(st.binary(max_size=200))
def test_any_history_is_read_or_refused(content: bytes) -> None:
    told = history_in(content)
    assert told is None or all(number >= 0 and lsn >= 0 for number, lsn in told)


def test_a_history_file_is_read_as_postgresql_writes_it() -> None:
    assert history_in(b"1\t0/3000158\tno recovery target specified\n\n2\t1/A0\tbefore 2000\n") == (
        (1, 0x3000158),
        (2, (1 << 32) + 0xA0),
    )
    assert history_in(b"1\tnothing\n") is None
    assert lsn_of("0/3000158") == 0x3000158
    assert lsn_of(3) is None


@given(st.sets(st.integers(1, 40)), st.integers(1, 38))
def test_a_chain_never_steps_over_a_lacking_segment(numbers: set[int], first: int) -> None:
    kept = archive(*(segment(number) for number in numbers))
    (chain,) = chains_of([base(first, first + 1)], kept)
    reached = range(first, chain.end // SIZE)
    assert set(reached) <= numbers
    assert chain.end // SIZE not in numbers
    assert chain.complete == ({first, first + 1} <= numbers)
    assert set(later_than(chain, kept)) == {segment(number) for number in numbers if number > chain.end // SIZE}
