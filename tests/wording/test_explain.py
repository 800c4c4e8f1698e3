"""Names explained: targets, reasons, states, collectors, metrics."""

import pytest

from agent.core.convention import CLAUSES
from agent.core.model import State
from agent.core.reason import Reason
from agent.wording.explain import explain, known_names, meant
from agent.wording.languages import LANGUAGES, Language
from agent.wording.runbooks import runbook_names

COLLECTORS = {"restic_snapshots": "what is there.\n\nReads:  restic snapshots\nNeeds:  a key\nBlind:  contents\n"}
METRICS = {"beffroi_build_info": "The version that runs.\nlabels: version"}


def told(name: str, language: Language = "fr") -> str:
    """Return the explanation of a name that has one."""
    text = explain(name, language, collectors=COLLECTORS, metrics=METRICS)
    assert text is not None
    return text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_is_explained(language: Language) -> None:
    names = known_names(collectors=COLLECTORS, metrics=METRICS)
    assert set(names) == {
        *CLAUSES,
        *(reason.value for reason in Reason),
        *(state.value for state in State),
        *COLLECTORS,
        *METRICS,
        *runbook_names(),
    }
    for name in names:
        assert told(name, language).startswith(f"{name} (")


def test_a_target_is_told_with_its_objective_and_what_mends_it() -> None:
    text = told("backup-rpo")
    assert "24 h au plus" in text
    assert "beffroi check --target backup-rpo" in text
    assert "article 5" in text


def test_what_is_promised_and_not_measured_is_told() -> None:
    assert "Non mesuré Les droits tenus ailleurs que par les comptes des machines" in " ".join(
        told("access-revocation").split()
    )
    assert "Not measured" in told("network-segmentation", "en")
    assert "Non mesuré" not in told("backup-rpo")


def test_a_floor_is_not_told_as_a_ceiling() -> None:
    assert "350 j au moins" in told("log-retention")
    assert "at least 100 %" in told("strong-authentication", "en")


def test_a_reason_says_which_state_it_gives() -> None:
    assert "non démontré" in told("unreachable")
    assert "non atteint" in told("too-old")


def test_a_collector_is_told_by_its_own_three_fields() -> None:
    text = told("restic_snapshots")
    assert all(field in text for field in ("Reads:", "Needs:", "Blind:"))


def test_an_unknown_name_has_no_explanation_but_neighbours() -> None:
    assert explain("backup-rpt", "fr", collectors=COLLECTORS, metrics=METRICS) is None
    assert "backup-rpo" in meant("backup-rpt", collectors=COLLECTORS, metrics=METRICS)
    assert "restic_snapshots" in meant("snapshots", collectors=COLLECTORS, metrics=METRICS)
    assert meant("zzzzzz", collectors=COLLECTORS, metrics=METRICS) == ()
