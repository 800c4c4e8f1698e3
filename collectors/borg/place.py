"""Decide which machine a borg copy is on: its source's own, or another one.

Reads:  /proc/self/mountinfo and the agent's own addresses; /etc/machine-id, boot_id, uptime and the public host keys
        of the source and of the machine behind ssh; `ssh -G` and known_hosts, getent ahosts
Needs:  nothing more than what looks at the source and the copy have; what cannot be read leaves the place declared
Blind:  a virtual machine beside its source's on one hypervisor; block devices of another machine; an account behind ssh
        that serves borg alone
"""

from collections.abc import Iterator

from agent.core.collecting.collector import Look, copy_collector, no_lock
from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.core.inventory import Copy
from agent.core.model import Fact
from agent.hosts.environment_file import read_environment
from agent.hosts.own_addresses import LocalMachine
from agent.hosts.repository_place import RepositoryPlace, behind_ssh, machine_facts, mounted
from collectors.borg import LOOKS, made_with_borg
from collectors.borg.address import address_of


def collect(copy: Copy, look: Look) -> Iterator[Fact]:
    """Yield what shows on which machine a copy lies; what showed its source's own stands until another is shown."""
    yield from machine_facts(copy, look, _lies(copy, look, Deadline(look.timeout)))


def _lies(copy: Copy, look: Look, deadline: Deadline) -> RepositoryPlace:
    here = LocalMachine(look.here, deadline)
    try:
        address = address_of(copy.repository)
        if address.far is None:
            return mounted(address.folder, look, here)
        environment = {} if copy.environment_file is None else read_environment(look.here, copy.environment_file)
        return behind_ssh(address.far, look, here, environment, deadline)
    except LookError as error:
        return RepositoryPlace(how=error.reason.value)


COLLECTOR = copy_collector(
    name=LOOKS.place,
    schedule="access",
    collect=collect,
    applies=lambda copy: made_with_borg(copy) and copy.offsite,
    lock_of=no_lock,
)
