"""The report's sentences, as somebody reads them who was elected."""

import pytest

from agent.accounting.quarter import QuarterOutcome
from agent.wording.report import lead

MISSED, UNPROVEN = QuarterOutcome.NOT_ATTAINED, QuarterOutcome.NOT_DEMONSTRATED
ACCEPTED, MET = QuarterOutcome.RISK_ACCEPTED, QuarterOutcome.ATTAINED


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([MET] * 3, "Les 3 objectifs décomptés ont été atteints."),
        ([MET, MET, MISSED], "Sur 3 objectifs décomptés, 2 sont atteints et 1 ne l'est pas."),
        ([MET, UNPROVEN], "Sur 2 objectifs décomptés, 1 est atteint et 1 n'est pas démontré."),
        (
            [MISSED, UNPROVEN, UNPROVEN],
            "Sur 3 objectifs décomptés, aucun n'est atteint : 1 est non atteint et 2 ne sont pas démontrés.",
        ),
        (
            [MISSED, MISSED, ACCEPTED],
            "Sur 3 objectifs décomptés, aucun n'est atteint : 2 sont non atteints et 1 relève d'un risque accepté.",
        ),
        ([UNPROVEN] * 4, "Sur 4 objectifs décomptés, aucun n'est atteint : 4 ne sont pas démontrés."),
        ([None, QuarterOutcome.NOT_APPLICABLE], "Aucun objectif n'appelait de décompte ce trimestre."),
    ],
)
def test_the_first_sentence(outcomes: list[QuarterOutcome | None], said: str) -> None:
    assert lead(outcomes) == said
