"""Decide which machine a stanza's repository is on: its source's own, or another one.

Reads:  what `pgbackrest info` says of its options (repo1-host, repo1-path, repo1-type), on the copy's host; there and
        on the source /proc/self/mountinfo, /etc/machine-id, boot_id, uptime and the public host keys
Needs:  nothing more than what lists the stanza has; what cannot be read leaves the place declared
Blind:  a repository on another host than the copy's (repo1-host) or in an object store: its place is as declared, but
        for a name or address of that host itself
"""

from collections.abc import Iterator

from agent.core.collecting.collector import Look, copy_collector, no_lock
from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.core.inventory import Copy
from agent.core.model import Fact
from agent.core.places import MachineEvidence
from agent.hosts.folder_place import folder_machine, place_facts
from agent.hosts.own_addresses import LocalMachine
from collectors.pgbackrest import LOOKS, made_with_pgbackrest
from collectors.pgbackrest.program import prepare
from collectors.pgbackrest.settings import repository_settings


def collect(copy: Copy, look: Look) -> Iterator[Fact]:
    """Yield what shows on which machine a copy lies; what showed its source's own stands until another is shown."""
    yield from place_facts(copy, look, _judged(copy, look))


def _judged(copy: Copy, look: Look) -> MachineEvidence:
    try:
        settings = repository_settings(prepare(copy, look, look.timeout))
    except LookError as error:
        return MachineEvidence(how=error.reason.value)
    if settings.host:
        # An address of the machine itself, as of a store that listens beside the cluster.
        if not LocalMachine(look.host(copy.asked_at), Deadline(look.timeout)).is_mine(settings.host):
            return MachineEvidence(how="not-told")
    elif settings.kind not in ("posix", "cifs"):
        return MachineEvidence(how="not-told")
    local = copy.local if copy.asked_at == copy.host else look.host(copy.asked_at).id == look.here.id
    folder = settings.path if settings.kind in ("posix", "cifs") else "/"
    return folder_machine(copy, look, copy.asked_at, folder, local)


COLLECTOR = copy_collector(
    name=LOOKS.place,
    schedule="access",
    collect=collect,
    applies=lambda copy: made_with_pgbackrest(copy) and copy.offsite,
    lock_of=no_lock,
)
