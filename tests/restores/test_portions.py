"""What a draw restores: whole folders of the source, apart from each other, big files, and no more than it may."""

import pytest

from agent.core.collecting.backup_program import Node
from agent.core.facts.restore_pace import SMALL
from agent.restores.portions import BIG_BYTES, FOLDER_FILES, FOLDERS_BYTES, NEIGHBOURS, Portion, big_files, folders
from tests.restores.test_sampling import node

MIB = 1024 * 1024


def tree(number: int, files: int = 10, size: int = 1000) -> list[Node]:
    """Return a source of folders with as many files each."""
    found = [node("/srv", type="dir")]
    for folder in range(number):
        found.append(node(f"/srv/{folder}", type="dir"))
        found += [node(f"/srv/{folder}/{file}", size=size) for file in range(files)]
    return found


def test_whole_folders_are_drawn_and_all_that_lies_in_them_is_counted() -> None:
    nodes = tree(3000, files=2)
    nodes += [node(f"/srv/{number}/big", size=2 * MIB) for number in range(3000)]
    portion = folders(nodes, "key")
    assert len(portion.paths) == 8
    assert (portion.small_files, portion.big_bytes) == (16, 16 * MIB)
    assert folders(nodes, "key") == portion
    assert folders(nodes, "other") != portion


def test_a_file_is_counted_once_however_deep_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[Node] = []
    add = Portion.add

    def noted(portion: Portion, one: Node) -> None:
        counted.append(one)
        add(portion, one)

    monkeypatch.setattr(Portion, "add", noted)
    above = [node("/a" * depth, type="dir") for depth in range(1, 500)]
    files = [node("/a" * 499 + f"/{number}") for number in range(20)]
    assert folders([*above, *files], "key").small_files == 20
    assert len(counted) == 20


def test_none_lies_within_another_and_none_holds_more_than_the_source() -> None:
    nodes = [
        node("/srv/scota", type="dir"),
        node("/srv/scota/a", type="dir"),
        node("/srv/scota/a/b", type="dir"),
        node("/srv/scota/a/b/one"),
        node("/srv/scota/a/two"),
    ]
    for key in map(str, range(20)):
        (path,) = folders(nodes, key).paths
        assert path in ("/srv/scota", "/srv/scota/a", "/srv/scota/a/b")


def test_a_folder_that_is_too_large_is_left_and_its_files_are_taken_side_by_side() -> None:
    crowded = [node("/srv", type="dir"), *(node(f"/srv/{number:06}") for number in range(FOLDER_FILES + 1))]
    portion = folders(crowded, "key")
    assert portion.small_files == len(portion.paths) == NEIGHBOURS
    numbers = [int(path.rpartition("/")[2]) for path in portion.paths]
    assert numbers == list(range(numbers[0], numbers[0] + NEIGHBOURS))


def test_no_more_bytes_are_drawn_than_a_draw_may_restore() -> None:
    nodes = tree(50, files=30, size=MIB)
    portion = folders(nodes, "key")
    assert 0 < portion.bytes <= FOLDERS_BYTES
    large = [node(f"/srv/{number}", size=40 * MIB) for number in range(20)] + [node("/srv/huge", size=2 * BIG_BYTES)]
    big = big_files(large, "key")
    assert (len(big.paths), big.big_bytes) == (3, 120 * MIB)


def test_a_source_without_either_kind_shows_nothing_of_it() -> None:
    assert folders([node("/srv/big", size=2 * SMALL)], "key").paths == ()
    assert big_files(tree(3), "key").paths == ()
    assert folders([node("/srv/\ufffd")], "key").paths == ()
