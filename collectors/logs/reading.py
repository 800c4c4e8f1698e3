"""Ask a machine's own python3 to read files (collectors/logs/reader.py is sent along), and understand what it tells."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from importlib import resources

from agent.core.errors import Unreadable
from agent.core.host import LARGE_OUTPUT, Host
from agent.core.lines import last_line, one_line
from collectors.logs.remembered import DatedRun
from collectors.logs.series import Bounds
from collectors.logs.stamps import instants
from collectors.logs.timeline import contradicts

# Most of what a mute host may cost; the rest is for starting, listing and telling.
SHARE = 0.5
DIGEST_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToRead:
    """A file to read: from which offset on (a journal: from which second on), and an offset to digest up to.

    `node` and `modified` are those of the file that was listed: rotation may put another one there. `written` is the
    latest instant at which a record can have been received; `named` are the bounds of a file whose name gives a day
    long before it was written. Of a journal, `counted` are the entries that a host's day (since 1970) had when it was
    read.
    """

    path: str
    node: str
    modified: float
    written: datetime
    named: Bounds | None = None
    offset: int = 0
    mark: int = -1
    counted: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnswer:
    """What was read of one file; see collectors.logs.remembered.ReadFile. `kept`: digests to the mark or counts."""

    end: int
    runs: tuple[DatedRun, ...]
    fault: str | None
    said: str | None
    kept: tuple[str, ...]


def program() -> str:
    """Return the program as it is sent."""
    return resources.files("collectors.logs").joinpath("reader.py").read_text()


def read(
    host: Host, files: Sequence[FileToRead], zone: tzinfo, timeout: timedelta, *, here: bool
) -> Mapping[str, FileAnswer]:
    """Return what was read of some files, by path; one that is unknown was not reached in time. Raises a LookError."""
    if not files:
        return {}
    asked = {
        "seconds": timeout.total_seconds() * SHARE,
        "files": [[one.path, one.offset, one.mark, one.counted, one.node, one.modified] for one in files],
    }
    # On this machine our own python3 is the one that is surely there.
    output = host.run(
        sys.executable if here else "python3",
        "-I",
        "-c",
        program(),
        timeout=timeout,
        stdin=json.dumps(asked).encode(),
        accept=None,
        output_limit=LARGE_OUTPUT,
        shown=f"python3 -I -c … reads {len(files)} files of logs",
    )
    if output.status != 0 or output.truncated:
        said = last_line(output.stderr) or "nothing was said"
        raise Unreadable(f"the reader of logs on {host.id} exited with {output.status}: {said}")
    return parse(output.stdout, files, zone)


# [0, 116, [["", "2026-03-01T00:00:01+01:00 h", "2026-03-01T10:00:01+01:00", 3, 0, 66, "c3cf…", 3]], null, null, []]
# "end"
def parse(said: bytes, files: Sequence[FileToRead], zone: tzinfo) -> Mapping[str, FileAnswer]:
    """Return what each line tells; raises Unreadable for anything else."""
    lines = said.decode(errors="replace").splitlines()
    if not lines or lines[-1] != '"end"':
        raise Unreadable(f"the reader of logs was cut short: {one_line(lines[-1] if lines else '')}")
    found = {}
    for line in lines[:-1]:
        try:
            number, end, runs, fault, words, kept = json.loads(line)
            asked = files[_whole(number)]
            found[asked.path] = FileAnswer(
                end=_whole(end),
                runs=_runs(runs, zone, asked),
                fault=None if fault is None else one_line(str(fault), 20),
                said=None if words is None else one_line(str(words)),
                kept=tuple(str(digest)[:DIGEST_LENGTH] for digest in kept),
            )
        except (ValueError, TypeError, IndexError, RecursionError) as error:
            raise Unreadable(f"the log reader lists an entry that is no file: {one_line(line)}") from error
    return found


def _runs(told: Sequence[Sequence[object]], zone: tzinfo, asked: FileToRead) -> tuple[DatedRun, ...]:
    stamps = [(str(first), str(last)) for _, first, last, *_ in told]

    def dated(written: datetime) -> tuple[DatedRun, ...]:
        found = instants(stamps, zone, written)
        return tuple(_run(fields, *dates) for fields, dates in zip(told, found, strict=True))

    runs = dated(asked.written)
    if asked.named is not None and asked.named.written is not None and contradicts(runs, asked.named):
        # A year that is left out was taken from a name that means no day.
        return dated(asked.named.written)
    return runs


def _run(fields: Sequence[object], first: datetime | None, last: datetime | None) -> DatedRun:
    host, _first, _last, lines, begins, ends, digest, records = fields
    return DatedRun(
        first=None if first is None else first.timestamp(),
        last=None if last is None else last.timestamp(),
        lines=_whole(lines),
        begins=_whole(begins),
        ends=_whole(ends),
        digest=str(digest)[:DIGEST_LENGTH],
        records=_whole(records),
        host=one_line(str(host)),
    )


def _whole(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(value)
    return value
