"""The route to a host: each hop with its address, account, keys and known hosts."""

import os
import pwd
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from agent.core.deadline import Deadline
from agent.core.errors import Unreadable
from agent.core.lines import one_line
from agent.hosts.ssh.algorithms import Algorithms
from agent.hosts.ssh.config import PATIENCE, Line, Settings, read_settings

LONGEST_WAY = 8
TOKEN = re.compile(r"%(.?)|\$\{([^}]*)\}", re.DOTALL)
JUMP = re.compile(
    r"(?:ssh://)?(?:(?P<user>[^@]*)@)?(?:\[(?P<bracketed>[^]]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>\d+))?/?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The account's name and home; `file` stands in for OpenSSH's own two files (None: those)."""

    user: str
    home: Path
    file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRoute:
    """What the inventory declares of a host; None: the configuration's own, or OpenSSH's default."""

    name: str
    port: int | None = None
    user: str | None = None
    key_file: Path | None = None
    known_hosts: Path | None = None
    key_password_file: Path | None = None
    agent_socket: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One machine on the way."""

    name: str
    address: str
    port: int
    user: str
    key_files: tuple[Path, ...]
    known_hosts: tuple[Path, ...]
    key_password_file: Path | None = None
    agent_socket: Path | None = None
    algorithms: Algorithms = field(default_factory=Algorithms)


def this_client() -> Client:
    """Return the client that `ssh` itself would be: the account's own home, whatever HOME says."""
    account = pwd.getpwuid(os.geteuid())
    return Client(user=account.pw_name, home=Path(account.pw_dir))


def route(asked: DeclaredRoute, client: Client, timeout: timedelta = PATIENCE) -> tuple[Endpoint, ...]:
    """Return the machines on the way to a host, the host itself last.

    What the host declares comes before the configuration; for a jump host, the host's own key and known_hosts file
    stand in where the configuration names none. `timeout` is what all of it may cost. Raises as `read_settings`.
    """
    way = tuple(_way(asked, client, Deadline(timeout), declared=True, jumps=True, depth=0))
    if len(way) > LONGEST_WAY:
        raise Unreadable(f"the way to {one_line(asked.name)} is longer than {LONGEST_WAY} machines", "see ProxyJump")
    return way


def _way(
    asked: DeclaredRoute, client: Client, deadline: Deadline, *, declared: bool, jumps: bool, depth: int
) -> Iterator[Endpoint]:
    left = timedelta(seconds=deadline.remaining())
    settings = read_settings(asked.name, port=asked.port, user=asked.user, file=client.file, timeout=left)
    jump = settings.configured.get("proxyjump")
    if jumps and jump is not None:
        if depth == LONGEST_WAY:
            raise jump.mistake("leads in a circle")
        # ssh opens a list from its first machine on, and only that one is reached as its own configuration says.
        for number, hop in enumerate(jump.value.split(",")):
            yield from _way(
                _hop(jump, hop, asked), client, deadline, declared=False, jumps=number == 0, depth=depth + 1
            )
    yield _endpoint(asked, settings, client, declared=declared)


def _hop(line: Line, hop: str, asked: DeclaredRoute) -> DeclaredRoute:
    match = JUMP.fullmatch(hop.strip())
    name = (match["bracketed"] or match["host"]) if match else ""
    if not match or name.startswith("-"):
        raise line.mistake(f"cannot be read: {one_line(hop)}")
    port = _port(line, match["port"]) if match["port"] else None
    return replace(asked, name=name, port=port, user=match["user"] or None)


def _endpoint(asked: DeclaredRoute, settings: Settings, client: Client, *, declared: bool) -> Endpoint:
    address, user = settings.host_name.value, settings.user.value
    port = _port(settings.port, settings.port.value)
    tokens = {
        "%": "%", "h": address, "n": asked.name, "p": str(port), "r": user,
        "u": client.user, "d": str(client.home), "i": str(os.geteuid()),
    }  # fmt: skip
    configured = _paths(settings.identity_files, tokens, client)
    own_key = () if asked.key_file is None else (asked.key_file,)
    return Endpoint(
        name=asked.name,
        address=address,
        port=port,
        user=user,
        key_files=(own_key or configured) if declared else (configured or own_key),
        known_hosts=_known_hosts(asked, settings, tokens, client, declared=declared),
        key_password_file=asked.key_password_file,
        agent_socket=asked.agent_socket,
        algorithms=Algorithms(
            ciphers=settings.configured.get("ciphers"),
            macs=settings.configured.get("macs"),
            exchanges=settings.configured.get("kexalgorithms"),
            host_keys=settings.configured.get("hostkeyalgorithms"),
            rsa_size=settings.configured.get("requiredrsasize"),
        ),
    )


def _known_hosts(
    asked: DeclaredRoute, settings: Settings, tokens: dict[str, str], client: Client, *, declared: bool
) -> tuple[Path, ...]:
    said = settings.configured.get("userknownhostsfile")
    everybodys = settings.configured.get("globalknownhostsfile")
    if asked.known_hosts is not None and (declared or said is None):
        own: tuple[Path, ...] = (asked.known_hosts,)
    elif said is not None:
        own = _paths(_each(said), tokens, client)
    else:
        own = (client.home / ".ssh" / "known_hosts", client.home / ".ssh" / "known_hosts2")
    if everybodys is not None:
        return (*own, *_paths(_each(everybodys), tokens, client))
    return (*own, Path("/etc/ssh/ssh_known_hosts"), Path("/etc/ssh/ssh_known_hosts2"))


def _each(line: Line) -> tuple[Line, ...]:
    """Return each file of a list; ssh shows no quotes, so that a name with a space is refused as no absolute path."""
    return tuple(replace(line, value=one) for one in line.value.split())


def _port(line: Line, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536):
        raise line.mistake(f"is no port: {one_line(text)}")
    return int(text)


def _paths(lines: tuple[Line, ...], tokens: dict[str, str], client: Client) -> tuple[Path, ...]:
    paths = []
    for line in lines:
        if line.value.lower() == "none":
            continue
        path = _expand(line, line.value, tokens)
        if path == "~" or path.startswith("~/"):
            path = str(client.home) + path[1:]
        if not path.startswith("/"):
            raise line.mistake(f"is no absolute path: {one_line(line.value)}")
        paths.append(Path(path))
    return tuple(paths)


def _expand(line: Line, text: str, tokens: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        known = tokens.get(match[1]) if match[1] is not None else os.environ.get(match[2])
        if known is None:
            raise line.mistake(f"holds {one_line(match[0])}, which is not known here")
        return known

    return TOKEN.sub(value, text)
