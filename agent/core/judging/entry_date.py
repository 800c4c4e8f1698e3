"""When the date that a verdict rests on was entered, where that was late (convention, «Declared, and when»). Pure."""

from itertools import pairwise

from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import read_when
from agent.core.judging.as_entered import LATE_AFTER
from agent.core.model import Detail
from agent.core.period import day_of


def late_entry(entry: RegisterEntry, key: str = "performed") -> Detail:
    """Return `entered_late`, the day on which a date was entered, and `entered_by`; empty where it was in time."""
    forms = [one.values for one in entry.earlier] + [entry.values]
    entered = [entry.entered_at, *(one.until for one in entry.earlier)]
    at, values = entered[0], forms[0]
    for (before, after), then in zip(pairwise(forms), entered[1:], strict=True):
        if before.get(key) != after.get(key):
            at, values = then, after
    on = day_of(at)
    if key not in entry.values or on - read_when(entry.values[key]).day <= LATE_AFTER:
        return {}
    return {"entered_late": on, "entered_by": values.get("author", "?")}
