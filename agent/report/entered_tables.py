"""Tables of when things were entered: what was entered or amended after the quarter, before any other figure. Pure."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from agent.core.convention import CLAUSES
from agent.core.durations import read_duration
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import read_when
from agent.core.period import day_end
from agent.report.dates_said import when_of
from agent.report.entered import Amendment, amendments, entering
from agent.report.figures import Report
from agent.report.names import Names
from agent.report.tables import Cell, ReportTable, table
from agent.report.undisclosed import tells_of, undisclosed_targets
from agent.wording.front import UNDISCLOSED
from agent.wording.quantities import duration, instant
from agent.wording.registers import key_name, register_name
from agent.wording.targets.every import target_title

# Keys whose values name no one: dates, figures, yes and no.
_PLAIN = frozenset({"none", "limit", "attainment"})
_CHOICES = frozenset({"major", "cnil_due", "personal_data", "result"})
_IN_WORDS: Mapping[str, str] = MappingProxyType({"yes": "oui", "no": "non", "ok": "réussi", "failed": "échoué"})


def after_quarter(report: Report, called: Names) -> list[ReportTable]:
    """Return what was entered or amended after the quarter's end, each key of it: none may be crowded out by others.

    For everyone an entry about a target that is open has one row, which names no key and no value of it.
    """
    hidden = undisclosed_targets(report, called)
    closed = [entry for entry in report.entries if tells_of(entry, hidden)]
    rows = [_undisclosed(entry, report, called) for entry in closed if entering(entry, report.quarter).after_quarter]
    rows += [
        (
            change.entry.id,
            f"{register_name(change.entry.register, called.language)}, {key_name(change.key, called.language)}",
            shown(change.key, change.before, called),
            shown(change.key, change.after, called),
            called.text(change.author) or "—",
            instant(change.at, called.language),
        )
        for entry in report.entries
        if entry not in closed
        for change in _since_its_end(entry, report)
    ]
    head = ("Inscription", "Objet", "Ancienne valeur", "Nouvelle valeur", "Auteur", "Inscrit le")
    title = "Inscrit ou modifié après la fin du trimestre"
    return table(title, head, rows, longest=len(rows), language=called.language)


def _undisclosed(entry: RegisterEntry, report: Report, called: Names) -> tuple[Cell, ...]:
    made, left_out = entering(entry, report.quarter), called.say(UNDISCLOSED)
    author = called.text(made.author) or "—"
    register = register_name(entry.register, called.language)
    return entry.id, register, left_out, left_out, author, instant(made.last_at, called.language)


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
    if key in _CHOICES:
        return called.say(_IN_WORDS[value]) if value in _IN_WORDS else value
    if key == "duration":
        return duration(read_duration(value), called.language)
    if key == "target" and value in CLAUSES:
        return target_title(value, called.language)
    try:
        read_when(value)
    except ValueError:
        return value if key in _PLAIN else called.text(value)
    return when_of(value, called.language)
