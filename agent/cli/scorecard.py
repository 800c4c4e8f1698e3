"""The scorecard: one screen for a person, or one line a verdict for a program."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.cli.order import worst_first
from agent.cli.rows import ScorecardRow, rows, title
from agent.cli.screen import COLOURS, drawn, kept_together
from agent.cli.unwatched import Unwatched, unwatched_lines
from agent.core.model import WORST_FIRST, State, Verdict
from agent.wording.inert import inert
from agent.wording.languages import Language, Words
from agent.wording.sentences import sentence
from agent.wording.states import state_count, state_symbol, state_word

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

NO_VERDICT = Words(fr="aucun verdict : rien n'est attendu ici", en="no verdict: nothing is expected here")

# Below this width a row stands on two lines rather than in four columns.
WIDE = 100


def render(
    verdicts: Sequence[Verdict], *, language: Language, unwatched: Sequence[Unwatched], terminal: bool, width: int
) -> str:
    """Return the scorecard, each line ended.

    On a terminal `unwatched` stands at the end; elsewhere a line is a verdict and nothing else, and
    `unwatched_lines` are for standard error.
    """
    if not terminal:
        return "".join(f"{_line(verdict, language)}\n" for verdict in worst_first(verdicts))
    return _screen(verdicts, language, unwatched, width)


# What stands over the three columns on a terminal.
TARGET_HEADS = (
    Words(fr="Pire état", en="Worst state"),
    Words(fr="Objectif", en="Target"),
    Words(fr="Verdicts par état", en="Verdicts by state"),
)


def render_targets(verdicts: Sequence[Verdict], *, language: Language, terminal: bool, width: int) -> str:
    """Return one line for each target, worst first, each ended.

    Not on a terminal its fields are separated by tabs, as `target_fields` names them.
    """
    by_target: dict[str, list[Verdict]] = {}
    for verdict in worst_first(verdicts):
        by_target.setdefault(verdict.target, []).append(verdict)
    if not terminal:
        return "".join(f"{_target_line(target, own)}\n" for target, own in by_target.items())
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(3):
        table.add_column(no_wrap=True)
    if by_target:
        table.add_row(*(Text(word.of(language), style="dim") for word in TARGET_HEADS))
    for target, own in by_target.items():
        counts = Counter(verdict.state for verdict in own)
        signs = [f"{counts[state]} {state_symbol(state)}" for state in WORST_FIRST if counts[state]]
        name = Text(title(target, language), style="bold")
        table.add_row(state_mark(own[0].state, language), name, Text(" · ".join(signs)))
    return drawn([table] if by_target else [NO_VERDICT.of(language)], width)


def target_fields() -> str:
    """Return the names of the fields of a line of `render_targets` not on a terminal, separated by tabs."""
    return "\t".join(("state", "target", *(state.value for state in WORST_FIRST)))


def _target_line(target: str, own: Sequence[Verdict]) -> str:
    counts = Counter(verdict.state for verdict in own)
    return "\t".join((own[0].state.value, inert(target), *(str(counts[state]) for state in WORST_FIRST)))


def summary(verdicts: Sequence[Verdict], language: Language) -> str:
    """Return how many verdicts there are in each state, worst first, such as «1 non atteint · 9 atteints»."""
    counts = Counter(verdict.state for verdict in verdicts)
    return " · ".join(state_count(state, counts[state], language) for state in WORST_FIRST if counts[state])


def _line(verdict: Verdict, language: Language) -> str:
    cells = (
        verdict.state.value,
        verdict.target,
        verdict.subject,
        verdict.reason.value,
        sentence(verdict, language),
    )
    return "\t".join(inert(cell, 2000) for cell in cells)


def _screen(verdicts: Sequence[Verdict], language: Language, unwatched: Sequence[Unwatched], width: int) -> str:
    from rich.text import Text

    shown = rows(verdicts, language)
    parts = [
        _wide(shown, language, width) if width >= WIDE else _narrow(shown, language),
        Text(summary(verdicts, language) or NO_VERDICT.of(language), style="bold"),
    ]
    parts += [Text(line, style="yellow") for line in unwatched_lines(unwatched, language)]
    return drawn(parts, width)


def _wide(shown: Sequence[ScorecardRow], language: Language, width: int) -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(max_width=width // 4, overflow="fold")
    table.add_column(max_width=width // 4, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for row in shown:
        table.add_row(state_mark(row.state, language), Text(row.subject, style="bold"), Text(row.title), _found(row))
    table.add_row()
    return table


def _narrow(shown: Sequence[ScorecardRow], language: Language) -> "RenderableType":
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    blocks: list[RenderableType] = []
    for row in shown:
        head = Text.assemble(
            state_mark(row.state, language), "  ", (row.subject, "bold"), "  ", row.title, overflow="fold"
        )
        blocks += [head, Padding(_found(row), (0, 0, 0, 2))]
    return Group(*blocks, Text())


def state_mark(state: State, language: Language) -> "Text":
    """Return a state's sign and word in its colour."""
    from rich.text import Text

    return Text(f"{state_symbol(state)} {state_word(state, language)}", style=COLOURS[state])


def _found(row: ScorecardRow) -> "Text":
    from rich.text import Text

    text = Text(kept_together(row.text))
    if row.said:
        text.append(f"\n{row.said}", style="dim")
    return text
