"""The report's sentences, as someone reads them who was elected."""

import pytest

from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally
from agent.wording.grounds import Grounds
from agent.wording.report import day_sentence, event_sentence, lead
from agent.wording.tallies import Occurred

MISSED, UNPROVEN = QuarterOutcome.NOT_ATTAINED, QuarterOutcome.NOT_DEMONSTRATED
ACCEPTED, MET = QuarterOutcome.RISK_ACCEPTED, QuarterOutcome.ATTAINED


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([MET] * 3, "Les 3 objectifs évalués ce trimestre sont tous atteints."),
        ([MET, MET, MISSED], "Des 3 objectifs évalués ce trimestre, 2 sont atteints et 1 ne l'est pas."),
        ([MET, UNPROVEN], "Des 2 objectifs évalués ce trimestre, 1 est atteint ; pour 1, les preuves manquent."),
        (
            [MISSED, UNPROVEN, UNPROVEN],
            "Des 3 objectifs évalués ce trimestre, aucun n'est atteint : 1 est non atteint ; pour 2, les preuves"
            " manquent.",
        ),
        (
            [MISSED, MISSED, ACCEPTED],
            "Des 3 objectifs évalués ce trimestre, aucun n'est atteint : 2 sont non atteints et 1 relève d'un risque"
            " accepté.",
        ),
        ([UNPROVEN] * 4, "Des 4 objectifs évalués ce trimestre, aucun n'est démontré : les preuves manquent."),
        ([None, QuarterOutcome.NOT_APPLICABLE], "Aucun objectif n'était à évaluer ce trimestre."),
    ],
)
def test_the_first_sentence(outcomes: list[QuarterOutcome | None], said: str) -> None:
    assert lead(outcomes) == said


def test_what_is_not_expected_yet_is_not_said_to_be_undeclared() -> None:
    unproven = QuarterOutcome.NOT_DEMONSTRATED
    later = event_sentence("recovery-test", Occurred(not_yet=True), unproven, declared=True)
    assert later == "Rien n'était encore suivi pendant cette période."
    assert event_sentence("recovery-test", Occurred(), unproven, declared=True).startswith("Rien n'est déclaré")


def test_of_a_target_without_a_day_nothing_is_said_to_begin() -> None:
    """Whether it is declared for later, or for no day at all, is not told by its days."""
    said = day_sentence("patching", Tally(), QuarterOutcome.NOT_DEMONSTRATED, Grounds())
    assert said == "Rien n'était suivi pendant cette période : on ne peut rien affirmer."
