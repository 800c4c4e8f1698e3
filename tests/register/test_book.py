"""Revisions of entries, as rules see them."""

from dataclasses import replace
from datetime import timedelta

from agent.core.duties.entries import DUTIES, closed_on, first_opened
from agent.core.period import day_of
from agent.register.book import as_entries
from tests.register.books import MemoryBook
from tests.register.test_kept import INCIDENT, add, amend


def test_an_entry_knows_what_each_revision_said_and_until_when() -> None:
    book = MemoryBook()
    id = add(book, "incident", *INCIDENT)
    amend(book, "incident", id, "detected=2026-11-22")
    later = book.rows[0].received_at + timedelta(days=2)
    book.rows[-1] = replace(book.rows[-1], received_at=later)
    (entry,) = as_entries(book.rows)
    assert entry.received_at == book.rows[0].received_at
    assert [(one.values["detected"], one.until) for one in entry.earlier] == [(book.rows[0].values["detected"], later)]
    change = entry.changed("detected")
    assert change is not None
    assert (change.first, change.on) == (book.rows[0].values["detected"], day_of(later))
    assert entry.changed("title") is None


def test_an_amended_entry_is_judged_from_its_first_date_to_its_amendment() -> None:
    book = MemoryBook()
    id = add(book, "incident", *INCIDENT)
    amend(book, "incident", id, "detected=2026-11-22", "major=no")
    (entry,) = as_entries(book.rows)
    duty = DUTIES["incident-report"]
    assert first_opened(duty, entry).isoformat() == "2026-11-20"
    assert closed_on(duty, entry) == day_of(book.rows[-1].received_at)
