"""Evaluate a target from the newest readings; the only module that decides that nothing was shown.

A rule in `checks` is asked only about fresh observations. Whatever is missing, failed, stale or dated by a
doubtful clock has become an unproven finding here, so that no rule can read it as good.
"""

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, lru_cache, partial

from agent.core.ahead import lies_ahead
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.expected import Expected
from agent.core.facts.installed_programs import OUTDATED_HOST, OUTDATED_PROGRAM, InstalledProgram, outdated_in, renewal
from agent.core.followed_time import Turns, plain
from agent.core.inventory import Inventory
from agent.core.judging.check import Check, Need, Question, Remembered, SuccessfulLook, not_remembered
from agent.core.judging.departures import remembering
from agent.core.looks import LastLook, no_look
from agent.core.measures import Seconds
from agent.core.model import Detail, Failure, Finding, Key, Observation, Reading, State, Target, Verdict
from agent.core.reason import Reason
from agent.evaluation.combining import NOTHING, bears_evidence, combine, not_run, verdict_of
from agent.evaluation.verdict_parts import MANY, NeedFindings, PartsOfVerdict

log = logging.getLogger("beffroi.evaluate")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestLooks:
    """The newest look and the newest look that succeeded, each with the id of its evidence.

    `fresh`: the newest look is of this very turn; `previous_id` and `previous_ended` are then the evidence id and the
    end of the one before it that succeeded.
    """

    reading: Reading
    evidence_id: str
    observation: Observation | None
    observation_id: str | None
    fresh: bool = False
    previous_id: str | None = None
    previous_ended: datetime | None = None


