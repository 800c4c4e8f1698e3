"""needrestart's own account, where it is installed: it sees replaced scripts (Python, Perl, Ruby) too.

Source: its README.batch.md; without root it says its version, nothing else, and exits with 0 (3.11).

    NEEDRESTART-VER: 3.11
    NEEDRESTART-KCUR: 6.12.41+deb13-amd64
    NEEDRESTART-KEXP: 6.12.48+deb13-amd64
    NEEDRESTART-KSTA: 3
    NEEDRESTART-SVC: nginx.service
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.core.errors import ToolMissing, Unreadable
from agent.core.host import Host

_LINE = re.compile(r"NEEDRESTART-([A-Z]+): ?([ -~]{0,200})")
_UNIT = re.compile(r"[A-Za-z0-9:_.@\\-]{1,200}")
_STARTED = re.compile(r"ActiveEnterTimestamp=@(\d{1,11})", re.ASCII)
MOST = 200
# ABI compatible upgrade pending, version upgrade pending.
KERNEL_PENDING = ("2", "3")


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedrestartReport:
    """Which services run replaced code, and the kernel that waits for a restart; None: none that it knows of.

    `cut`: it names more services than are kept, or some by what is no unit's name.
    """

    services: tuple[str, ...]
    kernel: str | None
    cut: bool = False


def parse(said: bytes, *, in_container: bool = False) -> NeedrestartReport | None:
    """Return what it tells; None where it is not installed. Raises Unreadable where it does not tell all.

    In a container it checks no kernel, and says nothing of one to root either (3.6, 3.11).
    """
    if not said.strip():
        return None
    lines = [match for line in said.decode(errors="replace").split("\n") if (match := _LINE.fullmatch(line))]
    told = {match[1]: match[2] for match in lines}
    # What an ordinary user gets reads as a machine on which all is well.
    if "VER" not in told or ("KSTA" not in told and not in_container):
        raise Unreadable("the output of needrestart -b is incomplete", "see what needrestart -b -r l says as root")
    named = tuple(dict.fromkeys(match[2] for match in lines if match[1] == "SVC"))
    services = tuple(name for name in named if _UNIT.fullmatch(name))[:MOST]
    kernel = told.get("KEXP", "").strip() or "?"
    return NeedrestartReport(
        services=services,
        kernel=kernel if told.get("KSTA") in KERNEL_PENDING else None,
        cut=len(services) < len(named) or said.count(b"NEEDRESTART-SVC:") > sum(1 for one in lines if one[1] == "SVC"),
    )


def started(host: Host, services: Iterable[str], timeout: timedelta) -> Mapping[str, datetime]:
    """Return when services were last started, as systemd tells it; those of which it says nothing are left out."""
    argv = ("systemctl", "show", "--timestamp=unix", "--property=Id,ActiveEnterTimestamp", "--")
    try:
        output = host.run(*argv, *services, timeout=timeout, accept=None)
    except ToolMissing:
        return {}
    found = {}
    for block in output.stdout.decode(errors="replace").split("\n\n"):
        id, at = re.search(r"^Id=(.+)$", block, re.MULTILINE), _STARTED.search(block)
        if id is not None and at is not None:
            found[id[1]] = datetime.fromtimestamp(int(at[1]), UTC)
    return found
