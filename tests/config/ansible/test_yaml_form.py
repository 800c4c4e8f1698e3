"""The YAML form: every key is understood, or told; no host is lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.ansible.listing import InventoryListing
from agent.config.ansible.yaml_form import read_yaml
from tests.config.ansible.written import hosts, refused

FLAT = "all:\n  hosts:\n    a:\n"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("all:\n  host:\n    a:\n", 'hosts.yml:2: all: holds "host", which is not read'),
        ("all:\n  hosts: [a]\n", "hosts.yml:2: all: is not a table"),
        ("all:\n  hosts: a\n", "hosts.yml:2: all: is not a table"),
        ("- a\n", "hosts.yml:1: file: is not a table"),
        (f"{FLAT}    a:\n", 'hosts.yml:4: all: holds "a" twice, first on line 3'),
        (f"{FLAT}    b[1:x]:\n", 'hosts.yml:4: host: "b[1:x]" holds "[1:x]"'),
        (f"{FLAT}    b: c\n", "hosts.yml:4: vars: is not a table"),
        (f"{FLAT}    ? [b]\n    : c\n", "hosts.yml:4: all: has a key that is no plain name"),
        (f"{FLAT}  vars: &v {{x: 1}}\n  children: {{g: {{vars: *v}}}}\n", "hosts.yml:5: file: holds an alias"),
        (f"{FLAT}  vars: {{<<: {{x: 1}}}}\n", "hosts.yml:4: vars: has a key that is no plain name"),
        ("plugin: aws_ec2\n", "hosts.yml:1: plugin: asks another program for the hosts"),
        ("all:\n\thosts:\n", "hosts.yml:2: file: is not YAML that can be read"),
        ("all: {hosts: {a: }}\n---\nall: {}\n", "hosts.yml:2: file: is not YAML that can be read"),
        ("", "hosts.yml:1: file: lists no host"),
        ("all:\n  hosts:\n", "hosts.yml:1: file: lists no host"),
        ("[" * 5000, "hosts.yml:1: file: "),
    ],
)
def test_what_is_not_understood_is_told_with_its_line(tmp_path: Path, text: str, mistake: str) -> None:
    first = refused(tmp_path, text, name="hosts.yml")[0]
    assert first.startswith(mistake)


def test_what_ansible_writes_as_json_is_read_as_the_yaml_that_it_is(tmp_path: Path) -> None:
    text = '{"all": {"children": {"g": {"hosts": {"a": {"ansible_port": 2222}}}}}}'
    (host,) = hosts(tmp_path, text, name="hosts.json").values()
    assert (host.id, host.port) == ("a", 2222)


def test_what_is_no_text_where_an_address_should_stand_is_a_mistake(tmp_path: Path) -> None:
    (mistake,) = refused(tmp_path, "all: {hosts: {a: {ansible_host: [b]}}}\n", name="hosts.yml")
    assert mistake.startswith("hosts.yml:1: ansible_host: is encrypted, or no text")


def test_a_bomb_of_aliases_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    bomb = "a: &a {x: y}\n" + "".join(
        f"{two}: &{two} {{1: *{one}, 2: *{one}}}\n" for one, two in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert refused(tmp_path, bomb, name="hosts.yml")[0].startswith("hosts.yml:2: file: holds an alias")


@given(st.text(alphabet="&*!?[]{}:,- \nabhostsvarchildren1|'\"", max_size=80))
def test_any_text_gives_hosts_or_mistakes_and_no_traceback(text: str) -> None:
    listing = InventoryListing(file="hosts.yml")
    read_yaml(text, listing)
    assert all(mistake.spot is not None for mistake in listing.mistakes)
