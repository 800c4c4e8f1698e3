"""See in archived WAL whether it goes on where a recovery ended. Pure, but for the reading that is given.

A segment is archived once it is full: its last record may go on in the next one, which is not there yet, and is then
not replayed. Each page that such a record goes on over says so, and how much of it is left. One that ends before the
end of what is archived and was not replayed is not what was written.

https://github.com/postgres/postgres/blob/master/src/include/access/xlog_internal.h (XLogPageHeaderData)
"""

import struct
from collections.abc import Callable

_SHORT, _LONG = 24, 40
# Within the long header, which every segment begins with: the size of its pages.
_PAGE_SIZE = struct.Struct("<I")
_PAGE_SIZE_AT = 36
_USUAL_PAGE = 8192
_PAGES = tuple(1 << power for power in range(10, 17))
# A page's header: magic, flags, timeline, its own position, and how much is left of a record that began before it.
_HEADER = struct.Struct("<HHIQI")
_GOES_ON = 1  # XLP_FIRST_IS_CONTRECORD
# A record begins with its length (xlogrecord.h, XLogRecord), header included.
_LENGTH = struct.Struct("<I")
_SHORTEST = 24

# Return so many bytes of WAL from a position on; fewer where there are no more.
Read = Callable[[int, int], bytes]


def goes_on(read: Read, replayed: int, end: int, size: int) -> bool:
    """Return whether WAL goes on after a position, but for a record that leads beyond `end`, in segments of a size.

    Zeros in place of a record are no end: a segment that is ended early has a record that reaches to its end.
    """
    if replayed >= end:
        return False
    page = _page(read, replayed - replayed % size)
    first = replayed - replayed % page
    if not _is_header(read, first):
        return True
    begins = first + _header(first, size) if replayed == first else replayed
    (length,) = _LENGTH.unpack(read(begins, _LENGTH.size).ljust(_LENGTH.size, b"\0"))
    if length < _SHORTEST:
        return True
    left = length - (first + page - begins)
    for at in range(first + page, end, page):
        if left <= 0 or not _is_header(read, at, left):
            return True
        left -= page - _header(at, size)
    return bool(left <= 0)


def _header(at: int, size: int) -> int:
    return _SHORT if at % size else _LONG


def _is_header(read: Read, at: int, left: int | None = None) -> bool:
    """Return whether a page begins at a position; `left`: it goes on there with so much of the record before."""
    told = read(at, _HEADER.size)
    if len(told) < _HEADER.size:
        return False
    _, flags, _, position, goes_on_by = _HEADER.unpack(told)
    return position == at and (left is None or (bool(flags & _GOES_ON) and goes_on_by == left))


def _page(read: Read, segment: int) -> int:
    """Return the size of a page, as a segment's header tells it; PostgreSQL's own default where that is none."""
    (told,) = _PAGE_SIZE.unpack(read(segment + _PAGE_SIZE_AT, _PAGE_SIZE.size).ljust(_PAGE_SIZE.size, b"\0"))
    return told if told in _PAGES else _USUAL_PAGE
