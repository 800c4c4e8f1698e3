"""The speed of a report: a large fleet's files, how they grow with it, a usual one's PDF, the verifying of its bundle.

500 hosts x 4 targets x 92 days: page, table, figures and bundle in 5 s; 1,000 hosts at most six times what 250 take.
500 subjects of 14 targets: page and table in 5 s and 300 MB. 20 subjects: the PDF in 5 s, the bundle verified in 5 s.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.accounting.days import DayRow
from agent.accounting.expectation import Days
from agent.config.load import load
from agent.core.convention import CLAUSES, CountingRule
from agent.core.duties.expected import expected
from agent.core.model import Key, State
from agent.core.period import Quarter, day_end
from agent.core.reason import Reason
from agent.ledger.ledger import Ledger
from agent.publishing.edition_files import EVIDENCE, PAGE
from agent.publishing.reports import ReportRequest, published
from agent.report.pdf import render_pdf
from agent.report.verifying import EvidenceOutcome, verify
from tests.ledger.samples import HandClock
from tests.parts.checkout import HOME
from tests.report.year import CONFIGURATION, noon, year

pytestmark = pytest.mark.programs

Q4 = Quarter(2026, 4)
SUBJECTS = 500
BY_DAY = [target for target, clause in CLAUSES.items() if clause.counted is CountingRule.BY_DAY]


OF_HOSTS = ["patching", "endpoint-protection", "strong-authentication", "network-segmentation"]
# Beside what the synthetic year has: two hosts, two backups, two sources of logs, a flow, a filter, a perimeter.
MORE = "".join(
    f"""
[[host]]
id = "vm-{number}"
transport = "ssh"
address = "vm-{number}.example"
site = "arras"
beneficiaries = ["scota"]
collect = ["patches", "antivirus", "clock", "access", "network"]
starts = 2026-01-01

[[backup]]
id = "base-{number}"
beneficiary = "scota"
host = "vm-{number}"
paths = ["/srv/base"]
snapshot_host = "vm-{number}"
retention = "400d"

[[backup.copy]]
id = "offsite"
repository = "sftp:vault:/srv/base-{number}"
password_file = "/nowhere/files.password"
site = "cambrai"
country = "FR"
"""
    for number in range(5)
)


def fleet(folder: Path, targets: list[str], subjects: int) -> Path:
    """Fill a ledger with subjects of some targets for a quarter; return its configuration."""
    path = folder / "beffroi.toml"
    path.write_text(CONFIGURATION.format(state=folder / "state"), encoding="utf-8")
    configuration = load(path, strict=False)
    clock = HandClock(noon(date(2026, 9, 30)))
    keys = [
        Key(target=target, subject=f"s-{place // len(BY_DAY)}-{number}", beneficiary="scota")
        for place, target in enumerate(targets)
        for number in range(subjects)
    ]
    with Ledger.open(folder / "state", clock=clock) as ledger:
        declared = {key: Days(starts=date(2026, 10, 1)) for key in keys}
        declared |= {one.key: Days(starts=date(2026, 10, 1)) for one in expected(configuration.inventory, None)}
        ledger.keep_load(configuration.digest, declared, configuration.targets)
        for day in Q4.days():
            clock.time = noon(day + timedelta(days=1))
            bad = day.day % 7 == 0
            ledger.keep_days([row(key, day, bad=bad and number % 50 == 0) for number, key in enumerate(keys)])
    return path


def row(key: Key, day: date, *, bad: bool) -> DayRow:
    state = State.MISSED if bad else State.MET
    reason = Reason.TOO_OLD if bad else Reason.WITHIN_LIMIT
    return DayRow(key=key, day=day, state=state, measured=state, reason=reason, late=False, judged_at=noon(day))


MEASURED = """
import json, resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
from agent.config.load import load
from agent.core.clock import SystemClock
from agent.core.period import Quarter
from agent.ledger.ledger import Ledger
from agent.ledger.encode import instant
from agent.ledger.own_excerpt import OwnExcerpt
from agent.ledger.keys import PUBLIC_NAME, signer
from agent.core.period import day_start
from agent.report import bundle, csv_file, figures_file, page
from agent.report.build import build
from agent.report.material import read
configuration = load(Path(sys.argv[1]), strict=False)
with Ledger.open(configuration.agent.state_directory, clock=SystemClock(), readonly=True) as ledger:
    begun, spent = time.monotonic(), time.process_time()
    report = build(read(configuration, ledger, Quarter(2026, 4), "scota", datetime(2027, 1, 8, tzinfo=UTC)), 1)
    parts = {"build": time.process_time()}
    days = csv_file.text(report.days)
    parts["table"] = time.process_time()
    size = len(page.render(report))
    parts["page"] = time.process_time()
    figures_file.text(report)
    parts["figures"] = time.process_time()
    folder = configuration.agent.state_directory
    contents = bundle.Contents(
        csv=days.encode(), about=bundle.about(report), public_key=(folder / PUBLIC_NAME).read_bytes()
    )
    since, key = instant(day_start(report.quarter.first)), signer(folder)
    with (folder / "evidence.zip").open("wb") as file:
        ledger.ask(lambda kept: bundle.write(
            file, contents, OwnExcerpt(kept, "scota", since=since, through=report.proof.rows), key
        ))
    parts["bundle"] = time.process_time()
