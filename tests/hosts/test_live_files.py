"""Live files looked at here, by python3, and by sh with each program that hashes: all say the same of any name."""

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import Exited, LookError, TimedOut, ToolMissing, Unreachable, Unreadable
from agent.core.host import Host
from agent.hosts import live_files_program
from agent.hosts.live_files import Eye, FileDigest, FileQuery, Live, LiveComparison, away, content_of, near, parse
from agent.hosts.local import LocalHost
from tests.hosts.ssh.remote import door
from tests.parts.narrowed import Through, programs
from tests.parts.sshd import running_sshd
from tests.parts.unprivileged import NOBODY, in_child, may_play_another_user, open_folder

LONG = timedelta(seconds=30)
SHELL = ("stat", "xargs", "readlink", "nice", "dash", "bash")
HOSTILE = (
    b"bad\xff", "é\nü\x1b[31m".encode(), b"a*[b]?$HOME", b"-rf", b" ", b"%s", b"$(touch made)", b"`touch made`", b"'\"",
    b"x: Permission denied", b"x: No such file or directory\n", b"end 1", b"\\n",
)  # fmt: skip


def eyes(folder: Path) -> dict[str, Eye]:
    """Return every way of looking that this machine can show."""
    here: Host = LocalHost("srv-1")

    def only(*tools: str) -> Eye:
        host = Through(here, programs(folder / f"bin-{tools[0]}", *SHELL, *tools))
        return away(lambda: host, LONG)

    return {
        "here": near(LONG),
        "python3": away(lambda: here, LONG),
        "sha256sum": only("sha256sum"),
        "openssl": only("openssl"),
    }


@pytest.fixture(params=["here", "python3", "sha256sum", "openssl"])
def eye(request: pytest.FixtureRequest, tmp_path: Path) -> Eye:
    return eyes(tmp_path)[request.param]


def wanted(path: bytes, **changes: object) -> FileQuery:
    """Ask about a file as it is now, but for what is said otherwise."""
    status = os.lstat(path)
    asked: dict[str, object] = {
        "path": path,
        "type": "symlink" if os.path.islink(path) else "file",
        "size": status.st_size,
        "modified": status.st_mtime_ns // 1000,
    }
    return FileQuery(**{**asked, **changes})  # type: ignore[arg-type]  # each test names its own


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digest_of(seen: FileDigest) -> str:
    """Return the SHA-256 of a content, which of a short file of this machine is told as it is."""
    return sha256(seen.content) if isinstance(seen.content, bytes) else seen.content


def standings(seen: Sequence[FileDigest]) -> list[str]:
    return [one.standing.value for one in seen]


