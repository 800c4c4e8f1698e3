"""Which agreements a report shows: the last form of each, and each earlier form that was in force on one of its days.

What a day was judged by is read on the paper of that day: an amendment takes the place of it from its own day only, and
a day that was accepted stays so when the subject leaves the configuration, or is declared mutualised. All pure.
"""

from collections.abc import Mapping
from datetime import date

from agent.accounting.agreements import Acceptance, Adaptation, Exclusion
from agent.core.duties.entries import RegisterEntry
from agent.core.model import State
from agent.core.period import ONE_DAY, day_of
from agent.report.figures import Report
from agent.report.names import Names
from agent.report.periodic_terms import last_day_of
from agent.wording import report as words
from agent.wording.quantities import day
from agent.wording.report import span

Agreement = Acceptance | Adaptation | Exclusion


def acceptances_shown(report: Report) -> tuple[Acceptance, ...]:
    """Return the acceptances whose last form names a day of the period, and the earlier forms that accepted one."""
    first, last = report.span.first, report.span.last
    return tuple(
        one
        for one in report.agreements.acceptances
        if (one.superseded_on is None and one.accepted_on <= last and one.until >= first) or accepted_days(one, report)
    )


def accepted_days(one: Acceptance, report: Report) -> tuple[date, ...]:
    """Return the days of the period that were accepted while this form of an acceptance stood."""
    first, last = one.in_force_from, one.last_day
    rows = (row for subject in report.days if subject.key == one.key for row in subject.rows())
    return tuple(when for when, came in rows if came.state is State.ACCEPTED and first <= when <= last)


def days_in_force(one: Acceptance, report: Report) -> tuple[date, date] | None:
    """Return the first and the last day on which an acceptance bears on the period or later; None: it does not."""
    first, last = one.in_force_from, one.last_day
    if one.has_effect and first <= min(last, report.span.last) and last >= report.span.first:
        return first, last
    days = accepted_days(one, report)
    return (days[0], days[-1]) if days else None


def adaptations_shown(report: Report) -> tuple[Adaptation, ...]:
    """Return the adaptations whose last form is not later than the period, and the earlier forms in force in it."""
    last = report.span.last
    return tuple(
        one
        for one in report.agreements.adaptations
        if (one.in_force_from is None and one.superseded_on is None)
        or (one.in_force_from is not None and one.in_force_from <= last and _stood(one, one.in_force_from, report))
    )


def exclusions_shown(report: Report) -> tuple[Exclusion, ...]:
    """Return the exclusions whose last form names a day of the period, and the earlier forms that left one out."""
    first, last = report.span.first, report.span.last
    return tuple(
        one
        for one in report.agreements.exclusions
        if day_of(one.begins) <= last
        and last_day_of(one.ends) >= first
        and (one.superseded_on is None or any(one.covers(one.key, when) for when in report.span.days))
    )


def acting_agreements(report: Report) -> frozenset[str]:
    """Return the ids of the agreements whose last form has an effect on some day; what has none asks for nothing."""
    latest = report.agreements.latest
    excluding = (one for one in latest.exclusions if _leaves_a_day_out(one))
    return frozenset(
        (
            *(one.id for one in latest.acceptances if one.has_effect),
            *(one.id for one in latest.adaptations if one.in_force_from is not None),
            *(one.id for one in excluding),
        )
    )


def _leaves_a_day_out(one: Exclusion) -> bool:
    """Return True where an exclusion covers a whole day; the first that it can cover is its first, or the next one."""
    first = max(day_of(one.begins), one.entered_on)
    return one.covers(one.key, first) or one.covers(one.key, first + ONE_DAY)


def _stood(one: Adaptation, begins: date, report: Report) -> bool:
    return one.superseded_on is None or max(begins, report.span.first) < one.superseded_on


def form(one: Agreement, called: Names) -> str:
    """Return the id of an agreement and, of an earlier form of it, until when it stood."""
    if one.superseded_on is None:
        return one.id
    until = day(one.superseded_on - ONE_DAY, called.language)
    return f"{one.id} ({called.say(words.EARLIER_FORM).format(day=until)})"


def values_of(one: Agreement, entry: RegisterEntry) -> Mapping[str, str]:
    """Return what an entry said in this form of an agreement."""
    if one.superseded_on is not None:
        for revision in entry.earlier:
            if day_of(revision.until) >= one.superseded_on:
                return revision.values
    return entry.values


def worth(one: Acceptance, report: Report, called: Names) -> str:
    """Return what an acceptance is worth, in words; `accepted_days` where it made some and has no effect any more."""
    said = remark(one, called, report.made_on)
    days = accepted_days(one, report)
    if one.has_effect or not days:
        return said
    counted = words.count(len(days), "jour", "jours", called.language)
    when = span(days[0], days[-1], called.language)
    return called.say(words.ACCEPTED_BEFORE).format(remark=said, days=counted, span=when)


def remark(one: Acceptance, called: Names, today: date) -> str:
    """Return what an acceptance is worth on the day of the document, in words."""
    if not one.declared:
        return called.say("élément suivi retiré de la configuration, sans effet")
    if one.outside_article:
        return called.say("hors de l'article 5.2, sans effet")
    if not one.signed:
        return called.say("sans signataire habilité, sans effet")
    if not one.has_effect:
        return called.say("inscrit après son terme, sans effet")
    said = called.say("en vigueur")
    if one.accepted_on < one.in_force_from:
        entered = day(one.in_force_from, called.language)
        said = called.say("en vigueur à partir de son inscription, le {day}").format(day=entered)
    if one.superseded_on is None and one.until < today:
        ended = called.say("a pris fin le {day}").format(day=day(one.until, called.language))
        said = f"{said}{called.say(' ; ')}{ended}" if one.accepted_on < one.in_force_from else ended
    return said if one.signatories else f"{said}{called.say(' ; ')}{called.say(words.NO_SIGNATORY)}"


def signer(one: Acceptance, called: Names) -> str:
    """Return who accepted a risk, marked where no signatory was declared when the acceptance was entered."""
    name = called.text(one.accepted_by) or "—"
    return name if one.signatories else f"{name} ({called.say(words.NO_SIGNATORY)})"
