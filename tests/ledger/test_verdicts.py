"""Verdicts: a row for what is new, the newest always at hand, and the line of states."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.accounting.timeline import Start, Timeline, TimelineUpdate, fold, merged
from agent.core.model import Key, State
from agent.core.reason import Reason
from agent.ledger.ledger import ChainOutcome, VerdictRecord
from tests.ledger.samples import (
    DAY,
    HOURS,
    KEY,
    MORNING,
    QUARTER_HOUR,
    STRETCH,
    HandClock,
    asked,
    judged,
    open_ledger,
    verdict,
)


def rows(directory: Path) -> int:
    ((count,),) = asked(directory, "SELECT count(*) FROM chain WHERE kind = 'verdict'")
    return int(count)


def test_a_verdict_that_says_the_same_gets_one_row_a_day_and_is_the_newest_all_the_same(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        for number in range(50):
            ledger.keep_verdicts([judged(MORNING + number * QUARTER_HOUR)])
        last = judged(MORNING + 49 * QUARTER_HOUR).verdict

        assert ledger.standing() == (last,)
        assert rows(tmp_path) == 1
        ledger.keep_verdicts([judged(MORNING + DAY)])
        assert rows(tmp_path) == 2
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_each_word_of_a_verdict_that_changes_gets_a_row(tmp_path: Path) -> None:
    changes = [
        verdict(MORNING),
        verdict(MORNING, State.MISSED),
        verdict(MORNING, State.ACCEPTED, measured=State.MISSED, day_state=State.MISSED),
        verdict(MORNING, State.ACCEPTED, measured=State.MISSED, day_state=State.MET),
        verdict(MORNING, State.ACCEPTED, measured=State.MISSED, day_state=State.MET, reason=Reason.EMPTY),
        verdict(MORNING, State.ACCEPTED, measured=State.MISSED, day_state=State.MET, reason=Reason.EMPTY, limit=3600.0),
        verdict(MORNING, State.ACCEPTED, measured=State.MISSED, day_state=State.MET, reason=Reason.EMPTY, limit=None),
        verdict(MORNING, State.MISSED, reason=Reason.EMPTY, limit=None, acceptance="acceptance-1"),
        verdict(MORNING, key=Key(target="backup-rpo", subject="files", beneficiary="other")),
    ]
    with open_ledger(tmp_path) as ledger:
        for one in changes:
            ledger.keep_verdicts([VerdictRecord(verdict=one, stretch=None)])

        assert list(ledger.verdict_changes(MORNING)) == changes
        assert list(ledger.verdict_changes(MORNING, KEY)) == changes[:-1]
        assert ledger.verdict_changes(MORNING + timedelta(seconds=1)) == ()
        assert list(ledger.standing()) == [changes[-1], changes[-2]]


def test_the_last_verdict_before_an_instant_is_that_of_each_subject(tmp_path: Path) -> None:
    first, second = verdict(MORNING), verdict(MORNING + timedelta(hours=1), State.MISSED)
    other = replace(first, subject="mail")
    with open_ledger(tmp_path) as ledger:
        for one in (first, second, other, replace(first, target="backup-rto"), replace(first, beneficiary="other")):
            ledger.keep_verdicts([VerdictRecord(verdict=one, stretch=None)])
        late, early = MORNING + timedelta(hours=2), MORNING + timedelta(minutes=30)
        assert ledger.last_verdicts(late, first.target, first.beneficiary) == (second, other)
        assert ledger.last_verdicts(early, first.target, first.beneficiary) == (first, other)
        assert ledger.last_verdicts(MORNING, first.target, first.beneficiary) == ()


def test_a_value_that_grows_is_no_news(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.keep_verdicts([VerdictRecord(verdict=verdict(MORNING, value=1.0), stretch=None)])
        ledger.keep_verdicts([VerdictRecord(verdict=verdict(MORNING, value=2.0), stretch=None)])

        assert rows(tmp_path) == 1
        assert [one.value for one in ledger.standing()] == [2.0]


def test_a_stretch_that_tells_of_earlier_moments_gets_a_row(tmp_path: Path) -> None:
    earlier = MORNING + timedelta(minutes=5)
    told = TimelineUpdate(
        covers_from=earlier,
        starts=(
            Start(at=earlier, state=State.MISSED, reason=Reason.TOO_OLD),
            Start(at=earlier + timedelta(minutes=5), state=State.MET, reason=Reason.WITHIN_LIMIT),
        ),
        stands_until=MORNING + timedelta(hours=7),
    )
    with open_ledger(tmp_path) as ledger:
        ledger.keep_verdicts([judged(MORNING)])
        later = VerdictRecord(verdict=verdict(MORNING + QUARTER_HOUR), stretch=told)
        ledger.keep_verdicts([later])
        ledger.keep_verdicts([later])

        assert rows(tmp_path) == 2
        assert ledger.timeline(KEY, MORNING) == Timeline(
            starts=(Start(at=MORNING, state=State.MET, reason=Reason.WITHIN_LIMIT), *told.starts),
            stands_until=told.stands_until,
        )


@settings(max_examples=40)
@given(st.lists(STRETCH, max_size=5), HOURS)
def test_the_line_is_the_fold_of_everything_that_was_said(
    tmp_path_factory: object, stretches: list[TimelineUpdate], hours: int
) -> None:
    directory = tmp_path_factory.mktemp("ledger")  # type: ignore[attr-defined]  # pytest's factory
    since = MORNING + timedelta(hours=hours)
    with open_ledger(directory) as ledger:
        for stretch in stretches:
            ledger.keep_verdicts([VerdictRecord(verdict=verdict(MORNING), stretch=stretch)])
        whole, part = ledger.timeline(KEY, MORNING - DAY), ledger.timeline(KEY, since)
        ledger.rebuild()
        rebuilt = ledger.timeline(KEY, MORNING - DAY)

    expected = fold(stretches)
    assert whole == Timeline(starts=merged(expected.starts), stands_until=expected.stands_until)
    assert rebuilt.starts == whole.starts
    in_force = [start for start in whole.starts if start.at <= since][-1:]
    assert part.starts == (*in_force, *(start for start in whole.starts if start.at > since))


def test_a_line_that_only_goes_on_stands_longer_without_a_row(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.keep_verdicts([judged(MORNING)])
        ledger.keep_verdicts([judged(MORNING + QUARTER_HOUR)])

        line = ledger.timeline(KEY, MORNING)
        assert [start.at for start in line.starts] == [MORNING]
        assert line.stands_until == MORNING + QUARTER_HOUR + timedelta(hours=6)
        assert rows(tmp_path) == 1


def test_nothing_was_ever_shown_of_a_key_that_nobody_judged(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert ledger.timeline(KEY, MORNING) == Timeline()
        assert ledger.standing() == ()
        ledger.keep_verdicts([])
        assert ledger.last_append() is None


def test_the_row_bears_the_beneficiary(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.keep_verdicts([judged(MORNING)])

    assert asked(tmp_path, "SELECT kind, beneficiary FROM chain") == [("verdict", "scota")]


def test_standing_verdicts_come_back_the_same_in_another_process(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as one, open_ledger(tmp_path, clock) as other:
        one.keep_verdicts([judged(MORNING)])
        assert one.standing() == other.standing()
        other.keep_verdicts([judged(MORNING + QUARTER_HOUR, State.MISSED)])
        assert one.standing() == other.standing() == (judged(MORNING + QUARTER_HOUR, State.MISSED).verdict,)


def test_the_lines_of_all_keys_are_those_that_each_key_has(tmp_path: Path) -> None:
    keys = [KEY, KEY._replace(subject="other")]
    with open_ledger(tmp_path) as ledger:
        for hours in range(6):
            at = MORNING + timedelta(hours=hours)
            state = State.MET if hours % 2 else State.MISSED
            start = Start(at=at, state=state, reason=Reason.WITHIN_LIMIT)
            stretch = TimelineUpdate(covers_from=at, starts=(start,), stands_until=at + timedelta(hours=6))
            ledger.keep_verdicts(
                [
                    VerdictRecord(verdict=replace(verdict(at, state), subject=key.subject), stretch=stretch)
                    for key in keys
                ]
            )
        for since in (MORNING - DAY, MORNING + timedelta(hours=2, minutes=30), MORNING + DAY):
            assert ledger.timelines(since) == {key: ledger.timeline(key, since) for key in keys}
