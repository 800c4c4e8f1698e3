"""Restores of parts of a copy: what comes back is held against its source, and timed. Any backup program will do."""

from datetime import timedelta

from agent.core.collecting.schedule_key import ScheduleKey
from agent.core.inventory import Copy

SCHEDULE = ScheduleKey(
    name="samples",
    default=timedelta(days=7),
    description="Restore some files of each off-site copy whose backup has a `sample`.",
    long=True,
    each_by_itself=True,
)
LOOKS_AT = (Copy,)
