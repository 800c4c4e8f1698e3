"""One target as its page shows it: where it stands, its subjects, its last days, what is asked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agent.core.alert_state import runbook_of
from agent.core.convention import CLAUSES, CountingRule
from agent.core.model import WORST_FIRST, State
from agent.export.pages.addresses import PageLinks, RunbookLink
from agent.export.pages.calendar_view import CalendarView, calendar_view
from agent.export.pages.details_json import in_order
from agent.export.pages.frame import PageFrame, frame, step_home
from agent.export.pages.requirement_view import RequirementView, asked_view, title_of
from agent.export.pages.shown import (
    QuarterBar,
    StateMark,
    SubjectRow,
    beneficiary_name,
    language_of,
    mark,
    quarters,
    row,
    state_of,
)
from agent.export.pages.verdict_details import Calendar
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.wording.detail_pages import subjects_in_words
from agent.wording.targets.every import TARGETS


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPageView:
    """The whole page; a calendar for each beneficiary, who is named where several are shown."""

    frame: PageFrame
    title: str
    mark: StateMark
    lead: str
    quarters: tuple[QuarterBar, ...]
    rows: tuple[SubjectRow, ...]
    by_event: bool
    calendars: tuple[tuple[str, CalendarView], ...]
    asked: RequirementView
    mend: str
    runbook: RunbookLink | None
    json: str


def target_view(
    standings: Sequence[CurrentVerdict], calendars: Sequence[Calendar], snapshot: Snapshot, links: PageLinks
) -> TargetPageView:
    """Return what the page shows of one target; `standings` are its own."""
    language = language_of(snapshot)
    target, state = standings[0].key.target, state_of(standings)
    several = len(snapshot.beneficiaries) > 1
    clause, said, runbook = CLAUSES.get(target), TARGETS.get(target), runbook_of(target, state)
    counts = Counter(one.verdict.state for one in standings)
    return TargetPageView(
        frame=frame(snapshot, links, lambda to: to.target(target), step_home(snapshot, links)),
        title=title_of(target, language),
        mark=mark(state, language),
        lead=subjects_in_words({one: counts[one] for one in WORST_FIRST}, language),
        quarters=quarters(target, snapshot, language),
        rows=tuple(row(one, snapshot, links) for one in in_order(standings)),
        by_event=clause is not None and clause.counted is CountingRule.BY_EVENT,
        calendars=tuple(
            (beneficiary_name(one.key.beneficiary, snapshot) if several else "", calendar_view(one, language))
            for one in calendars
        ),
        asked=asked_view(target, [one.objective for one in calendars], snapshot, language),
        mend=said.mend.of(language) if said is not None and state in (State.MISSED, State.UNPROVEN) else "",
        runbook=None if runbook is None else RunbookLink(name=runbook, place=links.runbook(runbook)),
        json=links.target(target, ".json"),
    )
