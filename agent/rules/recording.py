"""The recording rules: what alerts and dashboards share, and what must not be forgotten while the agent is silent."""

from collections.abc import Iterator

HELD = "target_subject:beffroi_target_state:held"
SHOWN = "target_beneficiary:beffroi_target_state:count"
EXPECTED = "target_beneficiary:beffroi_attainment_expected:sum"
BEST = "target_beneficiary:beffroi_attainment_best:ratio"
PACE = "target_beneficiary:beffroi_attainment_pace:ratio"

_SUBJECT = "target, subject, beneficiary"
_TALLY = "beffroi_attainment_tally"


def recording_rules() -> Iterator[dict[str, object]]:
    """Yield them in an order in which each finds what it rests on."""
    bad = f'max by ({_SUBJECT}, state) (beffroi_target_state{{state=~"missed|unproven"}} == 1)'
    # While the agent is silent its last word stands: an alert that resolved then would say that all is well again.
    # `cause` is what a copy, a sender and their backup or log have in common: the id before the slash.
    silent = f"({HELD} and on () absent(beffroi_heartbeat_timestamp_seconds))"
    yield _record(HELD, f'label_replace({bad}, "cause", "$1", "subject", "([^/]*).*") or {silent}')
    yield _record(SHOWN, 'count by (target, beneficiary) (beffroi_target_state{state="met"})')
    yield _record(EXPECTED, f'sum by (target, beneficiary) ({_TALLY}{{state!="not-applicable"}})')
    left = "max(beffroi_quarter_length - beffroi_quarter_elapsed)"
    whole = f"({EXPECTED} + on () group_left () {left})"
    missed = f'sum by (target, beneficiary) ({_TALLY}{{state="missed"}})'
    yield _record(BEST, f"({whole} - {missed}) / {whole}")
    good = f'sum by (target, beneficiary) ({_TALLY}{{state=~"met|accepted"}})'
    yield _record(PACE, f"{good} / ({EXPECTED} > 0)")


def _record(name: str, expression: str) -> dict[str, object]:
    return {"record": name, "expr": expression}
