"""Real journals, made back-dated by systemd-journal-remote: the same is seen of them as of a tree of files."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.core.facts.logs import RetainedRecords, kept_in
from agent.core.reason import Reason
from tests.parts.journals import make
from tests.parts.log_trees import DAY, NOW, LogTree

pytestmark = pytest.mark.programs


@pytest.fixture
def tree(tmp_path: Path) -> LogTree:
    return LogTree(tmp_path, sources=("fw-1", "srv-1"), path="", kind="journal")


def days(host: str, *ago: int) -> Iterator[tuple[datetime, str]]:
    for day in ago:
        for hour in range(0, 24, 6):
            at = (NOW - day * DAY).replace(hour=hour)
            if at <= NOW:
                yield at, host


def kept(tree: LogTree, source: str) -> RetainedRecords:
    return kept_in(tree.look(), f"central/{source}")


def test_a_journal_of_a_year_is_read_for_each_host_it_names(tree: LogTree) -> None:
    entries = (*days("fw-1", *(day for day in range(380) if not 100 <= day < 114)), *days("srv-1", *range(5, 60)))
    make(tree.root / "remote" / "remote-all.journal", entries, NOW)
    first, second = kept(tree, "fw-1"), kept(tree, "srv-1")
    assert first.oldest == (NOW - 379 * DAY).replace(hour=0)
    assert first.newest == NOW
    assert [end - begin for begin, end in first.holes] == [14 * DAY + timedelta(hours=6)]
    assert (second.oldest, second.newest) == ((NOW - 59 * DAY).replace(hour=0), (NOW - 5 * DAY).replace(hour=18))
    assert second.interval == timedelta(hours=6)


def test_several_files_of_a_journal_are_one(tree: LogTree) -> None:
    make(tree.root / "m" / "system@1.journal", days("fw-1", *range(10, 20)), NOW - 9 * DAY)
    make(tree.root / "m" / "system.journal", days("fw-1", *range(10)), NOW)
    found = kept(tree, "fw-1")
    assert (found.oldest, found.newest, found.holes) == ((NOW - 19 * DAY).replace(hour=0), NOW, ())


def test_a_journal_that_grew_is_read_from_its_last_day_on(tree: LogTree) -> None:
    path = make(tree.root / "m" / "system.journal", days("fw-1", 3, 2), NOW - 2 * DAY)
    assert kept(tree, "fw-1").newest == (NOW - 2 * DAY).replace(hour=12)
    make(path, days("fw-1", 1, 0), NOW)
    found = kept(tree, "fw-1")
    assert (found.oldest, found.newest, found.holes) == ((NOW - 3 * DAY).replace(hour=0), NOW, ())


def test_a_host_that_no_entry_names_has_nothing(tree: LogTree) -> None:
    make(tree.root / "m" / "system.journal", (*days("fw-1", 1, 0), *days("printer", 0)), NOW)
    assert kept(tree, "srv-1") == RetainedRecords()
    assert [fact.value for fact in tree.look().named("log.stranger")] == ["printer"]


def test_a_file_that_is_no_journal_may_hold_anybody_s_entries(tree: LogTree) -> None:
    make(tree.root / "m" / "system.journal", days("fw-1", 1, 0), NOW)
    (tree.root / "m" / "system@2.journal").write_bytes(b"LPKSHHRH" + bytes(5000))
    seen = tree.look()
    assert {(gap.subject, gap.reason) for gap in seen.gaps} == {
        ("central/fw-1", Reason.UNREADABLE),
        ("central/srv-1", Reason.UNREADABLE),
    }
    assert kept_in(seen, "central/fw-1").newest == NOW
    assert kept_in(seen, "central/srv-1").unread is not None


@pytest.mark.parametrize("character", ["a", "\x01"], ids=["text", "bytes"])
def test_a_message_of_any_length_hides_no_other_entry(tree: LogTree, character: str) -> None:
    feigned = '","_HOSTNAME":"srv-1","__REALTIME_TIMESTAMP":"1000000000000000",'
    path = tree.root / "m" / "system.journal"
    make(path, days("fw-1", 2), NOW - 2 * DAY)
    at = (NOW - 2 * DAY).replace(hour=19)
    make(path, [(at, "fw-1")], NOW - DAY, message=feigned + character * 2_500_000)
    make(path, days("fw-1", 1, 0), NOW)
    seen = tree.look()
    assert not seen.gaps
    found = kept_in(seen, "central/fw-1")
    assert (found.oldest, found.newest) == ((NOW - 2 * DAY).replace(hour=0), NOW)
    assert kept_in(seen, "central/srv-1") == RetainedRecords()


def test_a_place_without_a_journal_has_nothing_of_anybody(tree: LogTree) -> None:
    assert kept(tree, "fw-1") == RetainedRecords()
    tree.root.mkdir()
    assert kept(tree, "fw-1") == RetainedRecords()


def test_a_journal_whose_file_system_is_not_mounted_is_not_gone(tree: LogTree) -> None:
    turned = make(tree.root / "m" / "system@1.journal", days("fw-1", *range(10, 20)), NOW - 9 * DAY)
    make(tree.root / "m" / "system.journal", days("fw-1", *range(10)), NOW)
    tree.look()
    tree.on_another_device()
    turned.unlink()
    os.utime(
        tree.root / "m" / "system.journal", (NOW.timestamp() + 60,) * 2
    )  # it begins anew, and journald makes each as large
    seen = tree.look(NOW + DAY)
    assert {(gap.subject, gap.reason) for gap in seen.gaps} == {
        ("central/fw-1", Reason.UNREADABLE),
        ("central/srv-1", Reason.UNREADABLE),
    }
    assert kept_in(seen, "central/fw-1").newest == NOW
    assert kept_in(seen, "central/srv-1").unread is not None
