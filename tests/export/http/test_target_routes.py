"""The pages of targets and subjects over a real socket: what is there, what is not, and who may see it."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.export.http.server import HttpServer
from agent.export.pages.addresses import of_subject
from agent.export.snapshot import CurrentVerdict, Snapshot
from tests.export.samples import LATE, OTHER, SCOTA, SOUND, UNREACHABLE, snapshot, verdict
from tests.parts.web import HASH, PASSWORD, Answer, StillSite, get, port_of

pytestmark = pytest.mark.network

OTHERS = replace(UNREACHABLE, subject="secret-du-voisin", beneficiary="other")
SHARED = replace(SOUND, target="patching", subject="srv-1", beneficiary="other")

HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "a\x00b",
    "\u202egnp.exe",
    "../../etc/passwd",
    "a?b#c&d",
    "x.json",
    "central/%2e%2e",
    "{{ 7*7 }}{% raw %}",
    "é" * 80,
    "-",
]


def two_beneficiaries() -> Snapshot:
    """Return a snapshot in which two see the same target, and one host is shared."""
    full = snapshot()
    added = [CurrentVerdict(verdict=one) for one in (OTHERS, SHARED)]
    hostile = [CurrentVerdict(verdict=replace(LATE, subject=name)) for name in HOSTILE]
    return replace(full, beneficiaries=(SCOTA, OTHER), standings=(*full.standings, *added, *hostile))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve both beneficiaries' targets to anyone who asks."""
    with HttpServer("127.0.0.1:0", StillSite(shown=two_beneficiaries())) as server:
        yield port_of(server)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("/target/backup-rpo", "text/html; charset=utf-8"),
        ("/target/backup-rpo.json", "application/json"),
        ("/target/backup-rpo/files", "text/html; charset=utf-8"),
        ("/target/backup-rpo/files.json", "application/json"),
        ("/target/backup-offsite/files/offsite", "text/html; charset=utf-8"),
        ("/target/backup-offsite/files%2Foffsite.json", "application/json"),
        ("/runbook/backup-rpo-missed", "text/html; charset=utf-8"),
        ("/runbook/target-unproven?language=en", "text/html; charset=utf-8"),
        ("/target/backup-rpo/%66iles?language=en&beneficiary=scota", "text/html; charset=utf-8"),
    ],
)
def test_each_page_is_there_with_the_same_guards_as_the_status_page(
    port: int, target: str, kind: str, method: str
) -> None:
    """Type, length, no cache, and a policy that lets nothing in but the page's own look."""
    answer = get(port, target, method=method)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert (answer.body == b"") is (method == "HEAD")
    assert answer.headers["Content-Length"] == get(port, target).headers["Content-Length"]


@pytest.mark.parametrize(
    "target",
    [
        "/target/",
        "/runbook/",
        "/runbook/nobody",
        "/runbook/../operating",
        "/runbook/%2e%2e%2foperating",
        "/target/nothing",
        "/target/nothing/files",
        "/target/backup-rpo/",
        "/target/backup-rpo/files/",
        "/target/backup-rpo/Files",
        "/target/backup-rpo//files",
        "/target/backup-rpo/nobody",
        "/target/backup-rpo/..",
        "/target/backup-rpo/../backup-rpo/files",
        "/target/backup-rpo/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/target/backup-rpo/files%00",
        "/target/backup-rpo/files%0d%0aSet-Cookie:%20a=b",
        "/target/backup-rpo/%ff%fe",
        "/target/backup-rpo/%E0%80%AF",
        "/target/backup-rpo/%",
        "/target/backup-rpo/files%2ejson",
        "/target/backup-rpo/<script>alert(1)</script>%20",
        "/target/web-filtering/" + "x" * 3000,
    ],
)
def test_what_is_not_there_is_a_plain_page_that_repeats_nothing(port: int, target: str) -> None:
    """404, in the site's language, with a way back, and not a letter of what was asked for."""
    answer = get(port, target)
    assert answer.status == 404
    text = answer.body.decode()
    assert "Rien de ce nom n&#39;est suivi ici" in text
    assert re.search(r'<a href="/">', text)
    for piece in ("passwd", "alert(", "nobody", "xxx", "Set-Cookie"):
        assert piece not in text
    assert "Set-Cookie" not in answer.headers


