"""Kills, full and read-only disks, clock jumps and suspensions at random instants, over and over.

BEFFROI_ENDURANCE_MINUTES is how long each of them is tried (3 where it is not set), BEFFROI_ENDURANCE_SEED what chance
begins from; the seed of each run is printed. The short forms are in tests/faults, each fault once.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import psutil
import pytest

from tests.faults import making
from tests.faults.laboratory import Laboratory, laboratory
from tests.faults.table import MET, unproven
from tests.faults.test_daemon import Running, running
from tests.parts.clocks import SettableClock
from tests.parts.disks import failing_disk, may_fail, may_mount, small_disk
from tests.parts.processes import wait_until
from tests.parts.program import beffroi, environment

pytestmark = [pytest.mark.programs, pytest.mark.network]

MINUTES = float(os.environ.get("BEFFROI_ENDURANCE_MINUTES", "3"))
SEED = int(os.environ.get("BEFFROI_ENDURANCE_SEED", str(time.time_ns() % 1_000_000)))
HONEST = {MET, unproven("clock-doubtful"), unproven("stale-evidence")}
mountable = pytest.mark.skipif(not may_mount(), reason="such a disk needs the right to mount one")


@pytest.fixture
def chance() -> random.Random:
    print(f"\nBEFFROI_ENDURANCE_SEED={SEED}")
    return random.Random(SEED)


@pytest.fixture
def lab() -> Iterator[Laboratory]:
    with laboratory("20s") as made:
        making.sound(made, "sound")
        yield made


def rounds() -> Iterator[int]:
    """Yield numbers until the time is up."""
    end = time.monotonic() + 60 * MINUTES
    number = 0
    while time.monotonic() < end:
        number += 1
        yield number


def holds(lab: Laboratory) -> None:
    walked = beffroi("ledger", "verify", "--config", lab.watched.configuration)
    assert walked.code == 0, walked.out + walked.err


def rows(lab: Laboratory) -> list[tuple[int, str]]:
    """Return every row's number and link, to see that none is ever lost again."""
    path = lab.watched.folder / "state" / "ledger.sqlite"
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        try:
            return list(database.execute("SELECT sequence, link FROM chain ORDER BY sequence"))
        except sqlite3.OperationalError:
            return []


