"""Faults of a folder of archives, each planted for real, and the verdicts that each must give.

Every fault has a backup of its own in one configuration: what one shows leaves the verdicts of the others as they are.
"""

import bz2
import gzip
import io
import lzma
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.core.facts.verification import damage_in
from tests.parts.folders import DAY, DIGESTS, HOUR, LISTING, FolderSite, archive, content, dated, told
from tests.parts.unprivileged import open_folder

# The looks at all faults are one fixture, half a minute of processor.
pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.timeout(960)]

MINUTE = timedelta(minutes=1)
FULL = '{ id = "vm", match = "*.vbk" }'
KEPT = 'retention = "30d"'
Plant = Callable[[Path], object]
# Dumps of three databases.
THREE = (200_000, 90_000, 3000)


def daily(folder: Path, *, newest: timedelta = HOUR, count: int = 8) -> None:
    """Leave an archive of each of the last days."""
    for number in range(count):
        archive(folder / f"vm-{number}.vbk", age=newest + number * DAY)


def stale(folder: Path) -> None:
    """Leave daily archives, none of the last day."""
    daily(folder, newest=30 * HOUR)


def nothing(folder: Path) -> None:
    """Leave the folder as it is."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault: what was there before, what is done, and the verdicts of `backup-rpo` and `backup-offsite` then."""

    plant: Plant
    rpo: str = "met"
    offsite: str = "met"
    before: Plant = daily
    sets: str = FULL
    more: str = ""
    backup: str = KEPT
    settle: str = "0s"


def in_turn(*names: str) -> Plant:
    """Return what rotates names by renaming: the last one goes, the others move on, the first one is new."""

    def plant(folder: Path) -> None:
        (folder / names[-1]).unlink()
        for before, name in zip(names[-2::-1], names[:0:-1], strict=True):
            (folder / before).rename(folder / name)
        archive(folder / names[0], age=MINUTE)

    return plant


def encrypted(folder: Path) -> None:
    """Write over every archive, in its size."""
    for number, one in enumerate(sorted(folder.glob("*.vbk"))):
        archive(one, age=MINUTE * number, data=content(f"encrypted {one}", one.stat().st_size))


def encrypted_and_renamed(folder: Path) -> None:
    """Write over every archive, longer by a header, and rename it."""
    for one in sorted(folder.glob("*.vbk")):
        archive(one, age=MINUTE, data=content(f"encrypted {one}", one.stat().st_size + 512))
        one.rename(one.with_suffix(".vbk.locked"))


def flipped(folder: Path) -> None:
    """Change a byte of a past archive, and leave its date."""
    one = folder / "vm-4.vbk"
    status, data = one.stat(), bytearray(one.read_bytes())
    data[100] ^= 1
    with one.open("r+b") as file:
        file.write(data)
    os.utime(one, ns=(status.st_atime_ns, status.st_mtime_ns))


def copied(name: str, into: str) -> Plant:
    """Return what copies an archive with a new time."""
    return lambda folder: dated(Path(shutil.copy(folder / name, folder / into)), MINUTE)


def holes(size: int, written: int = 0) -> Plant:
    """Return what leaves a newest archive with nothing but holes behind its first bytes."""

    def plant(folder: Path) -> None:
        with (folder / "vm-new.vbk").open("wb") as file:
            file.write(content("image", written))
            file.truncate(size)
        dated(folder / "vm-new.vbk", MINUTE)

    return plant


def written(folder: Path, name: str, *sizes: int, age: timedelta = timedelta(0)) -> None:
    """Leave files of some sizes, written a minute one after the other."""
    for number, size in enumerate(sizes):
        archive(folder / f"{name}-{number}.vbk", age=age + (len(sizes) - number) * MINUTE, size=size)


def in_parts(*nights: tuple[int, ...]) -> Plant:
    """Return what leaves several files each night, the newest night first: dumps of databases, parts of one archive."""

    def plant(folder: Path) -> None:
        for number, sizes in enumerate(nights):
            written(folder, f"night-{number}", *sizes, age=20 * HOUR + number * DAY)

    return plant


def images(folder: Path) -> None:
    """Leave daily images of two mebibytes."""
    for number in range(4):
        archive(folder / f"vm-{number}.vbk", age=HOUR + number * DAY, size=2 << 20)


