"""What a full exercise of 200,000 files costs beside the restore that it rests on, and how large it grows."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.weighing import told
from tests.parts.checkout import HOME
from tests.parts.program import environment
from tests.parts.sshd import running_sshd
from tests.parts.watched import Copy, Watched

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.timeout(3600)]

FOLDERS, FILES = 1000, 200
# What is asked: of the restore's processor, megabytes.
ADDED, RESIDENT = 0.2, 200.0


def test_an_exercise_of_two_hundred_thousand_files(tmp_path: Path) -> None:
    watched = Watched(tmp_path, timeout="120s")
    fill(watched.source("many"))
    repository = watched.repository("many")
    watched.restic(str(repository), "init", "--quiet")
    watched.restic(str(repository), "backup", "--quiet", "--host", "srv-1", str(watched.source("many")))
    with running_sshd(tmp_path / "sshd") as sshd:
        file = tmp_path / "environment"
        file.write_text("".join(f"{key}={value}\n" for key, value in sshd.environment().items()))
        file.chmod(0o600)
        watched.declare("many", Copy(repository=f"sftp:{sshd.alias}:{repository}", more=f'environment_file = "{file}"'))
        argv = [sys.executable, "-P", "-m", "tests.benchmarks.drilled", str(watched.configuration), "many"]
        said = subprocess.run(argv, env=environment(), cwd=HOME, check=True, stdout=subprocess.PIPE, timeout=3000)
    costs = json.loads(said.stdout)
    assert costs["compared"] == FOLDERS * FILES + 2
    restore, compared, opened = (costs[name] for name in ("restore", "compare", "open_all"))
    for name, cost in (("restore", restore), ("comparison", compared), ("opening", opened)):
        print(f"{name}: {cost['wall']:.1f} s, {cost['cpu']:.1f} s of processor")
    told("megabytes resident", costs["resident"], RESIDENT)
    print(f"wall that the comparison adds to the restore's: {compared['wall'] / restore['wall']:.2f}")
    told("processor that the comparison adds to the restore's", compared["cpu"] / restore["cpu"], ADDED)


def fill(source: Path) -> None:
    """Write many small files, two hundred to a folder."""
    chance = random.Random(1)
    for folder in range(FOLDERS):
        place = source / f"{folder // 40}" / f"{folder}"
        place.mkdir(parents=True)
        for number in range(FILES):
            (place / f"letter-{number}.txt").write_bytes(chance.randbytes(chance.randint(100, 2000)).hex().encode())
