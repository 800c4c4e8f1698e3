"""The time to restore each backup: what was measured, what was estimated, and what is known of neither."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agent.core.model import State, Verdict
from agent.core.reason import Reason
from agent.report.build import build
from agent.report.figures_file import document
from agent.report.material import Material
from agent.report.names import Names, names
from agent.report.restore_times import restore_times
from tests.ledger.samples import verdict

AT = datetime(2026, 12, 31, 5, tzinfo=UTC)


def judged(subject: str, **values: object) -> Verdict:
    """Return the last verdict of the quarter on a backup."""
    one = verdict(AT)
    known = {"target": "backup-rto", "subject": subject, "unit": "seconds", "limit": 48 * 3600.0, "about": {}}
    return replace(one, beneficiary="scota", **{**known, **values})  # type: ignore[arg-type]  # values of any field


MEASURED = judged(
    "files",
    value=3 * 3600.0,
    about={"basis": "measured", "entry": "recovery-test-1", "performed": datetime(2026, 10, 12, 8, tzinfo=UTC)},
)
ESTIMATED = judged("mail", value=50 * 3600.0, about={"basis": "estimated", "draws": 14, "copy": "mail/offsite"})
NONE = "aucun exercice de restauration complet n'a encore été fait"
UNKNOWN = judged(
    "mail",
    about={"register": "recovery-test"},
    state=State.UNPROVEN,
    measured=State.UNPROVEN,
    reason=Reason.NOT_RUN,
)


def rows(material: Material, *verdicts: Verdict, called: Names) -> list[tuple[str, ...]]:
    report = build(replace(material, last_verdicts=verdicts), 1)
    one = next(one for one in report.targets if one.target == "backup-rto")
    (found,) = restore_times(one.restore_times, called)
    return [tuple(str(cell) for cell in row) for row in found.rows]


def test_each_backup_says_whether_its_time_was_measured_or_estimated(material: Material) -> None:
    assert rows(material, ESTIMATED, MEASURED, called=Names()) == [
        ("files", "3 h", "mesurée", "exercice recovery-test-1 du 12 octobre 2026", "31 décembre 2026 à 6 h 00"),
        (
            "mail",
            "au plus 50 h",
            "estimée, borne haute à 95 %",
            "14 restaurations partielles",
            "31 décembre 2026 à 6 h 00",
        ),
    ]


def test_an_estimate_that_an_exercise_set_names_it(material: Material) -> None:
    (row,) = rows(
        material, replace(ESTIMATED, about={**ESTIMATED.about, "calibrated_by": "recovery-test-7"}), called=Names()
    )
    assert row[3] == "14 restaurations partielles, et l'exercice recovery-test-7"


def test_a_time_that_is_not_known_is_said_to_be_neither(material: Material) -> None:
    (row,) = rows(material, UNKNOWN, called=Names())
    assert row[1:4] == ("—", "ni mesurée ni estimée", f"rien n'est démontré, car {NONE}")
    (row,) = rows(material, UNKNOWN, called=Names({}))
    assert row[3] == "constat manquant"


def test_the_basis_is_said_in_english_and_names_no_backup_in_public(material: Material) -> None:
    called = names((one.key for one in build(material, 1).days), "scota", public=True, language="en")
    (row,) = rows(material, MEASURED, called=called)
    assert row[:4] == ("backup 1", "3 h", "measured", "exercise recovery-test-1 of 12 October 2026")


def test_the_figures_hold_the_basis_of_each_time(material: Material) -> None:
    printed = document(build(replace(material, last_verdicts=(MEASURED, UNKNOWN)), 1))["printed"]
    found = {one["subject"]: one["data"] for one in printed if one["name"] == "restore_time"}
    assert found == {"files": ["measured", 10800.0, "recovery-test-1"], "mail": [None, None, None]}


@pytest.mark.parametrize("performed", [date(2026, 10, 12), datetime(2026, 10, 11, 23, tzinfo=UTC)])
def test_the_day_of_the_exercise_is_that_of_paris(material: Material, performed: date) -> None:
    (row,) = rows(material, replace(MEASURED, about={**MEASURED.about, "performed": performed}), called=Names())
    assert row[3].endswith("du 12 octobre 2026")
