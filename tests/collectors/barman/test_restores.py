"""Segments of WAL as Barman has packed them, unpacked as far as they go."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.errors import Unreadable
from agent.core.host import Output
from collectors.barman.restores import failed, unpack_segment

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


@pytest.mark.parametrize(
    ("complaint", "damaged", "wal"),
    [
        (f"tar: 0000000100000000/{NAME}: Cannot stat: No such file or directory", True, NAME),
        ("tar: 00000002.history: Cannot stat: No such file or directory", True, "00000002.history"),
        ("tar: /srv/pg/base/20261201T030000: Cannot open: No such file or directory", True, ""),
        (f"tar: 0000000100000000/{NAME}: Cannot open: Permission denied", False, ""),
    ],
)
def test_a_tar_that_failed_tells_which_segment_is_gone(complaint: str, wal: str, *, damaged: bool) -> None:
    said = f"{complaint}\ntar: Exiting with failure status due to previous errors\n".encode()
    done = failed(Output(status=2, stdout=b"", stderr=said, duration=timedelta(0)))
    assert (done.damaged, done.wal) == (damaged, wal)


def test_a_plain_segment_is_left_as_it_is_and_an_unknown_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(SEGMENT)
    unpack_segment(path, SIZE)
    assert path.read_bytes() == SEGMENT
    path.write_bytes(b"\x04\x22\x4d\x18 of another program")
    with pytest.raises(Unreadable, match=NAME):
        unpack_segment(path, SIZE)
