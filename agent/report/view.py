"""The report as it is printed: what goes where, in which order, in which words; the template only prints."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.accounting.quarter import QuarterOutcome
from agent.core.convention import CLAUSES
from agent.core.model import State
from agent.core.period import day_of
from agent.report.entered import Amendment
from agent.report.entered_tables import after_quarter, shown
from agent.report.entry_tables import retired
from agent.report.figures import EditionChange, Report, TargetFigures
from agent.report.front import FrontView, front
from agent.report.names import Names, names
from agent.report.printed import RESTRICTED
from agent.report.storing_said import allowance_said
from agent.report.tables import ReportTable
from agent.report.undisclosed import named_alone, tells_of, undisclosed_targets
from agent.report.view_annexes import AnnexView, annex
from agent.report.view_target import TargetSheet, target_view
from agent.wording import proof
from agent.wording import report as words
from agent.wording.front import CONTEST
from agent.wording.inert import inert
from agent.wording.languages import Language, Words
from agent.wording.quantities import day
from agent.wording.registers import key_name
from agent.wording.states import state_word
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
    translation: str
    changes: tuple[str, ...]
    after_quarter: tuple[ReportTable, ...]
    targets: tuple[TargetSheet, ...]
    retired: tuple[ReportTable, ...]
    annex: AnnexView
    run_allowance: str
    version: str


TRANSLATION_OF_EDITION = "Traduction de l'édition {edition} ; le texte français fait foi."
OF_DRAFT = "Rien n'en est publié ni envoyé. Les jours sont comptés {days}."
SO_FAR = "Le trimestre n'est pas terminé : les jours sont comptés {days}."
TRANSLATION = "Traduction ; le texte français fait foi."


def view(report: Report, *, public: bool, language: Language = "fr") -> ReportView:
    """Return what the document shows of a report in one language; `public` leaves out every name."""
    called = names((one.key for one in report.days), report.beneficiary, public=public, language=language)
    return ReportView(
        title=called.say("Rapport trimestriel de sécurité informatique"),
        quarter=words.quarter_name(report.quarter, language),
        period=words.span(report.quarter.first, report.quarter.last, language),
        beneficiary=inert(report.beneficiary_name),
        provider=inert(report.provider),
        reference=inert(report.reference),
        edition=_edition(report, called),
        provisional=_provisional(report, called),
        draft=report.draft,
        public=public,
        lead=words.lead((one.outcome for one in report.targets), language) + _unheard(report, called),
        front=front(report, called),
        contest=called.say(CONTEST),
        translation=_translation(report, called),
        changes=tuple(_changed(report, called)),
        after_quarter=tuple(after_quarter(report, called)),
        targets=tuple(target_view(one, report, called) for one in sorted(report.targets, key=_order)),
        retired=tuple(retired(report.entries, report.quarter.first, report.quarter.last, report.taken_back, called)),
        annex=annex(report, called),
        run_allowance=allowance_said(report.run_allowances, language),
        version=report.version,
    )


def _order(one: TargetFigures) -> int:
    """Return the place of a target by its result: what is missed first, what has no rate last."""
    return ORDER.index(one.outcome)


def _edition(report: Report, called: Names) -> str:
    if report.draft:
        return called.say("Brouillon")
    if report.edition is None:
        return called.say("Provisoire")
    return called.say("Édition {edition}").format(edition=report.edition)


def _translation(report: Report, called: Names) -> str:
    """Return that a copy in another language is a translation, and which text prevails; empty for the French one."""
    if called.language == "fr":
        return ""
    if report.edition is None:
        return called.say(TRANSLATION)
    return called.say(TRANSLATION_OF_EDITION).format(edition=report.edition)


def _unheard(report: Report, called: Names) -> str:
    """Return that what some agents of a fleet watch is not counted, since nothing ever came of them."""
    if not report.unheard:
        return ""
    number = words.count(
        len(report.unheard), "logiciel de mesure déclaré", "logiciels de mesure déclarés", called.language
    )
    which = "" if called.public else f" ({called.listed([inert(one) for one in report.unheard])})"
    return " " + called.say(proof.NEVER_HEARD).format(number=number, which=which)


def _provisional(report: Report, called: Names) -> str:
    """Return what makes a report provisional; empty for an edition, which no demonstration has."""
    if report.edition is not None:
        return ""
    trust = called.say(words.DEMONSTRATION) if report.demonstration else ""
    days = words.span(report.span.first, report.span.last, called.language)
    return trust + called.say(OF_DRAFT if report.draft else SO_FAR).format(days=days)


def _changed(report: Report, called: Names) -> Iterator[str]:
    """Yield what differs from the edition before; of a target whose details are not disclosed, no more than that."""
    hidden = undisclosed_targets(report, called)
    closed = {entry.id for entry in report.entries if tells_of(entry, hidden)}
    shown = (replace(one, amendments=()) if one.entry in closed else one for one in report.changes)
    said = (_only_named(one, called) if named_alone(one, hidden) else _change(one, called) for one in shown)
    yield from dict.fromkeys(said)


def _only_named(one: EditionChange, called: Names) -> str:
    return f"{target_title(one.target, called.language)}{called.say(' : ')}{called.say('modifié')}."


def _change(one: EditionChange, called: Names) -> str:
    if one.printed is not None:
        return _reprinted(one, one.printed, called)
    if one.first is None or one.last is None:
        said = one.said.of(called.language)
        amended = called.say(" ; ").join(_amendment(amendment, called) for amendment in one.amendments)
        return f"{said}{called.say(' : ')}{amended}." if amended else f"{said}."
    title = target_title(one.target, called.language) if one.target in CLAUSES else inert(one.target)
    days = words.span(one.first, one.last, called.language)
    before, after = (_state(state, called) for state in (one.before, one.after))
    turned = called.say("{before} devient {after}").format(before=before, after=after)
    return f"{title}, {called.of(one.target, one.subject)}, {days}{called.say(' : ')}{turned}."


def _reprinted(one: EditionChange, printed: tuple[Words, Words], called: Names) -> str:
    """Return which printed value differs; of where copies and hosts are, a report for everyone says no more."""
    before, after = (inert(value.of(called.language), 400) for value in printed)
    turned = called.say("{before} devient {after}").format(before=before, after=after)
    if called.public and one.name in RESTRICTED:
        turned = called.say("modifié")
    of = ", ".join(part for part in (*_printed_of(one, called), one.said.of(called.language)) if part)
    return f"{of[:1].upper()}{of[1:]}{called.say(' : ')}{turned}."


def _printed_of(one: EditionChange, called: Names) -> tuple[str, str]:
    """Return of which target and subject a printed value is; what has a subject and no target is of a host."""
    if one.target:
        title = target_title(one.target, called.language) if one.target in CLAUSES else inert(one.target)
        return title, called.of(one.target, one.subject) if one.subject else ""
    if not one.subject:
        return "", ""
    return called.say("machine") if called.public else f"{called.say('machine')} {inert(one.subject)}", ""


def _state(state: State | None, called: Names) -> str:
    """Return the word of a day's state before or after a change; None: the day was not expected."""
    return called.say("non attendu") if state is None else state_word(state, called.language)


def _amendment(one: Amendment, called: Names) -> str:
    author = called.text(one.author)
    by = called.say(", par {author}").format(author=author) if author else ""
    return called.say("{key}, {before} devient {after} (le {day}{by})").format(
        key=key_name(one.key, called.language),
        before=shown(one.key, one.before, called),
        after=shown(one.key, one.after, called),
        day=day(day_of(one.at), called.language),
        by=by,
    )
