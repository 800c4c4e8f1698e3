"""A real Prometheus with a quarter in it, and others that are dead, mute, lying, or ask for a password."""

import base64
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agent.core.errors import UsageError
from agent.core.model import State
from agent.core.period import PARIS, Quarter, day_start, each_day
from agent.report import prometheus
from agent.report.crosscheck import AlertedState
from agent.report.days import Span
from agent.report.prometheus import NoHistory, history, source
from tests.parts.ports import free_port
from tests.parts.supervision import prometheus as running_prometheus

pytestmark = [pytest.mark.network, pytest.mark.programs]

Q4 = Quarter(2026, 4)
SPAN = Span(first=Q4.first, last=Q4.last)
HOUR = timedelta(hours=1)
MISSED_AT = datetime(2026, 10, 25, 23, 30, tzinfo=PARIS)  # in the last hour of the day that has 25
GONE = (date(2026, 11, 3), date(2026, 11, 4))
HALF = date(2026, 11, 10)


def text() -> str:
    """Return a quarter as a scraper would have kept it, twice an hour."""
    rows: dict[str, list[str]] = {"beffroi_target_state": [], "beffroi_target_value": [], "beffroi_target_limit": []}
    at, end = day_start(Q4.first), day_start(Q4.last + timedelta(days=1))
    while at < end:
        day, stamp = at.astimezone(PARIS).date(), int(at.timestamp())
        scraped = day not in GONE and not (day == HALF and at.astimezone(PARIS).hour >= 12)
        for subject, beneficiary in (("srv-1", "scota"), ("srv-1", "eaux")):
            missed = (at == MISSED_AT) is (beneficiary == "scota")
            for state in State:
                one = int(state is (State.MISSED if missed else State.MET))
                labels = f'target="patching",subject="{subject}",beneficiary="{beneficiary}",state="{state.value}"'
                if scraped:
                    rows["beffroi_target_state"].append(f"beffroi_target_state{{{labels}}} {one} {stamp}")
        if day == Q4.first:
            own = 'target="backup-rpo",subject="a\\"b/c",beneficiary="scota"'
            rows["beffroi_target_state"].append(f'beffroi_target_state{{{own},state="missed"}} 1 {stamp}')
            rows["beffroi_target_value"].append(f'beffroi_target_value{{{own},unit="seconds"}} 90000 {stamp}')
            rows["beffroi_target_limit"].append(f'beffroi_target_limit{{{own},unit="seconds"}} 86400 {stamp}')
        at += HOUR / 2
    return "".join(f"# TYPE {name} gauge\n" + "\n".join(lines) + "\n" for name, lines in rows.items()) + "# EOF\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start Prometheus on blocks that were made of a text."""
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "quarter.txt").write_text(text())
    # Left to itself it makes a block of every two hours.
    command = [
        "promtool",
        "tsdb",
        "create-blocks-from",
        "--max-block-duration=4000h",
        "openmetrics",
        "quarter.txt",
        "tsdb",
    ]
    subprocess.run(command, cwd=folder, check=True, timeout=120, stdout=subprocess.DEVNULL)
    (folder / "quarter.txt").unlink()
    # However old these blocks are on the day on which this runs.
    with running_prometheus(folder, "global: {}\n", "--storage.tsdb.retention.time=100y") as found:
        yield found


def test_each_civil_day_is_told_by_what_was_heard_in_it(address: str) -> None:
    found = history(source(address, None), "scota", SPAN, PARIS)
    days = found["patching", "srv-1"]
    met, missed = AlertedState(worst=State.MET, whole=True), AlertedState(worst=State.MISSED, whole=True)
    assert {day: one for day, one in days.items() if one != met} == {
        date(2026, 10, 25): missed,
        HALF: AlertedState(worst=State.MET, whole=False),
    }
    assert set(each_day(Q4.first, Q4.last)) - set(days) == set(GONE)


def test_the_excess_over_the_limit_is_told_and_a_name_comes_back_as_it_is(address: str) -> None:
    days = history(source(address, None), "scota", SPAN, PARIS)["backup-rpo", 'a"b/c']
    assert days == {Q4.first: AlertedState(worst=State.MISSED, whole=False, excess=3600.0)}


def test_each_beneficiary_has_its_own_days(address: str) -> None:
    days = history(source(address, None), "eaux", SPAN, PARIS)["patching", "srv-1"]
    assert {day for day, one in days.items() if one.worst is State.MET} == set()
    assert history(source(address, None), 'x"} or vector(1', SPAN, PARIS) == {}


