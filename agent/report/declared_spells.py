"""The times in which one key was declared alike, as the rows of what was seen tell. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agent.accounting.timeline import CLOCK_TOLERANCE
from agent.core.duties.expected import Expected, expected
from agent.core.inventory import Backup, DeclaredHost, LogSource
from agent.core.judging.check import Check, Question
from agent.core.model import Key, Target
from agent.evaluation.shown_names import looks_of_one
from agent.ledger.load_rows import Load
from agent.ledger.reading_payload import Name
from agent.ledger.seen_items import SeenItems
from agent.report.seen_rows import KEPT_WITHIN, ShownStretch


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRow:
    """What one row declares: the items of the beneficiary, and what is expected of them."""

    at: datetime
    items: SeenItems
    expected: Mapping[Key, Expected]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredSpell:
    """A time in which a key was declared alike for certain; what holds after `ends` is told by the row of `until`.

    `names` are those of the looks that its verdict rests on, `asked` those that are due at each turn: a verification
    or a place that was seen since is no look at what the key is about.
    """

    begins: datetime
    ends: datetime
    until: datetime
    items: SeenItems
    expected: Expected
    names: Sequence[Name]
    asked: frozenset[Name]


def declared_rows(stretch: ShownStretch) -> list[DeclaredRow]:
    """Return what the rows of a stretch declare, in order."""
    return [DeclaredRow(at=at, items=items, expected=expected_of(items)) for at, items in stretch.items]


def expected_of(items: SeenItems) -> Mapping[Key, Expected]:
    """Return what is expected of what a row declares."""
    return {one.key: one for one in expected(items.inventory, None)}


def spells_of(
    key: Key, rows: Sequence[DeclaredRow], stretch: ShownStretch, check: Check, target: Target
) -> list[DeclaredSpell]:
    """Return the spells of a key within a stretch, in order; none where no row declares it."""
    found: list[DeclaredSpell] = []
    before: object = None
    for row in rows:
        one = row.expected.get(key)
        if one is None:
            continue
        question = Question(
            item=one.item, inventory=row.items.inventory, target=target, now=stretch.ends, first_seen=stretch.begins
        )
        names = sorted(set(looks_of_one(check, question)))
        asked = frozenset((need.collector, need.subject) for need in check.needs(question) if not need.by_occasion)
        said = _said(one, row.items, names)
        begins = row.at if found else stretch.begins
        if found and said == before:
            begins = found.pop().begins
        elif found:
            found[-1] = replace(found[-1], ends=stretch.row_before(row.at), until=row.at)
        found.append(
            DeclaredSpell(
                begins=begins,
                ends=stretch.ends,
                until=stretch.ends,
                items=row.items,
                expected=one,
                names=names,
                asked=asked,
            )
        )
        before = said
    return found


def _said(one: Expected, items: SeenItems, names: Sequence[Name]) -> object:
    """Return all that a row declares of a key, but until when it is expected."""
    item = replace(one.item, ends=None) if isinstance(one.item, DeclaredHost | LogSource | Backup) else one.item
    return (
        replace(one, item=item, ends=None),
        [target for target in items.targets if (target.collector, target.subject) in names],
        [place for place in items.places if place[0] == one.key.subject],
    )


def undeclared(
    key: Key, rows: Sequence[DeclaredRow], stretch: ShownStretch, loads: Sequence[Load]
) -> Iterator[tuple[datetime, datetime]]:
    """Yield between which instants a key that was declared before has no look told: a row tells of what it declares.

    A row that leaves out what each load of then declares is no reason: the looks are lacking.
    """
    changes = {row.at: row.expected for row in rows}
    every: Mapping[Key, Expected] = {}
    was_there = False
    for at, _ in stretch.programs:
        every = changes.get(at, every)
        was_there = was_there or key in every
        if key not in every and was_there and _is_dropped(key, loads, stretch.row_before(at), at):
            yield stretch.row_before(at), at


def _is_dropped(key: Key, loads: Sequence[Load], since: datetime, until: datetime) -> bool:
    """Return whether a load in force between two rows of what was seen declares a key no more."""
    begins, ends = since - CLOCK_TOLERANCE, until + KEPT_WITHIN
    before = [load for load in loads if load.acts_from < begins][-1:]
    return any(
        key not in load.declared for load in (*before, *(one for one in loads if begins <= one.acts_from <= ends))
    )


def is_declared(key: Key, loads: Sequence[Load], at: datetime) -> bool:
    """Return whether each load that may be in force when a row is kept declares a key."""
    is_loaded = any(load.acts_from < at - CLOCK_TOLERANCE for load in loads)
    return is_loaded and not _is_dropped(key, loads, at, at)