@pytest.mark.programs
def test_files_of_any_name_are_told_by_the_digest_of_what_they_hold(eye: Eye, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/source"
    os.mkdir(folder)
    paths = [folder + b"/" + name for name in HOSTILE]
    for path in paths:
        Path(os.fsdecode(path)).write_bytes(path * 3)
    os.symlink(b"somewhere\nelse", folder + b"/link")
    os.truncate(os.open(folder + b"/empty", os.O_CREAT | os.O_WRONLY), 0)
    asked = [wanted(path) for path in (*paths, folder + b"/link", folder + b"/empty")]
    seen = eye(asked)
    assert [digest_of(one) for one in seen] == [
        *(sha256(path * 3) for path in paths), sha256(b"somewhere\nelse"), sha256(b"")
    ]  # fmt: skip
    assert not os.path.exists("made")
    assert not (tmp_path / "made").exists()
    assert eye([]) == eye([])


@pytest.mark.programs
def test_what_changed_what_is_gone_and_what_is_something_else_by_now_are_not_read(eye: Eye, tmp_path: Path) -> None:
    names = ("same", "longer", "younger", "gone", "folder", "pipe", "link")
    for name in names:
        (tmp_path / name).write_text("words")
        os.utime(tmp_path / name, ns=(0, 1_763_913_600_123_456_789))
    asked = [wanted(os.fsencode(tmp_path / name)) for name in names]
    asked.append(asked[0]._replace(path=os.fsencode(tmp_path / "same" / "below")))
    (tmp_path / "longer").write_text("words more")
    os.utime(tmp_path / "longer", ns=(0, 1_763_913_600_123_456_789))
    os.utime(tmp_path / "younger", ns=(0, 1_763_913_601_123_456_789))
    for name in ("gone", "folder", "pipe", "link"):
        (tmp_path / name).unlink()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("same")
    assert standings(eye(asked)) == ["there", "changed", "changed", "gone", "changed", "changed", "changed", "gone"]


@pytest.mark.programs
def test_a_date_before_1970_and_one_that_may_be_any(eye: Eye, tmp_path: Path) -> None:
    file = tmp_path / "old"
    file.write_text("words")
    os.utime(file, ns=(0, -86_400_000_000_000))
    path = os.fsencode(file)
    assert standings(eye([wanted(path), wanted(path, modified=None), wanted(path, modified=None, size=1)])) == [
        "there", "there", "changed"
    ]  # fmt: skip


@pytest.mark.programs
@pytest.mark.skipif(not may_play_another_user(), reason="needs root, and a Python that others may read")
@pytest.mark.parametrize("way", ["here", "python3", "sha256sum", "openssl"])
def test_what_may_not_be_read_is_told_apart(way: str) -> None:
    with open_folder() as folder:
        (folder / "closed").write_text("words")
        (folder / "hidden").mkdir()
        (folder / "hidden" / "file").write_text("words")
        asked = [wanted(os.fsencode(folder / name)) for name in ("closed", "hidden/file")]
        (folder / "closed").chmod(0)
        (folder / "hidden").chmod(0)
        own = eyes(folder)[way]
        said = in_child(lambda: " ".join(standings(own(asked))), uid=NOBODY)
    assert said == "denied denied"


def test_attributes_count_by_their_names_and_values_and_holes_are_told(tmp_path: Path) -> None:
    file, other = tmp_path / "file", tmp_path / "other"
    for one in (file, other):
        with one.open("wb") as made:
            made.truncate(1_000_000)
    os.setxattr(file, "user.a", b"1")
    os.setxattr(file, "user.b", b"2")
    seen = near(LONG)([wanted(os.fsencode(one)) for one in (file, other)])
    assert seen[0].attributes == live_files_program.attributes(os.fsencode(file), ("user.",)) != seen[1].attributes
    assert [one.sparse for one in seen] == [True, True]
    os.setxattr(other, "user.b", b"2")
    os.setxattr(other, "user.a", b"1")
    assert live_files_program.attributes(os.fsencode(other), ("user.",)) == seen[0].attributes
    assert live_files_program.attributes(os.fsencode(other), ("system.",)) != seen[0].attributes


def test_a_file_that_is_written_to_or_replaced_while_it_is_read_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"

    def meanwhile(change: Callable[[], object]) -> str:
        file.write_text("words")
        os.utime(file, (1, 1))
        asked = wanted(os.fsencode(file))

        def read(descriptor: int, size: int) -> str | bytes:
            found = content_of(descriptor, size)
            change()
            return found

        monkeypatch.setattr("agent.hosts.live_files.content_of", read)
        return near(LONG)([asked])[0].standing.value

    def replaced() -> None:
        (tmp_path / "new").write_text("other")
        os.utime(tmp_path / "new", (1, 1))
        (tmp_path / "new").replace(file)

    assert meanwhile(lambda: None) == "there"
    assert meanwhile(lambda: file.write_text("other")) == "changed"
    assert meanwhile(replaced) == "changed"
    assert meanwhile(file.unlink) == "changed"


def test_a_disk_that_hangs_costs_its_time_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("words")
    asked = [wanted(os.fsencode(tmp_path / "file"))]
    release, entered = threading.Event(), []

    def hang(descriptor: int, size: int) -> str:
        entered.append(descriptor)
        release.wait(60)
        return ""

    monkeypatch.setattr("agent.hosts.live_files.content_of", hang)
    eye = near(timedelta(seconds=0.1))
    try:
        for _ in range(2):
            with pytest.raises(TimedOut):
                eye(asked)
        assert len(entered) == 1
    finally:
        release.set()


@pytest.mark.programs
def test_a_machine_with_nothing_to_hash_with_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("words")
    for number, tools in enumerate([(), SHELL]):
        host = Through(LocalHost("srv-1"), programs(tmp_path / f"bin-{number}", *tools))
        with pytest.raises(ToolMissing):
            away(lambda host=host: host, LONG)([wanted(os.fsencode(tmp_path / "file"))])  # type: ignore[misc]


@pytest.mark.programs
@pytest.mark.network
def test_it_is_looked_at_over_ssh_and_a_lost_host_is_not_waited_for_twice(tmp_path: Path) -> None:
    files = [tmp_path / f"file-{number}" for number in range(50)]
    for file in files:
        file.write_text(file.name)
    asked = [wanted(os.fsencode(file)) for file in files]
    with running_sshd(tmp_path / "sshd") as sshd:
        host = door(sshd)
        try:
            eye = away(lambda: host, LONG)
            assert [one.content for one in eye(asked)] == [sha256(file.name.encode()) for file in files]
            sshd.stop()
            errors = []
            for _ in range(2):
                with pytest.raises(LookError) as raised:
                    eye(asked)
                errors.append(raised.value)
            assert isinstance(errors[0], Unreachable)
            assert errors[0] is errors[1]
        finally:
            host.close()


THERE = f"there {'a' * 64} {'b' * 64} full"


@pytest.mark.parametrize(
    "said",
    [
        "", "end 2", f"{THERE}\nend 1", f"{THERE}\nchanged", f"{THERE}\nchanged\nend 3", f"{THERE}\nsame\nend 2",
        f"{THERE}\nthere\nend 2", f"{THERE}\n{THERE}\n{THERE}\nend 2", f"{THERE.upper()}\nchanged\nend 2",
    ],
)  # fmt: skip
def test_an_answer_that_does_not_account_for_each_file_is_none(said: str) -> None:
    with pytest.raises(Unreadable):
        parse(said.encode(), 2, "srv-1")


@given(st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_none(said: bytes) -> None:
    try:
        found = parse(said, 1, "srv-1")
    except Unreadable:
        return
    assert [one.standing in LiveComparison for one in found] == [True]


@pytest.mark.programs
def test_a_program_that_fails_over_there_is_no_answer(tmp_path: Path) -> None:
    folder = programs(tmp_path / "bin")
    (folder / "python3").write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    (folder / "python3").chmod(0o755)
    (tmp_path / "file").write_text("words")
    host = Through(LocalHost("srv-1"), folder)
    with pytest.raises(Exited, match="broken"):
        away(lambda: host, LONG)([wanted(os.fsencode(tmp_path / "file"))])


def test_where_an_entry_lies_is_known_by_the_folder_that_its_top_hangs_in() -> None:
    live = Live(folders={"srv": "", "data": "/home/me"}, eye=near(LONG))
    assert live.path_of(b"/srv/a\xff") == b"/srv/a\xff"
    assert live.path_of(b"/data/b") == b"/home/me/data/b"
    assert live.path_of(b"/other/b") is None
    assert (bool(live), bool(Live(folders={}, eye=near(LONG)))) == (True, False)
