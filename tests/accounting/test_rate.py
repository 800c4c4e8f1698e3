"""Rates: counts first, cut and never rounded up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.rate import Tally, counts, cut, tally, total
from agent.core.model import State
from tests.accounting.document import table

COLUMNS = ("met", "missed", "unproven", "accepted", "expected", "rate", "at best")
STATES = st.lists(st.sampled_from(list(State)))


@pytest.mark.parametrize("row", table(*COLUMNS), ids=lambda row: row["rate"])
def test_the_documents_rates_are_what_is_computed(row: dict[str, str]) -> None:
    counted = Tally(**{name: int(row[name]) for name in COLUMNS[:4]})
    assert counted.ratio is not None
    assert counted.at_best is not None
    assert counted.expected == int(row["expected"])
    assert (cut(counted.ratio), cut(counted.at_best)) == (Decimal(row["rate"]), Decimal(row["at best"]))


def test_just_under_is_not_rounded_up() -> None:
    assert cut(Fraction(9496, 10000)) == Decimal("94.9")
    assert cut(Fraction(9999999, 10000000)) == Decimal("99.9")
    assert str(cut(Fraction(1))) == "100.0"


def test_no_expected_day_has_no_rate() -> None:
    assert tally([State.NOT_APPLICABLE]).ratio is None
    assert tally([]).at_best is None


def test_a_rate_is_printed_as_counts() -> None:
    assert counts(Tally(met=85, missed=2, unproven=5)) == "85/92"


@given(states=STATES)
def test_every_expected_day_is_counted_once(states: list[State]) -> None:
    counted = tally(states)
    assert counted.met + counted.missed + counted.unproven + counted.accepted == counted.expected
    assert counted.expected == len(states) - states.count(State.NOT_APPLICABLE)


@given(parts=st.lists(STATES, max_size=5))
def test_sums_are_those_of_all_days_together(parts: list[list[State]]) -> None:
    assert total(tally(part) for part in parts) == tally(state for part in parts for state in part)


@given(states=STATES.filter(bool))
def test_a_rate_never_exceeds_its_best_case_nor_its_exact_value(states: list[State]) -> None:
    counted = tally(states)
    if counted.ratio is not None and counted.at_best is not None:
        assert 0 <= counted.ratio <= counted.at_best <= 1
        assert 0 <= counted.ratio * 100 - Fraction(cut(counted.ratio)) < Fraction(1, 10)
