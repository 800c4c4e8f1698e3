"""How far a machine's clock is from reference time: one file a way of telling."""

from datetime import timedelta

from agent.core.collecting.schedule_key import ScheduleKey
from agent.core.inventory import DeclaredHost

SCHEDULE = ScheduleKey(
    name="clock",
    default=timedelta(minutes=15),
    description="Look at the clocks of hosts.",
    collect_word=True,
)
LOOKS_AT = (DeclaredHost,)
