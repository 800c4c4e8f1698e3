"""Decide whether the agent's account could delete from a copy, and which keys open it.

Reads:  DELETE of names that do not exist on a rest-server; find -writable on a repository's folders; restic key list
Needs:  the account that reads the repository; for sftp, one that may also run find there
Blind:  tells of the account that it uses and no other, such as the one that makes the backups; an append-only attribute
        of files, a snapshot of the disk below and the object lock of a store do not show; restic before 0.17 lists no
        key
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look, copy_collector
from agent.core.deadline import Deadline
from agent.core.errors import Denied, LookError, ToolMissing, Unreadable
from agent.core.facts.append_only import APPEND_ONLY, known_from, lost
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap
from agent.core.reason import Reason
from agent.hosts import repository_folders
from agent.hosts.environment_file import read_environment
from agent.hosts.repository_folders import SealedHere
from collectors.restic import LOOKS, made_with_restic, rest_probe
from collectors.restic.folders import folder_place
from collectors.restic.key_list import keys_of
from collectors.restic.program import prepare


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield whether a copy only takes in, what changed about that, and its keys.

    `repository.append_only` as of its last answer; `repository.append_only.lost`, whose value is when it still
    held, as of the look that found otherwise; `repository.key` as of when the key was made. Where the answers tell
    nothing there is a gap, and what was known is carried on. Raises a LookError where the copy is not reached.
    """
    deadline = Deadline(look.timeout)
    known = known_from(look.previous)
    environment = {} if copy.environment_file is None else read_environment(look.here, copy.environment_file)
    try:
        deletable = may_delete(copy, look, environment, deadline)
    except SealedHere as error:
        # What was known may come of another process, and of its mounts.
        yield Gap(subject=copy.subject, reason=error.reason, detail=error.message)
    except (Denied, Unreadable, ToolMissing) as error:
        yield Gap(subject=copy.subject, reason=error.reason, detail=error.message)
        yield from (fact for fact in (known.append_only, known.lost) if fact is not None)
    else:
        now = Fact(name=APPEND_ONLY, subject=copy.subject, value=not deletable, as_of=look.now)
        yield now
        yield from lost(now, known)
    yield from _keys(copy, look, timedelta(seconds=deadline.remaining()))


def may_delete(copy: Copy, look: Look, environment: Mapping[str, str], deadline: Deadline) -> bool:
    """Return whether the account may delete what is in a copy; raises a LookError where that is unknown."""
    behind = rest_probe.rest_place(copy.repository, environment)
    if behind is not None:
        return rest_probe.may_delete(behind, environment, deadline)
    place = folder_place(copy.repository)
    if place is None:
        raise Unreadable(f"{copy.subject}: a repository of this kind is not asked")
    return repository_folders.may_delete(place, look.here, environment, deadline)


def _keys(copy: Copy, look: Look, timeout: timedelta) -> Iterator[Fact | Gap]:
    try:
        for id, created in keys_of(prepare(copy, look, timeout)):
            yield Fact(name="repository.key", subject=copy.subject, value=id, as_of=created)
    except RepositoryAbsent:
        yield Gap(subject=copy.subject, reason=Reason.ABSENT, detail="no repository, hence no key")
    except LookError as error:
        yield Gap(subject=copy.subject, reason=error.reason, detail=f"keys: {error.message}")


def asked(copy: Copy) -> bool:
    """Return whether a copy's repository is of a kind that can be asked."""
    return copy.repository.startswith(("rest:http://", "rest:https://", "sftp:", "local:", "/", "./", "../"))


COLLECTOR = copy_collector(
    name=LOOKS.protection,
    schedule="access",
    collect=collect,
    applies=lambda copy: made_with_restic(copy) and asked(copy),
)
