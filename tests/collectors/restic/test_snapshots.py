"""What a look at a repository's points keeps, and how it knows which repository it was."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.errors import Exited, ToolMissing, Unreadable, WrongPassword, WrongRepository
from agent.core.facts.recovery_points import HOLDS_LESS, TREE_THERE, points_in
from agent.core.inventory import Copy
from agent.core.judging.counting import counted_points, newest_that_counts
from agent.core.judging.recency import recency
from agent.core.judging.terms import Owed, asked_in
from agent.core.model import Fact, Gap, Observation, State
from agent.core.points import Point
from agent.core.reason import Reason
from collectors.restic.identity import marks, opened
from collectors.restic.snapshots import collect
from tests.collectors.restic.cases import MADE, Laboratory
from tests.collectors.restic.conftest import NOW, seen
from tests.faults.laboratory import restic_is_old  # noqa: F401  # the condition of a mark names it
from tests.parts.repositories import (
    PASSWORD,
    Repository,
    as_nobody,
    fake_restic,
    flip_byte,
    make_repository,
    make_source,
)

pytestmark = [pytest.mark.programs, pytest.mark.network]

REWRITES = pytest.mark.skipif("restic_is_old()", reason="0.14 rewrites nothing")
REPAIRS = pytest.mark.skipif("restic_is_old()", reason="0.14 repairs nothing and writes no summary")
FIRST, SECOND = ("--forget", "--exclude", "0.txt"), ("--forget", "--exclude", "1.txt")
Looks = Callable[..., Look]
Copies = Callable[..., Copy]

ID = "ab" * 32
ANSWERING = f"""
case "$1" in
version) echo "restic 0.18.0 compiled with go1.24.4 on linux/amd64" ;;
cat) echo '{{"version":2,"id":"{ID}"}}' ;;
snapshots) %s ;;
esac
"""


def facts(things: list[Fact | Gap], name: str) -> list[Fact]:
    """Return the facts of one name."""
    return [thing for thing in things if isinstance(thing, Fact) and thing.name == name]


def counting(folder: Path) -> tuple[dict[str, str], Path]:
    """Return a PATH whose restic notes each of its starts, and the notes."""
    notes = folder / "notes"
    real = shutil.which("restic")
    return fake_restic(folder / "counting", f'echo "$1" >>"{notes}"\nexec "{real}" "$@"'), notes


def test_every_snapshot_is_a_point_whosever_it_is(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    repository.backup(make_source(folder / "else"), MADE[-1] + timedelta(hours=1), host="elsewhere", tags=("x", "y"))
    things = list(collect(copy_at(repository.folder), look()))
    points = points_in(seen(things))
    assert len(points) == 4
    assert points[-1].host == "elsewhere"
    assert points[-1].tags == ("x", "y")
    assert [fact.as_of for fact in facts(things, "backup.point")] == [point.time for point in points]
    assert [point.time for point in points[:3]] == list(MADE)
    assert facts(things, "repository.id")[0].value == repository.repository_id()


def test_a_refresh_costs_one_run_of_restic(laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies) -> None:
    environment, notes = counting(folder)
    copy = copy_at(laboratory.sound.folder, environment=environment)
    first = seen(list(collect(copy, look())))
    notes.write_text("")
    list(collect(copy, look(previous=first)))
    assert notes.read_text().split() == ["snapshots"]


def test_where_the_cache_cannot_be_written_restic_is_asked(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    here = look()
    here.folder.chmod(0o555)
    (here.folder / "restic").mkdir(exist_ok=True)
    (here.folder / "restic").chmod(0o555)
    things = list(collect(copy_at(repository.folder, environment=as_nobody(folder / "bin")), here))
    assert facts(things, "repository.id")[0].value == repository.repository_id()
    assert len(facts(things, "backup.point")) == 3
    here.folder.chmod(0o755)


def test_another_repository_in_its_place_is_the_wrong_one_until_named(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    place = laboratory.duplicate(folder).folder
    copy = copy_at(place)
    first = seen(list(collect(copy, look())))
    place.rename(folder / "away")
    other = make_repository(place)
    other.password_file.write_text(PASSWORD)
    with pytest.raises(WrongRepository) as caught:
        list(collect(copy, look(previous=first)))
    assert other.repository_id() in caught.value.hint
    named = replace(copy, repository_id=other.repository_id())
    things = list(collect(named, look(previous=first)))
    assert facts(things, "repository.id")[0].value == other.repository_id()
    assert set(marks(look().folder / "restic")) == {other.repository_id()}


def test_a_cache_tells_the_repository_only_where_one_folder_was_touched() -> None:
    assert opened({}, {ID: 5}) == ID
    assert opened({ID: 4}, {ID: 5}) == ID
    assert opened({ID: 5}, {ID: 5}) is None
    assert opened({}, {}) is None
    assert opened({ID: 5}, {ID: 5, "cd" * 32: 6}) is None


def test_a_point_that_was_seen_and_is_not_there_is_gone_and_stays_so_for_a_week(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    copy = copy_at(repository.folder)
    first = seen(list(collect(copy, look())))
    lost = points_in(first)[0]
    (repository.folder / "snapshots" / lost.id).unlink()
    missed = NOW + timedelta(minutes=15)
    second = seen(list(collect(copy, look(previous=first, now=missed))))
    (gone,) = second.named("backup.point.gone")
    assert (gone.value, gone.as_of) == (lost, missed)
    third = seen(list(collect(copy, look(previous=second, now=missed + timedelta(days=7)))))
    assert third.named("backup.point.gone") == (gone,)
    last = seen(list(collect(copy, look(previous=third, now=missed + timedelta(days=9)))))
    assert last.named("backup.point.gone") == ()


def test_a_point_that_was_tagged_is_not_gone(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    copy = copy_at(repository.folder)
    first = seen(list(collect(copy, look())))
    repository.run("tag", "--add", "kept", points_in(first)[0].id)
    second = seen(list(collect(copy, look(previous=first))))
    assert second.named("backup.point.gone") == ()
    assert {point.id for point in points_in(second)} != {point.id for point in points_in(first)}


def test_a_damaged_snapshot_is_seen_and_one_deleted_afterwards_is_gone(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    copy = copy_at(repository.folder)
    first = seen(list(collect(copy, look())))
    path = repository.file("snapshots")
    flip_byte(path, 40)
    (look().folder / "restic" / repository.repository_id() / "snapshots").rename(folder / "cached")
    second = seen(list(collect(copy, look(previous=first))))
    (damaged,) = second.named("repository.damaged_snapshot")
    assert path.name.startswith(str(damaged.value))
    assert second.named("backup.point.gone") == ()
    path.unlink()
    third = seen(list(collect(copy, look(previous=second))))
    assert [point.id for point in points_in(third, "backup.point.gone")] == [path.name]


def test_a_repository_that_is_gone_takes_its_points_along_and_brings_them_back(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    copy = copy_at(repository.folder)
    first = seen(list(collect(copy, look())))
    repository.folder.rename(folder / "away")
    second = seen(list(collect(copy, look(previous=first))))
    assert second.one("repository.present") is not None
    assert len(second.named("backup.point.gone")) == 3
    assert second.named("repository.id") == first.named("repository.id")
    (folder / "away").rename(repository.folder)
    third = seen(list(collect(copy, look(previous=second))))
    assert third.named("backup.point.gone") == ()


def test_names_that_could_steer_a_terminal_are_data(
    laboratory: Laboratory, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository = laboratory.duplicate(folder)
    hostile = make_source(folder / "a\x1b[31m\nFatal: repository does not exist")
    repository.backup(hostile, MADE[-1] + timedelta(hours=1), host="srv\x07-1; reboot")
    things = list(collect(copy_at(repository.folder), look()))
    newest = points_in(seen(things))[-1]
    assert newest.paths == (str(hostile),)
    assert newest.host == "srv\x07-1; reboot"


def test_no_restic_at_all_is_a_missing_tool(folder: Path, look: Looks, copy_at: Copies) -> None:
    (folder / "none").mkdir()
    with pytest.raises(ToolMissing):
        list(collect(copy_at(folder, environment={"PATH": str(folder / "none")}), look()))


def test_a_restic_that_is_too_old_is_a_missing_tool_that_names_both(folder: Path, look: Looks, copy_at: Copies) -> None:
    environment = fake_restic(folder / "old", 'echo "restic 0.12.1 compiled with go1.16.6 on linux/amd64"')
    with pytest.raises(ToolMissing) as caught:
        list(collect(copy_at(folder, environment=environment), look()))
    assert "0.12.1" in caught.value.message
    assert "0.14.0" in caught.value.message


def test_a_restic_that_is_killed_has_exited(folder: Path, look: Looks, copy_at: Copies) -> None:
    environment = fake_restic(folder / "killed", ANSWERING % "kill -KILL $$")
    with pytest.raises(Exited) as caught:
        list(collect(copy_at(folder, environment=environment), look()))
    assert "SIGKILL" in caught.value.message


def test_a_flood_on_standard_error_neither_hangs_nor_hides_the_answer(
    folder: Path, look: Looks, copy_at: Copies
) -> None:
    environment = fake_restic(
        folder / "loud",
        ANSWERING % "head -c 300000 /dev/zero | tr '\\0' 'x' >&2; echo >&2; echo 'Fatal: wrong password' >&2; exit 12",
    )
    with pytest.raises(WrongPassword) as caught:
        list(collect(copy_at(folder, environment=environment), look()))
    assert len(caught.value.message) < 400


def test_a_list_that_is_cut_short_is_unreadable(folder: Path, look: Looks, copy_at: Copies) -> None:
    environment = fake_restic(folder / "cut", ANSWERING % """echo '[{"time":"2026-11-23T03:00'""")
    with pytest.raises(Unreadable):
        list(collect(copy_at(folder, environment=environment), look()))


def test_the_environment_file_reaches_restic_and_no_message(folder: Path, look: Looks, copy_at: Copies) -> None:
    environment = fake_restic(folder / "env", ANSWERING % 'echo "Fatal: $AWS_REGION" >&2; exit 1')
    with pytest.raises(Exited, match="eu-west-3"):
        list(collect(copy_at(folder, environment={**environment, "AWS_REGION": "eu-west-3"}), look()))
    (folder / "environment").write_text("SECRET of mine\n")
    with pytest.raises(Unreadable) as caught:
        list(collect(replace(copy_at(folder), environment_file=folder / "environment"), look()))
    assert "SECRET" not in caught.value.message + caught.value.hint


OLD = '{"time":"%s","tree":"%s","paths":["/srv"],"hostname":"srv-1","username":"root","id":"%s","short_id":"%s"}'
OLD_RESTIC = """
case "$1" in
version) echo "restic 0.14.0 compiled with go1.19.8 on linux/amd64" ;;
cat) echo '{"version":2,"id":"%s"}' ;;
snapshots) cat "%s/list" ;;
ls) echo "$3" >>"%s/asked"; cat "%s/$3" ;;
stats) shift 4; echo "$1" >>"%s/sized"; cat "%s/size" ;;
esac
"""


def old_repository(folder: Path, points: dict[str, tuple[datetime, str]]) -> dict[str, str]:
    """Return a PATH whose restic is an old one, which tells no summaries: ids, their instants, their lists of files."""
    entries = [OLD % (at.isoformat(), "cd" * 32, id, id[:8]) for id, (at, _) in points.items()]
    (folder / "list").write_text(f"[{','.join(entries)}]\n")
    (folder / "asked").write_text("")
    for id, (_, files) in points.items():
        (folder / id).write_text('{"struct_type":"snapshot"}\n{"type":"dir","struct_type":"node"}\n' + files)
    (folder / "size").write_text('{"total_size":9000000,"total_file_count":70001,"snapshots_count":1}\n')
    return fake_restic(folder / "old", OLD_RESTIC % (ID, *[folder] * 5))


FILE = '{"name":"a","type":"file","path":"/srv/a","size":10,"struct_type":"node"}\n'


def test_a_point_of_an_old_restic_is_listed_once_to_see_whether_it_holds_anything(
    folder: Path, look: Looks, copy_at: Copies
) -> None:
    full, empty, old = "1" * 64, "2" * 64, "3" * 64
    points = {
        old: (NOW - timedelta(days=30), FILE),
        full: (NOW - timedelta(days=1), FILE * 3),
        empty: (NOW - timedelta(hours=1), ""),
    }
    copy = copy_at(folder, environment=old_repository(folder, points), paths=("/srv",))
    first = seen(list(collect(copy, look())))
    known = {point.id: point.files for point in points_in(first)}
    assert known == {full: 3, empty: 0, old: None}
    second = seen(list(collect(copy, look(previous=first))))
    assert points_in(second) == points_in(first)
    assert (folder / "asked").read_text().split() == [empty, full]


def test_a_list_of_files_without_end_tells_that_there_is_one(folder: Path, look: Looks, copy_at: Copies) -> None:
    id = "1" * 64
    environment = old_repository(folder, {id: (NOW - timedelta(days=1), FILE * 70_000)})
    copy = copy_at(folder, environment=environment, paths=("/srv",))
    first = seen(list(collect(copy, look())))
    assert [fact.value for fact in first.named("backup.point.holds_files")] == [id]
    second = seen(list(collect(copy, look(previous=first))))
    assert [fact.value for fact in second.named("backup.point.holds_files")] == [id]
    assert (folder / "asked").read_text().split() == [id]


def test_a_point_of_an_old_restic_with_many_files_is_weighed_once_and_remembered(
    folder: Path, look: Looks, copy_at: Copies
) -> None:
    newest, before = "1" * 64, "2" * 64
    points = {newest: (NOW - timedelta(hours=1), FILE * 70_000), before: (NOW - timedelta(days=1), FILE * 70_000)}
    copy = copy_at(folder, environment=old_repository(folder, points), paths=("/srv",))
    first = seen(list(collect(copy, look())))
    assert {point.id: (point.files, point.bytes) for point in points_in(first)} == {
        newest: (None, 9_000_000),
        before: (None, None),
    }
    second = seen(list(collect(copy, look(previous=first))))
    assert points_in(second) == points_in(first)
    assert (folder / "sized").read_text().split() == [newest]


@pytest.mark.parametrize(
    "said", ["", "[", "[]", "{}", '{"total_size":-1}', '{"total_size":true}', '{"total_size":1e3}']
)
def test_a_weight_that_is_none_is_no_weight_and_no_gap(said: str, folder: Path, look: Looks, copy_at: Copies) -> None:
    environment = old_repository(folder, {"1" * 64: (NOW - timedelta(days=1), FILE * 70_000)})
    (folder / "size").write_text(said)
    things = seen(list(collect(copy_at(folder, environment=environment, paths=("/srv",)), look())))
    assert [point.bytes for point in points_in(things)] == [None]
    assert things.gaps == ()


def test_a_list_of_files_that_cannot_be_had_is_a_gap(folder: Path, look: Looks, copy_at: Copies) -> None:
    id = "1" * 64
    environment = old_repository(folder, {id: (NOW - timedelta(days=1), FILE)})
    (folder / id).write_text("no json\n")
    things: Observation = seen(list(collect(copy_at(folder, environment=environment, paths=("/srv",)), look())))
    assert [gap.reason for gap in things.gaps] == [Reason.UNREADABLE]
    assert points_in(things)[0].time == (NOW - timedelta(days=1)).astimezone(UTC)


@pytest.mark.slow
@pytest.mark.parametrize(
    "rewriting",
    [
        (),
        ("tag", "--add", "kept"),
        pytest.param(("rewrite", "--forget", "--new-time", "{now}"), marks=REWRITES),
    ],
)
def test_a_point_made_by_a_clock_that_was_ahead_does_not_age_into_a_fresh_one(
    rewriting: tuple[str, ...], folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository, source = make_repository(folder / "repository"), make_source(folder / "source")
    repository.backup(source, NOW + timedelta(days=2))
    copy = copy_at(repository.folder, password_file=repository.password_file, paths=(str(source),))
    first = seen(list(collect(copy, look())))
    later = NOW + timedelta(hours=49)
    if rewriting:
        repository.run(*(part.format(now=f"{later:%Y-%m-%d %H:%M:%S}") for part in rewriting))
    assert newest_that_counts(copy, first) is None
    second = replace(seen(list(collect(copy, look(previous=first, now=later)))), ended=later)
    assert newest_that_counts(copy, second) == NOW
    third = replace(seen(list(collect(copy, look(previous=second, now=later)))), ended=later)
    assert newest_that_counts(copy, third) == NOW


@pytest.mark.slow
@pytest.mark.slow
def test_a_lost_mount_stays_told_when_pruning_has_taken_the_good_points(
    folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository, source = make_repository(folder / "repository"), make_source(folder / "source")
    (source / ".keep").touch()
    copy = copy_at(repository.folder, password_file=repository.password_file, paths=(str(source),))
    previous: Observation | None = None
    for night in range(17):
        at = NOW + timedelta(days=night)
        if night == 8:
            (source / "plan.bin").unlink()
            shutil.rmtree(source / "letters")
        repository.backup(source, at)
        repository.run("forget", "--keep-last", "7")
        previous = replace(seen(list(collect(copy, look(previous=previous, now=at)))), ended=at)
        told = recency(previous, counted_points(copy, previous), now=at, limit=timedelta(days=1), judge_history=True)
        assert told.reason is (Reason.WITHIN_LIMIT if night < 8 else Reason.SHRUNK), night


@pytest.mark.slow
@pytest.mark.parametrize(
    ("steps", "vanished"),
    [
        pytest.param((("rewrite", *FIRST), ("rewrite", *SECOND)), False, marks=REWRITES),
        pytest.param((("tag", "--add", "x"), ("rewrite", *FIRST)), False, marks=REWRITES),
        pytest.param((("rewrite", "--forget", "--exclude", "letters"),), True, marks=REWRITES),
        ((("forget", "latest"),), True),
    ],
    ids=["rewritten twice", "tagged and rewritten", "emptied by rewriting", "forgotten"],
)
def test_a_point_rewritten_twice_between_two_looks_has_not_vanished(
    steps: tuple[tuple[str, ...], ...], vanished: bool, folder: Path, look: Looks, copy_at: Copies
) -> None:
    repository, source = make_repository(folder / "repository"), make_source(folder / "source")
    (point,) = (repository.backup(source, NOW - timedelta(hours=1)),)
    copy = copy_at(repository.folder, password_file=repository.password_file, paths=(str(source),))
    first = seen(list(collect(copy, look())))
    for step in steps:
        repository.run(*step)
    gone = [fact.value for fact in seen(list(collect(copy, look(previous=first)))).named("backup.point.gone")]
    assert [one.id for one in gone if isinstance(one, Point)] == ([point] if vanished else [])


def test_a_point_dated_anew_twice_between_two_looks_is_no_younger(folder: Path, look: Looks, copy_at: Copies) -> None:
    made, twice = "2026-10-20T03:00:00Z", "2026-11-03T11:00:00Z"
    summary = f'{{"backup_end":"{made}","total_files_processed":3}}'
    tree, paths = "cd" * 32, '["/srv"]'
    line = f'"time":"{twice}","tree":"{tree}","hostname":"srv-1","paths":{paths},"original":"{"ef" * 32}"'
    said = f'echo \'[{{{line},"summary":{summary},"id":"{"12" * 32}"}}]\''
    environment = fake_restic(folder / "bin", ANSWERING % said)
    copy = copy_at(folder, environment=environment, paths=("/srv",))
    first = seen(list(collect(copy, look())))
    assert newest_that_counts(copy, first) == datetime.fromisoformat(made)
    second = seen(list(collect(copy, look(previous=first, now=NOW + timedelta(hours=1)))))
    assert newest_that_counts(copy, second) == datetime.fromisoformat(made)


def test_a_retention_typed_after_a_point_vanished_explains_nothing(folder: Path, look: Looks, copy_at: Copies) -> None:
    repository, source = make_repository(folder / "repository"), make_source(folder / "source")
    lost = repository.backup(source, NOW - timedelta(days=2))
    repository.backup(source, NOW - timedelta(hours=1))
    copy = copy_at(repository.folder, password_file=repository.password_file, paths=(str(source),))
    first = seen(list(collect(copy, look())))
    repository.run("forget", lost)
    typed = replace(copy, retention=timedelta(days=1))
    second = seen(list(collect(typed, look(previous=first))))
    assert asked_in(second) == {lost: Owed.KEPT}
    shutil.move(repository.folder, folder / "away")
    third = seen(list(collect(typed, look(previous=second))))
    assert asked_in(third)[lost] is Owed.KEPT


def test_a_forged_point_of_the_same_moment_excuses_no_vanished_one(folder: Path, look: Looks, copy_at: Copies) -> None:
    repository, source = make_repository(folder / "repository"), make_source(folder / "source")
    made = NOW - timedelta(hours=1)
    point = repository.backup(source, made)
    copy = copy_at(repository.folder, password_file=repository.password_file, paths=(str(source),))
    first = seen(list(collect(copy, look())))
    repository.run("forget", point)
    shutil.rmtree(source / "letters")
    (source / "plan.bin").write_bytes(b"")
    repository.backup(source, made)
    repository.run("tag", "--add", "original")
    second = seen(list(collect(copy, look(previous=first))))
    assert [one.id for one in points_in(second, "backup.point.gone")] == [point]


@pytest.fixture
def interrupted(folder: Path) -> tuple[Repository, Repository, Path]:
    """Return a repository, a mirror of it that stopped after `snapshots/` at its newest point, and the source."""
    repository, source = make_repository(folder / "repository"), make_source(folder / "source")
    repository.backup(source, NOW - timedelta(hours=20))
    mirror = repository.duplicate(folder / "mirror")
    (source / "more").write_text("more")
    repository.backup(source, NOW - timedelta(hours=1))
    shutil.copytree(repository.folder / "snapshots", mirror.folder / "snapshots", dirs_exist_ok=True)
    return repository, mirror, source


def test_a_point_whose_tree_is_not_there_is_no_recovery_point(
    interrupted: tuple[Repository, Repository, Path], look: Looks, copy_at: Copies
) -> None:
    repository, mirror, source = interrupted
    copy = copy_at(mirror.folder, password_file=mirror.password_file, paths=(str(source),))
    first = seen(list(collect(copy, look())))
    assert newest_that_counts(copy, first) == NOW - timedelta(hours=20)
    for judge_history in (True, False):
        late = recency(
            first,
            counted_points(copy, first),
            now=NOW + timedelta(hours=5),
            limit=timedelta(days=1),
            judge_history=judge_history,
        )
        assert (late.state, late.reason) == (State.MISSED, Reason.DAMAGED)
    for kind in ("data", "index"):
        shutil.copytree(repository.folder / kind, mirror.folder / kind, dirs_exist_ok=True)
    second = seen(list(collect(copy, look(previous=first))))
    assert newest_that_counts(copy, second) == NOW - timedelta(hours=1)


@pytest.fixture
def two_points(folder: Path) -> tuple[Repository, Path, Path]:
    """Return a repository with two points, the source, and the pack of the file that only the newest one has."""
    repository, source = make_repository(folder / "repository"), make_source(folder / "source")
    repository.backup(source, NOW - timedelta(hours=20))
    before = set(repository.packs())
    (source / "more").write_bytes(os.urandom(50_000))
    repository.backup(source, NOW - timedelta(hours=1))
    newest = max(set(repository.packs()) - before, key=lambda one: one.stat().st_size)
    return repository, source, newest


@REPAIRS
def test_a_point_that_was_repaired_after_a_loss_is_no_recovery_point(
    two_points: tuple[Repository, Path, Path], look: Looks, copy_at: Copies
) -> None:
    repository, source, pack = two_points
    copy = copy_at(repository.folder, password_file=repository.password_file, paths=(str(source),))
    first = seen(list(collect(copy, look())))
    assert newest_that_counts(copy, first) == NOW - timedelta(hours=1)
    pack.unlink()
    for step in (("repair", "index"), ("repair", "snapshots", "--forget"), ("tag", "--add", "x")):
        repository.run(*step)
    second = seen(list(collect(copy, look(previous=first))))
    third = seen(list(collect(copy, look(previous=second))))
    for one in (second, third):
        assert newest_that_counts(copy, one) == NOW - timedelta(hours=20)
        late = counted_points(copy, one, whatever_damage=True)
        found = recency(one, late, now=NOW + timedelta(hours=5), limit=timedelta(days=1), judge_history=True)
        assert (found.state, found.reason) == (State.MISSED, Reason.DAMAGED)


@REPAIRS
def test_a_point_that_lost_nothing_when_it_was_rewritten_counts(
    two_points: tuple[Repository, Path, Path], look: Looks, copy_at: Copies
) -> None:
    repository, source, _ = two_points
    (source / "empty").mkdir()
    repository.backup(source, NOW - timedelta(minutes=30))
    copy = copy_at(repository.folder, password_file=repository.password_file, paths=(str(source),))
    first = seen(list(collect(copy, look())))
    repository.run("rewrite", "--forget", "--exclude", "empty")
    second = seen(list(collect(copy, look(previous=first))))
    assert newest_that_counts(copy, second) == NOW - timedelta(minutes=30)
    assert not second.named(HOLDS_LESS)


def test_without_summaries_a_point_before_one_without_a_tree_counts(
    interrupted: tuple[Repository, Repository, Path], folder: Path, look: Looks, copy_at: Copies
) -> None:
    """Restic before 0.17 writes no summary: what a point holds is then listed."""
    _, mirror, source = interrupted
    real = shutil.which("restic")
    without = f"""{real} "$@" | sed -E 's/,"summary":[{{][^}}]*[}}]//g'"""
    path = fake_restic(folder / "old", f'case "$1" in snapshots) {without} ;; *) exec {real} "$@" ;; esac')
    copy = copy_at(mirror.folder, password_file=mirror.password_file, paths=(str(source),), environment=path)
    assert newest_that_counts(copy, seen(list(collect(copy, look())))) == NOW - timedelta(hours=20)


def test_the_tree_of_a_point_is_asked_about_once(folder: Path, look: Looks, copy_at: Copies) -> None:
    repository, source = make_repository(folder / "repository"), make_source(folder / "source")
    repository.backup(source, NOW - timedelta(hours=1))
    path, notes = counting(folder)
    copy = copy_at(repository.folder, password_file=repository.password_file, paths=(str(source),), environment=path)
    first = seen(list(collect(copy, look())))
    second = seen(list(collect(copy, look(previous=first))))
    assert second.named(TREE_THERE) == first.named(TREE_THERE)
    assert notes.read_text().split().count("ls") == 1
