"""How far a machine's clock is from reference time, by each way of telling: pure, for the collector and the rule.

The facts, subject `host/source`: `clock.offset` (seconds, positive where the machine is ahead) and `clock.within`
(seconds: the true offset lies no further from it). `clock.apart` and `clock.apart.within`, subject the host: how far it
is from the agent's own clock, where nothing shows that one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.core.model import Fact, Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """A clock's offset by one way of telling, in seconds, and how far the true one may be from it."""

    source: str
    offset: float
    within: float

    @property
    def least(self) -> float:
        """Return how far off the clock is at the least."""
        return max(0.0, abs(self.offset) - self.within)

    @property
    def most(self) -> float:
        """Return how far off the clock is at the most."""
        return abs(self.offset) + self.within


def facts_of(told: Reckoning, host: str, now: datetime) -> Iterator[Fact]:
    """Yield the facts that hold one reckoning."""
    subject = f"{host}/{told.source}"
    yield Fact(name="clock.offset", subject=subject, value=told.offset, as_of=now)
    yield Fact(name="clock.within", subject=subject, value=told.within, as_of=now)


def reckonings_in(seen: Observation) -> tuple[Reckoning, ...]:
    """Return the reckonings that a look's facts hold, in the order in which they were made."""
    within = {fact.subject: fact.value for fact in seen.named("clock.within")}
    made = []
    for fact in seen.named("clock.offset"):
        bound = within.get(fact.subject)
        if isinstance(fact.value, float) and isinstance(bound, float):
            made.append(Reckoning(source=fact.subject.rpartition("/")[2], offset=fact.value, within=bound))
    return tuple(made)
