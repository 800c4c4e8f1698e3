"""Which points damage reaches: never one spared that cannot be restored."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from agent.core.collecting.collector import Look
from agent.core.collecting.handover import Handover
from agent.core.host import Output
from agent.core.inventory import Copy
from agent.core.model import Fact, Observation
from agent.core.reached import REACHES, SPARES, reach_of
from collectors.restic import check, snapshots
from collectors.restic.program import prepare
from collectors.restic.reaching import judge, packs_with
from tests.collectors.restic.conftest import NOW, seen
from tests.parts.repositories import Repository, cut_short, flip_byte, make_repository, make_source, open_folder

Looks = Callable[..., Look]
Copies = Callable[..., Copy]

ONE, TWO = "ab" * 32, "cd" * 32


def said(stdout: bytes, stderr: bytes = b"", status: int = 0, *, truncated: bool = False) -> Output:
    """Return what a run of restic printed."""
    return Output(stdout=stdout, stderr=stderr, status=status, duration=timedelta(0), truncated=truncated)


def test_a_point_whose_file_needs_the_pack_is_reached_the_other_spared() -> None:
    found = judge(said(b'[{"object_type":"blob","path":"/a","snapshot":"%s"}]\n' % ONE.encode()), (ONE, TWO))
    assert (found.reached, found.spared) == (frozenset({ONE}), frozenset({TWO}))


def test_a_tree_that_cannot_be_loaded_reaches_its_point() -> None:
    words = b"Unable to load tree ef\n ... which belongs to snapshot %s\n[]\n" % TWO.encode()
    found = judge(said(words), (ONE, TWO))
    assert (found.reached, found.spared) == (frozenset({TWO}), frozenset({ONE}))


@pytest.mark.parametrize(
    "output",
    [
        said(b"[]\n", status=1),
        said(b"[", truncated=True),
        said(b"[{"),
        said(b"[]\n", b"Ignoring ab: failed to load snapshot"),
        said(b"[]\n", b"Load(<data/ab>, 0, 0) failed: ssh: connect: Connection refused"),
        said(b"[]\n", b"words that nobody knows"),
    ],
)
def test_a_run_that_may_have_missed_something_spares_no_point(output: Output) -> None:
    assert judge(output, (ONE, TWO)).spared == frozenset()


def test_a_lost_link_is_no_damage_of_the_tree_that_was_not_loaded() -> None:
    words = b"Unable to load tree ef\n ... which belongs to snapshot %s\n[]\n" % TWO.encode()
    found = judge(said(words, b"Load(<data/ab>, 0, 0) failed: connection lost"), (ONE, TWO))
    assert (found.reached, found.spared) == (frozenset(), frozenset())


def test_a_path_that_looks_like_an_answer_reaches_nothing() -> None:
    hostile = b'[{"path":"/a \\"snapshot\\":\\"%s\\"","snapshot":"%s"}]\n' % (TWO.encode(), ONE.encode())
    assert judge(said(hostile), (ONE, TWO)).reached == {ONE}


@pytest.fixture(scope="module")
def history() -> Iterator[tuple[Repository, Path]]:
    """Return a repository of three points that share some packs and not others."""
    with open_folder() as folder:
        source = make_source(folder / "source")
        repository = make_repository(folder / "repository")
        repository.backup(source, NOW - timedelta(days=3))
        (source / "second.bin").write_bytes(os.urandom(200_000))
        repository.backup(source, NOW - timedelta(days=2))
        (source / "plan.bin").unlink()
        (source / "third.bin").write_bytes(os.urandom(100_000))
        repository.backup(source, NOW - timedelta(days=1))
        yield repository, source


def remove(path: Path) -> None:
    """Delete a file."""
    path.unlink()


def spoil_middle(path: Path) -> None:
    """Change a bit within the data of a pack."""
    flip_byte(path, 40)


def spoil_header(path: Path) -> None:
    """Change a bit of a pack's header."""
    flip_byte(path, -8)


