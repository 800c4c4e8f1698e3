"""Read digests, sizes and types of a backup's live source, here or over SSH; never a content.

Over SSH one question asks about many files: python3 tells most; where there is none, `sh`, `stat`, `xargs` and one of
sha256sum, openssl and busybox tell contents and dates. Paths go as data, over standard input.
"""

import inspect
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from importlib import resources
from typing import NamedTuple

from agent.core.deadline import within
from agent.core.errors import Exited, LookError, ToolMissing, Unreadable
from agent.core.host import Host
from agent.core.lines import last_line, one_line
from agent.hosts import live_files_program

# What a question may take beside its time for being asked at all.
SLOWEST_BYTES_PER_SECOND = 4 * 1024 * 1024
LONGEST_LINE = 256
# A file of this machine that is no longer is told by its bytes: comparing them costs less than two digests.
SHORT = 4096
NO_TOOL = 127

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_PROGRAM = inspect.getsource(live_files_program)
# xargs leaves standard input to no one, and gives each `sh` whole groups of four.
_SHELL = """
has() { command -v "$1" >/dev/null 2>&1; }
has stat && has xargs && { has sha256sum || has openssl || has busybox; } || exit 127
gently=
! has nice || gently='nice -n 19'
$gently xargs -0 -n 40 sh -c "$1" sh || exit
echo "end $2"
"""
_THERE = re.compile(r"there ([0-9a-f]{64}) ([0-9a-f]{64}|-) (sparse|full|-)")


def microseconds(date: datetime) -> int:
    """Return a date in microseconds since the epoch: as far as dates are told."""
    return (date - _EPOCH) // _MICROSECOND


def counted() -> tuple[str, ...]:
    """Return which extended attributes count, by the beginnings of their names: only root gets the others back."""
    own = ("user.",)
    return (*own, "system.posix_acl_", "security.capability") if os.geteuid() == 0 else own


class LiveComparison(Enum):
    """How a live file stands to what a point says of it."""

    THERE = "there"
    CHANGED = "changed"
    GONE = "gone"
    DENIED = "denied"
    UNREADABLE = "unreadable"


class FileQuery(NamedTuple):
    """Ask about one file or symbolic link: whether it is still of this size and date, and what it then holds.

    `modified` is in microseconds since the epoch; None: any date will do.
    """

    path: bytes
    type: str
    size: int
    modified: int | None


class FileDigest(NamedTuple):
    """What one file is: the SHA-256 of its content, or of where it points; empty where it was not read.

    The content of a short file of this machine is its bytes themselves, as `content_of` returns them.
    `attributes` is the SHA-256 of those that count, `sparse` whether it has holes; None: that could not be told there.
    """

    standing: LiveComparison
    content: str | bytes = ""
    attributes: str | None = None
    sparse: bool | None = None


