"""The report as a browser shows it: no violation that axe can find, at a desk, on a phone, and on paper."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from agent.report import view_target
from agent.report.build import build
from agent.report.material import Material
from agent.report.page import render
from tests.export.test_page_in_browser import CONTRASTS, DESK, PHONE, opened
from tests.parts.browser import browser, violations

pytestmark = [pytest.mark.network, pytest.mark.programs]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start one browser for all these tests."""
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def address(material: Material, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return where the report lies, as a file that was sent."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(build(material, 1)), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_axe_finds_no_violation(chromium: Browser, address: str, size: dict[str, int]) -> None:
    with opened(chromium, address, size) as page:
        assert violations(page) == []


def test_axe_would_see_one(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text("<!doctype html><html><title>x</title><img src='data:,'><a href='#'></a>", encoding="utf-8")
    page = chromium.new_context().new_page()
    page.goto(path.as_uri())
    assert {one.partition(":")[0] for one in violations(page)} >= {"image-alt", "html-has-lang", "link-name"}
    page.context.close()


@pytest.mark.parametrize("width", [320, 360, 800, 1280])
def test_nothing_has_to_be_scrolled_sideways(chromium: Browser, address: str, width: int) -> None:
    """Wide tables scroll within their own frame, which a keyboard reaches."""
    with opened(chromium, address, {"width": width, "height": 800}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator(".wide:not([tabindex])").count() == 0


def test_a_phone_shows_each_verdict_of_page_one_whole(chromium: Browser, address: str) -> None:
    with opened(chromium, address, PHONE) as page:
        frame = page.locator(".front .wide").bounding_box()
        verdict = page.locator(".front td:nth-child(2) > *").first.bounding_box()
        assert frame and verdict
        assert verdict["x"] + verdict["width"] <= frame["x"] + frame["width"]


def test_a_phone_breaks_no_word_where_one_signs(chromium: Browser, address: str) -> None:
    with opened(chromium, address, PHONE) as page:
        lines = "one => Math.round(one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight))"
        assert page.locator(".signing dt").evaluate_all(f"all => all.map({lines})") == [1, 1, 1]


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_every_text_can_be_told_from_its_ground(chromium: Browser, address: str, size: dict[str, int]) -> None:
    with opened(chromium, address, size) as page:
        found = page.evaluate(CONTRASTS.replace("main svg.icon", "no-icon"))
    assert len(found) > 1000
    assert [one for one in found if one["ratio"] < one["needed"]] == []


def test_a_screen_reader_hears_sections_tables_and_charts(chromium: Browser, address: str) -> None:
    with opened(chromium, address, DESK) as page:
        assert page.get_by_role("main").count() == page.get_by_role("banner").count() == 1
        assert page.get_by_role("article", name="Sauvegarde quotidienne").count() == 1
        assert page.get_by_role("img", name=re.compile("Octobre 2026, Sauvegarde quotidienne")).count() == 1
        table = page.get_by_role("article", name="Sauvegarde quotidienne").get_by_role("table", name="Écarts")
        assert table.get_by_role("rowheader", name="files").count() == 1
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert all(following - before <= 1 for before, following in pairwise(levels))


def test_the_first_tab_leads_past_the_top(chromium: Browser, address: str) -> None:
    with opened(chromium, address, DESK) as page:
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Aller aux objectifs"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "objectifs"


def test_it_prints_on_white_paper_without_what_only_a_screen_needs(chromium: Browser, address: str) -> None:
    with opened(chromium, address, DESK) as page:
        pdf = page.pdf(prefer_css_page_size=True)
        page.emulate_media(media="print")
        assert page.locator(".skip").is_hidden()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert 15 <= len(re.findall(rb"/Type\s*/Page[^s]", pdf)) <= 24


def test_a_quarter_with_one_day_is_a_page_too(chromium: Browser, material: Material, tmp_path: Path) -> None:
    from dataclasses import replace

    path = tmp_path / "short.html"
    path.write_text(render(build(replace(material, today=date(2026, 10, 2)), None)), encoding="utf-8")
    with opened(chromium, path.as_uri(), DESK) as page:
        assert violations(page) == []


def test_a_sentence_among_figures_is_set_as_text(
    chromium: Browser, material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = (
        ("Mesure", "169 j"),
        ("En clair", "l'évaluation de la convention était à tenir le 15 juin 2026 au plus tard."),
    )
    monkeypatch.setattr(view_target, "_figures", lambda one, called, *, is_disclosed: iter(told))
    path = tmp_path / "report.html"
    path.write_text(render(build(material, 1)), encoding="utf-8")
    with opened(chromium, path.as_uri(), DESK) as page:
        weights = page.locator(".figures b").evaluate_all(
            "all => all.map(one => [one.textContent.length > 48, Number(getComputedStyle(one).fontWeight) > 400])"
        )
    assert {(is_long, is_bold) for is_long, is_bold in weights} == {(True, False), (False, True)}
