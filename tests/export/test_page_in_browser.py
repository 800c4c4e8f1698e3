"""The status page as a browser shows it: wide and narrow, light and dark, on paper, to eyes and to a screen reader."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from agent.export.http.server import HttpServer
from agent.export.pages.status_page import render
from agent.export.snapshot import CurrentVerdict
from tests.export.samples import LATE, snapshot
from tests.parts.browser import browser
from tests.parts.web import StillSite, port_of

pytestmark = [pytest.mark.network, pytest.mark.programs]

Scheme = Literal["light", "dark"]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}

# Every text that a person can see, its contrast with what lies behind it, and what WCAG 2.2 (1.4.3) asks of its size.
CONTRASTS = """() => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [one, two] = [luminance(parse(style.color)), luminance(behind(element))].sort((a, b) => b - a);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    found.push({text: walker.currentNode.data.trim(), ratio: (one + 0.05) / (two + 0.05), needed: large ? 3 : 4.5});
  }
  for (const icon of document.querySelectorAll("main svg.icon")) {
    if (!icon.checkVisibility()) continue;
    const [one, two] = [luminance(parse(getComputedStyle(icon).color)), luminance(behind(icon))].sort((a, b) => b - a);
    found.push({text: "icon " + icon.innerHTML, ratio: (one + 0.05) / (two + 0.05), needed: 3});
  }
  return found;
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start one browser for all these tests."""
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve a page with good, bad, unknown and hostile things on it."""
    hostile = replace(LATE, subject="très-long-" + "x" * 100, beneficiary="scota")
    full = snapshot()
    site = StillSite(shown=replace(full, standings=(*full.standings, CurrentVerdict(verdict=hostile))))
    with HttpServer("127.0.0.1:0", site) as server:
        yield f"http://127.0.0.1:{port_of(server)}/"


@contextlib.contextmanager
def opened(
    chromium: Browser, address: str, size: dict[str, int], scheme: Scheme = "light", *, status: int = 200
) -> Iterator[Page]:
    """Open a page; whatever the browser complains about is an error, but a status that is meant."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    context = chromium.new_context(viewport={"width": size["width"], "height": size["height"]}, color_scheme=scheme)
    try:
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        answer = page.goto(address)
        assert answer is None or answer.status == status
        yield page
        meant = status != 200
        assert [
            one for one in complaints if not (meant and f"the server responded with a status of {status}" in one)
        ] == []
    finally:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK, {"width": 320, "height": 256}, {"width": 800, "height": 600}])
def test_nothing_has_to_be_scrolled_sideways(
    chromium: Browser, address: str, size: dict[str, int], scheme: Scheme
) -> None:
    """From 320 pixels on, which is 1,280 at 400 % (WCAG 1.4.10), every line fits; the policy is broken by nothing."""
    with opened(chromium, address, size, scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") not in ("rgba(0, 0, 0, 0)", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK])
def test_every_text_can_be_told_from_its_ground(
    chromium: Browser, address: str, size: dict[str, int], scheme: Scheme
) -> None:
    """4.5 to 1 for text, 3 to 1 for large text and for the signs of states (WCAG 1.4.3 and 1.4.11)."""
    with opened(chromium, address, size, scheme) as page:
        found = page.evaluate(CONTRASTS)
    assert len(found) > 100
    assert [one for one in found if one["ratio"] < one["needed"]] == []


def test_light_and_dark_are_two_looks(chromium: Browser, address: str) -> None:
    """The page follows what the reader's system asks for."""
    grounds = []
    schemes: tuple[Scheme, Scheme] = ("light", "dark")
    for scheme in schemes:
        with opened(chromium, address, DESK, scheme) as page:
            grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds[0] != grounds[1]


def test_a_state_is_told_without_its_colour(chromium: Browser, address: str) -> None:
    """Each state is a word, and beside it a sign whose form is its own."""
    with opened(chromium, address, DESK) as page:
        states = page.eval_on_selector_all(
            ".state", "all => all.map(one => [one.innerText, one.querySelector('use').getAttribute('href')])"
        )
        assert {text.strip(): sign for text, sign in states if text.strip() not in ("réussi", "en échec")} == {
            "non atteint": "#state-missed",
            "non démontré": "#state-unproven",
            "risque accepté": "#state-accepted",
            "atteint": "#state-met",
            "sans objet": "#state-not-applicable",
        }
        forms = page.eval_on_selector_all("symbol", "all => all.map(one => one.innerHTML)")
        assert len(forms) == len(set(forms)) == 5


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_a_screen_reader_hears_tables_and_landmarks(chromium: Browser, address: str, size: dict[str, int]) -> None:
    """Rows that a phone stacks stay rows; landmarks, headings and names are where they are looked for."""
    with opened(chromium, address, size) as page:
        heard = page.locator("body").aria_snapshot()
        assert page.get_by_role("main").count() == page.get_by_role("banner").count() == 1
        assert page.get_by_role("contentinfo").count() == 1
        table = page.get_by_role("table", name="Sauvegarde quotidienne")
        assert table.get_by_role("row").count() == 5
        assert table.get_by_role("columnheader").count() == 4
        assert table.get_by_role("rowheader", name="mail").count() == 1
    assert re.search(r"heading .Objectifs de sécurité. \[level=1\]", heard)
    assert page.url == address


def test_the_first_tab_leads_past_the_top(chromium: Browser, address: str) -> None:
    """The skip link shows when it has the focus, and leads to the targets."""
    with opened(chromium, address, DESK) as page:
        page.keyboard.press("Tab")
        link = page.locator(":focus")
        assert link.inner_text() == "Aller aux objectifs"
        box = link.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "targets"


def test_a_file_shows_the_same_as_the_server(chromium: Browser, tmp_path: Path) -> None:
    """Sent by mail and opened from a disk, it needs nothing else and is held to its own policy."""
    file = tmp_path / "status.html"
    file.write_text(render(snapshot()), encoding="utf-8")
    with opened(chromium, file.as_uri(), DESK) as page:
        assert page.evaluate("getComputedStyle(document.querySelector('.counts')).display") == "flex"


def test_a_script_that_got_in_would_not_run(chromium: Browser, tmp_path: Path) -> None:
    """The policy is what the browser holds the page to, and not only a line in it."""
    file = tmp_path / "status.html"
    planted = "<script>document.title = 'run'</script><p style='display:none' id='planted'>here</p></main>"
    file.write_text(render(snapshot()).replace("</main>", planted), encoding="utf-8")
    context = chromium.new_context()
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.title() != "run"
    assert page.locator("#planted").is_visible()
    context.close()


def test_it_prints_on_paper(chromium: Browser, address: str) -> None:
    """The list of links stays out, the ground is white, and it is a document of several pages at most."""
    with opened(chromium, address, DESK, "dark") as page:
        pdf = page.pdf(format="A4", prefer_css_page_size=True)
        page.emulate_media(media="print")
        assert page.locator("nav.index").is_hidden()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert 1 <= len(re.findall(rb"/Type\s*/Page[^s]", pdf)) <= 8
