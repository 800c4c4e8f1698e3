"""What `restic snapshots --json` said, as recovery points: any bytes give points or Unreadable, never a guess."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from agent.core.errors import LookError, Unreadable
from agent.core.facts.recovery_points import AHEAD
from agent.core.lines import one_line
from agent.core.points import Point
from agent.core.reason import Reason
from collectors.restic.faults import ACCESS, ResticFault, error_of, reason_in
from collectors.restic.words import spoken

_ID = re.compile(r"[0-9a-f]{64}")
_LARGEST = 2**63 - 1
_FIRST_RESTIC = datetime(2015, 1, 1, tzinfo=UTC)

# 0.18: Ignoring "094a0c…": failed to load snapshot 094a0cf3: LoadRaw(<snapshot/094a0cf342>): invalid data returned
# 0.14: could not load snapshot bdb08a1f: load <snapshot/bdb08a1f0b>: invalid data returned
_LEFT_OUT = re.compile(
    r'(?:Ignoring "(?P<id>[0-9a-f]{8,64})"|could not load snapshot (?P<short>[0-9a-f]{8,64})): (?P<why>.*)'
)
# could not load snapshots: open …/snapshots: permission denied
_NOT_LISTED = re.compile(r"could not load snapshots: |List\(snapshot\) failed: ")
# A snapshot that was forgotten between its listing and its reading is no fault of anyone's.
_FORGOTTEN = re.compile(r"no such file or directory|file does not exist|> does not exist|specified key does not exist")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableSnapshot:
    """A snapshot that is there and could not be read: the beginning of its id, why, and a reason.

    `reason` is DAMAGED where the file itself is bad, else what kept it from being read.
    """

    id: str
    reason: Reason
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PointListing:
    """The points that a repository listed, and the snapshots that it could not read.

    `finished` tells by id when the run ended that made a point which was given a later date afterwards.
    """

    points: tuple[Point, ...]
    left_out: tuple[UnreadableSnapshot, ...] = ()
    finished: Mapping[str, datetime] = field(default_factory=dict)


def parse(stdout: bytes, stderr: bytes, subject: str) -> PointListing:
    """Return what a run of `restic snapshots --json` that exited with 0 listed.

    An empty list beside words on standard error is no empty repository: a `snapshots` folder that may not be read
    prints `[]` and exits with 0 (restic 0.18). Raises Unreadable, or what those words name.
    """
    entries = _entries(stdout, subject)
    words = spoken(stderr)
    left_out = tuple(_left_out(words))
    not_listed = [line for line in words.splitlines() if _NOT_LISTED.match(line)]
    if not_listed or (not entries and words and not left_out):
        raise _unlisted("\n".join(not_listed) or words, subject)
    points = {point.id: point for point in (_point(entry, subject) for entry in entries)}
    finished = {entry["id"]: at for entry in entries if (at := _finished(entry, points[entry["id"]])) is not None}
    return PointListing(points=tuple(points.values()), left_out=left_out, finished=finished)


def _finished(entry: Mapping[str, Any], point: Point) -> datetime | None:
    """Return when the run ended that made a point, where the point was rewritten and claims a later date.

    `restic rewrite --new-time` keeps the summary of the run (0.18), however often. Before 0.17 there is none.
    """
    try:
        ended = instant((entry.get("summary") or {}).get("backup_end"))
    except ValueError:
        return None
    # Go writes its zero time, of the year 1, for what was never set.
    known = point.original is not None and ended >= _FIRST_RESTIC
    return ended if known and point.time - ended > AHEAD else None


def _unlisted(words: str, subject: str) -> LookError:
    reason = reason_in(words)
    known = reason if reason in ACCESS else Reason.UNREADABLE
    return error_of(ResticFault(reason=known, said=one_line(words.splitlines()[-1])), subject)


def _left_out(words: str) -> list[UnreadableSnapshot]:
    found: list[UnreadableSnapshot] = []
    for line in words.splitlines():
        match = _LEFT_OUT.match(line)
        if match is None or _FORGOTTEN.search(match["why"]):
            continue
        reason = reason_in(match["why"])
        found.append(
            UnreadableSnapshot(
                id=match["id"] or match["short"],
                reason=reason if reason in ACCESS else Reason.DAMAGED,
                said=one_line(match["why"]),
            )
        )
    return found


def _entries(stdout: bytes, subject: str) -> list[Any]:
    # restic 0.19 shows its progress on standard output despite --json: the list is the line that begins as one.
    lines = [line for line in stdout.splitlines() if line.startswith((b"[{", b"[]")) or line.strip() == b"null"]
    if len(lines) != 1:
        raise Unreadable(f"{subject}: restic's list of snapshots is not there", "run restic snapshots --json by hand")
    try:
        entries = json.loads(lines[0])
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{subject}: restic's list of snapshots is cut short or no JSON") from error
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise Unreadable(f"{subject}: restic's list of snapshots is no list")
    return entries


# {"time":"2026-11-23T03:00:00.123456789+01:00","tree":"196d…","paths":["/srv"],"hostname":"srv-1","username":"root",
#  "tags":["nightly"],"original":"5c1e…","program_version":"restic 0.18.0","summary":{"files_new":2,…,
#  "data_added":301051,"data_added_packed":300815,"total_files_processed":2,"total_bytes_processed":300003},
#  "id":"e368…"}
def _point(entry: Any, subject: str) -> Point:
    if not isinstance(entry, dict):
        raise Unreadable(f"{subject}: an entry of restic's list is no snapshot")
    try:
        id = _id(entry["id"])
        summary = {} if entry.get("summary") is None else entry["summary"]
        if not isinstance(summary, dict):
            raise ValueError("summary")
        return Point(
            id=id,
            time=instant(entry["time"]),
            host=_text(entry.get("hostname") or ""),
            paths=tuple(_text(path) for path in _list(entry.get("paths"))),
            tags=tuple(_text(tag) for tag in _list(entry.get("tags"))),
            tree=_optional_id(entry, "tree"),
            original=_optional_id(entry, "original"),
            files=_count(summary, "total_files_processed"),
            bytes=_count(summary, "total_bytes_processed"),
            added_bytes=_count(summary, "data_added"),
            packed_bytes=_count(summary, "data_added_packed"),
            files_new=_count(summary, "files_new"),
            files_changed=_count(summary, "files_changed"),
        )
    except (KeyError, ValueError) as error:
        raise Unreadable(f"{subject}: a snapshot in restic's list is malformed: {error}") from error


def instant(text: Any) -> datetime:
    """Return an instant in UTC from ISO 8601 with a zone; nanoseconds are cut. Raises ValueError.

    A time without its zone is refused: it would be an hour or two wrong, in silence.
    """
    if not isinstance(text, str):
        raise ValueError("time")
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("time without a zone")
    try:
        return read.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("time out of range") from error


def _id(value: Any) -> str:
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        raise ValueError("id")
    return value


def _optional_id(entry: Mapping[str, Any], key: str) -> str | None:
    value = entry.get(key)
    return None if value is None else _id(value)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError("paths or tags")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a name")
    # Half a character (\ud800) is valid JSON and cannot be written anywhere.
    return value if value.isascii() else value.encode(errors="surrogatepass").decode(errors="replace")


def _count(summary: Mapping[str, Any], key: str) -> int | None:
    value = summary.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
        raise ValueError(key)
    return value
