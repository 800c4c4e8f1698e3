"""Read the looks of some rows, each as what it showed: of a batch, only what differs is made whole."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection, select

from agent.core.look_runs import FacedLook, LookFace, date_of, undated
from agent.ledger import batch, encode
from agent.ledger.batch import BatchedLook, LookFields, WholeLook, looks_of
from agent.ledger.batch_reads import rows_of
from agent.ledger.fields import instant, refuse
from agent.ledger.look_rows import origins_of
from agent.ledger.reading_payload import Name
from agent.ledger.readings import made_whole
from agent.ledger.rows import appended
from agent.ledger.tables import BATCH_DAY, CHAIN, PAYLOAD, READING

# Which facts and gaps of a look are someone's, of a name: a part of its canonical lines, and of its look.
PartOf = Callable[[Name, LookFields, Sequence[str]], tuple[LookFields, tuple[str, ...]]]
# What is told of a command beside what it put out.
_TOLD = ("command", "status", "tool_version")
_MICROSECOND = timedelta(microseconds=1)


def places_in(connection: Connection, since: int, through: int) -> "LookPlaces":
    """Return where the looks of the rows after one up to another are, but for erased ones. Raises LedgerDamaged."""
    places: dict[Name, list[_Place]] = {}
    for name, place in _places(connection, since, through):
        places.setdefault(name, []).append(place)
    return places


def looks_in(
    connection: Connection, names: Collection[Name], places: "LookPlaces", part_of: PartOf
) -> Mapping[Name, Sequence[FacedLook]]:
    """Return the looks of some names at these places, in their order. Raises LedgerDamaged."""
    return {
        name: tuple(_faced(connection, name, sorted(places[name], key=lambda one: one.order), part_of))
        for name in sorted(names)
        if name in places
    }


def last_looks(
    connection: Connection, names: Collection[Name], until: int, day: str, part_of: PartOf
) -> Mapping[Name, FacedLook]:
    """Return the newest look that succeeded of each of some names up to a row, the last one before the UTC day `day`.

    Raises LedgerDamaged.
    """
    found: dict[Name, FacedLook] = {}
    for name in names:
        place = _last_place(connection, name, until, day)
        if place is not None:
            for look in _faced(connection, name, [place], part_of):
                found[name] = look
    return found


def _last_place(connection: Connection, name: Name, until: int, day: str) -> "_Place | None":
    own = (READING.c.collector == name[0], READING.c.subject == name[1], READING.c.base.is_not(None))
    rows = select(READING.c.sequence).where(*own, READING.c.sequence <= until)
    sequence = connection.execute(rows.order_by(READING.c.sequence.desc()).limit(1)).scalar()
    days = select(BATCH_DAY.c.last).where(BATCH_DAY.c.collector == name[0], BATCH_DAY.c.subject == name[1])
    batched = connection.execute(days.where(BATCH_DAY.c.day < day).order_by(BATCH_DAY.c.day.desc()).limit(1)).scalar()
    if batched is not None and batched > (sequence or 0):
        origins = {one for one, base in _bases(connection, name).items() if base is not None}
        for row in rows_of(connection, [batched]):
            for position, look in enumerate(looks_of(row), start=1):
                if look.origin in origins:
                    order = (batched, position)
                    return _Place(order=order, origin=look.origin, instant=row.row.instant, look=look)
    return None if sequence is None else _Place(order=(sequence, 0), origin=sequence)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    order: tuple[int, int]
    origin: int
    instant: str = ""
    look: BatchedLook | None = None


LookPlaces = Mapping[Name, Sequence[_Place]]


def _places(connection: Connection, since: int, through: int) -> Iterator[tuple[Name, _Place]]:
    for row in connection.execute(select(READING).where(READING.c.sequence > since, READING.c.sequence <= through)):
        yield (row.collector, row.subject), _Place(order=(row.sequence, 0), origin=row.sequence)
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .where(CHAIN.c.kind == batch.KIND, CHAIN.c.sequence > since, CHAIN.c.sequence <= through)
    )
    batches = [(row.sequence, row.instant, looks_of(appended(row))) for row in connection.execute(query)]
    origins = origins_of(connection, {look.origin for _, _, looks in batches for look in looks})
    for sequence, at, looks in batches:
        for position, look in enumerate(looks, start=1):
            if look.origin in origins:
                place = _Place(order=(sequence, position), origin=look.origin, instant=at, look=look)
                yield origins[look.origin].name, place


@dataclass(slots=True)
class _Origin:
    """A reading with a row of its own: whole, its part, and the dates within its own time."""

    whole: WholeLook
    face: LookFace
    own_dates: frozenset[str] = field(default=frozenset())


def _faced(connection: Connection, name: Name, places: Sequence[_Place], part_of: PartOf) -> Iterator[FacedLook]:
    wanted = {one.origin for one in places}
    bases = _bases(connection, name)
    wholes = made_whole(connection, name, bases, wanted & bases.keys())
    origins: dict[int, _Origin] = {}
    for one in places:
        if one.origin not in wholes:
            continue
        origin = origins.get(one.origin)
        if origin is None:
            origin = origins[one.origin] = _origin(name, wholes[one.origin], part_of)
        if one.look is None:
            yield _look(origin.whole.look, origin.face)
            continue
        look = one.look.look(origin.whole.look, one.instant)
        face = origin.face if _shows_the_same(one.look, origin) else None
        yield _look(
            look, face or _face(name, look, one.look.lines(origin.whole.look, look, origin.whole.lines), part_of)
        )


def _bases(connection: Connection, name: Name) -> dict[int, int | None]:
    own = select(READING).where(READING.c.collector == name[0], READING.c.subject == name[1])
    return {row.sequence: row.base for row in connection.execute(own)}


def _origin(name: Name, whole: WholeLook, part_of: PartOf) -> _Origin:
    begun, ended = str(whole.look["begun"]), str(whole.look["ended"])
    own = frozenset(date for line in whole.lines if begun <= (date := date_of(line)) <= ended)
    return _Origin(whole=whole, face=_face(name, whole.look, whole.lines, part_of), own_dates=own)


def _shows_the_same(look: BatchedLook, origin: _Origin) -> bool:
    """Return True where a look of a batch surely showed what its origin did, but for the date of the look itself."""
    if look.removed or look.added:
        return False
    if look.dates is None:
        return not origin.own_dates
    old, new = look.dates
    ended = instant(origin.whole.look["ended"])
    moved = encode.instant(ended + old * _MICROSECOND)
    return origin.own_dates == {moved} and -look.took <= new <= 0


def _face(name: Name, look: LookFields, lines: Sequence[str], part_of: PartOf) -> LookFace:
    own, facts = part_of(name, look, lines)
    begun, ended = str(look["begun"]), str(look["ended"])
    told = {field: own[field] for field in ("outcome", "host", "gaps", "reason", "detail") if field in own}
    told["evidence"] = [{field: one[field] for field in _TOLD} for one in _commands(own)]
    return LookFace(look=encode.canonical(told), facts=tuple(undated(line, begun, ended) for line in facts))


def _commands(look: LookFields) -> Sequence[Mapping[str, object]]:
    commands = look.get("evidence")
    return commands if isinstance(commands, list) else refuse("list of commands", commands)


def _look(look: LookFields, face: LookFace) -> FacedLook:
    outputs = tuple(str(one["output_sha256"]) for one in _commands(look))
    return FacedLook(ended=instant(look["ended"]), face=face, outputs=outputs)
