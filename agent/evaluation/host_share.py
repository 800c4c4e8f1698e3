"""A host's daily share of the ledger: what comes beyond it is refused, unproven, and takes no room itself."""

import logging

from agent.core.model import Failure, Reading
from agent.core.reason import Reason
from agent.ledger.ledger import Ledger

log = logging.getLogger("beffroi.look")

_FILLED = "has filled its daily share of the ledger; no more readings of it are stored until midnight UTC"


def within_share(reading: Reading, ledger: Ledger) -> Reading:
    """Return a reading, or the failure in its place where its host has filled its share of the ledger's day.

    A failure adds a row and few bytes: it is refused where the rows are used up alone.
    """
    host, at = reading.host, reading.ended
    is_over = not isinstance(reading, Failure) and ledger.is_over_quota(host, at)
    if not (is_over or ledger.has_all_rows(host, at)):
        return reading
    what = f"find out what keeps changing in {reading.collector} of {reading.subject}"
    detail = f"{host} {_FILLED}: {what if is_over else 'find out what looks at it so often'}"
    log.warning("%s", detail)
    return Failure(
        collector=reading.collector,
        host=host,
        subject=reading.subject,
        begun=reading.begun,
        ended=reading.ended,
        reason=Reason.UNREADABLE,
        detail=detail,
    )


def kept_refusal(reading: Reading, ledger: Ledger) -> str | None:
    """Return the id of the newest look where it says of the same day that its host has filled its share."""
    if not isinstance(reading, Failure) or _FILLED not in reading.detail:
        return None
    newest = ledger.latest(reading.collector, reading.subject)
    same = (
        newest is not None
        and isinstance(newest.reading, Failure)
        and newest.reading.detail == reading.detail
        and newest.reading.ended.date() == reading.ended.date()
    )
    return newest.evidence_id if newest is not None and same else None
