"""The ledger's file: who may read it, what a reader leaves behind, what a full disk, a crash or a rival does to it."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection

from agent.core.errors import LedgerDamaged, LedgerError, LedgerFull, UsageError
from agent.ledger.database import Reader
from agent.ledger.ledger import ChainOutcome, Ledger
from tests.ledger.samples import (
    MORNING,
    QUARTER_HOUR,
    HandClock,
    asked,
    judged,
    live,
    observation,
    open_ledger,
    point_fact,
    raw,
)
from tests.parts.checkout import HOME
from tests.parts.kept import append_entry, keep_reading
from tests.parts.processes import wait_until
from tests.parts.unprivileged import NOBODY, give_to_group, in_child, open_folder

SUBJECT = ("restic_snapshots", "files/offsite")


def listing(directory: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_size, path.stat().st_mtime_ns) for path in directory.iterdir()}


def modes(directory: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in directory.iterdir()}


# Opening


def test_what_is_made_belongs_to_its_owner_and_can_be_read_by_its_group(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with open_ledger(tmp_path / "state") as ledger:
            keep_reading(ledger, observation(MORNING))
            found = modes(tmp_path / "state")
    finally:
        os.umask(before)

    assert found == {
        "ledger.sqlite": "0o640",
        "ledger.sqlite-wal": "0o640",
        "ledger.sqlite-shm": "0o640",
        "signing-key.pem": "0o600",
        "signing-key.pub.pem": "0o640",
    }


def test_a_state_directory_is_made_for_owner_and_group_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        open_ledger(tmp_path / "deep" / "state").close()
    finally:
        os.umask(before)

    assert oct((tmp_path / "deep" / "state").stat().st_mode & 0o777) == "0o750"


def test_a_closed_ledger_leaves_one_file_and_its_key(tmp_path: Path) -> None:
    live(tmp_path, days=1)

    assert sorted(listing(tmp_path)) == ["ledger.sqlite", "signing-key.pem", "signing-key.pub.pem"]


def test_nothing_to_read_is_said_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no ledger") as refused:
        open_ledger(tmp_path / "state", readonly=True)

    assert refused.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_closed_or_readonly_ledger_says_so(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    ledger.close()
    with pytest.raises(LedgerError, match="closed"):
        ledger.runs()
    with open_ledger(tmp_path, readonly=True) as reader, pytest.raises(LedgerError, match="reading only"):
        reader.keep_verdicts([])


# Damage


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to be taken for one" * 50])
def test_a_damaged_file_is_reported_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(content)

    for readonly in (False, True):
        with pytest.raises(LedgerDamaged) as damaged:
            open_ledger(tmp_path, readonly=readonly).last_append()
        assert damaged.value.hint
    assert path.read_bytes() == content


def test_a_ledger_that_is_gone_while_its_key_is_there_is_not_begun_anew(tmp_path: Path) -> None:
    live(tmp_path, days=1)
    (tmp_path / "ledger.sqlite").unlink()

    with pytest.raises(LedgerDamaged, match="is gone"):
        open_ledger(tmp_path)
    assert not (tmp_path / "ledger.sqlite").exists()


def test_a_ledger_of_which_only_the_log_is_left_is_not_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite-wal").write_bytes(b"rest")

    with pytest.raises(LedgerDamaged, match="is gone"):
        open_ledger(tmp_path)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with raw(tmp_path) as connection:
        connection.execute("CREATE TABLE something (else_ INTEGER)")

    with pytest.raises(LedgerDamaged, match="is not a ledger"):
        open_ledger(tmp_path)


def test_a_draft_that_a_crash_left_behind_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite.new").write_bytes(b"half")
    (tmp_path / "ledger.sqlite.new-wal").write_bytes(b"half")

    with open_ledger(tmp_path) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND
    assert "ledger.sqlite.new" not in listing(tmp_path)


def test_a_key_that_was_never_made_is_made_at_the_next_start(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()
    (tmp_path / "signing-key.pem").unlink()

    open_ledger(tmp_path).close()

    assert (tmp_path / "signing-key.pem").exists()


def test_a_key_that_has_signed_and_is_gone_is_never_replaced(tmp_path: Path) -> None:
    clock = live(tmp_path)
    (tmp_path / "signing-key.pem").unlink()

    with open_ledger(tmp_path, clock) as ledger, pytest.raises(LedgerError, match="is gone"):
        ledger.sign_heads(clock.time)
    assert not (tmp_path / "signing-key.pem").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE chain SET kind = 'x' WHERE sequence = 1",
        "DELETE FROM chain WHERE sequence = 1",
        "INSERT OR REPLACE INTO chain SELECT sequence, instant, 'x', beneficiary, payload_sha256, link FROM chain",
        "INSERT INTO chain SELECT 999, instant, kind, beneficiary, payload_sha256, link FROM chain WHERE sequence = 1",
        "UPDATE payload SET text = '{}'",
        "DELETE FROM payload WHERE sequence = 1",
        "INSERT OR REPLACE INTO payload VALUES (1, '{}')",
    ],
)
def test_the_database_itself_refuses(tmp_path: Path, statement: str) -> None:
    live(tmp_path, days=1)

    with raw(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    with open_ledger(tmp_path) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND


# Reading beside a writer, or beside no one


def test_a_reader_changes_no_file_when_nobody_writes(tmp_path: Path) -> None:
    clock = live(tmp_path)
    before = listing(tmp_path)

    with open_ledger(tmp_path, clock, readonly=True) as reader:
        assert len(reader.standing()) == 1
        assert reader.latest(*SUBJECT) is not None
        assert reader.verify().outcome is ChainOutcome.SOUND

    assert listing(tmp_path) == before


def test_a_reader_sees_what_a_writer_appends_meanwhile(tmp_path: Path) -> None:
    live(tmp_path, days=1)
    with open_ledger(tmp_path, readonly=True) as reader:
        assert len(reader.entries("incident")) == 1
        with open_ledger(tmp_path) as writer:
            append_entry(writer, "incident", {})
            assert len(reader.entries("incident")) == 2
            append_entry(writer, "incident", {})
            assert len(reader.entries("incident")) == 3
        assert len(reader.entries("incident")) == 3


def test_what_is_read_at_once_is_of_one_instant(tmp_path: Path) -> None:
    """What another process appends in between is seen by the next readings, and by none of these."""
    with open_ledger(tmp_path) as ledger, open_ledger(tmp_path) as other:
        keep_reading(ledger, observation(MORNING))

        def twice() -> tuple[object, object]:
            before = ledger.latest(*SUBJECT)
            keep_reading(other, observation(MORNING + QUARTER_HOUR))
            return before, ledger.at_once(lambda: ledger.latest(*SUBJECT))

        before, again = ledger.at_once(twice)
        after = ledger.latest(*SUBJECT)

    assert before is not None and before == again
    assert after is not None and after.reading == observation(MORNING + QUARTER_HOUR)


def test_after_readings_at_once_that_failed_the_next_are_readings_anew(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:

        def fails() -> None:
            raise UsageError("no", "")

        with pytest.raises(UsageError):
            ledger.at_once(fails)
        keep_reading(ledger, observation(MORNING))

        assert ledger.latest(*SUBJECT) is not None


def test_what_was_read_while_somebody_began_to_write_is_read_again(tmp_path: Path) -> None:
    live(tmp_path, days=1)
    reader = Reader(tmp_path / "ledger.sqlite")
    counted: list[int] = []

    def count(connection: Connection) -> int:
        counted.append(connection.exec_driver_sql("SELECT count(*) FROM chain").scalar() or 0)
        if len(counted) == 1:
            with open_ledger(tmp_path) as writer:
                append_entry(writer, "incident", {})
        return counted[-1]

    assert reader.run(count) == counted[0] + 1
    reader.close()


@pytest.mark.programs
@pytest.mark.parametrize("beside", ["nobody", "a writer", "what a crash left"])
def test_a_member_of_the_group_reads_and_changes_nothing(beside: str) -> None:
    with open_folder() as folder:
        state = folder / "state"
        live(state)
        (folder / "saved").mkdir()
        writer = open_ledger(state) if beside != "nobody" else None
        if writer is not None:
            append_entry(writer, "incident", {"title": "in the log"})
        if beside == "what a crash left":
            saved = {path.name: path.read_bytes() for path in state.iterdir()}
            assert writer is not None
            writer.close()
            for name, content in saved.items():
                (state / name).write_bytes(content)
            writer = None
            (state / "ledger.sqlite-wal").chmod(0o640)
            (state / "ledger.sqlite-shm").chmod(0o640)
        give_to_group(state)
        before = sorted(listing(state))

        def read() -> str:
            with open_ledger(state, readonly=True) as ledger:
                return f"{len(ledger.entries('incident'))} {ledger.verify().outcome.value}"

        said = in_child(read, uid=NOBODY)
        after = sorted(listing(state))
        if writer is not None:
            writer.close()

    assert said == ("3 sound" if beside == "nobody" else "4 sound")
    assert after == before


@pytest.mark.programs
def test_a_stranger_is_told_whom_to_ask() -> None:
    with open_folder() as folder:
        live(folder / "state", days=1)
        (folder / "state").chmod(0)
        said = in_child(lambda: str(open_ledger(folder / "state", readonly=True)), uid=NOBODY)
        (folder / "state").chmod(0o750)

    assert said.startswith("NotAllowed: cannot look for the ledger")


# No room


@pytest.mark.programs
def test_a_disk_that_takes_no_more_stops_writing_and_nothing_else(tmp_path: Path) -> None:
    clock = HandClock()

    def work() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        said = []
        with open_ledger(tmp_path, clock) as ledger:
            keep_reading(ledger, observation(clock.time, [point_fact(1)]))
            room = (tmp_path / "ledger.sqlite-wal").stat().st_size + 20_000
            _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
            for number in range(100):
                try:
                    keep_reading(ledger, observation(clock.time, [point_fact(number)] * 10))
                except LedgerFull as error:
                    said.append(f"full: {bool(error.hint)}")
                    break
            said.append(f"reads: {ledger.latest(*SUBJECT) is not None}")
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            said.append(f"writes: {keep_reading(ledger, observation(clock.time)) != ''}")
            said.append(ledger.verify().outcome.value)
        return ", ".join(said)

    assert in_child(work) == "full: True, reads: True, writes: True, sound"


@pytest.mark.programs
def test_a_ledger_opened_on_a_full_disk_is_read_and_is_written_once_there_is_room(tmp_path: Path) -> None:
    clock = live(tmp_path)

    def work() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, most))
        with Ledger.open(tmp_path, clock=clock) as ledger:
            said = [f"{len(ledger.entries('incident'))} kept"]
            try:
                append_entry(ledger, "incident", {})
            except LedgerFull:
                said.append("full")
            said.append(f"{len(ledger.entries('incident'))} kept")
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            said += [append_entry(ledger, "incident", {}), ledger.verify().outcome.value]
        return ", ".join(said)

    assert in_child(work) == "3 kept, full, 3 kept, incident-4, sound"


@pytest.mark.programs
def test_a_ledger_can_be_read_though_it_was_opened_on_a_disk_that_takes_nothing() -> None:
    with open_folder() as folder:
        state = folder / "state"
        live(state)
        give_to_group(state)
        state.chmod(0o550)
        for path in state.iterdir():
            path.chmod(0o440 if path.name != "signing-key.pem" else 0o400)

        def work() -> str:
            with Ledger.open(state, clock=HandClock()) as ledger:
                kept = len(ledger.entries("incident"))
                try:
                    append_entry(ledger, "incident", {})
                except LedgerFull as error:
                    return f"{kept} kept, {error.message.split(':')[0].split()[-3:]}"
                return "written"

        said = in_child(work, uid=NOBODY)
        state.chmod(0o750)

    assert said == "3 kept, ['cannot', 'be', 'written']"


@pytest.mark.programs
def test_a_ledger_that_cannot_be_made_is_a_full_one() -> None:
    with open_folder() as folder:
        folder.chmod(0o555)
        said = in_child(lambda: str(open_ledger(folder / "state")), uid=NOBODY)

    assert said.startswith("LedgerFull: nothing can be written")


def test_appending_goes_on_in_the_same_process_once_there_is_room(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        keep_reading(ledger, observation(MORNING))
        engine = ledger._store._engine
        assert engine is not None
        with engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LedgerFull):
            keep_reading(ledger, observation(MORNING, [point_fact(number) for number in range(500)]))
        assert ledger.runs()[0].success
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        keep_reading(ledger, observation(MORNING, [point_fact(number) for number in range(500)]))

        assert ledger.verify().outcome is ChainOutcome.SOUND
        assert asked(tmp_path, "SELECT count(*) FROM chain") == [(2,)]


# Rivals and crashes

WRITER = """
import sys
from pathlib import Path
from tests.ledger.samples import HandClock, MORNING, QUARTER_HOUR, judged, observation, open_ledger, point_fact
from tests.parts.kept import append_entry, keep_reading

