"""A register under a kill in the middle of an import, and under two writers at once."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest

from agent.core.clock import SystemClock
from agent.ledger.ledger import ChainOutcome, Ledger

pytestmark = pytest.mark.programs

HOME = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a configuration and an empty state directory."""
    (tmp_path / "state").mkdir()
    (tmp_path / "beffroi.toml").write_text(
        dedent(f"""\
            [agent]
            state_directory = "{tmp_path / "state"}"
            [[beneficiary]]
            id = "scota"
            name = "SCOTA"
            """)
    )
    return tmp_path


def import_of(place: Path, rows: int) -> "subprocess.Popen[bytes]":
    """Start to import a file of so many rows."""
    file = place / f"{rows}.csv"
    lines = (f"2026-01-{number % 28 + 1:02d},title {number},no,x\n" for number in range(rows))
    file.write_text("detected,title,major,author\n" + "".join(lines))
    words = [sys.executable, "-m", "agent", "--config", str(place / "beffroi.toml"), "register", "import", "incident"]
    return subprocess.Popen([*words, str(file)], cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def imported(place: Path, rows: int) -> None:
    """Import a file of so many rows."""
    process = import_of(place, rows)
    process.communicate(timeout=60)
    assert process.returncode == 0


def entries(place: Path) -> int:
    """Return how many entries the ledger holds, once its chain was walked."""
    with Ledger.open(place / "state", clock=SystemClock()) as ledger:
        walk = ledger.verify()
        assert (walk.outcome, walk.damage) == (ChainOutcome.SOUND, ())
        return len(ledger.entries("incident"))


def size(place: Path) -> int:
    """Return how much the ledger's files hold."""
    return sum(path.stat().st_size for path in (place / "state").glob("ledger*"))


@pytest.mark.slow
def test_a_kill_in_the_middle_of_an_import_leaves_none_of_its_rows(place: Path) -> None:
    imported(place, 3)
    before = size(place)
    process = import_of(place, 15_000)
    deadline = time.monotonic() + 90
    # The write-ahead log grows once the transaction spills; nothing of it counts before its end.
    while size(place) < before + 1_000_000 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert entries(place) == 3
    imported(place, 4)
    assert entries(place) == 7


def test_two_imports_at_once_both_keep_all_their_rows(place: Path) -> None:
    imported(place, 1)
    writers = [import_of(place, 300), import_of(place, 301)]
    ids = [writer.communicate(timeout=120)[0].split() for writer in writers]
    assert [len(own) for own in ids] == [300, 301]
    assert len({id for own in ids for id in own}) == 601
    assert entries(place) == 602
