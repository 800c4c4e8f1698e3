"""On which machine a folder of a declared host lies: its source's own, or another one."""

from collections.abc import Iterator

from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import Exited, LookError, ToolMissing
from agent.core.host import Host
from agent.core.inventory import Copy
from agent.core.model import Fact
from agent.core.places import FACT, CopyMachine, MachineEvidence, place_in
from agent.hosts.machine_identity import LIMIT, identity_through, same_machine
from agent.hosts.mounts import Mount, mount_of
from agent.hosts.own_addresses import LocalMachine

MOUNTINFO_LIMIT = 4 * 1024 * 1024


def place_facts(copy: Copy, look: Look, found: MachineEvidence) -> Iterator[Fact]:
    """Yield what shows on which machine a copy lies; what showed its source's own stands until another is shown."""
    before = place_in(look.previous, copy)
    if found.machine is CopyMachine.UNKNOWN and before.machine is CopyMachine.SAME and look.previous is not None:
        yield from look.previous.named(FACT)
        return
    yield Fact(name=FACT, subject=copy.subject, value=found.value(copy), as_of=look.now)


def folder_machine(copy: Copy, look: Look, id: str, folder: str, local: bool) -> MachineEvidence:
    """Return whether a folder of a declared host lies on the source's machine; `local`: that host is the agent's."""
    host = look.host(id)
    mount = _mount(folder, host, look)
    beside = id == copy.host or (local and copy.local)
    if mount is not None and mount.unknown:
        return MachineEvidence(how="mount")
    if mount is not None and mount.server is not None:
        mine = local and LocalMachine(look.here, Deadline(look.timeout)).is_mine(mount.server)
        if not mine:
            # Another machine than the one that it is mounted on, which may be the source's where that is another.
            return MachineEvidence(machine=CopyMachine.OTHER if beside else CopyMachine.UNKNOWN, how="mount")
    if beside:
        return MachineEvidence(machine=CopyMachine.SAME, how="local-path" if local else "store")
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
