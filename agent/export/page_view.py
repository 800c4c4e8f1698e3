"""A snapshot as the status page shows it: what goes where, in which order, in which words; the template only prints."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.convention import CLAUSES, Better, Counted
from agent.core.model import WORST_FIRST, State, worst
from agent.core.reason import Reason
from agent.export.due import clocks, plan
from agent.export.snapshot import CollectorRun, Snapshot, Standing
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.page import PageWords, ago, lead, page_words, short_instant
from agent.wording.quantities import duration, instant, quantity, share
from agent.wording.sentences import phrase
from agent.wording.states import state_count, state_word
from agent.wording.targets import TARGETS
from agent.wording.verdict_fields import instant as machine_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Hold an instant as people and machines read it: how long ago, twice, and on the clock.

    `clock` is short, and leaves out the present year; `full` is not.
    """

    machine: str
    duration: str
    ago: str
    clock: str
    full: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Hold a state's id (which the style sheet knows) and its word."""

    id: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Hold one subject of a target; `beneficiary` is named only where several are shown."""

    mark: Mark
    subject: str
    beneficiary: str
    found: str
    gone: bool
    since: Moment | None
    evidence: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Hold the days of a quarter that came to one state, and their place in a bar of 1,000."""

    id: str
    text: str
    at: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """Hold what a quarter came to so far: a sentence, and the parts of its bar."""

    text: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Hold one target and its subjects, the worst first."""

    id: str
    mark: Mark
    title: str
    says: str
    objective: str
    quarter: Quarter | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """Hold how one collector does on one host."""

    collector: str
    host: str
    success: bool
    last_run: Moment
    last_success: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Hold the whole page."""

    language: Language
    words: PageWords
    names: tuple[str, ...]
    reference: str
    provider: str
    at: Moment
    lead: str
    counts: tuple[tuple[Mark, int], ...]
    findings: str
    groups: tuple[Group, ...]
    not_yet: tuple[Group, ...]
    later: tuple[Group, ...]
    clocks: tuple[str, ...]
    plan: tuple[str, ...]
    unwatched: tuple[str, ...]
    fault: str | None
    last_append: Moment | None
    heartbeat: Moment | None
    runs: tuple[RunRow, ...]
    meanings: tuple[tuple[Mark, str], ...]
    narrowed: bool
    version: str


def view(snapshot: Snapshot) -> View:
    """Return what the page shows of a snapshot."""
    language: Language = "en" if snapshot.language == "en" else "fr"
    words = page_words(language)
    groups = _groups(snapshot, language)
    bad = tuple(group for group in groups if group.mark.id in ("missed", "unproven"))
    waiting = frozenset(_never_looked_at(snapshot))
    counts = Counter(State(group.mark.id) for group in groups)
    total = len(snapshot.standings)
    return View(
        language=language,
        words=words,
        names=tuple(inert(one.name) for one in snapshot.beneficiaries),
        reference=inert(snapshot.convention.reference),
        provider=inert(snapshot.convention.provider),
        at=_moment(snapshot.at, snapshot.at, language),
        lead=lead(counts, language),
        counts=tuple((mark(state, language), counts[state]) for state in WORST_FIRST),
        findings=f"{total} {words.finding_count[total > 1]}",
        groups=tuple(group for group in bad if group.id not in waiting),
        not_yet=tuple(group for group in bad if group.id in waiting),
        later=tuple(group for group in groups if group not in bad),
        clocks=clocks(snapshot, language),
        plan=plan(snapshot, language),
        unwatched=tuple(inert(one.sentence, 400) for one in snapshot.unwatched),
        fault=None if snapshot.fault is None else inert(snapshot.fault, 400),
        last_append=_moment_or_none(snapshot.last_append, snapshot.at, language),
        heartbeat=_moment_or_none(snapshot.heartbeat, snapshot.at, language),
        runs=tuple(_run(run, snapshot.at, language) for run in sorted(snapshot.runs, key=_failing_first)),
        meanings=tuple((mark(state, language), text) for state, text in words.meanings),
        narrowed=snapshot.narrowed,
        version=snapshot.version,
    )


def mark(state: State, language: Language) -> Mark:
    """Return a state's mark."""
    return Mark(id=state.value, word=state_word(state, language))


def _groups(snapshot: Snapshot, language: Language) -> tuple[Group, ...]:
    by_target: dict[str, list[Standing]] = {}
    for standing in snapshot.standings:
        by_target.setdefault(standing.key.target, []).append(standing)
    groups = [_group(target, standings, snapshot, language) for target, standings in by_target.items()]
    order = list(CLAUSES)
    return tuple(sorted(groups, key=lambda group: (WORST_FIRST.index(State(group.mark.id)), _place(group.id, order))))


