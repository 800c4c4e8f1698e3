"""Tables of the report as values: a title, headings, rows of texts and marks; the template prints them all alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.accounting.quarter import QuarterOutcome
from agent.core.model import State
from agent.wording import report as words
from agent.wording.languages import Language
from agent.wording.states import state_word
from agent.wording.translated import translated

# A table is for reading; whatever is longer stands in the table for tools.
LONGEST = 40
# Where the rows of a register all stand: the table for tools holds days.
REGISTERS = "les registres"
MORE = "et {beyond} {what} de plus, dans {where}"


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
    language: Language = "fr",
) -> list[ReportTable]:
    """Return a table in a list of its own, empty where it has no row.

    Title, headings, `left_out` and `kept_in` are given in French, and put into the language; rows and note are in it.
    `left_out` names what rows beyond the `longest` are of, `kept_in` where they all stand.
    """
    listed = [tuple(row) for row in rows]
    if not listed:
        return []
    beyond = len(listed) - longest
    what, where = translated(left_out or "lignes", language), translated(kept_in, language)
    more = translated(MORE, language).format(beyond=beyond, what=what, where=where) if beyond > 0 else ""
    headings = tuple(translated(name, language) for name in head)
    said = translated(title, language)
    return [ReportTable(title=said, head=headings, rows=tuple(listed[:longest]), note=note, more=more)]


def mark(outcome: QuarterOutcome | None, language: Language = "fr") -> TableMark:
    """Return a quarter's mark."""
    id, word = words.OUTCOMES[outcome]
    return TableMark(id=id, word=translated(word, language))


def state_mark(state: State, language: Language = "fr") -> TableMark:
    """Return a state's mark."""
    return TableMark(id=state.value, word=state_word(state, language))
