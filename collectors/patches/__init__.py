"""What one Debian or Ubuntu machine owes in security updates; `collect.py` looks, the other files understand."""

from datetime import timedelta

from agent.core.collecting.schedule_key import ScheduleKey
from agent.core.inventory import DeclaredHost

SCHEDULE = ScheduleKey(
    name="patches",
    default=timedelta(hours=6),
    description="Look for pending updates.",
    collect_word=True,
)
LOOKS_AT = (DeclaredHost,)