Eye = Callable[[Sequence[FileQuery]], Sequence[FileDigest]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Reach a point's live source.

    `folders` are those in which the names at the point's top hang; `eye` raises a LookError where it sees nothing.
    """

    folders: Mapping[str, str]
    eye: Eye

    def path_of(self, path: bytes) -> bytes | None:
        """Return where an entry of the point lies in the source; None where that is not known."""
        folder = self.folders.get(os.fsdecode(path.split(b"/", 2)[1]))
        return None if folder is None else os.fsencode(folder) + path

    def __bool__(self) -> bool:
        """Return whether there is a source to look at."""
        return bool(self.folders)


def allowed(wanted: Sequence[FileQuery], timeout: timedelta) -> timedelta:
    """Return what looking at so many bytes may take; `timeout` is what one mute thing may cost."""
    size = sum(one.size for one in wanted if one.type == "file")
    return timeout + timedelta(seconds=size / SLOWEST_BYTES_PER_SECOND)


def content_of(descriptor: int, size: int) -> str | bytes:
    """Return the bytes of an open file of this size where it is short, else its SHA-256."""
    return os.read(descriptor, size + 1) if size <= SHORT else live_files_program.digest_of(descriptor, size)


class Once:
    """Look until something is lost; what was lost is not waited for again: its error is raised anew."""

    def __init__(self, eye: Eye) -> None:
        self._eye = eye
        self._lost: LookError | None = None

    def __call__(self, wanted: Sequence[FileQuery]) -> Sequence[FileDigest]:
        """Return what each file is. Raises a LookError, Stopped."""
        if self._lost is not None:
            raise self._lost
        try:
            return self._eye(wanted)
        except LookError as error:
            self._lost = error
            raise


def near(timeout: timedelta) -> Eye:
    """Return what looks at files of the agent's own machine; a disk that hangs costs its time and no more."""

    def look(wanted: Sequence[FileQuery]) -> Sequence[FileDigest]:
        names = counted()
        return [_seen(live_files_program.look(*one, names, content_of)) for one in wanted]

    return Once(lambda wanted: within(allowed(wanted, timeout), "the live source", lambda: look(wanted)))


def away(host: Callable[[], Host], timeout: timedelta) -> Eye:
    """Return what looks at files of a machine behind SSH; `host` opens its door."""
    return Once(_Away(host, timeout))


class _Away:
    def __init__(self, host: Callable[[], Host], timeout: timedelta) -> None:
        self._host = host
        self._timeout = timeout
        self._shell = False

    def __call__(self, wanted: Sequence[FileQuery]) -> Sequence[FileDigest]:
        timeout = allowed(wanted, self._timeout)
        if not self._shell:
            try:
                return self._by_python(wanted, timeout)
            except ToolMissing:
                self._shell = True
        return self._by_shell(wanted, timeout)

    def _by_python(self, wanted: Sequence[FileQuery], timeout: timedelta) -> Sequence[FileDigest]:
        stdin = _fields(wanted, str)
        argv = ("python3", "-I", "-c", _PROGRAM, ",".join(counted()))
        return self._answer(wanted, argv, stdin, timeout)

    def _by_shell(self, wanted: Sequence[FileQuery], timeout: timedelta) -> Sequence[FileDigest]:
        stdin = _fields(wanted, _in_seconds)
        script = resources.files("agent.hosts").joinpath("live.sh").read_text()
        return self._answer(wanted, ("sh", "-c", _SHELL, "sh", script, str(len(wanted))), stdin, timeout)

    def _answer(
        self, wanted: Sequence[FileQuery], argv: Sequence[str], stdin: bytes, timeout: timedelta
    ) -> Sequence[FileDigest]:
        shown = f"{argv[0]}: digests of {len(wanted)} live files"
        limit = LONGEST_LINE * (len(wanted) + 64)
        host = self._host()
        output = host.run(*argv, timeout=timeout, stdin=stdin, accept=None, output_limit=limit, shown=shown)
        if argv[0] == "sh" and output.status == NO_TOOL:
            raise ToolMissing(
                f"{host.id} has nothing to hash its files with",
                "install python3 there, or stat, xargs and one of sha256sum, openssl and busybox",
            )
        if output.status != 0:
            raise Exited(f"{host.id} could not look at its files: {last_line(output.stderr) or 'no reason given'}")
        return parse(output.stdout, len(wanted), host.id)


# there 9f86d0…0a08 e3b0c4…b855 full
# changed
# end 2
def parse(said: bytes, asked: int, host: str) -> tuple[FileDigest, ...]:
    """Return what a machine says of so many files; raises Unreadable for an answer that does not account for each."""
    *lines, end = said.decode(errors="replace").splitlines() or [""]
    if end != f"end {asked}" or len(lines) != asked:
        raise Unreadable(f"{host} does not answer for each of the {asked} files asked about: {one_line(said[-200:])}")
    try:
        return tuple(_understood(line) for line in lines)
    except ValueError as error:
        raise Unreadable(f"{host} gives an unknown answer about a file: {one_line(said[:200])}") from error


def _understood(line: str) -> FileDigest:
    words = line.split(" ")
    if _THERE.fullmatch(line) is None and (len(words) != 1 or line == LiveComparison.THERE.value):
        raise ValueError(line)
    return _seen(words)


def _seen(words: Sequence[str]) -> FileDigest:
    if len(words) == 1:
        return FileDigest(LiveComparison(words[0]))
    _, content, attributes, holes = words
    named = None if attributes == "-" else attributes
    return FileDigest(LiveComparison.THERE, content, named, None if holes == "-" else holes == "sparse")


def _in_seconds(microseconds: int) -> str:
    seconds, rest = divmod(microseconds, 1_000_000)
    return f"{seconds}.{rest:06d}"


def _fields(wanted: Sequence[FileQuery], dated: Callable[[int], str]) -> bytes:
    found = bytearray()
    for one in wanted:
        date = "-" if one.modified is None else dated(one.modified)
        found += b"%s\0%d\0%s\0%s\0" % (one.type.encode(), one.size, date.encode(), one.path)
    return bytes(found)
