"""The door to a real sshd, for a client whose only configuration is a file beside that sshd's own."""

import secrets
from dataclasses import replace
from datetime import timedelta

from agent.hosts.ssh.host import SshHost
from agent.hosts.ssh.route import Client, DeclaredRoute
from tests.parts.sshd import Sshd

LONG = timedelta(seconds=30)


def asked(sshd: Sshd) -> DeclaredRoute:
    return DeclaredRoute(
        name=sshd.address, port=sshd.port, user=sshd.user, key_file=sshd.key_file, known_hosts=sshd.known_hosts
    )


def configured(sshd: Sshd, extra: str = "") -> Client:
    """Return a client whose only configuration is a file beside the sshd's."""
    config = sshd.folder / f"config-{secrets.token_hex(4)}"
    config.write_text(extra)
    config.chmod(0o600)
    return Client(user=sshd.user, home=sshd.folder, file=config)


def door(sshd: Sshd, *, timeout: timedelta = LONG, **changes: object) -> SshHost:
    wish = replace(asked(sshd), **changes)  # type: ignore[arg-type]  # each test names its own
    return SshHost("vault", wish, timeout=timeout, client=configured(sshd))
