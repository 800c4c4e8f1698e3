"""What the linters, the type checker and the import contracts say, so that one command runs every gate."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts.checkout import HOME

pytestmark = [pytest.mark.programs, pytest.mark.timeout(960)]  # half a minute of processor, of a busy machine's


def approve(*command: str) -> None:
    """Run a tool on the tree; fail with what it says where it is not content."""
    ran = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False, timeout=900)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_ruff_finds_no_mistake() -> None:
    approve(sys.executable, "-m", "ruff", "check", "--output-format=concise")


def test_the_layout_is_the_one_that_ruff_gives() -> None:
    approve(sys.executable, "-m", "ruff", "format", "--check")


def test_mypy_finds_no_mistake() -> None:
    # Where no cache lies, as in a fresh checkout, a quarter of its time would go into writing one.
    cache = HOME / ".mypy_cache"
    approve(sys.executable, "-m", "mypy", "--cache-dir", str(cache) if cache.exists() else os.devnull)


def test_every_import_contract_is_kept() -> None:
    approve(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")
