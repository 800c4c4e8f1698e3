"""Entries of what comes back: no later word takes away that a term was missed, and any other one acts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from agent.core.duties.entries import RegisterEntry, Revision
from agent.core.duties.moments import read_when
from agent.core.judging.as_entered import as_entered, missed_terms
from agent.core.period import day_start

SINCE = day_start(date(2026, 10, 1))
# The first term is over as 31 October begins.
LIMIT = timedelta(days=30)


def noon(day: str) -> datetime:
    """Return noon of a day of 2026 and later."""
    return datetime.fromisoformat(f"{day}T12:00+00:00").astimezone(UTC)


def scan(id: str, performed: str, entered: str) -> RegisterEntry:
    """Return an entry, received at noon of a day."""
    values = {"performed": performed, "author": "RSSI"}
    return RegisterEntry(id=id, register="scan", beneficiary="scota", values=values, received_at=noon(entered))


def amended(entry: RegisterEntry, on: str, **values: str) -> RegisterEntry:
    """Return an entry with one more revision, received at noon of a day."""
    earlier = (*entry.earlier, Revision(values=entry.values, until=noon(on)))
    return replace(entry, values={**entry.values, **values}, earlier=earlier)


def missed(known: Sequence[RegisterEntry], at: datetime | None) -> Sequence[datetime]:
    """Return when the terms were due that some scans show to be missed."""
    return missed_terms(SINCE, sorted((read_when(one.values["performed"]) for one in known), key=_begins), LIMIT, at)


def _begins(when: object) -> datetime:
    return when.begins  # type: ignore[attr-defined, no-any-return]


def standing(*entries: RegisterEntry) -> dict[str, str]:
    """Return by their ids when the scans that stand were performed."""
    return {one.id: one.values["performed"] for one in as_entered(entries, missed)}


LATE = scan("a", "2026-11-20", "2026-11-20")
IN_TIME = scan("a", "2026-10-05", "2026-10-05")


@pytest.mark.parametrize(("on", "performed"), [("2026-11-22", "2026-10-30"), ("2026-12-01", "2026-10-20")])
def test_an_amendment_that_makes_a_late_term_one_in_time_does_not_act(on: str, performed: str) -> None:
    once = amended(LATE, on, performed=performed)
    assert standing(once) == {"a": "2026-11-20"}
    assert standing(amended(once, "2026-12-05", author="tech")) == {"a": "2026-11-20"}


def test_an_amendment_that_puts_an_open_term_off_does_not_act() -> None:
    assert standing(amended(IN_TIME, "2026-12-01", performed="2026-10-30")) == {"a": "2026-10-05"}


def test_an_amendment_that_takes_no_missed_term_away_acts() -> None:
    assert as_entered([changed := amended(IN_TIME, "2026-12-01", author="tech")], missed) == (changed,)
    assert standing(amended(IN_TIME, "2026-10-10", performed="2026-10-08")) == {"a": "2026-10-08"}
    # It says that there was one miss more.
    assert standing(amended(IN_TIME, "2026-10-10", performed="2026-11-05")) == {"a": "2026-11-05"}
    changed = amended(IN_TIME, "2027-01-15", author="tech")
    assert changed in as_entered([changed, replace(LATE, id="b")], missed)


def test_an_amendment_of_the_instant_of_the_entry_itself_acts() -> None:
    assert standing(amended(LATE, "2026-11-20", performed="2026-10-20")) == {"a": "2026-10-20"}


def test_entries_of_one_instant_all_stand() -> None:
    assert set(standing(LATE, replace(LATE, id="b"))) == {"a", "b"}


def test_a_new_entry_that_denies_a_term_made_good_late_is_left_out_with_its_amendments() -> None:
    denial = amended(scan("b", "2026-10-20", "2026-12-01"), "2026-12-02", author="tech")
    later = scan("c", "2026-12-03", "2026-12-03")
    assert standing(LATE, denial, later) == {"a": "2026-11-20", "c": "2026-12-03"}


def test_a_new_entry_of_the_same_day_or_entered_in_time_denies_nothing() -> None:
    assert set(standing(LATE, scan("b", "2026-10-20", "2026-11-20"))) == {"a", "b"}
    late = scan("a", "2026-10-31T10:00+01:00", "2026-10-31")
    assert set(standing(late, scan("b", "2026-10-29", "2026-11-01"))) == {"a", "b"}
    assert set(standing(late, scan("b", "2026-10-29", "2026-11-02"))) == {"a"}


def test_a_term_is_missed_once_its_instant_is_over() -> None:
    due = day_start(date(2026, 10, 31))
    second = timedelta(seconds=1)
    assert missed_terms(SINCE, [], LIMIT, None) == ()
    assert missed_terms(SINCE, [], LIMIT, due) == ()
    assert missed_terms(SINCE, [], LIMIT, due + second) == (due,)
    in_time, late = (read_when(at.isoformat()) for at in (due, due + second))
    assert missed_terms(SINCE, [in_time], LIMIT, None) == ()
    assert missed_terms(SINCE, [late], LIMIT, None) == (due,)
    before = read_when((SINCE - timedelta(days=90)).isoformat())
    assert missed_terms(SINCE, [before], LIMIT, SINCE - timedelta(days=61)) == ()
