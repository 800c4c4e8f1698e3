"""What root alone may see of the programs of a machine, put into its three parts.

/proc/812/maps:7f1c-7f1d r-xp 00026000 fe:00 1311 /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)
grep: /proc/813/maps: Permission denied
== details
pid:[4026531836]
process 812 pid:[4026531836] nginx
file 1763913600 /usr/lib/x86_64-linux-gnu/libssl.so.3
== needrestart
NEEDRESTART-VER: 3.11
"""

from dataclasses import dataclass
from datetime import timedelta

from agent.core.errors import Exited
from agent.core.host import Host
from agent.core.rooted import Request, ask

DETAILS, NEEDRESTART = b"\n== details\n", b"== needrestart\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooted:
    """Hold the three parts of the answer, as bytes; `refused` is what the door to root's rights said instead of it."""

    maps: bytes
    details: bytes
    needrestart: bytes
    refused: str = ""


def look_at(host: Host, timeout: timedelta) -> Rooted:
    """Return what root sees, else what the account itself does. Raises a LookError."""
    told = ask(host, Request.PROCESSES, timeout)
    found = parse(told.body, told.refused)
    if found is None:
        raise Exited(f"{host.id} does not tell which of its programs run replaced code")
    return found


def parse(said: bytes, refused: str = "") -> Rooted | None:
    """Return the parts of the answer; None where it is none."""
    maps, details, rest = said.partition(DETAILS)
    told, told_begins, needrestart = rest.partition(NEEDRESTART)
    if not details or not told_begins:
        return None
    return Rooted(maps=maps, details=told, needrestart=needrestart, refused=refused)
