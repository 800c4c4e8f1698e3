"""The bundle of an agent in a fleet: sound for its `verify.sh`, of the key and of the rows that the fleet has."""

import hashlib
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from tests.fleet.agents import FleetMember
from tests.fleet.databases import Laid
from tests.report.published_bundle import publish, run_script, unpack
from tests.report.year import year

pytestmark = [pytest.mark.programs, pytest.mark.network]


def test_it_is_sound_and_of_what_the_fleet_has(laid: Laid, tmp_path: Path) -> None:
    with year(tmp_path, first=date(2026, 12, 28)) as filled:
        files = publish(filled)
        directory = filled.configuration.agent.state_directory
        agent = FleetMember(name="arras-1", directory=directory, ledger=filled.ledger, laid=laid)
        agent.enrol()
        agent.send()
    with zipfile.ZipFile(io.BytesIO(files["evidence.zip"])) as found:
        folder = unpack({one: found.read(one) for one in found.namelist()}, tmp_path / "bundle")
    code, said = run_script(folder)
    assert (code, said[-1]) == (0, "Tout se tient.")
    ((ledger,),) = laid.run("SELECT DISTINCT ledger FROM beffroi.row")
    assert any(str(ledger) in line for line in said)
    sent = {row[0] for row in laid.run("SELECT payload_sha256 FROM beffroi.row")}
    payloads = [
        line.split(" ", 3)[3]
        for file in (*folder.glob("days/*.txt"), folder / "tail.txt")
        for line in file.read_text().splitlines()
        if line.count(" ") >= 3
    ]
    assert len(payloads) > 20
    assert {hashlib.sha256(one.encode()).hexdigest() for one in payloads} <= sent
