"""A page elsewhere cannot read the agent through a browser: a request has to name a host that is served."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.export.http.host_names import Hosts
from agent.export.http.server import HttpServer
from tests.parts.web import HASH, StillSite, get, port_of, said

pytestmark = pytest.mark.network

ADDRESS = "https://beffroi.example"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve on loopback, under an address as well."""
    with HttpServer("127.0.0.1:0", StillSite(), address=ADDRESS) as server:
        yield port_of(server)


@pytest.mark.parametrize("path", ["/", "/metrics", "/healthz", "/api/verdicts", "/target/backup-rpo.json", "/nothing"])
@pytest.mark.parametrize(
    "host",
    [
        *("attacker.example", "attacker.example:9588", "127.0.0.1.attacker.example", "localhost.attacker.example"),
        *("beffroi.example.attacker.example", "beffroi.example@attacker.example", "192.0.2.1", "0.0.0.0", ""),
        *("127.0.0.1@attacker.example", "localhost/", "[::1", "[::2]", "::1", "localhost:", "local host", "ⓛocalhost"),
    ],
)
def test_another_host_s_name_is_misdirected(port: int, path: str, host: str) -> None:
    assert get(port, path, host=host).status == 421


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST:9588", "localhost.", "127.0.0.1", "127.0.0.1:9588", "127.1.2.3", "[::1]", "[::1]:80"),
        *("beffroi.example", "Beffroi.Example:443", "beffroi.example."),
    ],
)
def test_the_loopback_and_the_address_are_served(port: int, host: str) -> None:
    assert get(port, "/metrics", host=host).status == 200


def test_the_target_s_own_authority_is_what_counts(port: int) -> None:
    """Anyone who names a host in the request's target is held to that one (RFC 9112, 3.2.2)."""
    assert get(port, "http://attacker.example/metrics").status == 421
    assert get(port, "http://localhost/metrics", host="attacker.example").status == 200


def test_a_request_without_a_host_is_no_browser_s(port: int) -> None:
    assert said(port, b"GET /metrics HTTP/1.0\r\n\r\n").status == 200


def test_who_listens_everywhere_is_called_by_the_address_reached_or_its_name() -> None:
    with HttpServer("0.0.0.0:0", StillSite(), insecure=True) as server:
        port = port_of(server)
        assert get(port, "/metrics", host="127.0.0.1").status == 200
        assert get(port, "/metrics", host=socket.gethostname()).status == 200
        assert get(port, "/metrics", host="0.0.0.0").status == 421
        assert get(port, "/metrics", host="attacker.example").status == 421
    hosts = Hosts.served((), None)
    assert hosts.knows("192.0.2.7:9588", "192.0.2.7")
    assert hosts.knows("[2001:db8::7]", "2001:0db8::0007")
    assert not hosts.knows("192.0.2.8", "192.0.2.7")


def test_a_listened_name_is_served_and_another_is_not() -> None:
    with HttpServer("localhost:0", StillSite()) as server:
        # Which of its two addresses comes first is the system's own choice.
        (port,) = (address[1] for address in server.addresses if address[0] == "127.0.0.1")
        assert get(port, "/metrics", host="localhost").status == 200
    hosts = Hosts.served(("srv-1.example", "192.0.2.7"), None)
    assert hosts.knows("SRV-1.example:9588", None)
    assert hosts.knows("192.0.2.7", None)
    assert not hosts.knows("srv-1", None)


def test_a_foreign_host_costs_no_hash(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is refused before a password is looked at: a browser cannot be made to guess one."""
    file = tmp_path_factory.mktemp("web") / "web.yml"
    file.write_text(f"basic_auth_users:\n  a: {HASH}\n")
    with HttpServer("127.0.0.1:0", StillSite(), web_config=file) as server:
        assert get(port_of(server), "/metrics", "Authorization: Basic YTpi", host="attacker.example").status == 421
        assert get(port_of(server), "/metrics", "Authorization: Basic YTpi").status == 401


def test_a_reload_takes_a_changed_address() -> None:
    with HttpServer("127.0.0.1:0", StillSite()) as server:
        assert get(port_of(server), "/metrics", host="beffroi.example").status == 421
        server.protect(web_config=None, insecure=False, readers=frozenset(), address=ADDRESS)
        assert get(port_of(server), "/metrics", host="beffroi.example").status == 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_no_text_is_a_known_host_by_accident(host: str) -> None:
    """Known is what names the address or the loopback, and nothing raises."""
    if Hosts.served((), ADDRESS).knows(host, None):
        assert host.lower().startswith(("beffroi.example", "localhost", "127.", "[:"))
