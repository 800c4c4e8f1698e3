"""Tables of when things were entered: what was entered or amended after the quarter, before any other figure. Pure."""

from collections.abc import Iterator

from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import read_when
from agent.core.period import day_end
from agent.report.dates_said import when_of
from agent.report.entered import Amendment, amendments, entering
from agent.report.figures import Report
from agent.report.names import Names
from agent.report.tables import ReportTable, table
from agent.wording.quantities import instant
from agent.wording.registers import key_name, register_name

# Keys whose values name no one: dates, figures, yes and no.
_PLAIN = frozenset(
    {"none", "major", "cnil_due", "personal_data", "limit", "attainment", "result", "duration", "target"}
)


def after_quarter(report: Report, called: Names) -> list[ReportTable]:
    """Return what was entered or amended after the quarter's end, each key of it: none may be crowded out by others."""
    rows = [
        (
            change.entry.id,
            f"{register_name(change.entry.register, called.language)}, {key_name(change.key, called.language)}",
            shown(change.key, change.before, called),
            shown(change.key, change.after, called),
            called.text(change.author) or "—",
            instant(change.at, called.language),
        )
        for entry in report.entries
        for change in _since_its_end(entry, report)
    ]
    head = ("Inscription", "Objet", "Ancienne valeur", "Nouvelle valeur", "Auteur", "Inscrit le")
    title = "Inscrit ou modifié après la fin du trimestre"
    return table(title, head, rows, longest=len(rows), language=called.language)


def _since_its_end(entry: RegisterEntry, report: Report) -> Iterator[Amendment]:
    made = entering(entry, report.quarter)
    if not made.after_quarter:
        return
    end = day_end(report.quarter.last)
    if made.at >= end:
        first = entry.earlier[0].values if entry.earlier else entry.values
        yield from (
            Amendment(entry=entry, key=key, before=None, after=value, author=first.get("author", ""), at=made.at)
            for key, value in first.items()
            if key not in ("author", "beneficiary")
        )
    yield from amendments(entry, end)


def shown(key: str, value: str | None, called: Names) -> str:
    """Return a value of an entry as a table shows it: dates in words, free text only where names may be shown."""
    if value is None:
        return "—"
    try:
        read_when(value)
    except ValueError:
        return value if key in _PLAIN else called.text(value)
    return when_of(value, called.language)
