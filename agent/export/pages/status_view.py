"""A snapshot as the status page shows it: what goes where, in which order, in which words; the template only prints."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.core.convention import CLAUSES
from agent.core.model import WORST_FIRST, State
from agent.core.reason import Reason
from agent.export.pages.addresses import PageLinks
from agent.export.pages.due import clocks, plan
from agent.export.pages.frame import PageFrame, frame
from agent.export.pages.row_limits import LINES, Lines, first_lines, rows_each
from agent.export.pages.shown import (
    DisplayedInstant,
    QuarterBar,
    StateMark,
    SubjectRow,
    language_of,
    mark,
    moment,
    moment_or_none,
    objective,
    quarter,
    row,
    state_of,
)
from agent.export.snapshot import CollectorRun, CurrentVerdict, Snapshot
from agent.wording.inert import inert
from agent.wording.languages import Language
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
class RunRow:
    """How one collector does on one host."""

    collector: str
    host: str
    success: bool
    last_run: DisplayedInstant
    last_success: DisplayedInstant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """The whole page."""

    frame: PageFrame
    reference: str
    provider: str
    lead: str
    counts: tuple[tuple[StateMark, int], ...]
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


def view(snapshot: Snapshot, links: PageLinks | None = None) -> StatusView:
    """Return what the page shows of a snapshot; `links` None: it leads to no other page."""
    language = language_of(snapshot)
    words = page_words(language)
    groups = _groups(snapshot, links)
    bad = tuple(group for group in groups if group.mark.id in ("missed", "unproven"))
    waiting = frozenset(_never_looked_at(snapshot))
    counts = Counter(State(group.mark.id) for group in groups)
    total, served = len(snapshot.standings), links is not None
    runs = sorted(snapshot.runs, key=_failing_first)
    shown_runs = runs[:LINES] if served else runs
    return StatusView(
        frame=frame(snapshot, links),
        reference=inert(snapshot.convention.reference),
        provider=inert(snapshot.convention.provider),
        lead=lead(counts, language),
        counts=tuple((mark(state, language), counts[state]) for state in WORST_FIRST),
        findings=f"{total} {words.finding_count[total > 1]}",
        groups=tuple(group for group in bad if group.id not in waiting),
        not_yet=tuple(group for group in bad if group.id in waiting),
        later=tuple(group for group in groups if group not in bad),
        clocks=first_lines(clocks(snapshot, language), served=served),
        plan=first_lines(plan(snapshot, language), served=served),
        unwatched=first_lines([inert(one.sentence, 400) for one in snapshot.unwatched], served=served),
        last_append=moment_or_none(snapshot.last_append, snapshot.at, language),
        heartbeat=moment_or_none(snapshot.heartbeat, snapshot.at, language),
        runs=tuple(_run(run, snapshot.at, language) for run in shown_runs),
        more_runs=len(runs) - len(shown_runs),
        meanings=tuple((mark(state, language), text) for state, text in words.meanings),
    )


def _groups(snapshot: Snapshot, links: PageLinks | None) -> tuple[TargetGroup, ...]:
    by_target: dict[str, list[CurrentVerdict]] = {}
    for standing in snapshot.standings:
        by_target.setdefault(standing.key.target, []).append(standing)
    order = {target: number for number, target in enumerate(CLAUSES)}
    groups = sorted(
        by_target.items(), key=lambda one: (WORST_FIRST.index(state_of(one[1])), order.get(one[0], len(order)))
    )
    room = rows_each([len(standings) for _, standings in groups], served=links is not None)
    return tuple(
        _group(target, standings, rows, snapshot=snapshot, links=links)
        for (target, standings), rows in zip(groups, room, strict=True)
    )


def _never_looked_at(snapshot: Snapshot) -> Iterable[str]:
    reasons: dict[str, set[Reason]] = {}
    for verdict in snapshot.verdicts:
        reasons.setdefault(verdict.target, set()).add(verdict.reason)
    return (target for target, seen in reasons.items() if seen == {Reason.NOT_RUN})


def _group(
    target: str, standings: Sequence[CurrentVerdict], rows: int, *, snapshot: Snapshot, links: PageLinks | None
) -> TargetGroup:
    language, words = language_of(snapshot), TARGETS.get(target)
    several = len(snapshot.beneficiaries) > 1
    ordered = sorted(standings, key=lambda one: (WORST_FIRST.index(one.verdict.state), one.key))
    return TargetGroup(
        id=target,
        mark=mark(state_of(standings), language),
        title=words.title.of(language) if words else inert(target),
        place=None if links is None else links.target(target),
        says=words.says.of(language) if words else "",
        objective=objective(target, snapshot, language),
        quarter=quarter(target, snapshot, language),
        rows=tuple(row(one, snapshot, links) for one in ordered[:rows]),
        others=() if links is None else tuple(_others(ordered[rows:], links, language, several=several)),
    )


def _others(
    standings: Sequence[CurrentVerdict], links: PageLinks, language: Language, *, several: bool
) -> Iterator[OmittedSubjects]:
    names: dict[State, list[tuple[str, str]]] = {}
    for one in standings:
        key = one.key
        name = f"{inert(key.subject)} ({inert(key.beneficiary)})" if several else inert(key.subject)
        names.setdefault(one.verdict.state, []).append((name, links.subject(key.target, key.subject)))
    return (OmittedSubjects(mark=mark(state, language), names=tuple(own)) for state, own in names.items())


def _run(run: CollectorRun, now: datetime, language: Language) -> RunRow:
    return RunRow(
        collector=inert(run.collector),
        host=inert(run.host),
        success=run.success,
        last_run=moment(run.last_run, now, language),
        last_success=moment_or_none(run.last_success, now, language),
    )


def _failing_first(run: CollectorRun) -> tuple[bool, str, str]:
    return run.success, run.collector, run.host
