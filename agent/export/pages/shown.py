"""Values that all pages show alike: instants, states, objectives, quarters, rows of subjects."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.convention import CLAUSES, BetterSide, CountingRule
from agent.core.inventory import Beneficiary
from agent.core.model import State, worst
from agent.export.pages.addresses import PageLinks
from agent.export.snapshot import Attainment, CollectorRun, CurrentVerdict, Snapshot
from agent.wording.acknowledged import taken_in_hand
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.page import ago, page_words, short_instant
from agent.wording.quantities import beside, duration, instant, share
from agent.wording.sentences import phrase
from agent.wording.states import state_count, state_word
from agent.wording.verdict_fields import instant as machine_instant

# A word that has one of these is a name: `postgresql:shop`, `files/offsite`.
_NAME = re.compile(r"[:/_.@]")


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayedInstant:
    """An instant as people and machines read it: how long ago, twice, and on the clock.

    `clock` is short, and leaves out the present year; `full` is not.
    """

    machine: str
    duration: str
    ago: str
    clock: str
    full: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMark:
    """A state's id (which the style sheet knows) and its word."""

    id: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRow:
    """One subject of a target; `beneficiary` is named only where several are shown.

    `place` is where its own page is, None where none is served; `hosts` are those that it concerns, and their pages.
    """

    mark: StateMark
    subject: str
    place: str | None
    beneficiary: str
    found: str
    gone: bool
    hosts: tuple[tuple[str, str], ...]
    since: DisplayedInstant | None
    evidence: DisplayedInstant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """How one collector does on one host."""

    collector: str
    host: str
    success: bool
    last_run: DisplayedInstant
    last_success: DisplayedInstant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BarPart:
    """The days of a quarter in one state, and their place in a bar of 1,000."""

    id: str
    text: str
    at: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterBar:
    """The result of a quarter so far: a sentence, and the parts of its bar.

    `whose` names the beneficiary where several are shown, whose days are never added up.
    """

    whose: str
    text: str
    parts: tuple[BarPart, ...]


def language_of(snapshot: Snapshot) -> Language:
    """Return the language of a snapshot's pages."""
    return "en" if snapshot.language == "en" else "fr"


def mark(state: State, language: Language) -> StateMark:
    """Return a state's mark."""
    return StateMark(id=state.value, word=state_word(state, language))


def state_of(standings: Iterable[CurrentVerdict]) -> State:
    """Return a target's state, that of the worst of its subjects."""
    states = [one.verdict.state for one in standings]
    # A subject to which the target does not apply says nothing of how the others stand.
    return worst([state for state in states if state is not State.NOT_APPLICABLE] or states)


def objective(target: str, snapshot: Snapshot, language: Language) -> str:
    """Return a target's objective, the same for all subjects, such as «≤ 24 h»."""
    in_force = snapshot.targets.get(target)
    limit = None if in_force is None else in_force.limit
    return bound(target, limit, "" if in_force is None else in_force.unit, language)


def bound(target: str, limit: float | None, unit: str, language: Language) -> str:
    """Return a limit with its sign, or that there is none."""
    clause = CLAUSES.get(target)
    if limit is None or clause is None:
        return page_words(language).no_objective
    # In the unit of the convention and of the report: 96 h, not 4 d.
    said = beside(limit, limit, unit, language)
    if clause.better is BetterSide.LOWER:
        return f"≤ {said}"
    # Nothing is more than the whole.
    return said if unit == "ratio" and limit == 1 else f"≥ {said}"


def quarters(target: str, snapshot: Snapshot, language: Language) -> tuple[QuarterBar, ...]:
    """Return the result of this quarter so far for a target, one for each beneficiary of whom a day is counted."""
    clause = CLAUSES.get(target)
    if clause is None or clause.counted is not CountingRule.BY_DAY:
        return ()
    several = len(snapshot.beneficiaries) > 1
    counted = [one for one in snapshot.attainments if one.target == target and one.expected]
    return tuple(
        _quarter(one, beneficiary_name(one.beneficiary, snapshot) if several else "", language) for one in counted
    )


