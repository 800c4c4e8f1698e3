"""A zip archive, written in one form only, and read in whatever form a person's own zip program gave it.

Written: files in order, deflated, with fixed times and nothing else. Form: PKWARE's APPNOTE 6.3.10, sections 4.3.7,
4.3.12 and 4.3.16; any unzip reads it. No ZIP64: at most 65,535 files and 4 GiB. What is read may have been unpacked and
packed again: another order, other times, a folder around it, the litter of a desktop. What a file holds is what counts,
and it is read within bounds: no name that leads elsewhere, no file twice, nothing that grows out of all proportion.
"""

import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from agent.core.errors import UsageError

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99})?")
LARGEST, MOST = 2**32 - 1, 2**16 - 1
# What desktops put into folders of their own accord.
_LITTER = re.compile(r"(.*/)?(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)|__MACOSX/.*", re.DOTALL)
# Rows deflate to a thirteenth, since each has a salt; a file of zeros to a thousandth.
_MOST_GROWTH, _SMALL = 30, 1024 * 1024
_LARGEST_DIRECTORY = 16 * 1024 * 1024
# A comment at its end is as long as this at most.
_LONGEST_END = 22 + 65_535

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _FLAGS, _DEFLATED = 20, 0, 8
_TIME, _DATE = 0, 33  # 1 January 1980, the first that the form knows
_MADE_BY = 3 << 8 | _VERSION  # Unix, so that the mode below is one
_MODE = 0o100644 << 16
_PIECE = 1 << 20
# The hardest one takes twice the processor and saves a fortieth.
_LEVEL = 6


class NotTheForm(Exception):
    """Raised where some bytes are no archive that a bundle can be, and where."""


class ArchiveWriter:
    """Write one archive, file after file; `close` ends it. The digest of each file is known once it is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._directory = bytearray()
        self.digests: dict[str, str] = {}

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one file. Raises UsageError where there is more than the form can hold."""
        if not NAME.fullmatch(name) or name in self.digests:
            raise ValueError(f"not a name of this form, or there already: {name}")
        at, encoded = self._file.tell(), name.encode()
        self._file.write(bytes(_LOCAL.size) + encoded)
        size, crc, digest = 0, 0, hashlib.sha256()
        deflating = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        for piece in _joined(pieces):
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            digest.update(piece)
            self._file.write(deflating.compress(piece))
        self._file.write(deflating.flush())
        end = self._file.tell()
        if end + len(self._directory) > LARGEST - 1024 or size > LARGEST or len(self.digests) >= MOST:
            raise UsageError("the evidence of this quarter is more than one archive holds", "give --beneficiary")
        packed = end - at - _LOCAL.size - len(encoded)
        known = (_VERSION, _FLAGS, _DEFLATED, _TIME, _DATE, crc, packed, size, len(encoded))
        self._file.seek(at)
        self._file.write(_LOCAL.pack(b"PK\3\4", *known, 0))
        self._file.seek(0, 2)
        self._directory += _CENTRAL.pack(b"PK\1\2", _MADE_BY, *known, 0, 0, 0, 0, _MODE, at) + encoded
        self.digests[name] = digest.hexdigest()

    def close(self) -> None:
        """Write the directory."""
        at, count = self._file.tell(), len(self.digests)
        self._file.write(self._directory + _END.pack(b"PK\5\6", 0, 0, count, count, len(self._directory), at, 0))


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in pieces of some size: what is done with a piece costs more than a short one's bytes."""
    gathered, size = list[bytes](), 0
    for piece in pieces:
        gathered.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield b"".join(gathered)
            gathered, size = [], 0
    yield b"".join(gathered)


class ArchiveReader:
    """Read the files of one archive, each within its bounds."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        """Read which files there are. Raises NotTheForm."""
        try:
            _hold_directory(file, size)
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
            raise NotTheForm(f"its directory cannot be read: {error}") from error
        self._members = _members(self._archive.infolist(), size)

    @property
    def names(self) -> frozenset[str]:
        """Return the names of its files."""
        return frozenset(self._members)

    def size(self, name: str) -> int:
        """Return how many bytes one file has. Raises NotTheForm where it is missing."""
        return self._member(name).file_size

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one file, some at a time. Raises NotTheForm where it is missing or damaged."""
        member = self._member(name)
        try:
            with self._archive.open(member) as opened:
                while piece := opened.read(_PIECE):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise NotTheForm(f"{name} is damaged: {error}") from error

    def _member(self, name: str) -> zipfile.ZipInfo:
        if name not in self._members:
            raise NotTheForm(f"{name} is missing")
        return self._members[name]


def _hold_directory(file: BinaryIO, size: int) -> None:
    """Raise NotTheForm for a directory that is larger than one of a bundle, before it is read."""
    begins = max(0, size - _LONGEST_END)
    file.seek(begins)
    last = file.read(_LONGEST_END)
    at = len(last) - _END.size if last[-_END.size :].startswith(b"PK\5\6") else last.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(last):
        raise NotTheForm("it is no zip archive, or it is cut short")
    end = _END.unpack_from(last, at)
    # A directory of the longer form (ZIP64) would say another size than this.
    if b"PK\6\7" in last[max(0, at - 20) : at] or end[4] == MOST or end[5] > min(_LARGEST_DIRECTORY, begins + at):
        raise NotTheForm("its directory is longer than its files take")


def _members(listed: Sequence[zipfile.ZipInfo], size: int) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    _hold_apart(listed, size)
    files = [one for one in listed if not one.filename.endswith("/") and not _LITTER.fullmatch(one.filename)]
    around = _folder_around([one.filename for one in files])
    packed = grown = 0
    for one in files:
        name = one.filename.removeprefix(around)
        if not NAME.fullmatch(name) or name in found:
            raise NotTheForm(f"{name!r:.80} is no name that can be in it, or is there twice")
        if one.flag_bits & 1 or one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotTheForm(f"{name} is encrypted, or packed in a way that a bundle is not")
        packed, grown = packed + one.compress_size, grown + one.file_size
        found[name] = one
    if grown > _SMALL + _MOST_GROWTH * packed:
        raise NotTheForm("its files would grow out of all proportion")
    return found


def _hold_apart(listed: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Raise NotTheForm where two files share bytes, as bombs that need no compression do."""
    ordered = sorted(listed, key=lambda one: one.header_offset)
    begins = [one.header_offset for one in ordered[1:]]
    for one, following in zip(ordered, [*begins, size], strict=True):
        if one.header_offset + _LOCAL.size + len(one.orig_filename) + one.compress_size > following:
            raise NotTheForm(f"{one.filename!r:.80} shares its bytes with another file")


def _folder_around(names: list[str]) -> str:
    """Return the one folder that all files are in, as a person's own zip program may write it; "" for none."""
    first, slash, _ = names[0].partition("/") if names else ("", "", "")
    is_named = slash and first not in ("", ".", "..")
    return f"{first}/" if is_named and all(name.startswith(f"{first}/") for name in names) else ""
