"""Types that facts may hold: frozen dataclasses, each under a word of its own."""

from dataclasses import dataclass

import pytest

from agent.core.points import Point
from agent.core.registered import REGISTERED, registered


def test_a_registered_type_is_found_by_its_word() -> None:
    assert REGISTERED["point"] is Point


def test_what_can_be_changed_is_refused() -> None:
    with pytest.raises(TypeError, match="no frozen dataclass"):

        @registered("tests.loose")
        @dataclass
        class Loose:
            one: int

    assert "tests.loose" not in REGISTERED


def test_a_word_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="is the word of agent"):

        @registered("point")
        @dataclass(frozen=True)
        class Other:
            one: int

    assert REGISTERED["point"] is Point
