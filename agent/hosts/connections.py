"""Connections to the declared machines, opened when first needed and closed together."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from agent.core.host import Host
from agent.core.inventory import DeclaredHost
from agent.hosts.local import LocalHost

if TYPE_CHECKING:
    from agent.hosts.ssh.host import SshHost

THIS_MACHINE = "this-machine"


class Connections:
    """Open the door to each declared host, one SSH connection a host; usable from several threads.

    `timeout` is what reaching a mute host may cost; `find_secret` says where a key or known_hosts file lies whose name
    is no absolute path. `here` is the agent's own machine, named as the host that is declared local, if one is.
    """

    def __init__(self, hosts: Sequence[DeclaredHost], timeout: timedelta, find_secret: Callable[[str], Path]) -> None:
        self._declared = {host.id: host for host in hosts}
        self._timeout = timeout
        self._find_secret = find_secret
        self._lock = Lock()
        self._remote: dict[str, SshHost] = {}
        local = next((host.id for host in hosts if host.transport == "local"), THIS_MACHINE)
        self.here: Host = LocalHost(local, timeout=timeout)

    def __enter__(self) -> "Connections":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def host(self, id: str) -> Host:
        """Return the door to a declared host; nothing is connected before it is asked something."""
        declared = self._declared[id]
        if declared.transport == "local":
            return self.here if id == self.here.id else LocalHost(id, timeout=self._timeout)
        with self._lock:
            if id not in self._remote:
                self._remote[id] = self._open(declared)
            return self._remote[id]

    def reach(self, id: str) -> None:
        """Open the connection to a host behind SSH; raises nothing, whatever keeps it closed."""
        host = self.host(id)
        if not isinstance(host, LocalHost):
            self._remote[id].reach()

    def jump(self, id: str) -> str | None:
        """Return the jump host that the next connection to a host behind SSH leads through; None: there is none."""
        host = self.host(id)
        return None if isinstance(host, LocalHost) else self._remote[id].jump()

    def leave(self, id: str) -> None:
        """Close the connection to a host after the last look of a round, unless it is in use or is to be kept."""
        with self._lock:
            remote = self._remote.get(id)
        if remote is not None:
            remote.rest(keep=self._declared[id].keep_connection)

    def rest(self) -> None:
        """Leave every host. For the end of a cycle."""
        with self._lock:
            known = tuple(self._remote)
        for id in known:
            self.leave(id)

    def close(self) -> None:
        """Close every connection for good and at once; callers that wait for an answer get Stopped."""
        with self._lock:
            for remote in self._remote.values():
                remote.close()

    def _open(self, declared: DeclaredHost) -> "SshHost":
        # paramiko and cryptography are heavy: only who declares a remote host pays for them.
        from agent.hosts.ssh.host import SshHost
        from agent.hosts.ssh.route import DeclaredRoute

        def file(name: str | None) -> Path | None:
            return None if name is None else self._find_secret(name)

        asked = DeclaredRoute(
            name=declared.address or declared.id,
            port=declared.port,
            user=declared.user,
            key_file=file(declared.key_file),
            known_hosts=file(declared.known_hosts),
            key_password_file=file(declared.key_password_file),
            agent_socket=file(declared.agent_socket),
        )
        return SshHost(declared.id, asked, timeout=self._timeout)
