"""The leaves of an agent's log: what each says, and what its proofs do not show of others."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.proving.day_log import (
    FEWEST_LEAVES,
    OwnTree,
    SignedDayLeaf,
    day_leaf,
    day_leaf_in,
    day_tree,
    earlier_leaf,
    log_tree,
    own_leaf,
    own_leaf_in,
    own_tree,
    row_leaf,
)
from agent.proving.merkle import EMPTY_ROOT, includes, leaf_hash
from agent.proving.placed_tree import bits_for

SEED = bytes(range(32))
DIGEST = "5" * 64


def own(name: str, rows: int = 2) -> OwnTree:
    leaves = [
        row_leaf(number=number, instant="2026-11-24T04:12:07.000000Z", kind="day", payload=DIGEST)
        for number in range(1, rows + 1)
    ]
    return own_tree(name, 1, leaves)


def test_a_row_leaf_is_one_line_of_canonical_json() -> None:
    leaf = row_leaf(number=7, instant="2026-11-24T04:12:07.000000Z", kind="day", payload=DIGEST)
    assert leaf == f'{{"instant":"2026-11-24T04:12:07.000000Z","kind":"day","payload":"{DIGEST}","row":7}}'


def test_the_leaves_of_the_log_are_lines_that_differ_in_kind() -> None:
    day = day_leaf(number=3, day="2026-11-24", head=DIGEST, root=EMPTY_ROOT, bits=24)
    earlier = earlier_leaf(number=2, day="2026-11-23", head=DIGEST)
    assert json.loads(day) == {
        "bits": 24,
        "day": "2026-11-24",
        "head": DIGEST,
        "number": 3,
        "root": EMPTY_ROOT.hex(),
    }
    assert "bits" not in day_leaf(number=3, day="2026-11-24", head=DIGEST, root=EMPTY_ROOT, bits=None)
    assert json.loads(earlier) == {"day": "2026-11-23", "earlier": True, "head": DIGEST, "number": 2}
    assert log_tree([earlier, day]).size == 2


def test_a_day_without_a_row_has_the_root_of_an_empty_tree() -> None:
    assert (own("scota", 0).root, own("scota", 0).next, own("scota", 2).next) == (EMPTY_ROOT, 1, 3)


@pytest.mark.parametrize("has_places", [True, False])
@given(names=st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=40))
def test_each_beneficiary_has_its_leaf_in_the_tree_of_a_day(has_places: bool, names: set[str]) -> None:
    trees = [own(name, number % 3) for number, name in enumerate(sorted(names))]
    found = day_tree(SEED, trees, bits_for(names) if has_places else None)
    for one in trees:
        place = found.places[one.beneficiary]
        leaf, proof = leaf_hash(own_leaf(SEED, one).encode()), found.tree.inclusion(place)
        assert includes(root=found.tree.root, size=found.tree.size, index=place, leaf=leaf, proof=proof)
    expected = 1 << bits_for(names) if has_places else max(FEWEST_LEAVES, 1 << (len(names) - 1).bit_length())
    assert found.tree.size == expected


@pytest.mark.parametrize(("bits", "length"), [(None, 4), (24, 24)])
@pytest.mark.parametrize("others", [0, 1, 7, 15])
def test_a_proof_has_one_length_however_many_others_there_are(others: int, bits: int | None, length: int) -> None:
    found = day_tree(SEED, [own("scota"), *(own(f"other-{number}") for number in range(others))], bits)
    assert len(found.tree.inclusion(found.places["scota"])) == length


def test_others_change_no_place_of_a_beneficiary() -> None:
    places = {
        day_tree(SEED, [own("scota"), *(own(f"other-{number}") for number in range(others))], 24).places["scota"]
        for others in range(9)
    }
    assert places == {int.from_bytes(hashlib.sha256(b"scota").digest()[:3], "big")}


def test_a_beneficiary_that_is_named_as_a_filler_has_a_hash_of_its_own() -> None:
    names = [str(number) for number in range(16)]
    found = day_tree(SEED, [own(name) for name in names], None)
    assert sorted(found.places.values()) == list(range(16))
    alone = day_tree(SEED, [own("3")], None)
    assert {alone.tree.inclusion(place)[0] for place in range(16)} >= {leaf_hash(own_leaf(SEED, own("3")).encode())}


def test_another_seed_gives_each_leaf_another_salt() -> None:
    one, other = own_leaf(SEED, own("scota")), own_leaf(bytes(32), own("scota"))
    assert json.loads(one)["salt"] != json.loads(other)["salt"]
    assert json.loads(one) | {"salt": ""} == json.loads(other) | {"salt": ""}
    assert json.loads(one)["salt"] != json.loads(own_leaf(SEED, own("diitun")))["salt"]


@pytest.mark.parametrize(
    "changed",
    [
        OwnTree(beneficiary="scota", first=2, rows=2, root=own("scota").root),
        OwnTree(beneficiary="scota", first=1, rows=1, root=own("scota").root),
        OwnTree(beneficiary="scota", first=1, rows=2, root=EMPTY_ROOT),
        OwnTree(beneficiary="SCOTA", first=1, rows=2, root=own("scota").root),
    ],
)
def test_whatever_changes_of_a_tree_changes_the_root_of_its_day(changed: OwnTree) -> None:
    assert day_tree(SEED, [changed], 24).tree.root != day_tree(SEED, [own("scota")], 24).tree.root


def test_a_leaf_is_read_as_it_was_written() -> None:
    day = day_leaf(number=3, day="2026-11-24", head=DIGEST, root=EMPTY_ROOT, bits=25)
    assert day_leaf_in(day) == SignedDayLeaf(number=3, day="2026-11-24", head=DIGEST, root=EMPTY_ROOT, bits=25)
    assert own_leaf_in(own_leaf(SEED, own("scota"))) == own("scota")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"bits":24,', '"bits":23,'),
        ('"bits":24,', '"bits":53,'),
        ('"bits":24,', '"bits":24.0,'),
        ('"bits":24,', '"bits":24,"bits":24,'),
        ('"day"', ' "day"'),
        ('"number":3', '"number":3,"of":{"root":"00"}'),
        ('"number":3', '"number":-3'),
        ("}", "} "),
        ('{"bits"', '[{"bits"'),
    ],
)
def test_a_day_s_leaf_of_another_spelling_is_none(old: str, new: str) -> None:
    leaf = day_leaf(number=3, day="2026-11-24", head=DIGEST, root=EMPTY_ROOT, bits=24)
    changed = leaf.replace(old, new)
    assert changed != leaf
    with pytest.raises(ValueError):
        day_leaf_in(changed)


@pytest.mark.parametrize(("old", "new"), [('"rows":2', '"rows":2,"rows":2'), ('"first":1', '"first":"1"'), ("{", "{ ")])
def test_a_beneficiary_s_leaf_of_another_spelling_is_none(old: str, new: str) -> None:
    changed = own_leaf(SEED, own("scota")).replace(old, new)
    with pytest.raises(ValueError):
        own_leaf_in(changed)
