"""The burn of the quarter: early in it, that its objective can no longer be reached, or will not be at this pace.

Only targets counted by days have one (convention, «Targets by event»). The objective is the one in force today; the
report alone counts each day by its own.
"""

from collections.abc import Iterator
from datetime import timedelta

from agent.core.alert_state import Severity
from agent.core.convention import CLAUSES, CountingRule
from agent.rules.alert import SILENT_FOR, Alert, any_of
from agent.rules.recording import BEST, PACE
from agent.wording.languages import Words

SETTLED_FOR = timedelta(hours=1)
_WHICH = "{{ $labels.target }} ({{ $labels.beneficiary }})"
_LABELS = {
    "target": "{{ $labels.target }}",
    "subject": "{{ $labels.beneficiary }}",
    "cause": "{{ $labels.beneficiary }}",
}


def _days(state: str) -> str:
    metric = f'beffroi_attainment_tally{{target=%q,beneficiary=%q,state=\\"{state}\\"}}'
    asked = f'printf "{metric}" $labels.target $labels.beneficiary | query'
    return f"{{{{ with {asked} }}}}{{{{ . | first | value }}}}{{{{ else }}}}?{{{{ end }}}}"


def quarter_alerts(targets: tuple[str, ...]) -> Iterator[Alert]:
    """Yield them for some targets."""
    counted = [id for id in targets if CLAUSES[id].counted is CountingRule.BY_DAY]
    if not counted:
        return
    which = f'{{target=~"{any_of(counted)}"}}'
    objective = f"max by (target, beneficiary) (beffroi_attainment_objective_ratio{which})"
    lost = f"{BEST}{which} < on (target, beneficiary) {objective}"
    yield Alert(
        name="BeffroiQuarterLost",
        expression=lost,
        wait=SETTLED_FOR,
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels=_LABELS,
        summary=Words(
            fr=f"{_WHICH} : l'objectif du trimestre ne peut plus être atteint",
            en=f"{_WHICH}: the quarter's objective can no longer be reached",
        ),
        description=Words(
            fr=f"Même si tous les jours restants sont atteints, {_WHICH} n'ira pas au-delà de "
            f"{{{{ $value | humanizePercentage }}}} : {_days('missed')} jours non atteints. "
            "Le rapport le dira ; prévenir le RSSI. Confirmer : sudo beffroi status --history 92d.",
            en=f"Even if every day left is met, {_WHICH} will not go beyond {{{{ $value | humanizePercentage }}}}: "
            f"{_days('missed')} days missed. The report will say so; tell the RSSI. Confirm: sudo beffroi status "
            "--history 92d.",
        ),
    )
    yield Alert(
        name="BeffroiQuarterAtRisk",
        expression=f"({PACE}{which} < on (target, beneficiary) {objective}) unless on (target, beneficiary) ({lost})",
        wait=SETTLED_FOR,
        keeps=SILENT_FOR,
        severity=Severity.TICKET,
        labels=_LABELS,
        summary=Words(
            fr=f"{_WHICH} : à ce rythme, l'objectif du trimestre ne sera pas atteint",
            en=f"{_WHICH}: at this pace the quarter's objective will not be reached",
        ),
        description=Words(
            fr=f"{{{{ $value | humanizePercentage }}}} des jours écoulés sont atteints pour {_WHICH} : "
            f"{_days('missed')} non atteints, {_days('unproven')} non démontrés. Une preuve datée d'un jour non "
            "démontré compte encore pendant sept jours. Confirmer : sudo beffroi status --history 92d.",
            en=f"{{{{ $value | humanizePercentage }}}} of the days so far are met for {_WHICH}: {_days('missed')} "
            f"missed, {_days('unproven')} unproven. Evidence that carries an unproven day's date still counts for "
            "seven days. Confirm: sudo beffroi status --history 92d.",
        ),
    )
