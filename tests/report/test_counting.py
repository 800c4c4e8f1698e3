"""Which objective rules a day of a quarter."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from agent.accounting.agreements import Adaptation, Agreements
from agent.accounting.expectation import Days
from agent.accounting.quarter import QuarterOutcome
from agent.evaluation.round_basis import objective_on
from agent.report.counting import Counting, targets_on
from agent.report.material import Material
from tests.ledger.samples import DAY, KEY, MORNING, HandClock, day_row, open_ledger, target
from tests.register.books import configuration


@pytest.mark.parametrize(("day", "limit"), [(1, 43200.0), (3, 43200.0), (9, 43200.0), (10, 86400.0)])
def test_a_clock_set_back_loosens_no_limit_of_earlier_days(tmp_path: Path, day: int, limit: float) -> None:
    clock, today = HandClock(), MORNING.date()
    with open_ledger(tmp_path, clock) as ledger:
        ledger.keep_load("strict", {KEY: Days()}, {"backup-rpo": target(43200.0)})
        clock.time += 10 * DAY
        ledger.keep_days([day_row(today)])
        clock.time = MORNING + 2 * DAY
        ledger.keep_load("loose", {KEY: Days()}, {"backup-rpo": target()})
        loads = ledger.loads()
    assert targets_on(today + day * DAY, loads)["backup-rpo"].limit == limit
    edited = replace(configuration(), targets={"backup-rpo": target()})
    assert objective_on(KEY, today + day * DAY, loads, edited, Agreements()) == limit


def test_a_share_of_no_day_is_not_attained_without_evidence(material: Material) -> None:
    nothing = Adaptation(
        id="adaptation-9",
        target="web-filtering",
        beneficiary="scota",
        informed_on=date(2026, 9, 30),
        effective_on=date(2026, 9, 30),
        attainment=Fraction(0),
        reason="x",
        author="RSSI",
    )
    agreed = replace(material, agreements=replace(material.agreements, adaptations=(nothing,)))
    assert Counting(agreed, agreed.quarter).result("web-filtering").figures.outcome is QuarterOutcome.NOT_DEMONSTRATED
