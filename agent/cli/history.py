"""Print the history of a subject: its accounted days and each change of its verdict."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from agent.accounting.days import DayRow
from agent.cli.order import PLACES
from agent.cli.screen import COLOURS, drawn, hanging, kept_together
from agent.core.model import WORST_FIRST, Key, Verdict
from agent.wording.inert import inert
from agent.wording.languages import Language, Words
from agent.wording.quantities import day as written_day
from agent.wording.quantities import instant
from agent.wording.sentences import phrase, sentence
from agent.wording.states import state_count, state_symbol, state_word
from agent.wording.targets.every import TARGETS

if TYPE_CHECKING:
    from rich.text import Text

NO_ROW = "."
LATE = Words(fr="preuve tardive", en="late evidence")
DAYS = Words(fr="jours du {first} au {last} : ", en="days from {first} to {last}: ")
NOTHING = Words(fr="rien n'a été retenu sur cette période", en="nothing was kept over this time")


def render_history(
    changes: Sequence[Verdict], days: Sequence[DayRow], *, language: Language, terminal: bool, width: int
) -> str:
    """Return the history of some keys, oldest first, each line ended.

    Not on a terminal a line has its fields separated by tabs: `day`, date, state, target, subject, reason, `late` or
    nothing; or `change`, instant, state, target, subject, reason, sentence.
    """
    if not terminal:
        return "".join(f"{line}\n" for line in (*_day_lines(days), *_change_lines(changes, language)))
    blocks = list(_blocks(changes, days, language, width))
    return drawn(blocks or [NOTHING.of(language)], width)


def changes_only(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Yield the verdicts, in their order, that say something else than the one before for the same key."""
    last: dict[Key, tuple[object, ...]] = {}
    for verdict in verdicts:
        words = (verdict.state, verdict.measured, verdict.reason, verdict.acceptance)
        if last.get(verdict.key) != words:
            last[verdict.key] = words
            yield verdict


def _day_lines(days: Iterable[DayRow]) -> Iterator[str]:
    for row in sorted(days, key=lambda row: (row.day, row.key)):
        late = "late" if row.late else ""
        cells = ("day", row.day.isoformat(), row.state.value, row.key.target, row.key.subject, row.reason.value, late)
        yield "\t".join(inert(cell) for cell in cells)


def _change_lines(changes: Iterable[Verdict], language: Language) -> Iterator[str]:
    for verdict in changes_only(changes):
        at = verdict.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        cells = (at, verdict.state.value, verdict.target, verdict.subject, verdict.reason.value)
        said = inert(sentence(verdict, language), 2000)
        yield "\t".join(("change", *(inert(cell) for cell in cells), said))


def _blocks(changes: Sequence[Verdict], days: Sequence[DayRow], language: Language, width: int) -> Iterator["Text"]:
    from rich.text import Text

    rows, verdicts = defaultdict(list), defaultdict(list)
    for row in days:
        rows[row.key].append(row)
    for verdict in changes_only(changes):
        verdicts[verdict.key].append(verdict)
    several = len({key.beneficiary for key in (*rows, *verdicts)}) > 1
    for key in sorted({*rows, *verdicts}, key=lambda key: (PLACES.get(key.target, len(PLACES)), key)):
        title = TARGETS[key.target].title.of(language) if key.target in TARGETS else inert(key.target)
        whose = f" [{inert(key.beneficiary)}]" if several else ""
        yield Text.assemble((inert(key.subject), "bold"), whose, "  ", title)
        if rows[key]:
            yield hanging(_strip(rows[key], language), width)
        for verdict in verdicts[key]:
            yield hanging(_change(verdict, language), width)
        yield Text()


def _strip(rows: Iterable[DayRow], language: Language) -> "Text":
    from rich.text import Text

    by_day = {row.day: row for row in rows}
    first, last = min(by_day), max(by_day)
    shown = Text(DAYS.of(language).format(first=written_day(first, language), last=written_day(last, language)))
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        row = by_day.get(day)
        # A week stands together, so that a weekday can be counted out.
        if number and day.weekday() == 0:
            shown.append(" ")
        shown.append(
            NO_ROW if row is None else state_symbol(row.state), style="" if row is None else COLOURS[row.state]
        )
    counts = Counter(row.state for row in by_day.values())
    shown.append(
        "  " + " · ".join(state_count(state, counts[state], language) for state in WORST_FIRST if counts[state])
    )
    late = [written_day(row.day, language) for row in by_day.values() if row.late]
    return shown.append(f"  ({LATE.of(language)} : {', '.join(late)})" if late else "")


def _change(verdict: Verdict, language: Language) -> "Text":
    from rich.text import Text

    state = (f"{state_symbol(verdict.state)} {state_word(verdict.state, language)}", COLOURS[verdict.state])
    return Text.assemble(f"{instant(verdict.at, language)}  ", state, f"  {kept_together(phrase(verdict, language))}")