def halve(path: Path) -> None:
    """Cut a pack to half its size."""
    cut_short(path, path.stat().st_size // 2)


def tree_pack(repository: Repository) -> Path:
    """Return a pack that holds trees."""
    indexes = [json.loads(repository.run("cat", "index", name)) for name in repository.names("index")]
    found: list[str] = [
        pack["id"] for index in indexes for pack in index["packs"] if pack["blobs"][0]["type"] == "tree"
    ]
    return repository.folder / "data" / found[0][:2] / found[0]


def restorable(repository: Repository, point: str) -> bool:
    """Return whether every byte of a point comes out."""
    argv = ["restic", "-r", str(repository.folder), "-p", str(repository.password_file), "--no-cache", "--no-lock"]
    with TemporaryDirectory() as folder:
        # Not `dump`: that of 0.14 leaves out a folder whose tree is bad, and succeeds.
        command = [*argv, "restore", point, "--target", folder, "--verify"]
        return subprocess.run(command, capture_output=True, timeout=240, check=False).returncode == 0


def lost_among(repository: Repository, points: Sequence[str]) -> set[str]:
    """Return the points that do not come out; all at once, since 0.14 tries for 43 s to read a pack that is gone."""
    with ThreadPoolExecutor(len(points)) as each:
        come_out = each.map(partial(restorable, repository), points)
        return {point for point, whole in zip(points, come_out, strict=True) if not whole}


class Looks3:
    """Take looks one after the other, each of which knows what the others kept."""

    def __init__(self, look: Looks) -> None:
        self._look = look
        self.kept: dict[str, Observation] = {}

    def take(self, module: object, copy: Copy) -> list[Fact]:
        """Take a look with one collector and keep it."""
        collect, name = module.collect, module.COLLECTOR.name  # type: ignore[attr-defined]  # a collector's module
        asked = self._look(previous=self.kept.get(name))
        things = list(collect(copy, replace(asked, last_look=lambda one, subject: self.kept.get(one))))
        self.kept[name] = seen(things, name, NOW)
        return [thing for thing in things if isinstance(thing, Fact)]


@pytest.mark.slow
@pytest.mark.slow
@pytest.mark.programs
@pytest.mark.timeout(900)  # 0.14 tries for 43 s, in each of its runs, to read a pack that is gone
@pytest.mark.parametrize("spoil", [spoil_middle, spoil_header, halve, remove])
@pytest.mark.parametrize("which", ["data", "tree"])
def test_every_point_that_does_not_come_back_is_reached(
    history: tuple[Repository, Path],
    folder: Path,
    look: Looks,
    copy_at: Copies,
    which: str,
    spoil: Callable[[Path], None],
) -> None:
    sound, source = history
    repository = sound.duplicate(folder / "broken")
    # The second file is in the last two points.
    spoil(repository.packs()[1] if which == "data" else tree_pack(repository))
    looks = Looks3(look)
    copy = copy_at(repository.folder, paths=(str(source),))
    looks.take(check, copy)
    looks.take(snapshots, copy)
    points = repository.names("snapshots")
    lost = lost_among(repository, points)
    reach = reach_of(copy.subject, copy.program, lambda name, subject: looks.kept.get(name))
    # A point comes back without the header of a pack, which is damage all the same.
    assert lost or spoil is spoil_header
    assert reach.reached >= lost
    assert reach.reached | reach.spared == set(points)
    if spoil is not spoil_header:
        assert reach.spared == set(points) - lost


@pytest.mark.programs
def test_a_tree_that_was_cached_while_it_was_sound_hides_no_point(
    history: tuple[Repository, Path], folder: Path, look: Looks, copy_at: Copies
) -> None:
    sound, source = history
    repository = sound.duplicate(folder / "broken")
    handover = Handover()
    looks = Looks3(lambda **given: replace(look(**given), handover=handover))
    copy = copy_at(repository.folder, paths=(str(source),))
    restic = prepare(copy, replace(look(), handover=handover), timedelta(minutes=5))
    assert restic.run("ls", "--recursive", repository.names("snapshots")[0]).status == 0
    assert restic.run("check", "--with-cache").status == 0
    pack = tree_pack(repository)
    assert list(restic.folder.rglob(pack.name)), "it is cached"
    spoil_middle(pack)
    looks.take(check, copy)
    looks.take(snapshots, copy)
    reach = reach_of(copy.subject, copy.program, lambda name, subject: looks.kept.get(name))
    points = repository.names("snapshots")
    assert reach.reached == lost_among(repository, points)
    assert reach.reached
    (traced,) = restic.folder.parent.glob("damage-*")
    linked = [file for file in traced.rglob("data/??/*") if file.stat().st_nlink > 1]
    assert linked, "the other trees are not fetched anew"


@pytest.mark.programs
def test_the_packs_of_bad_blobs_are_found_in_the_index(
    history: tuple[Repository, Path], folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository, source = history
    pack = tree_pack(repository).name
    restic = prepare(copy_at(repository.folder, paths=(str(source),)), look(), timedelta(minutes=5))
    names = [json.loads(repository.run("cat", "index", name)) for name in repository.names("index")]
    (blobs,) = ([blob["id"] for blob in one["blobs"]] for index in names for one in index["packs"] if one["id"] == pack)
    assert packs_with(restic, blobs) == frozenset({pack})
    assert packs_with(restic, [*blobs, ONE]) is None


@pytest.mark.programs
def test_what_was_traced_costs_nothing_until_a_point_is_new(
    history: tuple[Repository, Path], folder: Path, look: Looks, copy_at: Copies
) -> None:
    sound, source = history
    repository = sound.duplicate(folder / "broken")
    for path in (repository.folder, *repository.folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    spoil_middle(repository.packs()[0])
    calls = folder / "calls"
    wrapper = folder / "bin"
    wrapper.mkdir()
    (wrapper / "restic").write_text(f'#!/bin/sh\necho "$1" >> {calls}\nexec /usr/bin/restic "$@"\n')
    (wrapper / "restic").chmod(0o755)
    environment = {"PATH": f"{wrapper}:{os.environ['PATH']}"}
    looks = Looks3(look)
    copy = copy_at(repository.folder, paths=(str(source),), environment=environment)
    looks.take(check, copy)
    calls.unlink()
    traced = [fact.value for fact in looks.take(snapshots, copy) if fact.name in (REACHES, SPARES)]
    assert len(traced) == 3
    assert "find" not in calls.read_text().split()
    repository.backup(source, datetime.now(UTC).replace(year=2026, month=11, day=3, hour=9))
    again = [fact.value for fact in looks.take(snapshots, copy) if fact.name in (REACHES, SPARES)]
    assert len(again) == 4
    assert calls.read_text().split().count("find") == 1


@pytest.mark.programs
def test_a_damaged_index_leaves_every_point_in_doubt(
    history: tuple[Repository, Path], folder: Path, look: Looks, copy_at: Copies
) -> None:
    sound, source = history
    repository = sound.duplicate(folder / "broken")
    flip_byte(repository.file("index"), 40)
    looks = Looks3(look)
    copy = copy_at(repository.folder, paths=(str(source),))
    looks.take(check, copy)
    things = looks.take(snapshots, copy)
    reach = reach_of(copy.subject, copy.program, lambda name, subject: looks.kept.get(name))
    points = [fact.value for fact in things if fact.name == "backup.point"]
    assert {reach.reaches(point) for point in points} == {None}  # type: ignore[arg-type]  # a Point
