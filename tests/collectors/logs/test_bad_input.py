"""Files that no log should be: each costs bounded time and memory, has its reason, and hides no other file."""

import ast
import gzip
import json
import os
import stat
import subprocess
import sys
import threading
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from agent.core.facts.logs import kept_in
from agent.core.model import Observation
from agent.core.reason import Reason
from collectors.logs.reading import program
from tests.parts.log_trees import DAY, NOW, LogTree, lines, write

pytestmark = pytest.mark.programs

# What the program that reads may hold, beside Python itself.
MEMORY = 150 * 1024 * 1024
LINE = b"2026-11-24T11:00:00+00:00 fw-1 app: message\n"


@pytest.fixture
def tree(tmp_path: Path) -> LogTree:
    made = LogTree(tmp_path)
    made.fill("fw-1", range(3))
    return made


def gap(seen: Observation) -> tuple[Reason, str]:
    """Return the one gap of the source, whose sound files are all seen beside it."""
    kept = kept_in(seen, "central/fw-1")
    assert (kept.oldest, kept.newest) == ((NOW - 2 * DAY).replace(hour=0), NOW)
    (one,) = seen.gaps
    assert one.subject == "central/fw-1"
    return one.reason, one.detail.rpartition("/")[2]


def known(path: Path) -> tuple[str, float]:
    """Return what a listing tells of a file."""
    status = path.stat()
    return f"{status.st_dev}:{status.st_ino}", status.st_mtime


def test_the_program_that_is_sent_makes_nothing_of_types_where_python_3_8_would_run_it() -> None:
    """`list[int]` and `int | None` are for annotations alone, which it does not evaluate."""
    tree = ast.parse(program(), feature_version=(3, 8))
    values = [node.value for node in tree.body if isinstance(node, ast.Assign)]
    bases = [base for node in tree.body if isinstance(node, ast.ClassDef) for base in node.bases]
    run = [inner for node in (*values, *bases) for inner in ast.walk(node)]
    assert [ast.unparse(one) for one in run if isinstance(one, ast.Subscript)] == []


def test_a_pipe_is_not_waited_for(tree: LogTree) -> None:
    os.mkfifo(tree.root / "fw-1" / "fifo.log")
    assert gap(tree.look()) == (Reason.UNREADABLE, "fifo.log is a pipe")


def test_a_pipe_that_takes_a_file_s_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    asked = {"seconds": 5, "files": [[str(tmp_path / "fifo"), 0, -1, [], *known(tmp_path / "fifo")]]}
    done = subprocess.run(
        [sys.executable, "-I", "-c", program()], input=json.dumps(asked).encode(), capture_output=True, timeout=30
    )
    assert json.loads(done.stdout.splitlines()[0])[3] == "kind"


def test_a_socket_is_not_spoken_to(tree: LogTree) -> None:
    os.mknod(tree.root / "fw-1" / "s.log", stat.S_IFSOCK | 0o600)  # a name of any length, unlike bind(2)
    assert gap(tree.look()) == (Reason.UNREADABLE, "s.log is a socket")


def test_a_loop_of_folders_is_a_gap(tree: LogTree) -> None:
    (tree.root / "fw-1" / "again").symlink_to("..")
    assert gap(tree.look()) == (Reason.UNREADABLE, "again: a link to a folder that it lies in")


def test_a_loop_of_links_is_a_gap(tree: LogTree) -> None:
    (tree.root / "fw-1" / "a.log").symlink_to("b.log")
    (tree.root / "fw-1" / "b.log").symlink_to("a.log")
    seen = tree.look()
    assert gap(seen)[0] is Reason.UNREADABLE
    assert "too many levels of symbolic links" in seen.gaps[0].detail


def test_a_link_to_nothing_may_have_led_to_an_archive(tree: LogTree) -> None:
    (tree.root / "fw-1" / "archive").symlink_to("/nonexistent/archive")
    assert gap(tree.look()) == (Reason.UNREADABLE, "archive is a link to nothing")


def test_a_line_of_ten_gigabytes_ends_where_lines_end(tree: LogTree) -> None:
    path = write(tree.root / "fw-1" / "huge.log", LINE, NOW)
    with path.open("ab") as file:
        file.truncate(10 * 1024**3)
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert gap(tree.look()) == (Reason.UNREADABLE, "huge.log: it holds a line longer than 1048576 bytes")


@pytest.mark.parametrize("packer", ["gz", "xz", "zst"])
def test_an_archive_that_grows_without_end_is_given_up(tree: LogTree, packer: str) -> None:
    path = tree.root / "fw-1" / f"bomb.log.{packer}"
    pack = {"gz": "gzip -9c", "xz": "xz -0c", "zst": "zstd -qc"}[packer]
    subprocess.run(["sh", "-c", f'head -c 400M /dev/zero | tr "\\000" "\\n" | {pack} >"$1"', "sh", path], check=True)
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    tree.timeout = timedelta(seconds=20)
    told = (Reason.UNREADABLE, f"bomb.log.{packer}: it grows more than 200 times when it is decompressed")
    assert gap(tree.look()) == told


def test_an_archive_of_one_endless_line_takes_no_more_memory_than_a_line(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    with path.open("wb") as file:
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        for _ in range(300):
            file.write(packer.compress(bytes(1024 * 1024)))
        file.write(packer.flush())
    asked = {"seconds": 20, "files": [[str(path), 0, -1, [], *known(path)]]}
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))\n"
    done = subprocess.run(
        [sys.executable, "-I", "-c", limited + program().replace("from __future__ import annotations", "", 1)],
        input=json.dumps(asked).encode(),
        capture_output=True,
        timeout=60,
    )
    told = json.loads(done.stdout.splitlines()[0])
    assert told[3:5] == ["line", "it holds a line longer than 1048576 bytes"]


