"""Decide whether the agent's account could delete from a borg copy.

Reads:  find -writable on the folders of the repository, on this machine or through the account behind ssh
Needs:  the account that reads the repository; over ssh, one that may also run find there
Blind:  tells of the account that it uses and no other, such as the one that makes the backups; `append_only` of a
        repository binds borg alone, and says nothing of who may remove its files; snapshots of the disk below
"""

from collections.abc import Iterator

from agent.core.collecting.collector import Look, copy_collector
from agent.core.deadline import Deadline
from agent.core.errors import Denied, ToolMissing, Unreadable
from agent.core.facts.append_only import APPEND_ONLY, known_from, lost
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap
from agent.hosts.environment_file import read_environment
from agent.hosts.repository_folders import RepositoryFolders, SealedHere, may_delete
from collectors.borg import LOOKS, made_with_borg
from collectors.borg.address import address_of

# The segments lie in folders below `data`, one for a thousand of them.
KINDS = ("data",)


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield whether a copy only takes in, and what changed about that.

    Where the answers tell nothing there is a gap, and what was known is carried on. Raises a LookError where the copy
    is not reached.
    """
    deadline, known = Deadline(look.timeout), known_from(look.previous)
    environment = {} if copy.environment_file is None else read_environment(look.here, copy.environment_file)
    try:
        address = address_of(copy.repository)
        place = RepositoryFolders(folder=address.folder, kinds=KINDS, far=address.far)
        deletable = may_delete(place, look.here, environment, deadline)
    except SealedHere as error:
        # What was known may come of another process, and of its mounts.
        yield Gap(subject=copy.subject, reason=error.reason, detail=error.message)
        return
    except (Denied, Unreadable, ToolMissing) as error:
        yield Gap(subject=copy.subject, reason=error.reason, detail=error.message)
        yield from (fact for fact in (known.append_only, known.lost) if fact is not None)
        return
    now = Fact(name=APPEND_ONLY, subject=copy.subject, value=not deletable, as_of=look.now)
    yield now
    yield from lost(now, known)


COLLECTOR = copy_collector(
    name=LOOKS.protection,
    schedule="access",
    collect=collect,
    applies=made_with_borg,
)
