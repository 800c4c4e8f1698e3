"""The days of a cluster whose WAL is archived, between base backups that are a week apart."""

from datetime import UTC, datetime, timedelta

from agent.accounting.recovery import LimitFrom, RecoveryRule, stretch_by_points
from agent.accounting.timeline import Timeline, after
from agent.core.inventory import Backup
from agent.core.model import Observation, State
from agent.core.wal_segments import WalArchive
from agent.evaluation.evaluate import NewestLooks
from agent.evaluation.judged_stretch import copy_seen
from tests.core.judging.archives import COPY, DENIED, on_timeline, seen_of

BEGUN = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BACKUP = Backup(
    id="db", beneficiary="scota", host="db-1", paths=(), snapshot_host="db-1", copies=(COPY,), program=COPY.program
)
RULE = RecoveryRule(limits=(LimitFrom(at=BEGUN - 30 * 24 * HOUR, limit=26 * HOUR),), evidence_age=6 * HOUR)


def newest(observation: Observation, previous: Observation | None) -> NewestLooks:
    """Return a look of this turn, and the one before it."""
    return NewestLooks(
        reading=observation,
        evidence_id="r",
        observation=observation,
        observation_id="r",
        fresh=True,
        previous_id=None if previous is None else "p",
        previous_ended=None if previous is None else previous.ended,
    )


def test_a_cluster_whose_wal_arrives_misses_no_moment_between_two_looks() -> None:
    line, previous = Timeline(), None
    for number in range(24):
        now = BEGUN + number * HOUR
        segments = {on_timeline(one, 1): now - 24 * HOUR + one * HOUR for one in range(2, 4 + number)}
        newest_at = max(segments)
        segments[newest_at] = now - HOUR / 4
        looked = seen_of(WalArchive(segments=segments), DENIED, previous, now)
        found = copy_seen(BACKUP, COPY.subject, newest(looked, previous))
        stretch = stretch_by_points([found], RULE, now)
        line = line if stretch is None else after(line, stretch)
        previous = looked
    assert {start.state for start in line.starts if start.at >= BEGUN} == {State.MET}
