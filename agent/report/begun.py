"""Since when is measured: apart from the rest of a report, which a running daemon does without until one is due."""

from collections.abc import Sequence
from datetime import date

from agent.core.period import day_of
from agent.ledger.load_rows import Load


def begun_on(loads: Sequence[Load], starts: date | None) -> date | None:
    """Return the day on which measuring began, the later of `starts` and of the first load; None: of no load."""
    return None if not loads else max(day_of(loads[0].at), starts or date.min)
