"""Verify values that are renewed without a row (how long a verdict stands) against the chain.

Blind:  to a value that was shortened: it only makes a state unproven earlier.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, select

from agent.accounting.timeline import CLOCK_TOLERANCE
from agent.core.model import Key, State
from agent.ledger import chained, loads, verdicts
from agent.ledger.fields import day, instant, optional
from agent.ledger.tables import KEY, LINE, STANDING

# No evidence of any target stands longer (agent.core.convention, agent.core.places).
_LONGEST = timedelta(days=366)
_DAY = timedelta(days=1)


def outliving(connection: Connection) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what stands longer than any program could have made it, and what stands longer than the chain shows.

    Programs before this one renewed without a row what this one gives a row, such as a duty entered twice a day. Until
    the next judgement that cannot be told from a value that was written by hand: it is not believed, and a doubt.
    """
    limits, ages = chained.limits(connection), _ages(connection)
    damage: list[str] = []
    doubts: list[str] = []
    for key, judged, state, stands_until, limit in _renewed(connection, limits):
        end = chained.NO_END if stands_until is None else stands_until
        if state is State.UNPROVEN or end <= limit:
            continue
        told = "without end" if stands_until is None else f"until {stands_until:%Y-%m-%d %H:%M} UTC"
        said = f"the verdict on {key.target} of {key.subject} stands {told}, the chain shows {limit:%Y-%m-%d %H:%M} UTC"
        age = ages.get(key.target, _LONGEST) if state is State.MET else _LONGEST
        (damage if end > judged + _DAY + age + CLOCK_TOLERANCE else doubts).append(said)
    return tuple(damage), tuple(doubts)


def _renewed(
    connection: Connection, limits: Mapping[Key, chained.Limit]
) -> Iterator[tuple[Key, datetime, State, datetime | None, datetime]]:
    same = [STANDING.c[name] == LINE.c[name] for name in KEY]
    query = select(STANDING, LINE.c.stands_until, LINE.c.last_state).outerjoin(LINE, and_(*same))
    for row in connection.execute(query):
        key = Key(target=row.target, subject=row.subject, beneficiary=row.beneficiary)
        limit, verdict = limits.get(key, chained.Limit()), verdicts.decoded(row.verdict)
        judged = datetime.combine(day(row.day), datetime.min.time(), verdict.at.tzinfo)
        yield key, judged, verdict.measured, verdict.stands_until, limit.verdict
        if row.last_state is not None:
            yield key, judged, State(row.last_state), optional(instant)(row.stands_until), limit.line


def _ages(connection: Connection) -> Mapping[str, timedelta]:
    """Return how old the evidence of each target may be, by the most generous load of the configuration."""
    ages: dict[str, timedelta] = {}
    for load in loads.read(connection):
        for id, target in load.targets.items():
            ages[id] = max(target.evidence_age, ages.get(id, timedelta(0)))
    return ages