def _place(target: str, order: Sequence[str]) -> int:
    return order.index(target) if target in order else len(order)


def _never_looked_at(snapshot: Snapshot) -> Iterable[str]:
    reasons: dict[str, set[Reason]] = {}
    for verdict in snapshot.verdicts:
        reasons.setdefault(verdict.target, set()).add(verdict.reason)
    return (target for target, seen in reasons.items() if seen == {Reason.NOT_RUN})


def _group(target: str, standings: Sequence[Standing], snapshot: Snapshot, language: Language) -> Group:
    words = TARGETS.get(target)
    several = len(snapshot.beneficiaries) > 1
    # A subject to which the target does not apply says nothing of how the others stand.
    states = [one.verdict.state for one in standings]
    applicable = [state for state in states if state is not State.NOT_APPLICABLE]
    ordered = sorted(standings, key=lambda one: (WORST_FIRST.index(one.verdict.state), one.key))
    return Group(
        id=target,
        mark=mark(worst(applicable or states), language),
        title=words.title.of(language) if words else inert(target),
        says=words.says.of(language) if words else "",
        objective=_objective(target, snapshot, language),
        quarter=_quarter(target, snapshot, language),
        rows=tuple(_row(one, snapshot.at, language, several=several) for one in ordered),
    )


def _objective(target: str, snapshot: Snapshot, language: Language) -> str:
    in_force = snapshot.targets.get(target)
    clause = CLAUSES.get(target)
    if in_force is None or in_force.limit is None or clause is None:
        return page_words(language).no_objective
    objective = quantity(in_force.limit, in_force.unit, language)
    if clause.better is Better.LOWER:
        return f"≤ {objective}"
    # Nothing is more than the whole.
    return objective if in_force.unit == "ratio" and in_force.limit == 1 else f"≥ {objective}"


def _quarter(target: str, snapshot: Snapshot, language: Language) -> Quarter | None:
    clause = CLAUSES.get(target)
    counted = [one for one in snapshot.attainments if one.target == target]
    met, expected = sum(one.met for one in counted), sum(one.expected for one in counted)
    if clause is None or clause.counted is not Counted.BY_DAY or not expected:
        return None
    tally: Counter[State] = Counter()
    for one in counted:
        tally.update(one.tally)
    words = page_words(language)
    of = "sur" if language == "fr" else "of"
    days = words.days[expected > 1]
    return Quarter(
        text=f"{state_count(State.MET, met, language)} {of} {expected} {days} ({share(met / expected, language)})",
        parts=tuple(_parts(tally, language)),
    )


def _parts(tally: Mapping[State, int], language: Language) -> Iterable[Part]:
    shown = (State.MET, State.ACCEPTED, State.UNPROVEN, State.MISSED)
    total, before = sum(tally.get(state, 0) for state in shown), 0
    for state in shown:
        count = tally.get(state, 0)
        if count:
            start, end = before * 1000 // total, (before + count) * 1000 // total
            before += count
            yield Part(id=state.value, text=state_count(state, count, language), at=start, width=end - start)


def _row(standing: Standing, now: datetime, language: Language, *, several: bool) -> Row:
    verdict = standing.verdict
    said = phrase(verdict, language)
    return Row(
        mark=mark(verdict.state, language),
        subject=inert(verdict.subject),
        beneficiary=inert(verdict.beneficiary) if several else "",
        found=f"{said[:1].upper()}{said[1:]}.",
        gone=not standing.declared,
        since=_moment_or_none(standing.since, now, language),
        # What was never done has no evidence; what was looked at then is only the register.
        evidence=None if "never" in verdict.about else _moment_or_none(verdict.observed_at, now, language),
    )


def _run(run: CollectorRun, now: datetime, language: Language) -> RunRow:
    return RunRow(
        collector=inert(run.collector),
        host=inert(run.host),
        success=run.success,
        last_run=_moment(run.last_run, now, language),
        last_success=_moment_or_none(run.last_success, now, language),
    )


def _failing_first(run: CollectorRun) -> tuple[bool, str, str]:
    return run.success, run.collector, run.host


def _moment(when: datetime, now: datetime, language: Language) -> Moment:
    age = max(now - when, timedelta(0))
    return Moment(
        machine=machine_instant(when),
        duration=duration(age, language),
        ago=ago(age, language),
        clock=short_instant(when, now, language),
        full=instant(when, language),
    )


def _moment_or_none(when: datetime | None, now: datetime, language: Language) -> Moment | None:
    return None if when is None else _moment(when, now, language)
