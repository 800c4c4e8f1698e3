"""What `borg list --json` said, as archives: any bytes give archives or Unreadable, never a guess. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agent.core.errors import Unreadable

_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BorgArchive:
    """One archive of a repository: a recovery point.

    `name` is what borg is asked for; bytes in it that are no UTF-8 stand there as halves of characters, as Python has
    them. `host` is None where only the list of names was asked for. `original` is the id of the one that it was
    renamed or recreated from, where an earlier look knew that.
    """

    id: str
    name: str
    time: datetime
    host: str | None = None
    command: tuple[str, ...] = ()
    original: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveList:
    """The archives that a repository of this id listed, and how it is encrypted, in borg's words."""

    repository: str
    mode: str
    archives: tuple[BorgArchive, ...]


# {"archives": [{"archive": "one", "barchive": "one", "command_line": ["/usr/bin/borg", "create", "/r::one", "/srv"],
#  "hostname": "srv-1", "id": "bcc3…", "name": "one", "start": "2026-12-01T11:21:33.000000", "time": …}],
#  "encryption": {"mode": "repokey-blake2"}, "repository": {"id": "4e68…", "last_modified": …, "location": "/r"}}
def parse(stdout: bytes, subject: str) -> ArchiveList:
    """Return what a run of `borg list --json` listed, made with `TZ=UTC`. Raises Unreadable."""
    try:
        said: Any = json.loads(stdout)
        id, listed = said["repository"]["id"], said["archives"]
        if not isinstance(listed, list):
            raise ValueError("archives")
        archives = tuple(_archive(entry) for entry in listed)
        return ArchiveList(repository=_id(id), mode=_text(said["encryption"]["mode"]), archives=archives)
    except (ValueError, RecursionError, TypeError, KeyError, OverflowError) as error:
        raise Unreadable(f"{subject}: borg's list of archives is cut short or malformed") from error


def _archive(entry: Mapping[str, Any]) -> BorgArchive:
    host = entry.get("hostname")
    command = entry.get("command_line") or []
    if not isinstance(command, list):
        raise ValueError("command_line")
    return BorgArchive(
        id=_id(entry["id"]),
        name=_text(entry.get("barchive", entry["name"])),
        time=instant(entry["start"]),
        host=None if host is None else printable(_text(host)),
        command=tuple(printable(_text(word)) for word in command),
    )


def instant(told: Any) -> datetime:
    """Return an instant from what borg tells in UTC, with an offset or without. Raises ValueError, OverflowError."""
    read = datetime.fromisoformat(_text(told))
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def printable(text: str) -> str:
    """Return a text that can be written anywhere: half a character (\\ud800) becomes a replacement character."""
    return text if text.isascii() else text.encode(errors="surrogatepass").decode(errors="replace")


def _id(value: Any) -> str:
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        raise ValueError("id")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("a text")
    return value
