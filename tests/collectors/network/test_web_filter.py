"""The web filter: every form of refusal, every page that is none, and everything that proves nothing."""

import gzip
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.collecting.collector import Look
from agent.core.convention import CLAUSES
from agent.core.errors import LookError, ToolMissing, Unreadable
from agent.core.facts.web_pages import TRIAL, CertificateTrust, FetchOutcome, fetched_in
from agent.core.host import Command, Host, Output
from agent.core.inventory import Inventory, WebFilter
from agent.core.judging.check import Question
from agent.core.model import Finding, Observation, State, Target
from agent.core.reason import Reason
from agent.hosts import web_fetch_program
from agent.hosts.local import LocalHost
from agent.hosts.web_fetch import fetch, parse
from checks.web_filtering import CHECK
from collectors.network import web_filter
from tests.parts.filtering import PAGE, Filter, Talk, answer, dripping, reset, saying, served, under_tls
from tests.parts.narrowed import Through, programs
from tests.parts.web import Certified, certify

pytestmark = [pytest.mark.programs, pytest.mark.network]

TIMEOUT = timedelta(seconds=20)
FORMS = ("status 403", "text Accès refusé", "reset")
OPENS = saying(answer("200 OK", PAGE))


class With(LocalHost):
    """This machine, with some variables for every program."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__("srv-1")
        self._given = given

    def execute(self, command: Command) -> Output:
        """Run a program with them."""
        return super().execute(replace(command, environment={**self._given, **command.environment}))


def category(url: str, control_url: str, forms: tuple[str, ...] = FORMS, proxy: str | None = None) -> WebFilter:
    return WebFilter(
        id="malware", from_host="srv-1", url=url, control_url=control_url, refused_as=forms, proxy=proxy
    )  # fmt: skip


def look(declared: WebFilter, host: Host | None = None, timeout: timedelta = TIMEOUT) -> Observation:
    """Return the result of one look."""
    now = datetime.now(UTC)
    door = host or LocalHost("srv-1")
    means = Look(now=now, here=door, host=lambda id: door, timeout=timeout, folder=Path("/nonexistent"))
    facts = tuple(web_filter.collect(declared, means))
    return Observation(
        collector="web_filter", host="srv-1", subject=declared.id, begun=now, ended=now, facts=facts
    )  # fmt: skip


def judged(declared: WebFilter, seen: Observation) -> Finding:
    """Return what the rule makes of it."""
    clause = CLAUSES[CHECK.target]
    target = Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    question = Question(item=declared, inventory=Inventory(), target=target, now=seen.ended, first_seen=seen.ended)
    (need,) = CHECK.needs(question)
    (finding,) = CHECK.judge(need, seen, question)
    return finding


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Hold the servers of one test."""
    with ExitStack() as held:
        yield held


def tried(stack: ExitStack, trial: Talk, control: Talk = OPENS, forms: tuple[str, ...] = FORMS) -> Finding:
    """Return what two pages come to, each of a server of its own, without a proxy."""
    first, second = (stack.enter_context(served(talk)) for talk in (trial, control))
    declared = category(f"http://127.0.0.1:{first}/", f"http://127.0.0.1:{second}/", forms)
    return judged(declared, look(declared))


def moved(to: str) -> Talk:
    return saying(answer("302 Found", b"", f"Location: {to}"))


REFUSALS: dict[str, tuple[Talk, str]] = {
    "status": (saying(answer("403 Forbidden")), "status 403"),
    "text": (saying(answer("200 OK", "<p>Accès refusé</p>".encode())), "text Accès refusé"),
    "text in Latin-1, unsaid": (saying(answer("200 OK", "ACCÈS REFUSÉ".encode("latin-1"))), "text Accès refusé"),
    "text with entities and tags": (
        saying(answer("200 OK", b"<b>Acc&egrave;s</b>\r\n  <i>refus&eacute;</i>")),
        "text Accès refusé",
    ),
    "text far down": (saying(answer("200 OK", b" " * 900_000 + "Accès refusé".encode())), "text Accès refusé"),
    "text in a charset of its own": (
        saying(answer("200 OK", "Accès refusé".encode("utf-16-le"), "Content-Type: text/html; charset=utf-16-le")),
        "text Accès refusé",
    ),
    "text that is packed unasked": (
        saying(answer("200 OK", gzip.compress("Accès refusé".encode()), "Content-Encoding: gzip")),
        "text Accès refusé",
    ),
    "cut before the answer": (reset, "reset"),
    "closed without an answer": (lambda connection: None, "reset"),
}


