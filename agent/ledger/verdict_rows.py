"""What a row says of verdicts: one alone, or many of one beneficiary that say what they said before. Pure.

A row of kind `verdict` has one, with what it adds to its line of states. A row of kind `verdicts` has in `verdicts`,
pressed (agent.ledger.pressed), a list of the same objects, all given at one instant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.accounting.timeline import TimelineUpdate
from agent.core.judging import departures
from agent.core.model import Verdict
from agent.ledger import encode, kept_types
from agent.ledger.appended_row import AppendedRow
from agent.ledger.fields import Fields, each, optional, refuse, text
from agent.ledger.pressed import press, unpress, unpressed

KIND = "verdict"
SHARED = "verdicts"
KINDS = frozenset({KIND, SHARED})
# So many share a row at most: to read one of them all are read.
MOST_SHARED = 100
# A verdict of more characters (it names each of a thousand hosts, say) gets a row of its own.
LARGEST_SHARED = 4096
LARGEST = 1024 * 1024
WHAT = "list of verdicts"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecord:
    """A verdict and what it adds to its key's line of states."""

    verdict: Verdict
    stretch: TimelineUpdate | None


def alone(record: VerdictRecord) -> dict[str, object]:
    """Return the payload of a row with one verdict."""
    stretch = None if record.stretch is None else kept_types.STRETCH.encode(record.stretch)
    return {"verdict": kept_types.VERDICT.encode(record.verdict), "stretch": stretch}


def shared(records: Sequence[VerdictRecord]) -> dict[str, object]:
    """Return the payload of a row with some verdicts, in their order."""
    return {"verdicts": press([alone(one) for one in records])}


def may_share(record: VerdictRecord) -> bool:
    """Return whether a verdict may stand in a row with others.

    One on a departure may not: reports rest on its row, and look for no other.
    """
    return record.verdict.target != departures.TARGET and len(encode.canonical(alone(record))) <= LARGEST_SHARED


def records_in(row: AppendedRow) -> tuple[VerdictRecord, ...]:
    """Return the verdicts of a row. Raises LedgerDamaged."""
    fields = row.fields()
    if row.row.kind != SHARED:
        found = (_record(fields),)
        fields.end()
        return found
    pressed = fields.take("verdicts", text)
    fields.end()
    records = each(_shared)(unpress(pressed, WHAT, LARGEST))
    if len({one.verdict.at for one in records}) != 1 or len(records) > MOST_SHARED:
        refuse(WHAT, pressed)
    return records


def extent(row: AppendedRow) -> int:
    """Return how much a row holds, in characters as they were before it was pressed. Raises LedgerDamaged."""
    return (
        len(row.text) if row.row.kind != SHARED else len(unpressed(row.fields().take("verdicts", text), WHAT, LARGEST))
    )


def _shared(value: object) -> VerdictRecord:
    fields = Fields(value, "verdict of a row with many")
    found = _record(fields)
    fields.end()
    return found if found.verdict.target != departures.TARGET else refuse("verdict that shares a row", value)


def _record(fields: Fields) -> VerdictRecord:
    return VerdictRecord(
        verdict=fields.take("verdict", kept_types.VERDICT.decode),
        stretch=fields.take("stretch", optional(kept_types.STRETCH.decode)),
    )
