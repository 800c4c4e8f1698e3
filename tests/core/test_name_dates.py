"""Dates in names of files."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.name_dates import name_date

WINTER = datetime(2026, 11, 30, 21, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("vzdump-qemu-101-%Y_%m_%d-%H_%M_%S", "vzdump-qemu-101-2026_11_30-22_05_09.vma.zst"),
        ("%Y%m%dT%H%M%S", "erp.20261130T220509.vbk"),
        ("%d%b%y_%H%M%S", "dump_30Nov26_220509.gz"),
        ("%Y%j%H%M%S", "2026334220509.tar"),
        ("%s", f"backup-{int(WINTER.timestamp())}.img"),
        ("100%%-%Y-%m-%d-%H%M%S", "100%-2026-11-30-220509"),
    ],
)
def test_a_date_is_found_in_a_name(form: str, name: str) -> None:
    assert name_date(form, "Europe/Paris")(name) == WINTER


def test_the_last_date_of_a_name_counts() -> None:
    assert name_date("%Y-%m-%d", "UTC")("2026-01-01 to 2026-11-30.tar") == datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", ["", "erp.vbk", "2026-13-01", "2026-02-30", "26-11-30"])
def test_a_name_without_a_date_has_none(name: str) -> None:
    assert name_date("%Y-%m-%d", "Europe/Paris")(name) is None


@pytest.mark.parametrize("form", ["", "mtime2", "%H%M", "%Y-%m", "%d.%m", "%A %Y-%m-%d", "%Y%"])
def test_a_form_that_dates_no_day_is_refused(form: str) -> None:
    with pytest.raises(ValueError, match=r"holds|shows no day"):
        name_date(form, "UTC")


@given(st.text(max_size=60))
def test_any_name_has_a_date_or_none(name: str) -> None:
    for form in ("%Y%m%d", "%s", "%y%j-%H"):
        found = name_date(form, "Europe/Paris")(name)
        assert found is None or found.tzinfo is UTC
