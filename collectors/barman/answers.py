"""What Barman says of a server's backups and of its WAL, as values. Pure; recorded with Barman 3.13 and 3.4.

Of its answers `list-backups` names a server's backups with their status, `show-backup` tells one of them, `list-files`
the paths of its WAL.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.core.errors import Unreadable
from agent.core.facts.wal_archive import KnownBase
from agent.core.lines import one_line
from agent.core.wal_segments import HISTORY, SEGMENT, BaseBackup, lsn_of

DONE = "DONE"
MOST = 20_000
_ID = re.compile(r"\d{8}T\d{6}")
_FOLDER = re.compile(r"(/.+)/[0-9A-F]{16}/[0-9A-F]{24}(?:\.[0-9A-Za-z.]+)?")
_FILE = re.compile(r"(\d{1,15}) (\d{1,12})(?:\.\d*)? (?:[0-9A-F]{16}/)?([0-9A-F]{8,24}(?:\.history)?)")
_SYSTEM = re.compile(r"^ +System Id +: (\d{1,20})$", re.MULTILINE)
# pg-xlog.db, and before 3.13 xlog.db
_CATALOGUE = re.compile(r"\d{1,15} \S+ ((?:[^/]*-)?xlog\.db)")
_CATALOGUED = re.compile(r"(\S+)\t(\d{1,15})\t")
_LAST = 253402300799


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedBackup:
    """A backup that is listed, its status, and its size with its WAL in bytes."""

    id: str
    status: str
    size: int


def listed(told: Mapping[str, object], server: str, subject: str) -> tuple[ListedBackup, ...]:
    """Return a server's backups, newest first. Raises Unreadable for anything but a list of them."""
    backups = told.get(server, [])
    if not isinstance(backups, list):
        raise Unreadable(f"{subject}: barman list-backups says something else: {one_line(str(told))}")
    found: list[ListedBackup] = []
    for one in backups[:MOST]:
        id, status = (one.get("backup_id"), one.get("status")) if isinstance(one, dict) else (None, None)
        if not (isinstance(id, str) and _ID.fullmatch(id) and isinstance(status, str)):
            raise Unreadable(f"{subject}: barman list-backups says something else: {one_line(str(one))}")
        size = one.get("size_bytes")
        found.append(ListedBackup(id=id, status=status, size=size if type(size) is int and size >= 0 else 0))
    return tuple(sorted(found, key=lambda one: one.id, reverse=True))


def system_told(told: Mapping[str, object], server: str) -> bool:
    """Return whether a backup is told with its system identifier, which Barman 3.4 leaves out of its JSON."""
    one = told.get(server)
    return not isinstance(one, dict) or "system_id" in one


def system_in(text: str) -> str:
    """Return the system identifier in what `show-backup` says to a person; empty where it says none."""
    match = _SYSTEM.search(text)
    return "" if match is None else match[1]


def shown(told: Mapping[str, object], server: str, id: str, system: str = "") -> KnownBase | None:
    """Return one backup; None for one that is not told as a backup is. `system` is its cluster's, where not told."""
    one = told.get(server)
    base = one.get("base_backup_information") if isinstance(one, dict) else None
    if not isinstance(one, dict) or not isinstance(base, dict) or one.get("backup_id") != id:
        return None
    first, last, system = base.get("begin_wal"), base.get("end_wal"), one.get("system_id", system)
    start, stop, time = lsn_of(base.get("begin_lsn")), lsn_of(base.get("end_lsn")), _seconds(base)
    size = one.get("cluster_size_bytes")
    if not all(isinstance(name, str) and SEGMENT.fullmatch(name) for name in (first, last)):
        return None
    if start is None or stop is None or time is None or not (isinstance(system, str) and system.isdecimal()):
        return None
    backup = BaseBackup(
        id=id,
        time=datetime.fromtimestamp(time, UTC),
        first=str(first),
        last=str(last),
        start_lsn=start,
        stop_lsn=stop,
        bytes=size if type(size) is int and 0 <= size < 1 << 63 else None,
    )
    catalogue = one.get("catalog_information")
    parent = catalogue.get("parent_backup_id") if isinstance(catalogue, dict) else None
    return KnownBase.of(backup, system, parent if isinstance(parent, str) and _ID.fullmatch(parent) else "")


def _seconds(base: Mapping[str, object]) -> int | None:
    said = base.get("end_time_timestamp")
    return int(said) if isinstance(said, str) and said.isdecimal() and int(said) <= _LAST else None


def wal_folder(told: Mapping[str, object]) -> str | None:
    """Return the folder of a server's WAL, of what `list-files --target wal` names; None where it names none."""
    lines = told.get("_INFO")
    for line in lines if isinstance(lines, list) else ():
        match = _FOLDER.fullmatch(line) if isinstance(line, str) else None
        if match is not None:
            return match[1]
    return None


# 16777216 1796136979.7006228 0000000100000000/000000010000000000000002
def wal_files(lines: Sequence[str], sizes: Mapping[str, int]) -> Iterator[tuple[str, datetime]]:
    """Yield the names of usable segments and history files, each with its date, of what find printed.

    One that holds nothing is not usable, nor one that is not as large as when it was archived (`sizes`, where told).
    """
    for line in lines:
        match = _FILE.fullmatch(line)
        if match is None or not (SEGMENT.fullmatch(match[3]) or HISTORY.fullmatch(match[3])):
            continue
        size = int(match[1])
        if size and sizes.get(match[3], size) == size:
            yield match[3], datetime.fromtimestamp(min(int(match[2]), _LAST), UTC)


def catalogue_in(lines: Sequence[str]) -> str | None:
    """Return the path of Barman's catalogue of WAL, of what find printed; None where it lies elsewhere."""
    found = (_CATALOGUE.fullmatch(line) for line in lines)
    return next((match[1] for match in found if match is not None), None)


# 000000010000000000000002	16777216	1796155347.9526818	None
def catalogued(content: bytes) -> Mapping[str, int]:
    """Return how large each file of WAL was when it was archived, compressed or not; the last line of a name counts."""
    found: dict[str, int] = {}
    for line in content.decode(errors="replace").splitlines():
        match = _CATALOGUED.match(line)
        if match is not None:
            found[match[1]] = int(match[2])
    return found
