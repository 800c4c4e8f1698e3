"""What is kept of a source goes into facts and comes out of them as it was."""

from datetime import UTC, datetime, timedelta

from agent.core.facts.logs import (
    FreeSpace,
    MarkerResult,
    RetainedRecords,
    facts_of,
    kept_in,
    proof_facts,
    proof_in,
    room_facts,
    room_in,
)
from agent.core.model import Observation

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FULL = RetainedRecords(
    oldest=NOW - 370 * DAY,
    newest=NOW,
    holes=((NOW - 9 * DAY, NOW - 7 * DAY), (NOW - 5 * DAY, NOW - 3 * DAY)),
    interval=timedelta(seconds=10),
    apart=timedelta(hours=-2),
    files=12,
    size=4096,
    waiting=2,
    unread=(NOW - 300 * DAY, NOW - 200 * DAY),
    rewritten=(("2026-03-01", NOW),),
    removed=(("2026-03-02", NOW),),
)
ROOM = FreeSpace(free=1000, daily=10, full=NOW + 100 * DAY, age=30 * DAY)


def test_facts_hold_everything_that_is_kept_of_each_source() -> None:
    facts = (
        *facts_of(FULL, "central/a", NOW),
        *facts_of(RetainedRecords(), "central/b", NOW),
        *room_facts(ROOM, "central", NOW),
    )
    seen = Observation(collector="logs", host="srv-1", subject="central", begun=NOW, ended=NOW, facts=facts)
    assert kept_in(seen, "central/a") == FULL
    assert kept_in(seen, "central/b") == RetainedRecords()
    assert room_in(seen) == ROOM


def test_nothing_is_told_of_what_no_fact_names() -> None:
    seen = Observation(collector="logs", host="srv-1", subject="central", begun=NOW, ended=NOW)
    assert kept_in(seen, "central/a") == RetainedRecords()
    assert room_in(seen) is None


def test_facts_hold_what_a_marker_came_to() -> None:
    lost = MarkerResult(nonce="b", sent=NOW, found=NOW - DAY, taken=timedelta(seconds=3), lost=NOW - DAY / 2)
    for proof in (lost, MarkerResult(nonce="a", sent=NOW)):
        facts = tuple(proof_facts(proof, "central/a"))
        seen = Observation(collector="logs", host="srv-1", subject="central", begun=NOW, ended=NOW, facts=facts)
        assert proof_in(seen, "central/a") == proof
        assert proof_in(seen, "central/b") is None
