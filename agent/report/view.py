"""The report as it is printed: what goes where, in which order, in which words; the template only prints."""

from dataclasses import dataclass

from agent.accounting.quarter import QuarterOutcome
from agent.core.convention import CLAUSES, OFF_SITE
from agent.core.period import day_of
from agent.report.entered import Amendment
from agent.report.entered_tables import after_quarter, shown
from agent.report.entry_tables import retired
from agent.report.figures import EditionChange, Report, TargetFigures
from agent.report.front import FrontView, front
from agent.report.names import Names, names
from agent.report.tables import ReportTable
from agent.report.view_annexes import AnnexView, annex
from agent.report.view_target import TargetSheet, target_view
from agent.wording import report as words
from agent.wording.front import CONTEST
from agent.wording.inert import inert
from agent.wording.quantities import day, duration
from agent.wording.registers import key_name
from agent.wording.targets.every import target_title

ORDER = (
    QuarterOutcome.NOT_ATTAINED,
    QuarterOutcome.NOT_DEMONSTRATED,
    QuarterOutcome.RISK_ACCEPTED,
    QuarterOutcome.ATTAINED,
    QuarterOutcome.NOT_APPLICABLE,
    None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """The whole document."""

    title: str
    quarter: str
    period: str
    beneficiary: str
    provider: str
    reference: str
    edition: str
    provisional: str
    draft: bool
    public: bool
    lead: str
    front: FrontView
    contest: str
    changes: tuple[str, ...]
    after_quarter: tuple[ReportTable, ...]
    targets: tuple[TargetSheet, ...]
    retired: tuple[ReportTable, ...]
    annex: AnnexView
    run_allowance: str
    version: str


def view(report: Report, *, public: bool) -> ReportView:
    """Return what the document shows of a report; `public` leaves out every name."""
    called = names((one.key for one in report.days), report.beneficiary, public=public)
    return ReportView(
        title="Rapport trimestriel de sécurité informatique",
        quarter=words.quarter_name(report.quarter),
        period=words.span(report.quarter.first, report.quarter.last),
        beneficiary=inert(report.beneficiary_name),
        provider=inert(report.provider),
        reference=inert(report.reference),
        edition=_edition(report),
        provisional=_provisional(report),
        draft=report.draft,
        public=public,
        lead=words.lead(one.outcome for one in report.targets),
        front=front(report, called),
        contest=CONTEST.format(provider=inert(report.provider) or "votre prestataire"),
        changes=tuple(_change(one, called) for one in report.changes),
        after_quarter=tuple(after_quarter(report, called)),
        targets=tuple(target_view(one, report, called) for one in sorted(report.targets, key=_order)),
        retired=tuple(retired(report.entries, report.quarter.first, report.quarter.last, report.taken_back, called)),
        annex=annex(report, called),
        run_allowance=duration(report.run_allowance, "fr"),
        version=report.version,
    )


def _order(one: TargetFigures) -> int:
    """Return the place of a target by its result: what is missed first, what has no rate last."""
    return ORDER.index(one.outcome)


def _edition(report: Report) -> str:
    if report.draft:
        return "Brouillon"
    return "Provisoire" if report.edition is None else f"Édition {report.edition}"


def _provisional(report: Report) -> str:
    """Return what makes a report provisional; empty for an edition, which no demonstration has."""
    if report.edition is not None:
        return ""
    trust = words.DEMONSTRATION if report.demonstration else ""
    days = words.span(report.span.first, report.span.last)
    if report.draft:
        return f"{trust}Brouillon : rien n'en est publié ni envoyé. Les jours sont comptés {days}."
    return f"{trust}Le trimestre n'est pas terminé : les jours sont comptés {days}."


def _change(one: EditionChange, called: Names) -> str:
    if one.target and one.first is None:
        title = target_title(one.target, "fr") if one.target in CLAUSES else inert(one.target)
        subject = called.of(one.target, one.subject)
        if called.public and one.target == OFF_SITE:  # where copies lie is for the beneficiary's report alone
            return f"{title}, {subject}, {one.said} : modifié."
        return f"{title}, {subject}, {one.said} : {inert(one.before, 400)} devient {inert(one.after, 400)}."
    if one.first is None or one.last is None:
        amended = " ; ".join(_amendment(amendment, called) for amendment in one.amendments)
        return f"{one.said} : {amended}." if amended else f"{one.said}."
    title = target_title(one.target, "fr") if one.target in CLAUSES else inert(one.target)
    when = words.span(one.first, one.last)
    return f"{title}, {called.of(one.target, one.subject)}, {when} : {one.before} devient {one.after}."


def _amendment(one: Amendment, called: Names) -> str:
    author = called.text(one.author)
    by = f", par {author}" if author else ""
    values = f"{shown(one.key, one.before, called)} devient {shown(one.key, one.after, called)}"
    return f"{key_name(one.key)}, {values} (le {day(day_of(one.at), 'fr')}{by})"
