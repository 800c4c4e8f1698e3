"""Decide which machine a Barman server's WAL is on: its source's own, or another one.

Reads:  barman list-backups and list-files, on the copy's host; there and on the source /proc/self/mountinfo,
        /etc/machine-id, boot_id, uptime and the public host keys
Needs:  nothing more than what lists the backups has; what cannot be read leaves the place declared
Blind:  base backups that lie on another disk than the WAL; a virtual machine beside its source's on one hypervisor
"""

from collections.abc import Iterator

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look, copy_collector, no_lock
from agent.core.errors import LookError
from agent.core.inventory import Copy
from agent.core.model import Fact
from agent.core.places import MachineEvidence
from agent.hosts.folder_place import folder_machine, place_facts
from collectors.barman import LOOKS, made_with_barman
from collectors.barman.answers import DONE, listed
from collectors.barman.catalogue import folder_of
from collectors.barman.program import prepare


def collect(copy: Copy, look: Look) -> Iterator[Fact]:
    """Yield what shows on which machine a copy lies; what showed its source's own stands until another is shown."""
    yield from place_facts(copy, look, _judged(copy, look))


def _judged(copy: Copy, look: Look) -> MachineEvidence:
    try:
        program = prepare(copy, look, look.timeout)
        backups = listed(program.ask("list-backups"), copy.cluster, copy.subject)
        folder = folder_of(program, [one for one in backups if one.status == DONE])
    except RepositoryAbsent:
        return MachineEvidence(how="absent")
    except LookError as error:
        return MachineEvidence(how=error.reason.value)
    if folder is None:
        return MachineEvidence(how="not-told")
    local = copy.local if copy.asked_at == copy.host else look.host(copy.asked_at).id == look.here.id
    return folder_machine(copy, look, copy.asked_at, folder, local)


COLLECTOR = copy_collector(
    name=LOOKS.place,
    schedule="access",
    collect=collect,
    applies=lambda copy: made_with_barman(copy) and copy.offsite,
    lock_of=no_lock,
)
