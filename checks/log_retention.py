"""log-retention: about twelve months of each source's records can be read, without a hole, and no more than that.

Convention, article 5: 350 to 400 days, no hole longer than 24 h. A source that has not been expected for so long is on
course as long as nothing of its time is lost.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from agent.core.facts.logs import TOLD, RetainedRecords, is_looked_for, kept_in, room_in
from agent.core.inventory import LogSource
from agent.core.judging.check import Check, Need, Question
from agent.core.judging.moving import FactLine, MovedLook, Moving, later, told
from agent.core.measures import Seconds
from agent.core.model import Detail, DetailValue, Finding, Observation, State
from agent.core.reason import Reason

COLLECTOR = "logs"
CEILING = timedelta(days=400)
HOLE = timedelta(hours=24)


def needs(question: Question) -> tuple[Need, ...]:
    """Return the look at the place where the source's records are kept."""
    source: LogSource = question.item
    return (Need(collector=COLLECTOR, subject=source.log),)


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield what is kept of one source comes to: what is seen and bad stands beside what could not be read."""
    source: LogSource = question.item
    if not is_looked_for(seen, source.subject):
        yield Finding(state=State.UNPROVEN, reason=Reason.NOT_RUN)
        return
    kept = kept_in(seen, source.subject)
    gaps = [gap for gap in seen.gaps if gap.subject == source.subject]
    for gap in gaps:
        yield Finding(state=State.UNPROVEN, reason=gap.reason, about={"said": gap.detail, "gap": 1})
    yield from _past(kept, question)
    yield from _excess(kept, question.now)
    yield from _holes(kept, question)
    yield from _depth(kept, seen, question, hindered=bool(gaps))


def _past(kept: RetainedRecords, question: Question) -> Iterator[Finding]:
    """Yield that a day of the past is no longer what it was when it was first read."""
    for days, reason in ((kept.rewritten, Reason.CONTENT_CHANGED), (kept.removed, Reason.VANISHED)):
        if days:
            day, _seen = min(days)
            yield Finding(state=State.MISSED, reason=reason, about={"day": date.fromisoformat(day), "days": len(days)})


def _excess(kept: RetainedRecords, now: datetime) -> Iterator[Finding]:
    if kept.oldest is not None and now - kept.oldest > CEILING:
        age = (now - kept.oldest).total_seconds()
        limit = CEILING.total_seconds()
        about: Detail = {"oldest": kept.oldest.date()}
        yield Finding(state=State.MISSED, reason=Reason.RETENTION_EXCEEDED, value=age, limit=limit, about=about)


def _holes(kept: RetainedRecords, question: Question) -> Iterator[Finding]:
    """Yield the longest hole since the source is expected, within the time to be kept; up to now is one too."""
    if kept.oldest is None or kept.newest is None:
        return
    now = question.now
    begin = now - timedelta(seconds=question.target.limit or 0)
    if _starts(question) is not None:
        begin = max(begin, question.since or begin)
    holes = [(max(start, begin), end) for start, end in kept.holes]
    # What could not be read may hold records as long as it was written, and none since.
    last = kept.newest if kept.unread is None else max(kept.newest, kept.unread[1])
    holes.append((max(last, begin), now))
    holes = [(start, end) for start, end in holes if end - start > HOLE]
    if holes:
        start, end = max(holes, key=lambda hole: hole[1] - hole[0])
        about: Detail = {"from": start, "until": end, "holes": len(holes)}
        yield Finding(
            state=State.MISSED,
            reason=Reason.GAP,
            value=(end - start).total_seconds(),
            limit=HOLE.total_seconds(),
            about=about,
        )


def _depth(kept: RetainedRecords, seen: Observation, question: Question, *, hindered: bool) -> Iterator[Finding]:
    """Yield how far back the records go, against the objective or the time since the source is expected."""
    now, limit = question.now, timedelta(seconds=question.target.limit or 0)
    since = question.since or question.first_seen
    waiting = Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, about={"waiting": kept.waiting})
    if kept.oldest is None:
        if kept.waiting:
            yield waiting
        elif kept.unread is None and not hindered:
            yield _nothing(question)
        return
    depth = now - kept.oldest
    value, about = depth.total_seconds(), _about(kept, seen, limit)
    if kept.waiting:
        yield replace(waiting, value=value)
    elif depth >= limit:
        yield Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=value, about=about)
    elif kept.oldest - max(since, now - limit) <= HOLE:
        about = {**about, "reached_on": (kept.oldest + limit).date()}
        yield Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, value=value, about=about)
    elif not hindered:
        yield Finding(state=State.MISSED, reason=Reason.INCOMPLETE, value=value, about=about)


def _nothing(question: Question) -> Finding:
    starts = _starts(question)
    if starts is not None and question.now - starts <= HOLE:
        return Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, about={"joined": starts.date()})
    return Finding(state=State.MISSED, reason=Reason.ABSENT, about={"records": 0})


def _starts(question: Question) -> datetime | None:
    """Return the first moment that the configuration expects of the source; None: it does not say."""
    source: LogSource = question.item
    return None if source.starts is None else question.since


def _about(kept: RetainedRecords, seen: Observation, limit: timedelta) -> Detail:
    about: dict[str, DetailValue] = {"files": kept.files}
    if kept.oldest is not None:
        about["oldest"] = kept.oldest.date()
    room = room_in(seen)
    if room is not None and room.full is not None and kept.oldest is not None and room.full < kept.oldest + limit:
        about["full_on"] = room.full.date()
    if room is not None and room.age is not None and room.age < limit:
        about["erased_age"] = Seconds(room.age.total_seconds())
    return about


def _still_deep(before: FactLine, after: FactLine, look: MovedLook) -> bool:
    """Return whether records that were erased leave those of the time to be kept."""
    if after.date is None or not later(before, after, look):
        return False
    return datetime.fromisoformat(look.ended) - datetime.fromisoformat(after.date) >= look.limit


# Where something could not be read, a hole is told only once the records reach beyond it.
MOVING = Moving(
    facts={"log.newest": later, "log.oldest": _still_deep, **dict.fromkeys(TOLD, told)},
    unless=frozenset({"log.unread"}),
)
CHECK = Check(target="log-retention", needs=needs, judge=judge, moving=MOVING)
