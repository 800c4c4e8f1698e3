"""Snapshots of a repository in an S3 store that a delete marker hides: restic lists none of them, and exits with 0.

A plain DELETE in a bucket with versions leaves a marker over the newest version; the bytes stay (Amazon, «Deleting
object versions»). restic then says `[]`, or that there is no repository where the marker hides `config` (0.18).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.core.facts.immutability import HIDDEN, HiddenFile
from agent.core.model import Fact
from agent.hosts.object_store.asking import S3Connection
from agent.hosts.object_store.place import s3_key, s3_place
from agent.hosts.object_store.versions import HiddenObject, hidden_among, versions_below
from collectors.restic.program import Restic

# A year of daily points that were forgotten in their time, and of a prune's.
MOST = 400
TIMEOUT = timedelta(seconds=20)
FOLDERS = ("config", "snapshots/")


def hidden_files(restic: Restic, now: datetime) -> Iterator[Fact]:
    """Yield the hidden `config` and snapshots of a repository in an S3 store, each as of its deletion.

    Nothing for one of another kind, and where the key may not list versions: what restic itself says then counts.
    """
    for one in sorted(_found(restic), key=lambda one: one.hidden_at, reverse=True)[:MOST]:
        value = HiddenFile(file=one.key, written=one.version.written)
        yield Fact(name=HIDDEN, subject=restic.copy.subject, value=value, as_of=min(one.hidden_at, now))


def _found(restic: Restic) -> Sequence[HiddenObject]:
    try:
        place = s3_place(restic.copy.repository, restic.environment)
        if place is None:
            return ()
        deadline = Deadline(min(TIMEOUT, timedelta(seconds=restic.deadline.remaining())))
        with S3Connection(place, s3_key(place, restic.environment), deadline) as connection:
            return [one for folder in FOLDERS for one in hidden_among(versions_below(connection, place, folder))]
    except LookError:
        return ()
