"""A snapshot as the status page shows it: what goes where, in which order, in which words; the template only prints."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.model import WORST_FIRST, State
from agent.core.reason import Reason
from agent.export.pages.addresses import PageLinks
from agent.export.pages.due import clocks, plan
from agent.export.pages.filter_bar import FilterBar, filter_bar
from agent.export.pages.frame import PageFrame, frame
from agent.export.pages.page_filter import EVERYTHING, PageFilter
from agent.export.pages.row_limits import LINES, Lines, first_lines
from agent.export.pages.shown import (
    DisplayedInstant,
    RunRow,
    StateMark,
    language_of,
    mark,
    moment_or_none,
    run_row,
)
from agent.export.pages.target_groups import TargetGroup, target_groups
from agent.export.snapshot import CollectorRun, Snapshot
from agent.wording.fleet_agents import HEADING, agent_lines
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.narrowing import NOTHING_LEFT
from agent.wording.page import lead, page_words
from agent.wording.states import counted_word


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """The whole page."""

    frame: PageFrame
    reference: str
    provider: str
    lead: str
    agents_title: str
    agents: Lines
    counts: tuple[tuple[StateMark, int], ...]
    bar: FilterBar | None
    nothing_left: bool
    findings: str
    groups: tuple[TargetGroup, ...]
    not_yet: tuple[TargetGroup, ...]
    later: tuple[TargetGroup, ...]
    clocks: Lines
    plan: Lines
    unwatched: Lines
    last_append: DisplayedInstant | None
    heartbeat: DisplayedInstant | None
    runs: tuple[RunRow, ...]
    more_runs: int
    failing: int
    meanings: tuple[tuple[StateMark, str], ...]


def view(
    snapshot: Snapshot, links: PageLinks | None = None, chosen: PageFilter = EVERYTHING, whole: Snapshot | None = None
) -> StatusView:
    """Return what the page shows of a snapshot; `links` None: it leads to no other page.

    `snapshot` is what the filter's host and target leave of `whole`; `whole` None: they leave all of it.
    """
    language = language_of(snapshot)
    words = page_words(language)
    groups = target_groups(snapshot, links, chosen)
    shown = tuple(group for group in groups if group.causes)
    bad = tuple(group for group in shown if group.mark.id in ("missed", "unproven"))
    waiting = frozenset(_never_looked_at(snapshot))
    counts = Counter(State(group.mark.id) for group in groups)
    total, served = len(snapshot.standings), links is not None
    runs = sorted(snapshot.runs, key=_failing_first)
    shown_runs = runs[:LINES] if served else runs
    return StatusView(
        frame=frame(snapshot, links, lambda to: to.home(**chosen.query)),
        reference=inert(snapshot.convention.reference),
        provider=inert(snapshot.convention.provider),
        lead=lead(counts, language) if groups or chosen == EVERYTHING else NOTHING_LEFT.of(language),
        counts=tuple((_counted(state, counts[state], language), counts[state]) for state in WORST_FIRST),
        bar=None if links is None else filter_bar(snapshot, whole or snapshot, chosen, links),
        nothing_left=not shown and chosen != EVERYTHING,
        findings=f"{total} {words.finding_count[total > 1]}",
        groups=tuple(group for group in bad if group.id not in waiting),
        not_yet=tuple(group for group in bad if group.id in waiting),
        later=tuple(group for group in shown if group not in bad),
        agents_title=HEADING.of(language),
        agents=first_lines(list(agent_lines(snapshot.agents or (), language)), served=served),
        clocks=first_lines(clocks(snapshot, language), served=served),
        plan=first_lines(plan(snapshot, language), served=served),
        unwatched=first_lines([inert(one.sentence, 400) for one in snapshot.unwatched], served=served),
        last_append=moment_or_none(snapshot.last_append, snapshot.at, language),
        heartbeat=moment_or_none(snapshot.heartbeat, snapshot.at, language),
        runs=tuple(run_row(run, snapshot.at, language) for run in shown_runs),
        more_runs=len(runs) - len(shown_runs),
        failing=sum(not run.success for run in runs),
        meanings=tuple((mark(state, language), text) for state, text in words.meanings),
    )


def _counted(state: State, count: int, language: Language) -> StateMark:
    return StateMark(id=state.value, word=counted_word(state, count, language))


def _never_looked_at(snapshot: Snapshot) -> Iterable[str]:
    reasons: dict[str, set[Reason]] = {}
    for verdict in snapshot.verdicts:
        reasons.setdefault(verdict.target, set()).add(verdict.reason)
    # What someone took in hand is named, with who did.
    taken = {one.verdict.target for one in snapshot.standings if one.acknowledged is not None}
    return (target for target, seen in reasons.items() if seen == {Reason.NOT_RUN} and target not in taken)


def _failing_first(run: CollectorRun) -> tuple[bool, str, str]:
    return run.success, run.collector, run.host
