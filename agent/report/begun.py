"""Since when is measured: apart from the rest of a report, which a running daemon does without until one is due."""

from collections.abc import Sequence
from datetime import date

from agent.core.convention import CLAUSES
from agent.core.inventory import Beneficiary
from agent.core.period import day_of
from agent.ledger.load_rows import Load


def begun_on(loads: Sequence[Load], starts: date | None) -> date | None:
    """Return the day on which measuring began, the later of its start and of the first load; None: of no load.

    The start is the earliest that a load had: moved later, as by the next convention, it takes no quarter away that was
    measured. `starts`: where no load says.
    """
    if not loads:
        return None
    said = [start for load in loads for start in _starts(load)]
    return max(day_of(loads[0].at), min(said, default=starts or date.min))


def _starts(load: Load) -> set[date]:
    """Return the convention's start as a load has it: what a beneficiary itself owes has no other."""
    of_itself = (days for key, days in load.declared.items() if Beneficiary in CLAUSES[key.target].subjects)
    return {days.starts or date.min for days in of_itself}
