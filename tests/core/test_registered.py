"""Types that facts may hold: frozen dataclasses, each under a word of its own."""

import subprocess
import sys
from dataclasses import dataclass

import pytest

from agent.core.points import Point
from agent.core.registered import REGISTERED, registered
from tests.parts.checkout import HOME


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


@pytest.mark.programs
def test_rows_are_read_without_loading_a_collector() -> None:
    source = """
from agent.core.registered import REGISTERED
import agent.ledger.kept_types
from agent.config.schedule_keys import schedule_keys
from agent.evaluation.registry import find
schedule_keys()
known = set(REGISTERED)
find()
print(sorted(set(REGISTERED) - known))
"""
    done = subprocess.run(
        [sys.executable, "-P", "-c", source], env={"PYTHONPATH": str(HOME)}, capture_output=True, check=True, timeout=60
    )
    assert done.stdout.decode().strip() == "[]"
