"""Which protection is on a machine: looked for by its files and programs, without starting any of them."""

import re
from dataclasses import dataclass
from datetime import timedelta

from agent.core.errors import Unreadable
from agent.core.host import Host

LONGEST = 256 * 1024

# Products whose output no one here has read yet: that they are there is told, and nothing more.
UNREAD = {
    "/opt/CrowdStrike": "CrowdStrike Falcon",
    "/opt/sentinelone": "SentinelOne",
    "/opt/hurukai-agent": "HarfangLab",
    "/opt/kaspersky/kesl": "Kaspersky Endpoint Security",
    "/opt/f-secure/linuxsecurity": "WithSecure",
    "/opt/traps": "Cortex XDR",
    "/opt/bitdefender-security-tools": "Bitdefender",
    "/opt/eset": "ESET",
    "/opt/sophos-spl": "Sophos",
    "/opt/ds_agent": "Trend Micro Deep Security",
    "/opt/Elastic/Endpoint": "Elastic Defend",
    "/opt/McAfee/ens": "Trellix Endpoint Security",
    "/opt/carbonblack": "Carbon Black",
    "/opt/FortiEDRCollector": "FortiEDR",
}
SOCKETS = ("/run/clamav/clamd.ctl", "/var/run/clamav/clamd.ctl", "/run/clamd.scan/clamd.sock")
CONFIGURATIONS = ("/etc/clamav/clamd.conf", "/etc/clamd.d/scan.conf", "/etc/clamd.conf")

_LOOK = (
    "for program in clamd clamdscan mdatp; do "
    'command -v "$program" >/dev/null 2>&1 && echo "program $program"; done; '
    f'for path in {" ".join(SOCKETS)}; do [ -S "$path" ] && echo "socket $path"; done; '
    f'for path in /var/ossec {" ".join(UNREAD)}; do [ -d "$path" ] && echo "folder $path"; done; '
    f'for path in {" ".join(CONFIGURATIONS)}; do [ -f "$path" ] && '
    '{ echo "file $path"; '
    'grep -E "^[[:space:]]*(LocalSocket|TCPSocket|DatabaseDirectory)[[:space:]]" "$path" 2>/dev/null; }; '
    "done; exit 0"
)
# clamd takes them indented and in quotes too (seen with 1.4.6).
_SETTING = re.compile(r"[ \t]*(LocalSocket|TCPSocket|DatabaseDirectory)[ \t]+\"?([^\s\"]{1,200})\"?[ \t]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledProducts:
    """What is on a machine; `socket` and `database` are ClamAV's, None where its configuration tells none."""

    clamav: bool = False
    defender: bool = False
    wazuh: bool = False
    unread: tuple[str, ...] = ()
    socket: str | None = None
    database: str | None = None
    only_tcp: bool = False


def installed_on(host: Host, timeout: timedelta) -> InstalledProducts:
    """Return what is on a machine; raises a LookError where that cannot be seen."""
    output = host.run("sh", "-c", _LOOK, timeout=timeout, output_limit=LONGEST, shown="which protection is installed")
    return parse(output.stdout)


# program clamd
# folder /var/ossec
# file /etc/clamav/clamd.conf
# LocalSocket /run/clamav/clamd.ctl
# DatabaseDirectory /var/lib/clamav
def parse(said: bytes) -> InstalledProducts:
    """Return what the search found. Raises Unreadable for what is no answer of it."""
    programs, sockets, folders, settings = set(), [], set(), dict[str, str]()
    configured = False
    for line in said.decode("utf-8", "replace").splitlines():
        kind, _, value = line.partition(" ")
        setting = _SETTING.fullmatch(line)
        if setting is not None:
            settings.setdefault(setting[1], setting[2])
        elif kind == "program":
            programs.add(value)
        elif kind == "socket":
            sockets.append(value)
        elif kind == "folder":
            folders.add(value)
        elif kind == "file":
            configured = True
        elif not line.lstrip().startswith(("LocalSocket", "TCPSocket", "DatabaseDirectory")):
            raise Unreadable(f"the search for a protection says {line[:80]!r}")
    socket = settings.get("LocalSocket") or next(iter(sockets), None)
    return InstalledProducts(
        # clamdscan alone asks another machine's clamd, and a scan by hand protects nothing by itself.
        clamav="clamd" in programs or configured or bool(sockets),
        defender="mdatp" in programs,
        wazuh="/var/ossec" in folders,
        unread=tuple(name for folder, name in UNREAD.items() if folder in folders),
        socket=socket,
        database=settings.get("DatabaseDirectory"),
        only_tcp=socket is None and "TCPSocket" in settings,
    )
