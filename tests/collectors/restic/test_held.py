"""What a point holds of each path, where it was not made of that path alone: real restic, real trees."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.facts.recovery_points import PATH_EMPTY, PATH_FILLED, PATH_UNTOLD, PointPath, of_path
from agent.core.inventory import Copy
from agent.core.judging.counting import counted_points
from agent.core.model import Observation
from agent.core.points import Point
from collectors.restic.snapshots import collect
from tests.checks.backups import BACKUP
from tests.collectors.restic.conftest import NOW, seen
from tests.parts.repositories import Repository, make_repository, make_source

pytestmark = pytest.mark.programs

Looks = Callable[..., Look]
Copies = Callable[..., Copy]
MADE = NOW - timedelta(hours=1)


@pytest.fixture
def tree(folder: Path) -> Path:
    """Return a folder with one that holds files, one that holds none, and a link that leads to the first."""
    made = folder / "tree"
    make_source(made / "full")
    (made / "bare" / "below").mkdir(parents=True)
    (made / "link").symlink_to(made / "full")
    return made


def of(repository: Repository, paths: tuple[str, ...], look: Look, copy_at: Copies) -> Observation:
    """Return what a look at a repository saw of some paths."""
    copy = copy_at(repository.folder, password_file=repository.password_file, paths=paths)
    return seen(list(collect(copy, look)))


def counted(observation: Observation, path: str) -> tuple[int, int, int]:
    """Return how many points count for a path, hold nothing of it, and do not tell."""
    (one,) = counted_points(replace(BACKUP, paths=(path,)), observation)
    return len(one.counted), len(one.empty), len(one.unknown)


def test_a_point_of_the_folder_above_counts_only_where_it_holds_a_file_of_the_path(
    tree: Path, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = make_repository(folder / "repository")
    point = repository.backup(tree, MADE)
    paths = tuple(str(tree / name) for name in ("full", "bare", "link", "never"))
    first = of(repository, paths, look(), copy_at)
    assert [counted(first, path) for path in paths] == [(1, 0, 0), (0, 1, 0), (0, 1, 0), (0, 1, 0)]
    assert [fact.value for fact in first.named(PATH_FILLED)] == [PointPath(point=point, path=paths[0])]
    second = of(repository, paths, look(previous=first), copy_at)
    assert {fact.value for fact in second.named(PATH_EMPTY)} == {
        PointPath(point=point, path=path) for path in paths[1:]
    }


def test_what_was_excluded_from_a_backup_is_not_there(tree: Path, folder: Path, look: Looks, copy_at: Copies) -> None:
    repository = make_repository(folder / "repository")
    (tree / "other").write_text("a file\n")
    path = str(tree / "full")
    for excluded in (path, f"{path}/*"):
        when = f"{MADE:%Y-%m-%d %H:%M:%S}"
        repository.run("backup", "--quiet", "--host", "srv-1", "--time", when, "--exclude", excluded, str(tree))
    assert counted(of(repository, (path,), look(), copy_at), path) == (0, 2, 0)


def test_each_of_several_paths_of_one_point_is_looked_at(
    tree: Path, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = make_repository(folder / "repository")
    paths = (str(tree / "full"), str(tree / "bare"))
    repository.run("backup", "--quiet", "--host", "srv-1", "--time", f"{MADE:%Y-%m-%d %H:%M:%S}", *paths)
    observation = of(repository, paths, look(), copy_at)
    assert [counted(observation, path) for path in paths] == [(1, 0, 0), (0, 1, 0)]


def test_files_without_a_byte_are_nothing_of_a_path(tree: Path, folder: Path, look: Looks, copy_at: Copies) -> None:
    """A dump into a file that fails each night leaves its name behind."""
    repository = make_repository(folder / "repository")
    paths = (str(tree / "full"), str(tree / "bare"))
    (tree / "bare" / "dump.sql").touch()
    repository.run("backup", "--quiet", "--host", "srv-1", "--time", f"{MADE:%Y-%m-%d %H:%M:%S}", *paths)
    observation = of(repository, paths, look(), copy_at)
    assert [counted(observation, path) for path in paths] == [(1, 0, 0), (0, 1, 0)]


@pytest.mark.parametrize(
    ("begins", "arguments", "full", "bare"),
    [
        ("/", ["{tree}"], PATH_FILLED, PATH_EMPTY),
        ("..", ["tree"], PATH_FILLED, PATH_EMPTY),
        (".", ["."], PATH_FILLED, PATH_EMPTY),
        (".", ["full", "bare"], PATH_FILLED, PATH_EMPTY),
        ("full", [".", "../bare"], PATH_UNTOLD, PATH_EMPTY),
    ],
)
def test_a_backup_made_with_a_relative_path_is_found_at_the_top_of_its_tree(
    begins: str, arguments: list[str], full: str, bare: str, tree: Path, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = make_repository(folder / "repository")
    here = os.getcwd()
    os.chdir(tree / begins)
    try:
        repository.run(
            "backup",
            "--host",
            "srv-1",
            "--time",
            f"{MADE:%Y-%m-%d %H:%M:%S}",
            *(one.format(tree=tree) for one in arguments),
        )
    finally:
        os.chdir(here)
    (point,) = repository.names("snapshots")
    paths = (str(tree / "full"), str(tree / "bare"))
    observation = of(repository, paths, look(), copy_at)
    told = {
        fact.value: fact.name for name in (PATH_FILLED, PATH_EMPTY, PATH_UNTOLD) for fact in observation.named(name)
    }
    assert told == {PointPath(point=point, path=path): name for path, name in zip(paths, (full, bare), strict=True)}


def test_a_path_that_is_a_points_only_one_costs_no_further_question(
    tree: Path, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = make_repository(folder / "repository")
    repository.backup(tree / "full", MADE)
    path = str(tree / "full")
    observation = of(repository, (path,), look(), copy_at)
    assert counted(observation, path) == (1, 0, 0)
    assert not [fact for fact in observation.facts if isinstance(fact.value, PointPath)]


def test_a_tree_that_cannot_be_read_leaves_the_path_untold(
    tree: Path, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = make_repository(folder / "repository")
    repository.backup(tree, MADE)
    for pack in repository.packs():
        pack.unlink()
    path = str(tree / "full")
    observation = of(repository, (path,), look(), copy_at)
    assert observation.gaps
    assert counted(observation, path) == (0, 0, 1)
    (point,) = (fact.value for fact in observation.named("backup.point"))
    assert of_path(point, path) not in {fact.value for fact in observation.facts}  # type: ignore[arg-type]


def test_a_point_whose_path_was_read_is_not_asked_for_its_tree_again(
    tree: Path, folder: Path, look: Looks, copy_at: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = make_repository(folder / "repository")
    repository.backup(tree, MADE)
    asked: list[Point] = []

    def is_there(restic: object, point: Point) -> bool:
        asked.append(point)
        return True

    monkeypatch.setattr("collectors.restic.rooted.tree_is_there", is_there)
    observation = of(repository, (str(tree / "full"),), look(), copy_at)
    assert counted(observation, str(tree / "full")) == (1, 0, 0)
    assert asked == []
