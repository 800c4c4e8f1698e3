"""Split root's answer about a machine's programs into its two parts.

map 812 /usr/lib/x86_64-linux-gnu/libssl.so.3
process 812 nginx
denied 813
file 1763913600 /usr/lib/x86_64-linux-gnu/libssl.so.3
== needrestart
NEEDRESTART-VER: 3.11
== ended 0
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from agent.core.errors import Exited
from agent.core.host import Host
from agent.hosts.root_requests import RootRequest, ask

NEEDRESTART, ENDED = b"== needrestart\n", re.compile(rb"== ended (\d{1,3})\n$")


@dataclass(frozen=True, slots=True, kw_only=True)
class RootReport:
    """The two parts of the answer, as bytes; `refused` is what the door to root's rights said instead of it.

    `whole` is false where needrestart failed, or was ended before it had said all.
    """

    programs: bytes
    needrestart: bytes
    whole: bool = True
    refused: str = ""


def look_at(host: Host, timeout: timedelta) -> RootReport:
    """Return what root sees, else what the account itself does. Raises a LookError."""
    told = ask(host, RootRequest.PROCESSES, timeout)
    found = parse(told.body, told.refused)
    if found is None:
        raise Exited(f"{host.id} does not show which of its programs run replaced code")
    return found


def parse(said: bytes, refused: str = "") -> RootReport | None:
    """Return the parts of the answer; None where it is none."""
    programs, begins, needrestart = said.partition(NEEDRESTART)
    if not begins:
        return None
    ended = ENDED.search(needrestart)
    # One that fails on its own configuration says nothing at all, as where it is not installed.
    whole = not needrestart or (ended is not None and ended[1] == b"0")
    told = needrestart if ended is None else needrestart[: ended.start()]
    return RootReport(programs=programs, needrestart=told, whole=whole, refused=refused)
