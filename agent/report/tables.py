"""Tables of the report as values: a title, headings, rows of texts and marks; the template prints them all alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.accounting.quarter import QuarterOutcome
from agent.core.model import State
from agent.wording import report as words
from agent.wording.states import state_word

# A table is for reading; whatever is longer stands in the table for tools.
LONGEST = 40
# Where the rows of a register all stand: the table for tools holds days.
REGISTERS = "les registres"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMark:
    """A state's id, which the style sheet knows, and its word."""

    id: str
    word: str


Cell = str | TableMark


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """One table; the first cell of a row heads it. `more` says what was left out, `note` what to know."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    more: str = ""


def table(
    title: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    note: str = "",
    left_out: str = "",
    kept_in: str = "le fichier CSV",
    longest: int = LONGEST,
) -> list[ReportTable]:
    """Return a table in a list of its own, empty where it has no row.

    `left_out` names what rows beyond the `longest` are of, `kept_in` where they all stand.
    """
    listed = [tuple(row) for row in rows]
    if not listed:
        return []
    beyond = len(listed) - longest
    more = f"et {beyond} {left_out or 'lignes'} de plus, dans {kept_in}" if beyond > 0 else ""
    return [ReportTable(title=title, head=tuple(head), rows=tuple(listed[:longest]), note=note, more=more)]


def mark(outcome: QuarterOutcome | None) -> TableMark:
    """Return a quarter's mark."""
    id, word = words.OUTCOMES[outcome]
    return TableMark(id=id, word=word)


def state_mark(state: State) -> TableMark:
    """Return a state's mark."""
    return TableMark(id=state.value, word=state_word(state, "fr"))
