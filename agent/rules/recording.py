"""The recording rules: what alerts share, and what must not be forgotten while the agent is silent or cannot look."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from agent.core.alert_state import OF_AGE
from agent.core.convention import CLAUSES
from agent.core.reason import Reason
from agent.rules.alert import FACT, any_of

BAD = "target_subject:beffroi_target_state:bad"
QUIET = "target_subject:beffroi_target_state:quiet"
HELD = "target_subject:beffroi_target_state:held"
SHOWN = "target_beneficiary:beffroi_target_state:count"
EXPECTED = "target_beneficiary:beffroi_attainment_expected:sum"
BEST = "target_beneficiary:beffroi_attainment_best:ratio"
PACE = "target_beneficiary:beffroi_attainment_pace:ratio"

UNPROVEN_SINCE = "target_subject:beffroi_target_unproven:since"

ACKNOWLEDGED = "beffroi_target_acknowledged_until_timestamp_seconds"
EXCLUDED = "beffroi_target_excluded_until_timestamp_seconds"
ON_COURSE = f'beffroi_target_reason_info{{reason="{Reason.ON_COURSE.value}"}}'
_SUBJECT = "target, subject, beneficiary"
ON_SUBJECT = f"on ({_SUBJECT})"
# No alert ever rings for a target that is optional.
_NEVER = any_of(sorted(clause.id for clause in CLAUSES.values() if not clause.rings))
_OPTIONAL = f'(beffroi_target_state{{target=~"{_NEVER}", state="unproven"}} == 1)'
_TALLY = "beffroi_attainment_tally"


def recording_rules(graces: Mapping[str, timedelta]) -> Iterator[dict[str, object]]:
    """Yield them in an order in which each finds what it rests on; `graces` is how old what a target asks may get."""
    yield from _of_states(graces)
    yield _record(SHOWN, 'count by (target, beneficiary) (beffroi_target_state{state="met"})')
    yield _record(EXPECTED, f'sum by (target, beneficiary) ({_TALLY}{{state!="not-applicable"}})')
    left = "max(beffroi_quarter_length - beffroi_quarter_elapsed)"
    whole = f"({EXPECTED} + on () group_left () {left})"
    missed = f'sum by (target, beneficiary) ({_TALLY}{{state="missed"}})'
    yield _record(BEST, f"({whole} - {missed}) / {whole}")
    good = f'sum by (target, beneficiary) ({_TALLY}{{state=~"met|accepted"}})'
    yield _record(PACE, f"{good} / ({EXPECTED} > 0)")


def _of_states(graces: Mapping[str, timedelta]) -> Iterator[dict[str, object]]:
    bad = f'max by ({_SUBJECT}, state) (beffroi_target_state{{state=~"missed|unproven"}} == 1)'
    # `cause` is what a copy, a sender and their backup or log have in common: the id before the slash.
    yield _record(BAD, f'label_replace({bad}, "cause", "$1", "subject", "([^/]*).*")')
    quiet = [EXCLUDED, ACKNOWLEDGED, ON_COURSE, _OPTIONAL, *(_within(id, grace) for id, grace in graces.items())]
    yield _record(QUIET, f"max by ({_SUBJECT}) ({' or '.join(quiet)})")
    # While the agent is silent its last word stands, and a miss is not over when no one can look any more: an alert
    # that resolved then would say that all is well. What keeps it quiet vanishes with the agent, so that it is left
    # out before: else each restart would ring what an exclusion or a grace silences.
    rings = f"({BAD} unless {ON_SUBJECT} {QUIET})"
    silent = f"({HELD} and on () absent(beffroi_heartbeat_timestamp_seconds))"
    unseen = f'({HELD}{{state="missed"}} and {ON_SUBJECT} {BAD}{{state="unproven"}} unless {ON_SUBJECT} {QUIET})'
    yield _record(HELD, f"{rings} or {silent} or {unseen}")
    # Not a long `for`: what waits in one has its texts made at each evaluation, 0.6 ms each.
    unproven = f'{HELD}{{state="unproven"}}'
    since = f"(last_over_time({UNPROVEN_SINCE}[1h]) and {unproven})"
    yield _record(UNPROVEN_SINCE, f"{since} or (0 * {unproven} + time())")
    yield _record(FACT, f"max by ({_SUBJECT}, fact, unit, reason) ({_known()}) and {ON_SUBJECT} {HELD}")


def _known() -> str:
    """Return each fact of each subject, in the units of `beffroi_target_value`: an age is in seconds."""
    age = 'label_replace(time() - {}, "unit", "seconds", "", "")'
    facts = {
        "reason": "beffroi_target_reason_info",
        "measured": "beffroi_target_value",
        "limit": "beffroi_target_limit",
        "since": age.format("beffroi_target_since_timestamp_seconds"),
        "evidence": age.format("beffroi_target_evidence_timestamp_seconds"),
    }
    return " or ".join(f'label_replace({what}, "fact", "{fact}", "", "")' for fact, what in facts.items())


def _within(target: str, grace: timedelta) -> str:
    """Return the subjects of a target that are missed by an age within the grace of the alert."""
    which = f'target="{target}"'
    of_age = any_of([reason.value for reason in OF_AGE])
    young = f'beffroi_target_value{{{which}, unit="seconds"}} <= {grace.total_seconds():.0f}'
    return f'(({young}) and {ON_SUBJECT} beffroi_target_reason_info{{{which}, reason=~"{of_age}"}})'


def _record(name: str, expression: str) -> dict[str, object]:
    return {"record": name, "expr": expression}
