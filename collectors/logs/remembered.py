"""What was read of each file, kept from look to look in the collector's own folder: a file that did not change is not
read again. Losing it costs one long look and nothing else: what must not be lost is in the ledger.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

VERSION = 4
# Read by other rules: what was seen of its growth holds, and it is read again.
EARLIER = (2, 3)
FILE = "read.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedRun:
    """What stands together in a file under one date.

    `first` and `last` are seconds since 1970, None where the lines bear no stamp. `begins` and `ends` are offsets in
    the text, or a journal's sequence numbers. `records` of its `lines` say something. Only journals give a `host`.
    """

    first: float | None
    last: float | None
    lines: int
    begins: int
    ends: int
    digest: str
    records: int
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What was read of one file: what it was then, its runs, and why not all of it (None: it was read whole).

    `changed` is its date of change, negative where an earlier version read it. `end` is where its whole lines ended.
    `grew` is when it was seen to have grown, by the time of its writing; `begun` when it was last read from its
    beginning; `settled` when it was last written as the first look that saw this very content told: `touch` renews the
    date of writing and adds nothing. 0: as `modified` says. `missed` is since when its file system is not mounted; 0:
    it is.
    """

    node: str
    size: int
    modified: float
    changed: float
    end: int
    runs: tuple[DatedRun, ...]
    fault: str | None = None
    said: str | None = None
    grew: float | None = None
    begun: float = 0.0
    settled: float = 0.0
    missed: float = 0.0


def load(folder: Path) -> dict[str, ReadFile]:
    """Return what was read, by path; nothing where it cannot be determined."""
    try:
        kept = json.loads((folder / FILE).read_bytes())
        if kept["version"] not in (VERSION, *EARLIER):
            return {}
        files = {path: _read(fields) for path, fields in kept["files"].items()}
        if kept["version"] in EARLIER:
            return {path: replace(file, changed=-abs(file.changed)) for path, file in files.items()}
        return files
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def save(folder: Path, files: Mapping[str, ReadFile]) -> None:
    """Keep what was read, whole or not at all; a full disk costs the next look its time."""
    fresh = folder / f"{FILE}.new"
    content = {"version": VERSION, "files": {path: _fields(read) for path, read in files.items()}}
    try:
        fresh.write_text(json.dumps(content, separators=(",", ":")))
        os.replace(fresh, folder / FILE)
    except OSError:
        fresh.unlink(missing_ok=True)


def _fields(read: ReadFile) -> list[object]:
    runs = [
        [run.first, run.last, run.lines, run.begins, run.ends, run.digest, run.records, run.host] for run in read.runs
    ]
    told = [read.node, read.size, read.modified, read.changed, read.end, runs, read.fault, read.said, read.grew]
    return [*told, read.begun, read.settled, read.missed]


def _read(fields: list[object]) -> ReadFile:
    node, size, modified, changed, end, runs, fault, said, grew, begun, *more = fields
    return ReadFile(
        node=_text(node),
        size=_whole(size),
        modified=_number(modified),
        changed=_number(changed),
        end=_whole(end),
        runs=tuple(_run(run) for run in runs) if isinstance(runs, list) else (),
        fault=None if fault is None else _text(fault),
        said=None if said is None else _text(said),
        grew=None if grew is None else _number(grew),
        begun=_number(begun),
        settled=_number(more[0]) if more else 0.0,
        missed=_number(more[1]) if len(more) > 1 else 0.0,
    )


def _run(fields: list[object]) -> DatedRun:
    first, last, lines, begins, ends, digest, records, host = fields
    return DatedRun(
        first=None if first is None else _number(first),
        last=None if last is None else _number(last),
        lines=_whole(lines),
        begins=_whole(begins),
        ends=_whole(ends),
        digest=_text(digest),
        records=_whole(records),
        host=_text(host),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(value)
    return float(value)
