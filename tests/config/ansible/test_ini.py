"""The INI form: every line is understood, or told; no host is lost."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.config.ansible.ini import read_ini
from agent.config.ansible.listing import InventoryListing
from agent.config.ansible.read import read_inventory
from tests.config.ansible.written import hosts, refused


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[web\na\n", 'hosts.ini:1: host: "[web" is no host\'s name'),
        ("[web:hosts:x]\na\n", "hosts.ini:1: host: "),
        ("[web:kids]\na\n", 'hosts.ini:1: web: has a section "kids"'),
        ("a b\n", "hosts.ini:1: host: is followed by something that is not key=value"),
        ("a =b\n", "hosts.ini:1: host: is followed by something that is not key=value"),
        ("a 'b\n", "hosts.ini:1: host: holds a quote that is left open"),
        ("web[1:x]\n", 'hosts.ini:1: host: "web[1:x]" holds "[1:x]", which is no range'),
        ("a\n[g:children]\nh\n", 'hosts.ini:3: g: holds "h", which is no group'),
        ("a\n[g:children]\nh i\n", "hosts.ini:3: g: has a child that is no group's name"),
        ("a\n[g:vars]\nx=1\n", "hosts.ini:2: g: has variables, and there is no such group"),
        ("a\n[all:vars]\nx\n", "hosts.ini:3: all: has a variable that is not key=value"),
        ("a\n[g:children]\nh\n[h:children]\ng\n", 'hosts.ini:3: g: holds "h", which holds it'),
        ("# none\n", "hosts.ini:1: file: lists no host"),
        ("#!/bin/sh\necho\n", "hosts.ini:1: file: is a program"),
        ("$ANSIBLE_VAULT;1.1;AES256\n6132\n", "hosts.ini:1: file: is encrypted"),
    ],
)
def test_what_is_not_understood_is_told_with_its_line(tmp_path: Path, text: str, mistake: str) -> None:
    first = refused(tmp_path, text)[0]
    assert first.startswith(mistake)


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "hosts.ini").write_bytes(b"a\nb\xff\n")
    (mistake,) = read_inventory(tmp_path / "hosts.ini").listing.mistakes
    assert (mistake.spot, mistake.what) == (
        InventoryListing(file=str(tmp_path / "hosts.ini")).spot(2),
        "holds bytes that are not UTF-8",
    )


def test_a_host_of_several_groups_is_one_host(tmp_path: Path) -> None:
    assert set(hosts(tmp_path, "a\n[g]\na\nb\n[h]\nb\n")) == {"a", "b"}


def test_twenty_thousand_hosts_are_the_most(tmp_path: Path) -> None:
    mistakes = refused(tmp_path, "a[1:15000]\nb[1:15000]\n")
    assert "hosts.ini:2: b5001: is one host more than 20000" in mistakes


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet="[]:=#; '\"\nab1,vars{}\\", max_size=80))
def test_any_text_gives_hosts_or_mistakes_and_no_traceback(text: str) -> None:
    listing = InventoryListing(file="hosts.ini")
    read_ini(text, listing)
    lines = [line.strip() for line in text.split("\n")]
    telling = [line for line in lines if line and line[0] not in "#;["]
    if telling and not listing.hosts and not any(group.settings or group.children for group in listing.groups.values()):
        assert listing.mistakes or all(line.startswith(("''", '""', "'", '"', "\\")) for line in telling)
