"""What an opener is: how it knows its type, how it reads a file through, and what it may cost."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

CHUNK = 256 * 1024
# What of a file's beginning tells its type, and how much of both ends of a text is looked at.
HEAD_BYTES = 1024
# What stands at the end of the name of a file that belongs to the one beside it, which is out of date alone: SQLite's.
BESIDE = ("-wal", "-journal")
# The first line and the last one of what pg_dumpall writes.
_CLUSTER_DUMP = b"-- PostgreSQL database cluster dump"
_CLUSTER = re.compile(rb"\n" + _CLUSTER_DUMP + rb"( complete)?\r?\n")
_LONGEST_LINE = 64


class ContentKind(Enum):
    """What a file of a type holds, hence whose fault it is where it does not open.

    A DOCUMENT may have been broken at its source long ago. A DATABASE that was copied while it was in use is broken in
    the copy alone. A DUMP is a backup itself: one that was cut short is none, wherever that happened.
    """

    DOCUMENT = "document"
    DATABASE = "database"
    DUMP = "dump"


class BrokenFile(Exception):
    """Raised where a file does not open as what it is; `holds` where that turned out to be something else inside."""

    def __init__(self, why: str, holds: ContentKind | None = None) -> None:
        super().__init__(why)
        self.holds = holds


class CutFile(BrokenFile):
    """Raised where a file ends before what it is has its end."""


class Inconclusive(Exception):
    """Raised where a file could not be opened, and nothing of it by that: encrypted, too large, a missing tool."""


class OpenSeparately(Exception):
    """Raised where a file is to be opened by a process of its own, which may change it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenerProgram:
    """A program that reads a file through in place of `opens`, its standard output thrown away.

    `holds`: its standard output is what the file holds, whose both ends are given to it. Raises BrokenFile.

    `words` returns its path and arguments for a file. Raises Inconclusive. `judge` is given its status (below zero: the
    signal that killed it) and its standard error. Raises BrokenFile, Inconclusive. `threads`: it does not go on without
    threads of its own.
    """

    words: Callable[[str], Sequence[str]]
    judge: Callable[[int, bytes], None]
    threads: bool = False
    holds: "Callable[[StreamEnds], None] | None" = None


class Budget:
    """Count down what opening one file may cost. `writable`: the file is a copy that may be written to."""

    def __init__(self, *, seconds: float, bytes: int, writable: bool) -> None:
        self._ends = time.monotonic() + seconds
        self._bytes = bytes
        self.writable = writable

    @property
    def seconds(self) -> float:
        """Return what is left of the time."""
        return max(0.0, self._ends - time.monotonic())

    def spend(self, bytes: int) -> None:
        """Take what was just read into account. Raises Inconclusive where that was too much."""
        self._bytes -= bytes
        if self._bytes < 0:
            raise Inconclusive("it unpacks to more than is read")
        if self.seconds <= 0:
            raise Inconclusive("it takes longer than is waited for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """Declare a type; it is found as `OPENER` in any module of this package.

    `knows` is given a file's first HEAD_BYTES and the suffix of its name, in lower case, with its dot. `first`: it is
    asked before those that know a wider kind. `opens` reads the file through, or `program` does. Raises BrokenFile,
    Inconclusive, OpenSeparately, OSError.
    """

    kind: str
    knows: Callable[[bytes, str], bool]
    opens: Callable[[bytes, Budget], None] | None = None
    program: OpenerProgram | None = None
    holds: ContentKind = ContentKind.DOCUMENT
    first: bool = False


class Readable(Protocol):
    """What hands out bytes, a chunk at a time."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes, none at the end."""
        ...


def chunks(stream: Readable, budget: Budget) -> Iterator[bytes]:
    """Yield a stream's bytes to its end. Raises Inconclusive, and what the stream raises."""
    while chunk := stream.read(CHUNK):
        budget.spend(len(chunk))
        yield chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEnds:
    """Both ends of a stream; `in_cluster`: of what it has of dumps of PostgreSQL's clusters the last has no end."""

    head: bytes
    tail: bytes
    in_cluster: bool = False


class EndsHeard:
    """Keep both ends of what is heard piece by piece."""

    def __init__(self) -> None:
        self._head = self._tail = b""
        self._in_cluster = False

    def take(self, piece: bytes) -> None:
        """Hear some more of it."""
        if len(self._head) < HEAD_BYTES:
            self._head += piece[: HEAD_BYTES - len(self._head)]
        heard = (self._tail[-_LONGEST_LINE:] or b"\n") + piece
        for line in _CLUSTER.finditer(heard) if _CLUSTER_DUMP in heard else ():
            self._in_cluster = not line[1]
        self._tail = (self._tail + piece[-HEAD_BYTES:])[-HEAD_BYTES:]

    def ends(self) -> StreamEnds:
        """Return both ends of what was heard so far."""
        return StreamEnds(head=self._head, tail=self._tail, in_cluster=self._in_cluster)


class Buffered(Readable, Protocol):
    """What also hands out what it has, where it cannot give more."""

    def read1(self, size: int, /) -> bytes:
        """Return at most so many bytes, without waiting for all of them."""
        ...


def ends_of(stream: Buffered, budget: Budget, noted: Callable[[bytes], None] = lambda head: None) -> StreamEnds:
    """Read a stream to its end and return both of them; `noted` is told the head before anything else can go wrong."""
    head = stream.read1(HEAD_BYTES)
    noted(head)
    heard = EndsHeard()
    heard.take(head)
    for piece in chunks(stream, budget):
        heard.take(piece)
    return heard.ends()
