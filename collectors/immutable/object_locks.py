"""The locks of a copy's objects in an S3 store: each version is asked once a day, and what it answered is kept.

A lock of mode COMPLIANCE can be made longer and never shorter (Amazon, «Object Lock»), so that an answer of yesterday
still holds; it is asked again all the same, since the store's own administrators stand above its rules.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.core.inventory import Copy
from agent.hosts.environment_file import read_environment
from agent.hosts.object_store.asking import S3Connection
from agent.hosts.object_store.place import S3Place, s3_key
from agent.hosts.object_store.retention import COMPLIANCE, ObjectLock, locks_of
from agent.hosts.object_store.versions import ObjectVersion, versions_below
from collectors.immutable.counting import ProtectedFile

ASKED_AGAIN, BELIEVED = timedelta(days=1), timedelta(days=7)
REMEMBERED = "locks.json"
# restic deletes and renews them at each run: nothing of the backup lies there.
OF_NO_BACKUP = "locks/"
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockAnswer:
    """What the store answered of one version, and when."""

    lock: ObjectLock
    asked: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedObjects:
    """The current objects of a copy, its locks by their writing, and why not all could be asked (None: all were)."""

    files: tuple[ProtectedFile, ...]
    lock_files: tuple[datetime, ...] = ()
    error: LookError | None = None


def locked_objects(copy: Copy, look: Look, place: S3Place, promise: timedelta) -> LockedObjects:
    """Return the current objects of a copy and how long each is locked. Raises a LookError where none could be."""
    environment = {} if copy.environment_file is None else read_environment(look.here, copy.environment_file)
    key, deadline = s3_key(place, environment), Deadline(look.timeout)

    def connect() -> S3Connection:
        return S3Connection(place, key, deadline)

    with connect() as connection:
        versions = versions_below(connection, place)
    current = [one for one in versions if one.latest and not one.marker]
    objects = [one for one in current if not one.key.startswith(OF_NO_BACKUP)]
    bucket = f"{place.name}/{place.bucket}/{place.prefix}"
    known = remembered_answers(look.folder / REMEMBERED, bucket, look.now)
    asked = locks_of(connect, place, _due(objects, known, look.now, promise), deadline)
    told = {name: LockAnswer(lock=lock, asked=look.now) for name, lock in asked.told.items()}
    known = {(one.key, one.id): answer for one in objects if (answer := _of(one, told, known)) is not None}
    if asked.error is not None and not known:
        raise asked.error
    remember_answers(look.folder / REMEMBERED, bucket, known)
    return LockedObjects(
        files=tuple(_protected(one, known.get((one.key, one.id))) for one in objects),
        lock_files=tuple(one.written for one in current if one.key.startswith(OF_NO_BACKUP)),
        error=asked.error,
    )


Answers = Mapping[tuple[str, str], LockAnswer]


def _of(version: ObjectVersion, told: Answers, known: Answers) -> LockAnswer | None:
    name = (version.key, version.id)
    return told.get(name) or known.get(name)


def _due(objects: Sequence[ObjectVersion], known: Answers, now: datetime, promise: timedelta) -> list[ObjectVersion]:
    """Return the versions to ask, those that were never asked first; none whose promised time is over."""
    asked = {name: answer.asked for name, answer in known.items()}
    owed = [one for one in objects if one.written + promise > now]
    due = [one for one in owed if now - asked.get((one.key, one.id), _NEVER) >= ASKED_AGAIN]
    return sorted(due, key=lambda one: asked.get((one.key, one.id), _NEVER))


def _protected(version: ObjectVersion, answer: LockAnswer | None) -> ProtectedFile:
    if answer is None:
        return ProtectedFile(name=version.key, written=version.written, protected=None)
    until = answer.lock.until
    return ProtectedFile(
        name=version.key,
        written=version.written,
        protected=timedelta(0) if until is None else max(timedelta(0), until - version.written),
        liftable=until is not None and answer.lock.mode != COMPLIANCE,
    )


# {"of": "s3.example/bucket/folder/",
#  "rows": [["data/5c/5c1e…", "6712d6cd…", "COMPLIANCE", "2026-12-31T14:58:39+00:00", "2026-12-01T15:00:00+00:00"], …]}
def remembered_answers(path: Path, bucket: str, now: datetime) -> dict[tuple[str, str], LockAnswer]:
    """Return what earlier looks were answered and is still believed; nothing of another bucket."""
    try:
        kept = json.loads(path.read_bytes())
        rows = kept["rows"] if kept["of"] == bucket else []
        answers = {
            (str(key), str(id)): LockAnswer(
                lock=ObjectLock(mode=str(mode), until=datetime.fromisoformat(until) if until else None),
                asked=datetime.fromisoformat(asked),
            )
            for key, id, mode, until, asked in rows
        }
        return {name: one for name, one in answers.items() if timedelta(0) <= now - one.asked <= BELIEVED}
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return {}


def remember_answers(path: Path, bucket: str, known: Answers) -> None:
    """Keep what was answered of a bucket for the next look."""
    rows = [
        (key, id, one.lock.mode, one.lock.until.isoformat() if one.lock.until else "", one.asked.isoformat())
        for (key, id), one in known.items()
    ]
    # An answer that cannot be kept is asked again.
    try:
        path.write_text(json.dumps({"of": bucket, "rows": rows}))
    except OSError:
        path.unlink(missing_ok=True)