def test_json_that_is_not_there_is_no_page(port: int) -> None:
    """A program hears one line, with the same status."""
    answer = get(port, "/target/backup-rpo/nobody.json")
    assert (answer.status, answer.body) == (404, b"nothing of that name is watched here\n")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_has_a_page_and_json_of_its_own(port: int, name: str) -> None:
    """Found by its own address, written as text, and as itself in JSON."""
    page = get(port, of_subject("backup-rpo", name))
    assert page.status == 200
    text = page.body.decode()
    body = text.partition("<body>")[2]
    assert not re.search(r"<(script|img)|\x00|\u202e", body)
    assert "49" not in body.partition("<h1>")[2].partition("</h1>")[0]
    told = json.loads(get(port, of_subject("backup-rpo", name) + ".json").body)
    assert told["subject"] == told["cases"][0]["verdict"]["subject"] == name


def test_the_status_page_leads_to_every_page(port: int) -> None:
    """Each link is an address that answers, in the language in which the page was asked for."""
    for start in ("/", "/?language=en"):
        body = get(port, start).body.decode()
        places = {place.replace("&amp;", "&") for place in re.findall(r'href="(/target/[^"]*)"', body)}
        assert len(places) > 40
        for place in places:
            assert get(port, place, method="HEAD").status == 200, place
            assert place.endswith("?language=en") is (start != "/")


def test_a_page_is_french_unless_english_is_asked_for(port: int) -> None:
    """What the site is configured to, and a link to the other language; anything else is not there."""
    french, english = get(port, "/target/backup-rpo/files"), get(port, "/target/backup-rpo/files?language=en")
    assert french.headers["Content-Language"] == "fr"
    assert english.headers["Content-Language"] == "en"
    assert b'<html lang="en">' in english.body
    assert b"/target/backup-rpo/files?language=en" in french.body
    assert b"/target/backup-rpo/files?language=fr" in english.body
    for target in ("/", "/target/backup-rpo", "/api/verdicts"):
        assert get(port, f"{target}?language=xx").status == 404


def test_json_is_the_same_in_every_language(port: int) -> None:
    """Identifiers and keys belong to no language."""
    for target in ("/target/backup-rpo.json", "/target/backup-rpo/files.json"):
        assert get(port, f"{target}?language=en").body == get(port, target).body


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[int]:
    """Serve the same to SCOTA's reader and to an administrator, under passwords."""
    file = tmp_path / "web.yml"
    file.write_text(f"basic_auth_users:\n  scota: {HASH}\n  admin: {HASH}\n", encoding="utf-8")
    limited = {"scota": frozenset({"scota"})}
    site = StillSite(shown=two_beneficiaries(), limited=limited, unlimited=frozenset({"admin"}))
    with HttpServer("127.0.0.1:0", site, web_config=file) as server:
        yield port_of(server)


def as_user(port: int, user: str, target: str) -> Answer:
    """Ask under a name."""
    token = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
    return get(port, target, f"Authorization: Basic {token}")


def test_without_a_password_nothing_is_told(guarded: int) -> None:
    """Whether it is there or not."""
    for target in ("/target/backup-rpo", "/target/nothing", "/target/backup-rpo/files.json"):
        assert get(guarded, target).status == 401