before = spent
for name, at in parts.items():
    parts[name], before = round(at - before, 2), at
print(json.dumps({"seconds": time.monotonic() - begun, "processor": time.process_time() - spent, "parts": parts,
                  "rows": days.count("\\n"), "bytes": size,
                  "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def measured_of(path: Path) -> dict[str, Any]:
    """Return what a report's files cost, in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", MEASURED, path], cwd=HOME, capture_output=True, text=True, check=True, timeout=600
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_the_files_of_a_report_grow_with_its_hosts(tmp_path: Path) -> None:
    """All hosts are one beneficiary's."""
    spent = {}
    for hosts in (250, 500, 1000):
        (tmp_path / str(hosts)).mkdir()
        found = measured_of(fleet(tmp_path / str(hosts), OF_HOSTS, hosts))
        spent[hosts] = found["processor"]
        assert hosts > SUBJECTS or spent[hosts] <= 5
        print(f"\n{hosts} hosts x 4 targets x 92 days: {found}")
    assert spent[1000] <= 1.5 * 4 * spent[250]


def test_a_large_fleet_has_its_page_and_its_table_at_once(tmp_path: Path) -> None:
    measured = measured_of(fleet(tmp_path, (BY_DAY * 2)[:14], SUBJECTS))
    print(f"\n500 subjects x 14 targets x 92 days: {measured}")
    assert measured["rows"] > SUBJECTS * 14 * 92
    assert measured["processor"] - measured["parts"]["bundle"] <= 5
    assert measured["mb"] <= 300


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Publish a report of 20 subjects; return the folder of its files."""
    folder = tmp_path_factory.mktemp("small")
    with year(folder, first=date(2026, 10, 1), more=MORE) as filled:
        wish = ReportRequest(quarter=Q4, beneficiary="scota")
        with published(filled.configuration, filled.ledger, wish, filled.clock.now()) as made:
            yield made.folder


def test_a_small_one_has_its_pdf_soon(small: Path) -> None:
    page = (small / PAGE).read_text(encoding="utf-8")
    begun, spent = time.monotonic(), time.process_time()
    made = render_pdf(page, {EVIDENCE: small / EVIDENCE}, day_end(Q4.last))
    spent, taken = time.process_time() - spent, time.monotonic() - begun
    print(f"\nPDF of 20 subjects: {taken:.1f} s ({spent:.1f} s of processor), {len(made)} bytes")
    assert spent <= 5


def test_its_bundle_is_verified_soon(small: Path) -> None:
    begun, spent = time.monotonic(), time.process_time()
    found = verify(small / EVIDENCE)
    spent, taken = time.process_time() - spent, time.monotonic() - begun
    print(f"\nbundle of {found.rows} rows, {found.payloads} payloads: {taken:.1f} s ({spent:.1f} s of processor)")
    assert found.outcome is EvidenceOutcome.SOUND
    assert spent <= 5
