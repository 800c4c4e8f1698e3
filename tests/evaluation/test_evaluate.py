"""What nothing shows is never good: missing, failed, stale and misdated looks."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.ahead import TOLERANCE
from agent.core.duties.expected import Expected
from agent.core.followed_time import Turns
from agent.core.inventory import Backup, Inventory
from agent.core.judging.check import Check, Need, Question
from agent.core.model import Failure, Finding, Key, Observation, Reading, State, Target
from agent.core.reason import Reason
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, has_lapsed, judge
from collectors.restic import LOOKS as RESTIC

NOW, SECOND = datetime(2026, 11, 24, 4, 0, tzinfo=UTC), timedelta(seconds=1)
TARGET = Target(id="backup-rpo", unit="seconds", limit=86400.0, evidence_age=timedelta(hours=6))
BACKUP = Backup(
    program=RESTIC, id="files", beneficiary="scota", host="srv-1", paths=("/srv",), snapshot_host="srv-1", copies=()
)
WANTED = Expected(key=Key(target="backup-rpo", subject="files", beneficiary="scota"), item=BACKUP, starts=None)


def observation(age: timedelta = timedelta(minutes=1)) -> Observation:
    return Observation(collector="look", host="srv-1", subject="files/a", begun=NOW - age, ended=NOW - age)


def failure(reason: Reason = Reason.UNREACHABLE) -> Failure:
    return Failure(
        collector="look", host="srv-1", subject="files/a", begun=NOW, ended=NOW, reason=reason, detail="no route"
    )


def seen(reading: Reading, before: Observation | None = None) -> NewestLooks:
    kept = reading if isinstance(reading, Observation) else before
    return NewestLooks(reading=reading, evidence_id="r-2", observation=kept, observation_id="r-1" if before else "r-2")


def check(state: State = State.MET, *, by_occasion: bool = False) -> Check:
    need = Need(
        collector="look",
        subject="files/a",
        by_occasion=by_occasion,
        evidence_age=timedelta(days=7) if by_occasion else None,
    )

    def rule(need: Need, observation: Observation, question: Question) -> Iterable[Finding]:
        yield Finding(state=state, reason=Reason.WITHIN_LIMIT if state is State.MET else Reason.TOO_OLD, value=1.0)

    return Check(target="backup-rpo", needs=lambda question: (need,), judge=rule)


def bench(known: NewestLooks | None, doubt: str | None = None) -> EvaluationContext:
    return EvaluationContext(
        inventory=Inventory(), readings=lambda collector, subject: known, now=NOW, doubtful_clock=doubt
    )


def test_what_is_only_told_beside_the_rest_takes_nothing_from_it_where_nobody_could_look() -> None:
    both = replace(
        check(),
        needs=lambda question: (
            Need(collector="look", subject="files/a"),
            Need(collector="more", subject="files/a", optional=True),
        ),
    )
    for known in (None, seen(failure()), seen(observation(timedelta(days=1)))):
        looks = {"look": seen(observation()), "more": known}
        bare = EvaluationContext(inventory=Inventory(), readings=lambda name, _, looks=looks: looks[name], now=NOW)  # type: ignore[misc]
        verdict = judge(WANTED, both, TARGET, NOW, bare)
        assert (verdict.state, verdict.rest) == (State.MET, ())
    assert len(judge(WANTED, both, TARGET, NOW, bench(seen(observation()))).rest) == 1


@pytest.mark.parametrize(
    ("known", "doubt", "shown"),
    [
        (seen(observation()), None, True),
        (None, None, False),
        (seen(failure(), observation()), None, False),
        (seen(observation(timedelta(hours=7))), None, False),
        (seen(observation(-TOLERANCE)), None, True),
        (seen(observation(-TOLERANCE - SECOND)), None, False),
        (seen(observation()), "set back", False),
    ],
)
def test_a_rule_compares_with_nothing_but_what_is_fresh(
    known: NewestLooks | None, doubt: str | None, shown: bool
) -> None:
    given: list[Observation | None] = []

    def rule(question: Question) -> Iterable[Finding]:
        given.append(question.beside("another", "files/b"))
        return ()

    judge(WANTED, replace(check(), declared=rule), TARGET, NOW, bench(known, doubt))
    assert [one is not None for one in given] == [shown]


def test_a_fresh_look_that_the_rule_finds_good_is_met_and_stands_until_its_evidence_has_aged_out() -> None:
    verdict = judge(WANTED, check(), TARGET, NOW, bench(seen(observation())))
    assert (verdict.state, verdict.reason) == (State.MET, Reason.WITHIN_LIMIT)
    assert verdict.stands_until == NOW - timedelta(minutes=1) + timedelta(hours=6)
    assert verdict.evidence == ("r-2",)


@pytest.mark.parametrize(
    ("known", "doubt", "reason"),
    [
        pytest.param(None, None, Reason.NOT_RUN, id="nothing was ever looked at"),
        pytest.param(seen(failure()), None, Reason.UNREACHABLE, id="the only look failed"),
        pytest.param(seen(failure(), observation()), None, Reason.UNREACHABLE, id="the newest look failed"),
        pytest.param(
            seen(observation(timedelta(hours=6, seconds=1))), None, Reason.STALE_EVIDENCE, id="the look is too old"
        ),
        pytest.param(seen(observation()), "set back", Reason.CLOCK_DOUBTFUL, id="the clock is not believed"),
        pytest.param(seen(observation(-TOLERANCE - SECOND)), None, Reason.CLOCK_DOUBTFUL, id="the look lies ahead"),
    ],
)
@pytest.mark.parametrize("state", [State.MET, State.MISSED])
def test_what_nothing_shows_is_unproven_whatever_the_rule_would_say(
    known: NewestLooks | None, doubt: str | None, reason: Reason, state: State
) -> None:
    verdict = judge(WANTED, check(state), TARGET, NOW, bench(known, doubt))
    assert (verdict.state, verdict.measured, verdict.day_state, verdict.reason) == (
        State.UNPROVEN,
        State.UNPROVEN,
        State.UNPROVEN,
        reason,
    )


def test_evidence_exactly_as_old_as_it_may_be_still_counts() -> None:
    verdict = judge(WANTED, check(), TARGET, NOW, bench(seen(observation(timedelta(hours=6)))))
    assert verdict.state is State.MET


def test_what_is_proven_by_occasion_outlives_a_failed_look_until_its_own_limit() -> None:
    occasion = check(by_occasion=True)
    fresh = judge(WANTED, occasion, TARGET, NOW, bench(seen(failure(), observation(timedelta(days=6)))))
    stale = judge(WANTED, occasion, TARGET, NOW, bench(seen(failure(), observation(timedelta(days=8)))))
    assert (fresh.state, stale.reason) == (State.MET, Reason.STALE_EVIDENCE)


def test_a_success_dated_ahead_of_now_proves_nothing_until_a_clock_reaches_it() -> None:
    occasion, ahead = check(by_occasion=True), observation(-timedelta(days=200))
    for later in (0, 1, 199, 200, 201, 206):
        now = NOW + timedelta(days=later)
        failed = replace(failure(), ended=now)
        at_that_time = replace(bench(seen(failed, ahead)), now=now, ran_ahead=lambda evidence: evidence == "r-1")
        verdict = judge(WANTED, occasion, TARGET, NOW, at_that_time)
        assert (verdict.state, verdict.reason) == (State.UNPROVEN, Reason.CLOCK_DOUBTFUL)
        assert verdict.about["dated"] == ahead.ended


def test_when_a_look_that_lies_ahead_is_reached_is_noted_as_a_turn() -> None:
    ahead, turns = observation(-timedelta(days=200)), Turns(NOW)
    judge(WANTED, check(by_occasion=True), TARGET, NOW, bench(seen(ahead)), turns=turns)
    assert (turns.next, turns.restless) == (ahead.ended - TOLERANCE, False)


def test_a_target_that_no_check_judges_is_unproven_and_never_left_out() -> None:
    verdict = judge(WANTED, None, TARGET, NOW, bench(seen(observation())))
    assert (verdict.state, verdict.reason) == (State.UNPROVEN, Reason.NOT_RUN)


def test_a_rule_that_finds_nothing_leaves_the_verdict_unproven() -> None:
    silent = Check(target="backup-rpo", needs=lambda question: (), judge=lambda need, observation, question: ())
    assert judge(WANTED, silent, TARGET, NOW, bench(None)).state is State.UNPROVEN


def test_a_copy_whose_canary_is_unproven_is_not_met_by_its_list_alone() -> None:
    def rule(need: Need, observation: Observation, question: Question) -> Iterable[Finding]:
        yield Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=1.0)

    def verdict_on(*copies: str) -> State:
        asked = (
            *(Need(collector="list", subject=copy) for copy in copies),
            Need(collector="canary", subject="files/a"),
        )
        best = Check(target="backup-rpo", needs=lambda question: asked, judge=rule, best=True)
        listed = EvaluationContext(
            inventory=Inventory(),
            readings=lambda collector, subject: seen(observation()) if collector == "list" else None,
            now=NOW,
        )
        return judge(WANTED, best, TARGET, NOW, listed).state

    assert verdict_on("files/a") is State.UNPROVEN
    assert verdict_on("files/a", "files/b") is State.MET


def test_of_a_point_and_its_canary_the_older_one_is_told() -> None:
    def aged(point: float, canary: float) -> float | None:
        def rule(need: Need, observation: Observation, question: Question) -> Iterable[Finding]:
            value = canary if need.collector == "canary" else point
            yield Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=value)

        asked = tuple(Need(collector=name, subject="files/a") for name in ("list", "canary"))
        best = Check(target="backup-rpo", needs=lambda question: asked, judge=rule, best=True)
        return judge(WANTED, best, TARGET, NOW, bench(seen(observation()))).value

    assert aged(5.0, 7.0) == 7.0
    assert aged(9.0, 7.0) == 9.0


def has_lapsed_by(looks: dict[str, NewestLooks | None], states: dict[str, State], *, best: bool = False) -> bool:
    """Return whether a limit passed where looks at some copies failed; `states` is what each shows by now."""

    def rule(need: Need, observation: Observation, question: Question) -> Iterable[Finding]:
        yield Finding(state=states[need.subject], reason=Reason.TOO_OLD, value=1.0)

    one = Check(
        target="backup-rpo",
        needs=lambda question: tuple(Need(collector="look", subject=copy) for copy in looks),
        judge=rule,
        best=best,
    )
    shown = EvaluationContext(inventory=Inventory(), readings=lambda collector, subject: looks[subject], now=NOW)
    verdict = judge(WANTED, one, TARGET, NOW, shown)
    return has_lapsed(verdict, WANTED, one, TARGET, NOW, shown, None, Turns(NOW))


@pytest.mark.parametrize("best", [False, True])
def test_a_limit_passes_behind_a_look_that_failed_and_behind_no_other(best: bool) -> None:
    failed = seen(failure(), observation())
    for state in (State.MISSED, State.MET, State.UNPROVEN):
        assert has_lapsed_by({"a": failed}, {"a": state}, best=best) is (state is not State.MET)
    aged_out = seen(failure(), observation(timedelta(hours=7)))
    assert not has_lapsed_by({"a": aged_out}, {"a": State.MISSED}, best=best)
    assert not has_lapsed_by({"a": None}, {"a": State.MISSED}, best=best)


def test_of_several_copies_none_may_show_it_met_where_a_limit_passed() -> None:
    failed, sound = seen(failure(), observation()), seen(observation())
    assert has_lapsed_by({"a": sound, "b": None}, {"a": State.MISSED}, best=True)
    assert has_lapsed_by({"a": sound, "b": failed}, {"a": State.MISSED, "b": State.MISSED}, best=True)
    assert not has_lapsed_by({"a": sound, "b": failed}, {"a": State.MISSED, "b": State.MET}, best=True)
    assert has_lapsed_by({"a": sound, "b": failed}, {"a": State.MET, "b": State.MISSED})
    assert not has_lapsed_by({"a": sound, "b": None}, {"a": State.MET})


def test_a_look_that_failed_hides_no_other_that_shows_nothing() -> None:
    """Whichever is asked first, the failure speaks for neither."""
    failed, sound = seen(failure(), observation()), seen(observation())
    assert has_lapsed_by({"a": failed, "b": sound}, {"a": State.MET, "b": State.UNPROVEN})
    assert not has_lapsed_by({"a": failed, "b": sound}, {"a": State.MET, "b": State.MET})
    assert not has_lapsed_by({"a": failed, "b": sound}, {"a": State.MET, "b": State.UNPROVEN}, best=True)
    assert has_lapsed_by({"a": None, "b": failed, "c": sound}, {"b": State.MET, "c": State.UNPROVEN})
    for asked in ({"a": None, "b": failed}, {"b": failed, "a": None}):
        assert has_lapsed_by(asked, {"b": State.UNPROVEN}, best=True)


def test_what_is_unproven_by_a_failure_beside_it_alone_has_not_lapsed() -> None:
    def rule(need: Need, observation: Observation, question: Question) -> Iterable[Finding]:
        known = need.subject == "a" or question.beside("look", "a") is not None
        yield Finding(state=State.MET if known else State.UNPROVEN, reason=Reason.WITHIN_LIMIT)

    looks = {"a": seen(failure(), observation()), "b": seen(observation())}
    needs = tuple(Need(collector="look", subject=copy) for copy in looks)
    both = Check(target="backup-rpo", needs=lambda question: needs, judge=rule)
    shown = EvaluationContext(inventory=Inventory(), readings=lambda collector, subject: looks[subject], now=NOW)
    verdict = judge(WANTED, both, TARGET, NOW, shown)
    assert (verdict.state, [one.state for one in verdict.rest]) == (State.UNPROVEN, [State.UNPROVEN])
    assert not has_lapsed(verdict, WANTED, both, TARGET, NOW, shown, None, Turns(NOW))


def test_what_is_proven_by_occasion_hides_no_limit_and_what_nothing_judges_has_none() -> None:
    failed = bench(seen(failure(), observation()))
    verdict = judge(WANTED, check(), TARGET, NOW, failed)
    asked = (verdict, WANTED, check(State.MISSED, by_occasion=True), TARGET, NOW, failed, None)
    assert not has_lapsed(*asked, Turns(NOW))
    assert not has_lapsed(verdict, WANTED, None, TARGET, NOW, failed, None, Turns(NOW))


def test_a_rule_that_breaks_is_asked_nothing_more_of_what_failed_looks_hide() -> None:
    """It is told as what it is, and the round goes on."""

    def breaks(question: Question) -> tuple[Need, ...]:
        raise LookupError(question.item.id)

    failed, broken = bench(seen(failure(), observation())), replace(check(), needs=breaks)
    verdict = judge(WANTED, broken, TARGET, NOW, failed)
    assert (verdict.state, verdict.reason) == (State.UNPROVEN, Reason.BUG)
    assert not has_lapsed(verdict, WANTED, broken, TARGET, NOW, failed, None, Turns(NOW))


def test_a_rule_that_breaks_costs_its_own_verdict_and_no_other() -> None:
    def breaks(need: Need, observation: Observation, question: Question) -> Iterable[Finding]:
        raise ZeroDivisionError

    need = Need(collector="look", subject="files/a")
    broken = Check(target="backup-rpo", needs=lambda question: (need,), judge=breaks)
    verdict = judge(WANTED, broken, TARGET, NOW, bench(seen(observation())))
    assert (verdict.state, verdict.reason) == (State.UNPROVEN, Reason.BUG)


def test_one_judgement_asks_once_for_what_was_seen_under_a_former_name() -> None:
    asked = []

    def formerly(collector: str, subject: str) -> Observation | None:
        asked.append((collector, subject))
        return None

    def rule(need: Need, observation: Observation, question: Question) -> Iterable[Finding]:
        for _ in range(3):
            assert question.last_look("look", "files/b") is not None
            question.formerly("look", "files/b")
        yield Finding(state=State.MET, reason=Reason.WITHIN_LIMIT)

    known = replace(bench(seen(observation())), formerly=formerly)
    assert judge(WANTED, replace(check(), judge=rule), TARGET, NOW, known).state is State.MET
    assert asked == [("look", "files/b")]


def test_a_look_that_failed_hides_no_look_by_occasion_that_shows_nothing() -> None:
    """A copy's list fails, and its protection was lost meanwhile, or what was read of it whole is too old by now."""
    needs = (Need(collector="list", subject="a"), Need(collector="protection", subject="a", by_occasion=True))
    looks = {"list": seen(failure(), observation()), "protection": seen(observation())}

    def lapsed(shown: State) -> bool:
        def rule(need: Need, observation: Observation, question: Question) -> Iterable[Finding]:
            yield Finding(state=shown if need.by_occasion else State.MET, reason=Reason.WITHIN_LIMIT)

        one = Check(target="backup-offsite", needs=lambda question: needs, judge=rule)
        known = EvaluationContext(inventory=Inventory(), readings=lambda collector, subject: looks[collector], now=NOW)
        verdict = judge(WANTED, one, TARGET, NOW, known)
        return has_lapsed(verdict, WANTED, one, TARGET, NOW, known, None, Turns(NOW))

    assert lapsed(State.UNPROVEN)
    assert not lapsed(State.MET)
