"""Verdicts on the beneficiary's volume, kept in a real ledger by its own calls."""

from datetime import date

from agent.core.model import State, Verdict
from agent.core.reason import Reason
from agent.ledger.ledger import Ledger
from agent.ledger.verdict_rows import VerdictRecord
from tests.report.year import SCOTA, noon


def volume(day: date, bytes: int | None, *, limit: int = 10**12, measured: State | None = None) -> Verdict:
    """Return what a day's look at the beneficiary's volume came to; None: not every source was known."""
    state = measured or (State.UNPROVEN if bytes is None else State.MISSED if bytes > limit else State.MET)
    return Verdict(
        target="storage-quota",
        subject=SCOTA,
        beneficiary=SCOTA,
        at=noon(day),
        state=state,
        measured=state,
        day_state=state,
        reason=Reason.WITHIN_LIMIT if state is State.MET else Reason.INCOMPLETE,
        unit="bytes",
        value=None if bytes is None else float(bytes),
        limit=float(limit),
        observed_at=noon(day),
    )


def keep(ledger: Ledger, *verdicts: Verdict) -> None:
    """Keep verdicts one after the other."""
    for one in verdicts:
        ledger.keep_verdicts([VerdictRecord(verdict=one, stretch=None)])