def test_an_address_below_a_path_is_asked_there(address: str) -> None:
    with pytest.raises(NoHistory, match="answered 404"):
        history(source(f"{address}/prometheus/", None), "scota", SPAN, PARIS)


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve one answer to every question; return the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer(self)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = False
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def saying(status: int, content: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return answer


def matrix(*series: object) -> bytes:
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": series}}).encode()


def asked(port: int) -> object:
    return history(source(f"http://127.0.0.1:{port}", None), "scota", SPAN, PARIS)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"[" * 100_000,
        b"\xff\xfe",
        b"{}",
        b'{"status": "error"}',
        b'{"status": "success", "data": {"resultType": "vector", "result": []}}',
        matrix(None),
        matrix({"metric": {}, "values": None}),
        matrix({"metric": {}, "values": [[1]]}),
        matrix({"metric": {}, "values": [["x", "1"]]}),
        matrix({"metric": {}, "values": [[1e300, "1"]]}),
        matrix({"metric": {}, "values": [[1796000000, "one"]]}),
        matrix({"metric": {}, "values": [[253402300799, "1"]]}),
        matrix({"metric": {}, "values": [[-62135596800, "1"]]}),
    ],
)
def test_an_answer_that_is_none_is_told(content: bytes) -> None:
    with answering(saying(200, content)) as port, pytest.raises(NoHistory, match="no query result") as raised:
        asked(port)
    assert raised.value.hint


def test_what_is_no_day_of_the_quarter_and_no_state_is_left_out() -> None:
    labels = {"target": "patching", "subject": "srv-1", "state": "wonderful"}
    lies = matrix({"metric": labels, "values": [[1796000000, "1"], [0, "1"], [1796000000, "NaN"]]})
    with answering(saying(200, lies)) as port:
        assert asked(port) == {}


@pytest.mark.parametrize("status", [301, 400, 401, 403, 422, 500, 503])
def test_a_refusal_is_told_by_its_number(status: int) -> None:
    with answering(saying(status, b"S3CRET")) as port, pytest.raises(NoHistory, match=f"answered {status}") as raised:
        asked(port)
    assert "S3CRET" not in raised.value.message


def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus, "LARGEST_ANSWER", 1000)
    with answering(saying(200, b" " * 1001)) as port, pytest.raises(NoHistory, match="too large"):
        asked(port)


def test_one_that_is_dead_is_told() -> None:
    with pytest.raises(NoHistory, match="connection refused"):
        asked(free_port())


def test_one_that_is_mute_costs_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus, "DEADLINE", timedelta(seconds=0.5))
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(NoHistory, match="did not answer"):
        asked(mute.getsockname()[1])


def test_one_that_drips_costs_its_deadline_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus, "DEADLINE", timedelta(seconds=0.5))
    over = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        while not over.wait(0.1):
            try:
                request.wfile.write(b" ")
            except OSError:
                return

    with answering(drip) as port:
        with pytest.raises(NoHistory, match="did not answer"):
            asked(port)
        over.set()


def test_a_password_comes_from_a_file_and_goes_nowhere_else(tmp_path: Path) -> None:
    seen: list[str | None] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.append(request.headers.get("Authorization"))
        saying(401, b"")(request)

    (tmp_path / "credentials").write_text("reader:S3CRET\n")
    with answering(answer) as port, pytest.raises(NoHistory, match="answered 401") as raised:
        history(source(f"http://127.0.0.1:{port}", tmp_path / "credentials"), "scota", SPAN, PARIS)
    assert seen == [f"Basic {base64.b64encode(b'reader:S3CRET').decode()}"]
    assert "S3CRET" not in raised.value.message


@pytest.mark.parametrize("content", [None, b"", b"nobody", b"a:b\nc:d", b"\xff\xfe"])
def test_a_file_that_holds_no_password_is_told_without_what_it_holds(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "credentials").write_bytes(content)
    with pytest.raises(NoHistory) as raised:
        history(source("http://127.0.0.1:1", tmp_path / "credentials"), "scota", SPAN, PARIS)
    assert "credentials" in raised.value.message
    assert "nobody" not in raised.value.message + raised.value.hint


@pytest.mark.parametrize(
    "address",
    [
        "",
        "prometheus:9090",
        "ftp://x",
        "http://",
        "http://x:0",
        "http://x:99999",
        "http://[x",
        "http://user:S3CRET@x",
        "http://user@x",
        "http://x/?q=S3CRET",
        "http://x y",
        "http://x\n",
        "http://é",
    ],
)
def test_what_is_no_address_is_refused_and_never_repeated(address: str) -> None:
    with pytest.raises(UsageError) as raised:
        source(address, None)
    assert "S3CRET" not in raised.value.message + raised.value.hint


def test_a_password_over_plain_http_is_refused_but_to_this_machine(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="never goes over plain HTTP"):
        source("http://prometheus.example:9090", tmp_path / "x")
    assert source("https://prometheus.example", tmp_path / "x").name == "prometheus.example"


def test_tls_is_held_to_what_this_machine_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key", "-out", "cert")
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    subprocess.run(
        ("openssl", "req", "-x509", *kind, *named), cwd=tmp_path, check=True, timeout=60, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    with answering(saying(200, matrix()), context) as port:
        address = source(f"https://127.0.0.1:{port}", None)
        with pytest.raises(NoHistory, match="its certificate is not trusted here"):
            history(address, "scota", SPAN, PARIS)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
        assert history(address, "scota", SPAN, PARIS) == {}
