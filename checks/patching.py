"""patching: security updates installed in time, campaigns made, restarts done, a system still supported (article 5)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.facts.security_updates import AFTER, CHANGELOG, HINDRANCES, PENDING, RELEASE, PackageVersion, System
from agent.core.judging.check import Check, Need, Question
from agent.core.judging.moving import Moving, later, reaching
from agent.core.measures import Seconds
from agent.core.model import Detail, Fact, Finding, Observation, State
from agent.core.reason import Reason

COLLECTOR = "patches"
REPORTED = "patch.reported.waiting"
RESTART_WITHIN = timedelta(days=7)


def needs(question: Question) -> tuple[Need, ...]:
    """Return the one look at the machine."""
    return (Need(collector=COLLECTOR, subject=question.item.id),)


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield what a machine owes, the worst first: what is seen and bad stands, however old the lists are."""
    limit = timedelta(seconds=question.target.limit or 0)
    export = question.item.updates.export
    if export is not None and seen.one(REPORTED) is None:
        yield Finding(state=State.MISSED, reason=Reason.ABSENT, about={"export": export.id})
        return
    yield from _support(seen, question.now)
    updates = _updates(seen, question.now, limit) if export is None else _reported(seen, question.now, limit, export.id)
    if updates.state is State.MISSED:
        yield updates
    yield from _campaign(seen, question.now, limit)
    yield from _restart(seen, question.now)
    yield from _lists(seen, question.now)
    if updates.state is State.UNPROVEN:
        yield updates
    if export is not None:
        yield from _unshown(seen, export.id)
    for gap in seen.gaps:
        yield Finding(state=State.UNPROVEN, reason=gap.reason, about={"said": gap.detail, "gap": 1})
    if updates.state is State.MET:
        believed = [fact.value for fact in seen.named("patch.metadata") if isinstance(fact.value, datetime)]
        ends = (seen.ended + question.target.evidence_age, *believed)
        yield replace(updates, stands_until=min(ends))


def _support(seen: Observation, now: datetime) -> Iterator[Finding]:
    system = seen.one(RELEASE)
    about: Detail = {"system": system.value.words} if system is not None and isinstance(system.value, System) else {}
    if seen.one("system.unreleased") is not None:
        yield Finding(state=State.MISSED, reason=Reason.UNSUPPORTED_SYSTEM, about=about)
    until = seen.one("system.supported_until")
    if until is not None and isinstance(until.value, datetime) and until.value <= now:
        last_day = (until.value - timedelta(days=1)).date()
        yield Finding(state=State.MISSED, reason=Reason.UNSUPPORTED_SYSTEM, about={**about, "until": last_day})


def _updates(seen: Observation, now: datetime, limit: timedelta) -> Finding:
    """Return what the oldest update that waits comes to: its age lies between two dates, and the younger one counts."""
    waits = seen.named(PENDING)
    if not waits:
        return Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=0.0, about={"updates": 0})
    oldest = min(waits, key=lambda fact: fact.as_of)
    age = max(now - oldest.as_of, timedelta(0))
    about: Detail = {
        "updates": len({_package(fact) for fact in waits}),
        "package": _package(oldest),
        # Each is counted beside the age; none lessens it.
        **{why: count for why in HINDRANCES if (count := len(seen.named(f"{PENDING}.{why}")))},
    }
    if age > limit:
        return Finding(state=State.MISSED, reason=Reason.UPDATES_PENDING, value=age.total_seconds(), about=about)
    after = {fact.value: fact.as_of for fact in seen.named(AFTER)}
    hinted = {fact.value: fact.as_of for fact in seen.named(CHANGELOG)}
    bounds = [after.get(fact.value, hinted.get(fact.value)) for fact in waits]
    known = [bound for bound in bounds if bound is not None]
    if len(known) == len(bounds):
        about = {**about, "at_most_age": Seconds((now - min(known)).total_seconds())}
    proven = all(fact.value in after and now - after[fact.value] <= limit for fact in waits)
    return Finding(
        state=State.MET if proven else State.UNPROVEN,
        reason=Reason.WITHIN_LIMIT if proven else Reason.ON_COURSE,
        value=age.total_seconds(),
        about=about,
    )


def _reported(seen: Observation, now: datetime, limit: timedelta, export: str) -> Finding:
    """Return what the oldest update that a console tells of comes to: it came out on that very day."""
    count, oldest = seen.one(REPORTED), seen.one("patch.reported.oldest")
    waiting = count.value if count is not None and isinstance(count.value, int) else 0
    if not waiting:
        return Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=0.0, about={"export": export})
    if oldest is None:
        return Finding(state=State.UNPROVEN, reason=Reason.INCOMPLETE, about={"export": export, "no_date": waiting})
    about: Detail = {"export": export, "reported": waiting}
    age = max(now - oldest.as_of, timedelta(0))
    state, reason = (State.MET, Reason.WITHIN_LIMIT) if age <= limit else (State.MISSED, Reason.UPDATES_PENDING)
    return Finding(state=state, reason=reason, value=age.total_seconds(), about=about)


