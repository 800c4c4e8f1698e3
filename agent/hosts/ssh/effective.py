"""Where ssh really goes for an sftp repository, and which keys it knows there (`ssh -G`, `ssh-keygen -F`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from agent.core.deadline import Deadline
from agent.core.errors import Exited, LookError
from agent.core.host import Host
from agent.hosts.machine_identity import keys_in
from agent.hosts.ssh.config import NO_SHELL
from agent.hosts.ssh.probe import SftpPlace

LIMIT = 1024 * 1024
PORT = "22"


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveSshSettings:
    """What ssh's configuration makes of a host: its real name, its port, if another program leads there."""

    host: str
    port: str = PORT
    proxied: bool = False
    known_as: str = ""
    files: tuple[str, ...] = ()

    def known_keys(self, here: Host, deadline: Deadline) -> frozenset[str]:
        """Return the keys that the known_hosts files hold for that host; ssh is told to accept no others."""
        name = self.known_as or (self.host if self.port == PORT else f"[{self.host}]:{self.port}")
        found: frozenset[str] = frozenset()
        for file in self.files:
            timeout = timedelta(seconds=deadline.remaining())
            try:
                argv = ("ssh-keygen", "-F", name, "-f", str(Path(file).expanduser()))
                output = here.run(*argv, timeout=timeout, accept=None, output_limit=LIMIT)
            except LookError:
                continue
            found |= keys_in(output.stdout.decode(errors="replace"))
        return found


def settings_of(
    place: SftpPlace, here: Host, environment: Mapping[str, str], deadline: Deadline
) -> EffectiveSshSettings | None:
    """Return what ssh's configuration makes of a place; its own name where ssh does not answer.

    None: it refuses, most often since a `Match exec` decides, whose program is never run to read a configuration.
    """
    port = () if place.port is None else ("-p", str(place.port))
    user = () if place.user is None else ("-l", place.user)
    try:
        output = here.run(
            "ssh", "-G", *port, *user, "--", place.host,
            timeout=timedelta(seconds=deadline.remaining()),
            environment={**environment, **NO_SHELL},
            output_limit=LIMIT,
        )  # fmt: skip
    except Exited:
        return None
    except LookError:
        return EffectiveSshSettings(host=place.host, port=str(place.port or PORT))
    return settings_in(output.stdout.decode(errors="replace"), place)


# hostname 192.0.2.7
# userknownhostsfile /root/.ssh/known_hosts /root/.ssh/known_hosts2
def settings_in(text: str, place: SftpPlace) -> EffectiveSshSettings:
    """Return what `ssh -G` printed of a place. Pure."""
    said = {key: value for key, _, value in (line.partition(" ") for line in text.splitlines())}
    known = f"{said.get('userknownhostsfile', '')} {said.get('globalknownhostsfile', '')}".split()
    return EffectiveSshSettings(
        host=said.get("hostname", place.host),
        port=said.get("port", str(place.port or PORT)),
        proxied=any(said.get(key, "none") != "none" for key in ("proxyjump", "proxycommand")),
        known_as=said.get("hostkeyalias", "").replace("none", ""),
        files=tuple(file for file in known if file != "none"),
    )
