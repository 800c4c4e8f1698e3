"""The archive of a bundle: written in one form, read in any that a zip program gives it, never beyond its bounds."""

import io
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from agent.report.archive import ArchiveReader, ArchiveWriter, NotTheForm

FILES: Mapping[str, bytes] = {"MANIFEST": b"list\n", "days/1.txt": b"day " * 3000, "a": b""}


def packed(files: Mapping[str, bytes] = FILES) -> bytes:
    written = io.BytesIO()
    writer = ArchiveWriter(written)
    for name, content in files.items():
        writer.add(name, [content[:7], content[7:]])
    writer.close()
    return written.getvalue()


def read(content: bytes) -> dict[str, bytes]:
    archive = ArchiveReader(io.BytesIO(content), len(content))
    return {name: b"".join(archive.pieces(name)) for name in archive.names}


def zipped(files: Mapping[str, bytes], kind: int = zipfile.ZIP_DEFLATED, *, comment: bytes = b"") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", kind) as archive:
        archive.comment = comment
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def test_any_unzip_reads_it_and_its_times_are_fixed() -> None:
    content = packed()
    assert read(content) == FILES
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert len(content) < 1000


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_was_packed_again_is_read_as_it_was(kind: int) -> None:
    again = {name: FILES[name] for name in reversed(list(FILES))}
    assert read(zipped(again, kind, comment=b"packed again")) == FILES
    around = {f"my folder/{name}": content for name, content in FILES.items()}
    litter = {"__MACOSX/my folder/._a": b"x", "my folder/.DS_Store": b"x", "my folder/days/": b""}
    assert read(zipped(around | litter, kind)) == FILES


@pytest.mark.programs
def test_what_zip_packed_is_read_as_it_was(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed())) as archive:
        archive.extractall(tmp_path / "bundle")
    subprocess.run(["zip", "-q", "-r", "one.zip", "bundle"], cwd=tmp_path, check=True, timeout=60)
    subprocess.run(["zip", "-q", "-r", "../two.zip", "."], cwd=tmp_path / "bundle", check=True, timeout=60)
    for name in ("one.zip", "two.zip"):
        assert read((tmp_path / name).read_bytes()) == FILES


def overlapping(content: bytes) -> bytes:
    """Let every name of the directory point at the first file, as bombs that need no compression do."""
    count, at = struct.unpack("<H", content[-12:-10])[0], struct.unpack("<I", content[-6:-2])[0]
    directory, place = bytearray(content[at:-22]), 0
    for _ in range(count):
        length = struct.unpack_from("<H", directory, place + 28)[0]
        struct.pack_into("<I", directory, place + 42, 0)
        place += 46 + length
    return content[:at] + bytes(directory) + content[-22:]


def sharing(copies: int) -> bytes:
    """Name one file many times over, each time with all of its bytes."""
    content = packed({"a000": zlib.compress(bytes(range(256)) * 40)})
    at = struct.unpack("<I", content[-6:-2])[0]
    entry = content[at:-22]
    directory = b"".join(entry.replace(b"a000", f"a{number:03d}".encode()) for number in range(copies))
    return content[:at] + directory + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, copies, copies, len(directory), at, 0)


ODD: Mapping[str, bytes] = {
    "nothing": b"",
    "no archive": b"PK\x05\x06" * 40,
    "cut": packed()[:-1],
    "half": packed()[: len(packed()) // 2],
    "grows out of all proportion": zipped({"VERIFY.txt": b"\0" * 50_000_000}),
    "path upwards": zipped({"../../etc/passwd": b"x"}),
    "path from the root": zipped({"/etc/passwd": b"x"}),
    "path with a drive": zipped({"C:\\x": b"x"}),
    "hidden name": zipped({".bashrc": b"x"}),
    "two folders deep": zipped({"a": b"x", "b/c/d": b"x"}),
    "packed in another way": zipped({"a": b"x" * 100}, zipfile.ZIP_LZMA),
    "overlapping": overlapping(packed({"aaaa": b"x", "bbbb": b"y"})),
    "the same bytes a hundred times": sharing(100),
    "twice": packed({"about.txt": b"x", "days.csv0": b"y"}).replace(b"about.txt", b"days.csv0"),
    "a longer directory than it has": packed()[:-10] + b"\xff\xff\xff\x00" + packed()[-6:],
}


@pytest.mark.parametrize("name", ODD)
def test_what_no_bundle_can_be_is_not_read(name: str) -> None:
    with pytest.raises(NotTheForm):
        read(ODD[name])


def test_a_content_that_was_changed_is_damaged() -> None:
    content = bytearray(zipped(FILES, zipfile.ZIP_STORED))
    content[content.index(b"list")] ^= 1
    with pytest.raises(NotTheForm, match="MANIFEST is damaged"):
        read(bytes(content))


def test_what_is_missing_is_said() -> None:
    content = packed()
    archive = ArchiveReader(io.BytesIO(content), len(content))
    with pytest.raises(NotTheForm, match=r"days\.csv is missing"):
        archive.size("days.csv")
