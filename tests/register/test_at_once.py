"""Two people at once: what one enters is held to what the other entered in the very moment before."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from agent.core.clock import SystemClock
from agent.core.errors import EntryRefused
from agent.ledger.ledger import Ledger
from agent.register import kept
from agent.register.book import BookEntry
from agent.register.entries import CheckedEntry, EntryContext, check
from agent.register.importing import import_rows
from agent.register.registers import REGISTERS, Register
from tests.register.books import NOW, configuration

INCIDENT = ("detected=2026-10-05", "title=panne", "major=no", "author=RSSI")
NONE = ("none=2026-10", "author=RSSI")


@pytest.fixture
def people(tmp_path: Path) -> Iterator[tuple[Ledger, Ledger]]:
    """Return one ledger, opened by two people."""
    with Ledger.open(tmp_path, clock=SystemClock()) as one, Ledger.open(tmp_path, clock=SystemClock()) as other:
        yield one, other


def meanwhile(monkeypatch: pytest.MonkeyPatch, other: Ledger, *words: str, id: str | None = None) -> None:
    """Let the other person enter something once the first one's entry was checked, and before it is written."""
    done: list[Sequence[str]] = []

    def checked(
        register: Register, given: Sequence[str], setting: EntryContext, previous: BookEntry | None = None
    ) -> CheckedEntry:
        made = check(register, given, setting, previous)
        if not done:
            done.append(given)
            if id is None:
                kept.add(other, "incident", words, configuration(), NOW)
            else:
                kept.amend(other, "incident", id, words, configuration(), NOW)
        return made

    monkeypatch.setattr(kept, "check", checked)
    monkeypatch.setattr("agent.register.importing.check", checked)


@pytest.mark.parametrize(("first", "second"), [(NONE, INCIDENT), (NONE, NONE)])
def test_a_month_is_not_signed_as_empty_beside_what_was_entered_in_the_same_moment(
    people: tuple[Ledger, Ledger], monkeypatch: pytest.MonkeyPatch, first: Sequence[str], second: Sequence[str]
) -> None:
    one, other = people
    meanwhile(monkeypatch, other, *second)
    with pytest.raises(EntryRefused, match="2026-10"):
        kept.add(one, "incident", first, configuration(), NOW)
    assert [row.id for row in one.entries("incident")] == ["incident-1"]


def test_a_file_that_signs_a_month_is_refused_where_an_entry_came_in_the_same_moment(
    people: tuple[Ledger, Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = people
    meanwhile(monkeypatch, other, *INCIDENT)
    rows = [(2, list(NONE)), (3, ["none=2026-09", "author=RSSI"])]
    with pytest.raises(EntryRefused, match=r"x\.csv:2: incident: none: 2026-10 has an entry"):
        import_rows(one, REGISTERS["incident"], rows, "x.csv", configuration(), NOW)
    assert len(one.entries("incident")) == 1


def test_two_revisions_at_once_both_stand(people: tuple[Ledger, Ledger], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = people
    id = kept.add(one, "incident", INCIDENT, configuration(), NOW)
    meanwhile(monkeypatch, other, "reported=2026-10-09", id=id)
    kept.amend(one, "incident", id, ["title=panne du réseau"], configuration(), NOW)
    (last,) = kept.listed(one, "incident")
    assert (last.revision, last.values["reported"], last.values["title"]) == (3, "2026-10-09", "panne du réseau")
