"""Decide by its name and size alone whether a file holds nothing, as a dump that failed leaves it."""

from pathlib import PurePosixPath

# A stream of nothing takes 1 byte (brotli), 3 (compress), 9 (zstd), 13 (the same with its checksum), 14 (bzip2), 20
# (gzip), 23 (lz4 at the most, lzma), 32 (xz), 36 (lzip) or 42 (lzop).
_PACKED_NOTHING = 36
# By ending, what an archive (`tar`) of no file takes at the most, as of a folder that is not there. One that holds a
# file, or an empty folder, takes more.
_PACKED_ARCHIVE = {
    ".gz": 80,
    ".bz2": 46,
    ".xz": 116,
    ".zst": _PACKED_NOTHING,
    ".lz4": 70,
    ".lz": 76,
    ".lzo": 122,
    ".lzma": 63,
    ".br": _PACKED_NOTHING,
    ".z": _PACKED_NOTHING,
}
_ARCHIVE_ENDINGS = {".tgz": ".gz", ".tbz2": ".bz2", ".txz": ".xz", ".tzst": ".zst"}
# Beside the sizes of a stream and of an archive, those that compress a file keep its name and a byte behind it.
_NAMED = {".gz": (20, 45), ".lzo": (42, 114)}
# What restic and borg call what is piped into them by themselves, whatever it is.
_PIPED = "stdin"


def holds_nothing(path: str, size: int) -> bool:
    """Return whether a file is empty, or a compressed stream of nothing or of an archive of nothing."""
    name = PurePosixPath(path)
    if name.name == _PIPED:
        return size <= _PACKED_NOTHING
    ending = name.suffix.lower()
    packed = _ARCHIVE_ENDINGS.get(ending, ending)
    if packed not in _PACKED_ARCHIVE:
        return size == 0
    is_archive = packed != ending or PurePosixPath(name.stem).suffix.lower() == ".tar"
    own = len(name.stem.encode(errors="surrogateescape")) + 1
    named = _NAMED[packed][is_archive] + own if packed in _NAMED else 0
    return size <= max(_PACKED_ARCHIVE[packed] if is_archive else _PACKED_NOTHING, named)
