"""How the findings of a rule become one verdict, and what a kept one is worth once its evidence has aged out."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.core.model import WORST_FIRST, Finding, State
from agent.core.reason import Reason
from agent.evaluation.combining import as_it_stands, combine
from agent.evaluation.evaluate import judge
from tests.evaluation.test_evaluate import NOW, TARGET, WANTED, bench, check, observation, seen


def test_a_verdict_kept_as_met_is_unproven_the_moment_after_its_evidence_has_aged_out() -> None:
    verdict = judge(WANTED, check(), TARGET, NOW, bench(seen(observation())))
    assert verdict.stands_until is not None
    assert as_it_stands(verdict, verdict.stands_until).state is State.MET
    aged = as_it_stands(verdict, verdict.stands_until + timedelta(microseconds=1))
    assert (aged.state, aged.reason) == (State.UNPROVEN, Reason.STALE_EVIDENCE)


def findings() -> st.SearchStrategy[list[Finding]]:
    states = st.sampled_from([State.MET, State.MISSED, State.UNPROVEN])
    return st.lists(
        st.builds(
            Finding,
            state=states,
            reason=st.sampled_from([Reason.WITHIN_LIMIT, Reason.TOO_OLD]),
            value=st.one_of(st.none(), st.floats(0, 1e6)),
        ),
        max_size=6,
    )


@given(findings())
def test_the_worst_finding_speaks_for_conditions_that_must_all_hold(listed: list[Finding]) -> None:
    found = combine(listed, best=False).state
    assert found is min((one.state for one in listed), key=WORST_FIRST.index, default=State.UNPROVEN)


@given(findings())
def test_of_several_copies_one_good_one_is_enough_and_one_unseen_keeps_the_rest_from_proving_a_miss(
    listed: list[Finding],
) -> None:
    states = {one.state for one in listed}
    found = combine(listed, best=True).state
    if State.MET in states:
        assert found is State.MET
    elif State.UNPROVEN in states or not states:
        assert found is State.UNPROVEN
    else:
        assert found is State.MISSED
