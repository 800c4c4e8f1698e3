"""End what is expected of a subject that was retired, or take back what was declared by mistake. Pure.

A retirement is an entry of the register `retirement`. It acts as a load of the configuration that is written when it is
entered: what has been seen until then stays, and the days after its last one are no longer expected. Later loads are
held to it for as long as they go on declaring the subject; once a load lacks it, a new declaration is a new subject.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any, TypeVar

from agent.accounting.expectation import Days, Loading, first_loaded
from agent.core.convention import CLAUSES
from agent.core.duties.watched import KINDS, Name
from agent.core.inventory import Copy
from agent.core.model import Key
from agent.core.period import PARIS, day_of

REGISTER = "retirement"
# For so long after its first load a declaration can be taken back as a mistake.
MISTAKE_WITHIN = timedelta(days=7)
L = TypeVar("L", bound=Loading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """Hold one retirement; `last_day` is the last day that is expected, `sequence` the row of its entry."""

    id: str
    kind: str
    subject: str
    beneficiary: str
    last_day: date
    mistake: bool
    entered_at: datetime
    sequence: int

    def covers(self, key: Key) -> bool:
        """Return True if a key is one of what was retired; a backup's copies go with it."""
        if key.beneficiary != self.beneficiary:
            return False
        if (
            self.kind == "backup"
            and Copy in CLAUSES[key.target].subjects
            and key.subject.startswith(self.subject + "/")
        ):
            return True
        return KINDS[self.kind] in CLAUSES[key.target].subjects and key.subject == self.subject


def read_retirement(
    id: str, values: Mapping[str, str], beneficiary: str, entered_at: datetime, sequence: int
) -> Retirement:
    """Return the retirement that an entry holds; it ends no earlier than the day of its entry."""
    entered_on = day_of(entered_at, PARIS)
    return Retirement(
        id=id,
        kind=values["kind"],
        subject=values["subject"],
        beneficiary=beneficiary,
        last_day=max(date.fromisoformat(values["on"]) if "on" in values else entered_on, entered_on),
        mistake=values.get("mistake") == "yes",
        entered_at=entered_at,
        sequence=sequence,
    )


def retirements_of(rows: Iterable[Any]) -> tuple[Retirement, ...]:
    """Return the retirements among the rows of registers (EntryRow of the ledger), in its order."""
    return tuple(
        read_retirement(
            row.id, row.values, row.beneficiary, max(row.received_at, row.not_before or row.received_at), row.sequence
        )
        for row in rows
        if row.register == REGISTER and row.values.get("kind") in KINDS
    )


def first_declared(one: Retirement, loads: Sequence[Loading]) -> datetime | None:
    """Return when what is to be retired was first loaded, or None."""
    keys = {key for load in loads for key in load.declared if one.covers(key)}
    return min((at for key in keys if (at := first_loaded(key, loads)) is not None), default=None)


def is_mistake(one: Retirement, loads: Sequence[Loading]) -> bool:
    """Return True if a declaration is taken back, within the days in which that is possible."""
    first = first_declared(one, [load for load in loads if load.sequence < one.sequence])
    return one.mistake and first is not None and one.entered_at <= first + MISTAKE_WITHIN


def acting(retirements: Iterable[Retirement], loads: Sequence[Loading]) -> tuple[Retirement, ...]:
    """Return those whose subject every load since has declared: the newest of each, unless a mistake was taken back."""
    found: dict[tuple[str, str, str], Retirement] = {}
    for one in retirements:
        name = (one.kind, one.subject, one.beneficiary)
        before = found.get(name)
        if _still_declared(one, loads) and not (before is not None and is_mistake(before, loads)):
            found[name] = one
    return tuple(found.values())


def _still_declared(one: Retirement, loads: Sequence[Loading]) -> bool:
    ruling = [load for load in loads if load.sequence < one.sequence][-1:]
    later = [load for load in loads if load.sequence > one.sequence]
    return bool(ruling) and all(_declares(load.declared, one) for load in (*ruling, *later))


def _declares(declared: Mapping[Key, Days], one: Retirement) -> bool:
    return any(one.covers(key) for key in declared)


def with_retirements(loads: Sequence[L], retirements: Sequence[Retirement]) -> tuple[L, ...]:
    """Return loads as retirements leave them, each retirement being one more load; all in the order of the ledger."""
    found = list(loads)
    for one in sorted(retirements, key=lambda one: one.sequence):
        place = next((n for n, load in enumerate(found) if load.sequence > one.sequence), len(found))
        before = found[:place]
        keys: dict[Key, Days] = {}
        for load in loads:
            keys |= _covered(load.declared, one) if load.sequence < one.sequence else {}
        if not before or not keys:
            continue
        mistake = is_mistake(one, loads)
        if mistake:
            before = [replace(load, declared=_without(load.declared, one)) for load in before]
        since = max(one.entered_at, *(load.acts_from for load in before))
        ruling = before[-1]
        own = {} if mistake else _ended(keys, one.last_day)
        declared = {**ruling.declared, **own}
        added = replace(ruling, at=since, not_before=None, sequence=one.sequence, declared=declared, written=False)
        found = [*before, added, *_held(found[place:], loads, one, mistake=mistake)]
    return tuple(found)


def _held(after: Sequence[L], written: Sequence[L], one: Retirement, *, mistake: bool) -> Iterator[L]:
    # What the file says, not what an earlier retirement has made of it: a later one stands in its place.
    said = {load.sequence: load.declared for load in written}
    held = list(takewhile(lambda load: _declares(said[load.sequence], one), after))
    for load in held:
        own = {} if mistake else _ended(_covered(said[load.sequence], one), one.last_day)
        yield replace(load, declared={**_without(load.declared, one), **own})
    yield from after[len(held) :]


def _covered(declared: Mapping[Key, Days], one: Retirement) -> Mapping[Key, Days]:
    return {key: days for key, days in declared.items() if one.covers(key)}


def _without(declared: Mapping[Key, Days], one: Retirement) -> Mapping[Key, Days]:
    return {key: days for key, days in declared.items() if not one.covers(key)}


def _ended(declared: Mapping[Key, Days], last: date) -> Mapping[Key, Days]:
    return {
        key: replace(days, ends=last if days.ends is None else min(days.ends, last)) for key, days in declared.items()
    }


def retired_on(day: date, retirements: Iterable[Retirement], loads: Sequence[Loading]) -> Mapping[Name, Retirement]:
    """Return what the file still declares and a day no longer expects; `loads` are as the file was."""
    return {
        (one.kind, one.subject, one.beneficiary): one
        for one in acting(retirements, loads)
        if one.last_day < day or is_mistake(one, loads)
    }
