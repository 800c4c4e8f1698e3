"""How facts may move from look to look: each to a later instant that does not lie ahead, at its boundaries."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from agent.core.judging.moving import LOST, FactLine, MovedLook, Moving, later, moved, newer, reaching, told
from agent.core.look_runs import LookFace

ENDED = "2026-11-24T12:00:00.000000Z"
LOOK = MovedLook(facts=(), ended=ENDED, limit=timedelta(days=1))
BEFORE, AHEAD = "2026-11-24T11:00:00.000000Z", "2026-11-24T12:00:01.000000Z"


def fact(date: str | None, value: str = "1") -> FactLine:
    """Return a fact."""
    return FactLine(date, "clock.seen", '"srv-1"', value)


def instant(at: str) -> str:
    """Return an instant as a value."""
    return f'{{"instant":"{at}"}}'


def test_a_fact_without_a_date_is_of_its_look_in_universal_time_wherever_the_agent_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as here:
        here.setenv("TZ", "Europe/Paris")
        time.tzset()
        dates = list[str | None]()

        def seen(before: FactLine, after: FactLine, look: MovedLook) -> bool:
            dates.extend((before.date, look.ended))
            return True

        lines = [f'{{"as_of":null,"name":"clock.seen","subject":"srv-1","value":{value}}}' for value in (1, 2)]
        faces = [LookFace(look="x", facts=(line,)) for line in lines]
        last = datetime(2026, 11, 24, 11, tzinfo=UTC)
        moved(faces[0], last, faces[1], last + timedelta(hours=1), Moving(facts={"clock.seen": seen}), LOOK.limit)
    time.tzset()
    assert dates == [BEFORE, ENDED]


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        (BEFORE, ENDED, True),
        (BEFORE, BEFORE, True),
        (BEFORE, None, True),
        (ENDED, BEFORE, False),
        (BEFORE, AHEAD, False),
    ],
)
def test_the_same_may_be_known_of_a_later_instant(before: str, after: str | None, may: bool) -> None:
    assert later(fact(before), fact(after), LOOK) is may
    assert not later(fact(before), fact(after, "2"), LOOK)
    assert not later(fact(None), fact(after), LOOK)


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [(BEFORE, ENDED, True), (BEFORE, BEFORE, True), (ENDED, BEFORE, False), (BEFORE, AHEAD, False)],
)
def test_a_value_may_be_a_later_instant(before: str, after: str, may: bool) -> None:
    was, now = fact(None, instant(before)), fact(None, instant(after))
    assert newer(was, now, LOOK) is may
    assert reaching(was, now, LOOK) is (before <= after)
    assert not reaching(fact(None, "1"), now, LOOK) and not reaching(was, fact(None, "~"), LOOK)


def test_what_moved_is_named_with_its_dates_before_and_after() -> None:
    def line(date: str | None, value: str, subject: str = "srv-1", name: str = "clock.seen") -> str:
        as_of = "null" if date is None else f'"{date}"'
        return f'{{"as_of":{as_of},"name":"{name}","subject":"{subject}","value":{value}}}'

    def step(old: str, new: str) -> object:
        given: list[FactLine] = []

        def movement(before: FactLine, after: FactLine, look: MovedLook) -> bool:
            given.append(before)
            return told(before, after, look)

        last = datetime(2026, 11, 24, 12, tzinfo=timezone(timedelta(hours=1)))
        faces = [LookFace(look="x", facts=(one,)) for one in (old, new)]
        found = moved(
            *(faces[0], last, faces[1]),
            datetime(2026, 11, 24, 12, tzinfo=UTC),
            Moving(facts={"clock.seen": movement}),
            LOOK.limit,
        )
        return found, [one.date for one in given]

    assert step(line(BEFORE, "1"), line(ENDED, "1")) == ({BEFORE: ENDED}, [BEFORE])
    assert step(line(BEFORE, "1"), line(BEFORE, "2")) == ({}, [BEFORE])
    assert step(line(None, "1"), line(None, "2")) == ({}, [BEFORE])
    assert step(line(None, instant(BEFORE)), line(None, instant(ENDED))) == ({BEFORE: ENDED}, [BEFORE])
    assert step(line(BEFORE, instant(BEFORE)), line(ENDED, instant(BEFORE))) == ({BEFORE: ENDED}, [BEFORE])
    assert step(line(BEFORE, "1"), line(ENDED, "1", subject="srv-2")) == (None, [])
    assert step(line(BEFORE, "1", name="clock.other"), line(ENDED, "1")) == (None, [])


def test_a_date_that_became_two_or_an_earlier_one_is_lost() -> None:
    between = "2026-11-24T11:30:00.000000Z"

    def face(*dates: str | None) -> LookFace:
        told_of = ("null" if date is None else f'"{date}"' for date in dates)
        return LookFace(
            look="x",
            facts=tuple(
                f'{{"as_of":{date},"name":"log.newest","subject":"central/{number}","value":true}}'
                for number, date in enumerate(told_of)
            ),
        )

    ended = datetime(2026, 11, 24, 12, tzinfo=UTC)
    moving = Moving(facts={"log.newest": told})
    for after, became in (
        ((between, ENDED), LOST),
        ((ENDED, between), LOST),
        ((ENDED, ENDED), ENDED),
        ((BEFORE, ENDED), ENDED),
        ((None, BEFORE), LOST),
        (("2026-11-24T10:00:00.000000Z", BEFORE), LOST),
    ):
        assert moved(face(BEFORE, BEFORE), ended, face(*after), ended, moving, LOOK.limit) == {BEFORE: became}
