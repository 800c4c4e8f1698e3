"""Keep what was seen of each beneficiary as rows of its own, once a day: what its days rest on.

A look may show things of several beneficiaries: of a repository or a log place that they share, each is shown its own
points and sources. Looks at accounts, samples (which name files) and the agent's ways out are left out.
"""

import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from agent.core.duties.expected import expected
from agent.core.errors import LedgerDamaged
from agent.core.judging.check import Question
from agent.core.look_runs import FacedLook
from agent.core.period import Quarter
from agent.evaluation.session import Session
from agent.evaluation.shown_names import DERIVED, looks_of_one
from agent.ledger import encode, seen
from agent.ledger.append import Writer
from agent.ledger.batch import LookFields
from agent.ledger.fields import parse
from agent.ledger.kept_runs import SeenBook
from agent.ledger.looks_kept import LookPlaces, PartOf, last_looks, looks_in, places_in
from agent.ledger.reading_payload import Name
from agent.ledger.seen_items import SEEN_ITEMS, SeenItems, items_of
from agent.ledger.tables import CHAIN

log = logging.getLogger("beffroi.evaluate")

_POINTS = frozenset({"backup.point", "backup.point.gone"})
_STRANGER = "log.stranger"
# A row that needs none before it tells of the days before once more, so that no evidence of that time is lacking.
_TOLD_AGAIN = timedelta(days=2)
_DAY = len("2026-11-24")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLooks:
    """What one beneficiary is shown: the looks of which names, and what is declared of it."""

    names: Set[Name]
    items: SeenItems


def keep_shown(session: Session, now: datetime) -> None:
    """Append what was seen of each beneficiary since the last UTC day on which that was done. Raises LedgerError.

    Damage costs that row alone, never the signature of the day: the next one tells of the same looks.
    """
    ledger, day = session.ledger, encode.instant(now)[:_DAY]
    if ledger is None or ledger.seen_on >= day or not ledger.ask(lambda connection: _has_earlier(connection, day)):
        return
    newest = ledger.ask(seen.newest)
    if newest is not None and newest.instant[:_DAY] >= day:
        ledger.seen_on = day
        return
    inventory = session.configuration.inventory
    shown = {
        beneficiary: OwnLooks(names=names, items=items_of(inventory, session.targets, beneficiary))
        for beneficiary, names in _names_of(session, now).items()
    }
    try:
        ledger.keep_seen(day, lambda writer: _keep(writer, shown, day))
    except LedgerDamaged as error:
        ledger.seen_on = day
        log.error("what was seen is not kept today: %s", error.message)


def _has_earlier(connection: Connection, day: str) -> bool:
    """Return whether there is a row of a day before one."""
    first = connection.execute(select(CHAIN.c.instant).order_by(CHAIN.c.sequence).limit(1)).scalar()
    return first is not None and first[:_DAY] < day


def _names_of(session: Session, now: datetime) -> Mapping[str, set[Name]]:
    found: dict[str, set[Name]] = {}
    inventory = session.configuration.inventory
    # What was retired by today was looked at up to its last day, which this row tells of.
    for one in expected(inventory, session.configuration.convention.starts):
        check = session.registry.checks.get(one.key.target)
        if one.key.target not in DERIVED or check is None:
            continue
        target = session.configuration.targets[one.key.target]
        question = Question(item=one.item, inventory=inventory, target=target, now=now, first_seen=now)
        found.setdefault(one.key.beneficiary, set()).update(looks_of_one(check, question))
    return found


