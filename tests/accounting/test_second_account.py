"""The days of 200 generated quarters, with outages of up to 30 days, held to an account written from the convention."""

import random
from bisect import bisect_right
from datetime import date, datetime, timedelta

import pytest

from agent.accounting.days import account_day
from agent.accounting.recovery import CopyObservation, LimitFrom, RecoveryRule, stretch_by_points
from agent.accounting.timeline import Timeline, after, after_silence, extend
from agent.core.model import Key, State
from agent.core.period import Quarter
from agent.core.reason import Reason
from tests.accounting.independent_days import EVIDENCE_AGE, HOUR, POINT_AGE, midnight, point_day, seen_day

QUARTERS, PARTS = 200, 10
KEY = Key(target="patching", subject="srv-1", beneficiary="scota")
POINTS = Key(target="backup-rpo", subject="files", beneficiary="scota")
REASONS = {State.MET: Reason.WITHIN_LIMIT, State.MISSED: Reason.TOO_OLD}
# What a look comes to; None: it failed.
MOODS: tuple[tuple[State | None, ...], ...] = (
    (State.MET,),
    (*([State.MET] * 9), None),
    (*([State.MET] * 40), State.MISSED, None),
)
# More points than this back none is young enough to count.
LISTED = 10


def outages(chance: random.Random, quarter: Quarter) -> list[tuple[datetime, datetime]]:
    """Return when the agent did not run: of 4, 9 or 30 days, or of hours."""
    begins = midnight(quarter.first)
    found = []
    for _ in range(chance.randint(0, 3)):
        at = begins + timedelta(hours=chance.randint(-48, 92 * 24))
        found.append((at, at + chance.choice([4 * 24, 9 * 24, 30 * 24, 7, 26]) * HOUR))
    return found


def looks(chance: random.Random, quarter: Quarter, rhythm: int) -> list[datetime]:
    """Return when the agent looked: every few hours, now and then late, and never in an outage."""
    off, found, at = outages(chance, quarter), [], midnight(quarter.first) - 30 * HOUR
    while at < midnight(quarter.last) + timedelta(days=12):
        at += timedelta(minutes=rhythm * 60 + chance.choice([0, 0, 0, 7, -11, 60 * 9]))
        if not any(begins <= at < ends for begins, ends in off):
            found.append(at)
    return found


def line_of_looks(shown: list[tuple[datetime, State | None]], age: timedelta) -> Timeline:
    line = Timeline()
    for at, state in shown:
        stretch = extend(
            line,
            state=state or State.UNPROVEN,
            reason=REASONS[state] if state else Reason.UNREACHABLE,
            at=at,
            stands_until=at + age if state else None,
            bears_evidence=state is not None,
        )
        line = line if stretch is None else after(line, stretch)
    return line


@pytest.mark.parametrize("part", range(PARTS))
def test_days_of_looks_are_those_of_a_second_account(part: int) -> None:
    chance, words = random.Random(f"looks {part}"), set()
    for _ in range(QUARTERS // PARTS):
        quarter, age = Quarter(chance.randint(2026, 2029), chance.randint(1, 4)), chance.choice([6, 13, 26])
        mood = chance.choice(MOODS)
        shown = [(at, chance.choice(mood)) for at in looks(chance, quarter, max(4, age - 3))]
        line = line_of_looks(shown, timedelta(hours=age))
        told = [(at, None if state is None else state.value) for at, state in shown]
        for day in quarter.days():
            ours = account_day(KEY, day, line, now=midnight(quarter.last) + timedelta(days=12)).measured.value
            assert ours == seen_day(day, told, timedelta(hours=age)), (quarter, day)
            words.add(ours)
    assert words == {"met", "missed", "unproven"}


def points_made(chance: random.Random, quarter: Quarter) -> list[datetime]:
    """Return when a recovery point was made: each night, now and then late or not at all."""
    found, day = [], quarter.first - timedelta(days=3)
    while day <= quarter.last + timedelta(days=12):
        if chance.random() < 0.95:
            found.append(midnight(day) + timedelta(minutes=chance.choice([60, 75, 90, 60 * 9])))
        day += timedelta(days=1)
    return found


def line_of_points(points: list[datetime], when: list[datetime]) -> Timeline:
    rule = RecoveryRule(limits=(LimitFrom(at=points[0], limit=POINT_AGE),), evidence_age=EVIDENCE_AGE)
    line = Timeline()
    for before, at in zip([None, *when], when, strict=False):
        shown = tuple(points[: bisect_right(points, at)][-LISTED:])
        look = CopyObservation(copy="offsite", at=at, previous=before, series=(shown,))
        stretch = stretch_by_points([look], rule, at)
        line = line if stretch is None else after(line, after_silence(line, stretch))
    return line


@pytest.mark.parametrize("part", range(PARTS))
def test_days_of_points_are_those_of_a_second_account(part: int) -> None:
    """What a look tells of days before it is late evidence, for seven days."""
    chance, words = random.Random(f"points {part}"), set()
    for _ in range(QUARTERS // PARTS):
        quarter = Quarter(chance.randint(2026, 2029), chance.randint(1, 4))
        points, when = points_made(chance, quarter), looks(chance, quarter, 5)
        line = line_of_points(points, when)
        for day in quarter.days():
            ours = account_day(POINTS, day, line, now=midnight(quarter.last) + timedelta(days=12)).measured.value
            assert ours == point_day(day, points, when), (quarter, day)
            words.add(ours)
    assert words == {"met", "missed", "unproven"}


def test_the_second_account_tells_late_evidence_from_none() -> None:
    quarter = Quarter(2026, 4)
    points = [midnight(quarter.first) + timedelta(days=number, hours=1) for number in range(-3, 40)]
    silence = [midnight(quarter.first), midnight(date(2026, 10, 20)) + 3 * HOUR]
    line = line_of_points(points, silence)
    told = {
        day: (
            account_day(POINTS, day, line, now=midnight(quarter.last)).measured.value,
            point_day(day, points, silence),
        )
        for day in (date(2026, 10, 12), date(2026, 10, 13))
    }
    assert told == {date(2026, 10, 12): ("unproven", "unproven"), date(2026, 10, 13): ("met", "met")}
