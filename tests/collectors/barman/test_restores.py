"""Segments of WAL as Barman has packed them, unpacked as far as they go."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.core.errors import Unreadable
from collectors.barman.restores import unpack_segment

SIZE = 1 << 20
SEGMENT = b"\x10\xd1" + bytes(range(256)) * 16 + b"".join(b"row %d of shop\n" % number for number in range(80_000))
SEGMENT = SEGMENT[:SIZE]
NAME = "000000010000000000000003"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_segment_comes_back_as_it_was_and_a_damaged_one_as_far_as_it_goes(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    packed, path = pack(SEGMENT), tmp_path / NAME
    path.write_bytes(packed)
    unpack_segment(path, SIZE)
    assert path.read_bytes() == SEGMENT
    middle = len(packed) // 2
    for damaged in (packed[:middle] + bytes(64) + packed[middle + 64 :], packed[:middle], packed[:12] + b"\xff" * 64):
        path.write_bytes(damaged)
        unpack_segment(path, SIZE)
        assert path.read_bytes() != SEGMENT
    assert [one.name for one in tmp_path.iterdir()] == [NAME]


def test_a_plain_segment_is_left_as_it_is_and_an_unknown_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(SEGMENT)
    unpack_segment(path, SIZE)
    assert path.read_bytes() == SEGMENT
    path.write_bytes(b"\x04\x22\x4d\x18 of another program")
    with pytest.raises(Unreadable, match=NAME):
        unpack_segment(path, SIZE)
