"""What `pgbackrest info --output=json` and `repo-ls --output=json` say, as values. Pure.

https://pgbackrest.org/command.html#command-info; recorded with pgBackRest 2.55.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from agent.core.errors import Unreadable
from agent.core.lines import one_line
from agent.core.wal_segments import HISTORY, SEGMENT, BaseBackup, lsn_of

MOST_BACKUPS = 20_000
# Codes of a repository's status: no stanza there; a stanza without backups; one whose info file is missing.
OK, NO_STANZA, NO_BACKUP, NO_DATA, OTHER = 0, 1, 2, 3, 99
_LABEL = re.compile(r"\d{8}-\d{6}F(?:_\d{8}-\d{6}[DI])?")
_WAL_FILE = re.compile(r"(?:.*/)?([0-9A-F]{24})-[0-9a-f]{40}(?:\.[a-z0-9]{1,5})?")
# What it says of its configuration, whatever level is asked for: P00   WARN: … invalid option 'repo1-hardlink'
_WARNINGS = re.compile(rb"\A(?:P\d\d +WARN: [^\n]*+\n)++")

# datetime's own last second.
_LAST = 253402300799


@dataclass(frozen=True, slots=True, kw_only=True)
class StanzaBackup:
    """One backup of a stanza; `references` are the other ones that hold files of it.

    `broken`: checksums of pages were wrong when it was made. `stored` is what it alone takes there, in bytes.
    """

    base: BaseBackup
    database: int
    references: tuple[str, ...] = ()
    broken: bool = False
    stored: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StanzaInfo:
    """A stanza in one repository: its status there, and its clusters by their number, each a system identifier.

    `archives` are the folders of the clusters' WAL by these numbers. `unread` are the labels of backups that it tells
    in another form. `majors` are the versions of the clusters' servers, as far as they are told.
    """

    repository: int
    code: int
    message: str
    systems: Mapping[int, str]
    backups: tuple[StanzaBackup, ...] = ()
    archives: Mapping[int, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    majors: Mapping[int, int] = field(default_factory=dict)

    @property
    def cluster(self) -> int:
        """Return the number of the newest cluster that has a backup; of a stanza just upgraded it is the former one."""
        held = [one.database for one in self.backups if one.database in self.systems]
        return max(held or self.systems, default=0)

    @property
    def system(self) -> str | None:
        """Return the system identifier of that cluster."""
        return self.systems.get(self.cluster)


def stanza_in(stdout: bytes, stanza: str, wanted: int | None, subject: str) -> StanzaInfo | None:
    """Return what is said of a stanza in one repository (None: the first); None where it is not there at all.

    Raises Unreadable for anything else.
    """
    told = _json(stdout, subject)
    if not isinstance(told, list):
        raise Unreadable(f"{subject}: pgbackrest info says something else: {one_line(stdout)}")
    own = next((one for one in told if isinstance(one, dict) and one.get("name") == stanza), None)
    if own is None:
        return None
    try:
        return _stanza(own, wanted)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise Unreadable(f"{subject}: pgbackrest info says something else of its stanza: {one_line(stdout)}") from error


def _stanza(own: Mapping[str, Any], wanted: int | None) -> StanzaInfo:
    repositories = {int(one["key"]): one["status"] for one in own["repo"]}
    key = min(repositories) if wanted is None else wanted
    status = repositories[key]
    systems = {int(one["id"]): str(one["system-id"]) for one in own["db"] if one.get("repo-key", 1) == key}
    found: list[StanzaBackup] = []
    unread: list[str] = []
    for one in own["backup"][:MOST_BACKUPS]:
        if one["database"].get("repo-key", 1) != key:
            continue
        backup = _backup(one)
        if backup is None:
            unread.append(one_line(str(one.get("label")), 60))
        else:
            found.append(backup)
    return StanzaInfo(
        repository=key,
        code=int(status["code"]),
        message=one_line(str(status["message"])),
        systems=systems,
        backups=tuple(found),
        archives={
            int(one["database"]["id"]): str(one["id"])
            for one in own["archive"]
            if one["database"].get("repo-key", 1) == key
        },
        unread=tuple(unread),
        majors={
            int(one["id"]): int(one["version"])
            for one in own["db"]
            if one.get("repo-key", 1) == key and str(one.get("version")).isdecimal()
        },
    )


def _backup(one: Mapping[str, Any]) -> StanzaBackup | None:
    """Return one backup; None for one that is not told as a backup is."""
    try:
        label, archive, lsn = one["label"], one["archive"], one["lsn"]
        start, stop = lsn_of(lsn["start"]), lsn_of(lsn["stop"])
        time, size = one["timestamp"]["stop"], one["info"]["size"]
        stored = one["info"].get("repository", {}).get("delta")
        references = tuple(str(name) for name in one.get("reference") or ())
        database = int(one["database"]["id"])
        named = all(SEGMENT.fullmatch(archive[key]) for key in ("start", "stop"))
        moment = datetime.fromtimestamp(time, UTC) if type(time) is int and 0 <= time <= _LAST else None
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
    sized = type(size) is int and 0 <= size < 1 << 63
    if not (named and sized and start is not None and stop is not None and moment and _LABEL.fullmatch(str(label))):
        return None
    base = BaseBackup(
        id=label, time=moment, first=archive["start"], last=archive["stop"], start_lsn=start, stop_lsn=stop, bytes=size
    )
    return StanzaBackup(
        base=base,
        database=database,
        references=references,
        broken=one.get("error") is True,
        stored=stored if type(stored) is int and 0 <= stored < 1 << 63 else size,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFiles:
    """Segments of an archive that can be used, by name, each with when it was archived; paths of history files.

    `bytes` is what all its files take.
    """

    segments: Mapping[str, datetime]
    histories: tuple[str, ...] = ()
    bytes: int = 0


def archive_in(stdout: bytes, subject: str) -> ArchiveFiles:
    """Return the files of an archive. Raises Unreadable for anything but a list of files.

    An empty file, and a segment that is there twice, cannot be replayed: pgBackRest refuses both.
    """
    told = _json(stdout, subject)
    if not isinstance(told, dict):
        raise Unreadable(f"{subject}: pgbackrest repo-ls says something else: {one_line(stdout)}")
    segments: dict[str, datetime] = {}
    twice: set[str] = set()
    histories: list[str] = []
    bytes = 0
    for path, size, time in _files(told):
        bytes += size
        segment = _WAL_FILE.fullmatch(path)
        if segment is not None and segment[1] in segments:
            twice.add(segment[1])
        elif segment is not None:
            segments[segment[1]] = time
        elif HISTORY.fullmatch(path):
            histories.append(path)
    usable = {name: time for name, time in segments.items() if name not in twice}
    return ArchiveFiles(segments=usable, histories=tuple(histories), bytes=bytes)


def _files(told: Mapping[str, Any]) -> Iterator[tuple[str, int, datetime]]:
    for path, one in told.items():
        if not isinstance(one, dict) or one.get("type") != "file":
            continue
        size, time = one.get("size"), one.get("time")
        if type(size) is int and size > 0 and type(time) is int:
            yield path, size, datetime.fromtimestamp(min(max(time, 0), _LAST), UTC)


def _json(stdout: bytes, subject: str) -> object:
    try:
        return json.loads(_WARNINGS.sub(b"", stdout))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{subject}: pgbackrest says no JSON: {one_line(stdout)}") from error