def recognised(form: str) -> dict[str, object]:
    """Return how a finding tells a form of refusal."""
    kind, _, rest = form.partition(" ")
    return {f"refused_{kind}": rest or 1}


@pytest.mark.parametrize(("talk", "form"), REFUSALS.values(), ids=REFUSALS)
def test_each_form_of_refusal_is_recognised(stack: ExitStack, talk: Talk, form: str) -> None:
    found = tried(stack, talk)
    assert (found.state, found.reason, found.about) == (State.MET, Reason.WITHIN_LIMIT, recognised(form))


def test_a_redirect_to_a_page_that_says_no_is_a_refusal(stack: ExitStack) -> None:
    gate = stack.enter_context(served(saying(answer("200 OK", "Accès refusé".encode()))))
    assert tried(stack, moved(f"http://127.0.0.1:{gate}/blocked?category=malware")).state is State.MET
    elsewhere = stack.enter_context(served(saying(answer("200 OK", b"voyez le service informatique"))))
    by_status = tried(stack, moved(f"http://127.0.0.1:{elsewhere}/"), forms=("status 302",))
    assert (by_status.state, by_status.about) == (State.MET, {"refused_status": "302"})


def test_an_address_that_opens_is_missed_whatever_the_control_says(stack: ExitStack) -> None:
    for control in (OPENS, saying(answer("500 Oops"))):
        found = tried(stack, OPENS, control)
        assert (found.state, found.reason) == (State.MISSED, Reason.NOT_FILTERED)


@pytest.mark.parametrize(
    "control",
    [
        pytest.param(saying(answer("403 Forbidden")), id="refused as well"),
        pytest.param(saying(answer("404 Not Found")), id="not there"),
        pytest.param(saying(answer("503 Unavailable")), id="down"),
        pytest.param(reset, id="cut"),
        pytest.param(saying(b"SSH-2.0-OpenSSH_9.2\r\n"), id="no web server"),
    ],
)
def test_a_refusal_beside_a_control_that_does_not_open_proves_nothing(stack: ExitStack, control: Talk) -> None:
    found = tried(stack, saying(answer("403 Forbidden")), control)
    assert (found.state, found.reason) == (State.UNPROVEN, Reason.NO_CONTROL)


def test_a_gate_that_shows_everybody_its_own_page_proves_nothing_either_way(stack: ExitStack) -> None:
    gate = stack.enter_context(served(OPENS))
    found = tried(stack, moved(f"http://127.0.0.1:{gate}/login"), moved(f"http://127.0.0.1:{gate}/login"))
    assert (found.state, found.reason, found.about["same"]) == (State.UNPROVEN, Reason.NO_CONTROL, 1)


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        pytest.param(saying(answer("404 Not Found")), Reason.EXITED, id="a status that is not declared"),
        pytest.param(saying(answer("502 Bad Gateway")), Reason.EXITED, id="a gateway's own trouble"),
        pytest.param(moved("file:///etc/passwd"), Reason.EXITED, id="a redirect to no page"),
        pytest.param(saying(b"hello\r\n\r\n"), Reason.EXITED, id="no HTTP"),
        pytest.param(moved("http://x:99999/"), Reason.EXITED, id="a redirect to no port"),
        pytest.param(moved("http://a b\xff/"), Reason.UNREACHABLE, id="a redirect to no name"),
        pytest.param(
            saying(answer("200 OK", b"", *(["X: " + "y" * 60000] * 200))), Reason.EXITED, id="a head too long"
        ),
    ],
)
def test_what_is_neither_the_page_nor_a_declared_refusal_proves_nothing(
    stack: ExitStack, talk: Talk, reason: Reason
) -> None:
    found = tried(stack, talk)
    assert (found.state, found.reason) == (State.UNPROVEN, reason)


