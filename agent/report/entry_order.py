"""Find entries and loads that act from before the rows that they came after. Pure.

Each acts from the day on which it was entered: one that is dated back would act on days that were over.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from agent.accounting.timeline import CLOCK_TOLERANCE
from agent.ledger import entry_rows, load_rows
from agent.ledger.fields import instant
from agent.register.book import entered_at
from agent.report.derived import KeptDays
from agent.report.own_rows import BeneficiaryPayload

_NAMED = {entry_rows.KIND: "an entry", load_rows.KIND: "a load of the configuration"}


def dated_back(payloads: Sequence[BeneficiaryPayload], kept: KeptDays) -> Iterator[str]:
    """Yield them. An agent whose clock was set back notes with each which instant its ledger had reached.

    It asks its newest rows alone: some time after a clock that had run ahead, an honest one may be here.
    """
    acts_from = {one.sequence: entered_at(one) for one in kept.rows} | {
        one.sequence: one.acts_from for one in kept.loads
    }
    newest: datetime | None = None
    for one in payloads:
        at = instant(one.instant)
        newest = at if newest is None else max(newest, at)
        acts = acts_from.get(one.sequence)
        if acts is not None and acts < newest - CLOCK_TOLERANCE:
            yield (
                f"{_NAMED[one.kind]} would act from {acts:%F %T} UTC on, and its row came after that of {newest:%F %T}"
                " UTC: when it was entered is not shown"
            )
