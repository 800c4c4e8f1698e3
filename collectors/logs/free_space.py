"""How long logs can still be kept: free space on disk, and the limits of the configuration.

Of this machine psutil tells the room, of one behind SSH df does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from agent.core.deadline import within
from agent.core.errors import Unreadable
from agent.core.facts.logs import FreeSpace
from agent.core.files import refusal
from agent.core.host import Host
from agent.core.lines import one_line
from collectors.logs.timeline import SourceFile

RHYTHM = timedelta(days=14)
# What is younger is not yet at rest: it will be compressed.
RESTS = timedelta(days=2)
# convention, `log-retention`: a source that has as much gives back what it takes.
STEADY = timedelta(days=350)
LONGEST = timedelta(days=3650)
ANSWER = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystemSpace:
    """A file system's size and what is free of it for others than root, in bytes."""

    size: int
    free: int


def disk_of(host: Host, folder: str, timeout: timedelta, *, here: bool) -> FileSystemSpace:
    """Return the file system that a folder lies on. Raises a LookError."""
    if here:
        return within(timeout, f"the disk of {one_line(folder)} on {host.id}", lambda: _disk_here(folder))
    output = host.run("df", "-P", "-B1", "--", folder, timeout=timeout, output_limit=ANSWER)
    return parse(output.stdout)


def _disk_here(folder: str) -> FileSystemSpace:
    import psutil  # 25 ms that only a look at logs spends

    try:
        usage = psutil.disk_usage(folder)
    except OSError as error:
        raise refusal(folder, error) from error
    return FileSystemSpace(size=usage.total, free=usage.free)


# Filesystem          1-blocks        Used   Available Capacity Mounted on
# /dev/vda1        21003583488  5678931968 14229368832      29% /var/log
def parse(said: bytes) -> FileSystemSpace:
    """Return what df tells of one file system; raises Unreadable for anything else."""
    lines = said.decode(errors="replace").splitlines()
    words = lines[1].split() if len(lines) == 2 else []
    # A device's name may hold spaces; the figures stand before the percentage.
    place = next((at for at, word in enumerate(words) if word.endswith("%")), 0)
    try:
        size, free = int(words[place - 3]), int(words[place - 1])
    except (IndexError, ValueError) as error:
        raise Unreadable(f"df shows no file system: {one_line(said)}") from error
    if place < 4 or size < 0 or free < 0:
        raise Unreadable(f"df shows no file system: {one_line(said)}")
    return FileSystemSpace(size=size, free=free)


def room_of(daily: Mapping[str, float], oldest: Mapping[str, datetime | None], free: int, now: datetime) -> FreeSpace:
    """Return how much comes in a day, at rest, and when no more of it fits into what is free.

    A source that has its twelve months gives back as much as it takes.
    """
    young = [id for id, begin in oldest.items() if begin is not None and now - begin < STEADY]
    growth = sum(daily[id] for id in young)
    full = now + timedelta(days=free / growth) if growth > 0 and free / growth < LONGEST.days else None
    return FreeSpace(free=free, daily=int(sum(daily.values())), full=full)


def daily_bytes(files: Sequence[SourceFile], now: datetime) -> float:
    """Return how many bytes a day adds to one source, by the days of the last fortnight that have any."""
    days: dict[int, int] = {}
    begin, today = (now - RHYTHM).timestamp(), int(now.timestamp() // 86400)
    for file in files:
        for run in file.read.runs if file.read is not None else ():
            if run.last is not None and begin <= run.last and run.last // 86400 < today:
                day = int(run.last // 86400)
                days[day] = days.get(day, 0) + _bytes(file, run.ends - run.begins)
    return median(days.values()) * _at_rest(files, now) if days else 0.0


def _bytes(file: SourceFile, length: int) -> int:
    return length if file.read is not None and file.read.end else 0


def _at_rest(files: Iterable[SourceFile], now: datetime) -> float:
    """Return which part of its text a file takes once it is at rest."""
    resting = [file for file in files if file.read is not None and now - file.bounds.latest > RESTS]
    text = sum(file.read.end for file in resting if file.read is not None)
    return sum(file.size for file in resting) / text if text else 1.0
