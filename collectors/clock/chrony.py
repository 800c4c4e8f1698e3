"""chronyd: what `chronyc tracking` says of this machine's clock.

Source: chronyc(1), «tracking»: the clock's error is at most its offset, the root dispersion and half the root delay.
Where chronyd follows nothing and its `local` mode is on, it calls that normal, with an offset of zero.
"""

import math
from datetime import timedelta

from agent.core.errors import Unreadable
from agent.core.facts.clock_offset import Reckoning
from agent.core.host import Host
from collectors.clock.reference import FollowsNothing

FIELDS = 14
# Reference IDs of `local` (chronyc(1), «tracking») and of a time that someone types (`manual`, "MANU").
OWN = frozenset({"7F7F0101", "4D414E55"})
LONGEST = 64 * 1024


def look_at(host: Host, timeout: timedelta) -> Reckoning | None:
    """Return what chronyd shows; None where it runs not, or follows nothing. Raises a LookError where it cannot say."""
    output = host.run("chronyc", "-n", "-c", "tracking", timeout=timeout, accept=None, output_limit=LONGEST)
    if output.truncated:  # whether its end came from us or from itself is a matter of a moment
        raise Unreadable(f"chronyc's tracking is longer than {LONGEST} bytes")
    return parse(output.stdout) if output.status == 0 else None  # 506 Cannot talk to daemon


# 7F000001,127.0.0.1,4,1795548239.685311413,-0.000001493,-0.000000139,0.000002619,0.037,-0.003,0.131,0.000005438,
#   0.000000901,0.5,Normal
# 00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,
#   Not synchronised
def parse(said: bytes) -> Reckoning | None:
    """Return what one answer tells; None where it was never synchronised, which ends with success too.

    Raises FollowsNothing, Unreadable.
    """
    fields = said.decode("utf-8", "replace").strip().split(",")
    if len(fields) != FIELDS:
        raise Unreadable("chronyc's tracking is no line of 14 fields")
    if fields[13] == "Not synchronised":
        return None
    if fields[0].upper() in OWN:
        raise FollowsNothing("chronyd follows no other clock (local or manual mode)", "see chronyc sources")
    try:
        behind, delay, dispersion = (float(fields[place]) for place in (4, 10, 11))
    except ValueError as error:
        raise Unreadable("chronyc tracking shows no offset") from error
    within = abs(dispersion) + abs(delay) / 2
    if not math.isfinite(behind) or not math.isfinite(within):
        raise Unreadable("chronyc tracking shows no offset")
    # «slow of NTP time» is positive there.
    return Reckoning(source="chrony", offset=0.0 - behind, within=within)
