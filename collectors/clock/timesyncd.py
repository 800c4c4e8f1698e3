"""systemd-timesyncd: the offset that it last measured, and how long ago that was.

Source: timedatectl(1), «timesync-status»; systemd-timesyncd.service(8) on /run/systemd/timesync/synchronized, whose
date is that of the last synchronisation. timedatectl waits for 25 s where no timesyncd runs: the file is asked first.
"""

import re
from datetime import timedelta

from agent.core.errors import Unreadable
from agent.core.facts.clock_offset import Reckoning
from agent.core.host import Host

MARK = "/run/systemd/timesync/synchronized"
LONGEST = 64 * 1024
# What a disciplined clock may drift since it was last set, in seconds a second: six times what NTP itself reckons with
# (RFC 5905, section 7.1, PHI), since only the file's date is known.
DRIFT = 100e-6

_STATUS = "exec timedatectl timesync-status --no-pager"
_SCRIPT = f'[ -e "$1" ] || exit 8; date +now=%s && stat -c synchronised=%Y -- "$1" && {_STATUS}'
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(us|ms|min|s|h|d)")


def look_at(host: Host, timeout: timedelta, mark: str = MARK) -> Reckoning | None:
    """Return what timesyncd shows; None where it has never set the clock. Raises a LookError where it cannot say."""
    output = host.run(
        "sh", "-c", _SCRIPT, "sh", mark, timeout=timeout, accept=None, output_limit=LONGEST, shown="timesync-status"
    )
    return parse(output.stdout) if output.status == 0 else None


# now=1795548239
# synchronised=1795547239
#  Root distance: 41.549ms (max: 5s)
#         Offset: +1.234ms
#          Delay: 10.1ms
def parse(said: bytes) -> Reckoning:
    """Return what one answer tells. Raises Unreadable."""
    lines = dict(re.findall(r"^ *([A-Za-z ]{1,20})[:=] ?(.{1,80})$", said.decode("utf-8", "replace"), re.M))
    try:
        age = int(lines["now"]) - int(lines["synchronised"])
        offset, distance, delay = (_seconds(lines[name]) for name in ("Offset", "Root distance", "Delay"))
    except (KeyError, ValueError) as error:
        raise Unreadable("timedatectl timesync-status shows no offset") from error
    # The offset measured is what timesyncd then began to take away: the clock may still be off by any part of it.
    # Where the mark is of a time to come, someone has set the clock back since, by as much at the least.
    drift = age * DRIFT if age >= -1 else float(-age)
    within = abs(offset) + abs(distance) + abs(delay) / 2 + max(0.0, drift)
    return Reckoning(source="timesyncd", offset=0.0, within=within)


def _seconds(text: str) -> float:
    """Return a span as systemd writes it (systemd.time(7)), such as `+1.234ms` or `1min 2.5s`, in seconds."""
    span = text.partition("(")[0].strip().lstrip("+-")
    if span == "0":
        return 0.0
    parts = span.split()
    matched = [_PART.fullmatch(part) for part in parts]
    if not parts or not all(matched):
        raise ValueError(span)
    return sum(float(part[1]) * _UNITS[part[2]] for part in matched if part is not None)
