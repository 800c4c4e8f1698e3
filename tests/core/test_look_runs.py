"""Looks as runs: what showed the same is one run, and what shows something else each time is shown by slots."""

from datetime import UTC, datetime, timedelta

from agent.core.look_runs import MOST_APART, MOST_RUNS, FacedLook, LookFace, dated, runs_of, undated

BEGUN = datetime(2026, 11, 2, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def looks(*faces: str, apart: timedelta = QUARTER) -> list[FacedLook]:
    return [FacedLook(ended=BEGUN + number * apart, face=LookFace(look=face)) for number, face in enumerate(faces)]


def test_looks_that_showed_the_same_are_one_run() -> None:
    first, second = runs_of(looks("a", "a", "a", "b"))
    assert (first.first, first.last, first.looks, first.apart) == (BEGUN, BEGUN + 2 * QUARTER, 3, QUARTER)
    assert (second.first, second.last, second.looks, second.face.look) == (BEGUN + 3 * QUARTER, second.first, 1, "b")


def test_a_silence_stands_between_two_runs() -> None:
    assert len(runs_of(looks("a", "a", apart=MOST_APART))) == 1
    assert len(runs_of(looks("a", "a", apart=MOST_APART + timedelta(seconds=1)))) == 2


def test_a_name_that_changes_at_every_look_is_shown_by_slots_and_the_rest_counted() -> None:
    runs = runs_of(looks(*(str(number) for number in range(96))))
    assert [run.first.hour for run in runs] == [0, 8, 16]
    assert {(run.looks, run.unshown, run.apart) for run in runs} == {(32, 31, QUARTER)}
    assert runs[-1].last == BEGUN + 95 * QUARTER
    few = runs_of(looks(*(str(number) for number in range(MOST_RUNS))))
    assert [run.unshown for run in few] == [0] * MOST_RUNS


def test_a_fact_of_the_look_s_own_time_has_no_date_of_its_own() -> None:
    line = '{"as_of":"2026-11-02T00:00:01.000000Z","name":"a"}'
    bare = undated(line, "2026-11-02T00:00:00.000000Z", "2026-11-02T00:00:02.000000Z")
    assert bare == '{"as_of":null,"name":"a"}'
    assert dated(bare, "2026-11-03T00:00:00.000000Z") == '{"as_of":"2026-11-03T00:00:00.000000Z","name":"a"}'
    assert undated(line, "2026-11-02T00:00:02.000000Z", "2026-11-02T00:00:03.000000Z") == line
