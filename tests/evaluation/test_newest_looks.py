"""The newest readings: as the ledger has them, and after one more."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.errors import LedgerDamaged, LedgerFull
from agent.core.facts.network_flows import TRIAL, Attempt, FlowResult
from agent.core.facts.verification import Damage
from agent.core.judging.looked_at import FACT, LookTarget
from agent.core.model import Fact, FactValue, Failure, Observation, State
from agent.core.reason import Reason
from agent.evaluation.evaluation_rounds import Evaluation, EvaluationRound
from agent.evaluation.kept_looks import looks_in, readable_looks
from agent.evaluation.newest_looks import taken_as_newest, taken_at
from agent.evaluation.round import Round
from agent.evaluation.session import Session, open_session
from agent.ledger.growth import QUOTA
from tests.evaluation.test_round import START, World, held
from tests.ledger.samples import MORNING, QUARTER_HOUR, failure, observation, open_ledger, point_fact, tamper
from tests.parts.held_clock import HeldClock

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


def at(digest: str) -> Fact:
    return Fact(name=FACT, subject="files/offsite", value=digest, as_of=MORNING)


def test_a_look_at_something_else_is_none_and_one_that_failed_is_left() -> None:
    target = LookTarget(digest="ab")
    other = replace(observation(MORNING), facts=(at("cd"),))
    newest = taken_as_newest(other, "r-1", None)
    assert taken_at(target, newest) is None
    after = taken_at(target, taken_as_newest(failure(MORNING + QUARTER_HOUR), "r-2", newest))
    assert after is not None
    assert (after.evidence_id, after.observation, after.observation_id) == ("r-2", None, None)
    for digest, wanted in (("ab", target), ("cd", None)):
        own = taken_as_newest(replace(other, facts=(at(digest),)), "r-1", None)
        assert taken_at(wanted, own) is own


PLACES = """
[agent]
state_directory = "{state}"
[convention]
signed = 2026-11-01
[[beneficiary]]
id = "scota"
name = "SCOTA"
[[host]]
id = "srv-1"
site = "arras"
collect = []
[[backup]]
id = "files"
host = "srv-1"
paths = ["/srv"]
[[backup.copy]]
id = "offsite"
repository = "{repository}"
password_file = "password"
site = "cambrai"
country = "FR"
{id}
[[flow]]
id = "guests"
from = "srv-1"
to = "{to}"
expect = "blocked"
"""
ID, OTHER_ID = "ab" * 32, "cd" * 32
LISTING, CHECK, FLOWS = ("restic_snapshots", "files/offsite"), ("restic_check", "files/offsite"), ("flows", "guests")


@contextmanager
def opened(folder: Path, clock: HeldClock, to: str, repository: str = "/elsewhere", id: str = ID) -> Iterator[Session]:
    """Open a configuration that declares a flow's destination and a copy's repository."""
    (folder / "password").touch(mode=0o600)
    path = folder / "beffroi.toml"
    named = f'repository_id = "{id}"'
    path.write_text(PLACES.format(state=folder / "state", to=to, repository=repository, id=named))
    with open_session(path, clock=clock) as session:
        yield session


def seen(session: Session, name: tuple[str, str], *facts: tuple[str, FactValue]) -> Observation:
    """Return a look as it is taken by a configuration."""
    target, now = session.targets[name], session.clock.now()
    assert target is not None
    told = (*facts, (FACT, target.digest))
    return Observation(
        collector=name[0],
        host="srv-1",
        subject=name[1],
        begun=now,
        ended=now,
        facts=tuple(Fact(name=what, subject=name[1], value=value, as_of=now) for what, value in told),
    )


def judged(session: Session, *readings: Observation) -> EvaluationRound:
    """Return one judgement of everything."""
    return Evaluation(session).take_turn(readings)


def state_of(turn: EvaluationRound, target: str) -> tuple[State, Reason]:
    """Return what is said of a target."""
    found = next(one for one in turn.verdicts if one.target == target)
    return found.state, found.reason


REFUSED = (TRIAL, Attempt(answer=FlowResult.REFUSED, address="192.0.2.9"))


def test_a_flow_to_another_destination_was_not_tried_yet(tmp_path: Path) -> None:
    clock = HeldClock(START)
    with opened(tmp_path, clock, "192.0.2.9:22") as session:
        before = judged(session, seen(session, FLOWS, REFUSED))
        assert state_of(before, "network-segmentation") == (State.MET, Reason.WITHIN_LIMIT)
        late = seen(session, FLOWS, REFUSED)
    clock.instant += timedelta(minutes=5)
    with opened(tmp_path, clock, "192.0.2.10:22") as session:
        # A look that was underway comes back after the change.
        for readings in ((), (late,)):
            turn = judged(session, *readings)
            assert state_of(turn, "network-segmentation") == (State.UNPROVEN, Reason.NOT_RUN)
            assert turn.taken_elsewhere == {FLOWS}
        after = judged(session, seen(session, FLOWS, REFUSED))
        assert state_of(after, "network-segmentation") == (State.MET, Reason.WITHIN_LIMIT)
        assert after.taken_elsewhere == frozenset()


@pytest.mark.parametrize(
    ("repository", "id", "damaged"),
    [("/moved", ID, True), ("/elsewhere", OTHER_ID, False), ("/moved", OTHER_ID, False)],
)
def test_a_repository_that_takes_another_s_place_is_to_be_verified_anew(
    tmp_path: Path, repository: str, id: str, damaged: bool
) -> None:
    clock = HeldClock(START)
    with opened(tmp_path, clock, "192.0.2.9:22") as session:
        assert session.ledger is not None
        damage = ("verify.damage", Damage(file="data/ab", reason="damaged"))
        first = seen(session, CHECK, ("repository.id", ID), ("verify.depth", "hashed"), damage)
        session.ledger.keep_readings([first, seen(session, LISTING, ("repository.id", ID))])
    clock.instant += timedelta(minutes=5)
    with opened(tmp_path, clock, "192.0.2.9:22", repository, id) as session:
        listed = seen(session, LISTING, ("repository.present", True), ("repository.id", id))
        turn = judged(session, listed)
        offsite = next(one for one in turn.verdicts if one.target == "backup-offsite")
        told = {(offsite.state, offsite.reason), *((one.state, one.reason) for one in offsite.rest)}
        assert ((State.MISSED, Reason.DAMAGED) in told) is damaged
        assert (State.UNPROVEN, Reason.NOT_RUN) in told
        previous = session.context.previous(*CHECK)
        assert (previous is not None and bool(previous.named("verify.damage"))) is damaged
        assert previous is None or previous.one("verify.depth") is None
