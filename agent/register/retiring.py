"""Enter that something is retired: what is no longer expected, from when on, and why.

A host takes the backups of its own with it. Each beneficiary has an entry of its own: its evidence holds it.
Raises UsageError for what cannot be retired, and for a mistake that was declared too long ago.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

from agent.accounting.expectation import Loading
from agent.accounting.retirements import (
    MISTAKE_WITHIN,
    REGISTER,
    Retirement,
    acting,
    first_declared,
    is_mistake,
    read_retirement,
    retirements_of,
)
from agent.core.duties.watched import items_of
from agent.core.errors import UsageError
from agent.core.inventory import Inventory
from agent.core.period import day_of
from agent.ledger.ledger import Ledger
from agent.register.book import BookEntry
from agent.register.reading import read_value
from agent.register.registers import REGISTERS, needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Hold what is to be retired; `last_day` None: today is its last day. `mistake`: it was never to be expected."""

    kind: str
    subject: str
    reason: str
    author: str
    last_day: date | None = None
    mistake: bool = False


def retire(ledger: Ledger, inventory: Inventory, request: Request, now: datetime) -> tuple[Retirement, ...]:
    """Enter a retirement and return what was entered. Raises UsageError, LedgerError."""

    def made(rows: Sequence[BookEntry]) -> list[tuple[Mapping[str, str], str]]:
        return [(one, one["beneficiary"]) for one in _found(ledger, inventory, request, retirements_of(rows), now)]

    ids = ledger.enter(REGISTER, made)
    return tuple(one for one in ledger.retirements() if one.id in ids)


def planned(ledger: Ledger, inventory: Inventory, request: Request, now: datetime) -> tuple[Retirement, ...]:
    """Return what `retire` would enter, and enter nothing. Raises UsageError."""
    sequence = ledger.written_loads()[-1].sequence + 1 if ledger.written_loads() else 0
    found = _found(ledger, inventory, request, ledger.retirements(), now)
    return tuple(read_retirement("", one, one["beneficiary"], now, sequence) for one in found)


def _found(
    ledger: Ledger, inventory: Inventory, request: Request, before: Sequence[Retirement], now: datetime
) -> list[Mapping[str, str]]:
    if request.mistake and request.last_day is not None:
        raise UsageError("--mistake and --on exclude each other", "what was never expected has no last day")
    loads, values = ledger.written_loads(), _values(request, inventory)
    found = [one for own in values for one in _entries(own, loads, before, now)]
    if not any(one["subject"] == request.subject for one in found):
        raise _unknown(request, inventory)
    return found


def _values(request: Request, inventory: Inventory) -> tuple[Mapping[str, str], ...]:
    """Return the values of each entry: that of the thing itself, and of the backups that a host had."""
    words = {key: _read(key, text, inventory) for key, text in (("reason", request.reason), ("author", request.author))}
    if request.last_day is not None:
        words["on"] = request.last_day.isoformat()
    if request.mistake:
        words["mistake"] = "yes"
    names = [(request.kind, request.subject)]
    if request.kind == "host":
        own = [item for item in inventory.backups if item.host == request.subject]
        names += [("backup", one.id) for one in own]
    return tuple({"kind": kind, "subject": subject, **words} for kind, subject in names)


def _read(key: str, text: str, inventory: Inventory) -> str:
    field = REGISTERS[REGISTER].field(key) or needed(key)
    try:
        return read_value(field, text.strip(), inventory)
    except UsageError as error:
        raise UsageError(f"--{key}: {error.message}", error.hint) from error


def _entries(
    values: Mapping[str, str], loads: Sequence[Loading], before: Sequence[Retirement], now: datetime
) -> Iterator[Mapping[str, str]]:
    """Yield an entry for each beneficiary for which some load declared it."""
    taken_back = {
        (one.kind, one.subject, one.beneficiary): one for one in acting(before, loads) if is_mistake(one, loads)
    }
    name = f"{values['kind']} {values['subject']}"
    for beneficiary in sorted({key.beneficiary for load in loads for key in load.declared}):
        one = read_retirement("", values, beneficiary, now, sequence=loads[-1].sequence + 1)
        first = first_declared(one, loads)
        if first is None:
            continue
        if (known := taken_back.get((one.kind, one.subject, beneficiary))) is not None:
            raise UsageError(f"{name} was taken back as a mistake already: {known.id}", "remove it from the file")
        if one.mistake and now > first + MISTAKE_WITHIN:
            raise UsageError(
                f"{name} was first loaded on {day_of(first)}, more than {MISTAKE_WITHIN.days} days ago",
                "retire it without --mistake: its days until today stay counted",
            )
        yield {**values, "beneficiary": beneficiary}


def _unknown(request: Request, inventory: Inventory) -> UsageError:
    known = items_of(request.kind, inventory)
    if request.subject in known:
        hint = "remove it from the file: it was never loaded, so nothing is expected of it"
        return UsageError(f"nothing is expected of {request.kind} {request.subject}", hint)
    close = get_close_matches(request.subject, known, n=1)
    hint = f'did you mean "{close[0]}"?' if close else f"known: {', '.join(known) or 'none'}"
    return UsageError(f"no such {request.kind}: {request.subject[:60]!r}", hint)
