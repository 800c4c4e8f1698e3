"""A wanted change: which entry counts, from when on the level is new, and what its day explains."""

from datetime import UTC, date, datetime, timedelta

from agent.core.judging.wanted_change import DeclaredChange, newest_change
from tests.checks.entered import entry

CHANGE = {"backup": "files", "reason": "archivage", "author": "RSSI"}


def test_the_entry_about_the_backup_that_tells_of_the_latest_day_counts() -> None:
    entries = (
        entry("change", "change-1", **CHANGE, on="2026-11-03"),
        entry("change", "change-2", **CHANGE, on="2026-11-20"),
        entry("change", "change-3", **CHANGE, on="2026-11-10"),
        entry("change", "change-4", **{**CHANGE, "backup": "mail"}, on="2026-11-24"),
        entry("restore", "restore-1", **CHANGE, on="2026-11-24"),
    )
    assert newest_change(entries, "files") == DeclaredChange(on=date(2026, 11, 20), author="RSSI")
    assert newest_change(entries, "web") is None


def test_without_a_day_the_day_of_the_entry_counts() -> None:
    assert newest_change([entry("change", "change-1", backup="files")], "files") == DeclaredChange(
        on=date(2026, 10, 1), author=""
    )


def test_the_level_is_new_from_the_days_end_and_the_next_day_is_explained() -> None:
    change = DeclaredChange(on=date(2026, 11, 20), author="RSSI")
    assert change.levelled_from == datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert change.covers_until - change.levelled_from == timedelta(days=1)
