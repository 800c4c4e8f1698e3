"""Whether a whole segment of WAL goes on after the record at which a recovery ended, at the boundaries of pages."""

import struct

import pytest

from agent.restores.clusters.last_record import goes_on_within

PAGE = 8192
SIZE = 4 * PAGE


def segment(offset: int, length: int, page: int = PAGE) -> bytes:
    """Return a segment of four pages in which a record of a length begins at an offset."""
    made = bytearray(4 * page)
    struct.pack_into("<I", made, 36, page)
    struct.pack_into("<I", made, offset, length)
    return bytes(made)


@pytest.mark.parametrize(
    ("replayed", "begins", "length", "goes_on"),
    [
        (PAGE + 104, PAGE + 104, 60, True),
        (PAGE + 104, PAGE + 104, SIZE - PAGE - 104 - 2 * 24, True),
        (PAGE + 104, PAGE + 104, SIZE - PAGE - 104 - 2 * 24 + 1, False),
        (SIZE - 8, SIZE - 8, 8, True),
        (SIZE - 8, SIZE - 8, 9, False),
        (2 * PAGE, 2 * PAGE + 24, 60, True),
        (2 * PAGE, 2 * PAGE + 24, SIZE, False),
        (0, 40, 60, True),
        (0, 40, SIZE, False),
    ],
    ids=[
        "a record follows",
        "to the very end",
        "a byte more",
        "the last one",
        "the last one leads on",
        "after a page's header",
        "after a page's header, leads on",
        "at the beginning",
        "one alone, leads on",
    ],
)
def test_a_record_that_ends_within_the_segment_goes_on(
    replayed: int, begins: int, length: int, *, goes_on: bool
) -> None:
    assert goes_on_within(segment(begins, length), replayed) is goes_on


def test_zeros_in_the_place_of_a_record_are_no_end() -> None:
    assert goes_on_within(bytes(SIZE), PAGE + 104)


def test_pages_have_the_size_that_the_segment_tells() -> None:
    of_half = segment(PAGE // 2 + 24, 60, PAGE // 2)
    assert goes_on_within(of_half, PAGE // 2)
    untold = bytearray(segment(PAGE + 104, SIZE))
    struct.pack_into("<I", untold, 36, 7)
    assert not goes_on_within(bytes(untold), PAGE + 104)


def test_what_is_shorter_than_it_should_be_holds_nothing() -> None:
    assert not goes_on_within(b"", 0)
    assert not goes_on_within(bytes(PAGE), SIZE - 8)
