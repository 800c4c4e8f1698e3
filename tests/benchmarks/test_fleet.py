"""How many rows a second agents send to a fleet's database on this machine."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fleet.agents import FleetMember, member
from tests.fleet.conftest import Laid, laid, server

__all__ = ["laid", "server"]

pytestmark = [pytest.mark.programs, pytest.mark.network]

ROWS = 20_000


def test_one_ledger_sends_a_thousand_rows_a_second(laid: Laid, tmp_path: Path) -> None:
    with member(laid, tmp_path / "arras", rows=ROWS) as agent:
        begun = time.perf_counter()
        assert agent.send() == ROWS
        found = ROWS / (time.perf_counter() - begun)
    print(f"{found:.0f} rows/s on one ledger")
    assert found >= 1_000


def test_eight_ledgers_send_three_thousand_rows_a_second(laid: Laid, tmp_path: Path) -> None:
    with ExitStack() as stack:
        agents = [
            stack.enter_context(member(laid, tmp_path / f"a{number}", f"arras-{number}", ROWS // 4))
            for number in range(8)
        ]
        begun = time.perf_counter()
        with ThreadPoolExecutor(8) as pool:
            sent = sum(pool.map(FleetMember.send, agents))
        found = sent / (time.perf_counter() - begun)
    print(f"{found:.0f} rows/s on eight ledgers")
    assert (sent, found >= 3_000) == (2 * ROWS, True)
