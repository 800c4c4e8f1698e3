"""Refusals: a page in the site's language for a browser, one line for a program."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.export.http.server import HttpServer
from tests.export.fleet import fleet
from tests.parts.markup import tags, words
from tests.parts.web import HASH, PASSWORD, Answer, StillSite, get, port_of

pytestmark = pytest.mark.network

BROWSER = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[int]:
    """Serve to one beneficiary's reader and to a name in no list, under passwords."""
    file = tmp_path / "web.yml"
    file.write_text(f"basic_auth_users:\n  scota: {HASH}\n  nobody: {HASH}\n", encoding="utf-8")
    site = StillSite(shown=fleet(2), limited={"scota": frozenset({"scota"})})
    with HttpServer("127.0.0.1:0", site, web_config=file) as server:
        yield port_of(server)


def named(name: str) -> str:
    """Return the field that proves a name."""
    return "Authorization: Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()


def page_of(answer: Answer, status: int) -> str:
    """Return what a refusal's page says; it may run nothing and is kept by no one."""
    assert answer.status == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    text = answer.body.decode()
    assert f'<html lang="{answer.headers["Content-Language"]}">' in text
    assert tags(text)
    return words(text)


def test_without_a_name_a_browser_gets_a_page_that_shows_nothing_of_the_site(guarded: int) -> None:
    answer = get(guarded, "/", BROWSER)
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="beffroi"'
    said = page_of(answer, 401)
    assert "Identification requise" in said
    assert "Syndicat" not in said
    assert get(guarded, "/").body == b"a name and a password are needed\n"


def test_a_name_without_the_right_gets_a_page(guarded: int) -> None:
    assert "Accès refusé" in page_of(get(guarded, "/", BROWSER, named("nobody")), 403)
    assert "Accès refusé" in page_of(get(guarded, "/?beneficiary=other", BROWSER, named("scota")), 403)
    assert get(guarded, "/metrics", named("scota")).headers["Content-Type"].startswith("text/plain")


def test_what_is_not_there_is_a_page_that_repeats_nothing(guarded: int) -> None:
    said = page_of(get(guarded, "/nothing-here", BROWSER, named("scota")), 404)
    assert "Page introuvable" in said
    assert "nothing-here" not in said


def test_a_refusal_speaks_the_language_that_is_asked_for(guarded: int) -> None:
    assert "There is no such page" in page_of(get(guarded, "/x?language=en", BROWSER, named("scota")), 404)
    assert "Page introuvable" in page_of(get(guarded, "/?language=xx", BROWSER, named("scota")), 404)
