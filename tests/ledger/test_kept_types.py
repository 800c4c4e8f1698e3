"""What is kept comes back as it was; what is not exactly that is refused, in our own words."""

import contextlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.days import DayRow
from agent.accounting.timeline import TimelineUpdate
from agent.core.errors import LedgerDamaged
from agent.core.model import Detail, Fact, FactValue, Observation, Reading, Target, Verdict
from agent.ledger import encode
from agent.ledger.codec import codec
from agent.ledger.fields import parse
from agent.ledger.kept_types import DAY_ROW as DAY_ROW_CODEC
from agent.ledger.kept_types import EVIDENCE, FACT, FINDING, GAP, KEY, LOOK, STATE, with_facts
from agent.ledger.kept_types import STRETCH as STRETCH_CODEC
from agent.ledger.kept_types import TARGET as TARGET_CODEC
from agent.ledger.kept_types import VERDICT as VERDICT_CODEC
from tests.ledger.samples import DAY_ROW, MORNING, OBSERVATION, READING, STRETCH, TARGET, VERDICT, observation

VALUE = codec(FactValue)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
DECODERS = [
    FACT.decode,
    VALUE.decode,
    GAP.decode,
    EVIDENCE.decode,
    LOOK.decode,
    KEY.decode,
    codec(Detail).decode,
    FINDING.decode,
    VERDICT_CODEC.decode,
    STRETCH_CODEC.decode,
    DAY_ROW_CODEC.decode,
    TARGET_CODEC.decode,
]


def there_and_back(value: object) -> object:
    return parse(encode.canonical(value))


@given(READING)
def test_a_reading_comes_back_as_it_was(reading: Reading) -> None:
    facts: tuple[Fact, ...] = ()
    if isinstance(reading, Observation):
        facts = tuple(FACT.decode(there_and_back(FACT.encode(fact))) for fact in reading.facts)

    back = with_facts(LOOK.decode(there_and_back(LOOK.encode(reading))), facts)

    assert back == reading
    assert [type(fact.value) for fact in facts] == [type(fact.value) for fact in getattr(reading, "facts", ())]


@given(VERDICT)
def test_a_verdict_comes_back_as_it_was(verdict: Verdict) -> None:
    assert VERDICT_CODEC.decode(there_and_back(VERDICT_CODEC.encode(verdict))) == verdict


@given(STRETCH)
def test_a_stretch_comes_back_as_it_was(stretch: TimelineUpdate) -> None:
    assert STRETCH_CODEC.decode(there_and_back(STRETCH_CODEC.encode(stretch))) == stretch


@given(DAY_ROW)
def test_a_day_comes_back_as_it_was(row: DayRow) -> None:
    assert DAY_ROW_CODEC.decode(there_and_back(DAY_ROW_CODEC.encode(row))) == row


@given(TARGET)
def test_a_target_comes_back_as_it_was(target: Target) -> None:
    assert TARGET_CODEC.decode(there_and_back(TARGET_CODEC.encode(target))) == target


def test_a_number_that_is_none_comes_back_as_none() -> None:
    back = VALUE.decode(there_and_back(VALUE.encode(math.nan)))

    assert isinstance(back, float)
    assert math.isnan(back)


@given(OBSERVATION)
def test_what_is_written_has_one_form_in_ascii(reading: Observation) -> None:
    text = encode.canonical([FACT.encode(fact) for fact in reading.facts])

    assert text.isascii()
    assert encode.canonical(json.loads(text)) == text


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
    value = VERDICT_CODEC.encode(verdict)
    name = data.draw(st.sampled_from(sorted(value)))

    with pytest.raises(LedgerDamaged, match=f"lacks its {name}"):
        VERDICT_CODEC.decode(there_and_back({other: value[other] for other in value if other != name}))
    with pytest.raises(LedgerDamaged, match="something unknown"):
        VERDICT_CODEC.decode(there_and_back({**value, "more": 1}))


def test_a_long_value_is_not_repeated_whole_in_the_message() -> None:
    with pytest.raises(LedgerDamaged) as refused:
        STATE.decode("x" * 10_000)

    assert len(refused.value.message) < 200


def test_a_look_says_nothing_of_its_facts() -> None:
    assert "facts" not in LOOK.encode(observation(MORNING))
