"""The last quarter of the synthetic year, read once for all tests of the report; no one changes it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from agent.core.period import Quarter
from agent.report.build import build
from agent.report.figures import LedgerReference, Report
from agent.report.material import Material
from agent.report.read_material import read
from tests.report.year import SCOTA, year

Q4 = Quarter(2026, 4)
PROOF = LedgerReference(
    rows=18042,
    link="1f" * 32,
    head_day="2027-01-07",
    head="2e" * 32,
    fingerprint="SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
    configuration="3d" * 32,
    loads=1,
    signed_days=92,
    days_without_places=40,
)


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Material]:
    """Return what the report on the fourth quarter rests on; what chance made in the ledger is held still."""
    with year(tmp_path_factory.mktemp("year"), first=date(2026, 9, 1)) as made:
        found = read(made.configuration, made.ledger, Q4, SCOTA, made.clock.now())
    yield replace(found, proof=PROOF, version="1.0.0")


@pytest.fixture(scope="session")
def report(material: Material) -> Report:
    """Return the first edition."""
    return replace(build(material, 1), csv_sha256="5f" * 32)