@pytest.mark.parametrize("cut", [30, 4000])
def test_an_archive_that_is_cut_short_is_damaged(tree: LogTree, cut: int) -> None:
    text = "".join(lines((NOW - ago * DAY).replace(hour=0), "fw-1", number=3000) for ago in (1, 0))
    path = write(tree.root / "fw-1" / "cut.log", gzip.compress(text.encode())[:cut], NOW)
    reason, said = gap(tree.look())
    assert reason is Reason.UNREADABLE
    assert said.startswith(f"{path.name}: ")
    assert kept_in(tree.look(), "central/fw-1").unread is not None


def test_an_archive_that_is_being_written_is_read_another_time(tree: LogTree) -> None:
    path = write(tree.root / "fw-1" / "fresh.log", gzip.compress(LINE * 1000)[:40], NOW)
    from_now = path.stat().st_ctime
    later = NOW.fromtimestamp(from_now, NOW.tzinfo) + timedelta(minutes=1)
    seen = tree.look(later)
    assert seen.gaps == ()
    assert kept_in(seen, "central/fw-1").waiting == 1
    assert tree.look(later + timedelta(minutes=10)).gaps != ()


def test_bytes_that_are_no_text_are_lines_like_others(tree: LogTree) -> None:
    garbage = b"\xff\xfe\x00\x80 \xc3(\n" * 10
    write(tree.root / "fw-1" / "odd.log", garbage + LINE + garbage, NOW)
    seen = tree.look()
    assert seen.gaps == ()
    assert kept_in(seen, "central/fw-1").files == 4


def test_a_name_that_is_no_text_is_a_name_like_others(tree: LogTree) -> None:
    name = os.fsencode(tree.root / "fw-1") + b"/\xff\xfe\n\x1b[31m.log"
    with open(name, "wb") as file:
        file.write(LINE)
    os.utime(name, (NOW.timestamp(), NOW.timestamp()))
    os.symlink("nothing", os.fsencode(tree.root / "fw-1") + b"/\xff\n\x1b[31m")
    seen = tree.look()
    assert kept_in(seen, "central/fw-1").files == 4
    ((_reason, detail),) = [gap(seen)]
    assert detail.isprintable()
    detail.encode()


def test_a_file_that_grows_while_it_is_read_is_read_as_it_was(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    path = write(tree.root / "fw-1.log", LINE * 20000, NOW)
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as file:
            while not stop.wait(0.001):
                file.write(LINE * 100 + LINE[:10])
                file.write(LINE[10:])

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        seen = [kept_in(tree.look(datetime.now(UTC)), "central/fw-1") for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    assert all(one.oldest == NOW - timedelta(hours=1) and one.waiting == 0 for one in seen)


def test_a_file_that_is_cut_is_read_anew(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    path = write(tree.root / "fw-1.log", lines((NOW - 9 * DAY).replace(hour=0), "fw-1") + LINE.decode(), NOW)
    tree.look()
    write(path, LINE, NOW)
    assert kept_in(tree.look(), "central/fw-1").oldest == NOW - timedelta(hours=1)


def test_ten_thousand_dates_in_one_file_are_not_ten_thousand_facts(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    text = "".join(f"{NOW - number * DAY:%Y-%m-%d}T10:00:00Z fw-1 a\n" for number in range(10_000))
    write(tree.root / "fw-1.log", text, NOW)
    assert len(tree.look().facts) < 50


def test_a_file_dated_into_the_future_does_not_keep_a_silent_source_alive(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    now = datetime.now(UTC)
    text = f"{now + 900 * DAY:%Y-%m-%dT%H:%M:%S}Z fw-1 app: from another age\n"
    write(tree.root / "fw-1.log", text, now + 900 * DAY)
    tree.look(now)
    write(tree.root / "fw-1.log", text * 2, now + 900 * DAY)
    tree.look(now)
    later = kept_in(tree.look(now + 3 * DAY), "central/fw-1").newest
    assert later is not None
    # The kernel's own date of the change is what counts then.
    assert abs(later - now) < timedelta(minutes=5)


def test_a_file_that_even_the_kernel_dates_into_the_future_is_not_believed(tmp_path: Path) -> None:
    tree = LogTree(tmp_path, path="{source}.log")
    now = datetime.now(UTC) - 2 * DAY
    write(tree.root / "fw-1.log", LINE, now + 900 * DAY)
    seen = tree.look(now)
    assert [gap.reason for gap in seen.gaps] == [Reason.IN_FUTURE]
    assert kept_in(seen, "central/fw-1").newest is None
    assert kept_in(seen, "central/fw-1").unread is not None


def test_looking_leaves_no_file_open_and_no_program_behind(tree: LogTree) -> None:
    tree.look()
    before, programs = len(os.listdir("/proc/self/fd")), psutil.Process().children(recursive=True)
    for ago in range(3):
        write(tree.root / "fw-1" / f"{ago}.log.zst", lines(NOW - ago * DAY, "fw-1"), NOW - ago * DAY)
        tree.look()
    assert len(os.listdir("/proc/self/fd")) == before
    assert psutil.Process().children(recursive=True) == programs
