"""Files of every type, made by the programs that make them: whole, cut short, with a byte changed, and hostile."""

import bz2
import gzip
import io
import lzma
import os
import shutil
import sqlite3
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from agent.hosts.local import LocalHost
from agent.restores.openers.child import openers
from agent.restores.openers.opener import (
    HEAD_BYTES,
    BrokenFile,
    Budget,
    ContentKind,
    Inconclusive,
    Opener,
    OpenSeparately,
)
from agent.restores.opening import Opening, open_files

RECORDED = Path(__file__).parent / "recorded"
MARIADB = (RECORDED / "mariadb-dump-11.8.sql").read_bytes()


def budget(*, bytes: int = 10**9, seconds: float = 60, writable: bool = True) -> Budget:
    """Return what opening one file may cost."""
    return Budget(seconds=seconds, bytes=bytes, writable=writable)


def knowing(path: Path) -> Opener | None:
    """Return the opener of a file."""
    head = path.read_bytes()[:HEAD_BYTES]
    return next((one for one in openers() if head and one.knows(head, path.suffix.lower())), None)


def opened(path: Path, allowed: Budget | None = None) -> str:
    """Return the kind of a file and the result of opening it."""
    opener = knowing(path)
    if opener is None:
        return "unknown"
    if opener.opens is None:
        found = open_files(LocalHost("here"), path.parent, [os.fsencode(path)], timedelta(minutes=1), writable=True)
        broken = Opening.BROKEN
        return " ".join(
            f"{one.kind} {one.opening.value}{f' {one.holds.value}' * (one.opening is broken)}" for one in found
        )
    try:
        opener.opens(os.fsencode(path), allowed or budget())
    except BrokenFile as broken:
        return f"{opener.kind} broken {(broken.holds or opener.holds).value}"
    except Inconclusive:
        return f"{opener.kind} not-told"
    except OpenSeparately:
        return f"{opener.kind} apart"
    return f"{opener.kind} opened"


def database(path: Path) -> bytes:
    """Make a database of some pages; return its bytes."""
    with closing(sqlite3.connect(path)) as made:
        made.execute("create table letter (number integer primary key, text)")
        made.execute("create index by_text on letter (text)")
        made.executemany("insert into letter (text) values (?)", [(f"{number:0100}",) for number in range(500)])
        made.commit()
    return path.read_bytes()


