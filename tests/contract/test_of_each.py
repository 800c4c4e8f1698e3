"""One test of many values goes through all of them, and names each of which it does not hold."""

import pytest

from tests.parts.of_each import of_each


def test_each_value_that_fails_is_named_with_what_it_says() -> None:
    @of_each(range(4), lambda value: f"number {value}")
    def holds(value: int) -> None:
        """Hold the even ones alone."""
        assert value % 2 == 0, f"{value} is odd"

    assert (holds.__name__, holds.__doc__) == ("holds", "Hold the even ones alone.")
    with pytest.raises(AssertionError) as failed:
        holds()
    assert [line for line in str(failed.value).splitlines() if line.startswith("number")] == [
        "number 1: 1 is odd",
        "number 3: 3 is odd",
    ]


def test_a_test_of_no_value_at_all_fails() -> None:
    with pytest.raises(AssertionError):
        of_each(())(lambda value: None)()
