"""Readings kept together: the same rows as one by one, each for itself, all in one transaction."""

import json
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.errors import LedgerDamaged, LedgerError, LedgerFull
from agent.core.manifest import ManifestChange, StoredFile
from agent.core.model import Fact, Observation, Reading
from agent.ledger import look_ledger, reading_rows
from agent.ledger.ledger import ChainOutcome, StoredReading
from tests.ledger.samples import (
    DAY,
    FACT,
    MORNING,
    QUARTER_HOUR,
    HandClock,
    asked,
    failure,
    observation,
    open_ledger,
    point_fact,
    tamper,
)
from tests.parts.checkout import HOME
from tests.parts.kept import keep_reading
from tests.parts.unprivileged import in_child

COLLECTOR = "restic_snapshots"
SUBJECTS = ("files/offsite", "mail/offsite", "web/offsite")

_LOOKS = st.lists(st.tuples(st.sampled_from(SUBJECTS), st.none() | st.lists(FACT, max_size=4)), max_size=8)
MANY = 10**6
_DERIVED = ("reading_row", "latest_reading", "latest_observation", "observed_facts", "manifest")


class TickingClock(HandClock):
    """A second later each time that it is asked; it counts how often it was."""

    asked = 0

    def now(self) -> datetime:
        """Return the next second."""
        self.asked += 1
        self.time += timedelta(seconds=1)
        return self.time


def _reading(subject: str, facts: list[Fact] | None) -> Reading:
    return failure(MORNING, subject=subject) if facts is None else observation(MORNING, facts, subject=subject)


def _content(directory: Path) -> list[object]:
    """Return all that was kept but for the salts, and what follows from these."""
    rows = asked(
        directory, "SELECT sequence, instant, kind, beneficiary, text FROM chain JOIN payload USING (sequence)"
    )
    kept: list[object] = [(*row[:-1], {**json.loads(row[-1]), "salt": ""}) for row in rows]
    return [*kept, *(sorted(asked(directory, f"SELECT * FROM {table}"), key=repr) for table in _DERIVED)]


@settings(max_examples=12)
@given(batches=st.lists(_LOOKS, max_size=4), days=st.integers(0, 20))
def test_readings_kept_together_leave_the_rows_of_readings_kept_singly(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[str, list[Fact] | None]]], days: int
) -> None:
    folder = tmp_path_factory.mktemp("batches")
    for name in ("singly", "together"):
        clock = HandClock()
        with pytest.MonkeyPatch.context() as patch, open_ledger(folder / name, clock) as ledger:
            patch.setattr(reading_rows, "TOGETHER", MANY)  # each has a row of its own
            for batch in batches:
                readings = [_reading(*one) for one in batch]
                if name == "together":
                    assert all(isinstance(kept, str) for kept in ledger.keep_readings(readings))
                else:
                    for reading in readings:
                        keep_reading(ledger, reading)
                clock.time += days * DAY
            assert ledger.verify().outcome is ChainOutcome.SOUND
    assert _content(folder / "together") == _content(folder / "singly")


def test_two_looks_at_one_store_in_a_batch_are_kept_one_after_the_other(tmp_path: Path) -> None:
    change = ManifestChange(added=(StoredFile(name="data/aa", size=3),))
    first = replace(observation(MORNING, [point_fact(1)]), manifest=change)
    with open_ledger(tmp_path) as ledger:
        ids = ledger.keep_readings([first, first, failure(MORNING), observation(MORNING, [point_fact(2)])])
        assert ids == ("r-1", "r-3", "r-4", "r-5")
        assert [one.name for one in ledger.manifest("files/offsite").present()] == ["data/aa"]
        assert ledger.latest(COLLECTOR, "files/offsite") == StoredReading(
            reading=observation(MORNING, [point_fact(2)]), evidence_id="r-5"
        )
        assert ledger.verify().outcome is ChainOutcome.SOUND
    assert asked(tmp_path, "SELECT kind FROM chain") == [("reading",), ("manifest",), *[("reading",)] * 3]
    assert json.loads(asked(tmp_path, "SELECT text FROM payload WHERE sequence = 3")[0][0])["since"] == 1


def test_a_batch_is_kept_some_hundreds_in_one_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_ledger, "READINGS_AT_ONCE", 10)
    clock = TickingClock()
    with open_ledger(tmp_path, clock) as ledger:
        clock.asked = 0
        kept = ledger.keep_readings([observation(MORNING, subject=f"host/{number}") for number in range(25)])
    assert kept == tuple(f"r-{number}" for number in range(1, 26))
    assert clock.asked == 3
    assert asked(tmp_path, "SELECT count(*) FROM chain GROUP BY instant") == [(10,), (10,), (5,)]


@pytest.mark.parametrize(
    "bad",
    [
        observation(MORNING.replace(tzinfo=None)),
        observation(MORNING, subject="files\ud800/offsite"),
        replace(observation(MORNING), facts=(replace(point_fact(1), value=object()),)),  # type: ignore[arg-type]  # what no one declared
    ],
    ids=["no zone", "no text", "no type"],
)
def test_a_reading_that_cannot_be_kept_costs_only_itself(tmp_path: Path, bad: Observation) -> None:
    good = observation(MORNING, [point_fact(1)], subject="mail/offsite")
    with open_ledger(tmp_path) as ledger:
        first, refused, last = ledger.keep_readings([good, bad, failure(MORNING)])
        assert (first, last) == ("r-1", "r-2")
        assert isinstance(refused, LedgerError)
        with pytest.raises(LedgerError):
            keep_reading(ledger, bad)
        assert ledger.verify().outcome is ChainOutcome.SOUND


