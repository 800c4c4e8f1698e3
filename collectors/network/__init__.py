"""What the network lets pass: flows that are tried, the web filter, each machine's own firewall."""

from datetime import timedelta

from agent.core.collecting.schedule_key import ScheduleKey
from agent.core.inventory import DeclaredHost, Flow, WebFilter

SCHEDULE = ScheduleKey(
    name="network",
    default=timedelta(hours=1),
    description="Try the flows and the web filter, look at firewalls.",
    collect_word=True,
)
LOOKS_AT = (DeclaredHost, Flow, WebFilter)
