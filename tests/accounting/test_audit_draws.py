"""Draws: a seed alone decides them, each piece by its share of all bytes, and a loss of 1 % is seen with 99 %."""

import hashlib
import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.audit_draws import _Earliest, arrivals, confidence, draw
from agent.core.collecting.audited import AuditUnit

SEED = bytes.fromhex("00c0ffee")


def unit(number: int, size: int) -> AuditUnit:
    """Return a piece with a name as restic's have."""
    return AuditUnit(name=f"data {hashlib.sha256(str(number).encode()).hexdigest()}", size=size)


def listed(count: int, sizes: int = 1) -> list[AuditUnit]:
    """Return pieces of sizes that vary."""
    return [unit(number, 100 + number % sizes * 1000) for number in range(count)]


def names(seed: bytes, draws: int, units: list[AuditUnit]) -> list[str]:
    """Return the names of what is drawn."""
    return [one.name for one in draw(seed, draws, units).units]


def test_the_arrivals_are_sums_of_the_documented_digests() -> None:
    one, expected = unit(1, 250), 0.0
    for number, at in zip(range(3), arrivals(SEED, one), strict=False):
        digits = hashlib.sha256(f"beffroi-audit/1 00c0ffee {one.name} {number}".encode()).hexdigest()[:13]
        expected += -math.log((int(digits, 16) + 0.5) / 2**52) / 250
        assert at == expected


def test_the_confidence_is_cut_to_two_decimals() -> None:
    assert [confidence(draws) for draws in (460, 459, 458, 1, 69)] == [0.99, 0.99, 0.98, 0.01, 0.5]


@given(
    sizes=st.lists(st.integers(1, 10**7), min_size=1, max_size=40), draws=st.integers(1, 60), seed=st.binary(min_size=1)
)
def test_the_draws_are_the_earliest_arrivals_whatever_the_order(sizes: list[int], draws: int, seed: bytes) -> None:
    units = [unit(number, size) for number, size in enumerate(sizes)]
    every = []
    for one in units:
        instants = arrivals(seed, one)
        every += [(next(instants), one.name) for _ in range(draws)]
    expected = [name for _, name in sorted(every)[:draws]]
    assert names(seed, draws, units) == expected
    shuffled = units * 2
    random.Random(draws).shuffle(shuffled)
    assert names(seed, draws, shuffled) == expected


def test_a_piece_listed_twice_counts_once_by_its_larger_size() -> None:
    units = listed(50)
    larger = unit(7, 100_000)
    assert names(SEED, 40, [*units, larger]) == names(SEED, 40, [larger, *units[:7], *units[8:]])
    assert names(SEED, 40, [larger, *units]) == names(SEED, 40, [*units, larger])
    few = listed(5)
    assert names(SEED, 40, [*few, unit(3, 1000)]) == names(SEED, 40, [*few[:3], unit(3, 1000), few[4]])


def test_no_piece_is_held_that_is_no_draw() -> None:
    earliest = _Earliest(room=20)
    for one in listed(300, 4):
        earliest.take(SEED, one)
    drawn = Counter(name for _, name in earliest.heap)
    assert {name: count for name, (_, count) in earliest.held.items()} == drawn


def test_another_seed_draws_something_else() -> None:
    units = listed(1000)
    assert names(SEED, 20, units) == names(bytes.fromhex("00C0FFEE"), 20, units)
    assert not set(names(SEED, 20, units)) & set(names(b"another", 20, units))


def test_data_that_is_added_later_moves_no_draw_to_another_piece() -> None:
    before = listed(1000)
    after = [*before, *(unit(number, 100) for number in range(1000, 1100))]
    old = {one.name for one in before}
    kept = [name for name in names(SEED, 100, after) if name in old]
    assert kept == names(SEED, 100, before)[: len(kept)]
    assert len(kept) > 70


def test_fewer_pieces_than_draws_are_drawn_several_times() -> None:
    found = draw(SEED, 460, listed(3, 3))
    assert (len(found.units), len(found.distinct), found.listed, found.bytes_listed) == (460, 3, 3, 3300)
    assert draw(SEED, 460, []).units == ()


def test_a_piece_is_drawn_by_its_share_of_all_bytes() -> None:
    units = [unit(0, 9000), *(unit(number, 10) for number in range(1, 101))]
    found = [name == units[0].name for seed in range(200) for name in names(bytes([seed]), 20, units)]
    # 4,000 draws of nine in ten: a standard deviation of 0.0047.
    assert abs(sum(found) / len(found) - 0.9) < 0.024


@pytest.mark.slow
def test_460_draws_see_a_loss_of_one_percent_with_99_percent() -> None:
    units = listed(400, 2)
    lost = {one.name for one in units[:2]} | {units[4].name}
    share = sum(one.size for one in units if one.name in lost) / sum(one.size for one in units)
    draws = round(460 * 0.01 / share)
    seen = sum(1 for seed in range(1000) if lost & set(names(seed.to_bytes(2), draws, units)))
    # Of 1,000 seeds 10 are expected to miss it, 24 with one in ten thousand.
    assert seen >= 976
