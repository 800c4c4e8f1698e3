"""JSON texts have one form, and what has none is refused."""

import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import LedgerError
from agent.ledger import encode
from tests.ledger.samples import INSTANT, MORNING

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda within: st.lists(within) | st.dictionaries(st.text(), within),
)


@given(value=JSON)
def test_a_text_is_the_one_that_the_standard_encoder_writes(value: object) -> None:
    assert encode.canonical(value) == json.dumps(value, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize("value", [math.nan, math.inf, {1, 2}, {"deep": [b"bytes"]}, {None: 1, "a": 2}], ids=repr)
def test_what_json_has_no_word_for_is_refused_and_the_next_is_none_the_worse(value: object) -> None:
    for _ in range(2):
        with pytest.raises(LedgerError, match="cannot be kept"):
            encode.canonical(value)
    assert encode.canonical({"a": [value is None]}) == '{"a":[false]}'


@given(INSTANT, INSTANT)
def test_instants_sort_as_they_follow_each_other(one: datetime, other: datetime) -> None:
    try:
        earlier = one.astimezone(UTC) < other.astimezone(UTC)
    except OverflowError:
        return

    assert (encode.instant(one) < encode.instant(other)) == earlier


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(LedgerError, match="without a zone"):
        encode.instant(MORNING.replace(tzinfo=None))
