"""The terms of a duty that comes back: when each fell due, and what was done of it, as it was entered. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from agent.core.duties.entries import RECOVERY_TESTS, RegisterEntry
from agent.core.duties.moments import CivilMoment
from agent.core.duties.terms import Term, TermState, due_after
from agent.core.judging.as_entered import as_entered
from agent.core.judging.events import limit_of
from agent.core.judging.recovery_tests import Shortfall, first_failed, shortfall
from agent.core.model import Key
from agent.core.period import day_of
from agent.report.event_books import PERIODIC, OccurrenceInputs, OwedSince

_MOMENT = timedelta(microseconds=1)
Done = tuple[CivilMoment, RegisterEntry]


def last_day_of(due: datetime) -> date:
    """Return the last civil day that is in time, for a term that may last until a day's midnight."""
    return day_of(due - _MOMENT)


def performed_of(target: str, since: OwedSince, books: OccurrenceInputs) -> tuple[Done, ...]:
    """Return what was done of a periodic duty of one key, in the order of its dates, each date once.

    A later word that would take a missed term away, or make a success of an exercise that failed, is left out.
    """
    entries = books.of(PERIODIC[target].register)
    if not books.corrected:
        entries = tuple(_first_failed(entry, books) for entry in entries)
        entries = as_entered(entries, partial(_missed, target, since, books))
    return _dated(target, since, books, entries)


def terms_of(target: str, since: OwedSince, books: OccurrenceInputs) -> Iterator[tuple[datetime, Done | None]]:
    """Yield when each term of a duty fell due, and what was done of it; the last one is open."""
    return _terms(performed_of(target, since, books), since, books)


def _missed(
    target: str, since: OwedSince, books: OccurrenceInputs, entries: Sequence[RegisterEntry], at: datetime | None
) -> list[datetime]:
    """Return when each term was due that some entries show to be missed at an instant; None: made good late alone."""
    terms = _terms(_dated(target, since, books, entries), since, books if at is None else replace(books, as_of=at))
    return [due for due, done in terms if (_passed(due, at) if done is None else done[0].ends > due)]


def _passed(due: datetime, at: datetime | None) -> bool:
    return at is not None and at >= due


def _dated(
    target: str, since: OwedSince, books: OccurrenceInputs, entries: Sequence[RegisterEntry]
) -> tuple[Done, ...]:
    own = (entry for entry in entries if entry.get(PERIODIC[target].subject) == since.key.subject)
    own = (entry for entry in own if entry.get("result") in (None, "ok") and not _fell_short(entry, books))
    sound = sorted(own, key=lambda entry: (entry.entered_at, entry.id))
    # What was entered twice was done once.
    dated = {when.begins: (when, entry) for entry in reversed(sound) if (when := entry.when("performed")) is not None}
    return tuple(dated[begins] for begins in sorted(dated))


def _terms(
    performed: Sequence[Done], since: OwedSince, books: OccurrenceInputs
) -> Iterator[tuple[datetime, Done | None]]:
    before = CivilMoment(text="", begins=since.starts, ends=since.starts)
    for done in performed:
        # What was done before the duty began is where its clock starts, not a term of it.
        if done[0].ends > since.starts:
            yield _due(since.key, before, done[0].day, books), done
        before = done[0]
    yield _due(since.key, before, last_day_of(books.as_of), books), None


def _due(key: Key, before: CivilMoment, upto: date, books: OccurrenceInputs) -> datetime:
    """Return when something done once in a while is due again, by the objective in force then or on `upto`, before."""
    limit = limit_of(before, _comes_back, partial(books.objective_on, key), upto)
    return due_after(before, timedelta(seconds=limit))


def _comes_back(start: CivilMoment, _done: CivilMoment | None, limit: float, _now: datetime) -> Term:
    due = due_after(start, timedelta(seconds=limit))
    return Term(outcome=TermState.RUNNING, due=due, sure=due, value=0.0)


def _objective(entry: RegisterEntry, books: OccurrenceInputs, target: str, day: date) -> float | None:
    key = Key(target=target, subject=entry.values["backup"], beneficiary=entry.beneficiary)
    return books.objective_on(key, day)


def _fell_short(entry: RegisterEntry, books: OccurrenceInputs) -> bool:
    """Return whether an entry is an exercise that attained not both objectives of its day."""
    return entry.register == RECOVERY_TESTS and shortfall(entry, partial(_objective, entry, books)) is not None


def short_exercises(entries: Iterable[RegisterEntry], books: OccurrenceInputs) -> dict[str, Shortfall]:
    """Return, by entry, which objective of its day kept an exercise that succeeded from being a test passed."""
    found = {}
    for entry in (_first_failed(one, books) for one in entries if one.register == RECOVERY_TESTS):
        short = shortfall(entry, partial(_objective, entry, books)) if entry.get("result") == "ok" else None
        if short is not None:
            found[entry.id] = short
    return found


def _first_failed(entry: RegisterEntry, books: OccurrenceInputs) -> RegisterEntry:
    if entry.register != RECOVERY_TESTS:
        return entry
    return first_failed(entry, partial(_objective, entry, books))
