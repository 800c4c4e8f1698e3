"""Which files are of which set, and which of them are judged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.inventory import Copy, FileSet
from collectors.files import LOOKS
from collectors.files.answers import FolderFile, FolderListing
from collectors.files.sets import arranged, path_of, set_finder, version_id, version_of

CLOCK = 1_796_000_000
COPY = Copy(
    id="nas",
    backup="vm",
    program=LOOKS,
    repository="store:nas:/v",
    sets=(
        FileSet(id="erp", match="erp/*.vbk"),
        FileSet(id="deep", match="**/*.vbk"),
        FileSet(id="one", match="a?c.[x]"),
    ),
)


def file(path: str, *, age: int = 3600, changed: int = 3600, size: int = 10) -> FolderFile:
    """Return a file that was written and changed so many seconds ago."""
    return FolderFile(path=path, size=size, written=CLOCK - age, changed=CLOCK - changed, room=4096)


def listing(*files: FolderFile) -> FolderListing:
    """Return a list of a folder."""
    return FolderListing(files=files, body=b"", wrong=(), complaints=0, odd=0, clock=CLOCK, tool="sha256sum")


@pytest.mark.parametrize(
    ("path", "set"),
    [
        ("erp/a.vbk", "erp"),
        ("erp/b/a.vbk", "deep"),
        ("a.vbk", "deep"),
        ("erp/a.VBK", None),
        ("erp/a.vbk.part", None),
        ("erp/a.vib", None),
        ("abc.[x]", "one"),
        ("a/c.[x]", None),
        ("abc.x", None),
    ],
)
def test_a_file_is_of_the_first_set_that_it_matches(path: str, set: str | None) -> None:
    assert set_finder(COPY)(path) == set


@pytest.mark.parametrize("suffix", [".part", ".partial", ".tmp", ".filepart", ".PART"])
def test_an_unfinished_name_is_of_no_set(suffix: str) -> None:
    everything = replace(COPY, sets=(FileSet(id="all", match="**/*"),))
    assert set_finder(everything)("erp/a.vbk") == "all"
    assert set_finder(everything)(f"erp/a.vbk{suffix}") is None


def test_a_file_that_changed_of_late_is_not_judged_yet() -> None:
    quiet, written, renamed = file("erp/a.vbk"), file("erp/b.vbk", age=60, changed=60), file("erp/c.vbk", changed=60)
    found = arranged(COPY, listing(quiet, written, renamed), frozenset())
    assert ([one.file.path for one in found.sets["erp"]], found.unsettled) == (
        ["erp/a.vbk"],
        ["erp/b.vbk", "erp/c.vbk"],
    )
    known = arranged(COPY, listing(quiet, written, renamed), frozenset({(10, CLOCK - 3600)}))
    assert known.unsettled == ["erp/b.vbk"]


def test_a_date_of_the_future_does_not_keep_a_file_from_being_judged() -> None:
    (one,) = arranged(COPY, listing(file("erp/a.vbk", age=-86400)), frozenset()).sets["erp"]
    assert one.time == datetime.fromtimestamp(CLOCK + 86400, UTC)


def test_the_newest_file_of_a_set_comes_first() -> None:
    found = arranged(COPY, listing(file("erp/a.vbk", age=9000), file("erp/b.vbk", age=5000)), frozenset())
    assert [one.file.path for one in found.sets["erp"]] == ["erp/b.vbk", "erp/a.vbk"]


def test_the_version_of_a_point_is_found_again_in_its_name() -> None:
    (one,) = arranged(COPY, listing(file("erp/a (b).vbk", age=9000)), frozenset()).sets["erp"]
    point = one.point("srv-1")
    assert (path_of(point.id), version_of(point)) == ("erp/a (b).vbk", (10, CLOCK - 9000))
    assert version_of(replace(point, id="4e2f621d")) is None
    assert version_id("x", -1).startswith("x (1970-01-01T00:00:00Z")


def test_a_settle_of_nothing_judges_at_once() -> None:
    found = arranged(replace(COPY, settle=timedelta(0)), listing(file("erp/a.vbk", age=0, changed=0)), frozenset())
    assert len(found.sets["erp"]) == 1
