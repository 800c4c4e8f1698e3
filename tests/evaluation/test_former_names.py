"""The looks that rules ask for many times are read from the ledger once, until something new is kept."""

from pathlib import Path

import pytest

from agent.evaluation.former_names import LooksOnce
from agent.evaluation.round import Round
from agent.ledger.ledger import Ledger
from agent.ledger.readings import StoredReading
from tests.evaluation.test_round import DAY, world


def counting(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return what is asked of a ledger, as it is asked."""
    asked: list[tuple[str, str]] = []
    read = Ledger.latest_observation

    def noted(ledger: Ledger, collector: str, subject: str) -> StoredReading | None:
        asked.append((collector, subject))
        return read(ledger, collector, subject)

    monkeypatch.setattr(Ledger, "latest_observation", noted)
    return asked


def test_each_look_is_read_once_until_another_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with world(tmp_path) as held:
        held.look()
        asked = counting(monkeypatch)
        once = LooksOnce(held.ledger)
        first = [once.newest("restic_snapshots", "files/offsite") for _ in range(3)][-1]
        assert first is not None and len(asked) == 1
        held.clock.instant += DAY
        turn = Round(held.session)
        held.take(turn, "offsite")
        again = turn.last_look("restic_snapshots", "files/offsite")
        once.forget()
        newest = once.newest("restic_snapshots", "files/offsite")
    assert again is not None and newest is not None
    assert again.ended == newest.ended == first.ended + DAY


def test_no_look_is_read_twice_in_one_judgement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = counting(monkeypatch)
    with world(tmp_path) as held:
        held.look()
    assert asked
    assert len(asked) == len(set(asked))
