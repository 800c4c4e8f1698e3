"""What a rule draws from looks is remembered by all that it is drawn from."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from agent.core.judging.check import SuccessfulLook
from tests.checks.backups import BACKUP, DAY, NOW, look, question


def test_what_is_drawn_is_remembered_by_its_function_its_instants_and_what_it_was_given() -> None:
    kept: dict[Hashable, dict[str, Any]] = {}

    def remembered(
        collector: str, subjects: Sequence[str], what: Hashable, work: Callable[[str], Any]
    ) -> dict[str, Any]:
        name = (collector, tuple(subjects), what)
        if name not in kept:
            kept[name] = {subject: work(subject) for subject in subjects}
        return kept[name]

    def looks(collector: str, subject: str, since: datetime, until: datetime) -> tuple[SuccessfulLook, ...]:
        return (SuccessfulLook(look=look(), evidence="r-1"),) * (until - since).days

    def count(looks: Sequence[SuccessfulLook], times: int = 1) -> int:
        return len(looks) * times

    def first(looks: Sequence[SuccessfulLook]) -> str:
        return looks[0].evidence

    asked = replace(question(BACKUP, "backup-rpo"), remembered=remembered, looks=looks)
    assert asked.drawn("access", ["a", "b"], NOW - DAY, NOW, count) == {"a": 1, "b": 1}
    assert asked.drawn("access", ["a", "b"], NOW - DAY, NOW, count, 3) == {"a": 3, "b": 3}
    assert asked.drawn("access", ["a", "b"], NOW - 2 * DAY, NOW, count) == {"a": 2, "b": 2}
    assert asked.drawn("access", ["a", "b"], NOW - DAY, NOW + DAY, count, 3) == {"a": 6, "b": 6}
    assert asked.drawn("access", ["a", "b"], NOW - DAY, NOW, first) == {"a": "r-1", "b": "r-1"}
    assert asked.drawn("access", ["b"], NOW - DAY, NOW, count) == {"b": 1}
    assert len(kept) == 6
