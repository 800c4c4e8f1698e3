"""How a verdict rings: a page for few misses only, and never at once where the next point is just being made."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.alert_state import Severity, rings_after, severity_of
from agent.core.model import State
from tests.export.samples import TARGETS


@pytest.mark.parametrize("id", sorted(TARGETS))
def test_three_targets_page_when_missed_and_nothing_unproven_ever_does(id: str) -> None:
    pages = id in ("backup-rpo", "backup-offsite", "endpoint-protection")
    rings = Severity.NONE if id == "gdpr-audit" else Severity.TICKET  # an optional audit never rings
    assert severity_of(TARGETS[id], State.MISSED) is (Severity.PAGE if pages else rings)
    assert severity_of(TARGETS[id], State.UNPROVEN) is rings
    for state in (State.MET, State.ACCEPTED, State.NOT_APPLICABLE):
        assert severity_of(TARGETS[id], state) is Severity.NONE


def test_the_configuration_decides_how_a_miss_rings_and_not_what_is_unproven() -> None:
    quiet, loud = replace(TARGETS["backup-rpo"], severity="ticket"), replace(TARGETS["patching"], severity="page")
    assert severity_of(quiet, State.MISSED) is Severity.TICKET
    assert severity_of(loud, State.MISSED) is Severity.PAGE
    assert severity_of(loud, State.UNPROVEN) is Severity.TICKET


def test_a_backup_has_the_time_in_which_its_next_point_is_made() -> None:
    rpo = replace(TARGETS["backup-rpo"], run_allowance=timedelta(hours=3))
    targets = {**TARGETS, "backup-rpo": rpo}
    assert rings_after("backup-rpo", targets) == timedelta(hours=27)
    assert rings_after("backup-offsite", targets) == timedelta(hours=27)
    assert rings_after("patching", targets) is None


def test_a_grace_that_is_configured_stands() -> None:
    targets = {**TARGETS, "backup-rpo": replace(TARGETS["backup-rpo"], alert_after=timedelta(hours=24))}
    assert rings_after("backup-rpo", targets) == timedelta(hours=24)
