"""Ask by how much the newest look of a name is younger than an earlier one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Connection, and_, bindparam, func, select

from agent.ledger.facts import named, of_names
from agent.ledger.fields import instant
from agent.ledger.places import LookPlace
from agent.ledger.reading_payload import Name
from agent.ledger.readings import Located, located
from agent.ledger.tables import BATCH_INSTANT, CHAIN, READING

_AT_ONCE = 400


def younger(connection: Connection, wanted: Collection[LookPlace]) -> Mapping[LookPlace, timedelta]:
    """Return, for each look, how much younger the newest one is of the same name that succeeded.

    One that was erased is left out.
    """
    batched = located(connection, [place for place in wanted if place.position])
    found, newest = dict(batched), {place: one.instant for place, one in batched.items()}
    for place, own, later in _with_rows(connection, [place for place in wanted if not place.position]):
        found[place], newest[place] = own, max(own.instant, later)
    for place, later in (*_in_rows(connection, batched), *_in_batches(connection, found)):
        newest[place] = max(newest[place], later)
    return {place: instant(newest[place]) - instant(one.instant) for place, one in found.items()}


# Of all since, not the last one: a clock that was set back dates that one before the others.
_since = (
    select(READING.c.collector, READING.c.subject, READING.c.sequence, CHAIN.c.instant)
    .join(CHAIN, CHAIN.c.sequence == READING.c.sequence)
    .where(READING.c.base.is_not(None))  # a look that saw nothing renews nothing
)
_own, _made, _other, _at = READING.alias(), CHAIN.alias(), READING.alias(), CHAIN.alias()
_NEWEST = (
    select(_own.c.sequence, _own.c.collector, _own.c.subject, _made.c.instant, func.max(_at.c.instant).label("newest"))
    .join(_made, _made.c.sequence == _own.c.sequence)
    .outerjoin(
        _other,
        and_(
            _other.c.collector == _own.c.collector,
            _other.c.subject == _own.c.subject,
            _other.c.sequence >= _own.c.sequence,
            _other.c.base.is_not(None),
        ),
    )
    .outerjoin(_at, _at.c.sequence == _other.c.sequence)
    .where(_own.c.sequence.in_(bindparam("some", expanding=True)))
    .group_by(_own.c.sequence, _own.c.collector, _own.c.subject, _made.c.instant)
)

_NO_DIPS = named(BATCH_INSTANT, select(BATCH_INSTANT).where(BATCH_INSTANT.c.is_dip.is_(False)))


def _with_rows(connection: Connection, wanted: Collection[LookPlace]) -> Iterator[tuple[LookPlace, Located, str]]:
    """Yield looks that have rows of their own, each with the latest instant of those since that have, too."""
    ordered = sorted(place.sequence for place in wanted)
    for first in range(0, len(ordered), _AT_ONCE):
        for row in connection.execute(_NEWEST, {"some": ordered[first : first + _AT_ONCE]}):
            own = Located(name=(row.collector, row.subject), instant=row.instant)
            yield LookPlace(row.sequence), own, row.newest or row.instant


def _in_rows(connection: Connection, batched: Mapping[LookPlace, Located]) -> Iterator[tuple[LookPlace, str]]:
    """Yield, of each look in a batch, the instants of the readings since that have a row of their own."""
    ordered = sorted(batched)
    for first in range(0, len(ordered), _AT_ONCE):
        part = ordered[first : first + _AT_ONCE]
        # The oldest of them are together in one part: few of a name's rows are read in vain.
        query = named(READING, _since.where(READING.c.sequence > part[0].sequence))
        names = _by_name(batched, part)
        for row in of_names(connection, query, names):
            for place in names[row.collector, row.subject]:
                if place.sequence < row.sequence:
                    yield place, row.instant


def _in_batches(connection: Connection, found: Mapping[LookPlace, Located]) -> Iterator[tuple[LookPlace, str]]:
    """Yield, of each look, the instants of those since in batches that no later one reaches."""
    names = _by_name(found, list(found))
    for row in of_names(connection, _NO_DIPS, names):
        for place in names[row.collector, row.subject]:
            if place.sequence <= row.sequence:
                yield place, row.instant


def _by_name(found: Mapping[LookPlace, Located], places: Sequence[LookPlace]) -> Mapping[Name, Sequence[LookPlace]]:
    names: dict[Name, list[LookPlace]] = {}
    for place in places:
        names.setdefault(found[place].name, []).append(place)
    return names
