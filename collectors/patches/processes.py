"""Programs that still run code which an update has replaced: their memory maps name files that are deleted."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.core.lines import one_line

PROC = "/proc"
# The names go by a pipe: a machine may have more processes than fit into one command.
STARTED = 'cat "$1/stat" 2>/dev/null; printf "%s\\n" "$1"/[0-9]*/stat | xargs cat 2>/dev/null; exit 0'
TICKS_PER_SECOND = 100  # USER_HZ, the same on every Linux that Debian is built for

# pid (name) state, eighteen numbers of which the sixth are its flags, and the start (proc_pid_stat(5))
_STAT = re.compile(r"(\d+) \(.*\) [A-Za-z](?: -?\d+){5} (\d+)(?: -?\d+){12} (\d+)", re.ASCII)
_OF_KERNEL = 0x00200000  # PF_KTHREAD: it runs no file
_BOOT = re.compile(r"btime ([0-9]{1,11})\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedMaps:
    """Which processes run which deleted files.

    `names` are those of the processes, `came` when the file that lies there now was changed. `denied` may not be looked
    into by this user, of `cut` not every file was listed.
    """

    deleted: Mapping[int, frozenset[str]]
    names: Mapping[int, str]
    came: Mapping[str, datetime]
    denied: frozenset[int]
    cut: frozenset[int]
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleProgram:
    """One program that runs replaced code.

    `since` is when what replaced it came, as the file that lies there now tells; None: no file does. `started` is when
    the oldest of its processes was.
    """

    name: str
    since: datetime | None
    started: datetime | None


# map 812 /usr/lib/x86_64-linux-gnu/libssl.so.3
# process 812 nginx
# denied 813
# cut 814
# file 1763913600 /usr/lib/x86_64-linux-gnu/libssl.so.3
def parse(said: bytes) -> DeletedMaps:
    """Return what the maps show; a line that is none of the answer's is left out, a process that ended is none."""
    deleted: dict[int, set[str]] = {}
    names: dict[int, str] = {}
    came: dict[str, datetime] = {}
    marked: dict[str, set[int]] = {"denied": set(), "cut": set()}
    lines = said.decode(errors="surrogateescape").split("\n")
    for line in lines:
        kind, _space, rest = line.partition(" ")
        first, _space, rest = rest.partition(" ")
        number = _number(first)
        if number is None:
            continue
        if kind == "map" and rest.startswith("/"):
            deleted.setdefault(number, set()).add(rest)
        elif kind == "process":
            names[number] = one_line(rest, 40) or "?"
        elif kind == "file":
            came[rest] = datetime.fromtimestamp(number, UTC)
        elif kind in marked:
            marked[kind].add(number)
    return DeletedMaps(
        deleted={pid: frozenset(files) for pid, files in deleted.items()},
        names=names,
        came=came,
        denied=frozenset(marked["denied"]),
        cut=frozenset(marked["cut"]),
        hidden="hidden" in lines,
    )


def _number(text: str) -> int | None:
    """Return a number of at most eleven digits: as an instant it is one of this era."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def stale(maps: DeletedMaps, starts: Mapping[int, datetime]) -> tuple[StaleProgram, ...]:
    """Return the programs of this machine that run replaced code, each name once, with the longest wait."""
    pids_of: dict[str, list[int]] = {}
    for pid in maps.deleted:
        pids_of.setdefault(maps.names.get(pid, "?"), []).append(pid)
    return tuple(
        StaleProgram(
            name=name,
            since=_earliest(maps.came.get(file) for pid in pids for file in maps.deleted[pid]),
            started=_earliest(starts.get(pid) for pid in pids),
        )
        for name, pids in sorted(pids_of.items())
    )


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
        if match is None or len(match[1]) > 9 or len(match[2]) > 15 or len(match[3]) > 12:
            continue
        if int(match[2]) & _OF_KERNEL:
            continue
        start = booted + timedelta(seconds=int(match[3]) / TICKS_PER_SECOND)
        # A process may give itself a name that looks like a line of another one: the older start counts.
        found[int(match[1])] = min(start, found.get(int(match[1]), start))
    return found


def unseen(maps: DeletedMaps, starts: Mapping[int, datetime], newest_update: datetime | None) -> int:
    """Return how many processes may run replaced code unseen: those older than the newest update."""
    return sum(1 for pid in maps.denied if pid in starts and (newest_update is None or starts[pid] <= newest_update))
