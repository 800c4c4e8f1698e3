"""What makes a day doubtful that looks alone show worse than it was kept, and for how long."""

from datetime import UTC, datetime, timedelta

from agent.accounting.expectation import Days, Loading
from agent.core.model import Key
from agent.report.day_doubts import DECLARED_BETWEEN, ERASED, RENAMED, SET_BACK, DayDoubts, set_back_in

AT = datetime(2026, 11, 2, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AGE = 6 * HOUR
MACHINE = Key(target="patching", subject="srv-1", beneficiary="scota")


def copy(name: str) -> Key:
    return Key(target="backup-offsite", subject=f"files/{name}", beneficiary="scota")


def loads(*of: tuple[timedelta, Key]) -> list[Loading]:
    return [Loading(at=AT + after, declared={key: Days()}) for after, key in of]


def said(doubts: DayDoubts, key: Key, day: int) -> str | None:
    return doubts.of(key, AT + day * DAY, AT + (day + 1) * DAY, AGE, ())


def doubts(of: list[Loading], *kept: datetime, erased: datetime | None = None) -> DayDoubts:
    return DayDoubts(loads=of, set_back=tuple(set_back_in(kept)), erased=erased)


def test_a_clock_that_was_set_back_is_doubted_until_its_evidence_is_gone() -> None:
    made = doubts([], AT + 3 * DAY, AT + DAY + HOUR, AT + DAY + 2 * HOUR)
    assert [said(made, MACHINE, day) for day in range(5)] == [None, SET_BACK, SET_BACK, SET_BACK, None]


def test_a_clock_that_is_a_little_behind_is_not_doubted() -> None:
    assert not list(set_back_in([AT, AT - timedelta(minutes=4)]))


def test_what_was_declared_between_two_close_loads_may_not_be_shown() -> None:
    made = doubts(loads((timedelta(0), MACHINE), (2 * DAY + HOUR, MACHINE), (2 * DAY + 5 * HOUR, MACHINE)))
    assert [said(made, MACHINE, day) for day in range(4)] == [None, None, DECLARED_BETWEEN, None]


def test_a_copy_and_its_backup_are_doubted_for_a_week_after_a_renaming() -> None:
    backup = Key(target="backup-rpo", subject="files", beneficiary="scota")
    made = doubts(loads((timedelta(0), copy("a")), (2 * DAY, copy("b")), (9 * DAY, copy("a"))))
    assert [said(made, copy("a"), day) for day in (3, 9, 15, 17)] == [None, RENAMED, RENAMED, None]
    assert [said(made, backup, day) for day in (1, 2)] == [None, RENAMED]
    assert said(made, copy("c"), 9) is None


def test_an_entry_that_was_erased_may_have_told_of_a_backup() -> None:
    made = doubts([], erased=AT + DAY + HOUR)
    assert [said(made, copy("a"), day) for day in (0, 1, 2)] == [None, ERASED, ERASED]
    assert said(made, MACHINE, 1) is None
