"""Which leaves rows give: each beneficiary's own, numbered within it, and nothing of others."""

import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from agent.ledger.chain import GENESIS, ChainRow, forge
from agent.ledger.leaves import own_leaves, own_trees
from agent.proving.merkle import EMPTY_ROOT

OWNERS = st.lists(st.sampled_from(["", "scota", "diitun"]), max_size=20)


def chain_of(owners: Sequence[str]) -> list[ChainRow]:
    rows: list[ChainRow] = []
    for sequence, owner in enumerate(owners, start=1):
        rows.append(
            forge(
                rows[-1].link if rows else GENESIS,
                sequence=sequence,
                instant=f"2026-11-24T04:12:{sequence:02d}.000000Z",
                kind="day",
                beneficiary=owner,
                payload_sha256=f"{sequence:064x}",
            )
        )
    return rows


@given(OWNERS)
def test_a_beneficiary_sees_its_own_rows_numbered_without_a_hole(owners: list[str]) -> None:
    rows = chain_of(owners)
    found = own_leaves(rows, {"scota": 5})
    for name, first in (("scota", 5), ("diitun", 1)):
        own = [row for row in rows if row.beneficiary == name]
        leaves = [json.loads(leaf) for leaf in found.get(name, ())]
        assert [leaf["row"] for leaf in leaves] == list(range(first, first + len(own)))
        assert [leaf["payload"] for leaf in leaves] == [row.payload_sha256 for row in own]


@given(OWNERS, OWNERS)
def test_rows_of_others_change_no_leaf_but_their_own(owners: list[str], more: list[str]) -> None:
    own = chain_of([owner for owner in owners if owner == "scota"])
    others = [row for row in chain_of(more) if row.beneficiary != "scota"]
    assert own_leaves([*others, *own], {}).get("scota", ()) == own_leaves(own, {}).get("scota", ())


def test_a_beneficiary_that_once_had_a_row_has_a_tree_each_day() -> None:
    quiet, talking = own_trees(chain_of(["scota"]), {"diitun": 9})
    assert (quiet.beneficiary, quiet.first, quiet.rows, quiet.root) == ("diitun", 9, 0, EMPTY_ROOT)
    assert (talking.beneficiary, talking.first, talking.rows) == ("scota", 1, 1)
