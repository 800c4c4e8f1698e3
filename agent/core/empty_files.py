"""Decide by its name and size alone whether a file holds nothing, as a dump that failed leaves it."""

from pathlib import PurePosixPath

# A stream of nothing takes 9 bytes (zstd), 13 (the same with its checksum), 14 (bzip2), 20 (gzip), 23 (lz4 at the
# most), 32 (xz), 36 (lzip) or 42 (lzop).
_PACKED = (".gz", ".tgz", ".zst", ".tzst", ".xz", ".txz", ".bz2", ".tbz2", ".lz4", ".lz", ".lzo")
_PACKED_NOTHING = 36
# Beside that, those that compress a file keep its name and a byte behind it.
_NAMED = {".gz": 20, ".tgz": 20, ".lzo": 42}


def holds_nothing(path: str, size: int) -> bool:
    """Return whether a file is empty, or one of a compressor into which nothing was written."""
    name = PurePosixPath(path)
    ending = name.suffix.lower()
    if ending not in _PACKED:
        return size == 0
    own = len(name.stem.encode(errors="surrogateescape")) + 1
    return size <= max(_PACKED_NOTHING, _NAMED[ending] + own if ending in _NAMED else 0)