def _keep(writer: Writer, shown: Mapping[str, OwnLooks], day: str) -> None:
    connection, through = writer.connection, writer.before
    # Of many beneficiaries, each row is read once.
    places: dict[int, LookPlaces] = {}
    for beneficiary, own in sorted(shown.items()):
        newest = seen.newest(connection, beneficiary)
        if newest is not None and newest.instant[:_DAY] >= day:
            continue
        book = (
            None
            if newest is None or _quarter_of(newest.instant) != _quarter_of(day)
            else _book(connection, beneficiary)
        )
        part, since = part_of(own.items), 0 if newest is None else newest.through
        if book is None or newest is None:
            begins = (datetime.fromisoformat(day) - _TOLD_AGAIN).date().isoformat()
            if newest is not None:  # after a silence over the quarter's end, what no row has told of yet
                begins = min(begins, newest.instant[:_DAY])
            first = _row_before(connection, begins)
            looks: dict[Name, list[FacedLook]] = {
                name: [look] for name, look in last_looks(connection, own.names, first, begins, part).items()
            }
            begins = f"{begins}T00:00:00.000000Z"
        else:
            looks, first, begins = {}, newest.through, newest.instant
        if first not in places:
            places[first] = places_in(connection, first, through)
        for name, found in looks_in(connection, own.names, places[first], part).items():
            looks.setdefault(name, []).extend(found)
        seen.keep(
            writer,
            beneficiary,
            book,
            SEEN_ITEMS.encode(own.items),
            looks,
            since=since,
            through=through,
            begins=begins,
        )


def _quarter_of(day: str) -> Quarter:
    """Return the quarter of a UTC day."""
    return Quarter.of(date.fromisoformat(day[:_DAY]))


def _book(connection: Connection, beneficiary: str) -> SeenBook | None:
    """Return what the rows before say; None where they cannot be read, so that the next one says all of it."""
    try:
        return seen.book_of(connection, beneficiary)
    except LedgerDamaged as error:
        log.warning("what was seen of %s is kept whole again: %s", beneficiary, error.message)
        return None


def _row_before(connection: Connection, day: str) -> int:
    """Return the last row before a UTC day."""
    query = select(func.max(CHAIN.c.sequence)).where(CHAIN.c.instant < day)
    return connection.execute(query).scalar() or 0


def part_of(items: SeenItems) -> PartOf:
    """Return what takes a beneficiary's part out of a look: its own points of a repository, its sources of a place."""
    machines = {copy.subject: one.snapshot_host for one in items.backups for copy in one.copies}
    sources = {one.subject for one in items.log_sources}
    places = {one.log for one in items.log_sources}

    def part(name: Name, look: LookFields, lines: Sequence[str]) -> tuple[LookFields, tuple[str, ...]]:
        if name[1] in machines:
            return look, _own_points(lines, machines[name[1]])
        if name[1] in places:
            return _of_sources(look, sources), tuple(line for line in lines if _is_of(line, name[1], sources))
        return look, tuple(lines)

    return part


def _own_points(lines: Sequence[str], machine: str) -> tuple[str, ...]:
    """Return the facts of a list of points without those of other machines' points, and what tells of these."""
    others = {}
    for place, line in enumerate(lines):
        if '"backup.point' in line or '"point"' in line:
            point = _point(line)
            if point is not None and point.get("host") != machine:
                others[place] = str(point.get("id"))
    if not others:
        return tuple(lines)
    ids = frozenset(others.values())
    return tuple(line for place, line in enumerate(lines) if place not in others and not _names_one(line, ids))


def _point(line: str) -> Mapping[str, object] | None:
    fact = parse(line)
    value = fact.get("value") if isinstance(fact, dict) and fact.get("name") in _POINTS else None
    point = value.get("point") if isinstance(value, dict) else None
    return point if isinstance(point, dict) else None


def _names_one(line: str, ids: Set[str]) -> bool:
    fact = parse(line)
    value = fact.get("value") if isinstance(fact, dict) else None
    if isinstance(value, dict) and isinstance(value.get("point.path"), dict):
        value = value["point.path"].get("point")
    return isinstance(value, str) and value in ids


def _is_of(line: str, place: str, sources: Set[str]) -> bool:
    fact = parse(line)
    if not isinstance(fact, dict) or fact.get("name") == _STRANGER:
        return False
    subject = str(fact.get("subject"))
    return subject in sources or not subject.startswith(f"{place}/")


def _of_sources(look: LookFields, sources: Set[str]) -> LookFields:
    gaps = look.get("gaps")
    if not isinstance(gaps, list):
        return look
    own = [gap for gap in gaps if isinstance(gap, dict) and str(gap.get("subject")).removesuffix("/marker") in sources]
    return {**look, "gaps": own}
