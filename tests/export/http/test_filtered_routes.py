"""The page of a host and the query that narrows a page, over a real socket: what is there, and who may see it."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.export.http.server import HttpServer
from tests.export.fleet import fleet
from tests.parts.markup import words
from tests.parts.web import HASH, PASSWORD, Answer, StillSite, get, port_of

pytestmark = pytest.mark.network

MISSED, UNPROVEN, MET = (
    '<tr role="row" class="missed"',
    '<tr role="row" class="unproven"',
    '<tr role="row" class="met"',
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve a site of three hosts and a vault to anyone who asks."""
    with HttpServer("127.0.0.1:0", StillSite(shown=fleet(3))) as server:
        yield port_of(server)


def text_of(port: int, target: str) -> str:
    """Return a page that is there."""
    answer = get(port, target)
    assert answer.status == 200
    return answer.body.decode()


def test_a_host_has_one_page_with_everything_that_concerns_it(port: int) -> None:
    page = text_of(port, "/host/srv-1")
    shown = words(page)
    for title in ("L'hôte lui-même", "Ses sauvegardes", "Les journaux collectés sur cet hôte", "Flux et filtrage"):
        assert title in shown
    places = set(re.findall(r'href="(/target/[^"]+)"', page))
    assert "/target/patching/srv-1" in places
    assert "/target/backup-rpo/files-srv-1" in places
    assert "/target/backup-offsite/files-srv-1/offsite" in places
    assert "/target/log-retention/central/srv-2" in places
    assert "/target/network-segmentation/no-smtp" in places
    assert "/target/patching/srv-2" not in places
    assert "/target/backup-rpo/files-srv-2" not in places


def test_a_host_that_keeps_copies_shows_them_though_nothing_else_is_expected_of_it(port: int) -> None:
    shown = words(text_of(port, "/host/vault"))
    assert "Les copies conservées sur cet hôte" in shown
    assert "files-srv-3/offsite" in shown


@pytest.mark.parametrize("path", ["/", "/target/patching", "/target/patching/srv-1", "/?host=srv-1"])
def test_other_pages_lead_to_the_host(port: int, path: str) -> None:
    places = re.findall(r'href="(/host/[^"]+)"', text_of(port, path))
    assert "/host/srv-1" in places
    for place in places:
        assert get(port, place, method="HEAD").status == 200


@pytest.mark.parametrize("path", ["/", "/host/srv-1"])
def test_show_leaves_the_rows_of_one_state(port: int, path: str) -> None:
    assert all(mark in text_of(port, path) for mark in (MISSED, UNPROVEN, MET))
    missed, unproven = text_of(port, f"{path}?show=missed"), text_of(port, f"{path}?show=unproven")
    assert [mark in missed for mark in (MISSED, UNPROVEN, MET)] == [True, False, False]
    assert [mark in unproven for mark in (MISSED, UNPROVEN, MET)] == [False, True, False]
    rows = r'<tr role="row" class="(?:missed|unproven|met)"'
    assert len(re.findall(rows, text_of(port, f"{path}?show=all"))) == len(re.findall(rows, text_of(port, path)))


def test_a_target_keeps_its_state_when_other_rows_are_shown(port: int) -> None:
    """A missed target is not called unproven because its missed rows are left out."""
    page = text_of(port, "/?show=unproven")
    lead = r'<p class="lead">([^<]+)<'
    assert re.findall(lead, page) == re.findall(lead, text_of(port, "/"))


def test_host_and_target_narrow_the_page_and_can_be_taken_away(port: int) -> None:
    page = text_of(port, "/?host=srv-2&target=patching&show=all&beneficiary=scota")
    assert set(re.findall(r'href="(/target/[^"?]+)', page)) == {"/target/patching", "/target/patching/srv-2"}
    places = [place.replace("&amp;", "&") for place in re.findall(r'href="(/\?[^"]+)"', page)]
    assert "/?beneficiary=scota&target=patching" in places
    assert "/?beneficiary=scota&host=srv-2" in places
    assert "/?host=srv-2&target=patching" in places
    assert "/?language=en&beneficiary=scota&host=srv-2&target=patching" in places
    for place in places:
        assert get(port, place, method="HEAD").status == 200


def test_a_filter_that_leaves_nothing_says_so(port: int) -> None:
    assert "Aucun constat ne répond à ce filtre." in words(text_of(port, "/?host=srv-1&target=restore-reason"))
    assert "Aucun constat ne répond à ce filtre." in words(text_of(port, "/host/vault?show=missed"))


def test_the_figure_of_a_quarter_is_not_given_for_one_host_of_a_target(port: int) -> None:
    assert "Ce trimestre" in words(text_of(port, "/?target=patching"))
    assert "Ce trimestre" not in words(text_of(port, "/?target=patching&host=srv-1"))


