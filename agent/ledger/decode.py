"""Read back what agent.ledger.encode wrote, and nothing else: a value that is not exactly that raises LedgerDamaged."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from agent.accounting.days import DayRow
from agent.accounting.timeline import Start, Stretch
from agent.core.model import (
    Evidence,
    Fact,
    FactValue,
    Failure,
    Finding,
    Gap,
    Key,
    Observation,
    Reading,
    State,
    Target,
    Verdict,
)
from agent.core.points import Point
from agent.core.reason import Reason
from agent.ledger.fields import (
    Fields,
    day,
    duration,
    each,
    instant,
    number,
    one_of,
    optional,
    refuse,
    text,
    truth,
    whole,
)

state, reason = one_of(State), one_of(Reason)


def fact_value(value: object) -> FactValue:
    """Return a fact's value."""
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict) and len(value) == 1:
        (name, inner) = next(iter(value.items()))
        if name in _VALUES:
            return _VALUES[name](inner)
    return refuse("fact's value", value)


def point(value: object) -> Point:
    """Return a recovery point."""
    fields = Fields(value, "recovery point")
    result = Point(
        id=fields.take("id", text),
        time=fields.take("time", instant),
        host=fields.take("host", text),
        paths=fields.take("paths", each(text)),
        tags=fields.take("tags", each(text)),
        tree=fields.take("tree", optional(text)),
        original=fields.take("original", optional(text)),
        files=fields.take("files", optional(whole)),
        bytes=fields.take("bytes", optional(whole)),
        added_bytes=fields.take("added_bytes", optional(whole)),
        packed_bytes=fields.take("packed_bytes", optional(whole)),
        files_new=fields.take("files_new", optional(whole)),
        files_changed=fields.take("files_changed", optional(whole)),
    )
    fields.end()
    return result


_VALUES: Mapping[str, Callable[[object], FactValue]] = {
    "float": lambda inner: number({"float": inner}),
    "point": point,
    "instant": instant,
    "microseconds": duration,
    "set": lambda inner: frozenset(each(text)(inner)),
}


def fact(value: object) -> Fact:
    """Return a fact."""
    fields = Fields(value, "fact")
    result = Fact(
        name=fields.take("name", text),
        subject=fields.take("subject", text),
        value=fields.take("value", fact_value),
        as_of=fields.take("as_of", instant),
    )
    fields.end()
    return result


each_fact = each(fact)


def gap(value: object) -> Gap:
    """Return a gap."""
    fields = Fields(value, "gap")
    result = Gap(
        subject=fields.take("subject", text),
        reason=fields.take("reason", reason),
        detail=fields.take("detail", text),
    )
    fields.end()
    return result


def evidence(value: object) -> Evidence:
    """Return what stands behind a reading."""
    fields = Fields(value, "evidence")
    result = Evidence(
        command=fields.take("command", text),
        status=fields.take("status", optional(whole)),
        duration=fields.take("duration", duration),
        output_sha256=fields.take("output_sha256", text),
        tool_version=fields.take("tool_version", optional(text)),
    )
    fields.end()
    return result


def reading(value: object, facts: tuple[Fact, ...]) -> Reading:
    """Return a reading, given the facts of an observation."""
    fields = Fields(value, "reading")
    outcome = fields.take("outcome", text)
    collector, host = fields.take("collector", text), fields.take("host", text)
    subject = fields.take("subject", text)
    begun, ended = fields.take("begun", instant), fields.take("ended", instant)
    behind = fields.take("evidence", each(evidence))
    result: Reading
    if outcome == "observation":
        result = Observation(
            collector=collector, host=host, subject=subject, begun=begun, ended=ended, evidence=behind, facts=facts,
            gaps=fields.take("gaps", each(gap)),
        )  # fmt: skip
    elif outcome == "failure":
        result = Failure(
            collector=collector, host=host, subject=subject, begun=begun, ended=ended, evidence=behind,
            reason=fields.take("reason", reason), detail=fields.take("detail", text),
        )  # fmt: skip
    else:
        refuse("reading's outcome", outcome)
    fields.end()
    return result


