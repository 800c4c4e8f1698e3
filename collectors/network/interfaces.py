"""By which interfaces a machine meets the network, from the kernel's tables, which any account may read (proc(5))."""

from agent.core.errors import Missing
from agent.core.host import Host

LONGEST = 4 * 1024 * 1024
UP, REJECT = 0x1, 0x200


def of(host: Host) -> dict[int, tuple[str, ...]]:
    """Return, for each family that the machine uses, the interfaces of its default routes, else all but the loopback.

    A machine without a route of version 4, or without an address of version 6 beside its loopback, does not use that
    family; one that uses neither is asked about the first.
    """
    devices = _devices(_read(host, "/proc/net/dev"))
    found = {}
    if any(line.split()[-1:] != ["lo"] for line in _read(host, "/proc/net/if_inet6").splitlines()):
        found[6] = _default6(_read(host, "/proc/net/ipv6_route")) or devices
    routes = _read(host, "/proc/net/route")
    if len(routes.splitlines()) > 1 or not found:
        found[4] = _default4(routes) or devices
    return found


def _read(host: Host, path: str) -> str:
    try:
        return host.read(path, limit=LONGEST).decode("utf-8", "replace")
    except Missing:  # a kernel without this family
        return ""


# Inter-|   Receive …
#  face |bytes …
#   eth0: 1234 …
def _devices(text: str) -> tuple[str, ...]:
    names = [line.partition(":")[0].strip() for line in text.splitlines() if ":" in line]
    return tuple(name for name in names if name != "lo")


# Iface  Destination  Gateway   Flags  RefCnt  Use  Metric  Mask      MTU  Window  IRTT
# eth0   00000000     0101A8C0  0003   0       0    0       00000000  0    0       0
def _default4(text: str) -> tuple[str, ...]:
    rows = [line.split() for line in text.splitlines()[1:]]
    return tuple(dict.fromkeys(row[0] for row in rows if len(row) > 7 and row[1] == row[7] == "00000000"))


# 00000000000000000000000000000000 00 0…0 00 fe80…01 00000400 00000001 00000000 00000003     eth0
def _default6(text: str) -> tuple[str, ...]:
    rows = [line.split() for line in text.splitlines()]
    return tuple(
        dict.fromkeys(
            row[9]
            for row in rows
            if len(row) == 10 and set(row[0]) == {"0"} and row[1] == "00" and not int(row[8], 16) & REJECT
            and int(row[8], 16) & UP and row[9] != "lo"
        )
    )  # fmt: skip
