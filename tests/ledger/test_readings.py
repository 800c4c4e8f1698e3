"""Readings: kept as they were, told from differences, cheap where nothing changed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.errors import LedgerDamaged, LedgerError
from agent.core.model import Fact, Gap, Observation, Reading
from agent.core.reason import Reason
from agent.ledger.ledger import ChainOutcome, LastRun, StoredReading
from tests.ledger.samples import (
    DAY,
    FACT,
    MORNING,
    QUARTER_HOUR,
    HandClock,
    asked,
    failure,
    live,
    observation,
    open_ledger,
    point_fact,
    tamper,
)
from tests.parts.kept import keep_reading

SUBJECT = ("restic_snapshots", "files/offsite")


def test_the_newest_look_and_the_newest_that_succeeded_are_told_apart(tmp_path: Path) -> None:
    seen, failed = observation(MORNING, [point_fact(1)]), failure(MORNING + QUARTER_HOUR)
    with open_ledger(tmp_path) as ledger:
        first, second = keep_reading(ledger, seen), keep_reading(ledger, failed)
    with open_ledger(tmp_path) as ledger:
        assert (first, second) == ("r-1", "r-2")
        assert ledger.latest(*SUBJECT) == StoredReading(reading=failed, evidence_id="r-2")
        assert ledger.latest_observation(*SUBJECT) == StoredReading(reading=seen, evidence_id="r-1")
        assert ledger.latest("restic_snapshots", "other/offsite") is None
        assert ledger.latest_observation("restic_check", "files/offsite") is None


def test_runs_tell_the_last_look_and_the_last_that_succeeded(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        keep_reading(ledger, observation(MORNING))
        keep_reading(ledger, failure(MORNING + QUARTER_HOUR))
        keep_reading(ledger, failure(MORNING, subject="mail/offsite"))

        shared = {"collector": "restic_snapshots", "host": "srv-1", "duration": timedelta(seconds=60), "success": False}
        assert ledger.runs() == (
            LastRun(subject="files/offsite", last_run=MORNING + QUARTER_HOUR, last_success=MORNING, **shared),  # type: ignore[arg-type]  # a dict of shared values
            LastRun(subject="mail/offsite", last_run=MORNING, last_success=None, **shared),  # type: ignore[arg-type]  # the same
        )


@settings(max_examples=25)
@given(st.lists(st.lists(FACT, max_size=6), min_size=1, max_size=5))
def test_every_look_can_be_told_again_whatever_was_seen(tmp_path_factory: object, looks: list[list[Fact]]) -> None:
    directory = tmp_path_factory.mktemp("ledger")  # type: ignore[attr-defined]  # pytest's factory
    kept: dict[str, Reading] = {}
    with open_ledger(directory) as ledger:
        for number, facts in enumerate(looks):
            reading = observation(MORNING + number * QUARTER_HOUR, facts)
            kept[keep_reading(ledger, reading)] = reading
    with open_ledger(directory) as ledger:
        for evidence_id, one in kept.items():
            assert ledger.reading(evidence_id) == StoredReading(reading=one, evidence_id=evidence_id)
        newest = ledger.latest(*SUBJECT)
        assert newest is not None
        assert newest.reading == reading
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_an_unchanged_look_at_a_thousand_points_costs_less_than_a_kilobyte(tmp_path: Path) -> None:
    clock, facts = HandClock(), [point_fact(number) for number in range(1000)]
    with open_ledger(tmp_path, clock) as ledger:
        keep_reading(ledger, observation(clock.time, facts))
        ledger.checkpoint()
        before = (tmp_path / "ledger.sqlite").stat().st_size
        for _ in range(100):
            clock.time += QUARTER_HOUR
            keep_reading(ledger, observation(clock.time, facts))
        ledger.checkpoint()
        newest = ledger.latest(*SUBJECT)

    assert newest is not None
    assert newest.reading == observation(clock.time, facts)
    assert ((tmp_path / "ledger.sqlite").stat().st_size - before) / 100 < 1000


def test_one_new_point_among_a_thousand_costs_little_more(tmp_path: Path) -> None:
    clock, facts = HandClock(), [point_fact(number) for number in range(1000)]
    with open_ledger(tmp_path, clock) as ledger:
        keep_reading(ledger, observation(clock.time, facts))
        clock.time += DAY
        keep_reading(ledger, observation(clock.time, [*facts[1:], point_fact(1000)]))

    ((size,),) = asked(tmp_path, "SELECT length(text) FROM payload WHERE sequence = 2")
    assert size < 1500


def test_facts_that_are_dated_by_the_look_itself_are_not_repeated(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        for _ in range(4):
            clock.time += QUARTER_HOUR
            facts = [Fact(name=f"n{one}", subject="s", value=one, as_of=clock.time) for one in range(200)]
            reading = observation(clock.time, [*facts, point_fact(1)])
            evidence_id = keep_reading(ledger, reading)
    with open_ledger(tmp_path, clock) as ledger:
        assert ledger.latest(*SUBJECT) == StoredReading(reading=reading, evidence_id=evidence_id)
        assert ledger.verify().outcome is ChainOutcome.SOUND

    ((size,),) = asked(tmp_path, "SELECT length(text) FROM payload WHERE sequence = 4")
    assert size < 1000


def test_everything_is_written_whole_again_after_a_month(tmp_path: Path) -> None:
    clock, facts = HandClock(), [point_fact(number) for number in range(3)]
    with open_ledger(tmp_path, clock) as ledger:
        for _ in range(32):
            keep_reading(ledger, observation(clock.time, facts))
            clock.time += DAY

    whole = asked(tmp_path, "SELECT sequence FROM payload WHERE text LIKE '%\"whole\":%'")
    assert whole == [(1,), (31,)]


def test_a_clock_that_went_back_does_not_rest_on_the_future(tmp_path: Path) -> None:
    clock = HandClock(MORNING + 4000 * DAY)
    with open_ledger(tmp_path, clock) as ledger:
        keep_reading(ledger, observation(clock.time, [point_fact(1)]))
        clock.time = MORNING
        reading = observation(clock.time, [point_fact(1)])
        evidence_id = keep_reading(ledger, reading)

        assert ledger.latest(*SUBJECT) == StoredReading(reading=reading, evidence_id=evidence_id)
    assert asked(tmp_path, "SELECT sequence FROM payload WHERE text LIKE '%\"whole\":%'") == [(1,), (2,)]


def test_a_payload_that_is_missing_costs_the_readings_that_rest_on_it_and_no_other(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        keep_reading(ledger, observation(MORNING, [point_fact(number) for number in range(9)]))
        for number in range(9, 12):
            clock.time += QUARTER_HOUR
            keep_reading(ledger, observation(clock.time, [point_fact(one) for one in range(number)]))
    tamper(tmp_path, "DELETE FROM payload WHERE sequence = 3")

    with open_ledger(tmp_path, clock) as ledger:
        ledger.rebuild()
        with pytest.raises(LedgerDamaged):
            ledger.latest(*SUBJECT)
        clock.time += QUARTER_HOUR
        reading = observation(clock.time, [point_fact(one) for one in range(12)])
        evidence_id = keep_reading(ledger, reading)
    with open_ledger(tmp_path, clock) as ledger:
        assert ledger.latest(*SUBJECT) == StoredReading(reading=reading, evidence_id=evidence_id)


def test_another_process_renews_what_this_one_has_decoded(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as one, open_ledger(tmp_path) as other:
        keep_reading(one, observation(MORNING, [point_fact(1)]))
        assert other.latest(*SUBJECT) == one.latest(*SUBJECT)
        keep_reading(other, observation(MORNING + QUARTER_HOUR, [point_fact(2)]))

        assert one.latest(*SUBJECT) == other.latest(*SUBJECT)
        assert one.latest_observation(*SUBJECT) == other.latest_observation(*SUBJECT)


def test_names_that_no_text_should_hold_are_kept_all_the_same(tmp_path: Path) -> None:
    hostile = "a\x00b\ud800\n\u2028'; DROP TABLE chain; --"
    fact = Fact(name=hostile, subject=hostile, value=frozenset({hostile}), as_of=MORNING)
    gap = Gap(subject=hostile, reason=Reason.BUG, detail=hostile)
    reading = replace(observation(MORNING, [fact]), host=hostile, gaps=(gap,))
    with open_ledger(tmp_path) as ledger:
        keep_reading(ledger, reading)
    with open_ledger(tmp_path) as ledger:
        kept = ledger.latest(*SUBJECT)

        assert kept is not None
        assert kept.reading == reading


def test_a_subject_that_is_no_text_is_refused_and_costs_nothing_else(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(LedgerError, match="no text"):
            keep_reading(ledger, observation(MORNING, subject="\ud800"))
        keep_reading(ledger, observation(MORNING))

        assert ledger.verify().rows == 1


def test_no_reading_stands_for_an_id_that_names_none(tmp_path: Path) -> None:
    live(tmp_path)
    with open_ledger(tmp_path) as ledger:
        assert ledger.reading("r-1") is None
        assert ledger.reading("r-9999") is None
        assert ledger.reading("unkept-restic_snapshots-files") is None
        assert ledger.reading("") is None
        assert isinstance(ledger.reading("r-2"), StoredReading)


def test_an_observation_without_facts_is_not_one_that_was_never_made(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        keep_reading(ledger, observation(MORNING))
    with open_ledger(tmp_path) as ledger:
        kept = ledger.latest(*SUBJECT)

        assert kept is not None
        assert isinstance(kept.reading, Observation)
        assert kept.reading.facts == ()


def test_the_looks_since_an_instant_are_told_again_whole_and_in_order(tmp_path: Path) -> None:
    looks = [observation(MORNING + number * DAY, [point_fact(one) for one in range(number)]) for number in range(40)]
    with open_ledger(tmp_path, HandClock(MORNING)) as ledger:
        assert ledger.looks(*SUBJECT, MORNING, MORNING + 99 * DAY) == ()
    clock = HandClock(MORNING)
    with open_ledger(tmp_path, clock) as ledger:
        for number, one in enumerate(looks):
            clock.time = MORNING + number * DAY
            keep_reading(ledger, one)
            keep_reading(ledger, failure(MORNING + number * DAY + QUARTER_HOUR))
        for first in (0, 1, 29, 31, 39):
            since = MORNING + first * DAY
            assert [kept.reading for kept in ledger.looks(*SUBJECT, since, clock.time)] == looks[first:]
            until = since + 5 * DAY
            assert [kept.reading for kept in ledger.looks(*SUBJECT, since, until)] == looks[first : first + 6]
        assert ledger.looks(*SUBJECT, MORNING + 39 * DAY + QUARTER_HOUR, MORNING + 99 * DAY) == ()
