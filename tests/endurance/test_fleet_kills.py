"""A thousand kills of agent, centre, server and line: the fleet has each row once, and refuses none.

BEFFROI_FLEET_KILLS is how many (1,000 where it is not set), BEFFROI_FLEET_SEED which instants.
"""

import os
from pathlib import Path

import pytest

from tests.fleet.databases import Laid
from tests.fleet.kills import survive_kills

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.timeout(7200)]

KILLS = int(os.environ.get("BEFFROI_FLEET_KILLS", "1000"))
SEED = int(os.environ.get("BEFFROI_FLEET_SEED", "18"))


def test_a_thousand_kills_lose_double_and_fork_no_row(laid: Laid, tmp_path: Path) -> None:
    rows = survive_kills(laid, tmp_path / "arras", kills=KILLS, seed=SEED)
    print(f"{KILLS} kills, {rows} rows: each there once, and none was damage to anyone")
