"""How a target went over four quarters: a line where nothing fell short, else a bar for each. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.report.charts import ChartPart, parts
from agent.report.figures import EarlierQuarter, Report, TargetFigures
from agent.report.names import Names
from agent.report.tables import TableMark, mark
from agent.wording import report as words


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRow:
    """One quarter of a trend; `said` is what its bar shows, in words."""

    quarter: str
    mark: TableMark
    parts: tuple[ChartPart, ...]
    rate: str
    said: str


def said_in_line(rows: Sequence[TrendRow], called: Names) -> str:
    """Return a trend in one line where no quarter is split, so that bars would show nothing more; else nothing."""
    if not rows or any(len(row.parts) > 1 for row in rows):
        return ""
    said = (f"{row.quarter}, {row.mark.word}" + (f", {row.rate}" if row.parts else "") for row in rows)
    return called.say(words.TREND).format(quarters=called.say(" ; ").join(said))


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
        )
