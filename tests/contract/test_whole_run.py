"""What tests/run gives the tests, in a small checkout whose interpreter only says what it was given."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts.checkout import HOME

pytestmark = pytest.mark.programs

SAYS = """\
#!/bin/sh
case $* in *pytest*) echo "path=$PATH"; echo "temporary=$TMPDIR"; echo "asked=$*"; exit 3 ;; esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout whose environment is a link to that of another."""
    for folder in ("tests", "requirements"):
        (tmp_path / "own" / folder).mkdir(parents=True)
    shutil.copy(HOME / "tests" / "run", tmp_path / "own" / "tests" / "run")
    (tmp_path / "own" / "requirements" / "test.txt").touch()
    interpreter = tmp_path / "other" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.write_text(SAYS)
    interpreter.chmod(0o755)
    (tmp_path / "own" / ".venv-test").symlink_to(tmp_path / "other")
    return tmp_path / "own"


def run(checkout: Path) -> tuple[int, dict[str, str]]:
    """Return the exit code of a whole run, and what its interpreter was given."""
    environment = {**os.environ, "PATH": f"/nowhere/shims:{os.environ['PATH']}"}
    ended = subprocess.run(
        [checkout / "tests" / "run", "-x"], env=environment, capture_output=True, text=True, timeout=60
    )
    lines = [line.partition("=") for line in ended.stdout.splitlines()]
    return ended.returncode, {name: value for name, _, value in lines}


def test_the_tests_are_run_and_their_word_is_the_last(checkout: Path) -> None:
    code, given = run(checkout)
    assert code == 3
    assert given["asked"].endswith("-x")
    assert "/shims" not in given["path"]


def test_nothing_stays_in_memory(checkout: Path) -> None:
    _, given = run(checkout)
    assert not given["temporary"].startswith("/dev/shm/beffroi-tests-") or not Path(given["temporary"]).exists()


def test_the_environment_of_another_checkout_is_never_emptied(checkout: Path) -> None:
    (checkout.parent / "other" / "kept").touch()
    run(checkout)
    assert (checkout.parent / "other" / "kept").exists()


def test_no_environment_is_made_through_a_link(checkout: Path) -> None:
    """Neither by tests/run nor by ./beffroi, which make theirs with the same lines."""
    (checkout.parent / "other" / "kept").touch()
    script = f". {HOME}/requirements/set-up.sh; said=/dev/null; make_environment {sys.executable} .venv-test /dev/null"
    ended = subprocess.run(["sh", "-euc", script], cwd=checkout, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "link" in ended.stderr and ended.stderr.splitlines()[-1].startswith("hint: ")
    assert (checkout.parent / "other" / "kept").exists()
