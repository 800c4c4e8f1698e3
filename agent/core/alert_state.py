"""The alert state of a verdict and its grace, shared by the Prometheus rules and the built-in notifier."""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum

from agent.core.convention import CLAUSES, RECOVERY_POINT
from agent.core.model import State, Target
from agent.core.reason import Reason


class Severity(Enum):
    """What an alert asks for: someone now, someone in office hours, or no one."""

    PAGE = "page"
    TICKET = "ticket"
    NONE = "none"


# Bytes where the ledger lies. A year of a dozen subjects takes a few megabytes, a copy for a backup as many as it has.
LITTLE_ROOM = 256 * 1024 * 1024

# Reasons that time alone brings about, so that a grace makes sense; any other miss rings at once.
OF_AGE = (
    Reason.TOO_OLD,
    Reason.OUTDATED,
    Reason.UPDATES_PENDING,
    Reason.CAMPAIGN_LATE,
    Reason.OVERDUE,
    Reason.SILENT,
)


def rings(target: str) -> bool:
    """Return False for a target that is optional: no alert ever rings for it."""
    return target not in CLAUSES or CLAUSES[target].rings


def severity_of(target: Target, state: State) -> Severity:
    """Return how a state of a target rings; what is unproven is never worth a night."""
    if not rings(target.id):
        return Severity.NONE
    if state is State.MISSED:
        pages = CLAUSES[target.id].page if target.severity is None else target.severity == "page"
        return Severity.PAGE if pages else Severity.TICKET
    return Severity.TICKET if state is State.UNPROVEN else Severity.NONE


def rings_after(id: str, targets: Mapping[str, Target]) -> timedelta | None:
    """Return the age beyond which a miss by age rings; None: it rings as soon as it is one.

    Where nothing is configured a backup has the time in which its next point is made, as its day has (convention, «Run
    allowance»): else the page would ring every night between the limit and the end of the backup.
    """
    target = targets[id]
    if target.alert_after is not None or not CLAUSES[id].of_points or target.limit is None:
        return target.alert_after
    return timedelta(seconds=target.limit) + targets[RECOVERY_POINT].run_allowance


def runbook_of(target: str, state: State) -> str | None:
    """Return the page of docs/runbooks, without `.md`, on a state of a target; None: nothing rings."""
    if state is State.MISSED and target in CLAUSES:
        return f"{target}-missed"
    return "target-unproven" if state in (State.MISSED, State.UNPROVEN) else None
