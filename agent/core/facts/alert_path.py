"""Whether alerts would reach anyone: what each receiver has shown, and the finding that it gives. Pure.

The convention asks for the path to be proven within the last 24 hours («log-collection»). The daemon shows it by what
it sends through its own outbox; a receiver that takes nothing for a day is a path that does not work, one that nothing
was sent to has shown nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.measures import Seconds
from agent.core.model import Detail, Fact, Finding, Observation, State
from agent.core.reason import Reason

COLLECTOR = SUBJECT = "alert-path"
PROVEN_WITHIN = timedelta(hours=24)
# convention, «Evidence has an age»: what the agent proves itself.
EVIDENCE_AGE = timedelta(hours=26)
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChannel:
    """What one way out has shown.

    `proven` is when it last took something, `message` when that was a whole message and not only its addresses.
    `failing` is since when it takes nothing, None while the last attempt was taken; `said` why.
    """

    name: str
    proven: datetime | None = None
    message: datetime | None = None
    failing: datetime | None = None
    said: str = ""


def facts_of(ways: Iterable[AlertChannel], now: datetime) -> Iterator[Fact]:
    """Yield what an observation keeps of the ways out."""
    for way in ways:
        yield Fact(name="alert.way", subject=way.name, value=way.said, as_of=now)
        for name in ("proven", "message", "failing"):
            instant = getattr(way, name)
            if instant is not None:
                yield Fact(name=f"alert.{name}", subject=way.name, value=True, as_of=instant)


def ways_in(seen: Observation) -> Iterator[AlertChannel]:
    """Yield the ways out that an observation tells of."""
    instants = {(fact.name, fact.subject): fact.as_of for fact in seen.facts}
    for fact in seen.named("alert.way"):
        yield AlertChannel(
            name=fact.subject,
            proven=instants.get(("alert.proven", fact.subject)),
            message=instants.get(("alert.message", fact.subject)),
            failing=instants.get(("alert.failing", fact.subject)),
            said=str(fact.value),
        )


def findings(seen: Observation, now: datetime) -> Iterator[Finding]:
    """Yield the finding of each receiver at an instant; one finding says that none is configured."""
    for gap in seen.gaps:
        yield Finding(state=State.UNPROVEN, reason=gap.reason, about={"ways_out": gap.detail})
    for way in ways_in(seen):
        yield _finding(way, now)


def _finding(way: AlertChannel, now: datetime) -> Finding:
    age = None if way.proven is None else now - way.proven
    about: Detail = {"way": way.name}
    limit, unit = PROVEN_WITHIN.total_seconds(), "seconds"
    if age is not None and -AHEAD <= age <= PROVEN_WITHIN and way.proven is not None:
        ends = way.proven + PROVEN_WITHIN
        value = max(age.total_seconds(), 0.0)
        return Finding(
            state=State.MET,
            reason=Reason.WITHIN_LIMIT,
            value=value,
            limit=limit,
            unit=unit,
            stands_until=ends,
            about=_taken(way, now),
        )
    if way.failing is not None and now - way.failing > PROVEN_WITHIN:
        value = (now - way.failing).total_seconds()
        about = {"way_lost": way.name, "said": way.said}
        return Finding(state=State.MISSED, reason=Reason.SILENT, value=value, limit=limit, unit=unit, about=about)
    if way.failing is not None:
        about = {"way_failing": way.name, "said": way.said}
        return Finding(state=State.UNPROVEN, reason=Reason.UNREACHABLE, limit=limit, unit=unit, about=about)
    if age is not None and age > PROVEN_WITHIN:
        about = {**about, "evidence_age": Seconds(age.total_seconds()), "evidence_limit": Seconds(limit)}
        return Finding(state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE, limit=limit, unit=unit, about=about)
    reason = Reason.ON_COURSE if age is None else Reason.CLOCK_DOUBTFUL
    return Finding(state=State.UNPROVEN, reason=reason, limit=limit, unit=unit, about={"way_tried": way.name})


def _taken(way: AlertChannel, now: datetime) -> Detail:
    if way.message is None or way.message == way.proven:
        return {"way": way.name}
    return {"way_asked": way.name, "message_age": Seconds(max((now - way.message).total_seconds(), 0.0))}
