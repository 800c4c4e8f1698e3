"""The interfaces and the addresses of a machine that its firewall is asked about."""

from ipaddress import ip_address

import pytest

from agent.core.errors import Unreadable
from agent.hosts.local import LocalHost
from collectors.network import interfaces
from collectors.network.traffic import network_span
from tests.parts.networks import NEAR4, NEAR6, Machine, joined, machine

pytestmark = [pytest.mark.programs]


def test_the_interfaces_of_the_default_routes_are_those_that_are_asked_about(near: Machine) -> None:
    assert interfaces.of(near) == {4: ("eth0",), 6: ("eth0",)}


def test_a_default_route_that_only_refuses_has_no_interface(near: Machine) -> None:
    near.do("ip", "route", "add", "unreachable", "default", "metric", "900")
    try:
        assert interfaces.of(near)[4] == ("eth0",)
        near.do("ip", "route", "delete", "default", "via", "192.0.2.9")
        assert interfaces.of(near)[4] == ("eth0",)
    finally:
        near.do("ip", "route", "delete", "unreachable", "default", "metric", "900")
        near.do("ip", "route", "replace", "default", "via", "192.0.2.9")


def test_the_addresses_of_a_machine_are_those_that_its_kernel_answers_for(near: Machine) -> None:
    found = interfaces.addresses(near)
    spans = {family: [str(ip_address(first)) for first, _ in found[family].own] for family in (4, 6)}
    assert (spans[4], spans[6][0]) == ([NEAR4], NEAR6)
    assert [str(ip_address(first)) for first, _ in found[4].shared][:1] in (["192.0.2.255"], ["127.255.255.255"])
    near.do("ip", "route", "add", "local", "10.9.0.0/16", "dev", "lo")
    try:
        assert network_span("10.9.0.0", 16) in interfaces.addresses(near)[4].own
    finally:
        near.do("ip", "route", "delete", "local", "10.9.0.0/16", "dev", "lo")


def test_a_table_of_addresses_that_is_too_long_leaves_them_unknown() -> None:
    class Router(LocalHost):
        def read(self, path: str, *, limit: int) -> bytes:
            if path == "/proc/net/fib_trie":
                raise Unreadable(f"{path} is larger than {limit} bytes")
            return b""

    assert {found.own for found in interfaces.addresses(Router("srv-1")).values()} == {()}


def test_a_family_that_a_machine_does_not_use_asks_for_no_firewall(near: Machine) -> None:
    with machine() as alone:
        assert set(interfaces.of(alone)) == {4}
    with joined() as (one, _other):
        one.do("ip", "-4", "address", "flush", "dev", "eth0")
        assert interfaces.of(one) == {6: ("eth0",)}
        one.do("ip", "-6", "address", "flush", "dev", "eth0")
        one.do("ip", "address", "add", "192.0.2.1/24", "dev", "eth0")
        assert interfaces.of(one) == {4: ("eth0",)}
