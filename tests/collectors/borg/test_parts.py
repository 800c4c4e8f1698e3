"""Which share of which archive is read next, and since when everything has been."""

import json
import os
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import LookError
from agent.core.facts.archive_parts import ArchivePart
from agent.core.facts.verification import Damage
from agent.core.reason import Reason
from collectors.borg.entries import EntryReader, is_top
from collectors.borg.faults import BorgMessage, error_of, messages_in
from collectors.borg.listing import parse
from collectors.borg.nodes import mode_in
from collectors.borg.parts import complete_since, in_turn, next_parts, part_of, parts_for
from collectors.borg.whole import damage_in

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def part(archive: str, number: int = 0, of: int = 1) -> ArchivePart:
    """Return a part of an archive."""
    return ArchivePart(archive=archive, number=number, of=of, bytes=1)


@given(st.integers(0, 2**50), st.integers(1, 2**45))
def test_a_part_fits_into_the_budget_unless_there_are_too_many(size: int, budget: int) -> None:
    of = parts_for(size, budget)
    assert of == 256 or size <= of * budget
    assert of == 1 or size > budget


@given(st.binary(min_size=1), st.integers(0, 8))
def test_every_file_is_of_one_part(path: bytes, power: int) -> None:
    assert 0 <= part_of(path, 1 << power) < 1 << power


def test_what_was_never_read_comes_first_then_the_oldest() -> None:
    read = {part("old"): NOW - 9 * DAY, part("older"): NOW - 20 * DAY, part("begun", 0, 2): NOW - DAY}
    assert in_turn(("new", "begun", "old", "older"), read) == ["begun", "new", "older", "old"]
    assert next_parts("begun", 2, read) == [1, 0]


def test_an_archive_is_whole_once_all_its_parts_were_read() -> None:
    read = {part("a", 0, 2): NOW - 3 * DAY}
    assert complete_since("a", read) is None
    assert complete_since("a", {**read, part("a", 1, 2): NOW}) == NOW - 3 * DAY


def test_segments_are_named_as_damaged_or_absent() -> None:
    said = (
        BorgMessage(name="", text="Data integrity error: Segment entry checksum mismatch [segment 2, offset 95]"),
        BorgMessage(
            name="", text=f"ID: {'12' * 32} rebuilt index: <not found>      committed index: (1002, 300264)     "
        ),
    )
    assert damage_in(said, {"2": "data/0/2"}) == (
        Damage(file="data/0/2", reason="damaged"),
        Damage(file="data/1/1002", reason="absent"),
    )
    assert damage_in((), {}) == (Damage(file="data", reason="damaged"),)


def test_no_other_entry_is_taken_for_the_one_that_all_hang_in() -> None:
    assert all(map(is_top, (b".", b"./", b"./.", b".//./", b"././.")))
    assert not any(map(is_top, (b"...", b"..", b".a", b"./a", b"./..", b".\n", b"a/.", b"." + b"/" * 4000 + b"a")))


def test_modes_are_read_as_they_are_printed() -> None:
    assert [oct(mode_in(one)) for one in ("-rw-r--r--", "drwxrwxrwt", "-rwsr-S---")] == ["0o644", "0o1777", "0o6740"]


@given(
    st.lists(st.binary().filter(lambda one: b"\0" not in one and b".." not in one).map(os.fsdecode)), st.integers(1, 9)
)
def test_names_are_read_as_they_are_however_they_are_cut(names: list[str], at: int) -> None:
    lines = "".join(f"- -rw-r--r-- 0 0 3 healthy 2026-12-01T11:31:40.988971 a{name}\0\0" for name in names)
    said = lines.encode("unicode_escape")
    seen: list[bytes] = []
    reader = EntryReader(lambda entry: seen.append(entry.path))
    for begin in range(0, len(said), at):
        reader.take(said[begin : begin + at])
    assert reader.end()
    assert seen == [f"a{name}".encode(errors="surrogateescape") for name in names]


def test_a_backslash_and_a_control_character_are_told_apart() -> None:
    seen: list[bytes] = []
    reader = EntryReader(lambda entry: seen.append(entry.path))
    reader.take("- -rw-r--r-- 0 0 3 healthy - a\x01b\\x00c\\n\n\0\0".encode("unicode_escape"))
    assert (seen, reader.end()) == ([b"a\x01b\\x00c\\n\n"], True)


@given(st.lists(st.binary()))
def test_any_bytes_are_entries_or_no_list(chunks: list[bytes]) -> None:
    seen: list[bytes] = []
    reader = EntryReader(lambda entry: seen.append(entry.path))
    for chunk in chunks:
        reader.take(chunk)
    assert all(path and not path.startswith(b"/") for path in seen)


@given(st.binary())
def test_any_bytes_on_standard_error_are_messages(said: bytes) -> None:
    assert all(isinstance(one.text, str) for one in messages_in(said))


@given(st.binary() | st.just(b'{"repository": {"id": 3}, "archives": []}'))
def test_any_bytes_are_a_list_or_unreadable(said: bytes) -> None:
    try:
        assert parse(said, "files/vault").archives == ()
    except LookError as error:
        assert error.reason is Reason.UNREADABLE


def test_a_password_file_that_may_not_be_read_is_named_as_what_is_wrong() -> None:
    said = "passcommand supplied in BORG_PASSCOMMAND failed: Command '['cat', '--', '/etc/x']' returned 1."
    line = json.dumps({"type": "log_message", "msgid": "PasscommandFailure", "message": said}).encode()
    found = error_of(line, "files/nas", None)
    assert (found.reason.value, found.message) == ("unreadable", "files/nas: its password_file could not be read")
    assert "beffroi" in (found.hint or "")
    refused = error_of(b"cat: /etc/x: Permission denied\n" + line, "files/nas", None)
    assert (refused.reason, refused.message, refused.hint) == (Reason.DENIED, found.message, found.hint)