def _quarter(counted: Attainment, whose: str, language: Language) -> QuarterBar:
    met, expected = counted.met, counted.expected
    of, days = "sur" if language == "fr" else "of", page_words(language).days[expected > 1]
    return QuarterBar(
        whose=whose,
        text=f"{state_count(State.MET, met, language)} {of} {expected} {days} ({share(met / expected, language)})",
        parts=tuple(_parts(counted.tally, language)),
    )


def _parts(tally: Mapping[State, int], language: Language) -> Iterable[BarPart]:
    shown = (State.MET, State.ACCEPTED, State.UNPROVEN, State.MISSED)
    total, before = sum(tally.get(state, 0) for state in shown), 0
    for state in shown:
        count = tally.get(state, 0)
        if count:
            start, end = before * 1000 // total, (before + count) * 1000 // total
            before += count
            yield BarPart(id=state.value, text=state_count(state, count, language), at=start, width=end - start)


def _begun(said: str) -> str:
    """Return a phrase as a sentence begins, but for one that begins with a name, which is written as it is."""
    first = said.partition(" ")[0]
    return said if _NAME.search(first) else f"{said[:1].upper()}{said[1:]}"


def row(standing: CurrentVerdict, snapshot: Snapshot, links: PageLinks | None) -> SubjectRow:
    """Return the row of one subject; its beneficiary is named where the snapshot shows several."""
    verdict, now, language = standing.verdict, snapshot.at, language_of(snapshot)
    said = phrase(verdict, language)
    if standing.acknowledged is not None:
        said += f" ({taken_in_hand(standing.acknowledged, language)})"
    return SubjectRow(
        mark=mark(verdict.state, language),
        subject=subject_name(standing, snapshot),
        place=None if links is None else links.subject(verdict.target, verdict.subject),
        beneficiary=beneficiary_name(verdict.beneficiary, snapshot) if len(snapshot.beneficiaries) > 1 else "",
        found=f"{_begun(said)}.",
        gone=not standing.declared,
        hosts=() if links is None else _hosts(standing, links),
        since=moment_or_none(standing.since, now, language),
        # What was never done has no evidence; what was looked at then is only the register.
        evidence=None if "never" in verdict.about else moment_or_none(verdict.observed_at, now, language),
    )


def beneficiary_name(id: str, snapshot: Snapshot) -> str:
    """Return a beneficiary's name as people read it; its id where it is not declared."""
    return next((inert(one.name) for one in snapshot.beneficiaries if one.id == id and one.name), inert(id))


def subject_name(standing: CurrentVerdict, snapshot: Snapshot) -> str:
    """Return a subject as people read it: the beneficiary's name where it is the beneficiary as a whole."""
    key = standing.key
    return beneficiary_name(key.subject, snapshot) if _is_whole(standing) else inert(key.subject)


def _is_whole(standing: CurrentVerdict) -> bool:
    key, clause = standing.key, CLAUSES.get(standing.key.target)
    return clause is not None and Beneficiary in clause.subjects and key.subject == key.beneficiary


def _hosts(standing: CurrentVerdict, links: PageLinks) -> tuple[tuple[str, str], ...]:
    names = dict.fromkeys(one.host for one in standing.hosts)
    return tuple((inert(name), links.host(name)) for name in names)


def run_row(run: CollectorRun, now: datetime, language: Language) -> RunRow:
    """Return how a collector does on a host."""
    return RunRow(
        collector=inert(run.collector),
        host=inert(run.host),
        success=run.success,
        last_run=moment(run.last_run, now, language),
        last_success=moment_or_none(run.last_success, now, language),
    )


def moment(when: datetime, now: datetime, language: Language) -> DisplayedInstant:
    """Return an instant as people and machines read it at another one."""
    age = max(now - when, timedelta(0))
    return DisplayedInstant(
        machine=machine_instant(when),
        duration=duration(age, language),
        ago=ago(age, language),
        clock=short_instant(when, now, language),
        full=instant(when, language),
    )


def moment_or_none(when: datetime | None, now: datetime, language: Language) -> DisplayedInstant | None:
    """Return an instant as it is read, or None."""
    return None if when is None else moment(when, now, language)
