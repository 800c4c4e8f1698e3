"""An entry that is asked for key by key, on a real terminal."""

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_register import configuration

__all__ = ["configuration"]

HOME = Path(__file__).parents[2]


@pytest.mark.programs
def test_a_breach_is_asked_for_key_by_key_with_its_two_terms_shown(configuration: Path) -> None:
    here, there = pty.openpty()
    words = [sys.executable, "-m", "agent", "--config", str(configuration), "register", "add", "breach"]
    process = subprocess.Popen(words, cwd=HOME, stdin=there, stdout=subprocess.PIPE, stderr=there, text=True)
    os.close(there)
    answers = ["hier", "2026-01-20T10:00+01:00", "fuite", "yes", "", "", "", "", "", "", "", "RSSI"]
    os.write(here, "".join(f"{answer}\n" for answer in answers).encode())
    printed, _ = process.communicate(timeout=60)
    shown = _read(here)
    assert (process.returncode, printed.strip()) == (0, "breach-1"), shown
    assert "is neither an instant nor a date" in shown
    assert "21 janvier 2026 à 10 h 00" in shown
    assert "23 janvier 2026 à 10 h 00" in shown


def _read(terminal: int) -> str:
    """Return what a terminal shows, once its program has ended."""
    os.set_blocking(terminal, False)
    shown, deadline = b"", time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(terminal)
    return shown.decode()
