"""What is kept comes back as it was; what is not exactly that is refused, in our own words."""

import contextlib
import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.days import DayRow
from agent.accounting.timeline import Stretch
from agent.core.errors import LedgerDamaged, LedgerError
from agent.core.model import Fact, Observation, Reading, Target, Verdict
from agent.ledger import decode, encode
from agent.ledger.fields import parse
from tests.ledger.samples import DAY_ROW, INSTANT, MORNING, OBSERVATION, READING, STRETCH, TARGET, VERDICT, observation

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
DECODERS = [
    decode.fact,
    decode.fact_value,
    decode.gap,
    decode.evidence,
    lambda value: decode.reading(value, ()),
    decode.key,
    decode.about,
    decode.finding,
    decode.verdict,
    decode.stretch,
    decode.day_row,
    decode.target,
]


def there_and_back(value: object) -> object:
    return parse(encode.canonical(value))


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


@given(READING)
def test_a_reading_comes_back_as_it_was(reading: Reading) -> None:
    facts: tuple[Fact, ...] = ()
    if isinstance(reading, Observation):
        facts = tuple(decode.fact(there_and_back(encode.fact(fact))) for fact in reading.facts)

    back = decode.reading(there_and_back(encode.look(reading)), facts)

    assert back == reading
    assert [type(fact.value) for fact in facts] == [type(fact.value) for fact in getattr(reading, "facts", ())]


@given(VERDICT)
def test_a_verdict_comes_back_as_it_was(verdict: Verdict) -> None:
    assert decode.verdict(there_and_back(encode.verdict(verdict))) == verdict


@given(STRETCH)
def test_a_stretch_comes_back_as_it_was(stretch: Stretch) -> None:
    assert decode.stretch(there_and_back(encode.stretch(stretch))) == stretch


@given(DAY_ROW)
def test_a_day_comes_back_as_it_was(row: DayRow) -> None:
    assert decode.day_row(there_and_back(encode.day_row(row))) == row


@given(TARGET)
def test_a_target_comes_back_as_it_was(target: Target) -> None:
    assert decode.target(there_and_back(encode.target(target))) == target


def test_a_number_that_is_none_comes_back_as_none() -> None:
    back = decode.fact_value(there_and_back(encode.fact_value(math.nan)))

    assert isinstance(back, float)
    assert math.isnan(back)


@given(OBSERVATION)
def test_what_is_written_has_one_form_in_ascii(reading: Observation) -> None:
    text = encode.canonical([encode.fact(fact) for fact in reading.facts])

    assert text.isascii()
    assert encode.canonical(json.loads(text)) == text


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


@given(st.sampled_from(DECODERS), JSON)
def test_any_json_gives_a_value_or_a_typed_error(read: Any, value: object) -> None:
    with contextlib.suppress(LedgerDamaged):
        read(value)


@given(st.text(max_size=40))
def test_any_text_is_json_or_a_typed_error(text: str) -> None:
    with contextlib.suppress(LedgerDamaged):
        parse(text)


@given(VERDICT, st.data())
def test_a_verdict_with_a_field_missing_or_too_many_is_refused(verdict: Verdict, data: st.DataObject) -> None:
    value = encode.verdict(verdict)
    name = data.draw(st.sampled_from(sorted(value)))

    with pytest.raises(LedgerDamaged, match=f"lacks its {name}"):
        decode.verdict(there_and_back({other: value[other] for other in value if other != name}))
    with pytest.raises(LedgerDamaged, match="something unknown"):
        decode.verdict(there_and_back({**value, "more": 1}))


def test_a_long_value_is_not_repeated_whole_in_the_message() -> None:
    with pytest.raises(LedgerDamaged) as refused:
        decode.state("x" * 10_000)

    assert len(refused.value.message) < 200


def test_a_look_says_nothing_of_its_facts() -> None:
    assert "facts" not in encode.look(observation(MORNING))
