"""How long the versions of some objects are locked, asked one by one over several connections."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from agent.core.deadline import Deadline
from agent.core.errors import Denied, LookError, Missing, TimedOut, Unreadable
from agent.hosts.object_store.asking import FORBIDDEN, NOT_FOUND, OK, S3Answer, S3Connection
from agent.hosts.object_store.place import S3Place
from agent.hosts.object_store.versions import ObjectVersion, instant_of, read_xml, text_of

CONNECTIONS = 8
COMPLIANCE, GOVERNANCE = "COMPLIANCE", "GOVERNANCE"
_UNLOCKED = ("NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", "InvalidRequest")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectLock:
    """Until when one version is locked, and how; `mode` empty: not at all."""

    mode: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLocks:
    """The locks that were told, by key and version, and the first reason why some were not (None: all were)."""

    told: dict[tuple[str, str], ObjectLock]
    error: LookError | None = None


def locks_of(
    connect: Callable[[], S3Connection], place: S3Place, versions: Sequence[ObjectVersion], deadline: Deadline
) -> AskedLocks:
    """Return the locks of some versions, as far as the time lasts. Raises nothing: what failed is told."""
    told: dict[tuple[str, str], ObjectLock] = {}
    errors: list[LookError] = []
    waiting = iter(versions)

    def work() -> None:
        with connect() as connection:
            # Handing out from one iterator is atomic, so that no version is asked twice.
            while not errors and (batch := tuple(islice(waiting, 1))):
                if deadline.passed:
                    errors.append(TimedOut(f"{place.name}: {len(told)} of {len(versions)} locks were told in time"))
                    return
                try:
                    told[batch[0].key, batch[0].id] = _lock_of(connection, place, batch[0])
                except Missing:
                    continue  # deleted since the list: the next one has it no more
                except LookError as error:
                    errors.append(error)

    if versions:
        with ThreadPoolExecutor(min(CONNECTIONS, len(versions))) as pool:
            for done in [pool.submit(work) for _ in range(min(CONNECTIONS, len(versions)))]:
                done.result()
    return AskedLocks(told=told, error=errors[0] if errors else None)


def _lock_of(connection: S3Connection, place: S3Place, version: ObjectVersion) -> ObjectLock:
    path, id = place.path_of(f"{place.prefix}{version.key}"), (("versionId", version.id),) if version.id else ()
    asked = connection.get(path, (("retention", ""), *id))
    if asked.status == FORBIDDEN:
        # A key that may read an object and not ask for its lock is shown the lock by some stores all the same.
        headed = connection.get(path, id, "HEAD")
        if headed.status == OK and headed.lock_mode:
            return _lock(headed.lock_mode, headed.locked_until, place, version.key)
    return lock_in(asked, place, version.key)


# <Retention xmlns="…"><Mode>COMPLIANCE</Mode><RetainUntilDate>2026-12-31T00:00:00Z</RetainUntilDate></Retention>
def lock_in(answer: S3Answer, place: S3Place, key: str) -> ObjectLock:
    """Return what an answer about one object tells. Pure.

    Raises Denied where the key may not ask, Missing for an object that is gone, Unreadable for anything else.
    """
    if answer.status == FORBIDDEN:
        hint = "allow s3:GetObjectRetention to the key of environment_file"
        raise Denied(f"{place.name}: the key may not see how long objects are locked ({answer.code})", hint)
    if answer.status != OK:
        if answer.code in _UNLOCKED:
            return ObjectLock()
        if answer.status == NOT_FOUND and answer.code in ("NoSuchKey", "NoSuchVersion"):
            raise Missing(f"{place.name}: {key} is gone since the list")
        raise Unreadable(f"{place.name}: the lock of {key} is not told ({answer.code or answer.status})")
    root = read_xml(answer.body, place)
    if not root.tag.endswith("Retention"):
        raise Unreadable(f"{place.name}: the lock of {key} is not told")
    return _lock(text_of(root, "Mode"), text_of(root, "RetainUntilDate"), place, key)


def _lock(mode: str, until: str, place: S3Place, key: str) -> ObjectLock:
    if mode not in (COMPLIANCE, GOVERNANCE):
        raise Unreadable(f"{place.name}: the lock of {key} is of no kind known here")
    return ObjectLock(mode=mode, until=instant_of(until, place))
