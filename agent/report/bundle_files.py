"""Read the files of a bundle: whole, by its digest, line after line, or as a list of digests."""

import hashlib
import re
from collections.abc import Iterator

from agent.report import bundle
from agent.report.archive import ArchiveReader, NotTheForm

_LISTED = re.compile(rb"([0-9a-f]{64})  ([A-Za-z0-9_./-]{1,200})")
# What is read whole: everything but days, tail, payloads and the table, which go by line after line.
LARGEST_WHOLE = 64 * 1024 * 1024
# A payload is one line; the largest are lists of a store's files.
LONGEST_LINE = 256 * 1024 * 1024


class BundleFiles:
    """Read the files of one archive."""

    def __init__(self, archive: ArchiveReader) -> None:
        self._archive = archive
        self.names = archive.names

    def whole(self, name: str) -> bytes:
        """Return one file. Raises NotTheForm where it is missing or out of all proportion."""
        if self._archive.size(name) > LARGEST_WHOLE:
            raise NotTheForm(f"{name} is too large")
        return b"".join(self._archive.pieces(name))

    def digest(self, name: str) -> str:
        """Return the SHA-256 of one file."""
        digest = hashlib.sha256()
        for piece in self._archive.pieces(name):
            digest.update(piece)
        return digest.hexdigest()

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of one file, each without its line feed."""
        left: list[bytes] = []
        for piece in self._archive.pieces(name):
            first, *rest = piece.split(b"\n")
            left.append(first)
            if sum(map(len, left)) > LONGEST_LINE:
                raise NotTheForm(f"{name} holds a line that is too long")
            if rest:
                yield b"".join(left)
                yield from rest[:-1]
                left = [rest[-1]]
        if any(left):
            raise NotTheForm(f"{name} does not end with a line")

    def listed(self, name: str) -> dict[str, str]:
        """Return the digests that a file lists, by name, in its order; documents apart. Raises NotTheForm."""
        listed: dict[str, str] = {}
        for line in self.whole(name).splitlines():
            if name == bundle.MANIFEST and line.startswith(bundle.DOCUMENT.encode()):
                continue
            entry = _LISTED.fullmatch(line)
            if entry is None or entry[2].decode() in listed:
                raise NotTheForm(f"{name} is no list of digests")
            listed[entry[2].decode()] = entry[1].decode()
        return listed