def started(lab: Laboratory, *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "agent", *command, "--config", str(lab.watched.configuration)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_killed_at_random_instants_nothing_that_was_kept_is_lost(lab: Laboratory, chance: random.Random) -> None:
    commands = (("run",), ("check",), ("verify", "--all"), ("ledger", "backup"))
    beffroi("check", "--config", lab.watched.configuration)
    kept: list[tuple[int, str]] = []
    count = 0
    for count in rounds():
        process = started(lab, *chance.choice(commands))
        time.sleep(chance.uniform(0.05, 4))
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        now = rows(lab)
        assert now[: len(kept)] == kept
        kept = now
        if count % 10 == 0:
            holds(lab)
    said = beffroi("check", "--json", "--config", lab.watched.configuration)
    assert said.verdict("backup-rpo", "sound") == MET
    holds(lab)
    assert [path for path in (lab.watched.folder / "state").glob("scratch/*") if path.is_dir()] == []
    print(f"{count} kills, {len(kept)} rows kept")


@mountable
def test_a_disk_that_fills_again_and_again_costs_what_is_kept_meanwhile(lab: Laboratory, chance: random.Random) -> None:
    count = 0
    with small_disk(lab.watched.folder / "state", "16m") as disk:
        with running(lab) as one:
            one.comes_to("backup-rpo", "sound", MET)
            for count in rounds():
                disk.fill()
                nudge(lab, one, count)
                assert wait_until(lambda: one.health() == 503, 90, step=0.2), one.log.read_text()[-2000:]
                assert one.verdict("backup-rpo", "sound") in HONEST
                time.sleep(chance.uniform(0, 3))
                disk.free()
                nudge(lab, one, -count)
                assert wait_until(lambda: one.health() == 200, 90, step=0.2), one.log.read_text()[-2000:]
        holds(lab)
    print(f"{count} full disks")


@pytest.mark.skipif(not may_fail(), reason="needs root, loop devices and an ext4 that can be let fail")
def test_a_disk_that_fails_at_random_instants_leaves_a_ledger_that_holds(
    lab: Laboratory, chance: random.Random
) -> None:
    count = 0
    kept: list[tuple[int, str]] = []
    with failing_disk(lab.watched.folder / "state") as disk:
        for _ in rounds():
            count += 1
            with running(lab) as one:
                time.sleep(chance.uniform(0, 4))
                disk.fail()
                nudge(lab, one, count)
                assert wait_until(lambda: one.health() == 503, 90, step=0.2), one.log.read_text()[-2000:]
            disk.unmount()
            disk.mount()
            now = rows(lab)
            assert now[: len(kept)] == kept
            kept = now
            holds(lab)
    print(f"{count} disks that failed, {len(kept)} rows kept")


def nudge(lab: Laboratory, one: Running, number: int) -> None:
    """Give the daemon something to keep: a configuration that declares another backup."""
    lab.watched.backups = lab.watched.backups.split("# nudged", 1)[0] + "# nudged\n"
    lab.declare(f"late-{number}".replace("--", "-minus-"), source=lab.source)
    assert lab.watched.configuration.exists()
    one.process.send_signal(signal.SIGHUP)


def test_a_clock_that_jumps_about_never_proves_what_is_not(lab: Laboratory, chance: random.Random) -> None:
    making.old(lab, "old")
    clock = SettableClock(lab.watched.folder / "clock")
    honest = HONEST - {MET} | {("missed", "too-old")}
    seen: set[object] = set()
    with running(lab, **clock.environment()) as one:
        one.comes_to("backup-rpo", "sound", MET)
        for _ in rounds():
            clock.set(f"{chance.choice((-40, -3, -1, 1, 3, 40)) * chance.choice((60, 3600, 86400)):+d}")
            time.sleep(chance.uniform(0.5, 4))
            answer = one.verdict("backup-rpo", "old")
            assert answer in honest, answer  # whatever the clock says, three days late is never «met»
            seen.add(answer)
            assert one.health() == 200
    holds(lab)
    print(f"answers for what is late: {sorted(map(str, seen))}")


def test_a_suspended_process_comes_back_without_a_wrong_word(lab: Laboratory, chance: random.Random) -> None:
    count = 0
    with running(lab) as one:
        one.comes_to("backup-rpo", "sound", MET)
        for _ in rounds():
            count += 1
            one.process.send_signal(signal.SIGSTOP)
            time.sleep(chance.uniform(1, 40))
            one.process.send_signal(signal.SIGCONT)
            assert wait_until(lambda: one.health() == 200, 30, step=0.2), one.log.read_text()[-2000:]
            assert one.verdict("backup-rpo", "sound") in HONEST
    holds(lab)
    print(f"{count} suspensions")


def test_a_daemon_that_is_busy_all_the_time_does_not_grow(lab: Laboratory) -> None:
    """Each reload looks at everything anew; threads, descriptors and memory settle."""
    with running(lab) as one:
        one.comes_to("backup-rpo", "sound", MET)
        process = psutil.Process(one.process.pid)
        weights: list[tuple[int, int, float]] = []
        for number in rounds():
            nudge(lab, one, number)
            one.comes_to("backup-rpo", f"late-{number}", ("missed", "absent"))
            if number % 5 == 0:
                weights.append((process.num_fds(), process.num_threads(), process.memory_info().rss / 1e6))
        half = len(weights) // 2
        assert max(fds for fds, _, _ in weights[half:]) <= max(fds for fds, _, _ in weights[:half]) + 4, weights
        assert max(threads for _, threads, _ in weights[half:]) <= max(one[1] for one in weights[:half]) + 2, weights
        first, last = weights[half - 1][2], weights[-1][2]
        print(f"{len(weights) * 5} reloads: {weights[0]} … {weights[-1]} (descriptors, threads, MB)")
        assert last <= first * 1.1, weights
    shutil.rmtree(lab.watched.folder / "state")
