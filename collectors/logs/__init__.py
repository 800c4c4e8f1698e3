"""Logs that are collected: how far back they can be read, without a hole, and whether they still come."""

from datetime import timedelta

from agent.core.collecting.schedule_key import ScheduleKey
from agent.core.inventory import Log

SCHEDULE = ScheduleKey(
    name="logs",
    default=timedelta(hours=1),
    description="Look at the logs collected.",
)
LOOKS_AT = (Log,)
