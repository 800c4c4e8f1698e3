"""Where a borg repository lies, read from its address as borg reads it. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from agent.core.errors import Unreadable
from agent.hosts.ssh.probe import SftpPlace

# user@host:path · host:path, where no slash comes before the colon (borg's manual, «Repository URLs»).
_BRIEF = re.compile(r"(?:(?P<user>[^@:/]+)@)?(?P<host>\[[0-9a-fA-F:.]+\]|[^:/@]+):(?P<path>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class BorgAddress:
    """A repository's folder; `far` is the account that reaches it over ssh, None: it is on this machine."""

    folder: str
    far: SftpPlace | None = None


def address_of(repository: str) -> BorgAddress:
    """Return where a repository lies. Raises Unreadable where the address names no host, or no folder."""
    if repository.startswith("ssh://"):
        return _of_url(repository)
    if repository.startswith("file://"):
        return BorgAddress(folder=repository.removeprefix("file://"))
    brief = _BRIEF.fullmatch(repository)
    if brief is None:
        return BorgAddress(folder=repository)
    place = SftpPlace(host=brief["host"].strip("[]"), user=brief["user"])
    return BorgAddress(folder=brief["path"], far=_held(place))


def _of_url(repository: str) -> BorgAddress:
    try:
        parts = urlsplit(repository)
        place = SftpPlace(host=parts.hostname or "", user=parts.username or None, port=parts.port)
    except ValueError as error:
        # The address itself may hold a password.
        raise Unreadable("the repository's address is no URL", "write ssh://user@host:port/path") from error
    # What begins so is below the account's home, where a command over there begins too.
    folder = next((f"./{parts.path[3:]}" for home in ("/./", "/~/") if parts.path.startswith(home)), parts.path)
    return BorgAddress(folder=folder or "/", far=_held(place))


def _held(place: SftpPlace) -> SftpPlace:
    # A name that begins with a dash would be an option to ssh.
    if not place.host or place.host.startswith("-") or (place.user or "").startswith("-"):
        raise Unreadable("the repository's address names no host", "write ssh://user@host:port/path")
    return place
