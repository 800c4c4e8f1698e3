"""The daemon's loop: when what came back is kept."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.alert.notifier import Notifier
from agent.core.model import Observation, Reading
from agent.daemon.loop import Daemon
from agent.daemon.returned import HELD_SECONDS
from agent.evaluation.session import open_session
from agent.evaluation.tasks import Task
from agent.hosts import run
from agent.ledger.ledger import Ledger
from tests.parts.held_clock import HeldClock

HELD = timedelta(seconds=HELD_SECONDS)
QUICK = ("quick-1", "quick-2", "quick-3")
SLOW = "slow"


class PlayedDaemon(Daemon):
    """A daemon whose looks see nothing, at once; those at SLOW only once `released`."""

    released = threading.Event()
    instant = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def _run_task(self, task: Task) -> Reading:
        if task.subject == SLOW:
            self.released.wait(60)
        return Observation(
            collector=task.collector.name, host=task.host, subject=task.subject, begun=self.instant, ended=self.instant
        )

    def tick(self) -> None:
        """Take one turn of the loop."""
        self._tick()

    def waits_for_one(self) -> bool:
        """Return whether all looks came back but the slow one."""
        return not self._workers._waiting and {one.name[1] for one in self._workers.underway()} == {SLOW}

    def is_idle(self) -> bool:
        """Return whether no look is under way."""
        return self._workers.idle()


def waited(until: Callable[[], bool]) -> bool:
    """Return whether something came about within a minute."""
    end = time.monotonic() + 60
    while not until() and time.monotonic() < end:
        time.sleep(0.01)
    return until()


@pytest.fixture(autouse=True)
def others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the end of a daemon not be that of every program which a later test of this process starts."""
    monkeypatch.setattr(run, "stop_all", lambda: None)


@contextmanager
def played(folder: Path, clock: HeldClock) -> Iterator[tuple[PlayedDaemon, Ledger]]:
    """Run a daemon of some hosts by a clock that is held; the test takes its turns."""
    hosts = "".join(f'[[host]]\nid = "{name}"\ntransport = "local"\ncollect = ["clock"]\n' for name in (*QUICK, SLOW))
    file = folder / "beffroi.toml"
    file.write_text(f'[agent]\nstate_directory = "{folder}/state"\n[[beneficiary]]\nid = "scota"\n{hosts}')
    PlayedDaemon.released.clear()
    with open_session(file, clock=clock) as session:
        ledger = session.ledger
        assert ledger is not None
        notifier = Notifier(folder / "state", lambda: session.configuration, ledger, clock)
        daemon = PlayedDaemon(session, ledger, notifier, reload=lambda: session)
        try:
            yield daemon, ledger
        finally:
            PlayedDaemon.released.set()
            daemon.stop()


def seen(ledger: Ledger) -> set[str]:
    """Return the hosts of which a look at the clock was kept."""
    return {one.subject for one in ledger.runs() if one.collector == "clock"}


def test_what_came_back_waits_three_seconds_for_what_is_under_way(tmp_path: Path) -> None:
    clock = HeldClock(PlayedDaemon.instant)
    with played(tmp_path, clock) as (daemon, ledger):
        assert waited(daemon.waits_for_one)
        daemon.tick()
        clock.instant += HELD * 0.9
        daemon.tick()
        assert seen(ledger) == set()
        clock.instant += HELD * 0.1
        daemon.tick()
        assert seen(ledger) == set(QUICK)


def test_the_last_look_under_way_is_kept_at_the_next_turn(tmp_path: Path) -> None:
    clock = HeldClock(PlayedDaemon.instant)
    with played(tmp_path, clock) as (daemon, ledger):
        assert waited(daemon.waits_for_one)
        daemon.tick()
        assert seen(ledger) == set()
        PlayedDaemon.released.set()
        assert waited(daemon.is_idle)
        daemon.tick()
        assert seen(ledger) == {*QUICK, SLOW}
