"""Parts of verdicts are known until something under them changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.core.followed_time import Turns
from agent.core.judging.check import Need
from agent.core.model import Finding, Key, State
from agent.core.reason import Reason
from agent.evaluation import verdict_parts
from agent.evaluation.verdict_parts import AskedNames, NeedFindings, VerdictParts

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = Key(target="access-revocation", subject="scota", beneficiary="scota")
NEED = Need(collector="access", subject="srv-1")
NAME = ("access", "srv-1")
SHOWN = Finding(state=State.MET, reason=Reason.WITHIN_LIMIT)


class Judge:
    """Judge one need by parts, and count how often its rule was asked."""

    def __init__(self) -> None:
        self.parts = VerdictParts()
        self.asked = 0
        self.names = {NAME}
        self.value: Any = None

    def __call__(self, now: datetime = NOW, need: Need = NEED) -> tuple[frozenset[tuple[str, str]], Turns]:
        """Return the looks that were asked for, and when the answer turns: an hour after NOW."""
        names, turns = AskedNames(), Turns(now)
        names.names.add(("clock", "srv-9"))

        def judged() -> NeedFindings:
            self.asked += 1
            names.names |= self.names
            followed: Any = turns.now
            _ = followed > NOW + HOUR
            return NeedFindings(findings=(replace(SHOWN, value=self.value and self.value(followed)),))

        shows = self.parts.of(KEY, names, turns).of(need, judged)
        assert shows.findings[0].reason is Reason.WITHIN_LIMIT
        assert self.names | {NAME, ("clock", "srv-9")} == names.names
        return frozenset(names.names), turns


def test_what_is_known_is_not_asked_again_and_rests_on_the_same() -> None:
    judge = Judge()
    first, turns = judge()
    second, later = judge(NOW + HOUR / 2)
    assert judge.asked == 1
    assert first == second
    assert turns.next == later.next == NOW + HOUR


def test_a_look_that_came_in_ends_a_part() -> None:
    judge = Judge()
    judge()
    judge.parts.forget([("access", "srv-2")])
    judge()
    assert judge.asked == 1
    judge.parts.forget([NAME])
    judge()
    assert judge.asked == 2


@pytest.mark.parametrize("ended", ["clear", "forget_verdicts"])
def test_what_all_rest_on_and_a_judgement_in_full_end_all_parts(ended: str) -> None:
    judge = Judge()
    judge()
    getattr(judge.parts, ended)(*([[KEY]] if ended == "forget_verdicts" else []))
    judge()
    assert judge.asked == 2


def test_a_part_ends_at_the_instant_at_which_its_answer_turns() -> None:
    judge = Judge()
    judge()
    assert list(judge.parts.unknown(KEY, [NAME, ("access", "srv-2")], NOW)) == [("access", "srv-2")]
    assert list(judge.parts.unknown(KEY, [NAME], NOW + HOUR)) == [NAME]
    judge(NOW + HOUR)
    assert judge.asked == 2


def test_another_need_of_the_same_look_is_judged_by_itself() -> None:
    judge = Judge()
    judge()
    judge(need=NEED._replace(evidence_age=HOUR))
    assert judge.asked == 2


def test_what_rests_on_other_looks_as_well_is_judged_each_time() -> None:
    judge = Judge()
    judge.names = {NAME, ("access", "srv-2")}
    judge()
    judge()
    assert judge.asked == 2


@pytest.mark.parametrize("value", [lambda now: (now - NOW).total_seconds(), lambda now: float(now.timestamp())])
def test_a_figure_that_moves_and_a_restless_answer_are_judged_each_time(value: Any) -> None:
    judge = Judge()
    judge.value = value
    judge()
    judge()
    assert judge.asked == 2


def test_a_rule_that_breaks_leaves_what_was_asked_for() -> None:
    names, turns = AskedNames(), Turns(NOW)
    names.names.add(NAME)
    turns.note(NOW + HOUR)

    def broken() -> NeedFindings:
        names.names.add(("access", "srv-2"))
        turns.note(NOW + HOUR / 2)
        raise ValueError("a rule is broken")

    with pytest.raises(ValueError, match="broken"):
        VerdictParts().of(KEY, names, turns).of(NEED, broken)
    assert names.names == {NAME, ("access", "srv-2")}
    assert turns.next == NOW + HOUR / 2


def drawn(parts: VerdictParts, *subjects: str, what: str = "rights", collector: str = "access") -> list[str]:
    """Return the subjects whose looks were read."""
    read: list[str] = []

    def work(subject: str) -> str:
        read.append(subject)
        return f"{collector} {subject}"

    assert parts.drawn(collector, subjects, what, work) == {one: f"{collector} {one}" for one in subjects}
    return read


def test_what_a_rule_drew_from_looks_is_known_until_one_comes_in() -> None:
    parts = VerdictParts()
    assert drawn(parts, "srv-1", "srv-2") == ["srv-1", "srv-2"]
    assert drawn(parts, "srv-1", "srv-2") == []
    assert drawn(parts, "srv-1", what="keys") == ["srv-1"]
    assert drawn(parts, "srv-2", collector="clock") == ["srv-2"]
    parts.forget([("access", "srv-2")])
    assert drawn(parts, "srv-2", collector="clock") == []
    assert drawn(parts, "srv-1", "srv-2") == ["srv-2"]
    parts.clear()
    assert drawn(parts, "srv-1", "srv-2") == ["srv-1", "srv-2"]


def test_a_share_of_what_was_drawn_is_drawn_anew_the_longest_known_first() -> None:
    parts, subjects = VerdictParts(), [f"srv-{number}" for number in range(6)]
    drawn(parts, *subjects)
    parts.forget_oldest(1 / 4)
    assert drawn(parts, *subjects) == subjects[:2]
    parts.forget_oldest(1 / 4)
    assert drawn(parts, *subjects) == subjects[2:4]


def test_what_is_drawn_from_the_looks_of_one_name_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict_parts, "MOST_DRAWN", 2)
    parts = VerdictParts()
    one = "srv-1"
    assert [drawn(parts, one, what=what) for what in "abaca"] == [[one], [one], [], [one], [one]]
