"""What a refresh costs beside restic's own listing, what the daemon weighs, and how long an idle check takes.

Every figure is printed as a ratio of two runs that were made in turn, or as a growth within one run.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from agent.core.clock import SystemClock
from agent.core.model import Observation
from agent.evaluation.round import Round
from agent.evaluation.session import Session, open_session
from agent.evaluation.tasks import run_task, tasks_of
from tests.parts.checkout import HOME
from tests.parts.program import beffroi, daemon, fetched
from tests.parts.watched import Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

DOUBLINGS = 8
SNAPSHOTS = 4 * 2**DOUBLINGS
ROUNDS = 5
CYCLES = 10_000

# What is asked: CPU of a refresh beside one `restic snapshots --json`, resident memory in MB, seconds of an idle check.
REFRESH, RESIDENT, IDLE = 1.2, 90.0, 0.7


def cpu(work: Callable[[], object]) -> float:
    """Return the processor seconds that some work takes, here and in the programs that it runs."""

    def spent() -> float:
        uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(use.ru_utime + use.ru_stime for use in uses)

    before = spent()
    work()
    return spent() - before


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """A repository with a thousand snapshots: each rewriting under another host's name doubles them."""
    watched = Watched(tmp_path_factory.mktemp("thousand"))
    watched.declare("files")
    repository = watched.make("files", *(timedelta(hours=hours) for hours in (1, 2, 3, 4)))
    for doubling in range(DOUBLINGS):
        watched.restic(str(repository), "rewrite", "--quiet", "--new-host", f"srv-{doubling + 2}")
    assert len(list((repository / "snapshots").iterdir())) == SNAPSHOTS
    return watched


def test_a_refresh_costs_little_more_than_the_listing_it_rests_on(
    thousand: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_session(thousand.configuration) as session:
        refresh(session)
        ours, theirs = [], []
        cache = thousand.folder / "their-cache"
        listing = ["restic", "snapshots", "--json", "--no-lock", "--cache-dir", str(cache)]
        listing += ["--repo", str(thousand.repository("files")), "--password-file", str(thousand.password_file)]
        subprocess.run(listing, check=True, stdout=subprocess.DEVNULL)
        for _ in range(ROUNDS):
            theirs.append(cpu(lambda: subprocess.run(listing, check=True, stdout=subprocess.DEVNULL)))
            ours.append(cpu(lambda: refresh(session)))
    ratio = median(ours) / median(theirs)
    with capsys.disabled():
        print(f"\nrefresh of {SNAPSHOTS} snapshots: {median(ours):.2f} s of processor, {ratio:.2f} x one listing")
    assert ratio <= REFRESH


def refresh(session: Session) -> None:
    turn = Round(session)
    (task,) = tasks_of(session.registry, session.configuration.inventory, "backups")
    reading = run_task(task, session.context)
    assert isinstance(reading, Observation)
    turn.take(reading)
    turn.judge(session.wanted)


def test_a_daemon_at_rest_is_small(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watched = Watched(tmp_path)
    watched.declare("files")
    watched.make("files", timedelta(minutes=10))
    beffroi("check", "--config", watched.configuration)
    with daemon(watched.configuration, tmp_path / "log") as process:
        for _ in range(20):
            fetched(f"http://127.0.0.1:{watched.port}/metrics")
            fetched(f"http://127.0.0.1:{watched.port}/")
        resident = psutil.Process(process.pid).memory_info().rss / 1e6
    with capsys.disabled():
        print(f"\ndaemon at rest: {resident:.0f} MB resident")
    assert resident <= RESIDENT


def test_ten_thousand_cycles_make_nothing_grow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watched = Watched(tmp_path)
    watched.declare("files")
    watched.make("files", timedelta(minutes=10))
    here = psutil.Process(os.getpid())
    with open_session(watched.configuration) as session:
        (task,) = tasks_of(session.registry, session.configuration.inventory, "backups")
        reading = run_task(task, session.context)
        marks = {}
        for cycle in range(CYCLES + 1):
            turn = Round(session)
            turn.take(reading)
            turn.judge(session.wanted)
            if cycle in (CYCLES // 10, CYCLES):
                marks[cycle] = (here.memory_info().rss / 1e6, here.num_fds(), here.num_threads())
    early, late = marks[CYCLES // 10], marks[CYCLES]
    with capsys.disabled():
        print(f"\nafter {CYCLES // 10} and {CYCLES} cycles: {early} and {late} (MB resident, descriptors, threads)")
    assert late[1:] == early[1:]
    assert late[0] <= early[0] * 1.05 + 2


def test_an_idle_check_is_over_soon(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watched = Watched(tmp_path)
    watched.backups = ""
    watched.declare("files")
    configuration = watched.configuration
    # A clock is read in no time: what is left is the program's own.
    configuration.write_text(
        configuration.read_text().split("[[backup]]")[0].replace("collect = []", 'collect = ["clock"]')
    )
    # As after a first start: an environment may forbid that modules are kept compiled.
    subprocess.run([sys.executable, "-m", "compileall", "-q", "agent", "collectors", "checks"], cwd=HOME, check=True)
    beffroi("check", "--config", configuration, anew=True)
    lasted = [wall(lambda: beffroi("check", "--config", configuration, anew=True)) for _ in range(ROUNDS)]
    bare = [wall(lambda: subprocess.run([sys.executable, "-c", ""], check=True)) for _ in range(ROUNDS)]
    with capsys.disabled():
        print(f"\nidle check: {median(lasted):.2f} s, {median(lasted) / median(bare):.0f} x Python's own start")
    assert median(lasted) <= IDLE


def wall(work: Callable[[], object]) -> float:
    clock = SystemClock()
    before = clock.monotonic()
    work()
    return clock.monotonic() - before
