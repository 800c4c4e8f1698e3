"""What is looked at of a machine's accounts and of the ways into it."""

from datetime import timedelta

from agent.core.collecting.schedule_key import ScheduleKey
from agent.core.inventory import DeclaredHost

SCHEDULE = ScheduleKey(
    name="access",
    default=timedelta(hours=6),
    description="Look at accounts and at the ways in.",
    collect_word=True,
)
LOOKS_AT = (DeclaredHost,)
