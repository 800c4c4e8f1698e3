"""The Wazuh agent: what its own state file says, and whether someone still writes it.

Source: documentation.wazuh.com, «Statistical files», wazuh-agentd.state. It is written every five seconds, and a dead
agent leaves it behind, so that its age counts as much as its words. Version 5 tells no `last_ack`.
"""

import re
from datetime import UTC, datetime, timedelta

from agent.core.errors import Denied, Unreadable
from agent.core.facts.protection import Protection
from agent.core.host import Host

PRODUCT = "wazuh"
STATE = "/var/ossec/var/run/wazuh-agentd.state"
LONGEST = 64 * 1024
# Sixty times as long as the agent takes to write it again.
ALIVE_WITHIN = timedelta(minutes=5)
STATUSES = ("pending", "connected", "disconnected")

# The machine's own clock tells the file's age, and its own zone the file's dates.
_READ = (
    '[ -x "${1%/*}" ] || exit 9; [ -f "$1" ] || exit 8; date "+now=%s zone=%z" && stat -c "written=%Y" -- "$1" '
    '&& head -c 32768 -- "$1"'
)
_CLOCK = re.compile(r"now=(?P<now>[0-9]{1,11}) zone=(?P<sign>[+-])(?P<hours>[0-9]{2})(?P<minutes>[0-9]{2})")


def look_at(host: Host, timeout: timedelta, state: str = STATE) -> Protection:
    """Return what the Wazuh agent is on one machine. Raises a LookError where that may not be seen."""
    output = host.run(
        "sh", "-c", _READ, "sh", state, timeout=timeout, accept=(0, 8, 9), output_limit=LONGEST, shown=f"state {state}"
    )
    if output.status == 9:
        raise Denied(
            f"{state} on {host.id} may not be read by the account used there",
            f"add that account to the group wazuh; as root there: cat {state}",
        )
    if output.status == 8:
        return Protection(product=PRODUCT, running=False, said="the agent has written no state: it never connected")
    return parse(output.stdout)


# now=1795545600 zone=+0100
# written=1795545597
# # State file for wazuh-agentd
# status='connected'
# last_ack='2026-11-24 16:39:57'
def parse(said: bytes) -> Protection:
    """Return what the state file tells, with the clock before it. Raises Unreadable."""
    lines = said.decode("utf-8", "replace").splitlines()
    clock = _CLOCK.fullmatch(lines[0]) if lines else None
    told = dict(
        re.findall(r"^(written|status|last_ack|last_keepalive)='?([^'\n]{0,40})'?$", "\n".join(lines[1:]), re.M)
    )
    status = told.get("status")
    if clock is None or not told.get("written", "").isdecimal() or status not in STATUSES:
        raise Unreadable("the Wazuh agent's state file holds no status")
    age = timedelta(seconds=int(clock["now"]) - int(told["written"]))
    if age > ALIVE_WITHIN:
        return Protection(product=PRODUCT, running=False, said="the agent's state file is no longer written")
    connected = status == "connected"
    return Protection(
        product=PRODUCT,
        running=True,
        engaged=connected,
        contact=_instant(told.get("last_ack") or told.get("last_keepalive") or "", clock),
        said=None if connected else f"the agent is {status}",
    )


def _instant(text: str, clock: re.Match[str]) -> datetime | None:
    offset = timedelta(hours=int(clock["hours"]), minutes=int(clock["minutes"]))
    try:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        return local - (offset if clock["sign"] == "+" else -offset)
    except (ValueError, OverflowError):
        return None
