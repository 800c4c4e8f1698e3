"""Verdicts for the tests of what is said about them."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from agent.core.convention import CLAUSES
from agent.core.model import Finding, State, Verdict
from agent.core.reason import Reason

NOW = datetime(2026, 11, 24, 4, 12, 9, tzinfo=UTC)


def verdict(target: str, subject: str, state: State, reason: Reason, **further: Any) -> Verdict:
    """Return a verdict of that state and reason; whatever else is not given is plain."""
    given: dict[str, Any] = {
        "beneficiary": "scota",
        "at": NOW,
        "measured": state,
        "day_state": state,
        "unit": "seconds",
        "observed_at": NOW,
        **further,
    }
    return Verdict(target=target, subject=subject, state=state, reason=reason, **given)


def not_run(target: str, subject: str, **further: Any) -> Verdict:
    """Return the verdict on what nothing looks at yet."""
    return verdict(target, subject, State.UNPROVEN, Reason.NOT_RUN, observed_at=None, **further)


ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
ABOUT = st.dictionaries(
    st.sampled_from(["copy", "said", "path", "country", "evidence_age", "evidence_limit", "value", "0", "bytes"]),
    st.one_of(ANY_TEXT, st.floats(), st.integers(), st.sampled_from(["2026-11-24T04:12:07Z", "0001-01-01", "{value}"])),
    max_size=5,
)
NUMBER = st.none() | st.floats()
FINDINGS = st.builds(
    Finding,
    state=st.sampled_from(State),
    reason=st.sampled_from(Reason),
    value=NUMBER,
    limit=NUMBER,
    unit=st.sampled_from([None, "seconds", "bytes", "ratio", "count", "working-days"]),
    about=ABOUT,
)


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    """Draw any verdict, with names as hostile as can be."""
    further: dict[str, Any] = {
        "measured": draw(st.sampled_from(State)),
        "day_state": draw(st.sampled_from(State)),
        "unit": draw(st.sampled_from(["seconds", "bytes", "ratio", "count", "working-days"])),
        "value": draw(NUMBER),
        "limit": draw(NUMBER),
        "about": draw(ABOUT),
        "rest": tuple(draw(st.lists(FINDINGS, max_size=4))),
        "acceptance": draw(st.none() | ANY_TEXT),
    }
    target = draw(st.sampled_from([*CLAUSES, "no-such-target"]))
    return verdict(target, draw(ANY_TEXT), draw(st.sampled_from(State)), draw(st.sampled_from(Reason)), **further)
