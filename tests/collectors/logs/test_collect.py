"""What is seen of real trees of logs: how far back, where nothing is, what cannot be read."""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.core.facts.logs import RetainedRecords, kept_in
from agent.core.host import Output
from agent.core.model import Evidence
from agent.core.reason import Reason
from agent.hosts.evidence import RecordingHost
from agent.hosts.local import LocalHost
from collectors.logs.remembered import load, save
from tests.parts.log_trees import DAY, NOW, LogTree, lines, rfc3164, rfc3339, write

pytestmark = pytest.mark.programs


def kept(tree: LogTree, source: str = "fw-1") -> RetainedRecords:
    """Return what one look shows of a source."""
    return kept_in(tree.look(), f"central/{source}")


@pytest.mark.parametrize("packed", ["", ".gz", ".xz", ".zst", ".bz2"])
@pytest.mark.parametrize("form", ["rfc3339", "rfc3164"])
def test_a_year_of_daily_files_is_read_back_to_its_first_line(tmp_path: Path, packed: str, form: str) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", (380, 379, 200, 199, 1, 0), packed=packed, **({"form": rfc3164} if form == "rfc3164" else {}))
    found = kept(tree)
    assert found.oldest == (NOW - 380 * DAY).replace(hour=0)
    assert found.newest == NOW
    assert [(end - begin) // DAY for begin, end in found.holes] == [178, 197]
    assert found.unread is None
    assert found.interval == timedelta(hours=3)


def test_a_hole_of_thirty_days_is_found_and_a_day_without_a_night_is_none(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", [day for day in range(60) if not 10 <= day < 40])
    ((begin, end),) = kept(tree).holes
    assert (begin, end) == ((NOW - 40 * DAY).replace(hour=21), (NOW - 9 * DAY).replace(hour=0))


def test_a_hole_within_one_file_is_found(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    text = "".join(lines((NOW - ago * DAY).replace(hour=0), "fw-1") for ago in (9, 8, 7, 3, 2, 1, 0))
    write(tree.root / "fw-1.log", text, NOW)
    ((begin, end),) = kept(tree).holes
    assert (begin, end) == ((NOW - 7 * DAY).replace(hour=21), (NOW - 3 * DAY).replace(hour=0))


def test_rotated_files_without_a_date_in_their_names_are_one_log(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}/messages")
    for number in range(5):
        begin = (NOW - number * DAY).replace(hour=0)
        name = "messages" if number == 0 else f"messages.{number}" + (".gz" if number > 1 else "")
        write(tree.root / "fw-1" / name, lines(begin, "fw-1", rfc3164), min(begin + timedelta(hours=21), NOW))
    found = kept(tree)
    assert (found.files, found.oldest, found.holes) == (5, (NOW - 4 * DAY).replace(hour=0), ())


def test_a_weekly_rotation_named_by_its_day_is_read_back_to_its_first_line(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    for week in range(4):
        ended = (NOW - week * 7 * DAY).replace(hour=0)
        text = "".join(lines(ended - ago * DAY, "fw-1") for ago in range(7, 0, -1))
        write(tree.root / "fw-1" / f"messages-{ended:%Y%m%d}.gz", text, ended)
    found = kept(tree)
    assert found.oldest == (NOW - 28 * DAY).replace(hour=0)
    assert found.holes == ()


def test_a_clock_that_was_reset_makes_no_log_older(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", range(5), packed="")
    first = sorted((tree.root / "fw-1").rglob("*.log"))[0]
    lie = "2020-01-01T00:00:07.000000+00:00 fw-1 kernel: booting\n"
    write(first, lie + first.read_text(), (NOW - 4 * DAY).replace(hour=21))
    found = kept(tree)
    assert found.oldest == (NOW - 4 * DAY).replace(hour=0)
    assert found.holes == ()


def test_one_line_of_another_year_in_the_midst_of_a_file_is_no_record_of_it(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    days = [lines((NOW - ago * DAY).replace(hour=0), "fw-1") for ago in (3, 2, 1, 0)]
    days.insert(2, "2020-01-01T00:00:07.000000+00:00 fw-1 kernel: booting\n")
    write(tree.root / "fw-1.log", "".join(days), NOW)
    assert kept(tree).oldest == (NOW - 3 * DAY).replace(hour=0)


def test_a_clock_that_runs_ahead_makes_no_record_newer_than_its_file(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    written = NOW - 2 * DAY
    write(tree.root / "fw-1.log", lines(written - timedelta(hours=2), "fw-1"), written)
    assert kept(tree).newest == written


def test_a_sender_years_behind_that_goes_on_sending_is_not_silent(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    path = write(tree.root / "fw-1.log", "2020-01-01T00:00:07.000000+00:00 fw-1 a: b\n", NOW - timedelta(hours=1))
    tree.look()
    write(path, path.read_text() + "2020-01-01T01:00:07.000000+00:00 fw-1 a: c\n", NOW - timedelta(minutes=5))
    found = kept(tree)
    assert found.newest == NOW - timedelta(minutes=5)
    assert found.apart == found.newest - datetime(2020, 1, 1, 1, 0, 7, tzinfo=UTC)


def test_a_file_without_a_stamp_that_was_not_seen_to_grow_is_no_reception(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    for ago in range(4):
        day = (NOW - ago * DAY).replace(hour=0)
        write(tree.root / "fw-1" / f"{day:%Y-%m-%d}.log", "no stamp here\n", min(day + timedelta(hours=20), NOW))
    for seen in (tree.look(), tree.look()):
        found = kept_in(seen, "central/fw-1")
        assert (found.oldest, found.newest, found.holes) == (None, None, ())
        assert found.unread is not None
        (gap,) = [gap for gap in seen.gaps if gap.subject == "central/fw-1"]
        assert (gap.reason, ".log" in gap.detail) == (Reason.UNREADABLE, True)


def test_touching_a_file_without_a_stamp_is_no_reception(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", (5, 4, 3))
    newest = kept(tree).newest
    for hours in (2, 1, 0):
        write(tree.root / "fw-1" / "notes", "no stamp here\n", NOW - timedelta(hours=hours))
        seen = tree.look()
    found = kept_in(seen, "central/fw-1")
    assert found.newest == newest
    assert found.unread is not None and found.unread[1] == NOW
    assert [gap.reason for gap in seen.gaps] == [Reason.UNREADABLE]


def test_touching_a_file_whose_sender_s_clock_is_ahead_is_no_reception(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    text = f"{NOW + timedelta(hours=20):%Y-%m-%dT%H:%M:%S+00:00} fw-1 one\n"
    written = NOW - timedelta(hours=1)
    write(tree.root / "fw-1" / "all.log", text, written)
    assert kept(tree).newest == written
    for hours in (6, 12):
        now = NOW + timedelta(hours=hours)
        write(tree.root / "fw-1" / "all.log", text, now)
        assert kept_in(tree.look(now), "central/fw-1").newest == written
    grown = NOW + timedelta(hours=13)
    write(tree.root / "fw-1" / "all.log", 2 * text, grown)
    assert kept_in(tree.look(grown), "central/fw-1").newest == grown


def test_daily_files_without_stamps_stand_for_the_days_on_which_they_grew(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    for ago in (3, 2, 1, 0):
        day = (NOW - ago * DAY).replace(hour=0)
        for hour in (5, 11):
            path = tree.root / "fw-1" / f"{day:%Y-%m-%d}.log"
            write(path, "no stamp here\n" * hour, day + timedelta(hours=hour))
            seen = tree.look(day + timedelta(hours=hour))
    found = kept_in(seen, "central/fw-1")
    assert found.newest == NOW.replace(hour=11)
    assert found.oldest is not None and found.oldest < NOW - 3 * DAY
    assert (found.holes, seen.gaps) == ((), ())


def test_the_rest_of_a_file_that_was_read_in_part_is_no_growth(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    write(tree.root / "fw-1" / "app.log", "no stamp here\n" * 9, NOW)
    tree.look()
    (before,) = load(tree.folder / "cache").items()
    path, whole = before
    half = replace(whole, runs=tuple(replace(run, records=4) for run in whole.runs), fault="more")
    save(tree.folder / "cache", {path: half})
    assert kept(tree).newest is None


def test_the_unread_end_of_a_copy_without_its_dates_is_told(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", (9, 8, 7, 1, 0))
    copied = tree.root / "fw-1" / f"{NOW - 8 * DAY:%Y/%m/%d}.log.gz"
    os.utime(copied, (NOW.timestamp(), NOW.timestamp()))
    tree.look()
    before = load(tree.folder / "cache")
    slow = replace(before[str(copied)], fault="slow", said="it is not read to its end within the time allowed")
    save(tree.folder / "cache", {**before, str(copied): slow})
    assert [gap.reason for gap in tree.look().gaps] == [Reason.TIMED_OUT]


def test_what_syslog_ng_wrote_is_dated_by_reception(tmp_path: Path) -> None:
    """Lines and names as syslog-ng 4.8.1 wrote them, given an event of January: in its own form, and with R_ISODATE."""
    tree = LogTree(tmp_path)
    path = tree.root / "fw-1" / f"{NOW:%Y-%m-%d}.log"
    write(path, "Jan  2 03:04:05 fw-1 app: hello\n", NOW - timedelta(hours=1))
    assert kept(tree).newest is None
    write(path, "Jan  2 03:04:05 fw-1 app: hello\n" * 2, NOW)
    found = kept(tree)
    assert found.newest == NOW
    assert found.oldest is not None
    assert NOW - found.oldest < 2 * DAY
    write(tree.root / "fw-1" / "messages", f"{NOW - DAY / 2:%Y-%m-%dT%H:%M:%S}+00:00 fw-1 app: hello\n", NOW)
    assert kept(tree).holes == ()


def named_by_its_sender(tree: LogTree, day: datetime, written: datetime) -> Path:
    """Write what syslog-ng 4.8.1 makes of a boot whose clock is not set, where `$YEAR/$MONTH/$DAY` names its files."""
    text = "".join(f"{day:%b} {day.day:2d} 00:00:{second:02d} fw-1 kernel: boot\n" for second in range(3))
    return write(tree.root / "fw-1" / f"{day:%Y/%m/%d}.log", text, written)


def test_a_file_that_a_sender_s_unset_clock_named_makes_no_depth_and_no_hole(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", (*range(40, 19, -1), *range(9, -1, -1)))
    named_by_its_sender(tree, datetime(2026, 1, 1, tzinfo=UTC), NOW - 30 * DAY)
    seen = tree.look()
    found = kept_in(seen, "central/fw-1")
    assert seen.gaps == ()
    assert found.oldest == (NOW - 40 * DAY).replace(hour=0)
    assert [(end - begin) // DAY for begin, end in found.holes] == [10]


def test_a_file_of_a_day_beyond_what_may_be_kept_is_told_where_a_sender_s_clock_may_have_named_it(
    tmp_path: Path,
) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", range(9, -1, -1))
    named_by_its_sender(tree, datetime(2000, 1, 1, tzinfo=UTC), NOW - 5 * DAY)
    seen = tree.look()
    assert [(gap.reason, "2000/01/01.log" in gap.detail) for gap in seen.gaps] == [(Reason.UNREADABLE, True)]
    assert kept_in(seen, "central/fw-1").oldest == (NOW - 9 * DAY).replace(hour=0)


def test_days_that_were_packed_long_after_one_by_one_are_no_sender_s(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", range(60, -1, -1))
    for ago in range(60, 33, -1):
        written = (NOW - (ago - 33) * DAY).timestamp()
        os.utime(tree.root / "fw-1" / f"{NOW - ago * DAY:%Y/%m/%d}.log.gz", (written, written))
    seen = tree.look()
    found = kept_in(seen, "central/fw-1")
    assert (seen.gaps, found.oldest, found.holes) == ((), (NOW - 60 * DAY).replace(hour=0), ())


def test_an_early_hour_at_the_end_of_the_oldest_day_hides_no_hole_behind_it(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", (9, 1, 0), packed="")
    oldest = tree.root / "fw-1" / f"{NOW - 9 * DAY:%Y/%m/%d}.log"
    begin = (NOW - 9 * DAY).replace(hour=12)
    text = rfc3339(begin, "fw-1", 1) + rfc3339(begin.replace(hour=3), "fw-1", 2)
    write(oldest, text, begin + timedelta(hours=1))
    assert [(end - begin) // DAY for begin, end in kept(tree).holes] == [7]


@pytest.mark.parametrize("form", [rfc3339, rfc3164])
@pytest.mark.parametrize("name", ["app-20260101/app.log", "vm-201012.log", "srv-2019/01/04/app.log"])
def test_a_name_that_only_looks_dated_bounds_no_record(
    tmp_path: Path, name: str, form: Callable[[datetime, str, int], str]
) -> None:
    tree = LogTree(tmp_path)
    text = "".join(lines((NOW - ago * DAY).replace(hour=0), "fw-1", form) for ago in range(200, -1, -1))
    write(tree.root / "fw-1" / name, text, NOW)
    found = kept(tree)
    assert (found.oldest, found.newest, found.holes) == ((NOW - 200 * DAY).replace(hour=0), NOW, ())


@pytest.mark.parametrize("form", [rfc3339, rfc3164])
def test_a_name_dates_a_copy_that_lost_its_date_of_writing(
    tmp_path: Path, form: Callable[[datetime, str, int], str]
) -> None:
    tree = LogTree(tmp_path)
    for ago in (400, 399, 398):
        day = (NOW - ago * DAY).replace(hour=0)
        write(tree.root / "fw-1" / f"{day:%Y-%m-%d}.log", lines(day, "fw-1", form), NOW)
    found = kept(tree)
    assert (found.oldest, found.newest) == ((NOW - 400 * DAY).replace(hour=0), (NOW - 398 * DAY).replace(hour=21))


def test_a_name_that_only_looks_dated_gives_lines_without_stamps_no_age(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    path = tree.root / "fw-1" / "vm-20250101.log"
    write(path, "no stamp here\n", NOW - timedelta(hours=2))
    tree.look()
    write(path, "no stamp here\n" * 2, NOW - timedelta(hours=1))
    found = kept(tree)
    assert (found.oldest, found.newest) == (NOW - timedelta(hours=1), NOW - timedelta(hours=1))


def test_a_source_without_a_file_has_nothing_and_nothing_unread(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, sources=("fw-1", "fw-10"))
    tree.fill("fw-1", (1, 0))
    assert kept(tree, "fw-10") == RetainedRecords()


def test_a_place_that_is_not_there_has_nothing_of_anybody(tmp_path: Path) -> None:
    seen = LogTree(tmp_path).look()
    assert kept_in(seen, "central/fw-1") == RetainedRecords()
    assert seen.gaps == ()


@pytest.mark.parametrize("gone", ["fw-1", ""])
@pytest.mark.parametrize("mounted", [False, True])
def test_logs_whose_file_system_is_not_mounted_are_not_gone(tmp_path: Path, gone: str, *, mounted: bool) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", range(3))
    tree.look()
    if not mounted:
        tree.on_another_device()
    shutil.rmtree(tree.root / gone)
    for _ in range(2):
        seen = tree.look()
        found = kept_in(seen, "central/fw-1")
        if mounted:
            assert (seen.gaps, found) == ((), RetainedRecords())
        else:
            (gap,) = seen.gaps
            assert gap.reason is Reason.UNREADABLE
            assert "lay on a file system that is not mounted any more (and 2 more)" in gap.detail
            assert found.unread is not None


def test_a_collector_that_goes_on_below_what_is_not_mounted_hides_none_of_it(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, sources=("fw-1", "fw-2", "fw-3"))
    for source in ("fw-1", "fw-2"):
        tree.fill(source, range(3))
    tree.look()
    tree.on_another_device()
    shutil.rmtree(tree.root)
    for source in ("fw-1", "fw-3"):
        tree.fill(source, [0])
        write(tree.root / source / f"{NOW:%Y/%m/%d}.log", rfc3339(NOW, source, 1), NOW)
    for _ in range(2):
        seen = tree.look()
        assert {gap.subject for gap in seen.gaps} == {"central/fw-1", "central/fw-2"}
        assert [kept_in(seen, f"central/fw-{number}").newest for number in (1, 2, 3)] == [NOW, None, NOW]


def test_a_file_system_is_waited_for_since_it_was_missed_and_is_then_gone(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", range(90, 99))
    tree.look()
    tree.on_another_device()
    shutil.move(tree.root, tmp_path / "disk")
    for days in (0, 30):
        assert kept_in(tree.look(NOW + days * DAY), "central/fw-1").unread is not None
    shutil.move(tmp_path / "disk", tree.root)
    assert kept_in(tree.look(NOW + 31 * DAY), "central/fw-1").unread is None
    tree.on_another_device()
    shutil.rmtree(tree.root)
    for days in (32, 62):
        assert kept_in(tree.look(NOW + days * DAY), "central/fw-1").unread is not None
    assert kept_in(tree.look(NOW + 63 * DAY), "central/fw-1") == RetainedRecords()


def test_a_file_system_that_has_another_number_since_it_was_mounted_again_is_there(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", range(9))
    tree.look()
    tree.on_another_device()
    (tree.root / "fw-1" / f"{NOW - 8 * DAY:%Y/%m/%d}.log.gz").unlink()
    assert tree.look().gaps == ()


@pytest.mark.parametrize("names", [("m.1.gz", "m.2", "m.3"), ("m-20261116", "m-20261109.gz", "m-20261102")])
@pytest.mark.parametrize("reloaded", [False, True])
def test_who_writes_on_into_a_turned_file_leaves_no_hole(
    tmp_path: Path, names: tuple[str, ...], *, reloaded: bool
) -> None:
    """What logrotate turns meanwhile is empty, and bounds no other file."""
    tree = LogTree(tmp_path, path="{source}/m*")
    folder = tree.root / "fw-1"

    def week(ago: int) -> str:
        return "".join(lines((NOW - day * DAY).replace(hour=0), "fw-1") for day in range(ago, ago - 7, -1))

    until = [NOW - ago * DAY for ago in (8, 15, 22)]
    write(folder / names[2], week(29) + week(22) + week(15) + ("" if reloaded else week(8) + week(1)), until[0])
    write(folder / names[1], "", until[1])
    write(folder / names[0], "", until[0])
    write(folder / "m", week(8) + week(1) if reloaded else "", NOW if reloaded else until[0])
    if not reloaded:
        os.utime(folder / names[2], (NOW.timestamp(), NOW.timestamp()))
    found = kept(tree)
    assert (found.oldest, found.holes) == ((NOW - 29 * DAY).replace(hour=0), ())


@pytest.mark.parametrize("hours", [0, 1, 9])
def test_who_writes_into_a_turned_file_after_another_into_the_new_one_leaves_no_hole(
    tmp_path: Path, hours: int
) -> None:
    tree = LogTree(tmp_path, path="{source}/m*")
    for number, days in enumerate((range(8, -1, -1), range(15, 8, -1), range(22, 15, -1), range(29, 22, -1))):
        name = f"m.{number}".removesuffix(".0")
        text = "".join(lines((NOW - day * DAY).replace(hour=0), "fw-1") for day in days)
        write(tree.root / "fw-1" / name, text, (NOW - days[-1] * DAY).replace(hour=21) if number else NOW)
    os.utime(tree.root / "fw-1" / "m", ((NOW - timedelta(hours=hours)).timestamp(),) * 2)
    with (tree.root / "fw-1" / "m.1").open("a") as late:
        late.write(rfc3339(NOW, "fw-1", 1))
    os.utime(tree.root / "fw-1" / "m.1", (NOW.timestamp(),) * 2)
    found = kept(tree)
    assert (found.oldest, found.holes) == ((NOW - 29 * DAY).replace(hour=0), ())


def test_an_empty_file_is_no_record(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    write(tree.root / "fw-1" / "messages", "", NOW)
    assert kept(tree) == RetainedRecords(files=1)


def test_senders_that_nobody_expects_are_named(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", (0,))
    tree.fill("printer", (0,))
    assert [fact.value for fact in tree.look().named("log.stranger")] == ["printer"]


def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", range(3))
    first = kept(tree)
    noted: list[Evidence] = []
    tree.host = RecordingHost(tree.host, noted)
    assert kept(tree) == first
    write(tree.root / "fw-1" / "late.log", lines(NOW - DAY, "fw-1"), NOW)
    assert kept(tree).files == 4
    noted = [one for one in noted if one.command.startswith(("find", "python3"))]
    assert [one.command.partition(" ")[0] for one in noted] == ["find", "find", "python3"]
    assert noted[-1].command.endswith("reads 1 files of logs")


def test_a_tree_that_was_copied_without_its_dates_is_read_back_all_the_same(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}/messages")
    for number in range(40):
        begin = (NOW - number * DAY).replace(hour=0)
        name = "messages" + (f".{number}" if number else "")
        write(tree.root / "fw-1" / name, lines(begin, "fw-1"), NOW - timedelta(seconds=number))
    found = kept(tree)
    assert (found.oldest, found.newest, found.holes) == ((NOW - 39 * DAY).replace(hour=0), NOW, ())


def test_the_first_week_that_was_turned_is_read_whole_however_young_the_next_one_is(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}/messages")
    turned = (NOW - DAY).replace(hour=0)
    text = "".join(lines(turned - ago * DAY, "fw-1") for ago in range(7, 0, -1))
    write(tree.root / "fw-1" / f"messages-{turned:%Y%m%d}", text, turned)
    text = "".join(lines((NOW - ago * DAY).replace(hour=0), "fw-1") for ago in (1, 0))
    write(tree.root / "fw-1" / "messages", text, NOW)
    found = kept(tree)
    assert (found.oldest, found.holes) == (turned - 7 * DAY, ())


@pytest.mark.parametrize(
    "nothing",
    [
        b"# turned over 2026-11-19 10:00:00\n",
        b"\n\n  \t\n",
        b"\0\0\0\0\n",
        b"#Software: IIS\n#Date: 2026-11-01 00:00:01\n#Fields: date time\n",
    ],
)
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_a_file_without_one_record_fills_no_hole(tmp_path: Path, nothing: bytes, packed: str) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", [day for day in range(9) if not 3 <= day < 6])
    for ago in (3, 4, 5):
        at = (NOW - ago * DAY).replace(hour=21)
        write(tree.root / "fw-1" / f"{at:%Y/%m/%d}.log{packed}", nothing, at)
    ((begin, end),) = kept(tree).holes
    assert (end - begin).days == 3


@pytest.mark.parametrize("nothing", [b"\n", b"#Fields: date time c-ip\n", b"\0\0\0\n"])
def test_a_file_that_grows_by_no_record_is_silent(tmp_path: Path, nothing: bytes) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    text = lines((NOW - 3 * DAY).replace(hour=0), "fw-1").encode()
    write(tree.root / "fw-1.log", text, (NOW - 3 * DAY).replace(hour=21))
    newest = kept(tree).newest
    write(tree.root / "fw-1.log", text + nothing, NOW)
    assert kept(tree).newest == newest


def test_a_file_of_today_without_one_record_is_no_sign_of_life(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", (5, 4, 3))
    newest = kept(tree).newest
    write(tree.root / "fw-1" / f"{NOW:%Y/%m/%d}.log", b"#Fields: date time\n\n", NOW)
    assert kept(tree).newest == newest


@pytest.mark.parametrize("oldest", [430, 395])
def test_a_file_that_was_never_rotated_shows_how_old_its_records_are(tmp_path: Path, oldest: int) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    text = "".join(lines((NOW - ago * DAY).replace(hour=0), "fw-1", rfc3164) for ago in range(oldest, -1, -1))
    write(tree.root / "fw-1.log", text, NOW)
    found = kept(tree)
    assert (found.oldest, found.holes) == ((NOW - oldest * DAY).replace(hour=0), ())


FORMS: Mapping[str, str] = {
    "nginx": "{at:%Y/%m/%d %H:%M:%S} [error] 12#12: a",
    "tomcat": "{at:%d-%b-%Y %H:%M:%S}.123 INFO [main] a",
    "fortigate": '<189>date={at:%Y-%m-%d} time={at:%H:%M:%S} devname="fw-1"',
    "european": "{at:%d/%m/%Y %H:%M} a",
    "american": "{at:%m/%d/%Y %H:%M} a",
    "dhcp": "24,{at:%m/%d/%y,%H:%M:%S},Cleanup,,,,",
    "java": "{at:%b %d, %Y %I:%M:%S %p} org.example run",
    "basic": "{at:%Y%m%dT%H%M%S} a",
    "json": '{{"level":"info","ts":{milliseconds},"msg":"a"}}',
    "mysql": "# Time: {at:%Y-%m-%dT%H:%M:%S}.000001Z",
}


@pytest.mark.parametrize("form", FORMS)
def test_monthly_files_of_each_form_of_stamp_have_no_hole(tmp_path: Path, form: str) -> None:
    tree = LogTree(tmp_path, path="{source}/app.log")
    for month in range(5):
        begin = (NOW - (month + 1) * 30 * DAY).replace(hour=13)
        moments = [begin + hours * timedelta(hours=6) for hours in range(120)]
        text = "".join(FORMS[form].format(at=at, milliseconds=int(at.timestamp()) * 1000) + "\n" for at in moments)
        write(tree.root / "fw-1" / ("app.log" if month == 0 else f"app.log.{month}"), text, moments[-1])
    found = kept(tree)
    assert (found.oldest, found.holes) == ((NOW - 150 * DAY).replace(hour=13), ())
    assert not [gap for gap in tree.look().gaps if gap.subject == "central/fw-1"]


JSON_LINES: Mapping[str, str] = {
    "another date first": '{{"cert_expires":"2027-05-06T07:08:09Z","time":"{at:%Y-%m-%dT%H:%M:%S}Z"}}',
    "a nested date first": '{{"cert":{{"time":"2027-05-06T07:08:09Z"}},"@timestamp":"{at:%Y-%m-%dT%H:%M:%S}Z"}}',
    "the usual name last": '{{"updated_date":"2024-02-03T04:05:06Z","ts":{seconds}.25}}',
    "milliseconds": '{{"expires":"2027-05-06T07:08:09Z","timestamp":"{seconds}123"}}',
    "nanoseconds": '{{"expires":"2027-05-06T07:08:09Z","Timestamp":{seconds}123456789}}',
    "one of another name": '{{"valid_to":"2027-05-06T07:08:09Z","eventTime":"{at:%Y-%m-%dT%H:%M:%S}Z"}}',
    "mongo": '{{"attr":{{"date":"2024-02-03T04:05:06Z"}},"t":{{"$date":"{at:%Y-%m-%dT%H:%M:%S}.000+00:00"}}}}',
}


@pytest.mark.parametrize("form", JSON_LINES)
def test_a_json_line_is_dated_by_the_field_that_says_when_it_was_written(tmp_path: Path, form: str) -> None:
    tree = LogTree(tmp_path, path="{source}/app.log")
    moments = [NOW - 3 * DAY + hours * timedelta(hours=6) for hours in range(13)]
    text = "".join(JSON_LINES[form].format(at=at, seconds=int(at.timestamp())) + "\n" for at in moments)
    write(tree.root / "fw-1" / "app.log", text, NOW)
    found = kept(tree)
    assert (found.oldest, found.newest, found.holes) == (NOW - 3 * DAY, NOW, ())


@pytest.mark.parametrize(
    "line",
    [
        '{"cert_expires":"2026-11-20T07:08:09Z","msg":"a"}',
        '{"cert":{"time":"2026-11-20T07:08:09Z"}}',
        '{"start_date":"2026-11-20T07:08:09Z","end_date":"2026-11-21T07:08:09Z"}',
        '{"time":"2027-05-06T07:08:09Z"}',
    ],
)
def test_another_date_in_a_json_line_dates_no_record(tmp_path: Path, line: str) -> None:
    tree = LogTree(tmp_path, path="{source}/app.log")
    write(tree.root / "fw-1" / "app.log", f"{line}\n" * 3, NOW)
    seen = tree.look()
    assert kept_in(seen, "central/fw-1").oldest is None
    (gap,) = [gap for gap in seen.gaps if gap.subject == "central/fw-1"]
    assert gap.reason is Reason.UNREADABLE


def test_files_longer_than_a_day_whose_dates_nothing_reads_are_unreadable(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}/app.log")
    for week in range(5):
        name = "app.log" if week == 0 else f"app.log.{week}"
        write(tree.root / "fw-1" / name, "le lundi, quelque chose\n" * 9, NOW - week * 7 * DAY)
    seen = tree.look()
    assert kept_in(seen, "central/fw-1").holes == ()
    (gap,) = [gap for gap in seen.gaps if gap.subject == "central/fw-1"]
    assert (gap.reason, "app.log" in gap.detail) == (Reason.UNREADABLE, True)


def test_a_text_without_dates_beside_a_log_without_holes_hides_nothing(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", range(20))
    write(tree.root / "fw-1" / "boot.txt", "starting\n", NOW - 2 * DAY)
    assert not [gap for gap in tree.look().gaps if gap.subject == "central/fw-1"]


def test_two_spellings_of_the_date_in_one_file_hide_no_hole(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    days = [ago for ago in range(370, -1, -1) if not 150 <= ago < 165]
    text = ""
    for ago in days:
        begin = (NOW - ago * DAY).replace(hour=0)
        both = zip(lines(begin, "fw-1", rfc3339).splitlines(), lines(begin, "fw-1", rfc3164).splitlines(), strict=True)
        text += "".join(f"{one}\n{other}\n" for one, other in both)
    write(tree.root / "fw-1.log", text, NOW)
    ((begin, end),) = kept(tree).holes
    assert (end - begin).days == 15


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%SZ"),
        ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M:%S"),
        ("- [%d/%b/%Y:%H:%M:%S +0000]", "- [%d/%b/%Y:%H:%M:%S +0000]"),
        ("%d-%b-%Y %H:%M:%S", "%d-%b-%Y %H:%M:%S"),
        ("%b %d %Y %H:%M:%S", "%b %d %Y %H:%M:%S"),
        ("%Y-%m-%dT%H:%M:%SZ", "%b %d %H:%M:%S"),
    ],
)
def test_the_same_date_of_two_years_hides_no_hole(tmp_path: Path, before: str, after: str) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    year_ago = NOW.replace(year=NOW.year - 1)
    write(tree.root / "fw-1.log", f"{year_ago:{before}} fw-1 up\n{NOW:{after}} fw-1 up\n", NOW)
    ((begin, end),) = kept(tree).holes
    assert (end - begin).days in (364, 365)


def test_a_file_whose_dates_change_without_end_is_unreadable(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    text = "".join(rfc3339(NOW - (number % 2) * DAY, "fw-1", number) for number in range(9000))
    write(tree.root / "fw-1.log", text, NOW)
    (gap,) = [gap for gap in tree.look().gaps if gap.subject == "central/fw-1"]
    assert gap.reason is Reason.UNREADABLE


def test_a_sender_whose_name_begins_like_another_s_is_no_rotation_of_it(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, sources=("web",), path="{source}")
    write(tree.root / "web-2.log", lines(NOW.replace(hour=0), "web-2"), NOW)
    assert kept(tree, "web").newest is None


@pytest.mark.parametrize(
    "name",
    [
        *("web", "web.1", "web.2.gz", "web-20261101", "web-20261101.gz", "web-2026110110.xz", "web.log"),
        *("web-01-11-2026.gz", "web.01.11.2026", "web_2026-11-01.xz", "web.2026.11.01", "web-2026-W44.zst"),
        "web.log.1.gz",
    ],
)
def test_what_rotation_adds_to_a_name_is_the_sender_s(tmp_path: Path, name: str) -> None:
    tree = LogTree(tmp_path, sources=("web",), path="{source}")
    write(tree.root / name, lines(NOW.replace(hour=0), "web"), NOW)
    assert kept(tree, "web").newest is not None


@pytest.mark.parametrize("path", ["{source}*", "{source}*/messages", "{source}?*"])
def test_of_a_pattern_with_a_star_a_number_is_another_sender_s(tmp_path: Path, path: str) -> None:
    tree = LogTree(tmp_path, sources=("web",), path=path)
    name = "web-2/messages" if "/" in path else "web-2.log"
    write(tree.root / name, lines(NOW.replace(hour=0), "web-2"), NOW)
    assert kept(tree, "web").newest is None


@pytest.mark.parametrize("name", ["web.log", "web-20261124.log", "web.log.2.gz", "web-access.log"])
def test_of_a_pattern_with_a_star_rotations_and_logs_are_the_sender_s(tmp_path: Path, name: str) -> None:
    tree = LogTree(tmp_path, sources=("web", "web-2"), path="{source}*")
    write(tree.root / name, lines(NOW.replace(hour=0), "web"), NOW)
    write(tree.root / name.replace("web", "web-2"), lines((NOW - DAY).replace(hour=0), "web-2"), NOW)
    assert kept(tree, "web").files == 1
    assert kept(tree, "web-2").files == 1


def test_a_closed_folder_hides_the_holes_of_its_sender_alone(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, sources=("fw-1", "fw-2"))
    for source in ("fw-1", "fw-2"):
        tree.fill(source, (0, 1, 5, 6))
    (tmp_path / "elsewhere").mkdir()
    (tree.root / "fw-1" / "away").symlink_to(tmp_path / "elsewhere")
    seen = tree.look()
    closed, open_ = (kept_in(seen, f"central/{source}") for source in ("fw-1", "fw-2"))
    assert (closed.holes, closed.unread is None) == ((), False)
    assert (len(open_.holes), open_.unread) == (1, None)


def test_a_file_that_rotation_puts_in_the_place_of_another_is_not_read_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = LogTree(tmp_path, path="{source}/messages")
    folder = tree.root / "fw-1"
    midnight = NOW.replace(hour=0)
    for number in range(4):
        written = midnight - number * DAY
        write(folder / (f"messages.{number}" if number else "messages"), lines(written - DAY, "fw-1"), written)
    listed_and_read = LocalHost.run

    def turned(host: LocalHost, *argv: str, **how: Any) -> Output:
        output = listed_and_read(host, *argv, **how)
        if argv[0] == "find":
            for number in range(3, 0, -1):
                (folder / f"messages.{number}").rename(folder / f"messages.{number + 1}")
            (folder / "messages").rename(folder / "messages.1")
            write(folder / "messages", lines(midnight, "fw-1"), NOW)
        return output

    with monkeypatch.context() as patched:
        patched.setattr(LocalHost, "run", turned)
        assert kept(tree).waiting > 0
    found = kept(tree)
    assert (found.oldest, found.holes, found.waiting) == (midnight - 4 * DAY, (), 0)
