"""The notifier is killed at random instants, for real: no change that was kept is lost, none comes twice unmarked."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.parts.checkout import HOME
from tests.parts.program import environment
from tests.parts.supervision import hearing

pytestmark = [pytest.mark.network, pytest.mark.programs]


def test_no_kill_loses_a_change_or_repeats_one_unmarked(tmp_path: Path) -> None:
    """The long form, of 1,000 kills, is in tests/endurance."""
    arrived = survive(tmp_path, restarts=60, seed=588)
    assert arrived["kept"] > 0


def survive(folder: Path, *, restarts: int, seed: int) -> Counter[str]:
    """Kill it so often, hold what arrived against what was kept, and return how many of each there were."""
    chance = random.Random(seed)
    answered: dict[int, int] = {}

    def answers(number: int) -> int:
        # A receiver is not at its best either: some are refused, some taken slowly.
        time.sleep(chance.random() * 0.01)
        answered[number] = 503 if chance.random() < 0.1 else 200
        return answered[number]

    program = [sys.executable, "-P", "-m", "tests.parts.killed_couriers"]
    with hearing(answers) as ear:
        done = subprocess.run(
            [*program, folder, f"{ear.address}/in", str(restarts), str(seed)],
            cwd=HOME,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=3000,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    kept = [int(line) for line in done.stdout.split()]
    told = [(said["number"], said.get("repeat", False)) for _, _, said in ear.heard]
    taken = [one for number, one in enumerate(told) if answered[number] == 200]
    unmarked = Counter(number for number, repeat in taken if not repeat)
    assert set(kept) <= {number for number, _ in taken}
    assert max(unmarked.values()) == 1
    return Counter(kept=len(kept), repeats=sum(repeat for _, repeat in taken), refused=len(told) - len(taken))
