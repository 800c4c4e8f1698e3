"""Ranges of names are those of Ansible, and what is none is refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.ansible.listing import MOST_HOSTS
from agent.config.ansible.names import expand


@pytest.mark.parametrize(
    ("written", "names", "port"),
    [
        ("vault", ["vault"], None),
        ("vault:2222", ["vault"], 2222),
        ("192.0.2.9:22", ["192.0.2.9"], 22),
        ("web[01:03].example", ["web01.example", "web02.example", "web03.example"], None),
        ("web[8:11]", ["web8", "web9", "web10", "web11"], None),
        ("web[:2]", ["web0", "web1", "web2"], None),
        ("web[1:9:4]:2222", ["web1", "web5", "web9"], 2222),
        ("db-[a:c]", ["db-a", "db-b", "db-c"], None),
        ("r[1:2]-[x:y]", ["r1-x", "r1-y", "r2-x", "r2-y"], None),
        ("[08:10]", ["08", "09", "10"], None),
    ],
)
def test_a_name_is_what_ansible_makes_of_it(written: str, names: list[str], port: int | None) -> None:
    assert expand(written) == (tuple(names), port)


@pytest.mark.parametrize(
    "written",
    [
        "web[1:]",
        "web[3:1]",
        "web[1:3",
        "web[1]",
        "web[01:100]",
        "web[a:3]",
        "web[1:3:0]",
        "web[1:3:x]",
        "web:0",
        "web:65536",
        "web:ssh",
        "",
        "a b",
        f"web[0:{MOST_HOSTS}]",
        "w[0:999]-[0:999]",
        "w[0:999999999]",
    ],
)
def test_what_is_no_name_is_refused_in_words(written: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|holds|means|names) "):
        expand(written)


@given(st.text(alphabet="[]:0123456789abz-.", max_size=20))
def test_any_text_gives_few_names_or_words(written: str) -> None:
    try:
        names, port = expand(written)
    except ValueError as error:
        assert str(error)
    else:
        assert 1 <= len(names) <= MOST_HOSTS
        assert port is None or 1 <= port <= 65535