def key(value: object) -> Key:
    """Return what is judged."""
    names = each(text)(value)
    if len(names) != 3:
        refuse("key", value)
    return Key(target=names[0], subject=names[1], beneficiary=names[2])


def about(value: object) -> dict[str, str | float | int]:
    """Return the names and numbers of a sentence."""
    if not isinstance(value, dict):
        refuse("detail", value)
    return {name: inner if isinstance(inner, str) else number(inner) for name, inner in value.items()}


def finding(value: object) -> Finding:
    """Return one condition's outcome."""
    fields = Fields(value, "finding")
    result = Finding(
        state=fields.take("state", state),
        reason=fields.take("reason", reason),
        value=fields.take("value", optional(number)),
        limit=fields.take("limit", optional(number)),
        unit=fields.take("unit", optional(text)),
        observed_at=fields.take("observed_at", optional(instant)),
        stands_until=fields.take("stands_until", optional(instant)),
        about=fields.take("about", about),
        evidence=fields.take("evidence", each(text)),
    )
    fields.end()
    return result


def verdict(value: object) -> Verdict:
    """Return a verdict."""
    fields = Fields(value, "verdict")
    name = fields.take("key", key)
    result = Verdict(
        target=name.target,
        subject=name.subject,
        beneficiary=name.beneficiary,
        at=fields.take("at", instant),
        state=fields.take("state", state),
        measured=fields.take("measured", state),
        day_state=fields.take("day_state", state),
        reason=fields.take("reason", reason),
        unit=fields.take("unit", text),
        value=fields.take("value", optional(number)),
        limit=fields.take("limit", optional(number)),
        observed_at=fields.take("observed_at", optional(instant)),
        stands_until=fields.take("stands_until", optional(instant)),
        about=fields.take("about", about),
        rest=fields.take("rest", each(finding)),
        acceptance=fields.take("acceptance", optional(text)),
        evidence=fields.take("evidence", each(text)),
    )
    fields.end()
    return result


def start(value: object) -> Start:
    """Return where a state begins."""
    parts = each(text)(value)
    if len(parts) != 3:
        refuse("start", value)
    return Start(at=instant(parts[0]), state=state(parts[1]), reason=reason(parts[2]))


def stretch(value: object) -> Stretch:
    """Return what one evaluation added to a line."""
    fields = Fields(value, "stretch")
    result = Stretch(
        covers_from=fields.take("covers_from", instant),
        starts=fields.take("starts", each(start)),
        stands_until=fields.take("stands_until", optional(instant)),
    )
    fields.end()
    return result


def day_row(value: object) -> DayRow:
    """Return what a civil day came to."""
    fields = Fields(value, "day")
    result = DayRow(
        key=fields.take("key", key),
        day=fields.take("day", day),
        state=fields.take("state", state),
        measured=fields.take("measured", state),
        reason=fields.take("reason", reason),
        late=fields.take("late", truth),
        judged_at=fields.take("judged_at", instant),
    )
    fields.end()
    return result


def target(value: object) -> Target:
    """Return a target in force."""
    fields = Fields(value, "target")
    result = Target(
        id=fields.take("id", text),
        unit=fields.take("unit", text),
        limit=fields.take("limit", optional(number)),
        evidence_age=fields.take("evidence_age", duration),
        attainment=fields.take("attainment", _ratio),
        severity=fields.take("severity", optional(text)),
        alert_after=fields.take("alert_after", optional(duration)),
        run_allowance=fields.take("run_allowance", duration),
    )
    fields.end()
    return result


def _ratio(value: object) -> Fraction:
    parts = each(whole)(value)
    if len(parts) != 2 or parts[1] <= 0:
        refuse("ratio", value)
    return Fraction(parts[0], parts[1])
