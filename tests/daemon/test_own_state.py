"""What the agent's own state alerts on: damage, a refusal, silence; never on what was not looked at."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.config.settings import EvidenceSettings, TimestampSettings, WitnessSettings
from agent.core.alert_state import Severity
from agent.daemon.own_state import AWAY, DAMAGED, LATE, REFUSES, declared_alerts, own_alerts
from agent.export.snapshot import OwnState, WitnessStanding
from agent.wording.runbooks import runbook_names

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SETTINGS = EvidenceSettings(
    timestamp=TimestampSettings(url="https://tsa.example/", ca_file=Path("ca.pem")),
    witnesses=(WitnessSettings(id="lens", url="https://w.example/", key_file=Path("w.pub")),),
)


def firing(state: OwnState) -> dict[str, bool]:
    return {one.name: one.is_firing for one in own_alerts(state, SETTINGS, NOW)}


def standing(hours: int | None, refused: str | None = None, *, answered: bool = True) -> WitnessStanding:
    at = None if hours is None else NOW - timedelta(hours=hours)
    return WitnessStanding(id="lens", cosigned_at=at, refused=refused, answered=answered)


def test_nothing_is_known_before_the_first_look() -> None:
    assert firing(OwnState()) == {}


def test_a_refusal_is_a_page_and_silence_a_ticket() -> None:
    refused = OwnState(witnesses=(standing(2, "it was rolled back"),))
    assert firing(refused) == {f"{REFUSES} lens": True, f"{AWAY} lens": False}
    severities = {one.runbook: one.severity for one in own_alerts(refused, SETTINGS, NOW)}
    assert severities == {REFUSES: Severity.PAGE, AWAY: Severity.TICKET}
    for hours in (51, None):
        assert firing(OwnState(witnesses=(standing(hours),)))[f"{AWAY} lens"]


def test_a_witness_that_is_away_says_nothing_of_a_refusal() -> None:
    assert firing(OwnState(witnesses=(standing(51, answered=False),))) == {f"{AWAY} lens": True}


def test_damage_and_late_stamps_are_tickets() -> None:
    state = OwnState(sound=False, damage="row 3", stamped_at=NOW - timedelta(hours=51))
    assert firing(state) == {DAMAGED: True, LATE: True}
    assert firing(OwnState(sound=True, stamped_at=NOW)) == {DAMAGED: False, LATE: False}


def test_every_alert_is_declared_and_has_its_runbook() -> None:
    state = OwnState(sound=True, stamped_at=NOW, witnesses=(standing(1),))
    assert set(firing(state)) == declared_alerts(SETTINGS)
    assert {one.runbook for one in own_alerts(state, SETTINGS, NOW)} <= set(runbook_names())
    assert declared_alerts(EvidenceSettings()) == {DAMAGED}
