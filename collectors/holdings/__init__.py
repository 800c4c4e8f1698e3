"""What a machine holds that may need a backup, to be compared with what the backups hold."""

from datetime import timedelta

from agent.core.collecting.schedule_key import ScheduleKey
from agent.core.inventory import DeclaredHost

SCHEDULE = ScheduleKey(
    name="coverage",
    default=timedelta(hours=6),
    description="Look for what each host with `coverage = true` holds, and what of it no backup has.",
    own_key=True,
)
LOOKS_AT = (DeclaredHost,)
