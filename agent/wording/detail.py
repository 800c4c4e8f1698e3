"""One English line for a verdict that leaves nothing out: its numbers, its names, its other conditions."""

from datetime import UTC, datetime

from agent.core.model import Finding, State, Verdict
from agent.wording.inert import inert
from agent.wording.quantities import compared, quantity
from agent.wording.slots import plain


def detail(verdict: Verdict) -> str:
    """Return the line, such as `too-old: 26 h 3 min, limit 24 h (93784 against 86400 seconds)`."""
    parts = [_condition(verdict, verdict.unit)]
    if verdict.observed_at is not None:
        parts.append(f"observed {_iso(verdict.observed_at)}")
    if verdict.state is State.ACCEPTED:
        parts.append(f"measured {verdict.measured.value}, accepted by entry {inert(verdict.acceptance or '?')}")
    if verdict.day_state is not verdict.state and verdict.state is not State.ACCEPTED:
        parts.append(f"the day stands {verdict.day_state.value} with the run allowance")
    parts += [
        f"also {finding.state.value}, {_condition(finding, finding.unit or verdict.unit)}" for finding in verdict.rest
    ]
    return "; ".join(parts)


def _condition(said: Verdict | Finding, unit: str) -> str:
    text = said.reason.value
    if said.value is not None:
        text += f": {_numbers(said.value, said.limit, unit)}"
    about = plain(said.about)
    return f"{text} ({about})" if about else text


def _numbers(value: float, limit: float | None, unit: str) -> str:
    if limit is None:
        return f"{quantity(value, unit, 'en')} ({value:.15g} {inert(unit)})"
    measured, allowed = compared(value, limit, unit, "en")
    return f"{measured}, limit {allowed} ({value:.15g} against {limit:.15g} {inert(unit)})"


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
