"""A process that confines itself: its limits, and whether the answer says what holds it."""

import resource

import pytest

from agent.restores.confinement.process import Confined, Limits, confine
from agent.restores.confinement.system_calls import Purpose
from tests.parts.unprivileged import in_child


@pytest.mark.programs
def test_a_process_has_the_limits_that_it_was_given() -> None:
    def limited() -> str:
        confined = confine(Limits(memory=2**30, seconds=7, written=5), {}, Purpose.RUN)
        names = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
        return f"{confined.whole} {[resource.prlimit(0, name)[1] for name in names]}"

    assert in_child(limited) == f"True {[2**30, 7, 5, 0]}"


@pytest.mark.parametrize(("landlock", "calls", "whole"), [(7, True, True), (1, True, True), (0, True, False)])
def test_only_both_together_hold_a_process_whole(landlock: int, calls: bool, whole: bool) -> None:
    assert Confined(landlock, calls).whole is whole
    assert not Confined(landlock, False).whole
