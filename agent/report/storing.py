"""Which retention and which places of copies were in force on each day of a quarter, by the loads that were kept."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from agent.accounting.storing import StoringTerms
from agent.core.period import day_of
from agent.ledger.ledger import Load
from agent.report.figures import InForce

T = TypeVar("T")


def storing_on(day: date, loads: Sequence[Load]) -> tuple[StoringTerms, ...] | None:
    """Return what ruled a day: the last load up to its end, before the first one the first; None: it was not kept.

    A load kept before these terms were is the next one's equal where both are of the same file.
    """
    ruling = [number for number, load in enumerate(loads) if day_of(load.acts_from) <= day]
    place = ruling[-1] if ruling else 0
    for load in loads[place:]:
        if load.digest != loads[place].digest:
            return None
        if load.storing is not None:
            return load.storing
    return None


def in_force(
    days: Sequence[date], loads: Sequence[Load], of: Callable[[tuple[StoringTerms, ...]], T | None], today: T
) -> Iterator[InForce[T]]:
    """Yield each value that was in force on some days, from its first one on; `today`: where the ledger lacks it.

    `of` returns the value in the terms of a load, None: they have none. Days without one are left out where others
    have one.
    """
    said = [(day, terms) for day in days if (terms := storing_on(day, loads)) is not None]
    found = [(day, value) for day, terms in said if (value := of(terms)) is not None]
    if not found:
        yield InForce(since=days[0], value=today, recorded=False)
        return
    before: T | None = None
    for day, value in found:
        if value != before:
            before = value
            yield InForce(since=day, value=value, since_recorded=day == said[0][0] != days[0])
