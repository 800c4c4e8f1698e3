"""Files counted against a promise that runs from each one's writing."""

from datetime import UTC, datetime, timedelta

from agent.core.facts.immutability import OBJECT_LOCK, Immutability
from collectors.immutable.counting import ProtectedFile, counted

NOW = datetime(2026, 11, 30, tzinfo=UTC)
DAY, MONTH = timedelta(days=1), timedelta(days=30)


def file(
    name: str = "data/aa", *, age: timedelta = DAY, protected: timedelta | None = MONTH, liftable: bool = False
) -> ProtectedFile:
    return ProtectedFile(name=name, written=NOW - age, protected=protected, liftable=liftable)


def proof(*files: ProtectedFile, promise: timedelta = MONTH) -> Immutability:
    return counted(files, promise, OBJECT_LOCK, NOW)


def test_files_locked_for_the_time_promised_are_held() -> None:
    found = proof(file(), file("data/bb", protected=2 * MONTH))
    assert (found.files, found.held, found.file) == (2, 2, "")


def test_a_lock_within_an_hour_of_the_promise_is_as_long() -> None:
    assert proof(file(protected=MONTH - timedelta(minutes=59))).held == 1
    assert proof(file(protected=MONTH - timedelta(minutes=61))).shorter == 1


def test_the_shortest_lock_is_named() -> None:
    found = proof(file(protected=20 * DAY), file("data/bb", protected=7 * DAY), file("data/cc"))
    assert (found.shorter, found.held, found.file, found.shortest) == (2, 1, "data/bb", 7 * DAY)


def test_what_nothing_protects_is_named_before_what_is_protected_for_less() -> None:
    found = proof(file(protected=DAY), file("data/bb", protected=timedelta(0)))
    assert (found.shorter, found.unlocked, found.file) == (1, 1, "data/bb")


def test_a_lock_that_can_be_lifted_holds_nothing() -> None:
    found = proof(file(liftable=True))
    assert (found.held, found.liftable, found.unlocked, found.file) == (0, 1, 0, "data/aa")


def test_a_file_whose_time_is_over_owes_nothing() -> None:
    found = proof(file(age=MONTH, protected=timedelta(0)), file("data/bb", age=MONTH - timedelta(seconds=1)))
    assert (found.files, found.ended, found.held) == (1, 1, 1)


def test_a_file_that_could_not_be_asked_is_neither() -> None:
    found = proof(file(protected=None), file("data/bb"))
    assert (found.files, found.unasked, found.held, found.unlocked) == (2, 1, 1, 0)
