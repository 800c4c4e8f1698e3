"""Every version of the objects in a folder of a bucket, and the delete markers that hide some of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

from agent.core.errors import Denied, Unreadable
from agent.hosts.object_store.asking import FORBIDDEN, OK, S3Answer, S3Connection
from agent.hosts.object_store.place import S3Place

# A repository of some terabytes has as many objects.
MOST_VERSIONS = 200_000
_NOT_HERE = ("NotImplemented", "MethodNotAllowed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectVersion:
    """One version of an object, or the marker of its deletion; `key` is its name below the folder."""

    key: str
    id: str
    written: datetime
    latest: bool
    marker: bool
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenObject:
    """An object that a delete marker hides, with the newest version that is still there."""

    key: str
    version: ObjectVersion
    hidden_at: datetime


def versions_below(connection: S3Connection, place: S3Place, folder: str = "") -> tuple[ObjectVersion, ...]:
    """Return every version below a folder of the repository, those of one object together.

    Raises Denied where the key may not list versions, Unreadable for more than MOST_VERSIONS or no such list, and what
    S3Connection.get raises.
    """
    found: list[ObjectVersion] = []
    after: tuple[tuple[str, str], ...] = ()
    while True:
        query = (("versions", ""), ("prefix", f"{place.prefix}{folder}"), ("max-keys", "1000"), *after)
        listed, following = page_of(connection.get(place.path_of(), query), place)
        found += listed
        if not following:
            return tuple(found)
        if following == after or len(found) > MOST_VERSIONS:
            what = "its list of versions does not end" if following == after else f"more than {MOST_VERSIONS} versions"
            raise Unreadable(f"{place.name}: {what}")
        after = following


def page_of(answer: S3Answer, place: S3Place) -> tuple[list[ObjectVersion], tuple[tuple[str, str], ...]]:
    """Return the versions of one answer, and what to ask for next (empty: that was all). Pure."""
    if answer.status == FORBIDDEN:
        hint = "allow s3:ListBucketVersions to the key of environment_file"
        raise Denied(f"{place.name}: the key may not list versions ({answer.code or FORBIDDEN})", hint)
    if answer.status != OK:
        what = "knows no versions" if answer.code in _NOT_HERE else "does not list versions"
        raise Unreadable(f"{place.name} {what} ({answer.code or answer.status})")
    root = read_xml(answer.body, place)
    if not root.tag.endswith("ListVersionsResult"):
        raise Unreadable(f"{place.name}: its answer is no list of versions")
    listed = [
        _version(entry, place, marker=entry.tag.endswith("DeleteMarker"))
        for entry in root
        if entry.tag.endswith(("}Version", "DeleteMarker")) or entry.tag == "Version"
    ]
    if text_of(root, "IsTruncated") != "true":
        return listed, ()
    names = (("key-marker", "NextKeyMarker"), ("version-id-marker", "NextVersionIdMarker"))
    following = tuple((name, value) for name, tag in names if (value := text_of(root, tag)))
    if not following:
        raise Unreadable(f"{place.name}: its list of versions is cut short")
    return listed, following


def hidden_among(versions: Sequence[ObjectVersion]) -> Iterator[HiddenObject]:
    """Yield the objects whose newest entry is a delete marker over a version that is still there. Pure."""
    markers = {one.key: one for one in versions if one.marker and one.latest}
    newest: dict[str, ObjectVersion] = {}
    for one in versions:
        if not one.marker and one.key in markers and (one.key not in newest or newest[one.key].written < one.written):
            newest[one.key] = one
    for key, version in newest.items():
        yield HiddenObject(key=key, version=version, hidden_at=markers[key].written)


def read_xml(body: bytes, place: S3Place) -> ElementTree.Element:
    """Return an answer as XML. Raises Unreadable; a document type, which could name entities, is refused."""
    if b"<!" in body:
        raise Unreadable(f"{place.name}: its answer holds a declaration")
    try:
        return ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Unreadable(f"{place.name}: its answer is no XML") from error


def text_of(element: ElementTree.Element, tag: str) -> str:
    """Return the text of the child of some name, in any namespace; empty where there is none."""
    found = next((child for child in element if child.tag.rpartition("}")[2] == tag), None)
    return "" if found is None else (found.text or "")


def instant_of(text: str, place: S3Place) -> datetime:
    """Return an instant of an answer in UTC. Raises Unreadable."""
    try:
        read = datetime.fromisoformat(text)
        if read.tzinfo is None:
            raise ValueError("no zone")
        return read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"{place.name}: a date of its answer cannot be read") from error


def _version(entry: ElementTree.Element, place: S3Place, *, marker: bool) -> ObjectVersion:
    key, size = text_of(entry, "Key"), text_of(entry, "Size") or "0"
    if not key.startswith(place.prefix) or not size.isascii() or not size.isdigit() or len(size) > 18:
        raise Unreadable(f"{place.name}: an entry of its list of versions is none")
    return ObjectVersion(
        key=key.removeprefix(place.prefix),
        id=text_of(entry, "VersionId"),
        written=instant_of(text_of(entry, "LastModified"), place),
        latest=text_of(entry, "IsLatest") == "true",
        marker=marker,
        size=int(size),
    )
