"""What was agreed about any target, as tables: accepted risks, adaptations, exclusions, the plan. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from agent.accounting.agreements import Acceptance, Adaptation, Exclusion
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.period import day_of
from agent.report.agreed_tables import PAPERS, dated, effect, excluded_moments, papers
from agent.report.agreements_shown import Agreement, form, remark
from agent.report.material import Material
from agent.report.names import Names
from agent.report.periodic_terms import last_day_of
from agent.report.tables import REGISTERS, ReportTable, table
from agent.wording import report as words
from agent.wording.quantities import quantity, share
from agent.wording.targets.every import target_title


def agreed(material: Material, first: date, last: date, called: Names) -> Iterator[ReportTable]:
    """Yield the tables of what was entered as agreed and bears on some days, both included."""
    agreements, entries = material.agreements, material.entries
    accepted = (one for one in agreements.acceptances if one.accepted_on <= last and one.until >= first)
    accepted = (one for one in accepted if _stood(one, one.in_force_from, first, last))
    yield from _accepted(accepted, entries, called, material.today)
    adapted = (one for one in agreements.adaptations if one.in_force_from is None or one.in_force_from <= last)
    yield from _adapted((one for one in adapted if _stood(one, one.in_force_from, first, last)), entries, called)
    excluded = (one for one in agreements.exclusions if day_of(one.begins) <= last and last_day_of(one.ends) >= first)
    yield from _excluded((one for one in excluded if _stood(one, one.entered_on, first, last)), entries, called)


def _stood(one: Agreement, begins: date | None, first: date, last: date) -> bool:
    """Return True for the last form of an agreement, and for an earlier one that stood on some of the days."""
    if one.superseded_on is None:
        return True
    return begins is not None and max(begins, first) < one.superseded_on and begins <= last


def _accepted(
    found: Iterable[Acceptance], entries: Sequence[RegisterEntry], called: Names, today: date
) -> list[ReportTable]:
    rows = [
        (
            form(one, called),
            target_title(one.key.target, called.language),
            called.of(one.key.target, one.key.subject),
            words.span(one.accepted_on, one.until, called.language),
            called.text(one.accepted_by),
            called.text(one.reason),
            remark(one, called, today),
            papers(one, entries, called),
        )
        for one in found
    ]
    head = ("Inscription", "Objectif", "Élément suivi", "Période", "Accepté par", "Motif", "Remarque", PAPERS)
    return table("Risques acceptés (article 5.2)", head, rows, kept_in=REGISTERS, language=called.language)


def _adapted(found: Iterable[Adaptation], entries: Sequence[RegisterEntry], called: Names) -> list[ReportTable]:
    rows = [
        (
            form(one, called),
            target_title(one.target, called.language),
            called.of(one.target, one.subject) if one.subject else called.say("tous"),
            effect(one, called),
            "—" if one.limit is None else quantity(one.limit, CLAUSES[one.target].unit, called.language),
            "—" if one.attainment is None else share(float(one.attainment), called.language),
            called.text(one.reason),
            papers(one, entries, called),
        )
        for one in found
    ]
    head = ("Inscription", "Objectif", "Élément suivi", "Prend effet", "Seuil", "Part des jours", "Motif", PAPERS)
    return table("Adaptations (article 5)", head, rows, kept_in=REGISTERS, language=called.language)


def _excluded(found: Iterable[Exclusion], entries: Sequence[RegisterEntry], called: Names) -> list[ReportTable]:
    rows = [
        (
            form(one, called),
            target_title(one.key.target, called.language),
            called.of(one.key.target, one.key.subject),
            *excluded_moments(one, called),
            called.text(one.reason),
            papers(one, entries, called),
        )
        for one in found
    ]
    head = ("Inscription", "Objectif", "Élément suivi", "Du", "Au", "Motif", PAPERS)
    return table("Exclusions inscrites", head, rows, kept_in=REGISTERS, language=called.language)


def plan(entries: Iterable[RegisterEntry], first: date, last: date, called: Names) -> list[ReportTable]:
    """Return the actions of the plan of improvement that were open on some days, or done on them."""
    rows = [
        (
            entry.id,
            target_title(entry.values["target"], called.language),
            called.text(entry.get("action")),
            called.text(entry.get("owner")),
            dated(entry, "due", called),
            dated(entry, "done", called),
        )
        for entry in entries
        if entry.register == "plan" and day_of(entry.received_at) <= last
        if (done := entry.when("done")) is None or done.day >= first
    ]
    head = ("Inscription", "Objectif", "Action", "Responsable", "Échéance", "Fait")
    return table("Plan d'amélioration (article 5)", head, rows, kept_in=REGISTERS, language=called.language)