def test_the_json_of_all_verdicts_takes_the_same_query(port: int) -> None:
    told = json.loads(get(port, "/api/verdicts?show=missed&host=srv-1&target=patching").body)["verdicts"]
    assert {(one["target"], one["subject"], one["state"]) for one in told} == {("patching", "srv-1", "missed")}
    assert get(port, "/api/verdicts?host=nobody").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/host/",
        "/host/nobody",
        "/host/srv-1/",
        "/host/srv-1?host=srv-2",
        "/?show=met",
        "/?host=nobody",
        "/?target=nobody",
    ],
)
def test_what_is_not_there_is_not_found_and_not_repeated(port: int, path: str) -> None:
    answer = get(port, path)
    assert answer.status == 404
    assert "nobody" not in answer.body.decode()


@pytest.mark.parametrize("path", ["/?host=&target=&show=", "/host/srv%2D1"])
def test_empty_values_filter_nothing_and_names_may_be_encoded(port: int, path: str) -> None:
    assert get(port, path).status == 200


@pytest.mark.parametrize("path", ["/?show=missed&host=srv-1", "/host/srv-1?show=missed"])
def test_a_page_renews_itself_with_its_filter_until_that_is_stopped(port: int, path: str) -> None:
    answer = get(port, path)
    assert answer.headers["Refresh"] == "300"
    page = answer.body.decode()
    (stop,) = [place.replace("&amp;", "&") for place in re.findall(r'href="([^"]*refresh=off[^"]*)"', page)]
    still = get(port, stop)
    assert "Refresh" not in still.headers
    assert "Cette page ne se renouvelle pas." in words(still.body.decode())
    assert still.body.count(b'<tr role="row" class=') == answer.body.count(b'<tr role="row" class=')
    assert "Refresh" not in get(port, "/target/patching").headers


def test_a_host_that_collects_many_logs_has_a_page_of_bounded_length() -> None:
    """Forty rows a section, and a link to the rest."""
    with HttpServer("127.0.0.1:0", StillSite(shown=fleet(60))) as server:
        page = text_of(port_of(server), "/host/srv-1")
        assert page.count('<tr role="row" class=') <= 40 * 6 + 60
        assert '<a href="/?host=srv-1">et 200 de plus</a>' in page


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[int]:
    """Serve it to the first beneficiary's reader and to an administrator, under passwords."""
    file = tmp_path / "web.yml"
    file.write_text(f"basic_auth_users:\n  scota: {HASH}\n  admin: {HASH}\n", encoding="utf-8")
    limited = {"scota": frozenset({"scota"})}
    site = StillSite(shown=fleet(3), limited=limited, unlimited=frozenset({"admin"}))
    with HttpServer("127.0.0.1:0", site, web_config=file) as server:
        yield port_of(server)


def as_user(port: int, user: str, target: str) -> Answer:
    """Ask under a name."""
    token = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
    return get(port, target, f"Authorization: Basic {token}")


def test_a_reader_sees_only_its_own_on_a_hosts_page(guarded: int) -> None:
    """A shared host shows the reader's verdicts alone; the machine that keeps the copies is another's."""
    page = as_user(guarded, "scota", "/host/srv-1").body.decode()
    assert "Syndicat des eaux" not in page
    assert "vault" not in page
    assert "/target/patching/srv-1" in page
    everything = as_user(guarded, "admin", "/host/srv-1").body.decode()
    assert page.count('<tr role="row" class=') < everything.count('<tr role="row" class=')


@pytest.mark.parametrize("form", ["/host/{}", "/?host={}", "/api/verdicts?host={}"])
def test_anothers_host_and_none_are_the_same_answer(guarded: int, form: str) -> None:
    assert as_user(guarded, "admin", form.format("vault")).status == 200
    theirs = as_user(guarded, "scota", form.format("vault"))
    nobodys = as_user(guarded, "scota", form.format("nobody"))
    assert theirs.status == nobodys.status == 404
    assert theirs.body == nobodys.body


@pytest.mark.parametrize("path", ["/host/srv-1", "/?host=srv-1"])
def test_another_beneficiary_cannot_be_asked_for_by_a_reader(guarded: int, path: str) -> None:
    joint = "&" if "?" in path else "?"
    assert as_user(guarded, "scota", f"{path}{joint}beneficiary=other").status == 403
    assert get(guarded, path).status == 401


def test_a_readers_filter_bar_names_nobody_else(guarded: int) -> None:
    page = as_user(guarded, "scota", "/").body.decode()
    assert "Par hôte" in page
    assert "vault" not in page
    assert "Syndicat des eaux" not in page
