"""List a tree of logs with find: kind, identity, size and dates of each file, and what is unreadable.

find itself follows no link but the folder that was named; where the tree has links, collectors.logs.links follows them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from agent.core.errors import Denied, Exited, LookError, Unreadable
from agent.core.host import LARGE_OUTPUT, Host
from agent.core.lines import last_line, one_line
from agent.core.reason import Reason
from collectors.logs.links import LONGEST_TARGET, OUT, DeepLink, FindEntry, FolderLinks, RefusedPath, TreeEntry

FORMAT = "%y %Y %D %i %s %T@ %C@ %p\\0%l\\0"
# On which device a folder lies, or would lie, and on which those below it do.
_DEVICES = """at=$1; while [ ! -d "$at/" ]; do at=${at%/*}; done; stat -L -c %d -- "$at/"
[ "$at" != "$1" ] || find -H "$at" -type d -printf "%D\\n" | sort -u"""
# Of paths on standard input, as many as there are.
_EACH = 'format=$1; shift; exec find -P "$@" -maxdepth 0 -printf "$format"'
# A thousand sources with a file each day for a year, and some: each becomes half a kilobyte of values.
MOST_FILES = 500_000
LONGEST = 2 * LARGE_OUTPUT
# Folders within folders make paths longer than a program may name, and none is as long as this.
LONGEST_PATH = 1024 * 1024
# What is asked about the folders on the way to where links lead.
MOST_ASKED = 16 * 1024 * 1024
_SAYS = re.compile(r"find: '(.*)': ([^':]+)", re.DOTALL)
# Rotation takes a file away while find looks.
TOO_DEEP = "a link to a file too deep in the tree"
_GONE = "No such file or directory"
_DENIED = ("Permission denied", "Operation not permitted")
# At the top of each ext file system, closed to all but root (mklost+found(8)); no one logs there.
_NO_LOGS = "/lost+found"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeListing:
    """What lies in a tree. `there` is False where the tree itself is not there."""

    files: tuple[TreeEntry, ...] = ()
    refused: tuple[RefusedPath, ...] = ()
    there: bool = True


def listed(host: Host, folder: str, depth: int | None, timeout: timedelta) -> TreeListing:
    """Return what lies below a folder, through links that stay below it too. Raises a LookError."""
    deepest = () if depth is None else ("-maxdepth", str(depth))
    argv = ("find", "-H", folder, *deepest, "!", "-type", "d", "-printf", FORMAT)
    output = host.run(*argv, timeout=timeout, accept=None, output_limit=LONGEST)
    if output.truncated or output.stdout.count(b"\0") > 2 * MOST_FILES:
        raise Unreadable(f"{one_line(folder)} on {host.id} holds more files than can be listed ({MOST_FILES})")
    refused = tuple(_refused(output.stderr))
    lost = f"find: '{folder}': {_GONE}".encode(errors="surrogateescape")
    if not output.stdout and lost in output.stderr:
        return TreeListing(there=False)
    own = [one for one in refused if one.path == folder]
    if own:
        raise _error(own[0], host)
    if output.status not in (0, 1):
        raise Exited(f"find on {host.id} exited with {output.status}: {last_line(output.stderr)}")
    if output.status == 1 and not output.stderr:
        raise Exited(f"find on {host.id} failed and does not say why")
    entries = tuple(parse(output.stdout))
    plain = tuple(entry.file for entry in entries if entry.file.kind != "l")
    if len(plain) == len(entries):
        return TreeListing(files=plain, refused=refused)
    files, out = _linked(host, folder, depth, entries, timeout)
    return TreeListing(files=(*plain, *files), refused=(*refused, *out))


def devices_at(host: Host, folder: str, timeout: timedelta) -> frozenset[str]:
    """Return the devices of a folder and of those below it; of what it would lie in, where it is not there."""
    asked = host.run(
        "sh", "-c", _DEVICES, "sh", folder, timeout=timeout, output_limit=LONGEST_PATH, shown=f"stat {folder}"
    )
    return frozenset(asked.stdout.decode().split())


def _linked(
    host: Host, folder: str, depth: int | None, entries: Sequence[FindEntry], timeout: timedelta
) -> tuple[tuple[TreeEntry, ...], tuple[RefusedPath, ...]]:
    """Return what the links of a folder show, and those that are not followed."""
    asked = host.run("readlink", "-n", "-e", "--", folder, timeout=timeout)
    real = asked.stdout.decode(errors="surrogateescape")
    shown = tuple(FolderLinks(folder=folder, real=real, depth=depth, entries=entries).followed())
    deeper = tuple(one for one in shown if isinstance(one, DeepLink))
    found = _deeper(host, real, deeper, timeout) if deeper else ()
    files = (
        *(one for one in shown if isinstance(one, TreeEntry)),
        *(one for one in found if isinstance(one, TreeEntry)),
    )
    refused = (
        *(one for one in shown if isinstance(one, RefusedPath)),
        *(one for one in found if isinstance(one, RefusedPath)),
    )
    return files, refused


def _deeper(
    host: Host, real: str, links: Sequence[DeepLink], timeout: timedelta
) -> tuple[TreeEntry | RefusedPath, ...]:
    """Return the files of the tree that links lead to, each of whose folders is a folder and no link."""
    paths, asked, refused = _asked(links, len(real.rstrip("/")))
    output = host.run(
        *("xargs", "-0", "sh", "-c", _EACH, "sh", FORMAT),
        stdin="".join(f"{path}\0" for path in sorted(paths)).encode(errors="surrogateescape"),
        timeout=timeout,
        accept=None,
        shown=f"find: what {len(asked)} links lead to",
    )
    known = {entry.file.path: entry.file for entry in parse(output.stdout)}
    return (*refused, *(one for link in asked for one in _led(link, known, len(real.rstrip("/")))))


def _asked(
    links: Sequence[DeepLink], root: int
) -> tuple[frozenset[str], tuple[DeepLink, ...], tuple[RefusedPath, ...]]:
    """Return what to ask about some links, those that it is asked about, and those that would make it too much."""
    paths: set[str] = set()
    asked, refused, left = [], [], MOST_ASKED
    for link in links:
        wanted = {link.target[:end] for end in _ends(link.target, root)} - paths
        size = sum(map(len, wanted))
        if size > left:
            refused.append(RefusedPath(path=link.path, reason=Reason.UNREADABLE, said=TOO_DEEP, below=False))
            continue
        left -= size
        paths |= wanted
        asked.append(link)
    return frozenset(paths), tuple(asked), tuple(refused)


def _ends(path: str, root: int) -> Iterator[int]:
    """Yield where each name of a path ends, below the first so many characters."""
    yield from (at for at in range(root + 1, len(path)) if path[at] == "/")
    yield len(path)


def _led(link: DeepLink, known: Mapping[str, TreeEntry], root: int) -> Iterator[TreeEntry | RefusedPath]:
    target = known.get(link.target)
    if target is None:  # rotation took it away, or it may not be seen
        yield RefusedPath(path=link.path, reason=Reason.UNREADABLE, said="a link that cannot be followed", below=False)
    elif any(known[link.target[:end]].kind != "d" for end in _ends(link.target, root) if end < len(link.target)):
        yield RefusedPath(path=link.path, reason=Reason.UNREADABLE, said=OUT, below=False)
    else:
        yield replace(target, path=link.path)


def _error(refused: RefusedPath, host: Host) -> LookError:
    if refused.reason is Reason.DENIED:
        return Denied(f"{one_line(refused.path)} on {host.id} may not be read", "let the agent's account read it")
    return Unreadable(f"{one_line(refused.path)} on {host.id} cannot be read: {refused.said}")


# f f 65024 704797 2 1795771280.6024413870 1795771280.6024413870 /var/log/central/fw-1/2026/03/01.log
def parse(said: bytes) -> Iterator[FindEntry]:
    """Yield what find lists, two parts a thing: itself, and of a link what it holds. Raises Unreadable."""
    parts = said.decode(errors="surrogateescape").split("\0")
    if len(parts) % 2 == 0 or parts.pop():
        raise Unreadable("the output of find is incomplete")
    for line, text in zip(parts[::2], parts[1::2], strict=True):
        try:
            kind, leads, device, inode, size, modified, changed, path = line.split(" ", 7)
            if len(path) > LONGEST_PATH or len(text) > LONGEST_TARGET:
                raise ValueError("longer than any")
            node = f"{int(device)}:{int(inode)}"
            dates = (round(float(modified), 6), round(float(changed), 6))
            yield FindEntry(file=_listed(path, kind, node, _size(size), *dates), leads=leads, text=text)
        except ValueError as error:
            raise Unreadable(f"find lists an entry that is no file: {one_line(line)}") from error


def _listed(path: str, kind: str, node: str, size: int, modified: float, changed: float) -> TreeEntry:
    return TreeEntry(path=path, kind=kind, node=node, size=size, modified=modified, changed=changed)


def _size(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


# find: '/var/log/central/srv-1/private': Permission denied
def _refused(said: bytes) -> Iterator[RefusedPath]:
    for line in said.decode(errors="surrogateescape").split("\n"):
        found = _SAYS.fullmatch(line)
        if found is not None and found[2] != _GONE and not found[1].endswith(_NO_LOGS):
            reason = Reason.DENIED if found[2] in _DENIED else Reason.UNREADABLE
            yield RefusedPath(path=found[1], reason=reason, said=one_line(found[2].lower()))
