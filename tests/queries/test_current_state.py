"""What a verdict that was kept is worth at a later instant: its clock, and what is agreed on that day."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from agent.accounting.agreements import Acceptance, Agreements
from agent.core.model import Observation, State, Verdict
from agent.core.points import Point
from agent.core.reason import Reason
from agent.evaluation.round import Round
from agent.export.metrics import exposition
from agent.queries.current_state import CurrentRules, current_snapshot, standing_verdict
from tests.evaluation.test_round import HOUR, RPO, START, listing, world
from tests.verdicts import NOW, verdict

MISSED = verdict("backup-rpo", "files", State.MISSED, Reason.TOO_OLD, stands_until=NOW + timedelta(hours=6))
ACCEPTANCE = Acceptance(
    id="acceptance-1",
    key=MISSED.key,
    author="RSSI",
    accepted_by="Présidente",
    accepted_on=date(2026, 11, 20),
    until=date(2026, 11, 30),
    reason="migration",
)
AGREED = Agreements(acceptances=(ACCEPTANCE,))
ACCEPTED = replace(MISSED, state=State.ACCEPTED, acceptance=ACCEPTANCE.id)


def at(days: int, kept: Verdict, agreements: Agreements = AGREED) -> Verdict:
    """Return how a kept verdict stands some days later."""
    now = NOW + timedelta(days=days)
    return standing_verdict(kept, CurrentRules(now=now, day=now.date(), agreements=agreements))


def test_an_acceptance_that_was_entered_since_covers_what_was_kept_as_missed() -> None:
    found = at(0, MISSED)
    assert (found.state, found.measured, found.acceptance) == (State.ACCEPTED, State.MISSED, "acceptance-1")


@pytest.mark.parametrize(("days", "state"), [(6, State.ACCEPTED), (7, State.UNPROVEN), (365, State.UNPROVEN)])
def test_an_acceptance_covers_nothing_after_its_last_day(days: int, state: State) -> None:
    found = at(days, ACCEPTED)
    assert (found.state, found.measured, found.reason) == (state, State.UNPROVEN, Reason.STALE_EVIDENCE)
    assert (found.acceptance is not None) == (state is State.ACCEPTED)


def test_an_acceptance_that_is_no_longer_agreed_covers_nothing() -> None:
    found = at(0, ACCEPTED, Agreements())
    assert (found.state, found.acceptance) == (State.MISSED, None)


@pytest.mark.parametrize("state", [State.MET, State.MISSED, State.NOT_APPLICABLE])
def test_a_clock_that_went_back_leaves_nothing_shown(state: State) -> None:
    kept = replace(MISSED, state=state, measured=state, day_state=state)
    moment = CurrentRules(now=NOW, day=NOW.date(), doubtful_clock="this machine's clock stands 172800 s before")
    found = standing_verdict(kept, moment)
    assert (found.state, found.measured, found.reason) == (State.UNPROVEN, State.UNPROVEN, Reason.CLOCK_DOUBTFUL)


def test_what_rests_on_no_look_stands_whatever_the_clock() -> None:
    kept = verdict("backup-offsite", "files/here", State.NOT_APPLICABLE, Reason.NOT_OFFSITE, stands_until=None)
    moment = CurrentRules(now=NOW, day=NOW.date(), doubtful_clock="this machine's clock stands 172800 s before")
    assert standing_verdict(kept, moment).state is State.NOT_APPLICABLE


def test_nothing_due_for_the_moment_is_no_answer_once_it_is_old() -> None:
    kept = verdict(
        "incident-report", "scota", State.NOT_APPLICABLE, Reason.ON_COURSE, stands_until=NOW + timedelta(hours=26)
    )
    assert at(1, kept).state is State.NOT_APPLICABLE
    assert (at(2, kept).state, at(2, kept).reason) == (State.UNPROVEN, Reason.STALE_EVIDENCE)


def test_the_metric_of_the_newest_point_is_the_verdicts(tmp_path: Path) -> None:
    with world(tmp_path) as held:
        others = {
            "foreign": Point(id="aa", time=START - HOUR, host="another", paths=("/srv",), files=3),
            "empty": Point(id="bb", time=START - HOUR, host="srv-1", paths=("/srv",), files=0),
            "future": Point(id="cc", time=START + 48 * HOUR, host="srv-1", paths=("/srv",), files=3),
        }
        good = Point(id="dd", time=START - 20 * HOUR, host="srv-1", paths=("/srv",), files=3)
        turn = Round(held.session)
        turn.take(listing((*others.values(), good), START))
        told = next(one for one in turn.judge(held.session.wanted) if one.key == RPO)
        (numbers,) = current_snapshot(held.session.configuration, held.ledger, now=START).copies
        assert numbers.newest == good.time
        assert told.value == (START - numbers.newest).total_seconds()


def test_the_checkpoint_shown_is_the_newest_that_was_signed(tmp_path: Path) -> None:
    """A Prometheus elsewhere keeps its size: one that falls is a ledger that was put back."""
    with world(tmp_path) as held:

        def shown() -> list[str]:
            snapshot = current_snapshot(held.session.configuration, held.ledger, now=held.clock.instant)
            lines = exposition(snapshot).decode().splitlines()
            return [line for line in lines if line.startswith("beffroi_checkpoint")]

        assert shown() == []
        for days in (1, 2):
            Round(held.session).take(seen_at(held.clock.instant))
            held.clock.instant = now = START + days * 24 * HOUR
            held.ledger.sign_heads(now)
            newest = held.ledger.newest_checkpoint()
            assert newest is not None
            assert newest.note.splitlines()[1] == str(days)
            assert shown() == [
                f"beffroi_checkpoint_size {days}",
                f"beffroi_checkpoint_timestamp_seconds {now.timestamp()}",
            ]


def seen_at(ended: datetime) -> Observation:
    return Observation(collector="restic_snapshots", host="srv-1", subject="files/offsite", begun=ended, ended=ended)
