"""Declared backups and what a look at their copies saw, for the rules' tables."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.inventory import Backup, Copy, Inventory
from agent.core.judging.check import Check, Need, Question
from agent.core.model import Fact, Finding, Gap, Observation, Target
from agent.core.points import Point
from collectors.restic import LOOKS as RESTIC

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIMIT = timedelta(hours=24)
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)

OFFSITE = Copy(
    program=RESTIC,
    id="offsite",
    backup="files",
    repository="/r",
    password_file=Path("/p"),
    site="cambrai",
    country="FR",
    offsite=True,
)
ONSITE = replace(OFFSITE, id="near", site="arras", offsite=False)
BACKUP = Backup(
    program=RESTIC,
    id="files",
    beneficiary="scota",
    host="srv-1",
    paths=("/srv/scota",),
    snapshot_host="srv-1",
    copies=(OFFSITE,),
)


def question(
    item: Backup | Copy,
    target: str,
    backup: Backup = BACKUP,
    *,
    known_for: timedelta = DAY,
    allowance: timedelta = 0 * DAY,
) -> Question:
    """Return what a rule is asked about a backup or one of its copies."""
    declared = item if isinstance(item, Backup) else backup
    return Question(
        item=item,
        inventory=Inventory(backups=(declared,)),
        target=Target(id=target, unit="seconds", limit=LIMIT.total_seconds(), evidence_age=timedelta(hours=6)),
        now=NOW,
        first_seen=NOW - known_for,
        allowance=allowance,
    )


def point(
    age: timedelta, number: int = 0, *, files: int | None = 100, host: str = "srv-1", path: str = "/srv/scota"
) -> Point:
    """Return a recovery point of some age."""
    id = f"{number:02x}" * 32
    return Point(id=id, time=NOW - age, host=host, paths=(path,), files=files)


def look(
    *points: Point,
    collector: str = "restic_snapshots",
    more: Iterable[tuple[str, object, datetime]] = (),
    gaps: tuple[Gap, ...] = (),
    present: bool = True,
    ended: datetime = NOW,
) -> Observation:
    """Return what one look at the off-site copy saw."""
    facts = [Fact(name="repository.present", subject="files/offsite", value=present, as_of=ended)]
    facts += [Fact(name="backup.point", subject="files/offsite", value=one, as_of=one.time) for one in points]
    facts += [
        Fact(name=name, subject="files/offsite", value=value, as_of=at)  # type: ignore[arg-type]
        for name, value, at in more
    ]
    return Observation(
        collector=collector,
        host="srv-1",
        subject="files/offsite",
        begun=ended,
        ended=ended,
        facts=tuple(facts),
        gaps=gaps,
    )


def judged(check: Check, asked: Question, seen: Observation) -> tuple[Finding, ...]:
    """Return what a rule finds in one look."""
    return tuple(check.judge(Need(collector=seen.collector, subject="files/offsite"), seen, asked))
