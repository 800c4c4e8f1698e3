"""Whether archived WAL goes on after the record at which a recovery ended, at the boundaries of pages and segments."""

import struct

import pytest

from agent.restores.clusters.last_record import goes_on

PAGE = 8192
SIZE = 4 * PAGE
BEGIN, END = 5 * SIZE, 7 * SIZE


class Wal:
    """Two segments of four pages each, with records of given lengths at given positions."""

    def __init__(self, records: dict[int, int], page: int = PAGE) -> None:
        self.page, self.size = page, 4 * page
        self.begin, self.end = 5 * self.size, 7 * self.size
        self.bytes = bytearray(2 * self.size)
        for at in range(self.begin, self.end, page):
            self._put("<HHIQI", at, 0xD110, 0, 1, at, 0)
        for segment in (self.begin, self.begin + self.size):
            self._put("<I", segment + 36, page)
        for at, length in records.items():
            self._put("<I", at, length)
            self._lead_on(at, length)

    def _put(self, form: str, at: int, *values: int) -> None:
        struct.pack_into(form, self.bytes, at - self.begin, *values)

    def _lead_on(self, at: int, length: int) -> None:
        following = at - at % self.page + self.page
        left = length - (following - at)
        while left > 0 and following < self.end:
            self._put("<HHIQI", following, 0xD110, 1, 1, following, left)
            left -= self.page - (24 if following % self.size else 40)
            following += self.page

    def read(self, position: int, count: int) -> bytes:
        """Return bytes from a position on."""
        return bytes(self.bytes[position - self.begin :][:count])

    def goes_on(self, replayed: int) -> bool:
        """Return whether WAL goes on after a position."""
        return goes_on(self.read, replayed, self.end, self.size)


ROOM = END - (BEGIN + PAGE + 104) - 5 * 24 - 40  # from a place on the second page to the end, less six headers


@pytest.mark.parametrize(
    ("replayed", "begins", "length", "more"),
    [
        (END - PAGE + 104, END - PAGE + 104, 60, True),
        (END - PAGE + 104, END - PAGE + 104, PAGE - 104, True),
        (END - PAGE + 104, END - PAGE + 104, PAGE - 103, False),
        (BEGIN + PAGE + 104, BEGIN + PAGE + 104, ROOM, True),
        (BEGIN + PAGE + 104, BEGIN + PAGE + 104, ROOM + 1, False),
        (END - 8, END - 8, 25, False),
        (END - PAGE, END - PAGE + 24, 60, True),
        (END - PAGE, END - PAGE + 24, SIZE, False),
        (END - SIZE, END - SIZE + 40, 60, True),
        (END - SIZE, END - SIZE + 40, SIZE, False),
        (BEGIN, BEGIN + 40, 3 * SIZE, False),
    ],
    ids=[
        "a record follows",
        "to the very end",
        "a byte more",
        "over several pages to the very end",
        "over several pages, a byte more",
        "the last one leads on",
        "after a page's header",
        "after a page's header, leads on",
        "at the beginning of a segment",
        "at the beginning of a segment, leads on",
        "longer than all that is there",
    ],
)
def test_a_record_that_ends_within_what_is_archived_goes_on(
    replayed: int, begins: int, length: int, *, more: bool
) -> None:
    assert Wal({begins: length}).goes_on(replayed) is more


def test_a_recovery_that_took_everything_has_nothing_after_it() -> None:
    assert not Wal({}).goes_on(END)


@pytest.mark.parametrize("length", [0, 23])
def test_what_is_too_short_for_a_record_is_no_end(length: int) -> None:
    assert Wal({BEGIN + 104: length}).goes_on(BEGIN + 104)


def test_a_length_that_was_changed_is_not_taken_for_a_record_that_leads_on() -> None:
    """One byte of it, and the rest of the archive would be one record that nothing replays."""
    wal = Wal({BEGIN + 104: 60, BEGIN + 168: 60})
    wal.bytes[104 + 3] ^= 0x7F
    assert wal.goes_on(BEGIN + 104)


def test_a_record_leads_on_over_pages_that_say_so() -> None:
    for at, form, value in ((0, "<H", 0xD110), (8, "<Q", 7), (16, "<I", 9)):
        wal = Wal({BEGIN + 104: 3 * SIZE})
        assert not wal.goes_on(BEGIN + 104)
        # Its header, its place or what is left of the record is not what it was.
        struct.pack_into(form, wal.bytes, SIZE + PAGE + at + (2 if at == 0 else 0), 0 if at == 0 else value)
        assert wal.goes_on(BEGIN + 104)


def test_a_page_that_is_none_goes_on() -> None:
    wal = Wal({END - PAGE + 24: SIZE})
    wal.bytes[-PAGE : -PAGE + 24] = bytes(24)
    assert wal.goes_on(END - PAGE)
    assert wal.goes_on(END - PAGE + 24)


def test_pages_have_the_size_that_the_segment_tells() -> None:
    half = Wal({}, PAGE // 2)
    assert half.goes_on(half.begin + PAGE // 2)
    leads_on = Wal({half.begin + PAGE // 2 + 24: 2 * SIZE}, PAGE // 2)
    assert not leads_on.goes_on(leads_on.begin + PAGE // 2)
    untold = Wal({END - PAGE + 24: SIZE})
    for segment in (0, SIZE):
        struct.pack_into("<I", untold.bytes, segment + 36, 7)
    assert not untold.goes_on(END - PAGE)


def test_what_is_shorter_than_it_should_be_holds_nothing() -> None:
    assert goes_on(lambda position, count: b"", BEGIN, END, SIZE)
