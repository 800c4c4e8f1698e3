"""Add, amend and list register entries; the ledger keeps every revision."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from agent.accounting.accepting import AcceptanceTerms, LoadedTerms
from agent.config.settings import Configuration
from agent.core.errors import UsageError
from agent.register.book import Book, BookEntry, last_revisions
from agent.register.entries import EntryContext, check, find_register, month_of, open_register
from agent.register.fleet_subjects import FleetSubjects, refuse_of_agents
from agent.register.registers import Register


def add(
    book: Book,
    register_name: str,
    words: Sequence[str],
    configuration: Configuration,
    now: datetime,
    fleet: FleetSubjects | None = None,
) -> str:
    """Keep a new entry; return its id. Raises UsageError, EntryRefused with every mistake, LedgerError.

    `fleet` is what the agents declare, where this is the centre's book.
    """
    register, loads = opened_register(register_name, fleet), book.written_loads()

    def made(rows: Sequence[BookEntry]) -> list[tuple[Mapping[str, str], str]]:
        checked = check(register, words, setting_of(rows, configuration, now, loads, fleet))
        return [(checked.values, checked.beneficiary)]

    (id,) = book.enter(register.name, made)
    return id


def opened_register(name: str, fleet: FleetSubjects | None) -> Register:
    """Return a register that takes entries here. Raises UsageError."""
    register = open_register(name)
    if fleet is not None:
        refuse_of_agents(name)
    return register


def amend(
    book: Book,
    register_name: str,
    id: str,
    words: Sequence[str],
    configuration: Configuration,
    now: datetime,
    fleet: FleetSubjects | None = None,
) -> str:
    """Keep a revision of an entry; return its id. Raises UsageError, EntryRefused with every mistake, LedgerError."""
    register, loads = opened_register(register_name, fleet), book.written_loads()

    def made(rows: Sequence[BookEntry]) -> list[tuple[Mapping[str, str], str]]:
        setting = setting_of(rows, configuration, now, loads, fleet)
        own = [row for row in setting.kept if row.register == register.name]
        previous = next((row for row in own if row.id == id), None)
        if previous is None:
            raise UsageError(f"{register.name}: no entry {id[:60]!r}", f"see: beffroi register list {register.name}")
        if not words:
            raise UsageError(f"{register.name}: {id}: nothing to amend", "give at least one key=value")
        checked = check(register, words, setting, previous)
        return [(checked.values, checked.beneficiary)]

    (id,) = book.enter(register.name, made, id=id)
    return id


def listed(book: Book, register_name: str) -> tuple[BookEntry, ...]:
    """Return the last revision of each entry of a register, in the order in which they were first received."""
    return last_revisions(book.entries(find_register(register_name).name))


def signed_months(rows: Sequence[BookEntry], register: Register, beneficiary: str) -> frozenset[str]:
    """Return the months (`2026-10`) signed as empty and not withdrawn by an event found later."""
    own = [row for row in rows if row.register == register.name and row.values.get("beneficiary") == beneficiary]
    signed = {str(month_of(register, row)) for row in own if "none" in row.values}
    return frozenset(signed - {str(month_of(register, row)) for row in own if "none" not in row.values})


def setting_of(
    rows: Sequence[BookEntry],
    configuration: Configuration,
    now: datetime,
    loads: Sequence[LoadedTerms],
    fleet: FleetSubjects | None = None,
) -> EntryContext:
    """Return what a new entry is checked against; `loads` are those of the configuration before it."""
    return EntryContext(
        inventory=configuration.inventory,
        convention_starts=configuration.convention.starts,
        now=now,
        kept=last_revisions(rows),
        loaded=_loaded(loads, fleet),
        fleet=fleet,
    )


def _loaded(loads: Sequence[LoadedTerms], fleet: FleetSubjects | None) -> AcceptanceTerms | None:
    accepting = loads[-1].accepting if loads else None
    return accepting if accepting is None or fleet is None else fleet.terms(accepting)
