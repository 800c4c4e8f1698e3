"""On which machine a repository lies: a folder of this one, a mount, or what is behind ssh."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import Exited, LookError, ToolMissing
from agent.core.inventory import Copy
from agent.core.model import Fact
from agent.core.places import FACT, HIDDEN, CopyMachine, MachineEvidence, place_in
from agent.hosts.machine_identity import (
    BOOT_ID,
    LIMIT,
    MACHINE_ID,
    UPTIME,
    Identity,
    identity_in,
    identity_through,
    same_machine,
)
from agent.hosts.mounts import Mount, mount_of
from agent.hosts.own_addresses import LocalMachine
from agent.hosts.ssh.effective import settings_of
from agent.hosts.ssh.probe import SftpPlace
from agent.hosts.ssh.strict import connect_seconds, ssh_argv

MOUNTINFO_LIMIT = 4 * 1024 * 1024
UNKNOWN = CopyMachine.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryPlace:
    """Where a repository lies: on the agent's machine (`here`), on one that shows an identity, or on a named other one.

    `how` is what shows it.
    """

    how: str
    here: bool = False
    elsewhere: bool = False
    identity: Identity = field(default_factory=Identity)


def machine_facts(copy: Copy, look: Look, place: RepositoryPlace) -> Iterator[Fact]:
    """Yield what shows on which machine a copy lies; what showed its source's own stands until another is shown."""
    found = judged(copy, look, place)
    before = place_in(look.previous, copy)
    if found.machine is UNKNOWN and before.machine is CopyMachine.SAME and look.previous is not None:
        yield from look.previous.named(FACT)
        return
    yield Fact(name=FACT, subject=copy.subject, value=found.value(copy), as_of=look.now)


def judged(copy: Copy, look: Look, place: RepositoryPlace) -> MachineEvidence:
    """Return whether that is the source's machine."""
    if place.here and copy.local:
        return MachineEvidence(machine=CopyMachine.SAME, how=place.how)
    if place.elsewhere:
        # Another machine than the agent's, which may be that of a source that is not here.
        return MachineEvidence(machine=CopyMachine.OTHER if copy.local else UNKNOWN, how=place.how)
    there = identity_through(lambda path: look.here.read(path, limit=LIMIT)) if place.here else place.identity
    source = look.here if copy.local else look.host(copy.host)
    compared = same_machine(there, identity_through(lambda path: source.read(path, limit=LIMIT)))
    if compared is None:
        return MachineEvidence(machine=UNKNOWN, how=place.how)
    same, how = compared
    return MachineEvidence(machine=CopyMachine.SAME if same else CopyMachine.OTHER, how=how)


def mounted(folder: str, look: Look, here: LocalMachine) -> RepositoryPlace:
    """Return where a folder of this machine lies. Raises a LookError."""
    table = look.here.read("/proc/self/mountinfo", limit=MOUNTINFO_LIMIT).decode(errors="surrogateescape")
    try:
        # By a program, which can be left behind: a mount that hangs must not hang the agent.
        said = look.here.run("realpath", "-m", "--", folder, timeout=look.timeout).stdout
        folder = said.decode(errors="surrogateescape").removesuffix("\n")
    except (Exited, ToolMissing):
        pass  # as it is written, then
    mount = mount_of(folder, table) or Mount(kind="", source="")
    if mount.unknown:
        return RepositoryPlace(how="mount")
    if mount.server is not None and not here.is_mine(mount.server):
        return RepositoryPlace(how="mount", elsewhere=True)
    return RepositoryPlace(how="local-path", here=True)


def behind_ssh(
    far: SftpPlace, look: Look, here: LocalMachine, environment: Mapping[str, str], deadline: Deadline
) -> RepositoryPlace:
    """Return where what an account reaches over ssh lies. Raises a LookError."""
    settings = settings_of(far, look.here, environment, deadline)
    mine = settings is not None and not settings.proxied and here.is_mine(settings.host)
    shown = _asked(far, look, environment, deadline)
    if shown == Identity():
        if settings is None:
            return RepositoryPlace(how=HIDDEN)
        shown = Identity(keys=settings.known_keys(look.here, deadline))
    if mine:
        own = identity_through(lambda path: look.here.read(path, limit=LIMIT))
        # A tunnel has its near end on this machine: only another kernel shows another machine behind it.
        if not (shown.boot and own.boot and shown.boot != own.boot):
            return RepositoryPlace(how="loopback", here=True)
    return RepositoryPlace(how="ssh", identity=shown)


def _asked(far: SftpPlace, look: Look, environment: Mapping[str, str], deadline: Deadline) -> Identity:
    """Return what the account's shell shows of its machine; nothing where it has none."""
    command = shlex.join(("cat", MACHINE_ID, BOOT_ID, UPTIME))
    try:
        output = look.here.run(
            *ssh_argv(far, connect_seconds(deadline), command),
            timeout=timedelta(seconds=deadline.remaining()),
            environment=environment,
            accept=None,
            output_limit=LIMIT,
        )
    except LookError:
        return Identity()
    return identity_in(output.stdout.decode(errors="replace"))
