"""Samples and timed restores of a backup program that is a folder copied aside: nothing in them knows restic."""

import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.config.programs import programs
from agent.core.collecting.backup_program import (
    BackupProgram,
    Node,
    PointContents,
    Repository,
    RepositoryAbsent,
    RestoreResult,
    UnreadablePoint,
)
from agent.core.collecting.collector import Look, no_program
from agent.core.errors import Damaged, Missing, NoRoom, ToolMissing, Unreachable, Unreadable
from agent.core.facts.restore_pace import SMALL, draws_in, totals_in
from agent.core.facts.restore_samples import failed_in, sampled_in
from agent.core.host import Host
from agent.core.inventory import Copy, ProgramLooks, Sample
from agent.core.model import Fact, Gap, Observation
from agent.core.points import Point
from agent.core.reason import Reason
from agent.evaluation.registry import find
from agent.hosts.local import LocalHost
from collectors.restored import pace, samples
from tests.parts.kept_look import kept_look

LOOKS = ProgramLooks(name="folder", listing="folders", verification="folders_read")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
POINT = Point(id="a" * 64, time=NOW - timedelta(hours=9), host="srv-1", paths=("/",))


@dataclass
class Folder:
    """A repository that is a folder of files, which are restored by copying them."""

    place: Path
    source: Path
    id: str = "b" * 64
    version: str = "copy 1"
    fails_after: int | None = None
    fails_as: RestoreResult | None = None
    point: Point = POINT

    def points(self, now: datetime) -> tuple[Point, ...]:
        return (self.point,)

    def left_out(self) -> tuple[UnreadablePoint, ...]:
        """Return nothing: every point of a folder is read."""
        return ()

    def held(self, point: Point) -> PointContents:
        return PointContents(point=point, nodes=tuple(self._node(path) for path in sorted(self.place.rglob("*"))))

    def live(self, point: Point) -> Mapping[str, str]:
        return {name: str(self.source) for name in os.listdir(self.place)}

    def read(self, point: Point, path: str, *, limit: int, unnamed: bool = False) -> bytes | None:
        assert unnamed
        file = self.place / path.lstrip("/")
        return None if not file.is_file() else b"" if file.stat().st_size > limit else file.read_bytes()

    def restore(
        self, point: Point, folder: Path, *, only: Iterable[str], timeout: timedelta, unnamed: bool = False
    ) -> RestoreResult:
        assert unnamed
        if self.fails_after == 0:
            assert self.fails_as is not None
            return self.fails_as
        if self.fails_after is not None:
            self.fails_after -= 1
        for path in only:
            kept, into = self.place / path.lstrip("/"), folder / path.lstrip("/")
            into.parent.mkdir(parents=True, exist_ok=True)
            if kept.is_dir():
                shutil.copytree(kept, into)
            elif kept.exists():
                shutil.copy2(kept, into)
        return RestoreResult(took=timedelta(seconds=1))

    def _node(self, path: Path) -> Node:
        status = path.lstat()
        return Node(
            path="/" + str(path.relative_to(self.place)),
            type="dir" if path.is_dir() else "file",
            mode=status.st_mode & 0o7777,
            uid=status.st_uid,
            gid=status.st_gid,
            size=status.st_size,
            modified=datetime.fromtimestamp(status.st_mtime_ns // 1000 / 1_000_000, UTC),
            inode=status.st_ino,
        )


@pytest.fixture
def repository(tmp_path: Path) -> Folder:
    """Return a source of some files and its copy."""
    source = tmp_path / "source"
    for number in range(3):
        (source / f"folder-{number}").mkdir(parents=True)
        for name in ("one.json", "two.txt"):
            file = source / f"folder-{number}" / name
            file.write_text("{}")
            os.utime(file, (1_000_000_000, 1_000_000_000))
    (source / "big.bin").write_bytes(bytes(2 * SMALL))
    os.utime(source / "big.bin", (1_000_000_000, 1_000_000_000))
    shutil.copytree(source, tmp_path / "kept")
    return Folder(place=tmp_path / "kept", source=source)


COPY = Copy(
    program=LOOKS,
    id="offsite",
    backup="files",
    repository="/kept",
    password_file=Path("/p"),
    offsite=True,
    host="srv-1",
    paths=("/",),
    sample=Sample(reason="contrôle", author="RSSI"),
    local=True,
)


def look(tmp_path: Path, repository: Repository, previous: Observation | None = None) -> Look:
    """Return what a collector looks through."""

    @contextmanager
    def restoring() -> Iterator[Path]:
        folder = tmp_path / "scratch"
        folder.mkdir()
        yield folder
        assert os.listdir(folder) == []
        folder.rmdir()

    here = LocalHost("here")
    program = BackupProgram(looks=LOOKS, opens=lambda copy, look, pinned: repository)
    return Look(
        now=NOW,
        here=here,
        host=lambda id: here,
        timeout=timedelta(seconds=60),
        folder=tmp_path,
        previous=previous,
        restoring=restoring,
        program=lambda copy: program,
    )


def seen(found: Iterable[Fact | Gap]) -> Observation:
    """Return what a look yielded as the observation that would be kept."""
    return kept_look("samples", "files/offsite", found, NOW, "srv-1")


@pytest.mark.programs
def test_samples_need_nothing_of_one_program(repository: Folder, tmp_path: Path) -> None:
    found = sampled_in(seen(samples.collect(COPY, look(tmp_path, repository))))
    assert [one.result for one in found] == ["same"] * 7
    assert sorted(one.kind for one in found if one.kind) == ["json"] * 3


@pytest.mark.programs
def test_a_source_on_another_machine_is_looked_at_there(repository: Folder, tmp_path: Path) -> None:
    there = seen(samples.collect(replace(COPY, local=False), look(tmp_path, repository)))
    assert [one.result for one in sampled_in(there)] == ["same"] * 7

    def no_door(id: str) -> Host:
        raise Unreachable(f"{id} does not answer")

    lost = replace(look(tmp_path, repository), host=no_door)
    away = seen(samples.collect(replace(COPY, local=False), lost))
    assert [one.result for one in sampled_in(away)] == ["unread:unreachable"] * 7
    assert [one.unread for one in sampled_in(away)] == ["unreachable"] * 7
    assert failed_in(away) == ()


@pytest.mark.programs
def test_a_source_that_nobody_can_place_is_not_compared(repository: Folder, tmp_path: Path) -> None:
    class Elsewhere(Folder):
        def live(self, point: Point) -> Mapping[str, str]:
            return {}

    elsewhere = Elsewhere(place=repository.place, source=repository.source)
    found = sampled_in(seen(samples.collect(COPY, look(tmp_path, elsewhere))))
    assert [one.result for one in found] == ["not-compared"] * 7


@pytest.mark.slow
@pytest.mark.programs
def test_a_content_that_differed_stays_told_while_its_source_cannot_be_looked_at(
    repository: Folder, tmp_path: Path
) -> None:
    far = replace(COPY, local=False)
    (repository.source / "big.bin").write_bytes(bytes(2 * SMALL - 1) + b"x")
    os.utime(repository.source / "big.bin", (1_000_000_000, 1_000_000_000))
    first = seen(samples.collect(far, look(tmp_path, repository)))
    ((failed, since),) = failed_in(first)
    assert failed.reason is Reason.CONTENT_CHANGED

    def no_door(id: str) -> Host:
        raise Unreachable(f"{id} does not answer")

    lost = replace(look(tmp_path, repository, first), host=no_door)
    second = seen(samples.collect(far, lost))
    assert failed_in(second) == ((failed, since),)
    shutil.copy2(repository.place / "big.bin", repository.source / "big.bin")
    assert failed_in(seen(samples.collect(far, look(tmp_path, repository, second)))) == ()


def test_the_pace_needs_nothing_of_one_program(repository: Folder, tmp_path: Path) -> None:
    found = seen(pace.collect(COPY, look(tmp_path, repository)))
    (totals,) = totals_in(found)
    assert (totals.small_files, totals.big_bytes) == (6, 2 * SMALL)
    assert len(draws_in(found)) == 3
    # Each restore takes a second: what remains beside the start is the least share of it.
    assert {(one.start, one.a_byte) for one in draws_in(found)} == {(1.0, 0.1 / (2 * SMALL))}


def test_the_rate_of_the_line_is_that_of_the_fastest_restore_that_tells_any(repository: Folder, tmp_path: Path) -> None:
    class Slow(Folder):
        """A repository that a second and a hundred nanoseconds a byte lie before."""

        def restore(
            self, point: Point, folder: Path, *, only: Iterable[str], timeout: timedelta, unnamed: bool = False
        ) -> RestoreResult:
            Folder.restore(self, point, folder, only=only, timeout=timeout, unnamed=unnamed)
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            return RestoreResult(took=timedelta(seconds=1 + size * 1e-7))

    small = seen(pace.collect(COPY, look(tmp_path, repository)))
    assert {draw.line for draw in draws_in(small)} == {0.0}
    slow = Slow(place=repository.place, source=repository.source)
    found = seen(pace.collect(COPY, look(tmp_path, slow)))
    assert [draw.line for draw in draws_in(found)] == [pytest.approx(1e-7, rel=0.01)] * 3
    assert totals_in(found)[0].small_bytes == 12


def test_a_big_file_beyond_what_a_draw_may_restore_is_read_as_far_as_need_be(
    repository: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.restores.portions.BIG_BYTES", SMALL + 1)
    found = seen(pace.collect(COPY, look(tmp_path, repository)))
    assert all(one.a_byte > 0 for one in draws_in(found))
    with pytest.raises(Unreadable):
        list(pace.collect(COPY, look(tmp_path, Unread(place=repository.place, source=repository.source))))


class Unread(Folder):
    """A repository in which no file is found by its name."""

    def read(self, point: Point, path: str, *, limit: int, unnamed: bool = False) -> bytes | None:
        return None


LOST = RestoreResult(took=timedelta(0), hindered=Reason.UNREACHABLE, said="ignoring error for /secret: connection lost")
BAD = RestoreResult(took=timedelta(0), damaged=True, said="/secret: invalid data")


@pytest.mark.programs
def test_what_hinders_a_restore_has_its_reason_and_not_its_words(repository: Folder, tmp_path: Path) -> None:
    for collect in (samples.collect, pace.collect):
        failing = replace(repository, fails_after=1, fails_as=LOST)
        with pytest.raises(Unreachable) as raised:
            list(collect(COPY, look(tmp_path, failing)))
        assert "secret" not in raised.value.message


@pytest.mark.programs
def test_what_is_damaged_is_kept_and_a_part_that_is_tells_no_pace(repository: Folder, tmp_path: Path) -> None:
    failing = replace(repository, fails_after=5, fails_as=BAD)
    first = seen(samples.collect(COPY, look(tmp_path, failing)))
    assert [failed.reason for failed, _ in failed_in(first)] == [Reason.DAMAGED] * 2
    assert failed_in(seen(samples.collect(COPY, look(tmp_path, repository, first)))) == ()
    with pytest.raises(Unreadable):
        list(pace.collect(COPY, look(tmp_path, replace(repository, fails_after=0, fails_as=BAD))))


@pytest.mark.programs
def test_a_failure_that_cannot_be_tried_again_stays_and_one_whose_point_is_gone_does_not(
    repository: Folder, tmp_path: Path
) -> None:
    first = seen(samples.collect(COPY, look(tmp_path, replace(repository, fails_after=0, fails_as=BAD))))
    assert len(failed_in(first)) == 7
    # Of the seven one is tried and is bad again, then the link is lost.
    partly = replace(repository, fails_after=0, fails_as=BAD)

    def restore(*arguments: object, **more: object) -> RestoreResult:
        partly.fails_as, told = LOST, partly.fails_as
        assert told is not None
        return told

    partly.restore = restore  # type: ignore[method-assign]  # what it says first, and what afterwards
    second = seen(samples.collect(COPY, look(tmp_path, partly, first)))
    assert {name for name, _ in failed_in(second)} == {name for name, _ in failed_in(first)}
    assert [gap.reason for gap in second.gaps] == [Reason.UNREACHABLE]
    pruned = replace(repository, point=replace(POINT, id="c" * 64))
    assert failed_in(seen(samples.collect(COPY, look(tmp_path, pruned, second)))) == ()


@pytest.mark.programs
def test_a_point_that_can_no_longer_be_listed_keeps_its_failures_and_holds_up_no_other(
    repository: Folder, tmp_path: Path
) -> None:
    first = seen(samples.collect(COPY, look(tmp_path, replace(repository, fails_after=0, fails_as=BAD))))
    newer = replace(POINT, id="d" * 64)

    class Worse(Folder):
        def points(self, now: datetime) -> tuple[Point, ...]:
            return (newer, POINT)

        def held(self, point: Point) -> PointContents:
            if point is POINT:
                raise Damaged("what a point holds cannot be listed")
            return Folder.held(self, point)

    worse = Worse(place=repository.place, source=repository.source)
    second = seen(samples.collect(COPY, look(tmp_path, worse, first)))
    assert [one.result for one in sampled_in(second)] == ["same"] * 7
    assert failed_in(second) == failed_in(first)


@pytest.mark.parametrize("collect", [samples.collect, pace.collect])
def test_no_repository_no_point_no_file_and_no_room_are_told_apart(
    collect: object, repository: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(collect)

    def absent(copy: Copy, look: Look, pinned: str | None) -> Repository:
        raise RepositoryAbsent("there is none")

    program = BackupProgram(looks=LOOKS, opens=absent)
    with pytest.raises(Missing):
        list(collect(COPY, replace(look(tmp_path, repository), program=lambda copy: program)))
    with pytest.raises(Missing):
        list(
            collect(
                replace(COPY, paths=("/", "/other")),
                look(tmp_path, replace(repository, point=replace(POINT, paths=("/srv",)))),
            )
        )
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(Unreadable):
        list(collect(COPY, look(tmp_path, replace(repository, place=empty))))
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=1000))
    with pytest.raises(NoRoom):
        list(collect(COPY, look(tmp_path, repository)))


@pytest.mark.programs
def test_no_two_of_them_are_under_way_at_once(repository: Folder, tmp_path: Path) -> None:
    under_way: list[int] = []
    most: list[int] = []

    @dataclass
    class Counted(Folder):
        def restore(
            self, point: Point, folder: Path, *, only: Iterable[str], timeout: timedelta, unnamed: bool = False
        ) -> RestoreResult:
            under_way.append(1)
            most.append(len(under_way))
            told = Folder.restore(self, point, folder, only=only, timeout=timeout, unnamed=unnamed)
            under_way.pop()
            return told

    counted = Counted(place=repository.place, source=repository.source)
    threads = []
    for number, collector in enumerate((samples.COLLECTOR, pace.COLLECTOR) * 2):
        own = tmp_path / str(number)
        own.mkdir()
        threads.append(threading.Thread(target=lambda c=collector, own=own: tuple(c.collect(COPY, look(own, counted)))))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert (len(most) > 20, max(most)) == (True, 1)


def test_a_copys_program_is_found_by_its_name_and_an_unknown_one_is_missing() -> None:
    registry = find()
    restic = replace(COPY, program=programs()["restic"])
    assert registry.program(restic).looks == restic.program
    with pytest.raises(ToolMissing):
        registry.program(COPY)
    with pytest.raises(ToolMissing):
        replace(registry, programs={}).program(restic)
    with pytest.raises(ToolMissing):
        no_program(COPY)
