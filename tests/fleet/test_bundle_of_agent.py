"""The bundle of an agent that sends its rows to a fleet's database is its own ledger's, and verifies like any other."""

from pathlib import Path

import pytest

from agent.report.verifying import EvidenceOutcome
from tests.evaluation.test_round import DAY, START, world
from tests.fleet.agents import FleetMember
from tests.fleet.databases import LaidOn
from tests.report.published_bundle import SHELLS, check, run_script, unpack
from tests.report.test_derived import bundle_of, live, turn

pytestmark = [pytest.mark.programs, pytest.mark.network]


def test_it_verifies_and_its_days_are_derived(laid: LaidOn, tmp_path: Path) -> None:
    with world(tmp_path) as held:
        one = FleetMember(name="arras-1", directory=tmp_path / "state", ledger=held.ledger, laid=laid)
        one.enrol()
        turn(held)
        for day in range(1, 4):
            live(held, START + day * DAY)
            assert one.send() > 0
        files = bundle_of(held)
        assert one.received() == one.rows()[: len(one.received())]
    found = check(files, tmp_path, one.own.fingerprint)
    assert (found.outcome, found.damage, found.heads) == (EvidenceOutcome.SOUND, [], 3)
    assert found.derived.counted["backup-rpo"] == 3
    folder = unpack(files, tmp_path / "unpacked")
    for shell in SHELLS:
        assert run_script(folder, shell)[0] == 0
