"""A zip archive in one form only: files stored as they are, in order, with fixed times and nothing else in it.

The same files give the same bytes anywhere, and a reader needs no more than to hold each byte to what it must be:
nothing deflated that could grow, no name that leads elsewhere, no comment, no second directory. Form: PKWARE's APPNOTE
6.3.10, sections 4.3.7, 4.3.12 and 4.3.16; any unzip reads it. No ZIP64: at most 65,535 files and 4 GiB.
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from agent.core.errors import UsageError

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99})?")
LONGEST_NAME = 201
LARGEST, MOST = 2**32 - 1, 2**16 - 1

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _FLAGS, _STORED = 20, 0, 0
_TIME, _DATE = 0, 33  # 1 January 1980, the first that the form knows
_MADE_BY = 3 << 8 | _VERSION  # Unix, so that the mode below is one
_MODE = 0o100644 << 16
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Where one file of an archive is; `at` is where its local header begins."""

    name: str
    at: int
    size: int
    crc: int

    @property
    def begins(self) -> int:
        """Return where the file's own bytes begin."""
        return self.at + _LOCAL.size + len(self.name)


class NotTheForm(Exception):
    """Raised where some bytes are no archive of this form, and where."""


class ArchiveWriter:
    """Write one archive, file after file; `close` ends it. The digest of each file is known once it is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._members: list[Member] = []
        self.digests: dict[str, str] = {}

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one file. Raises UsageError where there is more than the form can hold."""
        if not NAME.fullmatch(name) or name in self.digests:
            raise ValueError(f"not a name of this form, or there already: {name}")
        at = self._file.tell()
        blank = Member(name=name, at=at, size=0, crc=0)
        self._file.write(_local(blank))
        size, crc, digest = 0, 0, hashlib.sha256()
        for piece in pieces:
            self._file.write(piece)
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            digest.update(piece)
        if at + size > LARGEST or len(self._members) >= MOST:
            raise UsageError("the evidence of this quarter is more than one archive holds", "give --beneficiary")
        member = Member(name=name, at=at, size=size, crc=crc)
        self._file.seek(at)
        self._file.write(_local(member))
        self._file.seek(0, 2)
        self._members.append(member)
        self.digests[name] = digest.hexdigest()

    def close(self) -> None:
        """Write the directory."""
        self._file.write(_directory(self._members, self._file.tell()))


def members(file: BinaryIO, size: int) -> Mapping[str, Member]:
    """Return the files of an archive, each byte around them held to the form. Raises NotTheForm."""
    if size < _END.size:
        raise NotTheForm("it is too short to be one")
    file.seek(size - _END.size)
    end = _END.unpack(file.read(_END.size))
    count, length, at = end[4], end[5], end[6]
    if end[0] != b"PK\5\6" or at + length + _END.size != size:
        raise NotTheForm("its end is not where it should be")
    if length > count * (_CENTRAL.size + LONGEST_NAME):
        raise NotTheForm("its directory is longer than its files take")
    file.seek(at)
    directory = file.read(length)
    found = list(_entries(directory, count))
    if _directory(found, at) != directory + _END.pack(*end):
        raise NotTheForm("its directory is not in the one form")
    place = 0
    for member in found:
        file.seek(place)
        header = file.read(_LOCAL.size + len(member.name))
        if member.at != place or header != _local(member):
            raise NotTheForm(f"{member.name} is not where the directory says, or not in the one form")
        place = member.begins + member.size
    if place != at:
        raise NotTheForm("there is something between its files and its directory")
    return {member.name: member for member in found}


def pieces(file: BinaryIO, member: Member) -> Iterator[bytes]:
    """Yield the bytes of one file, some at a time. Raises NotTheForm where they are not those that were counted."""
    file.seek(member.begins)
    left, crc = member.size, 0
    while left:
        piece = file.read(min(left, _PIECE))
        if not piece:
            raise NotTheForm(f"{member.name} is cut short")
        left, crc = left - len(piece), zlib.crc32(piece, crc)
        place = file.tell()
        yield piece
        file.seek(place)
    if crc != member.crc:
        raise NotTheForm(f"{member.name} differs from the counted data")


def _entries(directory: bytes, count: int) -> Iterator[Member]:
    place, known = 0, set()
    for _ in range(count):
        if place + _CENTRAL.size > len(directory):
            raise NotTheForm("its directory is cut short")
        fields = _CENTRAL.unpack_from(directory, place)
        place += _CENTRAL.size
        name = directory[place : place + fields[10]].decode("ascii", errors="replace")
        place += fields[10]
        if not NAME.fullmatch(name) or name in known:
            raise NotTheForm(f"{name!r:.80} is no name that can be in it, or is there twice")
        known.add(name)
        yield Member(name=name, at=fields[16], size=fields[8], crc=fields[7])


def _local(member: Member) -> bytes:
    name = member.name.encode()
    header = _LOCAL.pack(
        b"PK\3\4", _VERSION, _FLAGS, _STORED, _TIME, _DATE, member.crc, member.size, member.size, len(name), 0
    )
    return header + name


def _directory(found: Iterable[Member], at: int) -> bytes:
    listed = list(found)
    written = b"".join(_central(member) for member in listed)
    if at + len(written) > LARGEST:
        raise UsageError("the evidence of this quarter is more than one archive holds", "give --beneficiary")
    return written + _END.pack(b"PK\5\6", 0, 0, len(listed), len(listed), len(written), at, 0)


def _central(member: Member) -> bytes:
    name = member.name.encode()
    header = _CENTRAL.pack(
        b"PK\1\2", _MADE_BY, _VERSION, _FLAGS, _STORED, _TIME, _DATE, member.crc, member.size, member.size,
        len(name), 0, 0, 0, 0, _MODE, member.at,
    )  # fmt: skip
    return header + name
