"""Sizes that the compressors themselves gave a dump of nothing."""

import gzip
from dataclasses import replace

import pytest

from agent.core.empty_files import holds_nothing
from agent.core.points import MIRRORED, Point
from tests.checks.backups import HOUR, point


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("dumps/scota-shop-2026-12-03.sql", 0),
        ("dumps/scota-shop-2026-12-03.sql.gz", 46),
        ("dumps/été.sql.GZ", 20 + 10),
        ("scota-shop-2026-12-03.sql.bz2", 14),
        ("scota-shop-2026-12-03.sql.xz", 32),
        ("scota-shop-2026-12-03.sql.zst", 13),
        ("scota-shop-2026-12-03.sql.lz4", 15),
        ("scota-shop-2026-12-03.sql.lz", 36),
        ("scota-shop-2026-12-03.sql.lzo", 67),
        ("a.sql.gz", len(gzip.compress(b""))),
        ("scota-shop-2026-12-03.sql.lzma", 23),
        ("scota-shop-2026-12-03.sql.Z", 3),
        ("/stdin", 20),
        ("scota-2026-12-03.tar.gz", 45),
        ("scota-2026-12-03.tar.gz", 45 + 20),
        ("scota.tgz", 80),
        ("scota.tar.bz2", 46),
        ("scota.TXZ", 116),
        ("scota.tar.zst", 22),
        ("scota.tar.lz4", 70),
        ("scota.tar.lz", 76),
        ("scota.tar.lzo", 122),
    ],
)
def test_a_compressor_s_stream_of_nothing_or_of_an_archive_of_nothing_holds_nothing(path: str, size: int) -> None:
    assert holds_nothing(path, size)


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("a.sql", 1),
        ("scota-shop-2026-12-03.sql.gz", 47),
        ("a.tgz/letter", 1),
        (".gz", 1),
        ("scota-shop.sql.xz", 37),
        ("/stdin", 37),
        ("stdin.sql", 20),
        # An empty folder of no name, which is the least that an archive may hold.
        ("scota.tgz", 105),
        ("scota.tar.bz2", 110),
        ("scota.tar.xz", 168),
        ("scota.tar.zst", 86),
        ("scota.tar.lz4", 147),
        ("scota.tar.lz", 131),
    ],
)
def test_a_byte_more_is_something(path: str, size: int) -> None:
    assert not holds_nothing(path, size)


DUMP = replace(point(HOUR), paths=("/shop.sql.gz",), files=1, bytes=20)


@pytest.mark.parametrize(
    ("one", "empty"),
    [
        (DUMP, True),
        (replace(DUMP, paths=("/stdin",)), True),
        (replace(DUMP, paths=("stdin",)), True),
        (replace(DUMP, bytes=4000), False),
        (replace(DUMP, bytes=None), False),
        (replace(DUMP, files=2), False),
        (replace(DUMP, files=None), False),
        (replace(DUMP, paths=("/srv/scota",)), False),
        (replace(DUMP, paths=("/srv/scota",), bytes=0), True),
        (replace(DUMP, id=f"x{MIRRORED}"), False),
    ],
)
def test_a_point_that_is_one_file_of_nothing_is_empty(one: Point, empty: bool) -> None:
    """`pg_dump | gzip | restic backup --stdin` of a dump that failed."""
    assert one.is_empty is empty
