"""Rates: days met over days expected, as counts first, and never rounded up."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from agent.core.model import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The number of expected days in each state; days that are not applicable are not expected."""

    met: int = 0
    missed: int = 0
    unproven: int = 0
    accepted: int = 0

    @property
    def expected(self) -> int:
        """Return how many days were expected."""
        return self.met + self.missed + self.unproven + self.accepted

    @property
    def ratio(self) -> Fraction | None:
        """Return days met over days expected; None where nothing was expected."""
        return Fraction(self.met, self.expected) if self.expected else None

    @property
    def at_best(self) -> Fraction | None:
        """Return what the ratio would be if every unproven day had been met; None where nothing was expected."""
        return Fraction(self.met + self.unproven, self.expected) if self.expected else None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            met=self.met + other.met,
            missed=self.missed + other.missed,
            unproven=self.unproven + other.unproven,
            accepted=self.accepted + other.accepted,
        )


def tally(states: Iterable[State]) -> Tally:
    """Return how many of some days' states are of each kind."""
    listed = list(states)
    return Tally(
        met=listed.count(State.MET),
        missed=listed.count(State.MISSED),
        unproven=listed.count(State.UNPROVEN),
        accepted=listed.count(State.ACCEPTED),
    )


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies: numerators over denominators, never an average of ratios."""
    return sum(tallies, Tally())


def cut(ratio: Fraction) -> Decimal:
    """Return a ratio in percent, cut to one decimal: 2846/3000 is 94.8, never 94.9."""
    return (Decimal(ratio.numerator * 1000 // ratio.denominator) / 10).quantize(Decimal("0.1"))


def counts(tally: Tally) -> str:
    """Return a rate as it is printed first: days met over days expected."""
    return f"{tally.met}/{tally.expected}"
