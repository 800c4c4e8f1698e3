"""Which days others attest in time: a checkpoint over the day was cosigned or stamped by the end of the next one. Pure.

What is attested later shows only that the day was not changed since then: who turns a witness off for a month and on
again has attested that month as it stands by then, not as it was.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

COSIGNATURE, TIMESTAMP = "cosignature", "timestamp"
# A day is signed when it is over, and attested within the hour; a witness may have a bad day.
IN_TIME = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedDays:
    """Some signed days (UTC) by how one witness or authority attests them: in time, later, or never."""

    in_time: tuple[date, ...] = ()
    late: tuple[date, ...] = ()
    missing: tuple[date, ...] = ()

    @property
    def count(self) -> int:
        """Return how many days there are."""
        return len(self.in_time) + len(self.late) + len(self.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedBy:
    """One witness (by its id and its verifier key) or one authority (by its address; no key), and the days."""

    source: str
    by: str
    key: str
    days: AttestedDays


def attested_days(days: Iterable[tuple[date, int]], attested: Collection[tuple[int, datetime]]) -> AttestedDays:
    """Return how days are attested.

    Each day has the index of its leaf in the log; each attested checkpoint its number of leaves, and when it was
    attested. A checkpoint covers the leaves before its size.
    """
    found: dict[str, list[date]] = {"in_time": [], "late": [], "missing": []}
    for day, index in days:
        first = min((at for size, at in attested if size > index), default=None)
        ends = datetime.combine(day, time(), UTC) + IN_TIME
        found["missing" if first is None else "in_time" if first <= ends else "late"].append(day)
    return AttestedDays(**{name: tuple(each) for name, each in found.items()})


def sources(found: Sequence[AttestedBy], source: str) -> tuple[AttestedBy, ...]:
    """Return those of one source."""
    return tuple(one for one in found if one.source == source)
