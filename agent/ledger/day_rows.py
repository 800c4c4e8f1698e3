"""Days in the ledger: each civil day of each key has a row, and one more where late evidence changed it. Pure.

A row of kind `day` is of one key. Days of one beneficiary that are alike share one of kind `days`: what they all say,
and in `subjects` the subjects of each target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sys import intern

from agent.accounting.days import DayRow
from agent.core.model import Key, State
from agent.core.reason import Reason
from agent.ledger.appended_row import AppendedRow
from agent.ledger.codec import Record
from agent.ledger.fields import Fields, each, text
from agent.ledger.kept_types import DAY_ROW

KIND = "day"
SHARED = "days"
KINDS = frozenset({KIND, SHARED})
_DAY_ROW = Record(DayRow, but=("key",))


@dataclass(frozen=True, slots=True, kw_only=True)
class DayResult:
    """The result of a day, without whose day it was: one value for all the days that are alike."""

    state: State
    measured: State
    reason: Reason
    late: bool = False


def alone(row: DayRow) -> Mapping[str, object]:
    """Return the payload of a row with one day."""
    return {"day_row": DAY_ROW.encode(row)}


def shared(alike: Sequence[DayRow]) -> Mapping[str, object]:
    """Return the payload of a row with days that say the same of keys of one beneficiary."""
    subjects: dict[str, list[str]] = {}
    for row in alike:
        subjects.setdefault(row.key.target, []).append(row.key.subject)
    return {"days": {**_DAY_ROW.encode(alike[0]), "subjects": subjects}}


def days_in(row: AppendedRow) -> tuple[DayRow, ...]:
    """Return the days of a row. Raises LedgerDamaged."""
    fields = row.fields()
    if row.row.kind != SHARED:
        found = (fields.take("day_row", DAY_ROW.decode),)
        fields.end()
        return found
    days = fields.take("days", lambda value: Fields(value, "row of days"))
    fields.end()
    said = _DAY_ROW.take(days)
    targets = days.take("subjects", lambda value: Fields(value, "subjects of a row of days"))
    days.end()
    return tuple(
        DayRow(key=Key(intern(target), intern(subject), row.row.beneficiary), **said)
        for target in targets.names()
        for subject in targets.take(target, each(text))
    )
