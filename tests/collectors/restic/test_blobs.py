"""How the bytes of an audit are kept few: data by range, trees by range until their pack is the better buy."""

from agent.core.collecting.audited import AuditUnit
from collectors.restic.blobs import Fetching

MIB = 1024 * 1024


def unit(name: str, file: str = "data/ab/abcd", size: int = 4000) -> AuditUnit:
    return AuditUnit(name=name, size=size, file=file)


def test_a_blob_of_data_goes_through_the_cache_which_takes_its_range() -> None:
    assert Fetching(packs={"data/ab/abcd": 16 * MIB}, index_bytes=1).through_cache(unit("data 1"))


def test_trees_of_a_pack_are_read_by_range_until_that_costs_as_much() -> None:
    fetching = Fetching(packs={"data/ab/abcd": 16 * MIB, "data/cd/cdef": 16 * MIB}, index_bytes=4 * MIB - 4000)
    assert [fetching.through_cache(unit(f"tree {number}")) for number in range(6)] == [False] * 4 + [True] * 2
    assert not fetching.through_cache(unit("tree 9", file="data/cd/cdef"))


def test_a_large_index_is_not_read_again_for_a_small_pack() -> None:
    assert Fetching(packs={"data/ab/abcd": 16 * MIB}, index_bytes=60 * MIB).through_cache(unit("tree 1"))
    assert Fetching(index_bytes=1).through_cache(unit("tree 1"))
