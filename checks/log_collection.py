"""log-collection: logs come, and carry the right time (convention, article 5). Each kind of subject has its part.

A source's newest record was received within the last 24 hours; a machine's clock is within a second of reference time;
the path by which alerts leave was proven within the last 24 hours.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from agent.core.ahead import lies_ahead
from agent.core.facts import alert_path
from agent.core.facts.logs import TOLD, MarkerResult, RetainedRecords, is_looked_for, kept_in, proof_in
from agent.core.inventory import Beneficiary, DeclaredHost, LogSource
from agent.core.judging.check import Check, Need, Question
from agent.core.judging.clock_offset import CLOCK_MOVES, clock_finding
from agent.core.judging.moving import Moving, later, told
from agent.core.measures import Seconds
from agent.core.model import Detail, DetailValue, Finding, Observation, State
from agent.core.reason import Reason

# convention, «Evidence has an age»: what the agent proves itself is tried every 8 h.
# A wrong zone is half an hour at the least, and what writes files keeps them back for some minutes.
APART = timedelta(minutes=20)
PROVEN_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionPart:
    """How one kind of subject is judged: what its verdict rests on, and what a look at it comes to."""

    needs: Callable[[Question], tuple[Need, ...]]
    judge: Callable[[Need, Observation, Question], Iterable[Finding]]


def clock_needs(question: Question) -> tuple[Need, ...]:
    """Return the look at the machine's clock."""
    machine: DeclaredHost = question.item
    return (Need(collector="clock", subject=machine.id),)


def judge_clock(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield the findings on the look at the machine's clock."""
    yield clock_finding(seen)


def source_needs(question: Question) -> tuple[Need, ...]:
    """Return the look at the place where the source's records are kept."""
    source: LogSource = question.item
    return (Need(collector="logs", subject=source.log),)


def judge_source(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield how long ago the newest record came; what could not be read may hold a newer one."""
    source: LogSource = question.item
    if not is_looked_for(seen, source.subject):
        yield Finding(state=State.UNPROVEN, reason=Reason.NOT_RUN)
        return
    kept = kept_in(seen, source.subject)
    gaps = [gap for gap in seen.gaps if gap.subject == source.subject]
    limit = question.target.limit or 0
    silence = None if kept.newest is None else max((question.now - kept.newest).total_seconds(), 0.0)
    # What could not be read may hold records as long as it was written, and none since.
    hidden = None if kept.unread is None else max((question.now - kept.unread[1]).total_seconds(), 0.0)
    proof = proof_in(seen, source.subject)
    if source.marker is not None:
        yield from _path(proof, seen, source, question)
    if silence is not None and silence <= limit:
        taken = None if proof is None or source.marker is None else proof.taken
        about = {} if taken is None else {"marker_seconds": Seconds(taken.total_seconds())}
        yield Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=silence, about={**_rhythm(kept), **about})
    elif (hidden is not None and (silence is None or hidden <= limit)) or (gaps and silence is None):
        for gap in gaps:
            yield Finding(state=State.UNPROVEN, reason=gap.reason, about={"said": gap.detail, "gap": 1})
        if not gaps:
            yield Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, about={"waiting": kept.waiting})
    elif silence is not None:
        value = silence if hidden is None else min(silence, hidden)
        yield Finding(state=State.MISSED, reason=Reason.SILENT, value=value, about=_rhythm(kept))
    else:
        yield _never_seen(source, question)


def _path(proof: MarkerResult | None, seen: Observation, source: LogSource, question: Question) -> Iterator[Finding]:
    """Yield that the path of a source's logs is not shown to work; nothing where its marker arrived within a day."""
    gaps = [gap for gap in seen.gaps if gap.subject == f"{source.subject}/marker"]
    if proof is not None and proof.lost is not None:
        age = max((question.now - proof.lost).total_seconds(), 0.0)
        yield Finding(state=State.MISSED, reason=Reason.SILENT, value=age, about={"marker_lost": proof.lost})
    elif gaps:
        yield Finding(state=State.UNPROVEN, reason=gaps[0].reason, about={"said": gaps[0].detail, "gap": 1})
    elif proof is None or proof.found is None:
        yield Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, about={"marker_sent": 1})
    elif lies_ahead(proof.found, question.now):
        yield Finding(state=State.UNPROVEN, reason=Reason.CLOCK_DOUBTFUL, about={"dated": proof.found})
    elif question.now - proof.found > PROVEN_WITHIN:
        age = (question.now - proof.found).total_seconds()
        about: Detail = {"evidence_age": Seconds(age), "evidence_limit": Seconds(PROVEN_WITHIN.total_seconds())}
        yield Finding(state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE, about=about)


def _rhythm(kept: RetainedRecords) -> Detail:
    about: dict[str, DetailValue] = {}
    if kept.interval is not None:
        about["usual_seconds"] = Seconds(kept.interval.total_seconds())
    if kept.apart is not None and abs(kept.apart) > APART:
        about["stamps_seconds"] = Seconds(abs(kept.apart).total_seconds())
    return about


def _never_seen(source: LogSource, question: Question) -> Finding:
    joined = None if source.starts is None else question.since
    if joined is not None and (question.now - joined).total_seconds() <= (question.target.limit or 0):
        return Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, about={"joined": joined.date()})
    return Finding(state=State.MISSED, reason=Reason.ABSENT, about={"records": 0})


def path_needs(question: Question) -> tuple[Need, ...]:
    """Return what the daemon last saw of its own ways out."""
    name, subject = alert_path.COLLECTOR, alert_path.SUBJECT
    return (Need(collector=name, subject=subject, evidence_age=alert_path.EVIDENCE_AGE),)


def judge_path(need: Need, seen: Observation, question: Question) -> Iterable[Finding]:
    """Return the findings on each way out."""
    return alert_path.findings(seen, question.now)


PARTS: Mapping[type, CollectionPart] = {
    Beneficiary: CollectionPart(needs=path_needs, judge=judge_path),
    DeclaredHost: CollectionPart(needs=clock_needs, judge=judge_clock),
    LogSource: CollectionPart(needs=source_needs, judge=judge_source),
}


def needs(question: Question) -> tuple[Need, ...]:
    """Return what the verdict rests on; nothing for a kind of subject that no one looks at, which is then unproven."""
    part = PARTS.get(type(question.item))
    return () if part is None else part.needs(question)


def judge(need: Need, seen: Observation, question: Question) -> Iterable[Finding]:
    """Return the findings on one look."""
    return PARTS[type(question.item)].judge(need, seen, question)


# How far back records go is judged by log-retention.
MOVING = Moving(
    facts={"log.newest": later, **CLOCK_MOVES, **dict.fromkeys(("log.oldest", *TOLD), told)},
    unless=frozenset({"log.unread"}),
)
CHECK = Check(target="log-collection", needs=needs, judge=judge, moving=MOVING)