clock = HandClock()
with open_ledger(Path(sys.argv[1]), clock) as ledger:
    print("open", flush=True)
    for number in range(int(sys.argv[2])):
        clock.time += QUARTER_HOUR
        keep_reading(ledger, observation(clock.time, [point_fact(one) for one in range(number % 40)]))
        ledger.keep_verdicts([judged(clock.time)])
        append_entry(ledger, "incident", {"title": f"{sys.argv[3]} {number}"})
        print(number, flush=True)
"""


def start_writer(directory: Path, times: int, name: str) -> "subprocess.Popen[str]":
    argv = [sys.executable, "-c", WRITER, str(directory), str(times), name]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=HOME)


@pytest.mark.programs
def test_two_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    rivals = [start_writer(tmp_path, 25, name) for name in ("one", "other")]
    for rival in rivals:
        rival.communicate(timeout=60)

    assert [rival.returncode for rival in rivals] == [0, 0]
    with open_ledger(tmp_path, readonly=True) as ledger:
        entries = ledger.entries("incident")
        assert ledger.verify().outcome is ChainOutcome.SOUND
    assert {entry.id for entry in entries} == {f"incident-{number}" for number in range(1, 51)}
    assert {entry.values["title"] for entry in entries} == {
        f"{name} {number}" for name in ("one", "other") for number in range(25)
    }


@pytest.mark.programs
def test_a_kill_at_any_instant_loses_at_most_the_append_in_progress(tmp_path: Path) -> None:
    for number in range(8):
        process = start_writer(tmp_path, 10_000, f"run {number}")
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        assert process.stdout.readline() == "0\n"
        time.sleep(0.007 * number)  # not to wait for something, but to cut at another place each time
        process.kill()
        said = process.stdout.read().split()
        process.wait()
        process.stdout.close()
        finished = int(said[-1]) + 1 if said else 1

        with open_ledger(tmp_path) as ledger:
            kept = [one for one in ledger.entries("incident") if one.values["title"].startswith(f"run {number} ")]
            assert finished <= len(kept) <= finished + 1
            assert ledger.verify().outcome is ChainOutcome.SOUND
            assert len(asked(tmp_path, "SELECT 1 FROM chain")) == len(asked(tmp_path, "SELECT 1 FROM payload"))


def test_threads_share_a_ledger(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    with open_ledger(tmp_path) as ledger:

        def work(name: int) -> None:
            try:
                for number in range(10):
                    at = MORNING + number * QUARTER_HOUR
                    keep_reading(ledger, observation(at, [point_fact(number)], subject=f"files/{name}"))
                    ledger.keep_verdicts([judged(at)])
                    append_entry(ledger, "incident", {"title": str(name)})
                    assert ledger.latest("restic_snapshots", f"files/{name}") is not None
                    ledger.standing()
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []
        assert {entry.id for entry in ledger.entries()} == {f"incident-{number}" for number in range(1, 81)}
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_a_writer_that_never_lets_go_costs_its_deadline_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.ledger.database.PATIENCE_SECONDS", 0.1)
    with open_ledger(tmp_path) as ledger, raw(tmp_path) as rival:
        rival.isolation_level = None
        rival.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="held by another process"):
            append_entry(ledger, "incident", {})
        assert ledger.entries() == ()
        rival.execute("ROLLBACK")
        assert append_entry(ledger, "incident", {}) == "incident-1"


def test_the_log_is_folded_in_on_demand(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        keep_reading(ledger, observation(MORNING))
        assert (tmp_path / "ledger.sqlite-wal").stat().st_size > 0
        ledger.checkpoint()
        assert wait_until(lambda: (tmp_path / "ledger.sqlite-wal").stat().st_size == 0)
