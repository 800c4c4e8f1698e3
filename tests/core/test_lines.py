from hypothesis import given
from hypothesis import strategies as st

from agent.core.lines import last_line, one_line


@given(st.binary() | st.text())
def test_any_words_become_one_harmless_line(said: bytes | str) -> None:
    line = one_line(said, 50)
    assert len(line) <= 50
    assert line.isprintable()


@given(st.binary())
def test_the_last_line_of_anything_is_one_harmless_line(said: bytes) -> None:
    assert last_line(said).isprintable()


def test_the_last_line_that_says_something_is_taken() -> None:
    assert last_line(b"first\nsecond \x1b[31mred\n\n \n") == "second [31mred"
    assert last_line(b"") == ""


def test_a_long_line_says_that_it_was_cut() -> None:
    assert one_line("x" * 1000, 10) == "xxxxxxxxx…"
