"""Decide which machine a copy's folder is on: its source's own, or another one.

Reads:  /proc/self/mountinfo, /etc/machine-id, boot_id, uptime and the public host keys of the store's host and of the
        source, where their accounts may read files
Needs:  nothing more than what looks at them have; what cannot be read leaves the place declared
Blind:  a virtual machine beside its source's on one hypervisor; a host that answers by the store program alone
"""

from collections.abc import Iterator

from agent.core.collecting.collector import Collector, Look
from agent.core.deadline import Deadline
from agent.core.errors import Exited, LookError, ToolMissing
from agent.core.host import Host
from agent.core.inventory import Copy, Store
from agent.core.model import Fact
from agent.core.places import FACT, CopyMachine, MachineEvidence, place_in
from agent.hosts.machine_identity import LIMIT, identity_through, same_machine
from agent.hosts.mounts import Mount, mount_of
from agent.hosts.own_addresses import LocalMachine
from collectors.files import LOOKS, made_of_files

MOUNTINFO_LIMIT = 4 * 1024 * 1024


def collect(copy: Copy, look: Look) -> Iterator[Fact]:
    """Yield what shows on which machine a copy lies; what showed its source's own stands until another is shown."""
    found = MachineEvidence() if copy.store is None else judged(copy, copy.store, look)
    before = place_in(look.previous, copy)
    if found.machine is CopyMachine.UNKNOWN and before.machine is CopyMachine.SAME and look.previous is not None:
        yield from look.previous.named(FACT)
        return
    yield Fact(name=FACT, subject=copy.subject, value=found.value(copy), as_of=look.now)


def judged(copy: Copy, store: Store, look: Look) -> MachineEvidence:
    """Return whether that is the source's machine."""
    host = look.host(store.host)
    mount = _mount(store.path, host, look)
    beside = store.host == copy.host or (store.local and copy.local)
    if mount is not None and mount.unknown:
        return MachineEvidence(how="mount")
    if mount is not None and mount.server is not None:
        mine = store.local and LocalMachine(look.here, Deadline(look.timeout)).is_mine(mount.server)
        if not mine:
            # Another machine than the one that it is mounted on, which may be the source's where that is another.
            return MachineEvidence(machine=CopyMachine.OTHER if beside else CopyMachine.UNKNOWN, how="mount")
    if beside:
        return MachineEvidence(machine=CopyMachine.SAME, how="local-path" if store.local else "store")
    source = look.here if copy.local else look.host(copy.host)
    there = identity_through(lambda path: host.read(path, limit=LIMIT))
    compared = same_machine(there, identity_through(lambda path: source.read(path, limit=LIMIT)))
    if compared is None:
        return MachineEvidence(how="not-told")
    same, how = compared
    return MachineEvidence(machine=CopyMachine.SAME if same else CopyMachine.OTHER, how=how)


def _mount(folder: str, host: Host, look: Look) -> Mount | None:
    """Return what a folder lies on; None where the host does not tell."""
    try:
        table = host.read("/proc/self/mountinfo", limit=MOUNTINFO_LIMIT).decode(errors="surrogateescape")
        try:
            # By a program, which can be left behind: a mount that hangs must not hang the agent.
            said = host.run("realpath", "-m", "--", folder, timeout=look.timeout).stdout
            folder = said.decode(errors="surrogateescape").removesuffix("\n")
        except (Exited, ToolMissing):
            pass  # as it is written, then
    except LookError:
        return None
    return mount_of(folder, table)


COLLECTOR = Collector(
    name=LOOKS.place,
    schedule="access",
    looks_at=Copy,
    collect=collect,
    subject_of=lambda copy: copy.subject,
    host_of=lambda copy: copy.host,
    applies=lambda copy: made_of_files(copy) and copy.offsite,
)