def test_facts_that_are_gone_cost_the_next_look_at_them_only(tmp_path: Path) -> None:
    def looks(number: int) -> list[Reading]:
        return [observation(MORNING, [point_fact(number)], subject=subject) for subject in SUBJECTS]

    with open_ledger(tmp_path) as ledger:
        ledger.keep_readings(looks(1))
    tamper(tmp_path, "DELETE FROM observed_facts WHERE subject = 'mail/offsite'")
    with open_ledger(tmp_path) as ledger:
        first, damaged, last = ledger.keep_readings(looks(2))
    assert (first, last) == ("r-4", "r-5")
    assert isinstance(damaged, LedgerDamaged)
    assert "mail/offsite" in damaged.message


def test_a_damaged_row_that_stops_a_batch_stops_only_what_rests_on_it(tmp_path: Path) -> None:
    looks = [observation(MORNING, subject=subject) for subject in SUBJECTS]
    with open_ledger(tmp_path) as ledger:
        ledger.keep_readings(looks)
    tamper(tmp_path, "UPDATE latest_observation SET base_instant = 'no date' WHERE subject = 'mail/offsite'")
    with open_ledger(tmp_path) as ledger:
        first, damaged, last = ledger.keep_readings(looks)
    assert (first, last) == ("r-4", "r-5")
    assert isinstance(damaged, LedgerDamaged)


def test_a_ledger_whose_end_is_gone_refuses_every_reading_at_once(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.keep_readings([failure(MORNING), failure(MORNING)])
    tamper(tmp_path, "DELETE FROM chain WHERE sequence = 2")
    with open_ledger(tmp_path) as ledger, pytest.raises(LedgerDamaged):
        ledger.keep_readings([failure(MORNING), failure(MORNING)])


@pytest.mark.programs
def test_a_full_disk_refuses_the_batch_and_takes_it_once_there_is_room(tmp_path: Path) -> None:
    batch = [observation(MORNING, [point_fact(one)] * 20, subject=f"host/{one}") for one in range(100)]

    def work() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with open_ledger(tmp_path) as ledger:
            keep_reading(ledger, failure(MORNING))
            _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "ledger.sqlite-wal").stat().st_size + 20_000, most))
            try:
                said = str(ledger.keep_readings(batch))
            except LedgerFull as error:
                said = f"full: {bool(error.hint)}"
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            kept = ledger.keep_readings(batch)
            return f"{said}, {kept[0]} to {kept[-1]}, {ledger.verify().outcome.value}"

    assert in_child(work) == "full: True, r-2 to r-101, sound"


# Rivals and crashes

WRITER = """
import sys
from pathlib import Path
from tests.ledger.samples import HandClock, MORNING, QUARTER_HOUR, observation, open_ledger, point_fact

clock = HandClock()
with open_ledger(Path(sys.argv[1]), clock) as ledger:
    print("open", flush=True)
    for number in range(int(sys.argv[2])):
        clock.time += QUARTER_HOUR
        facts = [point_fact(one) for one in range(number % 5)]
        looks = [observation(clock.time, facts, subject=f"{sys.argv[3]}/{one}") for one in range(100)]
        kept = ledger.keep_readings(looks)
        assert all(isinstance(one, str) for one in kept)
        print(number, flush=True)
"""


def _start_writer(directory: Path, times: int, name: str) -> "subprocess.Popen[str]":
    argv = [sys.executable, "-c", WRITER, str(directory), str(times), name]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=HOME)


def _numbers(directory: Path, name: str) -> list[int]:
    with open_ledger(directory, readonly=True) as ledger:
        subjects = [subject for subject in ledger.subjects(COLLECTOR) if subject.startswith(f"{name}/")]
        return [len(ledger.looks(COLLECTOR, subject, MORNING - DAY, MORNING + 900 * DAY)) for subject in subjects]


@pytest.mark.slow
@pytest.mark.programs
def test_a_kill_in_the_middle_of_a_batch_keeps_all_of_it_or_none(tmp_path: Path) -> None:
    for number in range(5):
        process = _start_writer(tmp_path, 10_000, f"run{number}")
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        assert process.stdout.readline() == "0\n"
        time.sleep(0.011 * number)  # not to wait for something, but to cut at another place each time
        process.kill()
        said = process.stdout.read().split()
        process.wait()
        process.stdout.close()
        finished = int(said[-1]) + 1 if said else 1

        with open_ledger(tmp_path) as ledger:
            assert ledger.verify().outcome is ChainOutcome.SOUND
        counts = _numbers(tmp_path, f"run{number}")
        assert len(counts) == 100
        assert len(set(counts)) == 1
        assert finished <= counts[0] <= finished + 1


@pytest.mark.slow
@pytest.mark.programs
def test_two_processes_that_keep_batches_at_once_lose_nothing(tmp_path: Path) -> None:
    rivals = [_start_writer(tmp_path, 10, name) for name in ("one", "other")]
    for rival in rivals:
        rival.communicate(timeout=60)

    assert [rival.returncode for rival in rivals] == [0, 0]
    with open_ledger(tmp_path, readonly=True) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND
        newest = ledger.newest_looks([(COLLECTOR, f"{name}/7") for name in ("one", "other")])
    assert {one.reading.ended for one in newest.values()} == {MORNING + 10 * QUARTER_HOUR}
    assert [_numbers(tmp_path, name) for name in ("one", "other")] == [[10] * 100] * 2
