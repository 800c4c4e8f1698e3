import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hosts.ssh.patterns import matches, matches_any


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("*", "anything", True),
        ("?", "", False),
        ("?", "a", True),
        ("*.example", "vault.example", True),
        ("*.example", "example", False),
        ("192.0.2.?", "192.0.2.17", False),
        ("va*lt", "vault", True),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c-b", False),
    ],
)
def test_stars_and_question_marks_stand_for_what_ssh_config_says(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@given(st.text(alphabet="ab*?", max_size=12), st.text(alphabet="ab", max_size=12))
def test_a_pattern_matches_as_a_shells_would(pattern: str, text: str) -> None:
    assert matches(pattern, text) is fnmatch.fnmatchcase(text, pattern)


def test_no_pattern_explodes() -> None:
    assert not matches("a*" * 500 + "b", "a" * 5000)


def test_what_is_left_out_wins_wherever_it_stands() -> None:
    assert matches_any(["*", "!vault"], "other")
    assert not matches_any(["*", "!vault"], "vault")
    assert not matches_any(["!vault", "*"], "vault")
    assert not matches_any(["!other"], "vault")
