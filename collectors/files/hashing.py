"""Choose which files to hash at their store, in which order, and hold the digests to those that were first seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from agent.core.ahead import lies_ahead
from agent.core.collecting.collector import Look
from agent.core.errors import LookError
from agent.core.inventory import Copy
from agent.core.reason import Reason
from collectors.files.history import KnownVersion, known_versions, unusual
from collectors.files.records import VersionRecords
from collectors.files.remote import RemoteFolder, steps
from collectors.files.sets import Archive, Arranged


@dataclass(slots=True, kw_only=True)
class DigestRun:
    """The result of hashing: digests by the archives' ids, those that could not be read, and what ended it early.

    `changed` are ids of past files that hold something else than they did.
    """

    read: dict[str, Archive] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    unread: dict[str, tuple[Archive, Reason]] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    hindered: Reason | None = None


def chosen(
    here: Arranged, records: VersionRecords, tried: Mapping[str, datetime], budget: int | None, now: datetime
) -> tuple[Archive, ...]:
    """Return what to hash: what was never read, newest first, then the longest unread.

    At least one file, whatever the budget (bytes; None: everything). What was read ahead of now counts as never.
    """

    def last(one: Archive) -> datetime | None:
        record = records.own(one)
        ats = [at for at in (record.last_read if record else None, tried.get(one.id)) if at is not None]
        return max((at for at in ats if not lies_ahead(at, now)), default=None)

    every = [(last(one), one) for one in here.every()]
    never = sorted((one for at, one in every if at is None), key=lambda one: one.time, reverse=True)
    again = sorted(((at, one) for at, one in every if at is not None), key=lambda pair: pair[0])
    found: list[Archive] = []
    left = budget
    for one in (*never, *(one for _, one in again)):
        if left is not None and left < one.file.size and found:
            break
        left = None if left is None else left - one.file.size
        found.append(one)
    return tuple(found)


def hash_all(far: RemoteFolder, archives: Sequence[Archive], look: Look) -> DigestRun:
    """Return the result of hashing. Raises a LookError where not even the first question was answered."""
    run = DigestRun()
    by_path = {one.file.path: one for one in archives}
    whole, done = sum(one.file.size for one in archives) or 1, 0
    for group in steps([one.file for one in archives]):
        try:
            answer = far.sums(group)
        except LookError as error:
            if not run.digests:
                raise
            run.hindered = error.reason
            break
        for path, digest in answer.digests.items():
            run.read[by_path[path].id] = by_path[path]
            run.digests[by_path[path].id] = digest
        run.unread |= {by_path[path].id: (by_path[path], reason) for path, reason in answer.unread.items()}
        done += sum(file.size for file in group)
        look.progress(0.9 * done / whole)
    return run


def confirm(
    far: RemoteFolder, run: DigestRun, here: Arranged, records: VersionRecords, copy: Copy, look: Look
) -> DigestRun:
    """Return a run with what has changed: nothing is told that a second look does not show as well.

    What was written or removed meanwhile is left out of it. Raises a LookError where it cannot be looked at again.
    """
    differing = [one for id, one in run.read.items() if _differs(one, run.digests[id], records)]
    # What a mirror holds is written over whenever its source is.
    over = frozenset[str]() if copy.mirror else _written_over(run, here, records, copy.snapshot_host, look.now)
    if not differing and not over and not run.unread:
        return run
    after = {file.path: file for file in far.tree(look.timeout).files}
    still = [one for one in differing if after.get(one.file.path) == one.file]
    again = far.sums([one.file for one in still]).digests if still else {}
    confirmed = {one.id for one in still if _differs(one, again.get(one.file.path, ""), records)}
    left_out = {id for id, one in run.read.items() if one in differing and id not in confirmed}
    return replace(
        run,
        read={id: one for id, one in run.read.items() if id not in left_out},
        digests={id: digest for id, digest in run.digests.items() if id not in left_out},
        unread={id: pair for id, pair in run.unread.items() if after.get(pair[0].file.path) == pair[0].file},
        changed=frozenset(confirmed | over),
    )


def _differs(one: Archive, digest: str, records: VersionRecords) -> bool:
    record = records.of(one)
    return record is not None and digest != "" and record.digest != digest


def _written_over(run: DigestRun, here: Arranged, records: VersionRecords, host: str, now: datetime) -> frozenset[str]:
    """Return the ids of past files that were written anew in the same size, and hold something else.

    A new date alone is none: copied back, or touched, a file holds what it held.
    """
    known = known_versions(None, records, host, now)
    found: set[str] = set()
    for archives in here.sets.values():
        pairs: list[tuple[Archive, KnownVersion]] = []
        for one in archives:
            before = [each for each in records.under(one.file.shown) if each.size == one.file.size]
            fresh = one.id in run.digests and records.of(one) is None
            if fresh and before and before[-1].digest != run.digests[one.id] and before[-1].key in known:
                pairs.append((one, known[before[-1].key]))
        found |= {one.id for one in unusual(pairs, known, archives)}
    return frozenset(found)