def test_a_reader_sees_only_its_own_and_cannot_tell_what_others_have(guarded: int) -> None:
    """Another's subject and one that no one has are the same answer, byte by byte."""
    assert as_user(guarded, "admin", "/target/backup-offsite/secret-du-voisin").status == 200
    for form in ("", ".json"):
        theirs = as_user(guarded, "scota", f"/target/backup-offsite/secret-du-voisin{form}")
        nobodys = as_user(guarded, "scota", f"/target/backup-offsite/nobodys{form}")
        assert theirs.status == nobodys.status == 404
        assert theirs.body == nobodys.body
    assert as_user(guarded, "scota", "/target/backup-offsite?beneficiary=other").status == 403


def test_a_readers_pages_and_json_name_nobody_else(guarded: int) -> None:
    """On a shared host and a shared target, as page and as JSON; the administrator sees both."""
    for target in ("/target/backup-offsite", "/target/patching/srv-1", "/target/patching", "/"):
        for form in ("", ".json"):
            if target == "/" and form:
                continue
            mine = as_user(guarded, "scota", f"{target}{form}")
            everybodys = as_user(guarded, "admin", f"{target}{form}")
            assert mine.status == everybodys.status == 200
            for secret in (b"secret-du-voisin", b"Syndicat des eaux", b'"other"'):
                assert secret not in mine.body
            assert any(secret in everybodys.body for secret in (b"secret-du-voisin", b"Syndicat des eaux", b'"other"'))


def test_a_reader_is_not_told_how_the_providers_machines_are_looked_at(guarded: int) -> None:
    """Commands and what machines answered are the administrators'; when, how deep and the digests are everyone's."""
    for form in ("", ".json"):
        target = f"/target/backup-rpo/files{form}"
        mine, everybodys = as_user(guarded, "scota", target).body, as_user(guarded, "admin", target).body
        assert b"restic --repo" not in mine
        assert b"restic --repo" in everybodys
        assert b"permission denied" not in mine
        assert (b"permission denied" in everybodys) is (form == "")
        assert b"5b5b5b5b" in mine
        assert b"restic_snapshots" in mine


@pytest.mark.parametrize(("whose", "named"), [(("scota", "other"), "srv-1"), (("other",), "…")])
def test_a_reader_is_not_told_at_which_machine_of_others_was_looked(
    tmp_path: Path, whose: tuple[str, ...], named: str
) -> None:
    file = tmp_path / "web.yml"
    file.write_text(f"basic_auth_users:\n  scota: {HASH}\n", encoding="utf-8")
    shown = replace(two_beneficiaries(), hosts={"srv-1": whose})
    site = StillSite(shown=shown, limited={"scota": frozenset({"scota"})})
    with HttpServer("127.0.0.1:0", site, web_config=file) as server:
        told = json.loads(as_user(port_of(server), "scota", "/target/backup-rpo/files.json").body)
    looks = [proof["look"] for case in told["cases"] for proof in case["evidence"] if proof["look"]]
    assert {look["host"] for look in looks} == {named}
    assert all(look["subject"].endswith("/offsite") for look in looks)


def test_each_beneficiary_of_a_shared_subject_has_a_case(guarded: int) -> None:
    """One verdict for each, never merged."""
    told = json.loads(as_user(guarded, "admin", "/target/patching/srv-1.json").body)
    assert [case["verdict"]["beneficiary"] for case in told["cases"]] == ["scota", "other"]
    assert len(json.loads(as_user(guarded, "scota", "/target/patching/srv-1.json").body)["cases"]) == 1


def test_a_target_without_words_of_its_own_has_pages(port: int) -> None:
    """What an older version judged is shown as what it is."""
    strange = replace(verdict("backup-rpo", "files"), target="of-an-older-version")
    shown = replace(snapshot(), standings=(CurrentVerdict(verdict=strange, declared=False),))
    with HttpServer("127.0.0.1:0", StillSite(shown=shown)) as server:
        for form in ("", ".json", "/files", "/files.json"):
            assert get(port_of(server), f"/target/of-an-older-version{form}").status == 200
    assert get(port, "/target/of-an-older-version").status == 404
