"""What tests/run does in a small checkout whose environment is a link to that of another."""

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


def test_no_environment_is_made_through_a_link(checkout: Path) -> None:
    """Neither by tests/run nor by ./beffroi, which make theirs with the same lines."""
    (checkout.parent / "other" / "kept").touch()
    script = f". {HOME}/requirements/set-up.sh; said=/dev/null; make_environment {sys.executable} .venv-test /dev/null"
    ended = subprocess.run(["sh", "-euc", script], cwd=checkout, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "link" in ended.stderr and ended.stderr.splitlines()[-1].startswith("hint: ")
    assert (checkout.parent / "other" / "kept").exists()
