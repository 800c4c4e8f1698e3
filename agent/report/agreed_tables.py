"""What was agreed about a target: accepted risks, adapted objectives, exclusions, the plan of improvement. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date

from agent.accounting.agreements import Adaptation, Exclusion
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.period import day_end, day_of, day_start
from agent.report.agreements_shown import (
    Agreement,
    acceptances_shown,
    adaptations_shown,
    exclusions_shown,
    form,
    values_of,
    worth,
)
from agent.report.dates_said import when_of
from agent.report.entered import entered_late, last_entered, written
from agent.report.figures import Report
from agent.report.first_said import beside_first
from agent.report.names import Names
from agent.report.periodic_terms import last_day_of
from agent.report.tables import REGISTERS, ReportTable, table
from agent.wording import report as words
from agent.wording.languages import Language
from agent.wording.quantities import day, instant, quantity, share
from agent.wording.translated import translated


def agreed_tables(target: str, report: Report, called: Names) -> Iterator[ReportTable]:
    """Yield the acceptances, adaptations, exclusions and planned actions about a target."""
    yield from _acceptances(target, report, called)
    yield from _adaptations(target, report, called)
    yield from _exclusions(target, report, called)
    yield from _plans(target, report, called)


def dated(entry: RegisterEntry, key: str, called: Names) -> str:
    """Return a date of an entry in words: where it was amended, the first one, the day of the change and its author.

    Where it was entered more than three days after the day that it names, with the day of its entry and its author.
    """
    shown, change = when_of(entry.get(key), called.language), entry.changed(key)
    if change is not None:
        said = called.say("{shown} (date modifiée le {day}{by}, d'abord le {first})")
        first = when_of(change.first, called.language)
        return said.format(shown=shown, day=day(change.on, called.language), by=called.by(change.by), first=first)
    return shown + entered_mark(entry, key, called)


def entered_mark(entry: RegisterEntry, key: str, called: Names) -> str:
    """Return the day on which a date was entered and by whom, where that was late; empty where it was in time."""
    entered = entered_late(entry, key)
    if entered is None:
        return ""
    by = called.by(written(entry, key)[1])
    return called.say(" (inscrit le {day}{by})").format(day=day(entered, called.language), by=by)


def _acceptances(target: str, report: Report, called: Names) -> list[ReportTable]:
    rows = [
        (
            form(item, called),
            called.of(target, item.key.subject),
            words.span(item.accepted_on, item.until, called.language),
            called.text(item.accepted_by) or "—",
            called.text(item.recommendation) or called.say("non indiquée"),
            called.text(item.reason),
            worth(item, report, called),
            papers(item, report.entries, called),
        )
        for item in acceptances_shown(report)
        if item.key.target == target
    ]
    head = ("Inscription", "Élément suivi", "Période", "Accepté par", "Préconisation", "Motif", "Remarque", PAPERS)
    return table(
        "Risques acceptés (article 5.2)",
        head,
        rows,
        left_out="acceptations",
        kept_in=REGISTERS,
        language=called.language,
    )


# Of every agreement: who entered it and when, and the papers that it rests on.
PAPERS = "Inscrit ; pièce et accusé"


def papers(item: Agreement, entries: Iterable[RegisterEntry], called: Names) -> str:
    """Return by whom and when a form of an agreement was entered, and which proof and acknowledgement it names."""
    entry = next((one for one in entries if one.id == item.id), None)
    if entry is None:
        return "—"
    values = values_of(item, entry)
    on_last = day_of(last_entered(entry))
    author = called.text(values.get("author"))
    by_author = called.say(", par {author}").format(author=author) if author else ""
    on = day(on_last if item.superseded_on is None else item.entered_on, called.language)
    entered = called.say("le {day}").format(day=on) + by_author
    proof = called.say("pièce jointe" if values.get("evidence") else "sans pièce")
    by, acknowledged = values.get("acknowledged_by"), values.get("acknowledged_on")
    if by is None:
        return entered + called.say(" ; ") + called.say("{proof} ; sans accusé du bénéficiaire").format(proof=proof)
    given = called.say("accusé reçu ({name})" if called.text(by) else "accusé reçu").format(name=called.text(by))
    on_day = f", {when_of(acknowledged, called.language)}" if acknowledged else ""
    return called.say(" ; ").join((entered, proof, f"{given}{on_day}"))


def _adaptations(target: str, report: Report, called: Names) -> list[ReportTable]:
    rows = [
        (
            form(item, called),
            called.of(target, item.subject) if item.subject else called.say("tous"),
            effect(item, called),
            "—" if item.limit is None else quantity(item.limit, CLAUSES[target].unit, called.language),
            "—" if item.attainment is None else share(float(item.attainment), called.language),
            called.text(item.reason),
            papers(item, report.entries, called),
        )
        for item in adaptations_shown(report)
        if item.target == target
    ]
    head = ("Inscription", "Élément suivi", "Prend effet", "Seuil", "Part des jours", "Motif", PAPERS)
    return table(
        "Adaptations de l'objectif (article 5)",
        head,
        rows,
        left_out="adaptations",
        kept_in=REGISTERS,
        language=called.language,
    )


def effect(item: Adaptation, called: Names) -> str:
    """Return from when an adaptation counts, and on which day the beneficiary was informed, which it rests on."""
    said = since(item.in_force_from, called.language)
    if item.informed_on is None:
        return said
    informed = day(item.informed_on, called.language)
    return called.say("{since} (bénéficiaire informé le {day})").format(since=said, day=informed)


def _exclusions(target: str, report: Report, called: Names) -> list[ReportTable]:
    rows = [
        (
            form(item, called),
            called.of(target, item.key.subject),
            *excluded_moments(item, called),
            called.text(item.reason),
            papers(item, report.entries, called),
        )
        for item in exclusions_shown(report)
        if item.key.target == target
    ]
    head = ("Inscription", "Élément suivi", "Du", "Au", "Motif", PAPERS)
    return table("Exclusions inscrites", head, rows, left_out="exclusions", kept_in=REGISTERS, language=called.language)


def excluded_moments(item: Exclusion, called: Names) -> tuple[str, str]:
    """Return from when to when an exclusion lasts: a midnight as the day that begins or ends with it, included."""
    first, last = day_of(item.begins), last_day_of(item.ends)
    begins = day(first, called.language) if day_start(first) == item.begins else instant(item.begins, called.language)
    ends = day(last, called.language) if day_end(last) == item.ends else instant(item.ends, called.language)
    return begins, ends


def _plans(target: str, report: Report, called: Names) -> list[ReportTable]:
    rows = [
        (
            entry.id,
            called.of(target, entry.values["subject"]),
            beside_first(called.text(entry.get("cause")) or called.say("non indiquée"), entry, "cause", called),
            beside_first(called.text(entry.get("action")), entry, "action", called),
            beside_first(called.text(entry.get("owner")), entry, "owner", called),
            dated(entry, "due", called),
            dated(entry, "done", called),
        )
        for entry in report.entries
        if entry.register == "plan" and entry.get("target") == target and _open(entry, report)
    ]
    head = ("Inscription", "Élément suivi", "Cause", "Action", "Responsable", "Échéance", "Fait")
    return table("Plan d'amélioration", head, rows, left_out="actions", kept_in=REGISTERS, language=called.language)


def _open(entry: RegisterEntry, report: Report) -> bool:
    done = entry.when("done")
    return day_of(entry.received_at) <= report.quarter.last and (done is None or done.day >= report.quarter.first)


def since(when: date | None, language: Language = "fr") -> str:
    """Return from when an adaptation counts, in words."""
    unknown = "sans effet : le bénéficiaire n'a pas été informé"
    return translated(unknown, language) if when is None else day(when, language)
