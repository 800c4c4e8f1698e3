"""TLS, client certificates, passwords and readers, over real sockets."""

import base64
import contextlib
import logging
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.config import web_config
from agent.config.web_config import WebConfig
from agent.core.errors import UsageError
from agent.export.http.connection import REQUEST_SECONDS
from agent.export.http.protection import WebProtection
from agent.export.http.server import HttpServer
from agent.export.snapshot import CurrentVerdict, Snapshot
from tests.export.samples import LATE, NOW, OTHER, SCOTA, SOUND, snapshot, verdict
from tests.parts.web import HASH, PASSWORD, Certified, StillSite, certify, connect, get, port_of, said

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """Return an authority of the tests' own."""
    return certify(tmp_path_factory.mktemp("authority"), "authority")


def trusting(authority: Certified, client: Certified | None = None) -> ssl.SSLContext:
    """Return how a client that knows the authority speaks, with a certificate of its own where it has one."""
    context = ssl.create_default_context(cafile=str(authority.certificate))
    if client is not None:
        context.load_cert_chain(client.certificate, client.key)
    return context


def tls(folder: Path, authority: Certified, more: str = "") -> Path:
    """Write a web configuration with a certificate."""
    certify(folder, "server", authority)
    path = folder / "web.yml"
    path.write_text(f"tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n{more}")
    return path


def basic(name: str, password: str) -> str:
    """Return the field that a browser sends."""
    return f"Authorization: Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


@pytest.mark.programs
def test_curl_is_served_under_tls(tmp_path: Path, authority: Certified) -> None:
    """A client that is not ours verifies the certificate and reads the metrics."""
    curl = shutil.which("curl")
    assert curl is not None
    with HttpServer("127.0.0.1:0", StillSite(), web_config=tls(tmp_path, authority)) as server:
        url = f"https://localhost:{port_of(server)}/metrics"
        command = [curl, "--silent", "--show-error", "--fail", "--noproxy", "*", "--cacert", str(authority.certificate)]
        answer = subprocess.run([*command, url], capture_output=True, timeout=30, check=False)
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert answer.stdout.startswith(b"# HELP beffroi_build_info")


def test_plain_http_is_not_spoken_where_tls_is_asked_for(tmp_path: Path, authority: Certified) -> None:
    """Nothing of a page goes out in clear."""
    with (
        HttpServer("127.0.0.1:0", StillSite(), web_config=tls(tmp_path, authority)) as server,
        connect(port_of(server)) as connection,
    ):
        connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        answer = b""
        with contextlib.suppress(ConnectionError):
            answer = connection.recv(65536)
        assert b"HTTP" not in answer
        assert b"beffroi" not in answer


def test_silent_clients_do_not_delay_a_handshake(tmp_path: Path, authority: Certified) -> None:
    """The handshake happens in the client's own thread."""
    with (
        HttpServer("127.0.0.1:0", StillSite(), web_config=tls(tmp_path, authority)) as server,
        contextlib.ExitStack() as silent,
    ):
        for _ in range(20):
            silent.enter_context(connect(port_of(server)))
        scrape = b"GET /metrics HTTP/1.0\r\n\r\n"
        assert said(port_of(server), scrape, trusting(authority), REQUEST_SECONDS / 2).status == 200


def test_tls_lets_it_listen_for_others(tmp_path: Path, authority: Certified) -> None:
    """Off loopback, a certificate is what it takes; a file without one does not do."""
    with HttpServer("0.0.0.0:0", StillSite(), web_config=tls(tmp_path, authority)) as server:
        assert get(port_of(server), "/healthz", context=trusting(authority)).status == 200
    without = tmp_path / "without.yml"
    without.write_text(f"basic_auth_users:\n  a: {HASH}\n")
    with pytest.raises(UsageError, match="plain HTTP beyond this machine is refused"):
        HttpServer("0.0.0.0:0", StillSite(), web_config=without)


