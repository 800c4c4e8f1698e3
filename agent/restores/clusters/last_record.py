"""See in a segment of WAL whether a record follows the one at which a recovery ended. Pure.

A segment is archived once it is full: its last record may go on in the next one, which is not there yet, and is then
not replayed. One that ends within the segment and was not replayed is not what was written.

https://github.com/postgres/postgres/blob/master/src/include/access/xlog_internal.h (XLogLongPageHeaderData)
"""

import struct

_SHORT, _LONG = 24, 40
# Within the long header, which every segment begins with: the size of its pages.
_PAGE_SIZE = struct.Struct("<I")
_PAGE_SIZE_AT = 36
_USUAL_PAGE = 8192
_PAGES = tuple(1 << power for power in range(10, 17))
# A record begins with its length (xlogrecord.h, XLogRecord), header included.
_LENGTH = struct.Struct("<I")


def goes_on_within(segment: bytes, offset: int) -> bool:
    """Return whether WAL goes on after an offset of a whole segment, but for a record that leads into the next one.

    Zeros in place of a record are no end: a segment that is ended early has a record that reaches to its end.
    """
    page = _page(segment)
    begins = offset if offset % page else offset + (_SHORT if offset else _LONG)
    left = len(segment) - begins
    if left < _LENGTH.size:
        return False
    (length,) = _LENGTH.unpack_from(segment, begins)
    headers = (len(segment) - 1) // page - begins // page
    return bool(length <= left - headers * _SHORT)


def _page(segment: bytes) -> int:
    """Return the size of a page, as a segment's header tells it; PostgreSQL's own default where that is none."""
    if len(segment) < _LONG:
        return _USUAL_PAGE
    (told,) = _PAGE_SIZE.unpack_from(segment, _PAGE_SIZE_AT)
    return told if told in _PAGES else _USUAL_PAGE
