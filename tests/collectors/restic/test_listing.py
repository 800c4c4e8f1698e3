"""A list of snapshots becomes points, as they are, or nothing at all."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.core.errors import Denied, LookError, Unreachable, Unreadable
from agent.core.reason import Reason
from collectors.restic.listing import instant, parse

ID = "e36865a4f183da5fd45fa9f7e8157c244cdc6ce58865931ed0326484ba6af6d0"
OTHER = "094a0cf3422b392cdb79b2afe7278bc21f6b2adb12479786a81780b5381d469c"


def snapshot(**changes: Any) -> dict[str, Any]:
    """Return a snapshot as restic lists it."""
    plain = {"id": ID, "time": "2026-11-23T03:00:00Z", "hostname": "srv-1", "paths": ["/srv"], "tree": OTHER}
    return {**plain, **changes}


def listed(*snapshots: dict[str, Any]) -> bytes:
    """Return what restic prints."""
    return json.dumps(list(snapshots), separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-23T03:00:00Z", datetime(2026, 11, 23, 3, tzinfo=UTC)),
        ("2026-11-23T03:00:00.123456789+01:00", datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=UTC)),
        ("2026-07-01T00:30:00+02:00", datetime(2026, 6, 30, 22, 30, tzinfo=UTC)),
        ("2026-11-23T03:00:00.5-03:30", datetime(2026, 11, 23, 6, 30, 0, 500000, tzinfo=UTC)),
    ],
)
def test_an_instant_keeps_its_offset_and_loses_its_nanoseconds(text: str, meant: datetime) -> None:
    assert instant(text) == meant


@pytest.mark.parametrize("text", ["2026-11-23T03:00:00", "2026-11-23", "yesterday", "0001-01-01T00:00:00+14:00", 5])
def test_a_time_without_a_zone_or_out_of_range_is_refused(text: object) -> None:
    with pytest.raises(Unreadable):
        parse(listed(snapshot(time=text)), b"", "files/offsite")


def test_what_a_summary_says_is_kept() -> None:
    summary = {"total_files_processed": 7, "total_bytes_processed": 900, "data_added": 50, "data_added_packed": 40}
    (point,) = parse(listed(snapshot(summary=summary, tags=["nightly"], original=OTHER)), b"", "files/offsite").points
    assert (point.files, point.bytes, point.added_bytes, point.packed_bytes) == (7, 900, 50, 40)
    assert (point.tags, point.original, point.tree, point.host) == (("nightly",), OTHER, OTHER, "srv-1")


def test_a_snapshot_without_a_summary_does_not_say_how_many_files_it_holds() -> None:
    (point,) = parse(listed(snapshot()), b"", "files/offsite").points
    assert point.files is None


def test_names_are_kept_as_they_are() -> None:
    hostile = "/srv/\x1b[31m\n; rm -rf ~ | é"
    (point,) = parse(listed(snapshot(paths=[hostile], hostname="a\tb")), b"", "files/offsite").points
    assert point.paths == (hostile,)
    assert point.host == "a\tb"


def test_half_a_character_becomes_one_that_can_be_written() -> None:
    (point,) = parse(listed(snapshot(hostname="srv\ud800")), b"", "files/offsite").points
    assert point.host.encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "e368"},
        {"id": None},
        {"paths": "/srv"},
        {"paths": [1]},
        {"tree": "x"},
        {"summary": []},
        {"summary": {"total_files_processed": -1}},
        {"summary": {"total_files_processed": True}},
        {"summary": {"total_files_processed": 2**70}},
        {"summary": {"total_files_processed": "7"}},
    ],
)
def test_a_snapshot_that_is_not_what_it_should_be_makes_the_list_unreadable(changes: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        parse(listed(snapshot(id=OTHER), snapshot(**{"id": ID, **changes})), b"", "files/offsite")


def test_a_list_cut_short_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        parse(listed(snapshot(), snapshot(id=OTHER))[:-40], b"", "files/offsite")


def test_progress_beside_the_list_does_no_harm() -> None:
    said = b"[0:00] 100.00%  1 / 1 index files loaded\n" + listed(snapshot()) + b"\n"
    assert len(parse(said, b"", "files/offsite").points) == 1


@pytest.mark.parametrize("said", [b"[]", b"null\n"])
def test_an_empty_list_with_nothing_aside_is_an_empty_repository(said: bytes) -> None:
    assert parse(said, b"", "files/offsite").points == ()
    assert parse(said, b"unable to open cache: mkdir /x: permission denied\n", "files/offsite").points == ()


@pytest.mark.parametrize(
    ("aside", "error"),
    [
        (b"could not load snapshots: open /r/snapshots: permission denied\n", Denied),
        (b"List(snapshot) failed: connection lost\n", Unreachable),
        (b"something else\n", Unreadable),
    ],
)
def test_an_empty_list_with_words_aside_is_no_empty_repository(aside: bytes, error: type[LookError]) -> None:
    with pytest.raises(error):
        parse(b"[]", aside, "files/offsite")


def test_a_list_that_broke_off_is_no_list() -> None:
    with pytest.raises(Unreachable):
        parse(listed(snapshot()), b"could not load snapshots: connection lost\n", "files/offsite")


def test_a_snapshot_forgotten_meanwhile_is_no_damage() -> None:
    aside = (
        f'Ignoring "{OTHER}": failed to load snapshot 094a0cf3: open /r/snapshots/{OTHER}: no such file or directory\n'
    )
    found = parse(listed(snapshot()), aside.encode(), "files/offsite")
    assert found.left_out == ()
    assert len(found.points) == 1


def test_a_snapshot_that_could_not_be_read_is_told_with_its_reason() -> None:
    aside = (
        f'Ignoring "{OTHER}": failed to load snapshot 094a0cf3: LoadRaw(<snapshot/094a0cf342>): invalid data returned\n'
        "could not load snapshot bdb08a1f: open /r/snapshots/bdb08a1f0b: permission denied\n"
    )
    found = parse(listed(snapshot()), aside.encode(), "files/offsite")
    assert [(one.id, one.reason) for one in found.left_out] == [(OTHER, Reason.DAMAGED), ("bdb08a1f", Reason.DENIED)]


@pytest.mark.parametrize(
    ("original", "summary", "finished"),
    [
        (OTHER, {"backup_end": "2026-11-20T03:00:00.5Z"}, datetime(2026, 11, 20, 3, 0, 0, 500000, tzinfo=UTC)),
        (OTHER, {"backup_end": "2026-11-23T02:54:59Z"}, datetime(2026, 11, 23, 2, 54, 59, tzinfo=UTC)),
        (OTHER, {"backup_end": "2026-11-23T02:55:00Z"}, None),
        (OTHER, {"backup_end": "2026-11-30T03:00:00Z"}, None),
        (OTHER, {"backup_end": "0001-01-01T00:00:00Z"}, None),
        (OTHER, {"backup_end": "yesterday"}, None),
        (OTHER, {}, None),
        (OTHER, None, None),
        (None, {"backup_end": "2026-11-20T03:00:00Z"}, None),
    ],
)
def test_a_rewritten_point_that_claims_a_later_date_tells_when_its_run_ended(
    original: str | None, summary: dict[str, str] | None, finished: datetime | None
) -> None:
    listing = parse(listed(snapshot(original=original, summary=summary)), b"", "files/offsite")
    assert listing.finished == ({} if finished is None else {ID: finished})
