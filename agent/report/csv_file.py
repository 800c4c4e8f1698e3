"""The report's days as a table for tools: UTF-8, commas, one row for each expected day of each subject."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from agent.core.model import Key, State
from agent.report.days import SubjectDays

HEADER = ("day", "target", "subject", "beneficiary", "state", "reason")


def lines(subjects: Sequence[SubjectDays]) -> Iterator[str]:
    """Yield the lines, the header first, by day and then by target and subject; each ends with a line feed."""
    yield _line(HEADER)
    ordered = sorted(subjects, key=lambda one: one.key)
    named = [(_line(_names(one.key)).rstrip("\n"), one.came) for one in ordered]
    days = [day.isoformat() for day in ordered[0].span.days] if ordered else []
    for number, day in enumerate(days):
        for names, came in named:
            one = came[number]
            if one is not None:
                yield f"{day},{names},{one.state.value},{one.reason.value}\n"


def text(subjects: Sequence[SubjectDays]) -> str:
    """Return the whole table."""
    return "".join(lines(subjects))


def read(text: str) -> Iterator[tuple[date, tuple[str, str], State]]:
    """Yield the rows of a table that was written here: day, (target, subject), state."""
    for row in csv.DictReader(io.StringIO(text)):
        yield date.fromisoformat(row["day"]), (row["target"], row["subject"]), State(row["state"])


def _names(key: Key) -> tuple[str, str, str]:
    return key.target, key.subject, key.beneficiary


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()
