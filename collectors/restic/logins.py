"""Try each account on each sftp host once before restic does, so that a wrong login costs the host one failure.

sshd counts failed logins by address (OpenSSH 9.8 and later, PerSourcePenalties) and then refuses that address for all
accounts: several looks at one wrong account would shut the host for every other copy.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.core.deadline import Deadline
from agent.core.errors import Denied, HostKeyChanged, HostKeyUnknown, LookError, TimedOut
from agent.hosts.ssh.probe import SftpPlace
from collectors.restic.sftp import asked_of_ssh

# The looks of a round begin within a moment; a mended login is seen by the next round.
REFUSED_SECONDS = 10.0
LET_IN_SECONDS = 300.0
# What restic would meet too; any other trouble of the link is for restic to say.
_CERTAIN = (Denied, HostKeyChanged, HostKeyUnknown)


@dataclass(slots=True)
class _Login:
    # What the last attempt came to, behind a lock that the one who tries holds.
    lock: threading.Lock = field(default_factory=threading.Lock)
    until: float = 0.0
    refusal: LookError | None = None


_logins: dict[tuple[object, ...], _Login] = {}
_guard = threading.Lock()


def try_login(repository: str, place: SftpPlace, environment: Mapping[str, str], deadline: Deadline) -> None:
    """Return once ssh lets this account in; raise what it was refused for, without another attempt for a moment."""
    key = (place, *sorted(environment.items()))
    with _guard:
        login = _logins.setdefault(key, _Login())
    if not login.lock.acquire(timeout=deadline.remaining()):
        raise TimedOut(f"another look waits for {place.host} to let the same account in, and it did not in time")
    try:
        if time.monotonic() >= login.until:
            found = asked_of_ssh(repository, environment, deadline)
            login.refusal = found if isinstance(found, _CERTAIN) else None
            login.until = time.monotonic() + (LET_IN_SECONDS if found is None else REFUSED_SECONDS)
        refusal = login.refusal
    finally:
        login.lock.release()
    if refusal is not None:
        # Each thread raises its own: one that is raised twice would carry the traces of both.
        raise type(refusal)(refusal.message, refusal.hint)
