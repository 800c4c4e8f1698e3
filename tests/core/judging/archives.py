"""An archive of a cluster as it is seen at a look, for the tests of what is told of it."""

from datetime import UTC, datetime, timedelta

from agent.core.cluster_archive import ClusterArchive, SourceState
from agent.core.errors import Denied, LookError
from agent.core.facts.recovery_points import points_in
from agent.core.inventory import Copy, ProgramLooks
from agent.core.judging.wal_points import cluster_facts
from agent.core.model import Fact, FactValue, Gap, Observation
from agent.core.wal_segments import BaseBackup, WalArchive
from tests.parts.kept_look import kept_look

SIZE = 1 << 24
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
COPY = Copy(
    id="vault",
    backup="db",
    program=ProgramLooks(name="pg", listing="pg_list", verification="pg_verify"),
    repository="pg:db-1:main",
    cluster="main",
    host="db-1",
    snapshot_host="db-1",
)
BASE = BaseBackup(
    id="base",
    time=NOW - 3 * DAY,
    first=f"{1:08X}{0:08X}{2:08X}",
    last=f"{1:08X}{0:08X}{2:08X}",
    start_lsn=2 * SIZE + 40,
    stop_lsn=2 * SIZE + 300,
    bytes=9000,
)
DENIED = Denied("db-1: the cluster on port 5432 refuses")


def on_timeline(number: int, timeline: int) -> str:
    """Return the name of a segment of a timeline."""
    return f"{timeline:08X}{0:08X}{number:08X}"


def seen_of(
    wal: WalArchive,
    source: SourceState | LookError,
    previous: Observation | None = None,
    now: datetime = NOW,
    damaged: frozenset[str] = frozenset(),
    base: BaseBackup = BASE,
) -> Observation:
    """Return a look at an archive."""
    found = ClusterArchive(backups=(base,), unusable=(), damaged=damaged, wal=wal, source=source)
    return look(*cluster_facts(COPY, found, previous, now), now=now)


def look(*told: Fact | Gap, now: datetime = NOW) -> Observation:
    """Return a look that tells these."""
    return kept_look("pg_list", COPY.subject, told, now, "db-1")


def looked(
    *numbers: int,
    age: timedelta = 2 * DAY,
    source: SourceState | LookError = DENIED,
    previous: Observation | None = None,
    now: datetime = NOW,
    damaged: frozenset[str] = frozenset(),
    base: BaseBackup = BASE,
) -> Observation:
    """Return a look at an archive of these segments, archived so long ago."""
    wal = WalArchive(segments={on_timeline(number, 1): NOW - age for number in numbers})
    return seen_of(wal, source, previous, now, damaged=damaged, base=base)


def fact(name: str, value: FactValue, at: datetime = NOW) -> Fact:
    """Return a fact of the copy."""
    return Fact(name=name, subject=COPY.subject, value=value, as_of=at)


def instant(seen: Observation) -> datetime:
    """Return the newest instant to which the data can be recovered."""
    return max(point.time for point in points_in(seen))


def wrote(lsn: int, snapshot: str = "a", archived: str = "") -> SourceState:
    """Return what a source tells."""
    return SourceState(lsn=lsn, snapshot=snapshot, timeout=0, archived=archived)


LEFT_AT = 5 * SIZE + 99


def of_two_timelines(*later: int, history: bool = True) -> WalArchive:
    """Return an archive of timeline 1, which goes on beyond the instant that the cluster was set back to."""
    first = {on_timeline(number, 1): NOW - 2 * DAY for number in range(2, 10)}
    second = {on_timeline(number, 2): NOW - HOUR for number in later}
    return WalArchive(segments={**first, **second}, histories={2: ((1, LEFT_AT),)} if history else {})


def archive_of(*numbers: int) -> WalArchive:
    """Return an archive of some segments of two days ago."""
    return WalArchive(segments={on_timeline(number, 1): NOW - 2 * DAY for number in numbers})


def instant_replayed(seen: Observation) -> datetime:
    """Return the instant to which WAL is replayed."""
    (point,) = (point for point in points_in(seen) if point.id.endswith("+wal"))
    return point.time
