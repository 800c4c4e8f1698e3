"""endpoint-protection: what protects a machine runs, acts, is up to date and detects (convention, article 5).

What is loaded in memory decides, never a file on disk; one product that is all of it is enough.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.facts.protection import CONSOLE, SENSORS, TELLING, TRIABLE, Protection, protections_in
from agent.core.inventory import DeclaredHost
from agent.core.judging.check import Check, Need, Question
from agent.core.judging.moving import Moving, later, newer, told
from agent.core.measures import Seconds
from agent.core.model import WORST_FIRST, Detail, DetailValue, Finding, Gap, Observation, State
from agent.core.reason import Reason

COLLECTOR = "antivirus"
# The official daily base has paused for up to three days and a half: from here on its age is told (convention).
AGEING = timedelta(hours=48)
# The objective (convention, «Measured targets»); 26 h is the age of evidence, of the look that carries the proof.
PROVEN_WITHIN = timedelta(hours=24)
# What a date may lie ahead of this machine's clock (contract, «Backups in particular»: as for a point).
AHEAD = timedelta(minutes=5)

About = dict[str, DetailValue]


def needs(question: Question) -> tuple[Need, ...]:
    """Return the look at the machine's protection."""
    machine: DeclaredHost = question.item
    return (Need(collector=COLLECTOR, subject=machine.id),)


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield the findings on the product that stands best in one look."""
    products = [tuple(_of_product(one, seen, question)) for one in protections_in(seen)]
    unseen = [gap for gap in seen.gaps if gap.subject.count("/") == 1]
    if products:
        best = max(products, key=lambda findings: min(WORST_FIRST.index(finding.state) for finding in findings))
        if _worst(best) is State.MISSED and unseen:
            # The one that could not be looked at may well protect this machine.
            yield _untold(unseen[0])
        else:
            yield from best
    elif unseen:
        yield _untold(unseen[0])
    else:
        export = question.item.antivirus.export
        about: About = {} if export is None else {"export": export.id}
        yield Finding(state=State.MISSED, reason=Reason.ABSENT, about=about)


def _worst(findings: tuple[Finding, ...]) -> State:
    return min((finding.state for finding in findings), key=WORST_FIRST.index)


def _of_product(one: Protection, seen: Observation, question: Question) -> Iterator[Finding]:
    about: About = {"product": one.product}
    if not one.running:
        yield Finding(state=State.MISSED, reason=Reason.NOT_RUNNING, about=_saying(one, about))
        return
    if question.item.antivirus.realtime or one.product in TELLING:
        yield from _engaged(one, seen, about)
    yield from _trial(one, seen, question, about)
    yield _fresh(one, seen, question, about)


def _engaged(one: Protection, seen: Observation, about: Detail) -> Iterator[Finding]:
    if one.engaged is False:
        yield Finding(state=State.MISSED, reason=Reason.NOT_ENGAGED, about=_saying(one, about))
    elif one.engaged is None:
        yield _unshown("engaged", seen, about)


def _trial(one: Protection, seen: Observation, question: Question, about: Detail) -> Iterator[Finding]:
    if one.product not in TRIABLE:
        return
    if one.proven is None or one.tried_at is None:
        yield _unshown("trial", seen, about)
        return
    if not one.proven:
        yield Finding(state=State.MISSED, reason=Reason.NOT_DETECTING, about=about)
        return
    if lies_ahead(one.tried_at, question.now):
        doubtful = {**about, "dated": one.tried_at}
        yield Finding(state=State.UNPROVEN, reason=Reason.CLOCK_DOUBTFUL, about=doubtful)
        return
    age = question.now - one.tried_at
    if age > PROVEN_WITHIN:
        stale = {"trial_age": Seconds(age.total_seconds()), "trial_limit": Seconds(PROVEN_WITHIN.total_seconds())}
        yield Finding(state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE, about={**about, **stale})


def _fresh(one: Protection, seen: Observation, question: Question, about: About) -> Finding:
    """Return how old what is loaded is, or when a sensor's console last answered; all else is told beside it."""
    built = one.contact if one.product in SENSORS else one.loaded
    about = {**about, **dict(_origin(one, question)), **dict(_trial_told(one, question))}
    if built is None:
        return Finding(state=State.UNPROVEN, reason=Reason.UNREADABLE, about={**about, "undated": one.product})
    age, within = question.now - built, one.loaded_within
    if age + within < -AHEAD:
        ahead = -(age + within).total_seconds()
        return Finding(state=State.UNPROVEN, reason=Reason.IN_FUTURE, about={**about, "ahead": Seconds(ahead)})
    limit = timedelta(seconds=question.target.limit or 0)
    # A clock without a zone may make signatures neither younger nor older than they are.
    youngest, oldest = max(timedelta(0), age - within), max(timedelta(0), age + within)
    state, reason, told = State.MET, Reason.WITHIN_LIMIT, oldest
    if youngest > limit:
        state, reason, told = State.MISSED, Reason.OUTDATED, youngest
    elif oldest > limit:
        state, reason = State.UNPROVEN, Reason.OUTDATED
        about = {**about, "within_seconds": Seconds(within.total_seconds())}
    elif oldest > AGEING:
        about = {**about, "ageing": 1}
    return Finding(
        state=state,
        reason=reason,
        value=told.total_seconds(),
        limit=limit.total_seconds(),
        unit="seconds",
        # What is seen and bad stays so, however long ago detection was tried.
        stands_until=_stands_until(one, seen, question) if state is State.MET else None,
        about=about,
    )


