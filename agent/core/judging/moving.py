"""What may change from one look to the next while a good verdict stays good: declared beside each rule. Pure.

A clock is off by another figure at each look, and the newest record is a newer one. Where a look differs from the one
before in nothing but facts that moved as their rule says here, what was good stays good, and is not judged anew. Facts
are taken as the lines in which the ledger keeps them, since most of them need not be read then.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from agent.core.look_runs import LookFace

# The canonical form of a fact; without a date it is of the moment of its look.
_LINE = re.compile(
    r'\{"as_of":(?:null|"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)"),"name":"([a-z_.]+)","subject":("[^"\\]*"),'
    r'"value":(.+)\}',
    re.DOTALL,
)
_INSTANT = re.compile(r'\{"instant":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)"\}')


class FactLine(NamedTuple):
    """A fact as it is kept: its date (None: that of its look), and its subject and value as JSON."""

    date: str | None
    name: str
    subject: str
    value: str


class MovedLook(NamedTuple):
    """The look that a fact is of now: all its facts, when it ended, and the limit of the target judged by it."""

    facts: Sequence[str]
    ended: str
    limit: timedelta


# Whether a fact moved as it may: the one before, the one now, and its look.
Movement = Callable[[FactLine, FactLine, MovedLook], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """How facts may move, by their names; none may where a look of the subject shows one of the facts `unless`."""

    facts: Mapping[str, Movement] = field(default_factory=dict)
    unless: Set[str] = frozenset()


NOTHING_MOVES = Moving()
# In the place of the date that another one became: what follows from it is not known.
LOST = ""


@lru_cache(64)  # what moved is what moves next
def fact_line(line: str) -> FactLine | None:
    """Return a kept fact; None: it has another form."""
    found = _LINE.fullmatch(line)
    return None if found is None else FactLine(*found.groups())


def moved(
    before: LookFace, last: datetime, after: LookFace, ended: datetime, moving: Moving, limit: timedelta
) -> Mapping[str, str] | None:
    """Return which dates became which, where a look differs from the one before only as `moving` says; else None.

    LOST is what a date became that is a later one no more, or several.
    `last` is when the look before ended. None as well where both show the same: there was a silence between them.
    """
    if before.look != after.look or len(before.facts) != len(after.facts):
        return None
    pairs = [pair for pair in zip(before.facts, after.facts, strict=True) if pair[0] != pair[1]]
    if not pairs:
        return None
    look, dates = MovedLook(facts=after.facts, ended=_written(ended), limit=limit), dict[str, str]()
    for old, new in pairs:
        was, now = fact_line(old), fact_line(new)
        if was is None or now is None or was.name != now.name or was.subject != now.subject:
            return None
        movement = moving.facts.get(now.name)
        dated = was if was.date else FactLine(_written(last), was.name, was.subject, was.value)
        if movement is None or not movement(dated, now, look):
            return None
        if was.date is not None and was.date != now.date:
            add_moved(dates, [_became(was.date, now.date)])
        if was.value != now.value and (before_it := _INSTANT.fullmatch(was.value)):
            after_it = _INSTANT.fullmatch(now.value)
            add_moved(dates, [_became(before_it[1], None if after_it is None else after_it[1])])
    return dates


def add_moved(dates: dict[str, str], more: Iterable[tuple[str, str]]) -> None:
    """Add dates that became others; of one that two facts had, and that became two, nothing is known any more."""
    for before, after in more:
        dates[before] = after if dates.get(before, after) == after else LOST


def _became(before: str, after: str | None) -> tuple[str, str]:
    return before, after if after is not None and before < after else LOST


def _written(instant: datetime) -> str:
    return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def told(before: FactLine, after: FactLine, look: MovedLook) -> bool:
    """Return True: the fact is told beside a verdict, and nothing is judged by it."""
    return True


def later(before: FactLine, after: FactLine, look: MovedLook) -> bool:
    """Return whether the same is known of a later instant, which does not lie ahead of the look."""
    if before.value != after.value or before.date is None:
        return False
    return before.date <= (after.date or look.ended) <= look.ended


def newer(before: FactLine, after: FactLine, look: MovedLook) -> bool:
    """Return whether the value is a later instant, which does not lie ahead of the look."""
    return reaching(before, after, look) and after.value <= f'{{"instant":"{look.ended}"}}'


def reaching(before: FactLine, after: FactLine, look: MovedLook) -> bool:
    """Return whether the value is a later instant."""
    return bool(_INSTANT.fullmatch(before.value) and _INSTANT.fullmatch(after.value)) and before.value <= after.value
