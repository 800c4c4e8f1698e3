"""What the script on a store's host answers, understood: any bytes give values or a LookError, never a guess.

An answer without its last line proves nothing: it was cut short, whatever stands in it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.core.errors import Denied, LookError, Unreadable
from agent.core.host import Output
from agent.core.lines import one_line
from agent.core.manifest import StoredFile
from agent.core.reason import Reason
from agent.hosts.store_answers import greeted

# The only names that a restic repository gives (restic's design document); whatever else lies there is only counted.
NAME = re.compile(r"config|data/([0-9a-f]{2})/\1[0-9a-f]{62}|(?:index|keys|snapshots)/[0-9a-f]{64}")
_FILE = re.compile(rb"f ([0-9]{1,18}) (-?[0-9]{1,12})(?:\.[0-9]+)? (.+)")
_END = re.compile(rb"end ([0-9]{1,12}) ([0-9]{1,18}) ([0-9]{1,12}) ([0-9]{1,12})")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNREAD = {"denied": Reason.DENIED, "gone": Reason.ABSENT, "unreadable": Reason.UNREADABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreListing:
    """Every file of a repository as its host lists them, by name; `changed` is when each was last written.

    `body` is what tells the same list next time; None: it is the same as the one that was known, and `files` is empty.
    `foreign` counts files that restic did not name. Room is in bytes and in files, `clock` is the host's own.
    """

    files: tuple[StoredFile, ...]
    changed: tuple[datetime, ...]
    body: bytes | None
    config: str | None
    locks: tuple[datetime, ...]
    foreign: int
    clock: datetime
    tool: str
    room: tuple[int, int] | None = None
    inodes: tuple[int, int] | None = None

    @property
    def bytes(self) -> int:
        """Return how much the files hold together."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class HashResult:
    """The result of hashing some files over there: those that are bad, and those that could not be read."""

    bad: tuple[str, ...]
    unread: tuple[tuple[str, Reason], ...]


# beffroi-store 1
# version 3
# tool sha256sum
# bytes 78524764 264212084              (KiB free, KiB in all)
# inodes 16352080 16777216
# config eefda9ba86347cc1284aa26c6d82657dc7dc5c7d8325f9c623275604ca84e710
# lock 1795546403
# f 352 1795546403 snapshots/4e2f621dfd2a16bf2453193f28930de56273d06f2b03b88c48a22c06a3f6148d
# x 0
# end 6 3002478 0 1795546403            (files, bytes, errors, the host's clock)
def listing(output: Output, where: str) -> StoreListing:
    """Return what an answer to `list` says; raises what kept the files from being listed, Unreadable for no answer."""
    lines = _lines(output, where)
    ends = [_END.fullmatch(line) for line in lines[-1:]]
    end = ends[0] if ends else None
    if end is None:
        raise Unreadable(f"the list of {where} is cut short", "run the same command by hand on that host")
    errors = [line for line in lines if line.startswith(b"e ")]
    if errors or int(end[3]):
        raise _error(errors[0][2:] if errors else b"", where)
    same = b"same" in lines
    body = [line for line in lines if line.startswith((b"f ", b"x "))]
    files = [_FILE.fullmatch(line) for line in body if line.startswith(b"f ")]
    named = [found for found in files if found is not None]
    total = sum(int(found[1]) for found in named)
    if len(named) != len(files) or (len(files), total) != (int(end[1]), int(end[2])):
        raise Unreadable(f"the list of {where} does not hold what its last line says")
    known = {
        found[3].decode(): (StoredFile(name=found[3].decode(), size=int(found[1])), _instant(found[2]))
        for found in named
        if NAME.fullmatch(found[3].decode(errors="replace"))
    }
    kept = [known[name] for name in sorted(known)]
    return StoreListing(
        files=tuple(file for file, _ in kept),
        changed=tuple(changed for _, changed in kept),
        body=None if same else b"".join(line + b"\n" for line in body),
        config=_config(lines),
        locks=tuple(_instant(words[1]) for words in _said(lines, b"lock", 2)),
        foreign=len(named) - len(kept),
        clock=_instant(end[4]),
        tool=_tool(lines),
        room=_pair(lines, b"bytes", 1024),
        inodes=_pair(lines, b"inodes", 1),
    )


