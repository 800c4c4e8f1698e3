"""Restore what a copy's newest points hold: which points those are, what is in them, and getting it out."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from agent.core.collecting.backup_program import Node, RestoreResult
from agent.core.deadline import Deadline
from agent.core.errors import Damaged, Unreadable
from agent.core.facts.recovery_points import AHEAD, covers
from agent.core.host import Output
from agent.core.lines import last_line
from agent.core.points import Point
from agent.core.reason import Reason
from agent.restores.confinement.changes import changing_only
from agent.restores.through_links import hold_to_folders
from collectors.restic import listing
from collectors.restic.damage import TRIED_AGAIN
from collectors.restic.faults import ACCESS, reason_in
from collectors.restic.folders import folder_place
from collectors.restic.listing import instant
from collectors.restic.program import Restic
from collectors.restic.trees import top_of
from collectors.restic.words import spoken

# A million entries; a list of more than that is not held in memory.
LIST_LIMIT = 512 * 1024 * 1024
LINE_LIMIT = 1024 * 1024
SPARSE_SINCE = (0, 15, 0)
# So many lines that tell of damage are kept.
WORDS_AT_MOST = 200

# Go's os.FileMode: set-user, set-group and sticky stand elsewhere than in Unix.
_SET_USER, _SET_GROUP, _STICKY = 1 << 23, 1 << 22, 1 << 20
_BAD = re.compile(
    r"invalid data returned|ciphertext verification failed|unexpected content in file|hash mismatch"
    r"|nonce is invalid"  # a blob whose beginning is all zeros, as a lost sector reads
    r"|^(?>.*?blob ).* not found|id [0-9a-f]{1,64} not found|^(?>.*?tree ).* could not be loaded"
    r"|^(?>.*?pack [0-9a-f]{1,64} ).*(does not exist|not found)",
    re.IGNORECASE | re.MULTILINE,
)
# A pack that is gone or cut short; one that a prune takes away while it is read is gone as well.
_PACK_GONE = re.compile(
    r"^(?>.*?Load\(<data/[0-9a-f]{1,64}>).*(file is too short|no such file|does not exist)",
    re.IGNORECASE | re.MULTILINE,
)
# What 0.14 ends with once it has tried to read a pack ten times: the cause, then what it was doing.
_GIVEN_UP = re.compile(r"^(.+)\nReadFull\(<data/[0-9a-f]+>\)$", re.MULTILINE)
_GONE = re.compile(r"(?:no such file or directory|does not exist)$")
# Its words for a pack that is cut short. A broken link may end a stream so, too: they count on the agent's own disk.
_SHORT = frozenset({"EOF", "unexpected EOF"})
# The restoring side's own disk: nothing is wrong with the copy.
_FULL = re.compile(r"no space left on device|disk quota exceeded|file too large|read-only file system", re.IGNORECASE)
# restic's documentation, «Scripting»: 2 is an error of Go's runtime, 130 an end by a signal, as a shell tells one too.
_CRASHED, _SIGNALLED = frozenset({2}), 128
# Lines that name a restored file, whose name may say anything.
_OF_A_FILE = ("ignoring error for /", "error: /")
_UNEXPECTED = re.compile(r"^(?>.*?unexpected content in file ).*, starting at offset \d{1,20}$", re.IGNORECASE)


def own_points(restic: Restic, now: datetime) -> tuple[Point, ...]:
    """Return the points of the copy's machine that are not empty and not of the future, newest first."""
    output = restic.ask("snapshots", "--json")
    copy = restic.copy
    own = [
        point
        for point in listing.parse(output.stdout, output.stderr, copy.subject).points
        if point.host == copy.snapshot_host and not point.is_empty and point.time - now <= AHEAD
    ]
    return tuple(sorted(own, key=lambda point: point.time, reverse=True))


