"""A past that is rewritten or removed shows; rotation, compression, retention and late lines do not."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.facts.logs import RetainedRecords, kept_in
from agent.core.manifest import FileRecord, Manifest
from agent.core.model import Observation
from collectors.logs.remembered import EARLIER, FILE, load, save
from tests.parts.journals import make
from tests.parts.log_trees import DAY, NOW, LogTree, lines, rfc3339, write

pytestmark = pytest.mark.programs


def look(tree: LogTree, *, after: int = 0) -> RetainedRecords:
    """Look, and let the manifest know what the look adds, as the ledger does."""
    now = NOW + after * DAY
    seen = tree.look(now)
    tree.manifest = kept_on(tree.manifest, seen)
    return kept_in(seen, "central/fw-1")


def kept_on(manifest: Manifest, seen: Observation) -> Manifest:
    change = seen.manifest
    known = {one.name: one for one in (*manifest.present(), *manifest.missing())}
    for file in change.added:
        known[file.name] = FileRecord(name=file.name, size=file.size, first_seen=seen.ended)
    for name in change.missing:
        old = known[name]
        known[name] = FileRecord(name=name, size=old.size, first_seen=old.first_seen, gone=seen.ended)
    for name in change.explained:
        del known[name]
    return Manifest(known.values())


@pytest.fixture
def tree(tmp_path: Path) -> LogTree:
    made = LogTree(tmp_path)
    made.fill("fw-1", range(10), packed="")
    assert look(made) == look(made)
    return made


def test_days_that_were_noted_while_the_clock_ran_ahead_have_not_gone(tree: LogTree) -> None:
    look(tree, after=3)
    file_of(tree, 0).unlink()  # turned, and added to since
    write(tree.root / "fw-1" / f"{NOW:%Y/%m/%d}.log.1", lines(NOW.replace(hour=0), "fw-1", number=48), NOW)
    for days in (0, 1, 3, 4):
        found = look(tree, after=days)
        assert (found.rewritten, found.removed) == ((), ())


def file_of(tree: LogTree, ago: int) -> Path:
    return tree.root / "fw-1" / f"{NOW - ago * DAY:%Y/%m/%d}.log"


def day(ago: int) -> str:
    return (NOW - ago * DAY).date().isoformat()


def test_what_is_known_is_a_count_and_a_digest_of_each_closed_day(tree: LogTree) -> None:
    known = sorted((one.name.split(" ")[0], one.size) for one in tree.manifest.present())
    assert known == [(day(ago), 8) for ago in range(9, 2, -1)]


def test_a_line_taken_out_of_the_past_shows_for_a_week(tree: LogTree) -> None:
    path = file_of(tree, 5)
    text = path.read_text().splitlines(keepends=True)
    write(path, "".join(text[:3] + text[4:]), (NOW - 5 * DAY).replace(hour=21))
    found = look(tree)
    assert ([told for told, _ in found.rewritten], found.removed) == ([day(5)], ())
    assert [told for told, _ in look(tree, after=6).rewritten] == [day(5)]
    assert look(tree, after=8).rewritten == ()


def test_a_word_changed_with_the_same_length_and_date_shows(tree: LogTree) -> None:
    path = file_of(tree, 5)
    kept = path.stat()
    path.write_text(path.read_text().replace("message 3", "massage 3"))
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert path.stat().st_size == kept.st_size
    assert [told for told, _ in look(tree).rewritten] == [day(5)]


def test_a_day_taken_out_of_the_midst_shows(tree: LogTree) -> None:
    file_of(tree, 5).unlink()
    found = look(tree)
    assert (found.rewritten, [told for told, _ in found.removed]) == ((), [day(5)])


def test_a_day_that_comes_back_as_it_was_is_forgiven(tree: LogTree) -> None:
    path = file_of(tree, 5)
    away = path.rename(tree.folder / "away")
    assert look(tree).removed != ()
    away.rename(path)
    assert look(tree).removed == ()


def test_what_retention_takes_from_the_old_end_is_no_change(tree: LogTree) -> None:
    file_of(tree, 9).unlink()
    file_of(tree, 8).unlink()
    found = look(tree)
    assert (found.rewritten, found.removed) == ((), ())
    assert len(list(tree.manifest.present())) == 5


def test_what_goes_by_its_date_of_writing_while_a_day_that_was_added_to_stays_is_no_change(tree: LogTree) -> None:
    oldest = file_of(tree, 9)
    write(oldest, oldest.read_text() + rfc3339(NOW - 9 * DAY, "fw-1", 9), NOW - DAY)
    look(tree)
    for after in (1, 2, 3):
        file_of(tree, 9 - after).unlink()
        found = look(tree, after=after)
        assert (found.rewritten, found.removed) == ((), ())


def test_what_goes_from_a_log_in_which_a_clock_was_not_set_for_a_while_is_no_change(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}/messages")
    folder = tree.root / "fw-1"
    for number in range(9):
        begin = (NOW - number * DAY).replace(hour=0)
        boot = rfc3339(datetime(2000, 1, 1, tzinfo=UTC), "fw-1", 1) if number == 4 else ""
        written = min(begin + timedelta(hours=21), NOW)
        write(folder / f"messages.{number}".removesuffix(".0"), boot + lines(begin, "fw-1"), written)
    look(tree)
    for number in (8, 7, 6):
        (folder / f"messages.{number}").unlink()
        found = look(tree)
        assert (found.rewritten, found.removed) == ((), ())


def test_each_log_whose_name_has_a_number_is_kept_by_itself(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)

    def daily(name: str, ago: int) -> Path:
        begin = (NOW - ago * DAY).replace(hour=9)
        path = tree.root / "fw-1" / f"{name}-{begin + DAY:%Y%m%d}"
        return write(path, lines(begin, "fw-1", number=2), begin.replace(hour=21))

    busy = [daily("local0.log", ago) for ago in range(1, 12)]
    for ago in (4, 8, 12):
        daily("local3.log", ago)
    look(tree)
    busy[-1].unlink()
    found = look(tree)
    assert (found.rewritten, found.removed) == ((), ())
    busy[5].unlink()
    assert [told for told, _ in look(tree).removed] == [day(6)]


def test_a_log_of_which_one_file_is_kept_beside_one_of_many_is_no_change(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)

    def daily(name: str, ago: int) -> Path:
        begin = (NOW - ago * DAY).replace(hour=9)
        return write(tree.root / "fw-1" / name, lines(begin, "fw-1", number=2), begin.replace(hour=21))

    for ago in range(1, 12):
        daily(f"local0.log.{ago}", ago)
    daily("local3.log.1", 6)
    look(tree)
    daily("local3.log.1", 4)
    found = look(tree)
    assert (found.rewritten, found.removed) == ((), ())


@pytest.mark.parametrize("name", ["app.{}.log", "app-{}.log.gz"])
def test_a_day_taken_out_before_numbered_files_move_on_shows(tmp_path: Path, name: str) -> None:
    """Logback and others count in the midst of a name: what a file holds has been in another one before."""
    tree = LogTree(tmp_path)

    def file(number: int) -> Path:
        return tree.root / "fw-1" / name.format(number)

    for ago in range(1, 11):
        begin = (NOW - ago * DAY).replace(hour=9)
        write(file(ago), lines(begin, "fw-1", number=2), begin.replace(hour=21))
    look(tree)
    file(6).unlink()
    for ago in range(10, 0, -1):
        if ago != 6:
            file(ago).rename(file(ago + 1))
    assert [told for told, _ in look(tree).removed] == [day(6)]
    file(11).unlink()
    assert [told for told, _ in look(tree).removed] == [day(6)]


@pytest.mark.parametrize("packer", [("gzip",), ("xz",), ("zstd", "-q", "--rm")])
def test_compression_and_another_name_change_nothing(tree: LogTree, packer: tuple[str, ...]) -> None:
    subprocess.run([*packer, file_of(tree, 5)], check=True)
    shutil.move(file_of(tree, 6), file_of(tree, 6).with_suffix(".old"))
    found = look(tree)
    assert (found.rewritten, found.removed) == ((), ())


def test_a_late_line_at_the_end_of_a_closed_day_is_no_change_of_it(tree: LogTree) -> None:
    path = file_of(tree, 5)
    write(path, path.read_text() + lines((NOW - 5 * DAY).replace(hour=23), "fw-1", number=1), NOW)
    found = look(tree)
    assert (found.rewritten, found.removed) == ((), ())


def test_a_late_line_does_not_hide_a_change_before_it(tree: LogTree) -> None:
    path = file_of(tree, 5)
    late = lines((NOW - 5 * DAY).replace(hour=23), "fw-1", number=1)
    write(path, path.read_text().replace("message 3", "massage 3") + late, NOW)
    assert [told for told, _ in look(tree).rewritten] == [day(5)]


def test_a_rotation_by_numbers_changes_nothing_and_reads_nothing_again(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}/messages")
    folder = tree.root / "fw-1"
    for number in range(6):
        begin = (NOW - number * DAY).replace(hour=0)
        write(folder / ("messages" if not number else f"messages.{number}"), lines(begin, "fw-1"), begin + DAY / 2)
    look(tree)
    for number in range(5, 0, -1):
        (folder / f"messages.{number}").rename(folder / f"messages.{number + 1}")
    (folder / "messages").rename(folder / "messages.1")
    write(folder / "messages", lines((NOW + DAY).replace(hour=0), "fw-1"), NOW + DAY)
    found = look(tree, after=1)
    assert (found.rewritten, found.removed, found.files) == ((), (), 7)


def test_a_sender_whose_clock_is_days_behind_changes_nothing_by_rotation(tmp_path: Path) -> None:
    """Its lines are of the day on which their file ended; a change of them is seen."""
    tree = LogTree(tmp_path, path="{source}/messages")
    folder = tree.root / "fw-1"
    for after in range(5):
        added = lines((NOW + (after - 9) * DAY).replace(hour=0), "fw-1")
        write(folder / "messages", added, NOW + after * DAY)
        found = look(tree, after=after)
        assert (found.rewritten, found.removed) == ((), ())
        for number in range(after, 0, -1):
            (folder / f"messages.{number}").rename(folder / f"messages.{number + 1}")
        write(folder / "messages.1", added + added[: added.index("\n") + 1], NOW + (after + 0.5) * DAY)
    ended = NOW + 0.6 * DAY
    write(folder / "messages.5", (folder / "messages.5").read_text().replace("message 3", "massage 3"), ended)
    assert [told for told, _ in look(tree, after=5).rewritten] == [f"{ended:%Y-%m-%d}"]


def test_a_sender_that_has_no_clock_changes_nothing_by_rotation(tmp_path: Path) -> None:
    """After each boot it bears the same days again, in each file that logrotate keeps."""
    tree = LogTree(tmp_path, path="{source}/messages")
    folder = tree.root / "fw-1"
    booted = datetime(2000, 1, 1, tzinfo=UTC)
    for after in range(0, 56, 7):
        for number in range(3, -1, -1):
            if (path := folder / f"messages.{number}".removesuffix(".0")).exists():
                path.rename(folder / f"messages.{number + 1}")
        text = "".join(rfc3339(booted + step * DAY / 2, "fw-1", 100 * after + step) for step in range(14))
        write(folder / "messages", text, NOW + after * DAY)
        for days in (0, 3):
            found = look(tree, after=after + days)
            assert (found.rewritten, found.removed) == ((), ())
    path = folder / "messages.3"
    write(path, path.read_text().replace("message", "massage", 1), datetime.fromtimestamp(path.stat().st_mtime, UTC))
    assert len(look(tree, after=53).rewritten) == 1


def test_a_date_of_writing_in_the_future_leaves_no_past_day_open(tree: LogTree) -> None:
    begin = datetime.now(UTC)  # no test sets a date of change
    path = tree.root / "fw-1" / f"{begin:%Y/%m/%d}.log"
    text = "".join(rfc3339(begin - DAY / 24 * step, "fw-1", step) for step in (2, 1, 0))
    for after in range(1, 5):
        write(path, text, begin + 4000 * DAY)
        tree.manifest = kept_on(tree.manifest, tree.look(begin + after * DAY))
    write(path, text.replace("message 1", "massage 1"), begin + 4000 * DAY)
    assert kept_in(tree.look(begin + 5 * DAY), "central/fw-1").rewritten != ()


def test_what_cannot_be_read_today_is_neither_changed_nor_removed(tree: LogTree) -> None:
    path = file_of(tree, 5)
    write(path, path.read_bytes() + bytes(2 * 1024 * 1024), NOW)
    found = look(tree)
    assert (found.rewritten, found.removed) == ((), ())
    assert found.unread is not None


def test_of_a_journal_the_oldest_file_may_go_before_a_users_older_entries(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="", kind="journal")

    def archived(name: str, *ago: int) -> Path:
        hours = (7, 17) if name.startswith("user") else (6, 18)
        entries = [((NOW - day * DAY).replace(hour=hour), "fw-1") for day in ago for hour in hours]
        return make(tree.root / "m" / name, entries, (NOW - min(ago) * DAY).replace(hour=18))

    files = [archived(f"system@{end}.journal", *range(end, end + 4)) for end in (12, 8, 4)]
    archived("user-1000@14.journal", 14, 12)
    archived("user-1000.journal", 9, 7, 3)
    archived("system.journal", 3, 2, 1)
    look(tree)
    files[0].unlink()
    found = look(tree)
    assert (found.rewritten, found.removed) == ((), ())
    files[2].unlink()
    assert [told for told, _ in look(tree).removed] == [day(ago) for ago in (7, 6, 5, 4)]


@pytest.mark.parametrize("changed", [False, True])
def test_what_a_sender_that_was_away_brings_of_its_last_day_is_no_change(tmp_path: Path, *, changed: bool) -> None:
    tree = LogTree(tmp_path, path="", kind="journal")
    path = tree.root / "remote" / "remote-fw-1.journal"
    before = [((NOW - ago * DAY).replace(hour=hour), "fw-1") for ago in range(9, 3, -1) for hour in (6, 9)]
    back = [((NOW - 4 * DAY).replace(hour=11), "fw-1"), (NOW - DAY / 8, "fw-1")]
    make(path, before, (NOW - 4 * DAY).replace(hour=9))
    look(tree)
    if changed:
        path.unlink()
    make(path, [*before[:-1], *back] if changed else back, NOW)
    found = look(tree)
    assert ([told for told, _ in found.rewritten], found.removed) == ([day(4)] if changed else [], ())


def test_a_log_that_has_ended_may_go_and_one_that_has_not_may_not(tree: LogTree) -> None:
    ended = [
        write(tree.root / "fw-1" / f"old.log.{ago}", lines(NOW - ago * DAY, "fw-1"), NOW - ago * DAY)
        for ago in (20, 21)
    ]
    alive = [
        write(tree.root / "fw-1" / f"auth.log.{ago}", lines(NOW - ago * DAY, "fw-1"), NOW - ago * DAY) for ago in (3, 4)
    ]
    look(tree)
    for path in ended:
        path.unlink()
    assert look(tree).removed == ()
    for path in alive:
        path.unlink()
    assert look(tree).removed != ()


@pytest.mark.parametrize("rotated", [False, True])
@pytest.mark.parametrize("version", EARLIER)
def test_what_an_earlier_version_dated_otherwise_was_not_rewritten(
    tmp_path: Path, version: int, *, rotated: bool
) -> None:
    tree = LogTree(tmp_path, path="{source}/app.log*")
    text = "".join(lines((NOW - ago * DAY).replace(hour=0), "fw-1") for ago in range(9, -1, -1))
    write(tree.root / "fw-1" / "app.log", text, NOW)
    look(tree)
    file = tree.folder / "cache" / FILE
    kept = json.loads(file.read_text())
    for name in sorted(one.name for one in tree.manifest.present())[:3]:
        day, digest, rest = name.split(" ", 2)
        other = digest[::-1]
        record = FileRecord(name=f"{day} {other} {rest}", size=8, first_seen=NOW)
        tree.manifest = Manifest([*(one for one in tree.manifest.present() if one.name != name), record])
        kept = json.loads(json.dumps(kept).replace(digest, other))
    file.write_text(json.dumps(kept | {"version": version}))
    if rotated:
        (tree.root / "fw-1" / "app.log").rename(tree.root / "fw-1" / "app.log.1")
    found = look(tree)
    assert (found.rewritten, found.removed) == ((), ())
    assert look(tree).rewritten == ()


@pytest.mark.parametrize("version", EARLIER)
def test_what_an_earlier_version_saw_grow_grew(tmp_path: Path, version: int) -> None:
    tree = LogTree(tmp_path, path="{source}/app.log")
    path = write(tree.root / "fw-1" / "app.log", "no stamp here\n", NOW - DAY / 2)
    look(tree)
    write(path, "no stamp here\n" * 2, NOW - DAY / 3)
    look(tree)
    file = tree.folder / "cache" / FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | {"version": version}))
    assert look(tree).newest == NOW - DAY / 3


def test_what_was_waiting_to_be_read_by_other_rules_still_is_after_another_upgrade(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", range(3))
    look(tree)
    file = tree.folder / "cache" / FILE
    for version in EARLIER:
        file.write_text(json.dumps(json.loads(file.read_text()) | {"version": version}))
        known = load(file.parent)
        assert all(one.changed < 0 for one in known.values())
        save(file.parent, known)
