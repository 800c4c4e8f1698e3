"""Files opened in a process of their own: what it says of each, and what becomes of the rest when it dies."""

import gzip
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hosts.local import LocalHost
from agent.restores import opening
from agent.restores.openers.opener import ContentKind
from agent.restores.opening import OpenedFile, Opening, open_files, parse
from tests.parts.journals_of_databases import interrupted

MINUTE = timedelta(minutes=1)


def asked(paths: list[Path], timeout: timedelta = MINUTE) -> list[tuple[int, str, Opening]]:
    """Return the result of opening some files."""
    names = [os.fsencode(path) for path in paths]
    found = open_files(LocalHost("here"), paths[0].parent, names, timeout, writable=True)
    return [(one.number, one.kind, one.opening) for one in found]


def made(folder: Path, name: str, content: bytes) -> Path:
    """Return a file."""
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.programs
def test_each_file_is_told_by_its_number_whatever_its_name(tmp_path: Path) -> None:
    paths = [
        made(tmp_path, "letter.txt", b"letter"),
        made(tmp_path, "a\n3 gzip document opened.json", b"{"),
        made(tmp_path, os.fsdecode(b"\xff\x1b.gz"), gzip.compress(b"letter")),
        tmp_path / "not-there.json",
    ]
    (tmp_path / "link.json").symlink_to(paths[1])
    os.mkfifo(tmp_path / "pipe.json")
    found = asked([*paths, tmp_path / "link.json", tmp_path / "pipe.json"])
    assert found == [(1, "json", Opening.BROKEN), (2, "gzip", Opening.OPENED)]


@pytest.mark.programs
def test_the_first_part_of_what_was_split_is_not_told_and_no_other_cut_file_is(tmp_path: Path) -> None:
    whole = gzip.compress(os.urandom(5000))
    parts = [made(tmp_path, f"a.gz{end}", whole[:3000]) for end in (".aa", "aa", ".aaa", ".00", ".001", ".part1")]
    cut = [made(tmp_path, f"a.gz{end}", whole[:3000]) for end in ("", ".0", ".1", ".10", ".bak")]
    sound = made(tmp_path, "b.gz.aa", whole)
    results = [result for _number, _kind, result in asked([*parts, *cut, sound])]
    assert results == [Opening.NOT_TOLD] * len(parts) + [Opening.BROKEN] * len(cut) + [Opening.OPENED]


@pytest.mark.programs
def test_many_files_take_several_processes_and_keep_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BATCH", 3)
    paths = [made(tmp_path, f"{number}.json", b"{}") for number in range(7)]
    assert asked(paths) == [(number, "json", Opening.OPENED) for number in range(7)]


@pytest.mark.programs
def test_a_process_that_dies_of_a_file_tells_nothing_of_that_one_and_all_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [made(tmp_path, f"{number}.json", b"{}") for number in range(4)]
    paths[1].write_bytes(b'"die"')
    dying = opening._CODE.replace(
        "; main(",
        "; import json, os; loads = json.loads; "
        "json.loads = lambda text, **more: os._exit(9) if b'die' in text else loads(text, **more); main(",
    )
    monkeypatch.setattr(opening, "_CODE", dying)
    assert asked(paths) == [
        (0, "json", Opening.OPENED),
        (1, "", Opening.NOT_TOLD),
        (2, "json", Opening.OPENED),
        (3, "json", Opening.OPENED),
    ]


@pytest.mark.programs
def test_a_database_whose_journal_has_no_possible_name_hides_no_other(tmp_path: Path) -> None:
    broken, odd, whole = (tmp_path / name for name in ("broken.sqlite", "a" * 249, "whole.sqlite"))
    for path in (broken, tmp_path / "odd", whole):
        interrupted(path)
    broken.write_bytes(broken.read_bytes()[:100] + os.urandom(5000))
    # With `-wal` its name can be, with `-journal` it is too long for any folder.
    (tmp_path / "odd").rename(odd)
    (tmp_path / "odd-journal").rename(f"{odd}-wal")
    found = [result for _, _, result in sorted(asked([broken, odd, whole]))]
    assert found == [Opening.BROKEN, Opening.NOT_TOLD, Opening.OPENED]


@pytest.mark.programs
def test_a_file_that_asks_for_all_memory_is_not_told_and_harms_nobody(tmp_path: Path) -> None:
    # A PAX header that claims 8 GiB for itself: tarfile takes it at its word.
    header = bytearray(512)
    header[0:4], header[156:157] = b"pax\0", b"x"
    header[100:108], header[108:116], header[116:124] = b"0000644\0", b"0000000\0", b"0000000\0"
    header[124:136], header[136:148] = b"77777777777\0", b"00000000000\0"
    header[257:265] = b"ustar\x0000"
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    file = made(tmp_path, "a.tar", bytes(header) + bytes(4096))
    ((_, kind, told),) = asked([file])
    assert kind == "tar"
    assert told in (Opening.NOT_TOLD, Opening.BROKEN)


@pytest.mark.programs
def test_without_a_process_and_without_time_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = made(tmp_path, "a.json", b"{}")
    assert asked([file], timedelta(0)) == []
    monkeypatch.setattr(sys, "executable", "/not/there")
    assert asked([file]) == []


@given(
    st.one_of(st.binary(max_size=200), st.from_regex(rb"(at \d\n|\d+ [a-z]+ dump broken\n|done \d+\n){0,9}")),
    st.integers(1, 9),
)
def test_whatever_it_says_is_held_to_what_was_asked(said: bytes, asked_about: int) -> None:
    answer = parse(said, asked_about)
    assert 0 <= answer.through <= asked_about
    assert all(one.number < asked_about for one in answer.opened)


@pytest.mark.parametrize(
    ("holds", "as_in_source", "blamed"),
    [
        (ContentKind.DOCUMENT, False, False),
        (ContentKind.DATABASE, False, True),
        (ContentKind.DATABASE, True, False),
        (ContentKind.DUMP, False, True),
        (ContentKind.DUMP, True, True),
    ],
)
def test_who_is_to_blame_for_what_does_not_open(holds: ContentKind, as_in_source: bool, blamed: bool) -> None:
    one = OpenedFile(number=0, kind="x", holds=holds, opening=Opening.BROKEN)
    assert one.blames(as_in_source=as_in_source) == blamed
    sound = OpenedFile(number=0, kind="x", holds=holds, opening=Opening.OPENED)
    assert not sound.blames(as_in_source=as_in_source)
