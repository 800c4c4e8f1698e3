"""The notifier killed a thousand times at random instants; tests/faults/test_killed_couriers.py is the short form."""

import os
import time
from pathlib import Path

import pytest

from tests.faults.test_killed_couriers import survive

pytestmark = [pytest.mark.programs, pytest.mark.network]

RESTARTS = 1000
SEED = int(os.environ.get("BEFFROI_ENDURANCE_SEED", str(time.time_ns() % 1_000_000)))


def test_a_thousand_kills_lose_no_change_and_repeat_none_unmarked(tmp_path: Path) -> None:
    print(f"\nBEFFROI_ENDURANCE_SEED={SEED}")
    print(dict(survive(tmp_path, restarts=RESTARTS, seed=SEED)))
