"""Lists of versions, as Amazon and SeaweedFS write them, and as no store should."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from agent.core.errors import Denied, LookError, Unreadable
from agent.hosts.object_store.asking import S3Answer
from agent.hosts.object_store.place import S3Place
from agent.hosts.object_store.versions import ObjectVersion, hidden_among, page_of

PLACE = S3Place(host="objets.example", port=443, secure=True, bucket="b", prefix="repo/")
WRITTEN, DELETED = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
VERSION = (
    "<Version><Key>repo/snapshots/aa</Key><VersionId>v1</VersionId><IsLatest>{latest}</IsLatest>"
    "<LastModified>2026-11-01T00:00:00.000Z</LastModified><Size>12</Size></Version>"
)
MARKER = (
    "<DeleteMarker><Key>repo/snapshots/aa</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest>"
    "<LastModified>2026-11-02T00:00:00.000Z</LastModified></DeleteMarker>"
)


def answer(inside: str, status: int = 200, code: str = "") -> S3Answer:
    body = f'<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{inside}</ListVersionsResult>'
    return S3Answer(status=status, code=code, body=body.encode())


def test_versions_and_markers_are_told_apart() -> None:
    listed, following = page_of(answer(VERSION.format(latest="false") + MARKER), PLACE)
    assert following == ()
    assert listed == [
        ObjectVersion(key="snapshots/aa", id="v1", written=WRITTEN, latest=False, marker=False, size=12),
        ObjectVersion(key="snapshots/aa", id="v2", written=DELETED, latest=True, marker=True),
    ]
    (hidden,) = hidden_among(listed)
    assert (hidden.key, hidden.version.id, hidden.hidden_at) == ("snapshots/aa", "v1", DELETED)


def test_an_object_that_is_written_again_after_its_deletion_is_not_hidden() -> None:
    listed, _ = page_of(answer(VERSION.format(latest="true") + MARKER.replace(">true<", ">false<")), PLACE)
    assert list(hidden_among(listed)) == []


def test_a_marker_over_nothing_hides_nothing() -> None:
    listed, _ = page_of(answer(MARKER), PLACE)
    assert list(hidden_among(listed)) == []


def test_a_list_goes_on_where_it_was_cut() -> None:
    more = "<IsTruncated>true</IsTruncated><NextKeyMarker>repo/k</NextKeyMarker>"
    _, following = page_of(answer(f"{more}<NextVersionIdMarker>v</NextVersionIdMarker>"), PLACE)
    assert following == (("key-marker", "repo/k"), ("version-id-marker", "v"))
    with pytest.raises(Unreadable, match="cut short"):
        page_of(answer("<IsTruncated>true</IsTruncated>"), PLACE)


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (answer("", 403, "AccessDenied"), Denied, "may not list versions"),
        (answer("", 501, "NotImplemented"), Unreadable, "knows no versions"),
        (answer("", 404, "Odd"), Unreadable, "Odd"),
        (S3Answer(status=200, code="", body=b"<html/>"), Unreadable, "no list of versions"),
        (S3Answer(status=200, code="", body=b"{}"), Unreadable, "no XML"),
        (S3Answer(status=200, code="", body=b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), Unreadable, "declaration"),
        (answer(VERSION.format(latest="true").replace("repo/", "other/")), Unreadable, "none"),
        (answer(VERSION.format(latest="true").replace("12<", "-1<")), Unreadable, "none"),
        (answer(VERSION.format(latest="true").replace("000Z", "000")), Unreadable, "date"),
    ],
)
def test_what_is_no_list_is_refused_with_its_reason(said: S3Answer, error: type[LookError], words: str) -> None:
    with pytest.raises(error, match=words):
        page_of(said, PLACE)


@given(some.binary(max_size=300))
def test_any_bytes_are_a_list_or_unreadable(body: bytes) -> None:
    try:
        page_of(S3Answer(status=200, code="", body=body), PLACE)
    except LookError as error:
        assert error.message.isprintable()
