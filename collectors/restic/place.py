"""Decide which machine a copy is on: its source's own, or another one.

Reads:  /proc/self/mountinfo and the agent's own addresses; /etc/machine-id, boot_id, uptime and the public host keys
        of the source and of the machine behind sftp: or `store`; `ssh -G` and known_hosts, getent ahosts
Needs:  nothing more than what looks at the source and the copy have; what cannot be read leaves the place declared
Blind:  a virtual machine beside its source's on one hypervisor; block devices of another machine; S3 and REST servers
        that are not this very machine
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from agent.core.collecting.collector import Look, copy_collector, no_lock
from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.core.inventory import Copy
from agent.core.model import Fact
from agent.hosts.environment_file import read_environment
from agent.hosts.machine_identity import LIMIT, Identity, identity_through
from agent.hosts.own_addresses import LocalMachine
from agent.hosts.repository_place import RepositoryPlace, behind_ssh, machine_facts, mounted
from collectors.restic import LOOKS, made_with_restic
from collectors.restic.folders import folder_place


def collect(copy: Copy, look: Look) -> Iterator[Fact]:
    """Yield what shows on which machine a copy lies; what showed its source's own stands until another is shown."""
    yield from machine_facts(copy, look, lies(copy, look, Deadline(look.timeout)))


def lies(copy: Copy, look: Look, deadline: Deadline) -> RepositoryPlace:
    """Return where a copy's repository lies, as far as that can be told."""
    if copy.store is not None:
        store = look.host(copy.store.host)
        identity = identity_through(lambda path: store.read(path, limit=LIMIT))
        if identity != Identity():
            return RepositoryPlace(how="store", identity=identity)
    here = LocalMachine(look.here, deadline)
    try:
        folder = folder_place(copy.repository)
        if folder is not None and folder.far is not None:
            environment = {} if copy.environment_file is None else read_environment(look.here, copy.environment_file)
            return behind_ssh(folder.far, look, here, environment, deadline)
        if folder is not None:
            return mounted(folder.folder, look, here)
        host = _named_in(copy.repository)
        return (
            RepositoryPlace(how="loopback", here=True)
            if host is not None and here.is_mine(host)
            else RepositoryPlace(how="not-told")
        )
    except LookError as error:
        return RepositoryPlace(how=error.reason.value)


def _named_in(address: str) -> str | None:
    """Return the host that the address of a rest: or s3: repository names."""
    kind, _, rest = address.partition(":")
    if kind not in ("rest", "s3"):
        return None
    try:
        return urlsplit(rest if "://" in rest else f"https://{rest.lstrip('/')}").hostname
    except ValueError:
        return None


COLLECTOR = copy_collector(
    name=LOOKS.place,
    schedule="access",
    collect=collect,
    applies=lambda copy: made_with_restic(copy) and copy.offsite,
    lock_of=no_lock,
)
