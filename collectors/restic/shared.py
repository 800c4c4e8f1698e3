"""One list of a copy's points for both looks of a round that need it: each start of restic costs half a second.

That is its password, made into a key (scrypt), and a connection. Whichever look comes first has the list made; the
other one, of a different kind, takes it once, with the evidence of how it was made, and only while it is still fresh.
"""

import threading
import time
from dataclasses import dataclass

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look
from agent.core.errors import LookError, TimedOut
from agent.core.host import Output
from agent.core.model import Evidence
from agent.hosts.evidence import RecordingHost
from collectors.restic.identity import marks, repository_id
from collectors.restic.program import Restic

# The looks of a round begin within a moment; what is older than this is another round's.
FRESH_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotListing:
    """What `restic snapshots --json` said, and which repository answered."""

    id: str
    output: Output


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """What one look left for the other."""

    by: str
    at: float
    outcome: SnapshotListing | LookError | RepositoryAbsent
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class Place:
    """What was left for one copy, behind a lock that whichever look makes the list holds meanwhile."""

    lock: threading.Lock
    left: _Left | None = None


def list_points(restic: Restic, look: Look, name: str) -> SnapshotListing:
    """Return a copy's list of points for a look of the collector `name`. Raises RepositoryAbsent, every LookError."""
    if restic.copy.canary is None:
        return _made(restic)
    place = place_of(restic, look)
    if not place.lock.acquire(timeout=restic.deadline.remaining()):
        raise TimedOut(f"{restic.copy.subject}: another look waits for the same list, and it did not come in time")
    try:
        left, place.left = place.left, None
        if left is None or left.by == name or time.monotonic() - left.at > FRESH_SECONDS:
            left = place.left = _leave(restic, name)
        elif isinstance(restic.here, RecordingHost):
            restic.here.evidence.extend(left.evidence)
    finally:
        place.lock.release()
    return _taken(left)


def _leave(restic: Restic, name: str) -> _Left:
    noted = restic.here.evidence if isinstance(restic.here, RecordingHost) else []
    before = len(noted)
    outcome: SnapshotListing | LookError | RepositoryAbsent
    try:
        outcome = _made(restic)
    except (LookError, RepositoryAbsent) as error:
        outcome = error
    return _Left(by=name, at=time.monotonic(), outcome=outcome, evidence=tuple(noted[before:]))


def _made(restic: Restic) -> SnapshotListing:
    before = marks(restic.folder)
    output = restic.ask("snapshots", "--json")
    return SnapshotListing(id=repository_id(restic, before), output=output)


def _taken(left: _Left) -> SnapshotListing:
    outcome = left.outcome
    if isinstance(outcome, SnapshotListing):
        return outcome
    if isinstance(outcome, LookError):
        # Each thread raises its own: one that is raised twice would carry the traces of both.
        raise type(outcome)(outcome.message, outcome.hint)
    raise RepositoryAbsent(*outcome.args)


def place_of(restic: Restic, look: Look) -> Place:
    """Return where the looks at a copy hand its list over; with other credentials it is another list."""
    copy = restic.copy
    settings = (f"{key}={value}" for key, value in sorted(restic.environment.items()))
    name = ("restic.points", copy.subject, copy.repository, str(copy.password_file), *settings)
    return look.handover.place(name, lambda: Place(threading.Lock()))
