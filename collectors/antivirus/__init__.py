"""What protects a machine from malware: one file a product, and one collector that finds which of them are there."""

from datetime import timedelta

from agent.core.collecting.schedule_key import ScheduleKey
from agent.core.inventory import DeclaredHost

SCHEDULE = ScheduleKey(
    name="antivirus",
    default=timedelta(minutes=15),
    description="Look at the protection of hosts.",
    collect_word=True,
)
LOOKS_AT = (DeclaredHost,)