def zipped(path: Path) -> bytes:
    """Make an archive of two files; return its bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letter.txt", "letter\n" * 1000)
        archive.writestr("noise.bin", os.urandom(20_000))
    return path.read_bytes()


def tarred(path: Path) -> bytes:
    """Make an archive with tar itself; return its bytes."""
    for name in ("one", "two"):
        (path.parent / name).write_bytes(os.urandom(3000))
    subprocess.run(["tar", "-cf", str(path), "-C", str(path.parent), "one", "two"], check=True, timeout=60)
    return path.read_bytes()


def zstandard(path: Path) -> bytes:
    """Compress noise with zstd itself; return its bytes."""
    noise = os.urandom(200_000)
    path.write_bytes(subprocess.run(["zstd", "-q"], input=noise, stdout=subprocess.PIPE, check=True, timeout=60).stdout)
    return path.read_bytes()


def image(path: Path) -> bytes:
    """Make an image with something in it; return its bytes."""
    raw = path.with_suffix(".raw")
    raw.write_bytes(os.urandom(1 << 20))
    argv = ["qemu-img", "convert", "-q", "-f", "raw", "-O", "qcow2", str(raw), str(path)]
    subprocess.run(argv, check=True, timeout=60)
    raw.unlink()
    return path.read_bytes()


def written(content: bytes) -> Callable[[Path], bytes]:
    """Return what writes some bytes to a file."""

    def write(path: Path) -> bytes:
        path.write_bytes(content)
        return content

    return write


def recorded(name: str) -> Callable[[Path], bytes]:
    """Return what writes a recorded file."""
    return written((RECORDED / name).read_bytes())


WHOLE: dict[str, tuple[str, Callable[[Path], bytes]]] = {
    "a.db": ("sqlite", database),
    "a.zip": ("zip", zipped),
    "a.tar": ("tar", tarred),
    "a.gz": ("gzip", written(gzip.compress(os.urandom(20_000)))),
    "dump.sql.gz": ("gzip", written(gzip.compress(MARIADB))),
    "a.xz": ("xz", written(lzma.compress(os.urandom(20_000)))),
    "dump.sql.xz": ("xz", written(lzma.compress(MARIADB))),
    "a.bz2": ("bzip2", written(bz2.compress(os.urandom(20_000)))),
    "a.zst": ("zstd", zstandard),
    "a.qcow2": ("qcow2", image),
    "a.json": ("json", written(b'{"a": [1, 2.5, "\\u00e9"]}')),
    "a.xml": ("xml", written(b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://192.0.2.1/a"><a><b/></a>')),
    "a.docx": ("ooxml", recorded("python-docx-1.2.0.docx")),
    "a.xlsx": ("ooxml", recorded("openpyxl-3.1.5.xlsx")),
    "a.pdf": ("pdf", recorded("chromium-156.pdf")),
    "maria.sql": ("sql-dump", written(MARIADB)),
    "plain.sql": ("sql-dump", recorded("pg_dump-15.sql")),
    "all.sql": ("sql-dump", recorded("pg_dumpall-15.sql")),
}
DUMPS = ("dump.sql.gz", "dump.sql.xz", "maria.sql", "plain.sql", "all.sql")


@pytest.mark.programs
@pytest.mark.parametrize("name", WHOLE)
def test_what_is_whole_opens_and_what_was_cut_short_does_not(name: str, tmp_path: Path) -> None:
    kind, make = WHOLE[name]
    file = tmp_path / name
    content = make(file)
    assert opened(file) == f"{kind} opened"
    holds = "dump" if name in DUMPS else "database" if kind == "sqlite" else "document"
    file.write_bytes(content[: len(content) * 2 // 3])
    assert opened(file) == f"{kind} broken {holds}"


@pytest.mark.programs
def test_an_image_that_leaks_opens_and_one_that_is_corrupt_does_not(tmp_path: Path) -> None:
    file = tmp_path / "a.qcow2"
    content = bytearray(image(file))
    # The first table of references starts at the place that its table of tables names: docs/interop/qcow2.txt.
    (tables,) = struct.unpack(">Q", content[48:56])
    (block,) = struct.unpack(">Q", content[tables : tables + 8])
    leaking = bytearray(content)
    leaking[block + 2 * 30 : block + 2 * 30 + 2] = b"\x00\x01"
    leaking += bytes(64 * 1024 * 31 - len(leaking)) if len(leaking) < 64 * 1024 * 31 else b""
    file.write_bytes(leaking)
    assert subprocess.run(["qemu-img", "check", "-q", str(file)], timeout=60).returncode == 3
    assert opened(file) == "qcow2 opened"
    corrupt = bytearray(content)
    corrupt[block : block + 8] = bytes(8)
    file.write_bytes(corrupt)
    assert opened(file) == "qcow2 broken document"


@pytest.mark.programs
def test_an_image_upon_another_is_not_told(tmp_path: Path) -> None:
    image(tmp_path / "below.qcow2")
    argv = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", "below.qcow2", str(tmp_path / "a.qcow2")]
    subprocess.run(argv, check=True, timeout=60)
    assert opened(tmp_path / "a.qcow2") == "qcow2 not-told"


@pytest.mark.programs
def test_a_dump_of_postgresql_that_was_cut_behind_its_table_of_contents_is_told(tmp_path: Path) -> None:
    content = (RECORDED / "pg_dump-15.dump").read_bytes()
    file = tmp_path / "postgres.dump"
    file.write_bytes(content)
    assert opened(file) == "postgresql-dump opened"
    file.write_bytes(content[:6000])
    listing = subprocess.run(["pg_restore", "--list", str(file)], capture_output=True, timeout=60)
    assert listing.returncode == 0
    assert opened(file) == "postgresql-dump broken dump"
    newer = content[:6] + b"\x7f" + content[7:]
    file.write_bytes(newer)
    assert opened(file) == "postgresql-dump not-told"


@pytest.mark.programs
def test_the_table_of_contents_of_a_dump_in_a_directory_is_not_told(tmp_path: Path) -> None:
    content = (RECORDED / "pg_dump-15.dump").read_bytes()
    # What pg_dump writes there as the form: «To pretend it is a tar archive» (pg_backup_directory.c).
    file = tmp_path / "toc.dat"
    file.write_bytes(content[:10] + b"\x03" + content[11:])
    assert opened(file) == "postgresql-dump not-told"


@pytest.mark.programs
def test_without_pg_restore_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "setpriv").symlink_to(shutil.which("setpriv") or "")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert opened(RECORDED / "pg_dump-15.dump") == "postgresql-dump not-told"


@pytest.mark.programs
@pytest.mark.parametrize("name", ["a.db", "a.zip", "a.tar", "a.gz", "a.xz", "a.docx"])
def test_a_byte_changed_in_the_middle_is_told_where_the_type_can_tell(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    content = bytearray(WHOLE[name][1](file))
    # What tar holds has no checksum, its headers have one.
    place = content.index(b"two\0") if name == "a.tar" else len(content) // 2
    for at in range(place, place + (400 if name == "a.db" else 1)):
        content[at] ^= 0xFF
    file.write_bytes(content)
    assert " broken " in opened(file)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_is_damaged_however_it_is_packed(packing: int, tmp_path: Path) -> None:
    """Damage that the packing itself tells is no packing that is not known."""
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w", packing) as archive:
        archive.writestr("noise.bin", os.urandom(20_000))
    assert opened(file) == "zip opened"
    content = file.read_bytes()
    file.write_bytes(content[:60] + bytes(byte ^ 0xFF for byte in content[60:400]) + content[400:])
    assert opened(file) == "zip broken document"


@pytest.mark.programs
def test_an_archive_that_ends_between_two_files_lacks_its_end(tmp_path: Path) -> None:
    file = tmp_path / "a.tar"
    content = tarred(file)
    file.write_bytes(content[: content.index(b"two\0")])
    assert opened(file) == "tar broken document"


@pytest.mark.programs
@pytest.mark.parametrize("option", ["--label=week 49", "--format=v7"])
def test_an_archive_whose_first_header_has_no_magic_is_known(option: str, tmp_path: Path) -> None:
    file = tmp_path / "a.tar"
    tarred(file)
    subprocess.run(["tar", "-cf", str(file), option, "-C", str(tmp_path), "one", "two"], check=True, timeout=60)
    content = file.read_bytes()
    assert opened(file) == "tar opened"
    file.write_bytes(content[: content.index(b"two\0")])
    assert opened(file) == "tar broken document"
    packed = tmp_path / "a.tgz"
    packed.write_bytes(gzip.compress(content))
    assert opened(packed) == "gzip opened"
    packed.write_bytes(gzip.compress(content[: content.index(b"two\0")]))
    assert opened(packed) == "gzip broken document"


@pytest.mark.programs
def test_a_tar_behind_which_a_copy_left_room_empty_is_cut(tmp_path: Path) -> None:
    """What copies to a share may reserve the whole size first; an archive is filled up to a record, or joined."""
    file = tmp_path / "a.tar"
    content = tarred(file)
    for behind, said in (
        (bytes(4 << 20), "tar broken document"),
        (bytes(1 << 20), "tar opened"),
        (bytes(4 << 20) + content, "tar opened"),
    ):
        file.write_bytes(content + behind)
        assert opened(file) == said, len(behind)


@pytest.mark.programs
def test_zstd_that_begins_with_a_frame_to_be_skipped_is_known(tmp_path: Path) -> None:
    file = tmp_path / "dump.sql.zst"
    file.write_bytes(subprocess.run(["pzstd", "-q"], input=MARIADB, stdout=subprocess.PIPE, check=True).stdout)
    content = file.read_bytes()
    assert not content.startswith(b"\x28\xb5\x2f\xfd")
    assert opened(file) == "zstd opened"
    file.write_bytes(content[: len(content) * 2 // 3])
    assert opened(file).startswith("zstd broken")


def test_of_dumps_one_after_the_other_the_last_one_is_held_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "all.sql"
    file.write_bytes(MARIADB * 2)
    assert opened(file) == "sql-dump opened"
    # What a dump leaves that was refused the lock of its tables: its first lines.
    file.write_bytes(MARIADB + MARIADB[:600])
    assert opened(file) == "sql-dump broken dump"


def test_a_cluster_s_dump_that_ends_with_one_of_its_databases_is_cut_short(tmp_path: Path) -> None:
    content = (RECORDED / "pg_dumpall-15.sql").read_bytes()
    file = tmp_path / "all.sql"
    file.write_bytes(content[: content.rindex(b"-- PostgreSQL database dump complete") + 40])
    assert opened(file) == "sql-dump broken dump"


def test_dumps_of_databases_may_follow_one_of_the_roles(tmp_path: Path) -> None:
    """`(pg_dumpall --globals-only; pg_dump shop) > all.sql`."""
    whole, database = ((RECORDED / name).read_bytes() for name in ("pg_dumpall-15.sql", "pg_dump-15.sql"))
    roles = whole[: whole.index(b"--\n-- Databases")] + whole[whole.rindex(b"--\n-- PostgreSQL database cluster") :]
    assert roles.count(b"-- PostgreSQL") == 2
    file = tmp_path / "all.sql"
    for content in (roles + database, database + roles, roles + MARIADB + database):
        file.write_bytes(content)
        assert opened(file) == "sql-dump opened"
        file.write_bytes(content[:-200])
        assert opened(file) == "sql-dump broken dump"
    # The second of two clusters ends with one of its databases.
    file.write_bytes(roles + database + whole[: whole.rindex(b"-- PostgreSQL database dump complete") + 40])
    assert opened(file) == "sql-dump broken dump"


def test_a_database_that_was_copied_in_use_opens_with_its_journal_alone(tmp_path: Path) -> None:
    live, copy = tmp_path / "live.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(live)) as used:
        used.execute("pragma journal_mode=wal")
        used.execute("create table letter (text)")
        used.executemany("insert into letter values (?)", [("x" * 100,)] * 2000)
        used.commit()
        for suffix in ("", "-wal"):
            copy.with_name(copy.name + suffix).write_bytes(live.with_name(live.name + suffix).read_bytes())
    before = copy.read_bytes()
    assert opened(copy, budget(writable=False)) == "sqlite apart"
    assert copy.read_bytes() == before
    assert opened(copy) == "sqlite opened"
    with closing(sqlite3.connect(copy)) as recovered:
        assert recovered.execute("select count(*) from letter").fetchone() == (2000,)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("laughs.xml", b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'),
        ("outside.xml", b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'),
        ("odd.xml", b'<?xml version="1.0" encoding="x-unheard-of"?><a/>'),
        ("deep.json", b"[" * 200_000 + b"]" * 200_000),
    ],
)
def test_what_would_cost_too_much_or_lead_elsewhere_is_left_alone(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert opened(tmp_path / name).endswith(" not-told")


def test_a_json_number_without_end_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"[" + b"9" * 3_000_000 + b"]")
    assert opened(tmp_path / "a.json") == "json opened"


def bomb(kind: str) -> bytes:
    """Return a file that unpacks to a thousand times its size."""
    zeros = bytes(20_000_000)
    if kind == "gz":
        return gzip.compress(zeros)
    if kind == "xz":
        return lzma.compress(zeros)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", zeros)
    return held.getvalue()


@pytest.mark.parametrize("kind", ["gz", "xz", "zip"])
def test_an_archive_that_unpacks_without_end_is_given_up(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"bomb.{kind}"
    file.write_bytes(bomb(kind))
    assert opened(file).endswith(" opened")
    assert opened(file, budget(bytes=5_000_000)).endswith(" not-told")
    assert opened(file, budget(seconds=0)).endswith(" not-told")


def test_an_encrypted_archive_tells_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    content = bytearray(zipped(file))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(signature, at + 1)) >= 0:
            content[at + flags] |= 1
    file.write_bytes(content)
    assert opened(file) == "zip not-told"


def test_an_archive_whose_directory_points_before_its_beginning_is_broken(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    content = zipped(file)
    file.write_bytes(content[:10] + content[300:])
    assert opened(file) == "zip broken document"


def test_a_document_without_its_main_part_is_broken(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    with zipfile.ZipFile(RECORDED / "python-docx-1.2.0.docx") as whole, zipfile.ZipFile(file, "w") as partly:
        for one in whole.infolist():
            if one.filename != "word/document.xml":
                partly.writestr(one, whole.read(one))
    assert opened(file) == "ooxml broken document"
    assert opened(file.rename(tmp_path / "a.zip")) == "zip opened"


@pytest.mark.parametrize("content", [b"", b"plain text\n", os.urandom(3000), zlib.compress(b"x")])
def test_what_is_of_no_known_type_is_not_asked_about(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    assert opened(tmp_path / "a.bin") == "unknown"


def test_each_type_stands_once_and_says_what_it_holds() -> None:
    found = openers()
    assert len({one.kind for one in found}) == len(found) == 14
    assert {one.kind for one in found if one.holds is not ContentKind.DOCUMENT} == {
        "sqlite",
        "sql-dump",
        "postgresql-dump",
    }