def test_a_cut_that_is_not_declared_and_a_dead_site_prove_nothing(stack: ExitStack) -> None:
    assert tried(stack, reset, forms=("status 403",)).reason is Reason.EXITED
    control = stack.enter_context(served(OPENS))
    for url, reason in (("http://127.0.0.1:9/", Reason.UNREACHABLE), ("http://nowhere.invalid/", Reason.UNREACHABLE)):
        declared = category(url, f"http://127.0.0.1:{control}/")
        found = judged(declared, look(declared))
        assert (found.state, found.reason) == (State.UNPROVEN, reason)


def test_redirects_without_an_end_are_followed_ten_times(stack: ExitStack) -> None:
    asked: list[bytes] = []

    def round_and_round(connection: object) -> None:
        asked.append(b"")
        moved("/again")(connection)  # type: ignore[arg-type]

    found = tried(stack, round_and_round)
    assert (found.reason, dict(found.about), len(asked)) == (Reason.EXITED, {"ended_redirects": 1}, 11)


def test_a_page_without_an_end_costs_its_time_or_its_megabyte_and_no_more(stack: ExitStack) -> None:
    slow = stack.enter_context(served(dripping))
    endless = stack.enter_context(served(saying(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3_000_000)))
    control = stack.enter_context(served(OPENS))
    declared = category(f"http://127.0.0.1:{slow}/", f"http://127.0.0.1:{control}/")
    found = judged(declared, look(declared, timeout=timedelta(seconds=12)))
    assert (found.state, found.reason) == (State.UNPROVEN, Reason.TIMED_OUT)
    page = fetch(LocalHost("srv-1"), f"http://127.0.0.1:{endless}/", FORMS, TIMEOUT)
    assert (page.fetched.end, page.fetched.status) == (FetchOutcome.ANSWERED, 200)


PROXIED: dict[str, tuple[Talk, str]] = {
    "status": REFUSALS["status"],
    "text": (saying(answer("503 Filtered", "<p>Accès refusé</p>".encode())), "text Accès refusé"),
    "cut": REFUSALS["cut before the answer"],
}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("refuse", "form"), PROXIED.values(), ids=PROXIED)
def test_a_filtering_proxy_refuses_a_page_or_a_tunnel(
    stack: ExitStack, tmp_path: Path, scheme: str, refuse: Talk, form: str
) -> None:
    context, trusting = secured(tmp_path)
    site = stack.enter_context(served(under_tls(context, OPENS) if scheme == "https" else OPENS))
    proxy = Filter(refuse=refuse, site=site)
    port = stack.enter_context(served(proxy.talk))
    declared = category(
        f"{scheme}://blocked.test/x", f"{scheme}://localhost/", proxy=f"http://127.0.0.1:{port}"
    )  # fmt: skip
    found = judged(declared, look(declared, With(trusting)))
    about = {name: value for name, value in found.about.items() if name != "issuer"}
    assert (found.state, about) == (State.MET, recognised(form) | {"proxy": f"127.0.0.1:{port}"})
    assert len(proxy.heads) >= 2


def secured(folder: Path, name: str = "authority") -> tuple[ssl.SSLContext, dict[str, str]]:
    """Return a server's context under an authority of its own, and the variables of a machine that trusts it."""
    authority = certify(folder, name)
    own = certify(folder, f"{name}-server", issuer=authority)
    return serving(own), {"SSL_CERT_FILE": str(authority.certificate)}


def serving(own: Certified) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own.certificate, own.key)
    return context


