"""The report as it is printed: what goes where, in which order, in which words; the template only prints."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.accounting.quarter import QuarterOutcome
from agent.core.convention import CLAUSES
from agent.core.period import day_of
from agent.report.entered import Amendment
from agent.report.entered_tables import after_quarter, shown
from agent.report.figures import EditionChange, Report, TargetFigures
from agent.report.names import Names, names
from agent.report.tables import ReportTable, TableMark, mark
from agent.report.view_annexes import AnnexView, annex
from agent.report.view_target import TargetSheet, sentence, target_view
from agent.wording import report as words
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
class SummaryLine:
    """Hold one target's line of the first page."""

    id: str
    mark: TableMark
    title: str
    sentence: str
    measured: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSection:
    """Hold the targets of one word."""

    title: str
    mark: TableMark
    lines: tuple[SummaryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """Hold the whole document."""

    title: str
    quarter: str
    period: str
    beneficiary: str
    provider: str
    reference: str
    edition: str
    provisional: str
    public: bool
    lead: str
    sections: tuple[ViewSection, ...]
    changes: tuple[str, ...]
    after_quarter: tuple[ReportTable, ...]
    targets: tuple[TargetSheet, ...]
    annex: AnnexView
    run_allowance: str
    version: str


def view(report: Report, *, public: bool) -> ReportView:
    """Return what the document shows of a report; `public` leaves out every name."""
    called = names((one.key for one in report.days), report.beneficiary, public=public)
    return ReportView(
        title="Rapport trimestriel de service",
        quarter=words.quarter_name(report.quarter),
        period=words.span(report.quarter.first, report.quarter.last),
        beneficiary=inert(report.beneficiary_name),
        provider=inert(report.provider),
        reference=inert(report.reference),
        edition="Provisoire" if report.edition is None else f"Édition {report.edition}",
        provisional=_provisional(report),
        public=public,
        lead=words.lead(one.outcome for one in report.targets),
        sections=tuple(_sections(report)),
        changes=tuple(_change(one, called) for one in report.changes),
        after_quarter=tuple(after_quarter(report, called)),
        targets=tuple(target_view(one, report, called) for one in report.targets),
        annex=annex(report, called),
        run_allowance=duration(report.run_allowance, "fr"),
        version=report.version,
    )


def _provisional(report: Report) -> str:
    """Return what makes a report provisional; empty for an edition, which no demonstration has."""
    if report.edition is not None:
        return ""
    trust = words.DEMONSTRATION if report.demonstration else ""
    days = words.span(report.span.first, report.span.last)
    return f"{trust}Le trimestre n'est pas terminé : les jours sont comptés {days}."


def _sections(report: Report) -> Sequence[ViewSection]:
    found = []
    for outcome in ORDER:
        own = [one for one in report.targets if one.outcome is outcome]
        if own:
            found.append(
                ViewSection(title=words.GROUPS[outcome], mark=mark(outcome), lines=tuple(_line(one) for one in own))
            )
    return found


def _line(one: TargetFigures) -> SummaryLine:
    measured = []
    if one.measured_outcome is not one.outcome and one.measured_outcome is not None:
        measured.append(f"sans l'acceptation : {words.OUTCOMES[one.measured_outcome][1]}")
    if one.hypothetical is not None:
        measured.append(words.hypothetical(one.hypothetical.outcome, one.hypothetical.entered_on))
    return SummaryLine(
        id=one.target,
        mark=mark(one.outcome),
        title=target_title(one.target, "fr"),
        sentence=sentence(one),
        measured=" ; ".join(measured),
    )


def _change(one: EditionChange, called: Names) -> str:
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
