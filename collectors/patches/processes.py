"""Programs that still run code which an update has replaced: their memory maps name files that are deleted."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.core.lines import one_line

PROC = "/proc"
STARTED = 'cat "$1"/stat "$1"/[0-9]*/stat 2>/dev/null; exit 0'
TICKS_PER_SECOND = 100  # USER_HZ, the same on every Linux that Debian is built for

_MAP = re.compile(rb"/(\d+)/maps:\S+ \S+ \S+ \S+ \S+ +(/.*) \(deleted\)$")
_DENIED = re.compile(rb"/(\d+)/maps: (?:Permission denied|Operation not permitted)$")
# pid (name) state, eighteen numbers of which the sixth are its flags, and the start (proc_pid_stat(5))
_STAT = re.compile(r"(\d+) \(.*\) [A-Za-z](?: -?\d+){5} (\d+)(?: -?\d+){12} (\d+)")
_OF_KERNEL = 0x00200000  # PF_KTHREAD: it runs no file
_BOOT = re.compile(r"btime (\d{1,12})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Maps:
    """Hold which processes run which deleted files, and which processes may not be looked into by this user."""

    deleted: Mapping[int, frozenset[str]]
    denied: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """Hold one program that runs replaced code.

    `since` is when what replaced it came, as the file that lies there now tells; None: no file does. `started` is when
    the oldest of its processes was.
    """

    name: str
    since: datetime | None
    started: datetime | None


# /proc/812/maps:7f1c-7f1d r-xp 00026000 fe:00 1311 /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)
def parse(stdout: bytes, stderr: bytes) -> Maps:
    """Return what the maps show; a process that ended meanwhile is none."""
    deleted: dict[int, set[str]] = {}
    for line in stdout.split(b"\n"):
        found = _MAP.search(line)
        if found is not None and len(found[1]) < 10:
            deleted.setdefault(int(found[1]), set()).add(found[2].decode(errors="surrogateescape"))
    denied = (_DENIED.search(line) for line in stderr.split(b"\n"))
    return Maps(
        deleted={pid: frozenset(files) for pid, files in deleted.items()},
        denied=frozenset(int(one[1]) for one in denied if one is not None and len(one[1]) < 10),
    )


# pid:[4026531836]
# process 812 pid:[4026531836] nginx
# file 1763913600 /usr/lib/x86_64-linux-gnu/libssl.so.3
def stale(maps: Maps, said: bytes, starts: Mapping[int, datetime]) -> tuple[Stale, ...]:
    """Return the programs of this machine that run replaced code, each name once, with the longest wait."""
    own, *lines = said.decode(errors="surrogateescape").split("\n")
    names: dict[int, str] = {}
    came: dict[str, datetime] = {}
    for line in lines:
        kind, _space, rest = line.partition(" ")
        first, _space, rest = rest.partition(" ")
        if not first.isascii() or not first.isdigit() or len(first) > 12:
            continue
        if kind == "process":
            namespace, _space, name = rest.partition(" ")
            if namespace == own:
                names[int(first)] = one_line(name, 40) or "?"
        elif kind == "file":
            came[rest] = datetime.fromtimestamp(int(first[:11]), UTC)
    found = []
    for name in sorted(set(names.values())):
        own_pids = [pid for pid in names if names[pid] == name]
        since = _earliest(came.get(file) for pid in own_pids for file in maps.deleted.get(pid, ()))
        found.append(Stale(name=name, since=since, started=_earliest(starts.get(pid) for pid in own_pids)))
    return tuple(found)


def _earliest(instants: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in instants if one is not None), default=None)


def started(said: bytes) -> Mapping[int, datetime]:
    """Return when each process was started, threads of the kernel left out; any user may read this."""
    boot = _BOOT.search(text := said.decode(errors="replace"))
    if boot is None:
        return {}
    booted = datetime.fromtimestamp(int(boot[1]), UTC)
    found: dict[int, datetime] = {}
    for line in text.split("\n"):
        match = _STAT.match(line)
        if match is None or len(match[1]) > 9 or len(match[2]) > 15 or len(match[3]) > 15:
            continue
        if int(match[2]) & _OF_KERNEL:
            continue
        start = booted + timedelta(seconds=int(match[3]) / TICKS_PER_SECOND)
        # A process may give itself a name that looks like a line of another one: the older start counts.
        found[int(match[1])] = min(start, found.get(int(match[1]), start))
    return found


def unseen(maps: Maps, starts: Mapping[int, datetime], newest_update: datetime | None) -> int:
    """Return how many processes may run replaced code unseen: those older than the newest update."""
    return sum(1 for pid in maps.denied if pid in starts and (newest_update is None or starts[pid] <= newest_update))
