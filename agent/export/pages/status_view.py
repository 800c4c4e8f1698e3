"""A snapshot as the status page shows it: what goes where, in which order, in which words; the template only prints."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from agent.core.convention import CLAUSES
from agent.core.model import WORST_FIRST, State
from agent.core.reason import Reason
from agent.export.pages.addresses import PageLinks
from agent.export.pages.due import clocks, plan
from agent.export.pages.filter_bar import FilterBar, filter_bar
from agent.export.pages.frame import PageFrame, frame
from agent.export.pages.page_filter import EVERYTHING, PageFilter
from agent.export.pages.row_limits import LINES, Lines, first_lines, rows_each
from agent.export.pages.shown import (
    DisplayedInstant,
    QuarterBar,
    RunRow,
    StateMark,
    SubjectRow,
    beneficiary_name,
    language_of,
    mark,
    moment_or_none,
    objective,
    quarter,
    row,
    run_row,
    state_of,
    subject_name,
)
from agent.export.snapshot import CollectorRun, CurrentVerdict, Snapshot
from agent.wording.inert import inert
from agent.wording.narrowing import NOTHING_LEFT
from agent.wording.page import lead, page_words
from agent.wording.targets.every import TARGETS


@dataclass(frozen=True, slots=True, kw_only=True)
class OmittedSubjects:
    """The subjects in one state for which a page has no row left: each name, and where its page is."""

    mark: StateMark
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetGroup:
    """One target and its subjects, the worst first: some as rows, the others by name."""

    id: str
    mark: StateMark
    title: str
    place: str | None
    says: str
    objective: str
    quarter: QuarterBar | None
    rows: tuple[SubjectRow, ...]
    others: tuple[OmittedSubjects, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """The whole page."""

    frame: PageFrame
    reference: str
    provider: str
    lead: str
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
    meanings: tuple[tuple[StateMark, str], ...]


def view(
    snapshot: Snapshot, links: PageLinks | None = None, chosen: PageFilter = EVERYTHING, whole: Snapshot | None = None
) -> StatusView:
    """Return what the page shows of a snapshot; `links` None: it leads to no other page.

    `snapshot` is what the filter's host and target leave of `whole`; `whole` None: they leave all of it.
    """
    language = language_of(snapshot)
    words = page_words(language)
    groups = _groups(snapshot, links, chosen)
    shown = tuple(group for group in groups if group.rows)
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
        counts=tuple((mark(state, language), counts[state]) for state in WORST_FIRST),
        bar=None if links is None else filter_bar(snapshot, whole or snapshot, chosen, links),
        nothing_left=not shown and chosen != EVERYTHING,
        findings=f"{total} {words.finding_count[total > 1]}",
        groups=tuple(group for group in bad if group.id not in waiting),
        not_yet=tuple(group for group in bad if group.id in waiting),
        later=tuple(group for group in shown if group not in bad),
        clocks=first_lines(clocks(snapshot, language), served=served),
        plan=first_lines(plan(snapshot, language), served=served),
        unwatched=first_lines([inert(one.sentence, 400) for one in snapshot.unwatched], served=served),
        last_append=moment_or_none(snapshot.last_append, snapshot.at, language),
        heartbeat=moment_or_none(snapshot.heartbeat, snapshot.at, language),
        runs=tuple(run_row(run, snapshot.at, language) for run in shown_runs),
        more_runs=len(runs) - len(shown_runs),
        meanings=tuple((mark(state, language), text) for state, text in words.meanings),
    )


def _groups(snapshot: Snapshot, links: PageLinks | None, chosen: PageFilter) -> tuple[TargetGroup, ...]:
    by_target: dict[str, list[CurrentVerdict]] = {}
    for standing in snapshot.standings:
        by_target.setdefault(standing.key.target, []).append(standing)
    order = {target: number for number, target in enumerate(CLAUSES)}
    groups = sorted(
        by_target.items(), key=lambda one: (WORST_FIRST.index(state_of(one[1])), order.get(one[0], len(order)))
    )
    counts = [sum(chosen.state in (None, one.verdict.state) for one in standings) for _, standings in groups]
    room = rows_each(counts, served=links is not None)
    return tuple(
        _group(target, standings, rows, snapshot=snapshot, links=links, chosen=chosen)
        for (target, standings), rows in zip(groups, room, strict=True)
    )


def _never_looked_at(snapshot: Snapshot) -> Iterable[str]:
    reasons: dict[str, set[Reason]] = {}
    for verdict in snapshot.verdicts:
        reasons.setdefault(verdict.target, set()).add(verdict.reason)
    return (target for target, seen in reasons.items() if seen == {Reason.NOT_RUN})


def _group(
    target: str,
    standings: Sequence[CurrentVerdict],
    rows: int,
    *,
    snapshot: Snapshot,
    links: PageLinks | None,
    chosen: PageFilter,
) -> TargetGroup:
    language, words = language_of(snapshot), TARGETS.get(target)
    left = [one for one in standings if chosen.state in (None, one.verdict.state)]
    ordered = sorted(left, key=lambda one: (WORST_FIRST.index(one.verdict.state), one.key))
    return TargetGroup(
        id=target,
        mark=mark(state_of(standings), language),
        title=words.title.of(language) if words else inert(target),
        place=None if links is None else links.target(target),
        says=words.says.of(language) if words else "",
        objective=objective(target, snapshot, language),
        # A quarter is counted for a whole target, not for one of its hosts.
        quarter=None if chosen.host is not None else quarter(target, snapshot, language),
        rows=tuple(row(one, snapshot, links) for one in ordered[:rows]),
        others=() if links is None else tuple(_others(ordered[rows:], snapshot, links)),
    )


def _others(standings: Sequence[CurrentVerdict], snapshot: Snapshot, links: PageLinks) -> Iterator[OmittedSubjects]:
    language, several = language_of(snapshot), len(snapshot.beneficiaries) > 1
    names: dict[State, list[tuple[str, str]]] = {}
    for one in standings:
        key = one.key
        name = subject_name(one, snapshot)
        if several and name != (whose := beneficiary_name(key.beneficiary, snapshot)):
            name = f"{name} ({whose})"
        names.setdefault(one.verdict.state, []).append((name, links.subject(key.target, key.subject)))
    return (OmittedSubjects(mark=mark(state, language), names=tuple(own)) for state, own in names.items())


def _failing_first(run: CollectorRun) -> tuple[bool, str, str]:
    return run.success, run.collector, run.host
