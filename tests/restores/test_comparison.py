"""A restored tree held against its point and its source: every way of being different has a name."""

import os
import shutil
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.backup_program import Node
from agent.core.errors import TimedOut, Unreachable
from agent.core.reason import Reason
from agent.hosts.live_files import FileDigest, FileQuery, Live, Once, near
from agent.restores.comparison import SHOWN_AT_MOST, Comparison, compare, told

TYPES = {stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "symlink", stat.S_IFIFO: "fifo"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a source of every kind of entry."""
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    (source / "inner" / "letter").write_text("letter\n")
    os.link(source / "inner" / "letter", source / "linked")
    (source / "link").symlink_to("inner/letter")
    (source / "plan.bin").write_bytes(os.urandom(5000))
    os.mkfifo(source / "pipe")
    os.setxattr(source / "plan.bin", "user.note", b"kept")
    for name in (b"bad\xff", b"bad\xfe", b"\xe2\x82", "é\nü".encode(), b"a*[b]$HOME"):
        Path(os.fsdecode(os.fsencode(source) + b"/" + name)).write_bytes(name * 2)
    return source


@pytest.fixture
def restored(source: Path, tmp_path: Path) -> Path:
    """Return the same, as restic would restore it."""
    folder = tmp_path / "restored"
    shutil.copytree(source, folder, symlinks=True, copy_function=link_or_copy(source, folder))
    return folder


def link_or_copy(source: Path, folder: Path) -> Callable[[str, str], object]:
    """Return how to copy a file, hard links and pipes included."""

    def copied(original: str, copy: str) -> object:
        if stat.S_ISFIFO(os.lstat(original).st_mode):
            os.mkfifo(copy)
            return copy
        if original.endswith("/linked"):
            os.link(folder / "inner" / "letter", copy)
            return copy
        return shutil.copy2(original, copy, follow_symlinks=False)

    return copied


def nodes_of(source: Path) -> list[Node]:
    """Return what a point of a source would list."""
    found = []
    for place, folders, files in os.walk(os.fsencode(source)):
        for name in sorted((*folders, *files)):
            path = place + b"/" + name
            status = os.lstat(path)
            seconds, rest = divmod(status.st_mtime_ns // 1000, 1_000_000)
            found.append(
                Node(
                    path="/" + "/".join(told(part) for part in os.path.relpath(path, os.fsencode(source)).split(b"/")),
                    type=TYPES[stat.S_IFMT(status.st_mode)],
                    mode=stat.S_IMODE(status.st_mode),
                    uid=status.st_uid,
                    gid=status.st_gid,
                    size=status.st_size,
                    modified=datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest),
                    inode=status.st_ino,
                )
            )
    return found


def compared(source: Path, restored: Path, nodes: list[Node] | None = None, *, live: bool = True) -> Comparison:
    """Return what a restored tree comes to."""
    tops = {os.fsdecode(name) for folder in (source, restored) for name in os.listdir(os.fsencode(folder))}
    return compare(
        nodes_of(source) if nodes is None else nodes,
        restored,
        Live(folders=dict.fromkeys(tops, str(source)) if live else {}, eye=near(timedelta(seconds=30))),
        whole=True,
    )


def test_a_faithful_restore_has_no_difference_and_every_file_was_held_against_its_source(
    source: Path, restored: Path
) -> None:
    found = compared(source, restored)
    assert found.differences == []
    assert (found.entries, found.files) == (11, 8)
    assert (found.compared, found.changed_since) == (9, 0)
    assert compared(source, restored, live=False).compared == 0


def touch_content(folder: Path) -> None:
    """Change a file's bytes and nothing else of it."""
    status = (folder / "plan.bin").stat()
    (folder / "plan.bin").write_bytes(os.urandom(5000))
    os.utime(folder / "plan.bin", ns=(status.st_atime_ns, status.st_mtime_ns))


def cut(folder: Path) -> None:
    """Cut a file short, its date kept."""
    status = (folder / "plan.bin").stat()
    os.truncate(folder / "plan.bin", 10)
    os.utime(folder / "plan.bin", ns=(status.st_atime_ns, status.st_mtime_ns))


def relink(folder: Path) -> None:
    """Make two files of a hard link."""
    (folder / "linked").unlink()
    shutil.copy2(folder / "inner" / "letter", folder / "linked")


def retarget(folder: Path) -> None:
    """Let a link point elsewhere, its date kept."""
    status = os.lstat(folder / "link")
    (folder / "link").unlink()
    (folder / "link").symlink_to("elsewhere")
    os.utime(folder / "link", ns=(status.st_atime_ns, status.st_mtime_ns), follow_symlinks=False)


def become_a_folder(folder: Path) -> None:
    """Put a folder in a file's place."""
    (folder / "plan.bin").unlink()
    (folder / "plan.bin").mkdir()


@pytest.mark.parametrize(
    ("file", "what", "change"),
    [
        ("/plan.bin", "absent", lambda folder: (folder / "plan.bin").unlink()),
        ("/plan.bin", "type", become_a_folder),
        ("/plan.bin", "size", cut),
        ("/plan.bin", "content", touch_content),
        ("/plan.bin", "mode", lambda folder: (folder / "plan.bin").chmod(0o600)),
        ("/plan.bin", "time", lambda folder: os.utime(folder / "plan.bin", (1, 1))),
        ("/plan.bin", "attributes", lambda folder: os.removexattr(folder / "plan.bin", "user.note")),
        ("/inner/letter", "link", relink),
        ("/link", "target", retarget),
        ("", "count", lambda folder: (folder / "more").write_text("x")),
    ],
)
def test_every_difference_is_named(
    file: str, what: str, change: Callable[[Path], object], source: Path, restored: Path
) -> None:
    change(restored)
    assert (file, what) in [(one.file, one.what) for one in compared(source, restored).differences]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root restores owners")
def test_another_owner_and_lost_set_user_bits_are_differences_to_root(source: Path, restored: Path) -> None:
    (source / "plan.bin").chmod(0o4755)
    nodes = nodes_of(source)
    os.chown(restored / "plan.bin", 4321, 1234)
    (restored / "plan.bin").chmod(0o755)
    found = {one.what for one in compared(source, restored, nodes).differences}
    assert found == {"mode", "owner"}


def test_what_changed_in_the_source_since_is_counted_and_is_no_difference(source: Path, restored: Path) -> None:
    nodes = nodes_of(source)
    (source / "plan.bin").write_bytes(b"new")
    (source / "link").unlink()
    os.utime(source / "a*[b]$HOME", (1, 1))
    found = compared(source, restored, nodes)
    assert (found.differences, found.changed_since, found.compared) == ([], 3, 6)


def test_a_pipe_in_a_file_s_place_holds_nothing_up(source: Path, restored: Path) -> None:
    nodes = nodes_of(source)
    (source / "plan.bin").unlink()
    os.mkfifo(source / "plan.bin")
    assert compared(source, restored, nodes).changed_since == 1


def test_a_source_that_cannot_be_looked_at_is_counted_with_its_reason_and_is_no_difference(
    source: Path, restored: Path
) -> None:
    asked: list[int] = []

    def lost(wanted: Sequence[FileQuery]) -> Sequence[FileDigest]:
        asked.append(len(wanted))
        raise Unreachable("the connection was lost")

    tops = dict.fromkeys(os.listdir(source), str(source))
    found = compare(nodes_of(source), restored, Live(folders=tops, eye=Once(lost)), whole=True)
    assert (found.differences, found.compared, found.changed_since) == ([], 0, 0)
    assert (found.unread_live, found.unread_because, asked) == (9, Reason.UNREACHABLE, [9])


def test_many_files_are_looked_at_in_parts_and_what_is_lost_once_is_not_asked_again(
    source: Path, restored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.restores.comparison.AT_ONCE", 4)
    asked: list[int] = []

    def half(wanted: Sequence[FileQuery]) -> Sequence[FileDigest]:
        asked.append(len(wanted))
        if len(asked) > 1:
            raise TimedOut("too late")
        return near(timedelta(seconds=30))(wanted)

    tops = dict.fromkeys(os.listdir(source), str(source))
    found = compare(nodes_of(source), restored, Live(folders=tops, eye=Once(half)), whole=True)
    assert (found.compared, found.unread_live, found.unread_because) == (4, 5, Reason.TIMED_OUT)
    assert asked == [4, 4]
    both = Comparison()
    both.join(found)
    both.join(found)
    assert (both.unread_live, both.unread_because) == (10, Reason.TIMED_OUT)


def test_differences_are_counted_beyond_those_that_are_named(source: Path, restored: Path) -> None:
    (node,) = (one for one in nodes_of(source) if one.path == "/plan.bin")
    many = [replace(node, path=f"/gone-{number}") for number in range(SHOWN_AT_MOST + 50)]
    found = compared(source, restored, many)
    assert (len(found.differences), found.differing) == (SHOWN_AT_MOST, SHOWN_AT_MOST + 50)
    both = Comparison()
    both.join(found)
    both.join(found)
    assert (len(both.differences), both.differing) == (SHOWN_AT_MOST, 2 * SHOWN_AT_MOST + 100)


def test_reading_the_source_leaves_no_trace_in_it(source: Path, restored: Path) -> None:
    os.utime(source / "plan.bin", ns=(1, (source / "plan.bin").stat().st_mtime_ns))
    os.utime(restored / "plan.bin", ns=(1, (source / "plan.bin").stat().st_mtime_ns))
    compared(source, restored)
    assert (source / "plan.bin").stat().st_atime_ns == 1


@pytest.mark.parametrize("date", [datetime(2300, 1, 1, tzinfo=UTC), datetime(1600, 1, 1, tzinfo=UTC)])
def test_a_date_that_no_restore_can_set_is_no_difference(date: datetime, source: Path, restored: Path) -> None:
    nodes = [replace(node, modified=date) if node.path == "/plan.bin" else node for node in nodes_of(source)]
    assert compared(source, restored, nodes, live=False).differences == []


def test_a_path_too_long_for_this_machine_is_counted_and_no_difference(source: Path, restored: Path) -> None:
    nodes = nodes_of(source)
    deep = replace(next(node for node in nodes if node.path == "/plan.bin"), path="/a" * 2045)
    found = compared(source, restored, [*nodes, deep], live=False)
    assert (found.too_deep, found.differences) == (1, [])
    (restored / "plan.bin").unlink()
    assert compared(source, restored, [*nodes, deep], live=False).differences != []


def test_names_that_look_alike_are_told_by_their_order_in_folders_that_do_too(tmp_path: Path) -> None:
    """As of restic: a byte that is no UTF-8 is U+FFFD in its list, which has names in the order of their bytes."""
    nodes = []
    for number, folder in enumerate((b"\xe8", b"\xe9")):
        (tmp_path / os.fsdecode(folder)).mkdir()
        for more, name in enumerate((b"\xe8.txt", b"\xe9.txt")):
            (tmp_path / os.fsdecode(folder + b"/" + name)).write_bytes(b"x" * (10 * number + more + 1))
        for path in (folder, folder + b"/\xe8.txt", folder + b"/\xe9.txt"):
            status = (tmp_path / os.fsdecode(path)).stat()
            nodes.append(
                Node(
                    path=f"/{path.decode(errors='replace')}",
                    type=TYPES[stat.S_IFMT(status.st_mode)],
                    mode=stat.S_IMODE(status.st_mode),
                    uid=status.st_uid,
                    gid=status.st_gid,
                    size=status.st_size,
                    modified=None,
                    inode=0,
                )
            )
    assert compared(tmp_path, tmp_path, nodes, live=False).differences == []