Readings = Callable[[str, str], NewestLooks | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationContext:
    """What all verdicts of one evaluation share.

    `doubtful_clock` says what is wrong with this machine's clock; None: nothing. `entries` are the last revisions of
    the registers' entries, by beneficiary; None: they could not be read. `signed` is when the convention was.
    `formerly`, `looks`, `remembered` and `hosts` are those of a question, `objective` gives the limit of a key on a
    day, `grace` the age beyond which a miss of a target rings, `ran_ahead` whether evidence was dated by a clock that
    ran ahead.
    """

    inventory: Inventory
    readings: Readings
    now: datetime
    doubtful_clock: str | None = None
    entries: Mapping[str, tuple[RegisterEntry, ...]] | None = None
    signed: date | None = None
    formerly: LastLook = no_look
    looks: Callable[[str, str, datetime, datetime], tuple[SuccessfulLook, ...]] = (
        lambda collector, subject, since, until: ()
    )
    remembered: Remembered = not_remembered
    hosts: Callable[[datetime], frozenset[str]] = lambda since: frozenset()
    objective: Callable[[Key, date], float | None] = lambda key, day: CLAUSES[key.target].limit
    grace: Callable[[str], timedelta | None] = lambda target: None
    ran_ahead: Callable[[str], bool] = lambda evidence: False


def judge(
    expected: Expected,
    check: Check | None,
    target: Target,
    first_seen: datetime,
    bench: EvaluationContext,
    since: datetime | None = None,
    turns: Turns | None = None,
    parts: PartsOfVerdict | None = None,
    *,
    of_day: bool = False,
) -> Verdict:
    """Return the verdict on one expected thing; a target that no check judges yet is unproven, `not-run`.

    `since` is the first moment that is expected of it; None: when it was first seen. `turns` notes until when the
    verdict holds, as far as time alone changes it. `parts`: what is known of its needs from earlier judgements.
    `of_day`: no more than the state of the day is asked for, and all is judged with the run allowance.
    """
    if check is None:
        return not_run(expected, target, bench.now)
    turns = turns or Turns(bench.now)
    question = _question(expected, target, first_seen, bench, since, turns.now, of_day=of_day)
    findings = _found(check, question, bench, parts)
    day_state = combine(findings, best=check.best).state
    # An allowance makes no good finding a bad one.
    if target.run_allowance and not of_day and day_state is not State.MET:
        lenient = _found(check, replace(question, allowance=target.run_allowance), bench)
        day_state = combine(lenient, best=check.best).state
    if isinstance(expected.item, RegisterEntry):
        findings = tuple(remembering(finding, expected.item) for finding in findings)
    if check.entered is not None:
        # What registers show stands for as long as they were read lately.
        turns.note(turns.at + target.evidence_age / 2)
    verdict = verdict_of(expected, target, turns.at, findings, day_state, best=check.best, grace=bench.grace(target.id))
    if verdict.stands_until is not None:
        turns.note(verdict.stands_until)
    return verdict


def has_lapsed(
    verdict: Verdict,
    expected: Expected,
    check: Check | None,
    target: Target,
    first_seen: datetime,
    bench: EvaluationContext,
    since: datetime | None,
    turns: Turns,
) -> bool:
    """Return whether a limit passed where looks failed: by those that succeeded it is met no longer.

    `verdict` is what `judge` said; the others are its arguments, for the same moment. One that rests on a look hides
    nothing, and a rule that breaks is asked nothing more.
    """
    if check is None or bears_evidence(verdict) or verdict.reason is Reason.BUG:
        return False
    before = replace(bench, readings=lambda *name: _without_failure(bench.readings(*name)))
    asked = check
    if not check.best:
        # One that is not met is enough. Of what has not failed, none is missed: that would be the verdict.
        needs = check.needs(_question(expected, target, first_seen, before, since, turns.now, of_day=True))
        hidden = tuple(need for need in needs if not need.by_occasion and _behind_failure(bench.readings(*need[:2])))
        if not hidden:
            return False
        # What a look shows may be unproven by the failure beside it alone.
        doubted = needs if any(map(_shows_nothing, verdict.rest)) else hidden
        asked = replace(check, needs=lambda question: doubted)
    seen = judge(expected, asked, target, first_seen, before, since, turns, of_day=True)
    is_seen = bears_evidence(seen) or any(one.state is State.MISSED or _shows_nothing(one) for one in seen.rest)
    return seen.day_state is not State.MET and (seen.state is State.MISSED or is_seen)


def _shows_nothing(finding: Finding) -> bool:
    """Return whether a look succeeded, and what it saw leaves unproven what it is asked for."""
    return finding.state is State.UNPROVEN and finding.stands_until is not None


def _question(
    expected: Expected,
    target: Target,
    first_seen: datetime,
    bench: EvaluationContext,
    since: datetime | None,
    now: datetime,
    *,
    of_day: bool,
) -> Question:
    # One judgement asks for the same looks some twenty times, and the ledger stands still meanwhile.
    formerly = cache(bench.formerly)
    return Question(
        item=expected.item,
        inventory=bench.inventory,
        target=target,
        now=now,
        first_seen=first_seen,
        allowance=target.run_allowance if of_day else timedelta(0),
        beside=lambda *name: _fresh(bench.readings(*name), target, bench, now),
        newest=lambda *name: None if (one := bench.readings(*name)) is None else one.reading,
        last_look=cache(lambda *name: formerly(*name) or _observation(bench.readings(*name))),
        formerly=formerly,
        looks=lru_cache(maxsize=MANY)(bench.looks),
        remembered=bench.remembered,
        hosts=bench.hosts,
        since=since or first_seen,
        entries=() if bench.entries is None else bench.entries.get(expected.key.beneficiary, ()),
        signed=bench.signed,
        objective=lambda id, day: bench.objective(expected.key._replace(target=id), day),
    )


def _found(
    check: Check, question: Question, bench: EvaluationContext, parts: PartsOfVerdict | None = None
) -> tuple[Finding, ...]:
    try:
        return tuple(_findings(check, question, bench, parts))
    except Exception as error:  # noqa: BLE001  # a rule that breaks costs its own target, and is told as what it is
        log.error("rule %s on %s: %s", check.target, question.item.id, traceback.format_exc())
        about = {"said": f"{type(error).__name__} in the rule of {check.target}; the log has the details"}
        return (Finding(state=State.UNPROVEN, reason=Reason.BUG, about=about),)


def _findings(
    check: Check, question: Question, bench: EvaluationContext, parts: PartsOfVerdict | None
) -> Iterator[Finding]:
    declared = tuple(check.declared(question))
    yield from declared
    if any(finding.state is State.NOT_APPLICABLE for finding in declared):
        return
    if check.entered is not None:
        yield from _entered(check.entered, question, bench)
    needs, named = check.needs(question), set[tuple[str, str]]()
    if not check.best:
        known = parts if len(needs) >= MANY else None
        for need in needs:
            if known is None:
                shows = _judge_need(need, check, question, bench)
            else:
                shows = known.of(need, partial(_judge_need, need, check, question, bench))
            yield from _named_once(shows, bench.inventory, named)
        return
    # One copy is enough, but all that is asked of it must hold: a point is worth no more than its canary.
    for subject in dict.fromkeys(need.subject for need in needs):
        own = [need for need in needs if need.subject == subject]
        shown = [_judge_need(need, check, question, bench) for need in own]
        yield _oldest_of_worst([one for shows in shown for one in _named_once(shows, bench.inventory, named)])


def _entered(
    entered: Callable[[Question], Iterable[Finding]], question: Question, bench: EvaluationContext
) -> Iterator[Finding]:
    """Yield what the registers tell: what they hold at this instant, until this reading of them has aged out."""
    if bench.entries is None:
        yield NOTHING
        return
    if bench.doubtful_clock is not None:
        yield Finding(state=State.UNPROVEN, reason=Reason.CLOCK_DOUBTFUL, about={"said": bench.doubtful_clock})
        return
    read_at: datetime = plain(question.now)
    aged_out = read_at + question.target.evidence_age
    for finding in entered(question):
        ends = aged_out if finding.stands_until is None else min(finding.stands_until, aged_out)
        yield replace(finding, observed_at=read_at, stands_until=ends)


def _oldest_of_worst(findings: Sequence[Finding]) -> Finding:
    """Return the finding that speaks for one subject: of the worst ones the one that shows least, or no figure.

    It rests on the evidence of all of them.
    """
    worst = [finding for finding in findings if finding.state is combine(findings, best=False).state]
    spoken = max(worst, key=lambda finding: float("inf") if finding.value is None else finding.value, default=NOTHING)
    every = tuple(dict.fromkeys((*spoken.evidence, *(id for finding in findings for id in finding.evidence))))
    return spoken if every == spoken.evidence else replace(spoken, evidence=every)


def _judge_need(need: Need, check: Check, question: Question, bench: EvaluationContext) -> NeedFindings:
    """Return what one need shows."""
    age_limit = need.evidence_age or question.target.evidence_age
    shown = _shown(need, age_limit, bench, question.now)
    if isinstance(shown, Finding):
        return NeedFindings(findings=() if need.optional else (shown,))
    reading, evidence_id = shown
    findings = tuple(
        replace(
            finding,
            observed_at=finding.observed_at or reading.ended,
            stands_until=finding.stands_until or reading.ended + age_limit,
            evidence=finding.evidence or (evidence_id,),
        )
        for finding in check.judge(need, reading, question)
    )
    return NeedFindings(findings=findings, outdated=tuple(outdated_in(reading.facts)))


def _named_once(shows: NeedFindings, inventory: Inventory, named: set[tuple[str, str]]) -> Iterator[Finding]:
    """Yield the findings of one need; `named` are the outdated programs that an earlier finding has already named."""
    for finding in shows.findings:
        about = _outdated(shows.outdated, inventory, named)
        yield replace(finding, about={**finding.about, **about}) if about else finding


def _outdated(
    outdated: Iterable[tuple[str, InstalledProgram]], inventory: Inventory, named: set[tuple[str, str]]
) -> Detail:
    """Return which program of ours on which host is outdated, with the command that renews it; each once."""
    for id, program in outdated:
        host = next((one for one in inventory.hosts if one.id == id), None)
        if host is not None and (id, program.name) not in named:
            named.add((id, program.name))
            return {OUTDATED_PROGRAM: program.name, OUTDATED_HOST: id, "renew_with": renewal(program, host)}
    return {}


def _behind_failure(seen: NewestLooks | None) -> Observation | None:
    """Return the look that succeeded before one that failed, if any."""
    return seen.observation if seen is not None and isinstance(seen.reading, Failure) else None


def _without_failure(seen: NewestLooks | None) -> NewestLooks | None:
    """Return looks of which the newest is the newest that succeeded, where one did."""
    before = _behind_failure(seen)
    return seen if seen is None or before is None else replace(seen, reading=before)


def _observation(seen: NewestLooks | None) -> Observation | None:
    return None if seen is None else seen.observation


def _fresh(seen: NewestLooks | None, target: Target, bench: EvaluationContext, now: datetime) -> Observation | None:
    if seen is None or bench.doubtful_clock is not None or not isinstance(seen.reading, Observation):
        return None
    if lies_ahead(seen.reading.ended, now):
        return None
    return seen.reading if now - seen.reading.ended <= target.evidence_age else None


def _shown(
    need: Need, age_limit: timedelta, bench: EvaluationContext, now: datetime
) -> tuple[Observation, str] | Finding:
    """Return the look that a need rests on with the id of its evidence, or the finding that nothing is shown."""
    about = {"copy": need.subject, "collector": need.collector}
    seen = bench.readings(need.collector, need.subject)
    if seen is None:
        return Finding(state=State.UNPROVEN, reason=Reason.NOT_RUN, about=about)
    if bench.doubtful_clock is not None:
        said = bench.doubtful_clock
        return Finding(state=State.UNPROVEN, reason=Reason.CLOCK_DOUBTFUL, about={**about, "said": said})
    reading: Reading | None = seen.observation if need.by_occasion else seen.reading
    if reading is None:
        reading = seen.reading
    if isinstance(reading, Failure):
        return Finding(
            state=State.UNPROVEN,
            reason=reading.reason,
            observed_at=seen.observation.ended if seen.observation else None,
            about={**about, "said": reading.detail},
            evidence=(seen.evidence_id,),
        )
    evidence_id = seen.observation_id if need.by_occasion and seen.observation_id else seen.evidence_id
    if lies_ahead(reading.ended, now) or (reading is not seen.reading and bench.ran_ahead(evidence_id)):
        # It was dated by a clock that ran ahead: now, or as the looks after it show, which are dated earlier.
        return Finding(
            state=State.UNPROVEN,
            reason=Reason.CLOCK_DOUBTFUL,
            about={**about, "dated": reading.ended},
            evidence=(evidence_id,),
        )
    if now - reading.ended > age_limit:
        age = Seconds((now - reading.ended).total_seconds())
        return Finding(
            state=State.UNPROVEN,
            reason=Reason.STALE_EVIDENCE,
            observed_at=reading.ended,
            about={**about, "evidence_age": age, "evidence_limit": Seconds(age_limit.total_seconds())},
            evidence=(evidence_id,),
        )
    return reading, evidence_id
