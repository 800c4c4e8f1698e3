"""What befalls the state directory: it is said, nothing is silently replaced, and what can be judged still is."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import making
from tests.faults.laboratory import Laboratory, laboratory
from tests.faults.table import MET
from tests.parts.disks import may_mount, small_disk
from tests.parts.program import Said, beffroi, environment
from tests.parts.unprivileged import NOBODY, may_play_another_user

pytestmark = [pytest.mark.programs, pytest.mark.network]

as_another = pytest.mark.skipif(
    not may_play_another_user(), reason="needs root, and a Python that another user may read"
)


@pytest.fixture(scope="module")
def lab() -> Iterator[Laboratory]:
    with laboratory() as made:
        making.sound(made, "sound")
        making.old(made, "old")
        made.open_to_everybody()
        beffroi("check", "--config", made.watched.configuration)
        yield made


@pytest.fixture
def state(lab: Laboratory) -> Iterator[Path]:
    """A state directory in which one check was kept; as it was again afterwards."""
    folder, kept = lab.watched.folder / "state", lab.watched.folder / "kept"
    if kept.exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(kept, folder)
    else:
        shutil.copytree(folder, kept)
    yield folder


def check(lab: Laboratory, *arguments: str, wrapper: tuple[str, ...] = ()) -> Said:
    return beffroi("check", *arguments, "--config", lab.watched.configuration, wrapper=wrapper)


def walked(lab: Laboratory) -> Said:
    return beffroi("ledger", "verify", "--config", lab.watched.configuration)


# A damaged ledger


def overwrite(ledger: Path) -> None:
    content = bytearray(ledger.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page : page + 64] = b"\xa5" * 64
    ledger.write_bytes(content)


def empty(ledger: Path) -> None:
    ledger.write_bytes(b"")


def cut_in_two(ledger: Path) -> None:
    os.truncate(ledger, ledger.stat().st_size // 2 // 4096 * 4096)


def lose(ledger: Path) -> None:
    ledger.unlink()


def put_a_text(ledger: Path) -> None:
    ledger.write_text("this was the ledger\n" * 500)


def put_another_database(ledger: Path) -> None:
    ledger.unlink()
    with sqlite3.connect(ledger) as other:
        other.execute("CREATE TABLE music (title TEXT)")
    other.close()


def cut_the_tail(ledger: Path) -> None:
    """Take the newest row away, as someone would who wants it forgotten."""
    with sqlite3.connect(ledger) as database:
        (guard,) = database.execute("SELECT sql FROM sqlite_master WHERE name = 'chain_is_never_deleted'").fetchone()
        database.execute("DROP TRIGGER chain_is_never_deleted")
        database.execute("DELETE FROM chain WHERE sequence = (SELECT max(sequence) FROM chain)")
        database.execute(guard)
    database.close()


def take_a_guard(ledger: Path) -> None:
    """Let rows be deleted from now on."""
    with sqlite3.connect(ledger) as database:
        database.execute("DROP TRIGGER chain_is_never_deleted")
    database.close()


BROKEN = (overwrite, empty, cut_in_two, lose, put_a_text, put_another_database)
NOT_TO_BE_OPENED = [("check", break_it) for break_it in BROKEN if break_it is not cut_in_two] + [
    ("check", take_a_guard),
    ("status", lose),
    ("status", overwrite),
    ("run", lose),
]


@pytest.mark.parametrize(
    ("command", "break_it"), NOT_TO_BE_OPENED, ids=[f"{command}-{one.__name__}" for command, one in NOT_TO_BE_OPENED]
)
def test_a_damaged_ledger_is_reported_and_never_replaced(
    command: str, break_it: Callable[[Path], None], lab: Laboratory, state: Path
) -> None:
    ledger = state / "ledger.sqlite"
    break_it(ledger)
    before = ledger.read_bytes() if ledger.exists() else None
    said = beffroi(command, "--config", lab.watched.configuration)
    # Nothing was judged: neither «all met» nor «one missed» may be read from it.
    assert said.code == 70
    assert said.out == ""
    message, hint = said.err.splitlines()[-2:]
    assert "ledger" in message and hint.startswith("hint: ")
    assert (ledger.read_bytes() if ledger.exists() else None) == before


def test_a_ledger_whose_newest_row_is_gone_takes_no_other(lab: Laboratory, state: Path) -> None:
    cut_the_tail(state / "ledger.sqlite")
    before = counted(state)
    said = check(lab, "--json")
    assert_judged_and_not_kept(said)
    assert counted(state) == before


@pytest.mark.parametrize(
    "break_it", (overwrite, cut_in_two, lose, cut_the_tail), ids=lambda break_it: break_it.__name__
)
def test_a_walk_tells_a_damaged_ledger(break_it: Callable[[Path], None], lab: Laboratory, state: Path) -> None:
    break_it(state / "ledger.sqlite")
    said = walked(lab)
    assert said.code == 1
    assert said.out.startswith("damaged: ")


def test_a_verdict_that_was_changed_afterwards_is_found_by_the_walk(lab: Laboratory, state: Path) -> None:
    with sqlite3.connect(state / "ledger.sqlite") as database:
        database.execute("DROP TRIGGER payload_is_never_updated")
        changed = database.execute(
            "UPDATE payload SET text = replace(text, '\"missed\"', '\"met\"') WHERE text LIKE '%\"missed\"%'"
        ).rowcount
    database.close()
    assert changed > 0
    said = walked(lab)
    assert said.code == 1
    assert "row " in said.out


# A state directory that takes nothing


def assert_judged_and_not_kept(said: Said) -> None:
    assert said.code == 3
    assert said.verdict("backup-rpo", "sound") == MET
    assert said.verdict("backup-rpo", "old") == ("missed", "too-old")
    assert [line for line in said.err.splitlines() if line.startswith("not kept: ")]


@pytest.mark.skipif(not may_mount(), reason="a full disk needs the right to mount one")
@pytest.mark.parametrize("from_the_start", [False, True], ids=["filled-later", "full-from-the-start"])
def test_a_full_disk_stops_what_is_kept_and_not_what_is_judged(from_the_start: bool, lab: Laboratory) -> None:
    folder = lab.watched.folder / "state"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with small_disk(folder) as disk:
            rows = 0
            if not from_the_start:
                assert check(lab, "--json").code == 1
                rows = counted(folder)
            disk.fill()
            assert_judged_and_not_kept(check(lab, "--json"))
            if not from_the_start:
                known = beffroi("status", "--json", "--config", lab.watched.configuration)
                assert known.verdict("backup-rpo", "old") == ("missed", "too-old")
                assert counted(folder) == rows
            disk.free()
            assert check(lab, "--json").code == 1
            assert counted(folder) > rows
            assert walked(lab).code == 0
    finally:
        folder.rmdir()


def counted(folder: Path) -> int:
    with sqlite3.connect(f"file:{folder / 'ledger.sqlite'}?mode=ro", uri=True) as database:
        number = database.execute("SELECT count(*) FROM chain").fetchone()[0]
    database.close()
    return int(number)


def test_a_limit_on_files_stops_what_is_kept_and_not_what_is_judged(lab: Laboratory, state: Path) -> None:
    # Nearly a full disk, for anyone who may not mount one: the log's next page is refused, its index of 32 KiB is not.
    assert_judged_and_not_kept(check(lab, "--json", wrapper=("prlimit", "--fsize=40000")))
    assert check(lab, "--json").code == 1
    assert walked(lab).code == 0


@as_another
def test_a_read_only_state_directory_stops_what_is_kept_and_not_what_is_judged(lab: Laboratory, state: Path) -> None:
    give(state, NOBODY)
    for path in (state, *state.rglob("*")):
        path.chmod(0o500 if path.is_dir() else 0o400)
    said = check(lab, "--json")
    assert_judged_and_not_kept(said)
    known = beffroi("status", "--json", "--config", lab.watched.configuration)
    assert known.verdict("backup-rpo", "old") == ("missed", "too-old")


def give(folder: Path, owner: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner, owner)


# Whose files they are


@as_another
def test_what_root_keeps_beside_the_daemon_belongs_to_the_daemons_user(lab: Laboratory, state: Path) -> None:
    give(state, NOBODY)
    for command in (("check",), ("verify", "sound"), ("status",), ("ledger", "verify")):
        said = beffroi(*command, "--config", lab.watched.configuration)
        assert said.code in (0, 1, 3), said.err
    assert {path.stat().st_uid for path in (state, *state.rglob("*"))} == {NOBODY}


@as_another
@pytest.mark.parametrize("command", ["check", "run"])
def test_another_user_is_sent_to_root_before_anything_is_touched(command: str, lab: Laboratory, state: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in state.rglob("*"))
    as_other = ("setpriv", "--reuid=12345", "--regid=12345", "--clear-groups")
    said = beffroi(command, "--config", lab.watched.configuration, wrapper=as_other)
    assert said.code == 2
    assert said.err.splitlines()[-1] == f"hint: sudo beffroi {command} --config {lab.watched.configuration}"
    assert sorted((path, path.stat().st_mtime_ns) for path in state.rglob("*")) == before


# Several at once, and ends in the middle


def started(lab: Laboratory) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "agent", "check", "--json", "--config", str(lab.watched.configuration)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_several_at_once_on_one_ledger_and_one_repository_all_come_through(lab: Laboratory, state: Path) -> None:
    running = [started(lab) for _ in range(3)]
    ended = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [1, 1, 1], ended
    answers = [Said(code=1, out=out.decode(), err=err.decode()) for out, err in ended]
    assert all(answer.verdict("backup-rpo", "sound") == MET for answer in answers)
    assert walked(lab).code == 0


def test_a_kill_at_any_moment_leaves_everything_sound(lab: Laboratory, state: Path) -> None:
    for number in range(4):
        process = started(lab)
        time.sleep(0.3 + 0.25 * number)  # wherever it is by then: the moment is the variable, not a thing waited for
        process.send_signal(signal.SIGKILL)
        process.communicate()
    said = check(lab, "--json")
    assert said.verdict("backup-rpo", "sound") == MET
    assert said.code == 1
    assert walked(lab).code == 0


# A broken configuration


def test_a_broken_configuration_touches_no_ledger(lab: Laboratory, state: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in state.rglob("*"))
    broken = lab.watched.folder / "broken.toml"
    broken.write_text(lab.watched.configuration.read_text().replace('transport = "local"', 'transport = "lokal"'))
    said = beffroi("check", "--config", broken)
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines()[0].startswith(f"{broken}:")
    assert sorted((path, path.stat().st_mtime_ns) for path in state.rglob("*")) == before
