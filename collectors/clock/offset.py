"""Clock: how far each machine's clock is from reference time, and within what bound that is known.

Reads:  chronyc tracking, timedatectl timesync-status, ntpq, and the kernel's own account (adjtimex), whichever are
        there; of a machine behind SSH, its date beside the agent's own, where the agent's clock is itself shown
Needs:  nothing, any user may ask; for the kernel's account python3 there, and no sandbox such as the service's own
Blind:  a time server that is itself wrong is believed, unless the agent's clock contradicts it; in a container the
        clock is the host's
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from agent.core.clock import SystemClock
from agent.core.collecting.collector import Collector, Look
from agent.core.errors import TimedOut, ToolMissing, Unreadable
from agent.core.facts.clock_offset import Reckoning, facts_of
from agent.core.host import Host
from agent.core.inventory import DeclaredHost
from agent.core.model import Fact, Gap
from collectors.clock import chrony, kernel, ntpd, timesyncd
from collectors.clock.reference import FollowsNothing

WAYS: dict[str, Callable[[Host, timedelta], Reckoning | None]] = {
    "chrony": chrony.look_at,
    "timesyncd": timesyncd.look_at,
    "ntpd": ntpd.look_at,
    "kernel": kernel.look_at,
}
# None of these has a reason to take long; a daemon that hangs must not keep the next way from being asked.
LONGEST = timedelta(seconds=10)


def collect(machine: DeclaredHost, look: Look) -> Iterator[Fact | Gap]:
    """Yield how far one machine's clock is off by each way that shows it; nothing where no way does."""
    host = look.host(machine.id)
    for told in shown_by(host, look):
        yield from (told,) if isinstance(told, Gap) else facts_of(told, machine.id, look.now)
    if machine.transport == "local":
        return
    apart = beside_ours(host, min(look.timeout, LONGEST))
    if apart is None:
        return
    own = [told for told in shown_by(look.here, look) if isinstance(told, Reckoning)]
    if own:
        yield from facts_of(joined(apart, min(own, key=lambda told: told.most)), machine.id, look.now)
    else:
        yield Fact(name="clock.apart", subject=machine.id, value=apart.offset, as_of=look.now)
        yield Fact(name="clock.apart.within", subject=machine.id, value=apart.within, as_of=look.now)


def shown_by(host: Host, look: Look) -> Iterator[Reckoning | Gap]:
    """Yield what each way shows of a machine's clock; a way that is not there shows nothing.

    The kernel's account is that of the daemon: of one that follows nothing it shows nothing either.
    """
    follows = True
    for name, look_at in WAYS.items():
        if name == "kernel" and not follows:
            return
        try:
            told = look_at(host, min(look.timeout, LONGEST))
        except ToolMissing:
            continue
        except (TimedOut, Unreadable) as error:
            follows &= not isinstance(error, FollowsNothing)
            yield Gap(subject=f"{host.id}/{name}", reason=error.reason, detail=error.detail)
            continue
        if told is not None:
            yield told


def beside_ours(host: Host, timeout: timedelta) -> Reckoning | None:
    """Return how far a machine's clock is from this one's; the answer lay somewhere between asking and hearing."""
    clock = SystemClock()
    asked = clock.now()
    output = host.run("date", "+%s.%N", timeout=timeout, accept=None, output_limit=4096)
    heard = clock.now()
    # 1795548239.685311413; a date without nanoseconds leaves a letter there
    if output.status != 0 or not re.fullmatch(rb"[0-9]{1,11}\.[0-9]{9}\n", output.stdout) or heard < asked:
        return None
    half = (heard - asked).total_seconds() / 2
    return Reckoning(source="agent", offset=float(output.stdout) - asked.timestamp() - half, within=half)


def joined(apart: Reckoning, own: Reckoning) -> Reckoning:
    """Return how far a clock is from reference time, from how far it is from ours and how far ours is."""
    return Reckoning(source=apart.source, offset=apart.offset + own.offset, within=apart.within + own.within)


COLLECTOR = Collector(
    name="clock",
    schedule="clock",
    looks_at=DeclaredHost,
    collect=collect,
    subject_of=lambda machine: machine.id,
    host_of=lambda machine: machine.id,
    collect_word="clock",
)
