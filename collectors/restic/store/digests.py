"""Choose which files to hash at their store, in which order, and judge the result after a second look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.collecting.collector import Look
from agent.core.errors import LookError
from agent.core.facts.verification import Damage
from agent.core.manifest import Manifest, StoredFile
from agent.core.reason import Reason
from collectors.restic.store.answers import StoreListing
from collectors.restic.store.remote import RemoteStore
from collectors.restic.store.shown import StoreMemory

# One question: a link that is lost costs what was asked last, and no more.
AT_ONCE_BYTES = 4 * 1024**3
STEP = timedelta(minutes=30)
SLOWEST_BYTES_PER_SECOND = 4 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class HashRun:
    """Gather the result of hashing; `hindered` is what ended it before its end."""

    good: list[StoredFile] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    unread: list[tuple[str, Reason]] = field(default_factory=list)
    hindered: Reason | None = None

    @property
    def damage(self) -> tuple[Damage, ...]:
        """Return the bad files."""
        return tuple(Damage(file=name, reason=Reason.DAMAGED.value) for name in self.bad)


def chosen(
    listed: StoreListing, manifest: Manifest, before: StoreMemory, budget: int | None, now: datetime
) -> tuple[StoredFile, ...]:
    """Return what to hash: whatever is small and tells the rest, then packs, the longest unverified first.

    At least one pack, whatever the budget (bytes; None: everything). What was hashed ahead of now counts as never.
    """
    tried = before.tried()

    def last(file: StoredFile) -> tuple[bool, datetime | None, str]:
        known = manifest.get(file.name)
        ats = [at for at in (known.last_hashed if known else None, tried.get(file.name)) if at is not None]
        ats = [at for at in ats if not lies_ahead(at, now)]
        return (bool(ats), max(ats, default=None), file.name)

    files = [file for file in listed.files if file.name != "config"]
    first = [file for file in files if not file.name.startswith("data/")]
    packs = [file for file in files if file.name.startswith("data/")]
    never = [file for file in packs if not last(file)[0]]
    again = sorted((file for file in packs if last(file)[0]), key=last)
    left = None if budget is None else budget - sum(file.size for file in first)
    for number, file in enumerate([*never, *again]):
        if left is not None and left < file.size and number:
            break
        left = None if left is None else left - file.size
        first.append(file)
    return tuple(first)


def steps(files: Sequence[StoredFile]) -> Iterator[tuple[StoredFile, ...]]:
    """Yield files in groups of what one question asks about; in each the smallest first, so that all share its end."""
    group: list[StoredFile] = []
    size = 0
    for file in files:
        if group and size + file.size > AT_ONCE_BYTES:
            yield tuple(sorted(group, key=lambda one: one.size))
            group, size = [], 0
        group.append(file)
        size += file.size
    if group:
        yield tuple(sorted(group, key=lambda one: one.size))


def hash_all(far: RemoteStore, files: Sequence[StoredFile], look: Look) -> HashRun:
    """Return the result of hashing. Raises a LookError where not even the first question was answered."""
    run = HashRun()
    whole = sum(file.size for file in files) or 1
    for group in steps(files):
        try:
            _hash(far, group, run)
        except LookError as error:
            if not run.good:
                raise
            run.hindered = error.reason
            break
        look.progress(0.9 * sum(file.size for file in run.good) / whole)
    return run


def _hash(far: RemoteStore, group: Sequence[StoredFile], run: HashRun) -> None:
    size = sum(file.size for file in group)
    answer = far.hash([file.name for file in group], STEP + timedelta(seconds=size / SLOWEST_BYTES_PER_SECOND))
    told = {*answer.bad, *(name for name, _ in answer.unread)}
    run.good += [file for file in group if file.name not in told]
    run.bad += answer.bad
    run.unread += answer.unread


def confirm(far: RemoteStore, listed: StoreListing, run: HashRun, look: Look) -> StoreListing:
    """Look again at whatever is bad, and drop what a run beside ours has removed or is still writing.

    Returns the list as it is then. Raises a LookError where it cannot be looked at again: nothing is told unconfirmed.
    """
    if not run.bad and not run.unread:
        return listed
    after = far.list(look.timeout)
    stamps = [
        dict(zip((file.name for file in one.files), zip(one.files, one.changed, strict=True), strict=True))
        for one in (listed, after)
    ]
    still = [name for name in run.bad if stamps[0].get(name) == stamps[1].get(name)]
    run.bad = list(far.hash(still, STEP).bad) if still else []
    run.unread = [(name, reason) for name, reason in run.unread if name in stamps[1]]
    return after