def _origin(one: Protection, question: Question) -> Iterator[tuple[str, str]]:
    """Yield what dates it: an export, a sensor's console, or which signatures are loaded and which lie on disk."""
    export = question.item.antivirus.export
    if one.product == CONSOLE and export is not None:
        yield "export", export.id
        if export.columns.running is None:
            yield "reported", export.id
    elif one.product in SENSORS:
        yield "sensor", one.product
    if one.loaded_version is not None:
        yield "loaded_version", one.loaded_version
    if one.on_disk_version is not None and one.on_disk_version != one.loaded_version:
        yield "disk_version", one.on_disk_version


def _trial_told(one: Protection, question: Question) -> Iterator[tuple[str, str | float]]:
    if one.product not in TRIABLE:
        yield "untried", one.product
    elif one.proven and one.tried_at is not None:
        yield "trial_age", Seconds(max(0.0, (question.now - one.tried_at).total_seconds()))


def _stands_until(one: Protection, seen: Observation, question: Question) -> datetime:
    until = seen.ended + question.target.evidence_age
    return until if one.tried_at is None else min(until, one.tried_at + PROVEN_WITHIN)


def _unshown(what: str, seen: Observation, about: Detail) -> Finding:
    gap = next((gap for gap in seen.gaps if gap.subject.endswith(f"/{about['product']}/{what}")), None)
    if gap is None:
        return Finding(state=State.UNPROVEN, reason=Reason.NOT_RUN, about=about)
    return Finding(state=State.UNPROVEN, reason=gap.reason, about={**about, "unshown": what, "said": gap.detail})


def _untold(gap: Gap) -> Finding:
    about: About = {"product": gap.subject.partition("/")[2], "said": gap.detail}
    return Finding(state=State.UNPROVEN, reason=gap.reason, about=about)


def _saying(one: Protection, about: Detail) -> Detail:
    return about if one.said is None else {**about, "said": one.said}


MOVING = Moving(
    facts={
        "protection.proven": later,
        "protection.loaded": newer,
        "protection.contact": newer,
        **dict.fromkeys(("protection.loaded.version", "protection.on_disk", "protection.on_disk.version"), told),
    }
)
CHECK = Check(target="endpoint-protection", needs=needs, judge=judge, moving=MOVING)
