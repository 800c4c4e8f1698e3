"""Decide which machine a copy's folder is on: its source's own, or another one.

Reads:  /proc/self/mountinfo, /etc/machine-id, boot_id, uptime and the public host keys of the store's host and of the
        source, where their accounts may read files
Needs:  nothing more than what looks at them have; what cannot be read leaves the place declared
Blind:  a virtual machine beside its source's on one hypervisor; a host that answers by the store program alone
"""

from collections.abc import Iterator

from agent.core.collecting.collector import Look, copy_collector, no_lock
from agent.core.inventory import Copy
from agent.core.model import Fact
from agent.core.places import MachineEvidence
from agent.hosts.folder_place import folder_machine, place_facts
from collectors.files import LOOKS, made_of_files


def collect(copy: Copy, look: Look) -> Iterator[Fact]:
    """Yield what shows on which machine a copy lies; what showed its source's own stands until another is shown."""
    store = copy.store
    found = MachineEvidence() if store is None else folder_machine(copy, look, store.host, store.path, store.local)
    yield from place_facts(copy, look, found)


COLLECTOR = copy_collector(
    name=LOOKS.place,
    schedule="access",
    collect=collect,
    applies=lambda copy: made_of_files(copy) and copy.offsite,
    lock_of=no_lock,
)
