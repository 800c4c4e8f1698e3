"""An archive that comes from another machine is unpacked where its receiver says, and nowhere else."""

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import pytest

from agent.core.errors import Denied, LookError, Unreadable
from agent.restores.unpacked_stream import UnpackedStream


def packed(*members: tuple[str, bytes, bytes]) -> bytes:
    """Return an archive of members: their name, type and content, or the target of a link."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, kind, content in members:
            one = tarfile.TarInfo(name)
            one.type = kind
            if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                one.linkname = content.decode()
                content = b""
            one.size = len(content)
            archive.addfile(one, io.BytesIO(content))
    return stream.getvalue()


def unpacked(folder: Path, pieces: Iterable[bytes]) -> None:
    """Unpack an archive that comes in pieces below a folder."""
    stream = UnpackedStream(lambda name: None if name.parts[:1] == ("left",) else folder.joinpath(*name.parts))
    for piece in pieces:
        stream.take(piece)
    stream.end()


FILES = (
    ("data", tarfile.DIRTYPE, b""),
    ("data/base/1", tarfile.REGTYPE, b"x" * 100_000),
    ("left/out", tarfile.REGTYPE, b"y"),
    ("data/link", tarfile.SYMTYPE, b"/etc/passwd"),
)


def test_files_come_back_whole_in_whatever_pieces_they_came(tmp_path: Path) -> None:
    data = packed(*FILES)
    unpacked(tmp_path, [data[begin : begin + 777] for begin in range(0, len(data), 777)])
    assert (tmp_path / "data/base/1").read_bytes() == b"x" * 100_000
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["1", "base", "data"]


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "data/../../outside"])
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "own").mkdir()
    with pytest.raises(Unreadable, match="outside"):
        unpacked(tmp_path / "own", [packed((name, tarfile.REGTYPE, b"z"))])
    assert list(tmp_path.iterdir()) == [tmp_path / "own"]


def test_nothing_is_written_over_and_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "own/there").symlink_to(tmp_path / "kept")
    with pytest.raises(Denied):
        unpacked(tmp_path / "own", [packed(("there", tarfile.REGTYPE, b"z"))])
    assert (tmp_path / "kept").read_text() == "kept"


@pytest.mark.parametrize("data", [b"\0" * 100, b"no archive" * 1000, packed(*FILES)[:50_000]])
def test_what_is_cut_or_none_is_told(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(LookError):
        unpacked(tmp_path, [data])


def test_what_is_not_wanted_any_more_does_not_stop_who_sends_it(tmp_path: Path) -> None:
    stream = UnpackedStream(lambda name: tmp_path / PurePosixPath(name))
    for _ in range(50):
        stream.take(b"no archive" * 100_000)
    with pytest.raises(Unreadable):
        stream.end()
