"""An instant or a date, as it was entered."""

import re

import pytest

from agent.core.duties.moments import read_when


@pytest.mark.parametrize("text", ["hier", "", "24/11/2026"])
def test_what_is_neither_an_instant_nor_a_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.compile("^is neither an instant nor a date$")):
        read_when(text)
