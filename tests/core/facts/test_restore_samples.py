"""The result of a sample, as facts and back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.facts.restore_samples import (
    ALONE,
    BAD,
    CHANGED,
    FAILURES,
    SAME,
    UNREAD,
    Failed,
    Sampled,
    failed_in,
    sampled_in,
    tally,
)
from agent.core.model import Fact, Observation
from agent.core.reason import Reason
from tests.checks.backups import DAY, NOW


def observed(*facts: Fact) -> Observation:
    """Return a look that saw these facts."""
    return Observation(
        collector="samples", host="srv-1", subject="files/offsite", begun=NOW, ended=NOW, facts=tuple(facts)
    )


@given(st.sampled_from([SAME, *(reason.value for reason in FAILURES)]), st.integers(0, 2**63), st.booleans())
def test_a_file_is_what_its_fact_says(result: str, size: int, came_back: bool) -> None:
    one = Sampled(point="a" * 64, token="b" * 64, result=result, size=size)
    if came_back:
        one = replace(one, sha256="c" * 64, kind="json", opening="not-told")
    assert sampled_in(observed(one.fact("files/offsite", NOW))) == (one,)
    assert one.failed == (result != SAME)


def test_files_are_counted_by_what_they_came_to_and_all_that_is_wrong_together() -> None:
    words = [SAME, SAME, CHANGED, f"{UNREAD}:denied", f"{UNREAD}:unreadable", ALONE, *(one.value for one in FAILURES)]
    facts = [
        Sampled(point="aa", token=str(number), result=word, size=1).fact("files/offsite", NOW)
        for number, word in enumerate(words)
    ]
    seen = observed(*facts)
    assert tally(seen) == {SAME: 2, CHANGED: 1, UNREAD: 2, ALONE: 1, BAD: 3}
    assert [one.unread for one in sampled_in(seen) if one.unread] == ["denied", "unreadable"]
    assert set(tally(observed()).values()) == {0}


@pytest.mark.parametrize("reasons", [FAILURES, tuple(reversed(FAILURES))])
def test_the_worst_that_did_not_come_back_is_told_first(reasons: tuple[Reason, ...]) -> None:
    facts = [
        Failed(reason=reason, point="aa", token="bb").fact("files/offsite", NOW - number * DAY)
        for number, reason in enumerate(reasons)
    ]
    assert [failed.reason for failed, _ in failed_in(observed(*facts))] == list(FAILURES)
