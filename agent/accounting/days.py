"""What a civil day comes to for one key: one row a day, kept for good."""

from dataclasses import dataclass
from datetime import date, datetime

from agent.core.model import Key, State
from agent.core.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """Hold what one civil day came to for one key.

    `state` is the day's state after acceptances, `measured` the state without them, `reason` that of the measured one.
    `late`: evidence that arrived after the day was first accounted changed it (*preuve tardive*).
    """

    key: Key
    day: date
    state: State
    measured: State
    reason: Reason
    late: bool
    judged_at: datetime
