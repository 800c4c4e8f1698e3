"""The other reading of «trimestriel» and «annuel» is shown where it gives another word."""

from datetime import date

import pytest

from agent.accounting.quarter import QuarterOutcome
from agent.core.duties.entries import RegisterEntry
from agent.core.period import Quarter, day_start
from agent.report.build import build
from agent.report.material import Material
from agent.report.occurrences import count_events
from agent.report.other_reading import differs, is_quarterly, other_outcome
from agent.report.view_target import sentence
from tests.report.test_occurrences import adapted, books, entry, owed, scans, target

SCAN, TEST = "vulnerability-scan", "penetration-test"


def pentests(*days: str) -> tuple[RegisterEntry, ...]:
    values = {"perimeter": "internet", "by": "x"}
    return tuple(entry(number, "pentest", {"performed": day, **values}) for number, day in enumerate(days))


@pytest.mark.parametrize(
    ("days", "quarter", "outcome"),
    [
        (("2026-07-24", "2026-11-05"), Quarter(2026, 4), QuarterOutcome.ATTAINED),
        (("2026-09-30",), Quarter(2026, 4), QuarterOutcome.NOT_ATTAINED),
        ((), Quarter(2026, 4), QuarterOutcome.NOT_ATTAINED),
    ],
)
def test_a_scan_in_each_civil_quarter(days: tuple[str, ...], quarter: Quarter, outcome: QuarterOutcome) -> None:
    assert other_outcome(SCAN, owed(SCAN, "internet"), books(*scans(*days), quarter=quarter)) is outcome


def test_a_quarter_that_goes_on_owes_no_scan_yet() -> None:
    goes_on = books(*scans("2026-09-30"), as_of=day_start(date(2026, 11, 20)))
    assert other_outcome(SCAN, owed(SCAN, "internet"), goes_on) is QuarterOutcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("days", "quarter", "outcome"),
    [
        (("2026-02-01",), Quarter(2026, 3), QuarterOutcome.ATTAINED),
        ((), Quarter(2026, 3), QuarterOutcome.NOT_APPLICABLE),
        ((), Quarter(2026, 4), QuarterOutcome.NOT_ATTAINED),
        ((), Quarter(2027, 1), QuarterOutcome.NOT_ATTAINED),
        (("2026-12-31",), Quarter(2027, 1), QuarterOutcome.NOT_APPLICABLE),
    ],
)
def test_a_test_in_each_civil_year(days: tuple[str, ...], quarter: Quarter, outcome: QuarterOutcome) -> None:
    assert other_outcome(TEST, owed(TEST, "internet"), books(*pentests(*days), quarter=quarter)) is outcome


def test_an_interval_that_was_agreed_has_no_other_reading() -> None:
    agreed = books(agreements=adapted(SCAN, limit=150 * 86400.0, on=date(2026, 10, 1)))
    assert other_outcome(SCAN, owed(SCAN, "internet"), agreed) is None
    assert other_outcome(SCAN, (), books()) is None


def test_only_another_word_is_shown() -> None:
    attained, missed = QuarterOutcome.ATTAINED, QuarterOutcome.NOT_ATTAINED
    assert differs(attained, missed)
    assert differs(missed, attained)
    assert differs(missed, QuarterOutcome.NOT_APPLICABLE)
    assert not differs(attained, attained)
    assert not differs(attained, QuarterOutcome.NOT_APPLICABLE)
    assert not differs(missed, QuarterOutcome.NOT_DEMONSTRATED)
    assert not differs(None, missed)
    assert is_quarterly(SCAN)
    assert not is_quarterly(TEST)


def test_the_sentence_gives_the_other_word_beside(material: Material) -> None:
    """The scan of 5 November is 104 days after the one before, and one in its quarter."""
    scan = next(one for one in build(material, 1).targets if one.target == SCAN)
    assert scan.outcome is QuarterOutcome.NOT_ATTAINED
    assert sentence(scan, "fr").endswith("Autre lecture, une fois par trimestre civil : atteint.")


def test_the_count_holds_the_other_word_too() -> None:
    found = count_events(target(SCAN), owed(SCAN, "internet"), books(*scans("2026-07-24", "2026-11-05")))
    assert (found.outcome, found.other) == (QuarterOutcome.NOT_ATTAINED, QuarterOutcome.ATTAINED)