def weekdays(folder: Path) -> None:
    """Leave an archive under the name of each day of the week."""
    for number in range(7):
        archive(folder / f"day-{number}.vbk", age=HOUR + (number + 1) * DAY)


def dumps(folder: Path) -> None:
    """Leave this night's dump of each database, under one name each."""
    for number, name in enumerate(("erp", "paie", "rh")):
        archive(folder / f"{name}.vbk", age=25 * HOUR + number * MINUTE)


def written_anew(*names: str) -> Plant:
    """Return what writes archives anew, with another size, a minute one after the other."""

    def plant(folder: Path) -> None:
        for number, name in enumerate(names):
            archive(folder / name, age=(number + 1) * MINUTE, size=5000)

    return plant


def increments(folder: Path) -> None:
    """Leave increments of very different sizes."""
    for number, size in enumerate((50_000, 900, 70_000, 40_000, 1_200, 60_000, 52_000, 48_000, 1_000)):
        archive(folder / f"vm-{number}.vbk", age=HOUR + number * DAY, size=size)


def by_name(*, age: timedelta) -> Plant:
    """Return what leaves an archive with a date of some age in its name, written now."""

    def plant(folder: Path) -> None:
        when = datetime.now(ZoneInfo("Europe/Paris")) - age
        archive(folder / f"vzdump-qemu-101-{when:%Y_%m_%d-%H_%M_%S}.vbk", age=MINUTE)

    return plant


def two_sets(*, full: timedelta) -> Plant:
    """Leave a weekly full archive of some age, and daily increments."""

    def plant(folder: Path) -> None:
        archive(folder / "erp" / "full.vbk", age=full)
        daily(folder / "erp" / "daily")

    return plant


def removed(*names: str) -> Plant:
    """Return what removes archives."""

    def plant(folder: Path) -> None:
        for name in names:
            (folder / name).unlink()

    return plant


def moved(folder: Path) -> None:
    """Move a past archive into a folder of its set."""
    (folder / "2026").mkdir()
    (folder / "vm-5.vbk").rename(folder / "2026" / "vm-5.vbk")


def old_one(folder: Path) -> None:
    """Leave daily archives, and one past its retention."""
    daily(folder)
    archive(folder / "vm-old.vbk", age=31 * DAY)


def daily_and_one_more(folder: Path) -> None:
    """Leave daily archives, and one of this moment."""
    daily(folder)
    archive(folder / "vm-new.vbk", age=2 * MINUTE)


def nightly(name: str, make: Callable[[bytes], bytes]) -> Plant:
    """Return what leaves an archive of each of the last nights, made by a program."""

    def plant(folder: Path) -> None:
        for number in range(3):
            archive(folder / f"{number}-{name}", age=HOUR + number * DAY, data=make(content(f"{name}{number}", 9000)))

    return plant


def new(name: str, make: Callable[[bytes], bytes], spoil: Callable[[bytes], bytes] = bytes) -> Plant:
    """Return what leaves a newest archive, spoilt."""
    return lambda folder: archive(folder / f"new-{name}", age=MINUTE, data=spoil(make(content(name, 9000))))


