"""The choice of sample files: the same for the same point, another for another one, larger files likelier."""

from hypothesis import given
from hypothesis import strategies as st

from agent.core.collecting.backup_program import Node
from agent.restores.sampling import choose, sample_of, token

GIB = 1024**3


def node(path: str, size: int = 1000, type: str = "file") -> Node:
    """Return one entry of a point."""
    return Node(path=path, type=type, mode=0o644, uid=0, gid=0, size=size, modified=None, inode=1)


NODES = [node(f"/srv/{number}") for number in range(500)]


def test_the_choice_can_be_made_again_and_is_another_for_another_point() -> None:
    first = choose(NODES, "a" * 64, 20, GIB)
    assert choose(reversed(NODES), "a" * 64, 20, GIB) == first
    assert len(set(first)) == 20
    assert set(choose(NODES, "b" * 64, 20, GIB)) != set(first)


def test_only_files_are_chosen_and_all_of_them_where_there_are_few() -> None:
    few = [node("/srv", type="dir"), node("/srv/a"), node("/srv/link", type="symlink")]
    assert choose(few, "a" * 64, 20, GIB) == (few[1],)
    assert choose([], "a" * 64, 20, GIB) == ()


def test_a_large_file_is_chosen_far_more_often_than_a_small_one() -> None:
    large = node("/srv/large", size=10 * 1024**2)
    points = [f"{number:064x}" for number in range(200)]
    chosen = sum(large in choose([*NODES, large], point, 20, GIB) for point in points)
    plain = sum(NODES[0] in choose([*NODES, large], point, 20, GIB) for point in points)
    assert chosen > 180
    assert plain < 30


@given(st.lists(st.integers(0, 10**7), max_size=40), st.integers(0, 10**7))
def test_no_more_bytes_are_chosen_than_allowed(sizes: list[int], most: int) -> None:
    nodes = [node(f"/srv/{number}", size=size) for number, size in enumerate(sizes)]
    assert sum(one.size for one in choose(nodes, "a" * 64, 20, most)) <= most


def test_a_file_is_known_by_a_token_of_its_own_in_each_point_and_one_without_a_name_is_not_drawn() -> None:
    tokens = {token(point, path) for point in ("a" * 64, "b" * 64) for path in ("/srv/a", "/srv/b")}
    assert len(tokens) == 4
    assert sample_of([node("/srv/\ufffd"), node("/srv/a")], "a" * 64) == (node("/srv/a"),)


def test_a_path_too_long_to_be_restored_below_a_folder_is_not_drawn() -> None:
    assert sample_of([node("/a" * 2000), node("/a" * 1900)], "a" * 64) == (node("/a" * 1900),)
