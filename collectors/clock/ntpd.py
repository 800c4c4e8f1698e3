"""ntpd and ntpsec: what `ntpq` says of this machine's clock.

Source: ntpq's «System Variables»: offset, rootdelay and rootdisp in milliseconds, leap 11 while it follows nothing.
With the undisciplined LOCAL clock, or orphaned, it calls its own machine's clock sound (ntp.conf(5), ntp_orphan).
"""

import re
from datetime import timedelta

from agent.core.errors import Unreadable
from agent.core.facts.clock_offset import Reckoning
from agent.core.host import Host
from collectors.clock.reference import FollowsNothing

LONGEST = 64 * 1024
_VARIABLE = re.compile(r"\b(leap|offset|rootdelay|rootdisp)=([+-]?[0-9]{1,12}(?:\.[0-9]{1,12})?)(?![0-9.])")
# When ntpd last set the clock, and what it says now: seconds in hexadecimal, which begin anew in 2036.
_MOMENT = re.compile(r"\b(reftime|clock)=(?:0x)?([0-9a-f]{8})\.")
_ERA = 1 << 32
# How the LOCAL clock and the root of an orphaned network are named, with and without -n.
_OWN = re.compile(r"\brefid=(?:LOCAL\([0-9]+\)|\.?LOCL\.?|127\.127\.1\.[0-9]+|127\.0\.0\.1)(?![0-9A-Za-z.])")


def look_at(host: Host, timeout: timedelta) -> Reckoning | None:
    """Return what ntpd shows; None where it runs not, or follows nothing. Raises a LookError where it cannot say."""
    variables = "rv 0 leap,rootdelay,rootdisp,offset,refid,reftime,clock"
    output = host.run("ntpq", "-n", "-c", variables, timeout=timeout, accept=None, output_limit=LONGEST)
    # ntpq: read: Connection refused, with exit code 0 in older versions
    if output.status != 0 or not output.stdout.strip():
        return None
    return parse(output.stdout)


# leap=00, rootdelay=12.345, rootdisp=34.567, offset=-0.123456, refid=192.0.2.1,
# reftime=eebb8034.f77a78ff 2026-12-03T05:44:20.966Z, clock=eebb803b.20c7ee28 2026-12-03T05:44:27.128Z
def parse(said: bytes) -> Reckoning | None:
    """Return what one answer tells; None where it follows nothing. Raises FollowsNothing, Unreadable."""
    text = said.decode("utf-8", "replace")
    told = dict(_VARIABLE.findall(text))
    if told.keys() < {"leap", "offset", "rootdelay", "rootdisp"}:
        raise Unreadable("ntpq shows no offset")
    if told["leap"] in ("11", "3"):
        return None
    if _OWN.search(text):
        raise FollowsNothing("ntpd follows no other clock (LOCAL, or orphaned)", "see ntpq -p")
    delay, dispersion = float(told["rootdelay"]) / 1000, float(told["rootdisp"]) / 1000
    within = abs(dispersion) + abs(delay) / 2 + _set_back(text)
    return Reckoning(source="ntpd", offset=float(told["offset"]) / 1000, within=within)


def _set_back(text: str) -> float:
    """Return by how much the clock was set back, at the least, since ntpd last set it: while no server answers, ntpd
    does not see that.
    """
    moments = {name: int(seconds, 16) for name, seconds in _MOMENT.findall(text)}
    if len(moments) != 2:
        return 0.0
    back = (moments["reftime"] - moments["clock"] + _ERA // 2) % _ERA - _ERA // 2
    return float(back) if back > 1 else 0.0
