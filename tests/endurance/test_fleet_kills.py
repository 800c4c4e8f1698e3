"""A thousand kills of agent, centre, server and line: the fleet has each row once, and refuses none."""

from pathlib import Path

import pytest

from tests.fleet.conftest import Laid, laid, server
from tests.fleet.kills import survive_kills

__all__ = ["laid", "server"]

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.timeout(3600)]


def test_a_thousand_kills_lose_double_and_fork_no_row(laid: Laid, tmp_path: Path) -> None:
    survive_kills(laid, tmp_path / "arras", kills=1000, seed=18)