def written_in(body: bytes) -> dict[str, datetime]:
    """Return when each file of a list that was understood before was last written, by name; others are left out."""
    files = (_FILE.fullmatch(line) for line in body.splitlines())
    return {
        found[3].decode(): _instant(found[2])
        for found in files
        if found is not None and NAME.fullmatch(found[3].decode(errors="replace"))
    }


# beffroi-store 1
# version 3
# tool sha256sum
# bad data/10/10d971f7cf20e795bee340e088812057a57c53da8f8ba5fd2a88d316f89a01ab
# unread denied index/673786ec6cf42450127af7e306749d0bd424ea3ac7416722ac7dbe75e8d2e610
# end 5 1 1                             (good, bad, could not be read)
def hashed(output: Output, names: Sequence[str], where: str) -> HashResult:
    """Return what an answer to `hash` says of these names; raises Unreadable where it does not account for each."""
    lines = _lines(output, where)
    end = re.fullmatch(rb"end ([0-9]{1,12}) ([0-9]{1,12}) ([0-9]{1,12})", lines[-1] if lines else b"")
    if end is None:
        raise Unreadable(f"the digests of {where} are cut short", "run the same command by hand on that host")
    good, bad_count, unread_count = (int(number) for number in end.groups())
    asked = set(names)
    bad = tuple(words[1].decode(errors="replace") for words in _said(lines, b"bad", 2))
    unread = tuple(
        (words[2].decode(errors="replace"), _UNREAD.get(words[1].decode(errors="replace"), Reason.UNREADABLE))
        for words in _said(lines, b"unread", 3)
    )
    told = [*bad, *(name for name, _ in unread)]
    counted = (len(bad), len(unread)) == (bad_count, unread_count)
    if not counted or len(set(told)) != len(told) or not asked.issuperset(told):
        raise Unreadable(f"the answer of {where} names files that were not requested, or one of them twice")
    if good + len(told) != len(asked):
        raise Unreadable(
            f"{where} answered for {good + len(told)} files of the {len(asked)} it was asked about",
            "see what kept the others from being hashed there",
        )
    return HashResult(bad=bad, unread=unread)


def _lines(output: Output, where: str) -> list[bytes]:
    return greeted(output, output.stdout.removesuffix(b"\n").split(b"\n"), where)


def _error(said: bytes, where: str) -> LookError:
    if b"ermission denied" in said:
        return Denied(f"a part of {where} may not be read by the account used there: {one_line(said)}")
    return Unreadable(f"a part of {where} cannot be listed: {one_line(said)}")


def _said(lines: Sequence[bytes], word: bytes, count: int) -> list[list[bytes]]:
    return [parts for line in lines if (parts := line.split(b" "))[0] == word and len(parts) == count]


def _config(lines: Sequence[bytes]) -> str | None:
    said = _said(lines, b"config", 2)
    digest = said[0][1].decode(errors="replace") if said else ""
    return digest if _SHA256.fullmatch(digest) else None


def _tool(lines: Sequence[bytes]) -> str:
    said = _said(lines, b"tool", 2)
    return one_line(said[0][1]) if said else "?"


def _pair(lines: Sequence[bytes], word: bytes, unit: int) -> tuple[int, int] | None:
    said = _said(lines, word, 3)
    numbers = said[0][1:] if said else []
    if not numbers or not all(number.isdigit() and len(number) < 17 for number in numbers):
        return None
    free, whole = (int(number) * unit for number in numbers)
    return (free, whole) if whole else None


def _instant(seconds: bytes) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable(f"{one_line(seconds)} is no date") from error
