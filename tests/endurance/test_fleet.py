"""A simulated quarter of 500 hosts, the agent killed at random: every day row is that of an account made in full.

BEFFROI_ENDURANCE_HOSTS is how many hosts there are (500 where it is not set).
"""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from agent.core.model import Key, State
from agent.evaluation.session import open_session
from agent.ledger.ledger import Ledger
from agent.ledger.verify import ChainOutcome
from tests.endurance.fleet_life import BEGIN, COLLECTORS, DAYS, HOSTS, History, configured
from tests.endurance.test_endurance import SEED
from tests.parts.checkout import HOME
from tests.parts.program import environment

pytestmark = [pytest.mark.programs, pytest.mark.timeout(3600)]

KILLS = 20
# Each step of a quarter is some transactions: a disk would be waited for, and a killed process loses nothing there.
MEMORY = next((folder for folder in ("/dev/shm",) if Path(folder).is_dir()), None)


@pytest.fixture
def folders() -> Iterator[tuple[Path, Path]]:
    with TemporaryDirectory(dir=MEMORY) as folder:
        made = (Path(folder, "killed"), Path(folder, "in-full"))
        for one in made:
            (one / "state").mkdir(parents=True)
        yield made


def started(folder: Path, history: History, *begin: str) -> subprocess.Popen[bytes]:
    """Start an agent of its own at a step, or at none an account of everything."""
    argv = [sys.executable, "-P", "-m", "tests.endurance.fleet_life", str(folder), str(history.seed), *begin]
    # Compiled once: else each of the lives would be that for the most part.
    more = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    # What is set for all tests is cleared for each.
    more["BEFFROI_ENDURANCE_HOSTS"] = str(HOSTS)
    return subprocess.Popen(argv, env=environment(more), cwd=HOME, stdout=subprocess.PIPE)


def lived(folder: Path, history: History, begin: int, chance: random.Random, *, is_last: bool) -> int:
    """Let an agent live from a step on and kill it at a random instant; return the step that it was killed in."""
    done, wanted = begin, begin + chance.randint(0, 2 * len(history.steps) // KILLS)
    with started(folder, history, str(begin)) as process:
        assert process.stdout is not None
        last = time.monotonic()
        for line in process.stdout:
            took, last = time.monotonic() - last, time.monotonic()
            done = int(line) + 1
            if not is_last and done > wanted:
                # Within the step that now begins, wherever in it.
                time.sleep(chance.uniform(0, min(took, 1)))
                process.send_signal(signal.SIGKILL)
                # What it did until then is read to its end.
                wanted = len(history.steps)
    assert process.returncode in ({0} if is_last else {0, -signal.SIGKILL})
    return done


def rows(ledger: Ledger) -> dict[tuple[Key, str], tuple[object, ...]]:
    """Return every day row of the quarter."""
    first = (BEGIN - timedelta(days=1)).date()
    found = ledger.day_rows(first, first + timedelta(days=DAYS))
    return {(one.key, one.day.isoformat()): (one.state, one.measured, one.reason, one.late) for one in found}


def account(folder: Path) -> dict[tuple[Key, str], tuple[object, ...]]:
    """Return the day rows of a ledger whose chain holds."""
    with open_session(configured(folder)) as session:
        assert session.ledger is not None
        assert session.ledger.verify().outcome is ChainOutcome.SOUND
        return rows(session.ledger)


def test_every_day_row_of_a_quarter_of_kills_is_that_of_a_full_account(folders: tuple[Path, Path]) -> None:
    print(f"\nBEFFROI_ENDURANCE_SEED={SEED}")
    history, chance = History(SEED), random.Random(SEED)
    killed, whole = folders
    step = kills = 0
    begun = time.monotonic()
    with started(whole, history) as full:
        while step < len(history.steps):
            step = lived(killed, history, step, chance, is_last=kills == KILLS)
            kills += step < len(history.steps)
        lives = time.monotonic() - begun
        assert full.communicate(timeout=1800)[0].split()[-1:] == [b"%d" % (len(history.steps) - 1)]
    found, expected = account(killed), account(whole)
    differing = {
        name: (found.get(name), expected.get(name))
        for name in found.keys() | expected.keys()
        if found.get(name) != expected.get(name)
    }
    states = Counter(str(state) for state, *_ in expected.values())
    print(f"{HOSTS} hosts, {len(history.steps)} steps, {kills} kills in {lives:.0f} s, {len(expected)} day rows")
    print(dict(states))
    assert differing == {}
    assert len(expected) >= HOSTS * len(COLLECTORS) * (DAYS - 1)
    assert min(states[str(state)] for state in (State.MET, State.MISSED, State.UNPROVEN)) > 0
    assert kills >= KILLS // 2
