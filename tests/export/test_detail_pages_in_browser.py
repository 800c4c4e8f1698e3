"""The pages of targets and subjects as a browser shows them: to eyes, keyboards and screen readers, and on paper."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from agent.export.http.server import HttpServer
from agent.export.pages import host_page, status_page
from agent.export.pages.addresses import PageLinks
from agent.export.pages.page_filter import PageFilter
from agent.export.snapshot import CurrentVerdict, Snapshot
from tests.export.fleet import fleet
from tests.export.samples import LATE, OTHER, SCOTA, SOUND, snapshot
from tests.export.test_page_in_browser import CONTRASTS, DESK, PHONE, Scheme, opened
from tests.parts.browser import browser, violations
from tests.parts.web import StillSite, port_of

pytestmark = [pytest.mark.network, pytest.mark.programs, pytest.mark.slow]

LONG = "très-long-" + "x" * 100
PAGES = {
    "status": "/",
    "target": "/target/backup-rpo",
    "subject": "/target/backup-rpo/files",
    "shared": "/target/patching/srv-1",
    "event": "/target/recovery-test/scota",
    "hostile": f"/target/backup-rpo/tr%C3%A8s-long-{'x' * 100}",
    "absent": "/target/backup-rpo/nobody",
}


def shown() -> Snapshot:
    """Return what has good, bad, unknown, shared and long-named things in it, and an agent in trouble."""
    full = snapshot(fault="the ledger cannot be written: no space left")
    shared = replace(SOUND, target="patching", subject="srv-1", beneficiary="other")
    more = [CurrentVerdict(verdict=one) for one in (shared, replace(LATE, subject=LONG))]
    return replace(full, beneficiaries=(SCOTA, OTHER), standings=(*full.standings, *more))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start one browser for all these tests."""
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Serve the pages; return where."""
    with HttpServer("127.0.0.1:0", StillSite(shown=shown())) as started:
        yield f"http://127.0.0.1:{port_of(started)}"


def status(path: str) -> int:
    """Return with which status a page is answered."""
    return 404 if "nobody" in path else 200


def places() -> Iterator[tuple[str, str]]:
    """Yield each page in each language, with a query of its own."""
    for name, path in PAGES.items():
        for language in ("fr", "en"):
            yield f"{name}-{language}", f"{path}?language={language}"


EVERY = pytest.mark.parametrize("path", [path for _, path in places()], ids=[name for name, _ in places()])


@pytest.mark.slow
@EVERY
def test_axe_finds_no_violation(chromium: Browser, server: str, path: str) -> None:
    """All of its rules, in both languages: the French pages on a phone, the English ones at a desk."""
    with opened(chromium, server + path, PHONE if path.endswith("fr") else DESK, status=status(path)) as page:
        assert violations(page) == []


@EVERY
def test_nothing_has_to_be_scrolled_sideways(chromium: Browser, server: str, path: str) -> None:
    """From 320 pixels on every line fits, a name of a hundred letters as well (WCAG 1.4.10)."""
    with opened(chromium, server + path, DESK, status=status(path)) as page:
        for width in (1280, 800, 360, 320):
            page.set_viewport_size({"width": width, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_every_text_and_sign_can_be_told_from_its_ground(
    chromium: Browser, server: str, name: str, scheme: Scheme
) -> None:
    """4.5 to 1 for text, 3 to 1 for signs: in the calendar's cells too (WCAG 1.4.3 and 1.4.11)."""
    with opened(chromium, server + PAGES[name], DESK, scheme, status=status(PAGES[name])) as page:
        found = page.evaluate(CONTRASTS)
    assert found
    assert [one for one in found if one["ratio"] < one["needed"]] == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_screen_reader_hears_every_day_with_its_weekday_and_its_state(
    chromium: Browser, server: str, size: dict[str, int]
) -> None:
    """A real table for each month: seven headings, a row a week, and in each cell the number and what the day was."""
    with opened(chromium, f"{server}/target/backup-rpo/files", size) as page:
        november = page.get_by_role("table", name="novembre 2026")
        heads = november.get_by_role("columnheader")
        assert heads.first.inner_text().strip().endswith("lundi")
        assert heads.count() == 7
        assert november.get_by_role("row").count() == 6
        cells = [" ".join(text.split()) for text in november.get_by_role("cell").all_inner_texts()]
        assert "23 non atteint : trop ancien" in cells
        assert "3 risque accepté (mesuré : non atteint) : trop ancien" in cells
        assert "24 en cours" in cells
        october = page.get_by_role("table", name="octobre 2026").get_by_role("cell").all_inner_texts()
        assert "25 non démontré : injoignable, exclu (exclusion-1)" in [" ".join(text.split()) for text in october]
        heard = page.locator("body").aria_snapshot()
    assert re.search(r"heading .Sauvegarde quotidienne : files. \[level=1\]", heard)
    assert re.search(r"(?i)heading .non atteint Syndicat Mixte du SCOT de l.Arrageois. \[level=2\]", heard)


