"""`beffroi install` and `uninstall` in a booted Debian, by what tests/system/scenario.py tries inside it.

The environment variable BEFFROI_BARE_DEBIAN names a program that makes such a machine:
`PROGRAM [--suite NAME] --boot --keep MACHINE CHECKOUT -- COMMAND…` clones what is committed in CHECKOUT to /srv/app
of a minimal Debian, boots it and runs COMMAND there as root; a second run with the same MACHINE is its reboot, and
`PROGRAM --drop MACHINE` throws it away.
"""

import json
import os
import shlex
import subprocess
import uuid
from collections.abc import Iterator

import pytest

from tests.parts.checkout import HOME
from tests.system.scenario import BOOTS

PROGRAM = shlex.split(os.environ.get("BEFFROI_BARE_DEBIAN", ""))
SUITES = os.environ.get("BEFFROI_BARE_SUITES", "trixie bookworm").split()

pytestmark = [
    pytest.mark.programs,
    pytest.mark.skipif(not PROGRAM, reason="no bare machine: BEFFROI_BARE_DEBIAN names no program that makes one"),
]
STEPS = [(boot, step.__name__) for boot, steps in enumerate(BOOTS) for step in steps]


class Machine:
    """A machine whose boots are tried one after the other, each once, as soon as one of its steps is asked about."""

    def __init__(self, suite: str) -> None:
        self._suite = suite
        self._name = f"beffroi-{suite}-{uuid.uuid4().hex[:8]}"
        self._boots: dict[int, dict[str, str | None]] = {}
        self._said = ""
        self.skipped: dict[str, str] = {}

    def wrong(self, boot: int, step: str) -> str | None:
        """Return what was wrong with a step."""
        for one in range(boot + 1):
            if one not in self._boots:
                self._boots[one] = self._tried(one)
        return self._boots[boot].get(step, f"it was not tried: {self._said[-2000:]}")

    def _tried(self, boot: int) -> dict[str, str | None]:
        command = ("env", "PYTHONPATH=.", "python3", "-P", "-m", "tests.system.scenario", str(boot))
        done = subprocess.run(
            [*PROGRAM, "--suite", self._suite, "--boot", "--keep", self._name, str(HOME), "--", *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=3000,
        )
        self._said = done.stdout + done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"step"')]
        for line in lines:
            came_to = "WRONG" if line["wrong"] else line["skipped"] or "as it should"
            print(f"{self._suite}: {line['step']}: {line['seconds']} s, {came_to}")
            if line["skipped"]:
                self.skipped[line["step"]] = line["skipped"]
        return {line["step"]: line["wrong"] for line in lines}

    def drop(self) -> None:
        """Throw it away."""
        subprocess.run([*PROGRAM, "--drop", self._name], capture_output=True, check=False, timeout=120)


@pytest.fixture(scope="module", params=SUITES)
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    made = Machine(request.param)
    yield made
    made.drop()


@pytest.mark.parametrize(("boot", "step"), STEPS, ids=[step for _, step in STEPS])
def test_on_a_booted_debian(boot: int, step: str, machine: Machine) -> None:
    wrong = machine.wrong(boot, step)
    assert wrong is None, wrong
    if step in machine.skipped:
        pytest.skip(machine.skipped[step])