def test_a_proxy_that_answers_in_the_server_s_name_is_noted_with_its_authority(
    stack: ExitStack, tmp_path: Path
) -> None:
    context, trusting = secured(tmp_path, "inspection")
    port = stack.enter_context(served(Filter(context=context).talk))
    declared = category("https://localhost/blocked.test", "https://localhost/", proxy=f"http://127.0.0.1:{port}")
    known = look(declared, With(trusting))
    trial = fetched_in(known, TRIAL)
    assert trial is not None
    assert (trial.issuer, trial.status) == ("inspection", 200)
    assert trial.trust in (CertificateTrust.LOCAL, CertificateTrust.TRUSTED)
    unknown = fetched_in(look(declared), TRIAL)
    assert unknown is not None
    assert (unknown.trust, unknown.status) == (CertificateTrust.UNTRUSTED, 200)


def test_a_proxy_that_is_not_there_shows_nothing(stack: ExitStack) -> None:
    declared = category("http://blocked.test/", "http://allowed.test/", proxy="http://127.0.0.1:9")
    found = judged(declared, look(declared))
    assert (found.state, found.reason, found.about["ended_proxy"]) == (State.UNPROVEN, Reason.UNREACHABLE, 1)


@pytest.mark.parametrize("written", ['http_proxy="{}"', "export HTTP_PROXY={}", "  export http_proxy='{}'"])
def test_the_proxy_that_the_machine_tells_everybody_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    settings = tmp_path / "environment"
    settings.write_text("PATH=/bin\n" + written.format("http://user:secret@proxy.test:3128") + "\nno_proxy=near.test\n")
    monkeypatch.setattr(web_fetch_program, "SETTINGS", (str(settings),))
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
        monkeypatch.delenv(name.upper(), raising=False)
    web_fetch_program.set_proxies("")
    page = urlsplit("http://far.test/")
    assert web_fetch_program.proxy_for(page) == "http://user:secret@proxy.test:3128"
    assert web_fetch_program.credentials(page) == {"Proxy-Authorization": "Basic dXNlcjpzZWNyZXQ="}
    assert not web_fetch_program.proxy_for(urlsplit("http://near.test/"))


def test_what_a_shell_would_have_to_work_out_is_no_proxy() -> None:
    for line in ("http_proxy=$PROXY", "http_proxy=`cat /x`", "# http_proxy=http://x", "my_http_proxy=http://x"):
        assert not [value for _, _, value in web_fetch_program.SETTING.findall(line) if value]


def test_a_proxy_s_password_is_in_no_fact(stack: ExitStack) -> None:
    proxy = Filter(refuse=saying(answer("403 Forbidden")), site=stack.enter_context(served(OPENS)))
    port = stack.enter_context(served(proxy.talk))
    seen = look(
        category("http://blocked.test/", "http://allowed.test/"),
        With({"http_proxy": f"http://agent:hunter2@127.0.0.1:{port}"}),
    )
    assert "Proxy-Authorization: Basic YWdlbnQ6aHVudGVyMg==" in proxy.heads[0]
    assert "hunter2" not in repr(seen)


def test_a_machine_without_python_shows_nothing(tmp_path: Path) -> None:
    bare = Through(LocalHost("srv-1"), programs(tmp_path / "bin"))
    with pytest.raises(ToolMissing):
        look(category("http://blocked.test/", "http://allowed.test/"), bare)


GOOD = {"end": "answered", "said": "", "statuses": [200], "found": [], "address": "http://x/", "proxy": "",
        "trust": "", "issuer": "", "read": 0}  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [{"end": "fine"}, {"statuses": ["x"]}, {"found": [7]}, {"trust": "mine"}, {"statuses": None}, {"found": [None]}],
)
def test_an_answer_that_no_program_of_ours_gives_is_unreadable(changed: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        parse(json.dumps(GOOD | changed).encode(), FORMS, ["Accès refusé"])


@given(st.binary(max_size=100))
def test_no_bytes_break_what_is_read_of_a_page(said: bytes) -> None:
    try:
        parse(said, FORMS, [])
    except LookError as error:
        assert error.message


def test_a_bomb_is_unpacked_no_further_than_a_page_may_be() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(web_fetch_program.unpacked(bomb, "gzip", 1024 * 1024)) == 1024 * 1024
    assert web_fetch_program.unpacked(b"plain", "gzip", 100) == b"plain"
