"""What is derived from a type's fields: there and back, and nothing else is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

import pytest

from agent.core.errors import LedgerDamaged, LedgerError
from agent.core.model import Fact, FactValue
from agent.core.registered import registered
from agent.ledger.codec import codec
from agent.ledger.encode import canonical
from agent.ledger.fields import parse
from agent.ledger.kept_types import FACT

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


class Colour(Enum):
    """A word of a few."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Wheel:
    """A part of another value."""

    spokes: int
    worn: bool = False


@registered("tests.vehicle")
@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A value with a field of each kind."""

    name: str
    colour: Colour
    wheels: tuple[Wheel, ...]
    seen: tuple[datetime, datetime]
    ways: frozenset[frozenset[str]]
    speeds: Mapping[str, float]
    idle: timedelta | None = None
    bought: date | None = None


VEHICLE = Vehicle(
    name="van",
    colour=Colour.BLUE,
    wheels=(Wheel(30), Wheel(28, worn=True)),
    seen=(NOON, NOON + timedelta(hours=1)),
    ways=frozenset({frozenset({"key", "code"}), frozenset()}),
    speeds={"first": 12.5, "none": float("inf")},
    idle=timedelta(minutes=3),
    bought=date(2024, 2, 29),
)


@dataclass(frozen=True)
class Unknown:
    """A type that no word names."""

    one: int


def there_and_back(value: FactValue) -> FactValue:
    fact = Fact(name="seen", subject="srv-1", value=value, as_of=NOON)
    return FACT.decode(parse(canonical(FACT.encode(fact)))).value


def test_a_registered_value_comes_back_as_it_was() -> None:
    assert there_and_back(VEHICLE) == VEHICLE


def test_the_ledger_names_the_type_of_a_registered_value() -> None:
    kept: dict[str, Any] = codec(FactValue).encode(VEHICLE)

    assert list(kept) == ["tests.vehicle"]
    assert kept["tests.vehicle"]["ways"] == [[], ["code", "key"]]
    assert kept["tests.vehicle"]["wheels"] == [{"spokes": 30, "worn": False}, {"spokes": 28, "worn": True}]


def test_a_field_that_came_later_may_be_missing_in_a_row() -> None:
    kept = codec(FactValue).encode(VEHICLE)
    del kept["tests.vehicle"]["idle"]

    assert codec(FactValue).decode(kept) == Vehicle(
        **{name: getattr(VEHICLE, name) for name in Vehicle.__dataclass_fields__ if name != "idle"}
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("colour", "green"), ("wheels", {}), ("seen", ["2026-11-30T12:00:00Z"]), ("speeds", []), ("name", 1)],
)
def test_a_field_that_is_not_what_it_should_be_is_refused(name: str, value: object) -> None:
    kept = codec(FactValue).encode(VEHICLE)
    kept["tests.vehicle"][name] = value

    with pytest.raises(LedgerDamaged, match="is not one"):
        codec(FactValue).decode(kept)


def test_a_field_that_is_missing_or_unknown_is_refused() -> None:
    kept = codec(FactValue).encode(VEHICLE)
    with pytest.raises(LedgerDamaged, match="something unknown: 'doors'"):
        codec(FactValue).decode({"tests.vehicle": {**kept["tests.vehicle"], "doors": 2}})
    del kept["tests.vehicle"]["name"]
    with pytest.raises(LedgerDamaged, match="a kept vehicle lacks its name"):
        codec(FactValue).decode(kept)


def test_a_value_of_a_later_version_is_refused_in_one_line() -> None:
    with pytest.raises(LedgerDamaged, match="a kept value is not one"):
        codec(FactValue).decode({"of.tomorrow": {"one": 1}})


def test_a_type_without_a_word_is_not_kept() -> None:
    with pytest.raises(LedgerError, match="Unknown is not registered"):
        there_and_back(Unknown(1))


def test_a_type_that_json_cannot_say_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="cannot be kept"):
        codec(bytes)
