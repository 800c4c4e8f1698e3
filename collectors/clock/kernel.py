"""The kernel's own account of the clock, by any time daemon: adjtimex(2), which any user may read.

The kernel widens its error bound by 500 ppm from one correction to the next, so that it is honest, and wide. What
adjtime(3) has still to take away is no part of it: OpenNTPD sets the clock by that alone, and the bound to zero.
"""

from datetime import timedelta

from agent.core.errors import Unreadable
from agent.core.facts.clock_offset import Reckoning
from agent.core.host import Host

LONGEST = 4096
UNSYNCHRONISED, NANOSECONDS = 0x40, 0x2000  # STA_UNSYNC, STA_NANO

# struct timex begins alike on every 64-bit Linux: modes; offset, freq, maxerror, esterror; status. Nothing is set:
# the second mode is ADJ_OFFSET_SS_READ, which tells what adjtime(3) has still to take away, in microseconds.
_PYTHON = (
    "import ctypes\n"
    "class Timex(ctypes.Structure):\n"
    "    _fields_ = [('modes', ctypes.c_uint), ('offset', ctypes.c_long), ('freq', ctypes.c_long),\n"
    "                ('maxerror', ctypes.c_long), ('esterror', ctypes.c_long), ('status', ctypes.c_int),\n"
    "                ('rest', ctypes.c_byte * 512)]\n"
    "told, left = Timex(), Timex(modes=0xa001)\n"
    "ended = [ctypes.CDLL(None).adjtimex(ctypes.byref(one)) for one in (left, told)]\n"
    "ended = -1 if -1 in ended else ended[1]\n"
    "print('adjtimex', ended, told.status, told.offset, told.maxerror, left.offset)\n"
)


def look_at(host: Host, timeout: timedelta) -> Reckoning | None:
    """Return what the kernel shows; None where no one keeps the clock. Raises a LookError where it cannot say."""
    argv = ("python3", "-I", "-S", "-c", _PYTHON)
    output = host.run(*argv, timeout=timeout, accept=None, output_limit=LONGEST, shown="adjtimex, reading")
    return parse(output.stdout) if output.status == 0 else None


# adjtimex 0 8193 -1523 31250 0
def parse(said: bytes) -> Reckoning | None:
    """Return what one answer tells; None where no one keeps the clock. Raises Unreadable."""
    try:
        word, ended, status, offset, error, slewing = said.decode("ascii").split()
        flags, left, bound, away = int(status), int(offset), int(error), int(slewing)
    except ValueError as refused:
        raise Unreadable("adjtimex gives no error bound") from refused
    if word != "adjtimex" or ended not in ("0", "1", "2", "3", "4"):
        return None  # 5: TIME_ERROR, the clock is not kept; -1: refused
    if flags & UNSYNCHRONISED or bound < 0:
        return None
    unit = 1e-9 if flags & NANOSECONDS else 1e-6
    return Reckoning(source="kernel", offset=0.0, within=abs(left) * unit + (bound + abs(away)) * 1e-6)
