"""Which alerts on the agent itself its own state gives: its ledger, its witnesses, its timestamps."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from agent.alert.own_alerts import OwnAlert
from agent.config.settings import EvidenceSettings
from agent.core.alert_state import Severity
from agent.export.snapshot import OwnState, WitnessStanding
from agent.rules.agent_alerts import WITNESS_AWAY_AFTER, WITNESS_WAIT
from agent.wording.languages import Words

DAMAGED, REFUSES, AWAY, LATE = "ledger-damaged", "witness-refuses", "witness-away", "timestamp-late"
JOURNAL = "sudo journalctl -u beffroi"

_DAMAGED = Words(fr="Le registre des preuves est endommagé", en="The ledger is damaged")
_REFUSES = Words(
    fr="Le témoin {subject} refuse le journal de l'agent", en="The witness {subject} refuses the agent's log"
)
_AWAY = Words(fr="Le témoin {subject} ne contresigne plus", en="The witness {subject} does not cosign any more")
_LATE = Words(fr="Le journal n'est plus horodaté", en="The log is not stamped any more")


def declared_alerts(settings: EvidenceSettings) -> frozenset[str]:
    """Return the names of the alerts that can fire under a configuration."""
    witnesses = {f"{kind} {witness.id}" for witness in settings.witnesses for kind in (REFUSES, AWAY)}
    return frozenset({DAMAGED, *witnesses, *([LATE] if settings.timestamp is not None else [])})


def own_alerts(state: OwnState, settings: EvidenceSettings, now: datetime) -> Sequence[OwnAlert]:
    """Return the alerts of which the agent's own state says whether they fire; what it has not looked at yet: none."""
    declared = {witness.id for witness in settings.witnesses}
    return [
        *_of_ledger(state),
        *(alert for one in state.witnesses if one.id in declared for alert in _of_witness(one, now)),
        *(_of_stamps(state.stamped_at, now) if settings.timestamp is not None else ()),
    ]


def _of_ledger(state: OwnState) -> Iterator[OwnAlert]:
    if state.sound is not None:
        yield OwnAlert(
            runbook=DAMAGED,
            subject="",
            is_firing=not state.sound,
            severity=Severity.TICKET,
            summary=_DAMAGED,
            detail=state.damage or "",
        )


def _of_witness(standing: WitnessStanding, now: datetime) -> Iterator[OwnAlert]:
    if standing.answered or standing.refused is not None:
        yield OwnAlert(
            runbook=REFUSES,
            subject=standing.id,
            is_firing=standing.refused is not None,
            severity=Severity.PAGE,
            summary=_REFUSES,
            detail=standing.refused or "",
        )
    at = standing.cosigned_at
    yield OwnAlert(
        runbook=AWAY,
        subject=standing.id,
        # One that refuses is not away: it was asked, and it answered.
        is_firing=standing.refused is None and (at is None or now - at > WITNESS_AWAY_AFTER),
        severity=Severity.TICKET,
        summary=_AWAY,
        confirm=JOURNAL,
        wait=WITNESS_WAIT,
    )


def _of_stamps(stamped_at: datetime | None, now: datetime) -> Iterator[OwnAlert]:
    if stamped_at is not None:
        yield OwnAlert(
            runbook=LATE,
            subject="",
            is_firing=now - stamped_at > WITNESS_AWAY_AFTER,
            severity=Severity.TICKET,
            summary=_LATE,
            confirm=JOURNAL,
            wait=WITNESS_WAIT,
        )
