"""How long each file of a copy is protected from deletion, where `immutable` promises it.

Reads:  S3: GET ?versions of the folder, GET ?retention of each object (HEAD where the key may not), signed with the
        key of environment_file; sftp and folders: find and lsattr, by the account that reads the copy
Needs:  S3: s3:ListBucketVersions and s3:GetObjectRetention; else an account that may run find and lsattr, and read the
        folder
Blind:  what the store's own administrators, or root of its machine, may lift; a legal hold, which has no term; a server
        that shows locks and does not keep to them; what protects a disk from below
"""

from collections.abc import Iterator
from datetime import timedelta

from agent.core.collecting.collector import Look, copy_collector
from agent.core.facts.immutability import ATTRIBUTES, IMMUTABLE, OBJECT_LOCK, STALE_LOCKS
from agent.core.facts.immutability import COLLECTOR as NAME
from agent.core.inventory import Copy
from agent.core.judging.immutability import by_protection
from agent.core.model import Fact, Gap
from agent.hosts.environment_file import read_environment
from agent.hosts.object_store.place import s3_place
from collectors.immutable.attributes import protected_files
from collectors.immutable.counting import counted
from collectors.immutable.object_locks import locked_objects

# restic renews its lock every five minutes, and takes one of half an hour for left behind (internal/restic/lock.go).
STALE = timedelta(minutes=30)


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield how many files are protected as promised, and the locks of a backup program that were left behind.

    What could not be asked is counted, and its reason a gap. Raises a LookError where nothing could be asked.
    """
    if copy.immutable is None:
        return
    environment = {} if copy.environment_file is None else read_environment(look.here, copy.environment_file)
    place = s3_place(copy.repository, environment)
    if place is None:
        proof = counted(protected_files(copy, look), copy.immutable, ATTRIBUTES, look.now)
        yield Fact(name=IMMUTABLE, subject=copy.subject, value=proof, as_of=look.now)
        return
    found = locked_objects(copy, look, place, copy.immutable)
    proof = counted(found.files, copy.immutable, OBJECT_LOCK, look.now)
    yield Fact(name=IMMUTABLE, subject=copy.subject, value=proof, as_of=look.now)
    stale = [written for written in found.lock_files if look.now - written > STALE]
    if stale:
        yield Fact(name=STALE_LOCKS, subject=copy.subject, value=len(stale), as_of=min(stale))
    if found.error is not None:
        yield Gap(subject=copy.subject, reason=found.error.reason, detail=found.error.message)


COLLECTOR = copy_collector(
    name=NAME,
    schedule="backups",
    collect=collect,
    applies=lambda copy: copy.immutable is not None and not by_protection(copy),
    lock_of=lambda copy: f"{copy.repository} locks",
)
