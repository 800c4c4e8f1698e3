"""What find lists, and what it says that it could not look into."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Exited, LookError, Unreadable
from agent.core.host import Command, Host, Output
from agent.core.reason import Reason
from collectors.logs import listing as file_lists
from collectors.logs.links import DeepLink, TreeEntry
from collectors.logs.listing import listed, parse

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LINE = b"f f 65024 704797 2 1795521600.6024413870 1795521600.6024413870 /var/log/central/fw-1/a b.log\0\0"


class Finding(Host):
    """A host on which find says what a test likes."""

    id = "srv-1"

    def __init__(self, stdout: bytes, stderr: bytes = b"", status: int = 0) -> None:
        self.output = Output(stdout=stdout, stderr=stderr, status=status, duration=timedelta(0))

    def execute(self, command: Command) -> Output:
        return self.output

    def read(self, path: str, *, limit: int) -> bytes:
        raise AssertionError(path)


def found(stdout: bytes, stderr: bytes = b"", status: int = 1) -> object:
    return listed(Finding(stdout, stderr, status), "/var/log/central", None, timedelta(seconds=9))


def test_a_line_is_a_file() -> None:
    (entry,) = parse(LINE)
    file = entry.file
    assert (entry.leads, entry.text) == ("f", "")
    assert (file.path, file.kind, file.node, file.size) == ("/var/log/central/fw-1/a b.log", "f", "65024:704797", 2)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"find: '/var/log/central/fw-1/x': Permission denied\n", Reason.DENIED),
        (b"find: '/var/log/central/fw-1/x': Bad message\n", Reason.UNREADABLE),
        (b"find: '/var/log/central/fw-1/x': Input/output error\n", Reason.UNREADABLE),
        (b"find: '/var/log/central/fw-1/it's': Structure needs cleaning\n", Reason.UNREADABLE),
    ],
)
def test_whatever_find_could_not_look_into_is_told(said: bytes, reason: Reason) -> None:
    listing = listed(Finding(LINE, said, 1), "/var/log/central", None, timedelta(seconds=9))
    (refused,) = listing.refused
    assert (refused.path.startswith("/var/log/central/fw-1/"), refused.reason) == (True, reason)


def test_what_rotation_took_away_and_a_loop_of_folders_are_nothing() -> None:
    said = (
        b"find: '/var/log/central/fw-1/x': No such file or directory\n"
        b"find: File system loop detected; '/a/b' is part of the same file system loop as '/a'.\n"
    )
    assert listed(Finding(LINE, said, 1), "/var/log/central", None, timedelta(seconds=9)).refused == ()


@pytest.mark.parametrize(("stderr", "status"), [(b"", 1), (b"find: unknown predicate `-printf'\n", 2), (b"x", 127)])
def test_a_find_that_fails_otherwise_shows_nothing(stderr: bytes, status: int) -> None:
    with pytest.raises(Exited):
        found(LINE, stderr, status)


def test_the_folder_itself_may_be_missing_or_closed() -> None:
    gone = b"find: '/var/log/central': No such file or directory\n"
    assert not listed(Finding(b"", gone, 1), "/var/log/central", None, timedelta(seconds=9)).there
    with pytest.raises(LookError):
        found(b"", b"find: '/var/log/central': Permission denied\n")
    with pytest.raises(Unreadable):
        found(b"", b"find: '/var/log/central': Input/output error\n")


@given(st.binary(max_size=200) | st.text(alphabet="f 0123456789./\0", max_size=100).map(str.encode))
def test_any_bytes_are_files_or_a_typed_error(said: bytes) -> None:
    try:
        files = [entry.file for entry in parse(said)]
    except LookError:
        return
    assert all(isinstance(file, TreeEntry) and file.size >= 0 for file in files)
    assert all((written := file.written(NOW)) is None or written <= NOW for file in files)


def test_a_tree_with_more_files_than_any_is_unreadable_and_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_lists, "MOST_FILES", 3)
    assert len(listed(Finding(3 * LINE), "/var/log/central", None, timedelta(seconds=9)).files) == 3
    with pytest.raises(Unreadable, match=r"more files than can be listed \(3\)"):
        listed(Finding(3 * LINE + b"not parsed\0\0"), "/var/log/central", None, timedelta(seconds=9))


@pytest.mark.parametrize(
    "said", [LINE.replace(b"a b", b"a" * 1_100_000), LINE.replace(b"\0\0", b"\0" + b"a/" * 3000 + b"\0")]
)
def test_paths_and_links_longer_than_any_are_unreadable(said: bytes) -> None:
    with pytest.raises(Unreadable, match="no file"):
        list(parse(said))


def test_links_to_deep_files_are_asked_about_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path of a thousand folders has a thousand paths on its way, of two kilobytes each."""
    monkeypatch.setattr(file_lists, "MOST_ASKED", 100)
    links = [DeepLink(path=f"/l/{name}", target=f"/l/deep/{name}/x") for name in ("a", "b" * 90, "c")]
    paths, asked, refused = file_lists._asked(links, len("/l"))
    assert [one.path for one in asked] == ["/l/a", "/l/c"]
    assert [(one.path, one.said) for one in refused] == [(links[1].path, file_lists.TOO_DEEP)]
    assert paths == {"/l/deep", "/l/deep/a", "/l/deep/a/x", "/l/deep/c", "/l/deep/c/x"}