def _unshown(seen: Observation, export: str) -> Iterator[Finding]:
    """Yield what a console does not tell: what no one shows is not met."""
    waiting = seen.one(REPORTED)
    untold = {
        "no_restart": seen.one("restart.machine") is None,
        "no_support": seen.one("system.supported_until") is None,
        "no_campaign_told": waiting is not None and bool(waiting.value) and seen.one("patch.campaign") is None,
    }
    for what in (what for what, lacks in untold.items() if lacks):
        yield Finding(state=State.UNPROVEN, reason=Reason.INCOMPLETE, about={"export": export, what: 1})


def _package(fact: Fact) -> str:
    return fact.value.name if isinstance(fact.value, PackageVersion) else ""


def _campaign(seen: Observation, now: datetime, limit: timedelta) -> Iterator[Finding]:
    """Yield that the last campaign is too long ago, where there is anything that one would have installed.

    None was owed as long as nothing was left to install; where no campaign was ever written down, the log's own
    beginning says how long there was none.
    """
    counts = (seen.one("patch.others"), seen.one(REPORTED))
    if not seen.named(PENDING) and not any(count is not None and count.value for count in counts):
        return
    campaign, nothing_due, log = (seen.one(name) for name in ("patch.campaign", "patch.nothing_due", "patch.log"))
    dates = [fact.as_of for fact in (campaign, nothing_due) if fact is not None]
    last = max((date for date in dates if not lies_ahead(date, now)), default=None)
    if last is None and log is None:
        if seen.one(REPORTED) is None:
            yield Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, about={"no_log": 1})
        return
    since = last if last is not None else log.as_of if log is not None else now
    if now - since > limit:
        age = (now - since).total_seconds()
        about: Detail = {} if campaign is not None else {"no_campaign": since.date()}
        yield Finding(state=State.MISSED, reason=Reason.CAMPAIGN_LATE, value=age, about=about)
    elif last is None:
        yield Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, about={"no_campaign": since.date()})


def _restart(seen: Observation, now: datetime) -> Iterator[Finding]:
    """Yield that a restart has been owed for too long, of the machine or of programs that run replaced code."""
    limit = RESTART_WITHIN.total_seconds()
    machine = seen.one("restart.machine")
    if machine is not None and machine.value is True and now - machine.as_of > RESTART_WITHIN:
        age = (now - machine.as_of).total_seconds()
        yield Finding(state=State.MISSED, reason=Reason.RESTART_OWED, value=age, limit=limit)
    kernel = seen.one("restart.kernel")
    if kernel is not None and now - kernel.as_of > RESTART_WITHIN:
        age = (now - kernel.as_of).total_seconds()
        about: Detail = {"kernel": str(kernel.value)}
        yield Finding(state=State.MISSED, reason=Reason.RESTART_OWED, value=age, limit=limit, about=about)
    running = (*seen.named("restart.program"), *seen.named("restart.service"))
    late = [fact for fact in running if now - fact.as_of > RESTART_WITHIN]
    if late:
        oldest = min(late, key=lambda fact: fact.as_of)
        age = (now - oldest.as_of).total_seconds()
        about = {
            "program": str(oldest.value),
            "programs": len({str(fact.value).removesuffix(".service") for fact in late}),
        }
        yield Finding(state=State.MISSED, reason=Reason.RESTART_OWED, value=age, limit=limit, about=about)


def _lists(seen: Observation, now: datetime) -> Iterator[Finding]:
    """Yield that the security lists are no longer to be believed, or that none is configured."""
    source = seen.one("patch.security_source")
    if source is not None and source.value is False:
        yield Finding(state=State.MISSED, reason=Reason.ABSENT, about={"source": "security"})
        return
    suites = [fact for fact in seen.named("patch.metadata") if isinstance(fact.value, datetime)]
    stale = [fact for fact in suites if isinstance(fact.value, datetime) and fact.value <= now]
    if stale:
        oldest = min(stale, key=lambda fact: fact.as_of)
        age = (now - oldest.as_of).total_seconds()
        yield Finding(state=State.UNPROVEN, reason=Reason.STALE_METADATA, about={"lists_age": Seconds(age)})
    elif not suites and not seen.gaps:
        yield Finding(state=State.UNPROVEN, reason=Reason.STALE_METADATA)


MOVING = Moving(facts={"patch.metadata": reaching, "patch.campaign": later})
CHECK = Check(target="patching", needs=needs, judge=judge, moving=MOVING)
