"""What the store program answers to `tree` and `sums`, understood: any bytes give values or a LookError, never a guess.

An answer without its last line proves nothing: it was cut short, whatever stands in it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from agent.core.errors import Unreadable
from agent.core.host import Output
from agent.core.lines import one_line
from agent.core.reason import Reason
from agent.hosts.store_answers import greeted

# Folders within folders make paths longer than a program may name (limits.h, PATH_MAX), and none is as long as this.
LONGEST_LINE = 1024 * 1024
# Each becomes a kilobyte of values; beside them a name with a line break is a line as well.
MOST_FILES = 500_000
MOST_LINES = 2 * MOST_FILES
# The program says no more of them.
MOST_COMPLAINTS = 50
# Each line of a body at once: line by line takes half as long again.
_FILES = re.compile(
    rb"^f ([0-9]{1,18}) (-?[0-9]{1,12})(?:\.[0-9]+)? (-?[0-9]{1,12})(?:\.[0-9]+)?"
    rb" [0-9]{1,20} ([0-9]{1,18}) (?:\./)?(.+)$",
    re.MULTILINE,
)
_ENDED, _ODD = re.compile(rb"^x (.*)$", re.MULTILINE), re.compile(rb"^o$", re.MULTILINE)
_COUNTS = re.compile(rb"n ([0-9]{1,12}) ([0-9]{1,18}) ([01])")
_SUM = re.compile(rb"(\\?)([0-9a-f]{64}) [ *]?\./(.+)", re.DOTALL)
_UNREAD = {b"denied": Reason.DENIED, b"gone": Reason.ABSENT, b"unreadable": Reason.UNREADABLE}
# find: './lost+found': Permission denied        (GNU; busybox has no quotes)
_COMPLAINT = re.compile(r"find: (?:'\./([ -&(-~]+)'|\./([ -&(-9;-~]+)): [A-Z][A-Za-z/ ]+")
_ESCAPED = re.compile(rb"\\(.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFile:
    """One file of a folder. `path` is below it, bytes that are no UTF-8 escaped as Python does.

    `written` and `changed` are its modification and status change times in seconds since 1970, by the host's clock;
    `room` is what it takes on the disk, in bytes.
    """

    path: str
    size: int
    written: int
    changed: int
    room: int

    @property
    def shown(self) -> str:
        """Return the path as text that can be kept and shown."""
        if self.path.isascii():
            return self.path
        return self.path.encode(errors="surrogateescape").decode(errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """Every file of a folder as its host lists them; `body` is what tells the same list next time.

    `body` None: it is the one that was known. `wrong` are complaints on parts that could not be listed, the first of
    them, `complaints` their number. `odd` counts names with a line break, which are not listed. `free_bytes` and
    `free_inodes` None: not told. `clock` is the host's own, in seconds since 1970.
    """

    files: tuple[FolderFile, ...]
    body: bytes | None
    wrong: tuple[str, ...]
    complaints: int
    odd: int
    clock: int
    tool: str
    free_bytes: int | None = None
    free_inodes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSums:
    """The digests of some files by their paths, and why others could not be read."""

    digests: Mapping[str, str]
    unread: Mapping[str, Reason]


# beffroi-store 1
# version 5
# tool sha256sum
# bytes 29062652 264212084              (KiB free, KiB in all)
# inodes 15888769 16777216
# f 352 1795546403 1795546403 15010071 8 erp/erp-2026-11-30.vbk
#                                       (bytes, written, changed, number, blocks of 512 bytes, path)
# o                                     (a name with a line break)
# x 1                                   (find's exit code)
# n 1 352 1                             (files, bytes, listed to the end)
# e find: './paie': Permission denied
# c 1                                   (complaints)
# end 1795546403                        (the host's clock)
def tree(output: Output, where: str, known: bytes | None = None) -> FolderListing:
    """Return what an answer to `tree` says; `known` is the body that the question named. Raises a LookError."""
    if max(output.stdout.count(b"\nf "), (known or b"").count(b"\nf ")) > MOST_FILES:
        raise Unreadable(f"{where} holds more files than can be listed ({MOST_FILES})")
    lines = _lines(output, where, MOST_LINES)
    end = re.fullmatch(rb"end (?:0 0 )?([0-9]{1,12})", lines[-1] if lines else b"")
    if end is None:
        raise Unreadable(f"the list of {where} is cut short", "run the same command by hand on that host")
    same = b"same" in lines
    if same and known is None:
        raise Unreadable(f"{where} says that its list is the one known here, and none is")
    told_now = [line for line in lines if line[:2] in (b"f ", b"x ") or line == b"o"]
    if max(map(len, told_now), default=0) > LONGEST_LINE:
        raise Unreadable(f"the list of {where} names a path of more than {LONGEST_LINE} bytes")
    body = b"".join(line + b"\n" for line in told_now) + ((known or b"") if same else b"")
    files = read_body(body)
    ended = _ENDED.findall(body)
    whole = bool({b"0", b"1"}.intersection(ended))
    counts = next((match for line in lines if (match := _COUNTS.fullmatch(line)) is not None), None)
    told = (len(files), sum(file.size for file in files))
    if not whole or (not same and (counts is None or counts[3] == b"0" or told != (int(counts[1]), int(counts[2])))):
        raise Unreadable(f"the list of {where} is cut short", "run the same command by hand on that host")
    wrong = (line for line in lines if line.startswith(b"e "))
    return FolderListing(
        files=files,
        body=None if same else body,
        wrong=tuple(one_line(line[2:]) for line in islice(wrong, MOST_COMPLAINTS)),
        complaints=_complaints(lines, ended),
        odd=len(_ODD.findall(body)),
        clock=int(end[1]),
        tool=one_line(next((line[5:] for line in lines if line.startswith(b"tool ")), b"?")),
        free_bytes=_free(lines, b"bytes", 1024),
        free_inodes=_free(lines, b"inodes", 1),
    )


def hidden_in(listing: FolderListing) -> Callable[[str], bool]:
    """Return what tells whether a path may be there although it is not listed: a complaint names it or what it is in.

    A complaint that is not understood, or was not told, may be about any of them.
    """
    found = [_COMPLAINT.fullmatch(line) for line in listing.wrong]
    parts = frozenset(" ".join((match[1] or match[2]).split()) for match in found if match is not None)
    if len(found) < listing.complaints or None in found:
        return lambda path: True

    def hidden(path: str) -> bool:
        shown = " ".join(path.split())
        return shown in parts or any(shown[:at] in parts for at, one in enumerate(shown) if one == "/")

    return hidden


def read_body(body: bytes) -> tuple[FolderFile, ...]:
    """Return the files that the body of a list names; what is no line of one is left out."""
    return tuple(
        FolderFile(
            path=path.decode(errors="surrogateescape"),
            size=int(size),
            written=int(written),
            changed=int(changed),
            room=512 * int(blocks),
        )
        for size, written, changed, blocks, path in _FILES.findall(body)
    )


def body_of(files: Iterable[FolderFile]) -> bytes:
    """Return files as the body of a list, to be read again."""
    lines = (f"f {one.size} {one.written} {one.changed} 0 {one.room // 512} {one.path}\n" for one in files)
    return "".join(lines).encode(errors="surrogateescape")


def _complaints(lines: Sequence[bytes], ended: Sequence[bytes]) -> int:
    said = [line.split(b" ")[1] for line in lines if re.fullmatch(rb"c [0-9]{1,9}", line)]
    # One that is known already does not complain again; its exit code is kept.
    return int(said[0]) if said else ended.count(b"1")


# beffroi-store 1
# version 5
# tool sha256sum
# 87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7  ./erp/erp-2026-11-30.vbk
# unread denied paie/dump.sql
# end 2                                 (lines)
def sums(output: Output, asked: Iterable[str], where: str) -> FolderSums:
    """Return what an answer to `sums` says of these paths; one that it leaves out is unread. Raises a LookError."""
    wanted = set(asked)
    lines = _lines(output, where, 2 * len(wanted) + MOST_COMPLAINTS)
    if re.fullmatch(rb"end [0-9]{1,12}", lines[-1] if lines else b"") is None:
        raise Unreadable(f"the digests of {where} are cut short", "run the same command by hand on that host")
    digests: dict[str, str] = {}
    unread: dict[str, Reason] = {}
    for line in lines:
        if (found := _SUM.fullmatch(line)) is not None:
            path = _unescaped(found[3]) if found[1] else found[3]
            digests[path.decode(errors="surrogateescape")] = found[2].decode()
        elif line.startswith(b"unread "):
            reason, _, path = line[7:].partition(b" ")
            unread[path.decode(errors="surrogateescape")] = _UNREAD.get(reason, Reason.UNREADABLE)
    if not wanted.issuperset(digests) or not wanted.issuperset(unread):
        raise Unreadable(f"the answer of {where} names files that were not requested")
    left_out = dict.fromkeys(wanted - digests.keys(), Reason.UNREADABLE)
    return FolderSums(digests=digests, unread={**left_out, **unread})


def _unescaped(path: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: {b"n": b"\n", b"r": b"\r"}.get(found[1], found[1]), path)


def _lines(output: Output, where: str, most: int) -> list[bytes]:
    if output.stdout.count(b"\n") > most:
        raise Unreadable(f"{where} says more than it may: more than {most} lines")
    # What stands behind the last line break was cut.
    *lines, _ = output.stdout.split(b"\n")
    return greeted(output, lines, where)


def _free(lines: Sequence[bytes], word: bytes, unit: int) -> int | None:
    said = next((line.split(b" ") for line in lines if line.startswith(word + b" ")), [])
    numbers = said[1:]
    if len(numbers) != 2 or not all(number.isdigit() and len(number) < 17 for number in numbers):
        return None
    free, whole = (int(number) * unit for number in numbers)
    return free if whole else None
