"""Patterns of names and paths match what a shell's would."""

import re

from hypothesis import given
from hypothesis import strategies as st

from agent.core.globs import path_expression

NAMES = st.text("ab", min_size=1, max_size=5)
PARTS = st.from_regex(r"[ab?]*(\*[ab?]+){0,3}\*?", fullmatch=True).filter(bool)


@given(st.lists(st.one_of(PARTS, st.just("**")), max_size=4), PARTS, st.lists(NAMES, min_size=1, max_size=5))
def test_a_pattern_matches_as_its_plain_form_does(parts: list[str], last: str, names: list[str]) -> None:
    """The plain form tries every place of every star."""
    signs = {"*": "[^/]*", "?": "[^/]"}
    plain = [
        "(?:[^/]+/)*" if part == "**" else "".join(signs.get(one, one) for one in part) + "/" for part in [*parts, last]
    ]
    path = "/".join(names)
    wanted = re.fullmatch("".join(plain).removesuffix("/"), path)
    assert (re.fullmatch(path_expression("/".join([*parts, last])), path) is None) == (wanted is None)
