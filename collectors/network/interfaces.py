"""By which interfaces a machine meets the network, from the kernel's tables, which any account may read (proc(5))."""

from dataclasses import dataclass
from ipaddress import IPv6Address

from agent.core.errors import Missing, Unreadable
from agent.core.host import Host
from collectors.network.traffic import Span, network_span

LONGEST = 4 * 1024 * 1024
UP, REJECT, LOCAL = 0x1, 0x200, 0x80000000
LOOPBACK = 127


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


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """Where a machine is reached, as spans of numbers: at its own addresses, and those where it hears others, too."""

    own: tuple[Span, ...] = ()
    shared: tuple[Span, ...] = ()


def addresses(host: Host) -> dict[int, OwnAddresses]:
    """Return the addresses of each family of a machine, as its kernel takes packets in for them; none for unknown."""
    try:
        local4, heard = _local4(_read(host, "/proc/net/fib_trie"))
    except Unreadable:  # a router's is longer
        local4, heard = (), ()
    return {4: OwnAddresses(local4, heard), 6: OwnAddresses(_local6(_read(host, "/proc/net/ipv6_route")))}


def _read(host: Host, path: str) -> str:
    try:
        return host.read(path, limit=LONGEST).decode("utf-8", "replace")
    except Missing:  # a kernel without this family
        return ""


# |-- 192.0.2.1
#    /32 host LOCAL
def _local4(text: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    found: dict[str, set[Span]] = {"LOCAL": set(), "BROADCAST": set()}
    address = ""
    for words in map(str.split, text.splitlines()):
        if words[:1] == ["|--"]:
            address = words[1]
        elif len(words) == 3 and words[2] in found:
            found[words[2]].add(network_span(address, int(words[0].lstrip("/"))))
    own, heard = (tuple(sorted(spans)) for spans in found.values())
    return tuple(span for span in own if span[0] >> 24 != LOOPBACK), heard


# 20010db8000000000000000000000001 80 0…0 00 0…0 00000000 00000002 00000000 80200001     eth0
def _local6(text: str) -> tuple[Span, ...]:
    rows = [line.split() for line in text.splitlines()]
    local = [row for row in rows if len(row) == 10 and int(row[8], 16) & LOCAL]
    spans = {network_span(str(IPv6Address(int(row[0], 16))), int(row[1], 16)) for row in local}
    return tuple(sorted(span for span in spans if span[1] > 1))


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
    ways = (row for row in rows if len(row) > 7 and row[1] == row[7] == "00000000")
    # One that only refuses (`unreachable default`) has no interface.
    return tuple(dict.fromkeys(row[0] for row in ways if not int(row[3], 16) & REJECT))


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