def test_a_client_without_a_certificate_is_not_served_where_one_is_required(
    tmp_path: Path, authority: Certified
) -> None:
    """A certificate of the authority opens, none or another authority's does not."""
    shutil.copy(authority.certificate, tmp_path / "ca.crt")
    more = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n"
    client = certify(tmp_path, "client", authority)
    (tmp_path / "elsewhere").mkdir()
    foreign = certify(tmp_path / "elsewhere", "foreign", certify(tmp_path / "elsewhere", "authority"))
    with HttpServer("127.0.0.1:0", StillSite(), web_config=tls(tmp_path, authority, more)) as server:
        assert get(port_of(server), "/metrics", context=trusting(authority, client)).status == 200
        for refused in (None, foreign):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                get(port_of(server), "/metrics", context=trusting(authority, refused))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve two beneficiaries to three names, one of which may see only the first."""
    path = tmp_path_factory.mktemp("guarded") / "web.yml"
    path.write_text(f"basic_auth_users:\n  prometheus: {HASH}\n  scota: {HASH}\n  été: {HASH}\n")
    shown = Snapshot(
        at=NOW,
        version="1",
        beneficiaries=(SCOTA, OTHER),
        standings=(
            CurrentVerdict(verdict=LATE),
            CurrentVerdict(verdict=SOUND),
            CurrentVerdict(verdict=verdict("backup-rpo", "secret-place", beneficiary="other")),
        ),
        runs=snapshot().runs,
        unwatched=snapshot().unwatched,
    )
    site = StillSite(shown=shown, limited={"scota": frozenset({"scota"})}, unlimited=frozenset({"prometheus", "été"}))
    with HttpServer("127.0.0.1:0", site, web_config=path) as server:
        yield port_of(server)


@pytest.mark.parametrize("target", ["/", "/metrics", "/healthz", "/api/verdicts"])
@pytest.mark.parametrize(
    "field",
    [
        "X: y",
        "Authorization: Basic",
        "Authorization: Basic !!!",
        "Authorization: Bearer abc",
        "Authorization: Basic " + base64.b64encode(b"prometheus").decode(),
        basic("prometheus", ""),
        basic("prometheus", PASSWORD + "x"),
        basic("prometheus", PASSWORD + "\0"),
        basic("prometheus", "x" * 5000),
        basic("Prometheus", PASSWORD),
        basic("nobody", PASSWORD),
        basic("", ""),
        basic("prometheus:" + PASSWORD, ""),
    ],
)
def test_who_proves_no_name_sees_nothing(guarded: int, target: str, field: str) -> None:
    """Every address asks for a name, and says the same whatever is wrong with it."""
    answer = get(guarded, target, field)
    assert (answer.status, answer.body) == (401, b"a name and a password are needed\n")
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="beffroi"'


@pytest.mark.parametrize("name", ["prometheus", "été"])
def test_an_agents_reader_sees_every_beneficiary(guarded: int, name: str) -> None:
    """A name in `[agent] readers` is limited to no beneficiary."""
    for target in ("/", "/metrics", "/api/verdicts"):
        assert b"secret-place" in get(guarded, target, basic(name, PASSWORD)).body
    assert b"secret-place" not in get(guarded, "/?beneficiary=scota", basic(name, PASSWORD)).body


def test_a_reader_sees_its_own_beneficiary_only(guarded: int) -> None:
    """Page and JSON are narrowed, their counts as well; hosts and what else is unwatched stay unseen."""
    page = get(guarded, "/", basic("scota", PASSWORD))
    verdicts = get(guarded, "/api/verdicts", basic("scota", PASSWORD))
    assert (page.status, verdicts.status) == (200, 200)
    for answer in (page, verdicts):
        assert b"secret-place" not in answer.body
        assert OTHER.name.encode() not in answer.body
        assert b"restic_snapshots" not in answer.body
        assert b"/srv/photos" not in answer.body
    assert b"imprimante-2" in page.body
    assert b'"missed": 1, "unproven": 0' in verdicts.body


@pytest.mark.parametrize("target", ["/metrics", "/healthz", "/?beneficiary=other", "/api/verdicts?beneficiary=other"])
def test_a_reader_gets_nothing_else(guarded: int, target: str) -> None:
    """Neither the metrics nor another beneficiary, nor whether there is one."""
    answer = get(guarded, target, basic("scota", PASSWORD))
    assert answer.status == 403
    assert answer.body == get(guarded, "/?beneficiary=nobody", basic("scota", PASSWORD)).body


def test_a_new_file_is_read_without_a_restart(tmp_path: Path) -> None:
    """A name that was taken out is out at once, remembered or not; one that was put in is in."""
    path = tmp_path / "web.yml"
    path.write_text(f"basic_auth_users:\n  old: {HASH}\n")
    with HttpServer("127.0.0.1:0", StillSite(), web_config=path) as server:
        assert get(port_of(server), "/metrics", basic("old", PASSWORD)).status == 200
        path.write_text(f"basic_auth_users:\n  renewed: {HASH}\n")
        assert get(port_of(server), "/metrics", basic("old", PASSWORD)).status == 401
        assert get(port_of(server), "/metrics", basic("renewed", PASSWORD)).status == 200


@pytest.mark.parametrize("bad", ["basic_auth_users: [\n", "", None, "basic_auth_users:\n  a: b\n"])
def test_a_file_that_became_bad_serves_nobody_until_it_is_mended(
    tmp_path: Path, bad: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the old names nor everyone: no one, and the log says why."""
    path = tmp_path / "web.yml"
    good = f"basic_auth_users:\n  old: {HASH}\n"
    path.write_text(good)
    with HttpServer("127.0.0.1:0", StillSite(), web_config=path) as server, caplog.at_level(logging.ERROR):
        assert get(port_of(server), "/metrics", basic("old", PASSWORD)).status == 200
        if bad is None:
            path.unlink()
        else:
            path.write_text(bad)
        with connect(port_of(server)) as connection, contextlib.suppress(ConnectionError):
            connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            assert connection.recv(65536) == b""
        path.write_text(good + "# mended\n")
        assert get(port_of(server), "/metrics", basic("old", PASSWORD)).status == 200
    assert any("every request is denied" in record.getMessage() for record in caplog.records)


def test_what_is_written_while_it_is_read_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor empties the file and writes it; who asks meanwhile has it read between the two."""
    path = tmp_path / "web.yml"
    path.write_text(f"basic_auth_users:\n  old: {HASH}\n")
    protection = WebProtection(path, open_to_others=False, insecure=False)

    def read_before_it_is_written(read: Path) -> WebConfig:
        found = web_config.load(read)
        path.write_text(f"basic_auth_users:\n  renewed: {HASH}\n")
        monkeypatch.undo()
        return found

    path.write_text("http_server_config:\n  http2: false\n")
    monkeypatch.setattr("agent.export.http.protection.load", read_before_it_is_written)
    assert protection.current() is not None
    now = protection.current()
    assert now is not None
    assert list(now.users) == ["renewed"]
