"""How a target went over four quarters: a line where the report's own quarter is not split, else bars. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.report.charts import ChartPart, parts
from agent.report.figures import EarlierQuarter, Report, TargetFigures
from agent.report.names import Names
from agent.report.tables import TableMark, mark
from agent.wording import report as words


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRow:
    """One quarter of a trend; `said` is what its bar shows, in words, and `missed` how much of it was missed."""

    quarter: str
    mark: TableMark
    parts: tuple[ChartPart, ...]
    rate: str
    said: str
    missed: int


def said_in_line(rows: Sequence[TrendRow], called: Names) -> str:
    """Return a trend in one line where the last quarter is not split, so that its bar would show nothing; else nothing.

    What was missed in an earlier quarter that is split stands there, apart from what was not proven.
    """
    if not rows or len(rows[-1].parts) > 1:
        return ""
    return called.say(words.TREND).format(quarters=called.say(" ; ").join(_in_line(row, called) for row in rows))


def _in_line(row: TrendRow, called: Names) -> str:
    said = [row.quarter, row.mark.word, *([row.rate] if row.parts else [])]
    if row.missed and len(row.parts) > 1:
        said.append(words.count(row.missed, "non atteint", "non atteints", called.language))
    return ", ".join(said)


def trend_rows(one: TargetFigures, report: Report, called: Names) -> Iterator[TrendRow]:
    """Yield the quarters of a trend, the oldest first; nothing of a target that has no rate."""
    counted = one.tally
    if counted is None:
        return
    unmeasured = TableMark(id="none", word=called.say("non mesuré"))
    now = EarlierQuarter(quarter=report.quarter, outcome=one.outcome, tally=counted)
    for past in (*one.past, now):
        known = past.tally
        so_far = called.say(" (en cours)") if past is now and report.provisional else ""
        yield TrendRow(
            quarter=words.short_quarter(past.quarter, called.language) + so_far,
            mark=unmeasured if known is None else mark(past.outcome, called.language),
            parts=() if known is None else parts(known),
            rate="—" if known is None else words.rate(known, called.language),
            said=called.say("Rien n'a été mesuré.") if known is None else words.split(known, called.language),
            missed=0 if known is None else known.missed,
        )
