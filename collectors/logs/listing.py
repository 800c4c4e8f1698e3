"""What lies in a tree of logs, as find tells it: kind, identity, size and dates of each file, and what it may not see.

Links are followed, since archives often lie elsewhere; find itself notices loops (find(1), «-L»).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.core.errors import Denied, Exited, LookError, Unreadable
from agent.core.host import OUTPUT_LIMIT, Host
from agent.core.lines import last_line, one_line
from agent.core.reason import Reason

# Two machines' clocks are apart.
AHEAD = timedelta(minutes=5)
FORMAT = "%y %D %i %s %T@ %C@ %p\\0"
_SAYS = re.compile(r"find: '(.*)': ([^':]+)", re.DOTALL)
# Rotation takes a file away while find looks.
_GONE = "No such file or directory"
_DENIED = ("Permission denied", "Operation not permitted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Hold one thing that lies in a tree; `kind` is find's letter, `node` device and inode."""

    path: str
    kind: str
    node: str
    size: int
    modified: float
    changed: float

    def written(self, now: datetime) -> datetime | None:
        """Return when the file was last written, by its date of change where that of writing cannot be; None: unknown.

        Anybody may set a date of writing into the future; only the kernel's clock dates the change.
        """
        for seconds in (self.modified, self.changed):
            if seconds <= (now + AHEAD).timestamp():
                return min(datetime.fromtimestamp(max(seconds, 0), UTC), now)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Hold one path that could not be looked into, and why."""

    path: str
    reason: Reason
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Hold what lies in a tree. `there` is False where the tree itself is not there."""

    files: tuple[Listed, ...] = ()
    refused: tuple[Refused, ...] = ()
    there: bool = True


def listed(host: Host, folder: str, depth: int | None, timeout: timedelta) -> Listing:
    """Return what lies below a folder. Raises a LookError where it cannot be told."""
    deepest = () if depth is None else ("-maxdepth", str(depth))
    argv = ("find", "-L", folder, *deepest, "!", "-type", "d", "-printf", FORMAT)
    output = host.run(*argv, timeout=timeout, accept=None, output_limit=4 * OUTPUT_LIMIT)
    if output.truncated:
        raise Unreadable(f"{one_line(folder)} on {host.id} holds more files than can be listed")
    refused = tuple(_refused(output.stderr))
    lost = f"find: '{folder}': {_GONE}".encode(errors="surrogateescape")
    if not output.stdout and lost in output.stderr:
        return Listing(there=False)
    own = [one for one in refused if one.path == folder]
    if own:
        raise _error(own[0], host)
    if output.status not in (0, 1):
        raise Exited(f"find on {host.id} exited with {output.status}: {last_line(output.stderr)}")
    if output.status == 1 and not output.stderr:
        raise Exited(f"find on {host.id} failed and does not say why")
    return Listing(files=tuple(parse(output.stdout)), refused=refused)


def _error(refused: Refused, host: Host) -> LookError:
    if refused.reason is Reason.DENIED:
        return Denied(f"{one_line(refused.path)} on {host.id} may not be read", "let the agent's account read it")
    return Unreadable(f"{one_line(refused.path)} on {host.id} cannot be read: {refused.said}")


# f 65024 704797 2 1795771280.6024413870 1795771280.6024413870 /var/log/central/fw-1/2026/03/01.log
def parse(said: bytes) -> Iterator[Listed]:
    """Yield what find lists; raises Unreadable for anything else."""
    for line in said.decode(errors="surrogateescape").split("\0"):
        if not line:
            continue
        words = line.split(" ", 6)
        try:
            kind, device, inode, size, modified, changed, path = words
            yield Listed(
                path=path,
                kind=kind,
                node=f"{int(device)}:{int(inode)}",
                size=_size(size),
                modified=round(float(modified), 6),
                changed=round(float(changed), 6),
            )
        except ValueError as error:
            raise Unreadable(f"find tells what no file is: {one_line(line)}") from error


def _size(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


# find: '/var/log/central/srv-1/private': Permission denied
def _refused(said: bytes) -> Iterator[Refused]:
    for line in said.decode(errors="surrogateescape").split("\n"):
        found = _SAYS.fullmatch(line)
        if found is not None and found[2] != _GONE:
            reason = Reason.DENIED if found[2] in _DENIED else Reason.UNREADABLE
            yield Refused(path=found[1], reason=reason, said=one_line(found[2].lower()))
