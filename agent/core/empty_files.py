"""Decide by its name and size alone whether a file holds nothing, as a dump that failed leaves it."""

# A stream of nothing takes 9 bytes (zstd), 13 (the same with its checksum), 14 (bzip2), 20 (gzip) or 32 (xz).
_PACKED = (".gz", ".tgz", ".zst", ".xz", ".txz", ".bz2", ".tbz2")
_PACKED_NOTHING = 32


def holds_nothing(path: str, size: int) -> bool:
    """Return whether a file is empty, or one of a compressor into which nothing was written."""
    return size <= (_PACKED_NOTHING if path.lower().endswith(_PACKED) else 0)
