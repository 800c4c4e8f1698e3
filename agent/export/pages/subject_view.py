"""One subject of a target as its page shows it: where it stands, why, what to do, its last days, its evidence."""

import shlex
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from agent.core.alert_state import runbook_of
from agent.core.convention import CLAUSES, CountingRule
from agent.core.model import State, Verdict
from agent.export.pages.addresses import PageLinks, RunbookLink
from agent.export.pages.calendar_view import CalendarView, calendar_view
from agent.export.pages.curve_view import CurveView, curve_view
from agent.export.pages.details_json import in_order
from agent.export.pages.due import planned_for
from agent.export.pages.evidence_view import ProofView, proof_view
from agent.export.pages.frame import PageFrame, frame, step_home
from agent.export.pages.requirement_view import RequirementView, asked_view, in_force, title_of
from agent.export.pages.shown import SubjectRow, bound, language_of, row, subject_name
from agent.export.pages.verdict_details import LedgerRow, VerdictDetails
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.export.verdicts_json import agent_of
from agent.wording.acknowledged import taken_in_hand
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.quantities import compared, instant, quantity
from agent.wording.targets.every import TARGETS, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a reason means, and how to mend it; `mends` are empty where nothing is to be mended.

    `agent`: on whose machine the commands are run, where that is another one.
    """

    means: str
    why: str
    mends: tuple[str, ...]
    commands: tuple[str, ...]
    agent: str
    runbook: RunbookLink | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BeneficiaryCase:
    """How the subject stands for one beneficiary."""

    id: str
    beneficiary: str
    row: SubjectRow
    figures: tuple[tuple[str, str], ...]
    plan: tuple[str, ...]
    advice: Advice
    calendar: CalendarView
    curve: CurveView | None
    by_event: bool
    proofs: tuple[ProofView, ...]
    ledger_row: LedgerRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectView:
    """The whole page."""

    frame: PageFrame
    title: str
    subject: str
    cases: tuple[BeneficiaryCase, ...]
    asked: RequirementView
    json: str


def subject_view(
    standings: Sequence[CurrentVerdict], details: VerdictDetails, snapshot: Snapshot, links: PageLinks
) -> SubjectView:
    """Return what the page shows of one subject; `standings` are its own, one for each beneficiary."""
    target, subject = standings[0].key.target, standings[0].key.subject
    language = language_of(snapshot)
    trail = (step_home(snapshot, links), (title_of(target, language), links.target(target)))
    around = frame(snapshot, links, lambda to: to.subject(target, subject), *trail)
    cases = [
        _case(one, f"case-{number}", around, details=details, snapshot=snapshot)
        for number, one in enumerate(in_order(standings), 1)
    ]
    return SubjectView(
        frame=around,
        title=title_of(target, language),
        subject=subject_name(standings[0], snapshot),
        cases=tuple(cases),
        asked=asked_view(target, [details.calendars[one.key].objective for one in standings], snapshot, language),
        json=links.subject(target, subject, ".json"),
    )


def _case(
    standing: CurrentVerdict, id: str, around: PageFrame, *, details: VerdictDetails, snapshot: Snapshot
) -> BeneficiaryCase:
    language, verdict, shown = around.language, standing.verdict, row(standing, snapshot, around.links)
    calendar = details.calendars[standing.key]
    clause = CLAUSES.get(verdict.target)
    return BeneficiaryCase(
        id=id,
        beneficiary=shown.beneficiary,
        row=shown,
        figures=tuple(_figures(standing, in_force(verdict.target, calendar.objective, language), around)),
        plan=planned_for(verdict, snapshot, language),
        advice=advice(verdict, around.links or PageLinks(), snapshot.agent_names, language),
        calendar=calendar_view(calendar, language),
        curve=curve_view(standing.key, details.values.get(standing.key, ()), calendar.objective, language),
        by_event=clause is not None and clause.counted is CountingRule.BY_EVENT,
        proofs=tuple(proof_view(one, language) for one in details.proofs.get(standing.key, ())),
        ledger_row=details.rows.get(standing.key),
    )


def _figures(standing: CurrentVerdict, objective: str, around: PageFrame) -> Iterator[tuple[str, str]]:
    verdict, words, language = standing.verdict, around.more, around.language
    if verdict.value is not None and verdict.limit is not None:
        yield words.measured, compared(verdict.value, verdict.limit, verdict.unit, language)[0]
    elif verdict.value is not None:
        yield words.measured, quantity(verdict.value, verdict.unit, language)
    limit = bound(verdict.target, verdict.limit, verdict.unit, language)
    if verdict.limit is not None and limit != objective:
        yield words.limit, limit
    yield words.objective, objective
    if standing.accepted_until is not None:
        yield words.accepted_until, instant(standing.accepted_until, language)
    if standing.excluded_until is not None:
        yield words.excluded_until, instant(standing.excluded_until, language)
    if standing.acknowledged is not None:
        yield words.acknowledged, taken_in_hand(standing.acknowledged, language)


def advice(verdict: Verdict, links: PageLinks, agents: Collection[str] | None, language: Language) -> Advice:
    """Return what a verdict's reason means, in the words of `beffroi explain`, and how to mend what is not met."""
    said, of_target = words_of(verdict.target, verdict.reason), TARGETS.get(verdict.target)
    bad = verdict.measured in (State.MISSED, State.UNPROVEN)
    mends = [said.mend.of(language), *([] if of_target is None else [of_target.mend.of(language)])]
    runbook = runbook_of(verdict.target, verdict.state)
    return Advice(
        means=said.means.of(language),
        why=said.why.of(language),
        mends=tuple(dict.fromkeys(mends)) if bad else (),
        commands=commands(verdict, agents) if bad else (),
        agent="" if agents is None else inert(agent_of(verdict.subject, agents)),
        runbook=None if runbook is None else RunbookLink(name=runbook, place=links.runbook(runbook)),
    )


def commands(verdict: Verdict, agents: Collection[str] | None = None) -> tuple[str, ...]:
    """Return the commands that show a subject again and look at it anew; none for what is a centre's own.

    `agents` are those of a centre, which itself looks at nothing: the commands are run on their machines.
    """
    subject = verdict.subject
    if agents is not None:
        agent = agent_of(subject, agents)
        if not agent:
            return ()
        subject = subject.removeprefix(f"{agent}/")
    subject = shlex.quote(inert(subject))
    target = shlex.quote(inert(verdict.target))
    return (f"beffroi status {subject} --history 14d", f"sudo beffroi check --target {target}")