def test_kinds_of_days_differ_without_their_colour(chromium: Browser, server: str) -> None:
    """Each kind of cell has a drawing of its own; an excluded day has one more."""
    with opened(chromium, f"{server}/target/backup-rpo/files", DESK) as page:
        drawn = page.eval_on_selector_all(
            ".month .day",
            "all => all.map(one => [one.className, [...one.querySelectorAll('use, path')]"
            ".map(sign => sign.getAttribute('href') || sign.getAttribute('d')).join(' ')])",
        )
    signs = dict(drawn)
    assert len(signs) == len(set(signs.values())) >= 8
    assert "" not in signs.values()


@pytest.mark.parametrize("name", PAGES)
def test_every_link_is_reached_by_the_keyboard_and_is_seen_to_be(chromium: Browser, server: str, name: str) -> None:
    """Tab goes through every link in the order of the page; each shows an outline, and none is behind the edge."""
    with opened(chromium, server + PAGES[name], DESK, status=status(PAGES[name])) as page:
        page.emulate_media(reduced_motion="reduce")  # no smooth scrolling, whose end would have to be waited for
        links = page.locator("a[href]:visible, summary:visible")
        expected = links.evaluate_all("all => all.map(one => one.getAttribute('href'))")
        met = []
        for _ in expected:
            page.keyboard.press("Tab")
            met.append(page.evaluate("document.activeElement.getAttribute('href')"))
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            box = page.locator(":focus").bounding_box()
            assert box is not None
            assert box["y"] >= 0
            assert box["x"] >= 0
    assert met == expected


def test_the_first_link_leads_to_what_was_found(chromium: Browser, server: str) -> None:
    """Past the top, to the state."""
    with opened(chromium, f"{server}/target/backup-rpo/files", DESK) as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert (
            page.evaluate("document.activeElement.querySelector('.state').innerText").lower().strip() == "non atteint"
        )


def test_one_walks_from_the_status_page_to_a_subject_and_back(chromium: Browser, server: str) -> None:
    """In the language that was chosen on the way, and with the browser's own links."""
    with opened(chromium, server, DESK) as page:
        page.get_by_role("link", name="English").click()
        page.get_by_role("link", name="Daily backup").last.click()
        page.get_by_role("link", name="files", exact=True).click()
        assert page.locator("h1").inner_text().split("\n")[-1] == "files"
        assert page.locator("html").get_attribute("lang") == "en"
        page.get_by_role("link", name="Français").click()
        assert page.locator("html").get_attribute("lang") == "fr"
        page.get_by_role("link", name="Tous les objectifs").click()
        assert page.get_by_role("heading", name="Objectifs de sécurité").count() == 1


def test_the_answer_is_on_the_first_screen_of_a_phone(chromium: Browser, server: str) -> None:
    """State, sentence and what to do begin within what a phone shows without scrolling."""
    with HttpServer("127.0.0.1:0", StillSite()) as calm:
        address = f"http://127.0.0.1:{port_of(calm)}/target/backup-rpo/files"
        with opened(chromium, address, PHONE) as page:
            for selector in (".standing", ".verdict .lead", ".verdict .terms"):
                box = page.locator(selector).bounding_box()
                assert box is not None
                assert box["y"] + box["height"] <= PHONE["height"], selector


@pytest.mark.parametrize("name", ["target", "subject", "shared"])
def test_it_prints_on_a_few_white_pages(chromium: Browser, server: str, name: str) -> None:
    """Links that lead nowhere on paper stay out; no month is torn apart."""
    with opened(chromium, server + PAGES[name], DESK, "dark") as page:
        pdf = page.pdf(format="A4", prefer_css_page_size=True)
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.locator(".trail").is_hidden()
        assert page.evaluate("getComputedStyle(document.querySelector('.month')).breakInside") == "avoid"
    assert 1 <= len(re.findall(rb"/Type\s*/Page[^s]", pdf)) <= 6


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], str]:
    """Return the files of the status page and of a host's page, for few and for many hosts."""
    folder, found = tmp_path_factory.mktemp("pages"), {}
    for hosts in (1, 14, 500):
        shown = fleet(hosts)
        of_host = PageFilter(host="srv-1").within(shown)
        assert of_host is not None
        pages = {
            "status": status_page.render(shown, PageLinks()),
            "host": host_page.render("srv-1", PageFilter(), of_host, PageLinks()),
        }
        for name, page in pages.items():
            file = folder / f"{name}-{hosts}.html"
            file.write_text(page)
            found[name, hosts] = file.as_uri()
    return found


@pytest.mark.parametrize("width", [320, 390, 1280, 1920])
@pytest.mark.parametrize("hosts", [1, 14, 500])
@pytest.mark.parametrize("name", ["status", "host"])
def test_no_width_is_scrolled_sideways_and_none_has_no_end(
    chromium: Browser, drawn: dict[tuple[str, int], str], name: str, hosts: int, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800})
    try:
        page = context.new_page()
        page.goto(drawn[name, hosts])
        wide, high = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert wide <= width
        assert high <= (7_000 if width >= 1280 else 13_000)
    finally:
        context.close()
