"""The day on which a date was entered, beside what is judged by it."""

from datetime import date

import pytest

from agent.core.judging.entry_date import late_entry
from tests.checks.entered import amended, entry


@pytest.mark.parametrize(
    ("performed", "on"), [("2026-11-01", date(2026, 11, 24)), ("2026-11-21", None), ("2026-11-24", None)]
)
def test_a_date_is_late_more_than_three_days_after_its_day(performed: str, on: date | None) -> None:
    first = entry("scan", "scan-1", performed=performed, author="RSSI")
    changed = amended(first, "2026-11-24T09:00+01:00", performed=performed, author="tech")
    made = amended(entry("scan", "scan-1", author="RSSI"), "2026-11-24T09:00+01:00", performed=performed, author="tech")
    assert late_entry(made) == ({} if on is None else {"entered_late": on, "entered_by": "tech"})
    assert late_entry(changed) == late_entry(first)
    unknown = amended(entry("scan", "scan-1"), "2026-11-24T09:00+01:00", performed="2026-11-01")
    assert late_entry(unknown)["entered_by"] == "?"
