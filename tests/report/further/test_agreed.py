"""What was agreed, as a half year's record shows it: the last form of each, and each earlier one that stood in it."""

from dataclasses import replace
from datetime import date

import pytest

from agent.report.further.agreed import agreed
from agent.report.material import Material
from agent.report.names import Names


@pytest.mark.parametrize(("amended_on", "shown"), [(date(2026, 12, 5), 2), (date(2026, 7, 1), 1)])
def test_an_amended_agreement_is_shown_as_it_stood(material: Material, amended_on: date, shown: int) -> None:
    made = material.agreements
    found = replace(
        made,
        acceptances=(
            replace(made.acceptances[0], superseded_on=amended_on),
            replace(made.acceptances[0], entered_on=date(2026, 11, 1)),
        ),
        adaptations=(
            replace(made.adaptations[0], superseded_on=amended_on),
            replace(made.adaptations[0], entered_on=amended_on),
        ),
        exclusions=(
            replace(made.exclusions[0], superseded_on=amended_on),
            replace(made.exclusions[0], entered_on=amended_on),
        ),
    )
    tables = list(agreed(replace(material, agreements=found), date(2026, 7, 1), date(2026, 12, 31), Names()))
    assert [len(table.rows) for table in tables] == [shown] * 3
    earlier = [row for table in tables for row in table.rows if "tel qu'inscrit jusqu'au" in str(row[0])]
    assert len(earlier) == (3 if shown > 1 else 0)


def test_an_agreement_says_when_it_was_entered_and_that_no_one_acknowledged_it(material: Material) -> None:
    """What the provider typed is no agreement of the beneficiary until that is shown."""
    tables = agreed(material, date(2026, 7, 1), date(2026, 12, 31), Names())
    assert [str(row[-1]) for table in tables for row in table.rows] == [
        f"le {on} 2026, par RSSI ; sans pièce ; sans accusé du bénéficiaire"
        for on in ("19 octobre", "28 septembre", "30 novembre")
    ]
