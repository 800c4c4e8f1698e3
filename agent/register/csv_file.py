"""Read a CSV file as spreadsheets write it: a byte order mark, semicolons, Latin-1, French dates, inert formulas.

Reads:  the bytes of a file.
Needs:  nothing.
Blind:  which encoding a file without a mark is in: what is not UTF-8 is read as Windows' Latin-1.
"""

import codecs
import csv
import io
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from agent.core.errors import UsageError
from agent.core.period import PARIS
from agent.register.registers import Kind, Register

LARGEST_FILE = 64 * 1024**2
DELIMITERS = (",", ";", "\t")

# What a spreadsheet would take for a formula, were it at the beginning of a cell; an apostrophe before it says text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
TEXT = "'"

_FRENCH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?:[ T]+([0-9]{1,2})[:hH]([0-9]{2})(?::([0-9]{2}))?)?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_YES_NO = {"oui": "yes", "non": "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """One row: the line on which it begins, and its cells that are not empty, by the header's keys."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that cannot be read, and why."""

    line: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """A file's header and its rows, empty ones left out."""

    header: tuple[str, ...]
    rows: tuple[CsvRow | BadRow, ...]


def read_content(file: Path) -> bytes:
    """Return a file's bytes, a bounded number. Raises UsageError where it cannot be read."""
    try:
        # A pipe or a device must not make this wait.
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as opened:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UsageError(f"{file} is no file", "name a CSV file, not a folder or a device")
            return opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", "name a file that you may read") from error


def read_table(content: bytes) -> CsvTable:
    """Return what a file holds. Raises UsageError for what is no table at all."""
    text = decoded(content)
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise UsageError("the file is empty", "its first row names the register's keys")
    rows = _rows(text, _delimiter(first))
    header = next(rows, None)  # a row of nothing but delimiters is none
    if header is None:
        raise UsageError("the file is empty", "its first row names the register's keys")
    if isinstance(header, BadRow):
        raise UsageError(f"line {header.line}: {header.what}", "the first row names the register's keys")
    keys = tuple(cell.strip().lower() for cell in header[1])
    while keys and not keys[-1]:
        keys = keys[:-1]  # a spreadsheet's empty columns
    return CsvTable(header=keys, rows=tuple(_by_key(row, keys) for row in rows))


def decoded(content: bytes) -> str:
    """Return a file's text. Raises UsageError for what holds no text."""
    if len(content) > LARGEST_FILE:
        raise UsageError("the file is larger than 64 MiB", "split it")
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text or "\ufffd" in text:
        raise UsageError("the file is no text", "save it as CSV, in UTF-8 or Latin-1")
    return text


def _delimiter(header: str) -> str:
    return max(DELIMITERS, key=header.count)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]] | BadRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(line=line, what=f"cannot be read: {error}")
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _by_key(row: tuple[int, list[str]] | BadRow, keys: tuple[str, ...]) -> CsvRow | BadRow:
    if isinstance(row, BadRow):
        return row
    line, cells = row
    extra = [cell for cell in cells[len(keys) :] if cell.strip()]
    if extra or len(cells) < len(keys):
        return BadRow(line=line, what=f"has {len(cells)} cells, the header {len(keys)}")
    filled = {key: plain(cell.strip()) for key, cell in zip(keys, cells, strict=False)}
    return CsvRow(line=line, cells={key: cell for key, cell in filled.items() if cell})


def inert_cell(text: str) -> str:
    """Return a cell that no spreadsheet acts upon; `plain` takes it back."""
    return TEXT + text if text.startswith((*FORMULA, TEXT)) else text


def plain(cell: str) -> str:
    """Return a cell's text without the apostrophe that kept it from being a formula."""
    return cell[1:] if cell.startswith(TEXT) and cell[1:].startswith((*FORMULA, TEXT)) else cell


def as_written(register: Register, cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield a row's keys and values as `register add` takes them: dates of a French spreadsheet, oui and non.

    Raises ValueError, whose text is the mistake, for a time that the clock change of Paris makes ambiguous.
    """
    for key, cell in cells.items():
        field = register.field(key)
        kind = None if field is None else field.kind
        if kind is Kind.INSTANT:
            yield key, french_instant(cell)
        elif kind is Kind.YES_NO:
            yield key, _YES_NO.get(cell.lower(), cell.lower())
        elif kind is Kind.FILE and _DIGEST.fullmatch(cell):
            yield key, f"sha256:{cell}"
        else:
            yield key, cell


def french_instant(text: str) -> str:
    """Return a French date (24/11/2026), or one with its time in Paris (24/11/2026 10:30), as ISO 8601.

    Anything else is returned as it stands. Raises ValueError where that time is none, or two, in Paris.
    """
    match = _FRENCH.fullmatch(text)
    if match is None:
        return text
    day, month, year = (int(part) for part in match.groups()[:3])
    if match[4] is None:
        return f"{year:04d}-{month:02d}-{day:02d}"
    hour, minute, second = int(match[4]), int(match[5]), int(match[6] or 0)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=PARIS)
    except ValueError as error:
        raise ValueError(f'"{text}" is no day or no time of day') from error
    if moment.utcoffset() != moment.replace(fold=1).utcoffset():
        raise ValueError(f'"{text}" is the hour of a clock change: write it with its zone')
    return moment.isoformat()