def beyond(point: Point, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the paths to restore of a point that holds more than the source, all of it where that is nothing more.

    What is not the source's may be another body's personal data: it stays where it is.
    """
    if all(any(within(own, path) for path in paths) for own in point.paths):
        return ()
    return tuple(path for path in paths if covers(point, path))


def source_nodes(restic: Restic, point: Point) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Return what a point holds of the copy's source, and the paths to ask for where it holds more than that."""
    only = beyond(point, restic.copy.paths)
    held = nodes(restic, point)
    if holds_less(point, held):
        message = f"{restic.copy.subject}: point {point.id[:8]} was repaired, and holds less than when it was made"
        raise Damaged(message, "make a backup, which holds all of it again")
    if only:
        return tuple(node for node in held if any(within(node.path, path) for path in only)), only
    return tuple(held), ()


def holds_less(point: Point, held: Iterable[Node]) -> bool:
    """Return whether a point that came from another one has less than its summary tells, as one that was repaired."""
    if point.original is None or point.bytes is None:
        return False
    return sum(node.size for node in held if node.type == "file") < point.bytes


def within(path: str, folder: str) -> bool:
    """Return whether a path is a folder, or lies below it."""
    folder = folder.rstrip("/")
    return path == folder or path.startswith(f"{folder}/")


def nodes(restic: Restic, point: Point) -> list[Node]:
    """Return every entry of a point that belongs to the copy's source, folders before what they hold.

    A point that would be restored to elsewhere is refused before anything of it is. Raises what Restic.ask raises,
    Unreadable, and Damaged where the copy itself is at fault for it.
    """
    place = folder_place(restic.copy.repository)
    on_disk = place is not None and place.far is None
    output, reader = _listed(restic, point)
    if tree_is_bad(output, on_disk=on_disk):  # a prune may have taken away what the index of a moment ago named
        output, reader = _listed(restic, point)
    if output.status != 0 and not output.truncated:
        if tree_is_bad(output, on_disk=on_disk):
            # restic's own words may name a folder of the source, which must not be kept.
            message = f"{restic.copy.subject}: what point {point.id[:8]} holds cannot be listed, since it is damaged"
            raise Damaged(message, "find the damage: beffroi verify --all")
        raise restic.error(output)
    found = reader.all(output)
    hold_to_folders(found, f"{restic.copy.subject}: point {point.id[:8]}")
    return found


def _listed(restic: Restic, point: Point) -> "tuple[Output, _Reader]":
    reader = _Reader(restic.copy.subject)
    return restic.run("ls", "--json", point.id, output_limit=LIST_LIMIT, hear=reader.take), reader


def tree_is_bad(output: Output, *, on_disk: bool) -> bool:
    """Return whether restic could not list a point because its tree, or an index, is not what it should be. Pure.

    `on_disk`: the repository is a folder of this machine, where nothing but a short file ends a read early.
    """
    if output.status == 0 or output.truncated:
        return False
    words = spoken(output.stderr)
    lines = words.split("\n")
    # A read that failed and was tried again may have gone well.
    last = [line for line in lines if TRIED_AGAIN not in line]
    bad = any(_BAD.search(line) or _PACK_GONE.search(line) for line in last)
    given_up = _GIVEN_UP.search("\n".join(last))
    if given_up is not None:
        bad = bad or _GONE.search(given_up[1]) is not None or (on_disk and given_up[1] in _SHORT)
    return bad and not any(reason_in(line) in ACCESS for line in lines)


def parse(output: Output, subject: str) -> list[Node]:
    """Return the entries that `restic ls --json` lists. Raises Unreadable for what is no such list."""
    reader = _Reader(subject)
    reader.take(output.stdout)
    return reader.all(output)


class _Reader:
    """Read a list as it comes: the text of a large one would take more memory than what it says."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._nodes: list[Node] = []
        self._rest = b""
        self._wrong = ""
        self._numbers: dict[int, int] = {}

    def take(self, chunk: bytes) -> None:
        """Read some more of it; what is wrong with it is told at its end, after whatever restic says of that."""
        if self._wrong:
            return
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._line(line)
        if len(self._rest) > LINE_LIMIT:
            self._wrong = "is none: one line goes on and on"

    def all(self, output: Output) -> list[Node]:
        """Return what it held. Raises Unreadable where it was cut short."""
        if output.truncated:
            raise Unreadable(f"{self._subject}: a point holds more entries than can be compared")
        self._line(self._rest)
        if self._wrong:
            raise Unreadable(f"{self._subject}: restic's list of files {self._wrong}")
        return self._nodes

    # {"name":"a","type":"file","path":"/srv/a","uid":0,"gid":0,"size":3,"mode":420,"mtime":"2026-11-24T19:15:55.96Z",…,
    #  "inode":11314661,"message_type":"node","struct_type":"node"}
    def _line(self, line: bytes) -> None:
        if self._wrong or not line.strip():
            return
        try:
            told: Any = json.loads(line)
            if told.get("type") is not None and told.get("path") is not None:
                self._nodes.append(_node(told, self._numbers))
        except (ValueError, RecursionError, TypeError, AttributeError, KeyError):
            self._wrong = "is cut short or is none"


def _node(told: dict[str, Any], numbers: dict[int, int]) -> Node:
    """Return an entry; `numbers` holds those that many entries share, so that each is there once."""
    path, kind = told["path"], told["type"]
    if not isinstance(path, str) or not isinstance(kind, str) or not path.startswith("/") or "\0" in path:
        raise ValueError("path")
    if ".." in path.split("/"):
        raise ValueError("path")
    mode = _number(told, "mode")
    owner, group = _number(told, "uid"), _number(told, "gid")
    special = (mode & _SET_USER and 0o4000) | (mode & _SET_GROUP and 0o2000) | (mode & _STICKY and 0o1000)
    try:
        modified = instant(told.get("mtime"))
    except ValueError:
        modified = None
    return Node(
        path=path if path.isascii() else path.encode(errors="surrogatepass").decode(errors="replace"),
        type=sys.intern(kind),
        mode=numbers.setdefault(mode & 0o777 | special, mode & 0o777 | special),
        uid=numbers.setdefault(owner, owner),
        gid=numbers.setdefault(group, group),
        size=_number(told, "size"),
        modified=modified,
        inode=_number(told, "inode"),
    )


def _number(told: dict[str, Any], key: str) -> int:
    value = told.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**64:
        raise ValueError(key)
    return value


def restore(
    restic: Restic,
    point: Point,
    folder: Path,
    *,
    only: Iterable[str] = (),
    timeout: timedelta = timedelta(hours=48),
    shown: str | None = None,
) -> RestoreResult:
    """Restore a point, or the files of it that are named, into a folder; every byte is read back from there.

    `only` are paths within the point; `shown` is the command as evidence may show it, where those may not be.

    Raises ToolMissing, Denied, TimedOut, Stopped, Unreadable.
    """
    argv = ["restore", point.id, "--target", str(folder), "--verify"]
    if restic.version >= SPARSE_SINCE:
        argv.append("--sparse")
    for path in only:
        argv += ["--include", escaped(path)]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    patient = replace(restic, deadline=Deadline(timeout), before=changing_only(folder, restic.folder))
    output = patient.run(*argv, shown=shown)
    return outcome(output)


def outcome(output: Output) -> RestoreResult:
    """Return how a run of `restic restore --verify` ended, from its words."""
    if output.status == 0:
        return RestoreResult(took=output.duration)
    said = last_line(output.stderr)
    printed = spoken(output.stderr).split("\n")
    lines = [_beside_names(line) for line in printed]
    reasons = [reason for line in lines if (reason := reason_in(line)) in ACCESS and reason is not Reason.DENIED]
    if reasons:
        return RestoreResult(took=output.duration, hindered=reasons[0], said=said)
    if any(_FULL.search(line) for line in lines):
        return RestoreResult(took=output.duration, hindered=Reason.NO_ROOM, said=said)
    if output.truncated or output.status in _CRASHED or not 0 <= output.status < _SIGNALLED:
        return RestoreResult(took=output.duration, hindered=Reason.EXITED, cut=True, said=said)
    bad = tuple(whole for whole, line in zip(printed, lines, strict=True) if _BAD.search(line))
    if bad:
        return RestoreResult(took=output.duration, damaged=True, words=bad[:WORDS_AT_MOST], said=said)
    return RestoreResult(took=output.duration, hindered=Reason.EXITED, said=said)


def _beside_names(line: str) -> str:
    """Return what a line of restic says of a file, without the file's name."""
    if not line.startswith(_OF_A_FILE):
        return line
    return "unexpected content in file" if _UNEXPECTED.search(line) else line.rpartition(": ")[2]


def escaped(path: str) -> str:
    """Return a pattern of restic that means this path and no other."""
    return re.sub(r"([\\*?\[\]])", r"\\\1", path)


def prefixes(top: Iterable[str], paths: Sequence[str]) -> dict[str, str]:
    """Return, for each name at the top of a point's tree, the live folder that it hangs in; `` is the root.

    A backup made with a relative path hangs its folders at the top.
    """
    found: dict[str, str] = {}
    for name in top:
        for path in paths:
            parts = PurePosixPath(path).parts[1:]
            if name in parts:
                at = 0 if parts[0] == name else parts.index(name)
                found[name] = "".join(f"/{part}" for part in parts[:at])
                break
        else:
            if len(paths) == 1:
                found[name] = paths[0].rstrip("/")
    return found


def live_prefixes(restic: Restic, point: Point) -> dict[str, str]:
    """Return where the names at the top of a point lie in the live source."""
    return prefixes(top_of(restic, point), point.paths)
