"""Names from outside are made harmless."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from agent.wording.inert import HIDDEN, LONGEST, inert

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@given(ANY_TEXT)
def test_nothing_hidden_and_no_line_break_is_left_of_any_name(name: str) -> None:
    shown = inert(name)
    assert not any(unicodedata.category(character) in HIDDEN for character in shown)
    assert len(shown.splitlines()) <= 1


@given(ANY_TEXT)
def test_no_name_is_longer_than_the_limit(name: str) -> None:
    assert len(inert(name)) <= LONGEST


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=LONGEST))
def test_an_honest_name_stays_as_it_is(name: str) -> None:
    assert inert(name) == name


def test_an_escape_sequence_is_written_out() -> None:
    assert inert("\x1b[31mred\nline\u202eback") == "\\x1b[31mred\\x0aline\\u{202e}back"
