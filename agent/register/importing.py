"""Import a CSV file into a register: all rows or none, each bad one named."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches

from agent.config.settings import Configuration
from agent.core.duties.moments import read_when
from agent.core.errors import EntryRefused, UsageError
from agent.core.period import Month
from agent.register.book import Book
from agent.register.csv_file import BadRow, CsvRow, CsvTable, as_written, read_table
from agent.register.entries import CheckedEntry, EntryContext, check, open_register
from agent.register.fleet_subjects import FleetSubjects
from agent.register.kept import opened_register, setting_of
from agent.register.reading import Mistake, with_digests
from agent.register.registers import Register

PreparedRow = tuple[int, list[str]]


def prepare(name: str, content: bytes, file: str) -> tuple[Register, list[PreparedRow]]:
    """Return a file's rows as `key=value` words, the files named as evidence replaced by their digests.

    For the rights of who asks: nothing of the ledger is needed. Raises UsageError, EntryRefused naming each bad row.
    """
    register = open_register(name)
    try:
        table = read_table(content)
    except UsageError as error:
        raise EntryRefused([(f"{file}: {error.message}", error.hint)]) from error
    mistakes = list(_header(register, table, file))
    if not mistakes and not table.rows:
        mistakes.append((f"{file}: holds no row below its header", "write one row for each entry"))
    prepared: list[PreparedRow] = []
    if not mistakes:
        for row in table.rows:
            words = _words(register, row)
            if isinstance(words, str):
                mistakes.append((f"{file}:{row.line}: {words}", "see the header's keys and this row's cells"))
            else:
                prepared.append((row.line, with_digests(words)))
    if mistakes:
        raise EntryRefused(mistakes)
    return register, prepared


def import_rows(
    book: Book,
    register: Register,
    prepared: Sequence[PreparedRow],
    file: str,
    configuration: Configuration,
    now: datetime,
    fleet: FleetSubjects | None = None,
) -> tuple[str, ...]:
    """Keep every row as an entry of its own; return their ids. Raises EntryRefused naming each bad row, LedgerError."""
    loads = book.written_loads()
    opened_register(register.name, fleet)
    return book.enter(
        register.name,
        lambda rows: _made(register, prepared, file, setting_of(rows, configuration, now, loads, fleet)),
    )


def _made(
    register: Register, prepared: Sequence[PreparedRow], file: str, setting: EntryContext
) -> list[tuple[Mapping[str, str], str]]:
    setting = replace(setting, known=setting.keys)
    mistakes: list[Mistake] = []
    good: list[tuple[int, CheckedEntry]] = []
    for line, words in prepared:
        try:
            good.append((line, check(register, words, setting)))
        except EntryRefused as error:
            mistakes += [(f"{file}:{line}: {what}", hint) for what, hint in error.mistakes]
    mistakes += _contradictions(register, good, setting, file)
    if mistakes:
        raise EntryRefused(mistakes)
    return [(one.values, one.beneficiary) for _, one in good]


def _header(register: Register, table: CsvTable, file: str) -> list[Mistake]:
    known = [field.key for field in register.fields]
    found: list[Mistake] = []
    for number, key in enumerate(table.header):
        if key not in known:
            close = get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f'did you mean "{close[0]}"?' if close else f"known: {', '.join(known)}"
            found.append((f"{file}:1: {key[:60]!a} is no key of {register.name}", hint))
        elif key in table.header[:number]:
            found.append((f"{file}:1: {key} is there twice", "give each key one column"))
    for field in register.fields:
        if field.required and field.key not in table.header and ("none" not in table.header or field.key == "author"):
            found.append((f"{file}:1: {field.key} is missing", f"add a column {field.key}: {field.kind.value}"))
    return found


def _words(register: Register, row: CsvRow | BadRow) -> list[str] | str:
    if isinstance(row, BadRow):
        return row.what
    try:
        return [f"{key}={value}" for key, value in as_written(register, row.cells)]
    except ValueError as error:
        return str(error)


def _contradictions(
    register: Register, good: Sequence[tuple[int, CheckedEntry]], setting: EntryContext, file: str
) -> list[Mistake]:
    """Return the rows that sign a month as empty while another row tells of it."""
    if register.month_of is None:
        return []
    lines: dict[tuple[str, Month], list[int]] = {}
    for line, one in good:
        lines.setdefault((one.beneficiary, _month(register, one)), []).append(line)
    found: list[Mistake] = []
    for line, one in good:
        if "none" not in one.values:
            continue
        others = lines[one.beneficiary, _month(register, one)]
        if len(others) > 1:
            other = next(number for number in others if number != line)
            what = f"{file}:{line}: {register.name}: none: {one.values['none']} is already given by line {other} too"
            found.append((what, "sign a month as empty, or enter what happened in it"))
    return found


def _month(register: Register, one: CheckedEntry) -> Month:
    if "none" in one.values:
        return Month.parse(one.values["none"])
    return Month.of(read_when(one.values[register.month_of or ""]).day)
