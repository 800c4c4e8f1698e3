"""The newest readings: as the ledger has them, and after one more."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.errors import LedgerDamaged, LedgerFull
from agent.core.model import Failure
from agent.core.reason import Reason
from agent.evaluation.newest_looks import looks_in, readable_looks, taken_as_newest
from agent.evaluation.round import Round
from agent.ledger.growth import QUOTA
from tests.evaluation.test_round import START, World, held
from tests.ledger.samples import MORNING, QUARTER_HOUR, failure, observation, open_ledger, point_fact, tamper

__all__ = ["held"]

SEEN = ("restic_snapshots", "files/offsite")
FAILED = ("restic_snapshots", "mail/offsite")
NEVER = ("restic_snapshots", "never/offsite")


def test_many_are_asked_for_together_each_with_its_last_success(tmp_path: Path) -> None:
    good = observation(MORNING, [point_fact(1)], subject=FAILED[1])
    with open_ledger(tmp_path) as ledger:
        ledger.keep_readings([observation(MORNING), good, failure(MORNING + QUARTER_HOUR, subject=FAILED[1])])
        ledger.keep_readings([failure(MORNING, subject="blind/offsite")])
    with open_ledger(tmp_path, readonly=True) as ledger:
        found = looks_in(ledger, [SEEN, FAILED, NEVER, ("restic_snapshots", "blind/offsite")])
    assert found.keys() == {SEEN, FAILED, ("restic_snapshots", "blind/offsite")}
    assert (found[SEEN].evidence_id, found[SEEN].observation_id) == ("r-1", "r-1")
    assert (found[FAILED].evidence_id, found[FAILED].observation_id) == ("r-3", "r-2")
    assert found[FAILED].observation == good
    blind = found["restic_snapshots", "blind/offsite"]
    assert (blind.observation, blind.observation_id) == (None, None)


def test_damage_under_one_name_costs_none_of_the_others(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.keep_readings([observation(MORNING), observation(MORNING, subject=FAILED[1])])
    tamper(tmp_path, "DELETE FROM observed_facts WHERE subject = 'mail/offsite'")
    with open_ledger(tmp_path, readonly=True) as ledger:
        with pytest.raises(LedgerDamaged):
            looks_in(ledger, [SEEN, FAILED])
        assert readable_looks(ledger, [SEEN, FAILED, NEVER]).keys() == {SEEN}


def test_without_a_ledger_nothing_was_seen() -> None:
    assert looks_in(None, [SEEN]) == {}


def test_a_look_that_failed_leaves_the_observation_before_it() -> None:
    first = taken_as_newest(observation(MORNING), "r-1", None)
    second = taken_as_newest(failure(MORNING + QUARTER_HOUR), "r-2", first)
    assert (second.evidence_id, second.observation_id, second.fresh) == ("r-2", "r-1", False)
    assert second.previous_ended == MORNING
    assert first.fresh
    assert first.previous_ended is None


def test_of_readings_that_come_back_together_each_is_kept_for_itself(held: World) -> None:
    """One that cannot be kept and one beyond its host's share cost only themselves, and are judged all the same."""
    looks = [observation(START, [point_fact(1)], subject=subject) for subject in ("a/b", "no\ud800text/b", "c/d")]
    greedy = replace(observation(START, subject="greedy/b"), host="greedy")
    held.ledger._growth.add("greedy", "reading", QUOTA, START)
    turn = Round(held.session)
    turn.take(looks[0], looks[1], greedy, looks[2])
    found = [turn.seen("restic_snapshots", subject) for subject in ("a/b", "no\ud800text/b", "greedy/b", "c/d")]
    assert [None if one is None else one.evidence_id.partition("-")[0] for one in found] == ["r", "unkept", "r", "r"]
    assert turn.not_kept is not None
    assert "no text" in turn.not_kept
    assert found[1] is not None
    assert found[1].reading == looks[1]
    assert found[2] is not None
    assert isinstance(found[2].reading, Failure)
    assert found[2].reading.reason is Reason.UNREADABLE
    assert held.ledger.latest("restic_snapshots", "c/d") is not None


def test_a_ledger_that_takes_nothing_costs_no_judgement(held: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(readings: object) -> None:
        raise LedgerFull("the disk is full", "make room")

    monkeypatch.setattr(held.ledger, "keep_readings", full)
    turn = Round(held.session)
    turn.take(observation(START, subject="a/b"), failure(START, subject="c/d"))
    assert turn.not_kept == "the disk is full"
    assert turn.seen("restic_snapshots", "a/b") is not None
    assert turn.seen("restic_snapshots", "c/d") is not None
