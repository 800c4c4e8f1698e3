"""What the network lets pass: flows that are tried, the web filter, each machine's own firewall."""

from datetime import timedelta

from agent.core.collecting.schedule_key import ScheduleKey

SCHEDULE = ScheduleKey(
    name="network",
    default=timedelta(hours=1),
    description="Try the flows and the web filter, look at firewalls.",
    collect_word=True,
)
