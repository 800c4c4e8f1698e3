"""The documents as a browser shows them: no violation that axe can find, nothing to scroll sideways."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from agent.core.period import HalfYear, Month, Year
from agent.report.further.making import make
from tests.export.test_page_in_browser import CONTRASTS, DESK, PHONE, opened
from tests.parts.browser import browser, violations
from tests.report.further.samples import keep, volume
from tests.report.year import SCOTA, year

pytestmark = [pytest.mark.network, pytest.mark.programs]

NAMES = ("beffroi-scota-2026-S2", "beffroi-scota-2026-12", "beffroi-scota-2026-annex")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start one browser for all these tests."""
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the documents lie, as files that were sent."""
    folder = tmp_path_factory.mktemp("documents")
    with year(folder, first=date(2026, 12, 1), loaded=date(2026, 12, 1)) as filled:
        keep(filled.ledger, *(volume(date(2026, 12, day), day * 10**11) for day in range(2, 13)))
        for period in (HalfYear(2026, 2), Month(2026, 12), Year(2026)):
            found = make(filled.configuration, filled.ledger, period, SCOTA, filled.clock.now(), public=False)
            (folder / f"{found.stem}.html").write_text(found.page, encoding="utf-8")
    return folder


@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_no_violation_and_every_text_can_be_read(
    chromium: Browser, folder: Path, name: str, size: dict[str, int]
) -> None:
    with opened(chromium, (folder / f"{name}.html").as_uri(), size) as page:
        assert violations(page) == []
        found = page.evaluate(CONTRASTS.replace("main svg.icon", "no-icon"))
        assert len(found) > 40
        assert [one for one in found if one["ratio"] < one["needed"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_a_screen_reader_hears_what_a_bar_shows(chromium: Browser, folder: Path) -> None:
    with opened(chromium, (folder / "beffroi-scota-2026-annex.html").as_uri(), DESK) as page:
        assert page.get_by_role("img", name="Volume occupé, décembre 2026").count() == 1
        assert page.get_by_role("table", name="Volume occupé").get_by_role("rowheader").count() == 12
