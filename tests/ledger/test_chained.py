"""Until when verdicts can stand: the same whether it was asked for before or not, and made anew with each row."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from agent.accounting.timeline import CLOCK_TOLERANCE
from agent.ledger import chained
from agent.ledger.looks_since import younger
from agent.ledger.places import LookPlace
from tests.ledger.samples import KEY, MORNING, QUARTER_HOUR, HandClock, judged, observation, open_ledger


def test_limits_that_are_known_are_those_that_the_rows_show(tmp_path: Path) -> None:
    clock, known = HandClock(), chained.KnownLimits()
    with open_ledger(tmp_path, clock) as ledger:
        for number in range(3):
            ledger.keep_readings([observation(clock.time)])
            if number == 0:
                given = judged(clock.time)
                ledger.keep_verdicts([replace(given, verdict=replace(given.verdict, evidence=("r-1",)))])
            for _twice in range(2):
                found = ledger.ask(lambda connection: known(connection, [KEY]))
                assert found == ledger.ask(lambda connection: chained.limits(connection, [KEY]))
                assert found.keys() == {KEY}
            clock.time += QUARTER_HOUR


def test_a_key_without_a_verdict_has_no_limit(tmp_path: Path) -> None:
    known = chained.KnownLimits()
    with open_ledger(tmp_path) as ledger:
        ledger.keep_readings([observation(MORNING)])
        for _twice in range(2):
            assert ledger.ask(lambda connection: known(connection, [KEY])) == {}


def under_looks(tmp_path: Path, looks: int) -> tuple[HandClock, chained.KnownLimits]:
    """Keep a verdict that rests on the first of some looks at one thing, a quarter of an hour apart."""
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        for number in range(looks):
            ledger.keep_readings([observation(clock.time)])
            if number == 0:
                one = judged(clock.time)
                ledger.keep_verdicts([replace(one, verdict=replace(one.verdict, evidence=("r-1",)))])
            clock.time += QUARTER_HOUR
    return clock, chained.KnownLimits()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Return the rows of the looks that are read for limits, in the order in which they are read."""
    wanted: list[list[int]] = []

    def counted(connection: Connection, places: Collection[LookPlace]) -> Mapping[LookPlace, timedelta]:
        wanted.append(sorted(place.sequence for place in places))
        return younger(connection, places)

    monkeypatch.setattr("agent.ledger.chained.younger", counted)
    return wanted


def ends_of_a_verdict() -> datetime:
    """Return until when the verdict that is kept stands."""
    ends = judged(HandClock().time).verdict.stands_until
    assert ends is not None
    return ends


def test_looks_are_not_read_for_a_limit_that_is_reached(tmp_path: Path, read: list[list[int]]) -> None:
    under_looks(tmp_path, 3)
    ends = ends_of_a_verdict()
    with open_ledger(tmp_path) as ledger:
        ledger.ask(partial(chained.limits, keys=[KEY], asked={KEY: ends}))
        assert read == []
        for asked in ({KEY: ends + timedelta(hours=1)}, {}):
            ledger.ask(partial(chained.limits, keys=[KEY], asked=asked))
    assert read == [[1], [1]]


def test_the_oldest_looks_are_read_first_and_the_others_where_they_lack(
    tmp_path: Path, read: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chained, "FIRST_READ", 1)
    clock, subjects = HandClock(), ("srv-1", "srv-2", "srv-3")
    with open_ledger(tmp_path, clock) as ledger:
        for subject in subjects:
            ledger.keep_readings([replace(observation(clock.time), subject=subject)])
        one = judged(clock.time)
        ledger.keep_verdicts([replace(one, verdict=replace(one.verdict, evidence=("r-3", "r-1", "r-2")))])
        for subject in ("srv-1", "srv-2", "srv-2"):
            clock.time += QUARTER_HOUR
            ledger.keep_readings([replace(observation(clock.time), subject=subject)])
        read.clear()
        for quarters in (1, 3):
            asked = {KEY: ends_of_a_verdict() + quarters * QUARTER_HOUR}
            found = ledger.ask(partial(chained.limits, keys=[KEY], asked=asked))[KEY]
            assert found.is_least is (quarters == 1)
            assert found.verdict == ends_of_a_verdict() + quarters * QUARTER_HOUR + CLOCK_TOLERANCE
    assert read == [[1], [1], [2, 3]]


def test_looks_that_were_all_read_are_not_read_for_a_later_instant(tmp_path: Path, read: list[list[int]]) -> None:
    _, known = under_looks(tmp_path, 3)
    ends = ends_of_a_verdict()
    with open_ledger(tmp_path) as ledger:
        for hours in (0, 1, 2):
            ledger.ask(partial(known, keys=[KEY], asked={KEY: ends + timedelta(hours=hours)}))
    assert read == [[1]]


@settings(max_examples=20)
@given(st.lists(st.integers(-60, 120), min_size=1, max_size=6))
def test_a_limit_that_was_asked_for_in_part_decides_as_the_whole_one_does(
    tmp_path_factory: pytest.TempPathFactory, minutes: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    _, known = under_looks(folder, 4)
    one = judged(HandClock().time)
    ends = one.verdict.stands_until
    assert ends is not None
    with open_ledger(folder) as ledger:
        for later in minutes:
            until = ends + timedelta(minutes=later)
            longer = replace(one.verdict, stands_until=until)
            found = ledger.ask(partial(known, keys=[KEY], asked={KEY: until}))[KEY]
            whole = ledger.ask(lambda connection: chained.limits(connection, [KEY]))[KEY]
            assert found.is_passed_by(longer, None) is whole.is_passed_by(longer, None)
            assert min(until, found.verdict) == min(until, whole.verdict)