def cut(data: bytes) -> bytes:
    """Return the first two thirds."""
    return data[: len(data) * 2 // 3]


def spoilt(data: bytes) -> bytes:
    """Return as many bytes, of which some in the middle are others."""
    middle = len(data) // 2
    return data[:middle] + bytes(16) + data[middle + 16 :]


def zstandard(data: bytes) -> bytes:
    """Compress with zstd itself."""
    return subprocess.run(["zstd", "-q"], input=data, stdout=subprocess.PIPE, check=True, timeout=60).stdout


def image(data: bytes) -> bytes:
    """Return an image of a disk, by qemu-img."""
    with tempfile.TemporaryDirectory() as name:
        raw, made = Path(name, "raw"), Path(name, "made")
        raw.write_bytes(data.ljust(1 << 20, b"x"))
        argv = ["qemu-img", "convert", "-q", "-f", "raw", "-O", "qcow2", str(raw), str(made)]
        subprocess.run(argv, check=True, timeout=60)
        return made.read_bytes()


def tarred(data: bytes) -> bytes:
    """Return an archive of one file."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as opened:
        one = tarfile.TarInfo("image")
        one.size = len(data)
        opened.addfile(one, io.BytesIO(data))
    return made.getvalue()


def zipped(data: bytes) -> bytes:
    """Return an archive of one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("image", data)
    return made.getvalue()


def dump(data: bytes) -> bytes:
    """Return a dump as mysqldump writes one."""
    return b"-- MySQL dump 10.13\n" + data.hex().encode() + b"\n-- Dump completed on 2026-11-24  3:15:07\n"


def of(name: str, make: Callable[[bytes], bytes], spoil: Callable[[bytes], bytes], offsite: str) -> "Fault":
    """Return a newest archive that is not what it should be, beside sound ones of the nights before."""
    return Fault(
        before=nightly(name, make), plant=new(name, make, spoil), sets='{ id = "all", match = "*" }', offsite=offsite
    )


DATED = 'dated_by = "vzdump-qemu-101-%Y_%m_%d-%H_%M_%S"'
WEEKLY = '{ id = "erp", match = "erp/*.vbk", limit = "8d" }, { id = "daily", match = "erp/daily/*.vbk" }'
CHANGED, TOO_OLD = "missed content-changed", "missed too-old"

FAULTS: dict[str, Fault] = {
    "intact": Fault(plant=nothing),
    "one-more-night": Fault(plant=lambda folder: archive(folder / "vm-new.vbk", age=MINUTE)),
    "nothing-new": Fault(before=stale, plant=nothing, rpo=TOO_OLD, offsite=TOO_OLD),
    "being-written-beside": Fault(plant=lambda folder: archive(folder / "vm-new.vbk", age=0 * DAY), settle="15m"),
    "only-being-written": Fault(
        before=stale,
        plant=lambda folder: archive(folder / "vm-new.vbk", age=0 * DAY),
        rpo=TOO_OLD,
        offsite=TOO_OLD,
        settle="15m",
    ),
    "unfinished-name": Fault(
        before=stale,
        plant=lambda folder: archive(folder / "vm-new.vbk.part", age=MINUTE),
        rpo=TOO_OLD,
        offsite=TOO_OLD,
        sets='{ id = "vm", match = "*" }',
    ),
    "hidden-name": Fault(
        before=stale,
        plant=lambda folder: archive(folder / ".vm-new.vbk", age=MINUTE),
        rpo=TOO_OLD,
        offsite=TOO_OLD,
    ),
    "copied-with-a-new-time": Fault(before=stale, plant=copied("vm-6.vbk", "vm-new.vbk"), rpo=TOO_OLD, offsite=TOO_OLD),
    "past-one-touched": Fault(
        before=stale, plant=lambda folder: dated(folder / "vm-5.vbk", MINUTE), rpo=TOO_OLD, offsite=TOO_OLD
    ),
    "rotated-by-renaming": Fault(plant=in_turn(*(f"vm-{number}.vbk" for number in range(8)))),
    "rotated-by-weekday": Fault(before=weekdays, plant=written_anew("day-6.vbk")),
    "nightly-dumps-under-one-name": Fault(before=dumps, plant=written_anew("erp.vbk", "paie.vbk", "rh.vbk")),
    "no-bytes": Fault(plant=lambda folder: archive(folder / "vm-new.vbk", age=MINUTE, data=b""), rpo="missed empty"),
    "shrunk": Fault(
        before=lambda folder: daily(folder, newest=20 * HOUR),
        plant=lambda folder: archive(folder / "vm-new.vbk", age=MINUTE, size=900),
        rpo="missed shrunk",
    ),
    "three-shrunk": Fault(
        before=in_parts(THREE, THREE), plant=lambda folder: written(folder, "new", 400, 300, 200), rpo="missed shrunk"
    ),
    "fall-hidden-by-one-made-by-hand": Fault(
        before=in_parts((200_000, 2000), (200_000,), (200_000,), (200_000,)),
        plant=lambda folder: written(folder, "new", 2000),
        rpo="missed shrunk",
    ),
    "first-night-of-three": Fault(before=nothing, plant=in_parts(THREE)),
    "first-of-three-is-there": Fault(before=in_parts(THREE, THREE), plant=lambda folder: written(folder, "new", 3000)),
    "last-part-is-short": Fault(
        before=in_parts(*((60_000, 60_000, rest) for rest in (50_000, 51_000, 52_000))),
        plant=lambda folder: written(folder, "new", 60_000, 60_000, 60_000, 500),
    ),
    "small-increment": Fault(
        before=increments, plant=lambda folder: archive(folder / "vm-new.vbk", age=MINUTE, size=800)
    ),
    "holes-alone": Fault(before=images, plant=holes(2 << 20), rpo="missed empty"),
    "sparse-image": Fault(before=images, plant=holes(2 << 20, written=1 << 20)),
    "hard-link": Fault(plant=lambda folder: os.link(folder / "vm-0.vbk", folder / "vm-latest.vbk")),
    "symbolic-link": Fault(
        before=stale,
        plant=lambda folder: (folder / "vm-new.vbk").symlink_to("/etc/hostname"),
        rpo=TOO_OLD,
        offsite=TOO_OLD,
    ),
    "encrypted-in-place": Fault(plant=encrypted, rpo=CHANGED),
    "encrypted-and-renamed": Fault(plant=encrypted_and_renamed, rpo="missed empty", offsite="missed empty"),
    "byte-flipped": Fault(plant=flipped, rpo=CHANGED),
    "past-one-written-over": Fault(
        plant=written_anew("vm-new.vbk", "vm-5.vbk"),
        rpo=CHANGED,
        before=daily_and_one_more,
    ),
    "past-one-gone": Fault(plant=removed("vm-5.vbk"), offsite="missed vanished"),
    "newest-gone": Fault(plant=removed("vm-0.vbk"), rpo=TOO_OLD, offsite=TOO_OLD),
    "gone-after-its-retention": Fault(before=old_one, plant=removed("vm-old.vbk")),
    "thinned": Fault(plant=removed("vm-5.vbk"), backup='retention = "30d"\nthinned_after = "3d"'),
    "no-retention-declared": Fault(plant=removed("vm-7.vbk"), backup="", offsite="missed vanished"),
    "deleted-and-laid-back": Fault(
        plant=lambda folder: (removed("vm-5.vbk")(folder), archive(folder / "vm-5.vbk", age=HOUR + 5 * DAY)),
    ),
    "deleted-and-re-created": Fault(
        plant=lambda folder: (removed("vm-5.vbk")(folder), archive(folder / "vm-5.vbk", age=2 * HOUR, size=4097)),
        rpo=CHANGED,
    ),
    "moved-into-a-folder": Fault(plant=moved, sets='{ id = "vm", match = "**/*.vbk" }'),
    "everything-gone": Fault(
        plant=removed(*(f"vm-{number}.vbk" for number in range(8))), rpo="missed empty", offsite="missed empty"
    ),
    "folder-gone": Fault(plant=shutil.rmtree, rpo="missed absent", offsite="missed absent"),
    "always-empty": Fault(before=nothing, plant=nothing, rpo="missed empty", offsite="missed empty"),
    "ahead-of-time": Fault(
        before=stale,
        plant=lambda folder: archive(folder / "vm-new.vbk", age=-2 * DAY),
        rpo="missed in-future",
        offsite="missed in-future",
    ),
    "old-by-its-name": Fault(before=nothing, plant=by_name(age=3 * DAY), rpo=TOO_OLD, offsite=TOO_OLD, more=DATED),
    "new-by-its-name": Fault(before=nothing, plant=by_name(age=HOUR), more=DATED),
    "no-date-in-its-name": Fault(before=nothing, plant=daily, rpo="missed empty", offsite="missed empty", more=DATED),
    "line-break-in-a-name": Fault(plant=lambda folder: archive(folder / "vm\nnew.vbk", age=MINUTE)),
    "odd-names": Fault(
        plant=lambda folder: [archive(folder / name, age=2 * HOUR) for name in ("-x.vbk", "a b\\'\"$(id).vbk")]
    ),
    "of-no-set": Fault(plant=lambda folder: archive(folder / "readme.txt", age=MINUTE, data=b"")),
    "weekly-in-time": Fault(before=two_sets(full=5 * DAY), plant=nothing, sets=WEEKLY),
    "weekly-too-old": Fault(before=two_sets(full=9 * DAY), plant=nothing, sets=WEEKLY, offsite=TOO_OLD),
    "one-set-too-old": Fault(
        before=daily,
        plant=nothing,
        sets=f'{FULL}, {{ id = "vib", match = "*.vib" }}',
        rpo="missed absent",
        offsite="missed absent",
    ),
    "gzip-whole": of("a.gz", gzip.compress, bytes, "met"),
    "gzip-cut": of("a.gz", gzip.compress, cut, "missed truncated"),
    "gzip-spoilt": of("a.gz", gzip.compress, spoilt, "missed damaged"),
    "gzip-encrypted": of("a.gz", gzip.compress, lambda data: content("encrypted", len(data)), "missed damaged"),
    "xz-cut": of("a.xz", lzma.compress, cut, "missed truncated"),
    "bzip2-cut": of("a.bz2", bz2.compress, cut, "missed truncated"),
    "zstd-cut": of("vzdump.vma.zst", zstandard, cut, "missed truncated"),
    "tar-cut": of("a.tar", lambda data: tarred(2 * data), cut, "missed truncated"),
    "qcow2-whole": of("a.qcow2", image, bytes, "met"),
    "qcow2-cut": of("a.qcow2", image, cut, "missed damaged"),
    "zip-cut": of("a.zip", zipped, cut, "missed truncated"),
    "zip-spoilt": of("a.zip", zipped, spoilt, "missed damaged"),
    "dump-without-its-last-line": of("a.sql", dump, cut, "missed truncated"),
    "compressed-dump-without-its-last-line": of(
        "a.sql.gz",
        lambda data: gzip.compress(dump(data)),
        lambda data: gzip.compress(gzip.decompress(data)[:-45]),
        "missed truncated",
    ),
    "archive-in-gzip-whole": of("a.tgz", lambda data: gzip.compress(tarred(8 * data)), bytes, "met"),
    "archive-cut-in-whole-gzip": of(
        "a.tgz",
        lambda data: gzip.compress(tarred(8 * data)),
        lambda data: gzip.compress(cut(gzip.decompress(data))),
        "missed truncated",
    ),
    "archive-cut-in-whole-xz": of(
        "a.txz",
        lambda data: lzma.compress(tarred(8 * data)),
        lambda data: lzma.compress(cut(lzma.decompress(data))),
        "missed truncated",
    ),
    "archive-cut-in-whole-bzip2": of(
        "a.tar.bz2",
        lambda data: bz2.compress(tarred(8 * data)),
        lambda data: bz2.compress(cut(bz2.decompress(data))),
        "missed truncated",
    ),
    "archive-in-zstd-whole": of("a.tar.zst", lambda data: zstandard(tarred(8 * data)), bytes, "met"),
    "archive-cut-in-whole-zstd": of(
        "a.tar.zst",
        lambda data: zstandard(tarred(8 * data)),
        lambda data: zstandard(cut(tarred(8 * data))),
        "missed truncated",
    ),
    "dump-of-nothing-in-gzip": Fault(
        before=nightly("a.sql.gz", gzip.compress),
        plant=new("a.sql.gz", gzip.compress, lambda data: gzip.compress(b"")),
        sets='{ id = "all", match = "*" }',
        rpo="missed empty",
    ),
    "dumps-of-nothing-from-the-first-night": Fault(
        before=nightly("a.sql.gz", lambda data: gzip.compress(b"")),
        plant=nothing,
        sets='{ id = "all", match = "*" }',
        rpo="missed empty",
        offsite="missed empty",
    ),
    "limits-of-their-own-alone": Fault(
        plant=nothing, sets='{ id = "vm", match = "*.vbk", limit = "8d" }', rpo="missed not-offsite"
    ),
}


@pytest.fixture(scope="module")
def found() -> Iterator[dict[str, tuple[str, str]]]:
    """Give the verdicts after all faults were planted; before, each folder was looked at and read once."""
    with open_folder() as folder:
        site = FolderSite(folder)
        folders = {
            name: site.declare(name, sets=fault.sets, more=fault.more, backup=fault.backup)
            for name, fault in FAULTS.items()
        }
        for name, fault in FAULTS.items():
            fault.before(folders[name])
        site.look(LISTING, DIGESTS, LISTING)
        for name, fault in FAULTS.items():
            fault.plant(folders[name])
            site.settle_for(name, fault.settle)
        site.look(LISTING, DIGESTS, LISTING)
        yield site.verdicts()


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_gives_its_verdict(found: dict[str, tuple[str, str]], name: str) -> None:
    assert found[name] == (FAULTS[name].rpo, FAULTS[name].offsite)


def test_thirty_faults_and_more_are_planted() -> None:
    bad = [name for name, fault in FAULTS.items() if (fault.rpo, fault.offsite) != ("met", "met")]
    assert (len(FAULTS) >= 40, len(bad) >= 20) == (True, True)


def test_a_fault_is_told_at_the_next_look_alone(tmp_path: Path) -> None:
    site = FolderSite(tmp_path)
    folder, _ = site.declare("erp", backup=KEPT), time.time()
    daily(folder)
    site.look(LISTING, DIGESTS, LISTING)
    assert site.verdicts()["erp"] == ("met", "met")
    encrypted_and_renamed(folder)
    site.look(LISTING)
    assert site.verdicts()["erp"] == ("missed empty", "missed empty")


def test_an_archive_that_was_cut_is_not_counted_among_the_sound_ones(tmp_path: Path) -> None:
    site = FolderSite(tmp_path)
    folder = site.declare("erp", sets='{ id = "erp", match = "*.gz" }')
    for day in range(3):
        archive(folder / f"{day}.gz", age=DAY * day + HOUR, data=gzip.compress(content(str(day))))
    whole = (folder / "0.gz").read_bytes()
    archive(folder / "0.gz", age=HOUR, data=whole[: len(whole) // 2])
    site.look(LISTING)
    look = site.observed(DIGESTS, "erp")
    assert [one.reason for one, _ in damage_in(look)] == ["truncated"]
    counted = [look.one(f"verify.files_{word}") for word in ("read", "sound")]
    assert [None if fact is None else fact.value for fact in counted] == [3, 2]


def test_an_archive_that_was_cut_is_known_under_its_next_name(tmp_path: Path) -> None:
    site = FolderSite(tmp_path)
    folder = site.declare("erp", sets='{ id = "erp", match = "*.gz*" }')
    names = [f"erp.{number}.gz" for number in range(4)]
    for day, name in enumerate(names):
        archive(folder / name, age=DAY * day + HOUR, data=gzip.compress(content(str(day))))
    whole = (folder / names[0]).read_bytes()
    archive(folder / names[0], age=HOUR, data=whole[: len(whole) // 2])
    site.look(LISTING, DIGESTS, LISTING)
    assert site.verdicts()["erp"][1] == "missed truncated"
    in_turn(*names)(folder)
    archive(folder / names[0], age=MINUTE, data=gzip.compress(content("new")))
    site.look(LISTING, DIGESTS, LISTING)
    assert site.verdicts()["erp"] == ("met", "missed truncated")
    (damage,) = damage_in(site.observed(DIGESTS, "erp"))
    assert damage[0].file.startswith("erp.1.gz")
    (folder / names[1]).unlink()
    assert damage_in(site.observed(DIGESTS, "erp")) == ()


def test_what_was_seen_of_a_folder_stands_under_another_name(tmp_path: Path) -> None:
    site = FolderSite(tmp_path)
    folder = site.declare("erp", backup=KEPT)
    daily(folder)
    site.look(LISTING, DIGESTS, LISTING)
    flipped(folder)
    removed("vm-5.vbk")(folder)
    site.look(LISTING, DIGESTS, LISTING)
    assert site.verdicts()["erp"] == (CHANGED, "missed vanished")
    site.backups = site.backups.replace('id = "nas"', 'id = "other"')
    for looks in ((LISTING,), (DIGESTS, LISTING), (DIGESTS, LISTING)):
        site.look(*looks)
        kept = site.kept()
        assert told(kept["backup-rpo", "erp"]) == CHANGED
        assert told(kept["backup-offsite", "erp/other"]) == "missed vanished"
    assert [one.reason for one, _ in damage_in(site.observed(DIGESTS, "erp"))] == ["content-changed"]
