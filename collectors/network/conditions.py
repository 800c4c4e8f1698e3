"""What both languages name alike: protocols, groups of addresses, and what a packet that opens a connection bears."""

import re
from collections.abc import Collection, Iterable

from collectors.network.traffic import (
    EVERYTHING,
    NOTHING,
    SOME,
    UNKNOWN,
    USUAL,
    Match,
    Probe,
    Span,
    either,
    network_span,
)

# Of those that have no port to connect to (IANA, protocol numbers); as nft, iptables and /etc/protocols spell them.
PORTLESS = frozenset(
    ("icmp", "igmp", "ipencap", "ipip", "ipv6", "ipv6-route", "ipv6-frag", "ipv6-nonxt", "ipv6-opts", "hopopt", "gre",
     "esp", "ah", "comp", "ipcomp", "icmpv6", "ipv6-icmp", "icmp6", "ospf", "ospfigp", "vrrp", "carp", "pim", "eigrp",
     "l2tp", "etherip", "ipv6-mh", "mobility-header", "mh", "sctp", "udplite", "dccp", "egp", "igp", "hip", "rsvp")
)  # fmt: skip
NUMBERS = {"tcp": 6, "udp": 17}
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]+")
STATES = frozenset(("new", "untracked", "established", "related", "invalid", "snat", "dnat"))
# Of what comes in anew, a rule may have given some another destination; nothing else of these is true of any.
STATUSES = frozenset(("dnat", "snat", "assured", "seen-reply", "seen_reply", "confirmed", "expected"))
TRANSLATED = "dnat"
# Whose packets are for a group, for all, or for the machine itself; no connection from the network goes there.
GROUPS = {
    4: [network_span(*held) for held in (("0.0.0.0", 8), ("127.0.0.0", 8), ("224.0.0.0", 3))],
    6: [network_span(*held) for held in (("::", 127), ("fe80::", 10), ("ff00::", 8))],
}
EVERY_ADDRESS = {4: "0.0.0.0", 6: "::"}
# What tcp(7) sets to open a connection; of ECN's two flags it may or may not set both (RFC 3168).
OPENS, OPEN_TO_CHOICE = "syn", frozenset(("ecn", "cwr"))
FLAGS = frozenset(("fin", "syn", "rst", "psh", "ack", "urg")) | OPEN_TO_CHOICE


def protocol(name: str, probe: Probe) -> Match:
    """Return whether a protocol's name or number is the probe's."""
    if name.isdecimal():
        return EVERYTHING if int(name) == NUMBERS[probe.protocol] else NOTHING
    if name == probe.protocol:
        return EVERYTHING
    return NOTHING if name in PORTLESS or name in NUMBERS else UNKNOWN


def state(names: Collection[str], probe: Probe) -> Match:
    """Return whether some states of a connection are that of a new one."""
    if not {*names} <= STATES:
        return UNKNOWN
    fresh = {"new", "untracked"} & {*names}
    if probe.tracked:
        found = EVERYTHING if "new" in fresh else NOTHING
    else:
        found = EVERYTHING if len(fresh) > 1 else UNKNOWN if fresh else NOTHING
    return either(found, probe.translated) if TRANSLATED in names else found


def status(names: Collection[str], probe: Probe) -> Match:
    """Return whether a new connection has one of some bits of a status."""
    if not {*names} <= STATUSES:
        return UNKNOWN
    return probe.translated if TRANSLATED in names else NOTHING


def mark(name: str, probe: Probe) -> Match:
    """Return whether a mark, or an interface's group, is the one that everyone has until another is given: 0.

    What is read here does not tell who else gives marks.
    """
    if not probe.unmarked:
        return UNKNOWN
    value = name.partition("/")[0]
    return USUAL if value in ("0", "0x0", "default") else SOME if NUMBER.fullmatch(value) else UNKNOWN


def flags(looked_at: Iterable[str], wanted: Iterable[str]) -> Match:
    """Return whether, of the flags that are looked at, the packet that opens a connection has just those wanted."""
    mask = {*looked_at}
    if mask & OPEN_TO_CHOICE:
        return UNKNOWN if (OPENS in mask) == (OPENS in {*wanted}) else NOTHING
    return EVERYTHING if {*wanted} == mask & {OPENS} else NOTHING


def destination(spans: Iterable[Span], probe: Probe) -> Match:
    """Return whether addresses that packets go to are the machine's own: all of them, or none, not even a broadcast."""
    held = sorted(spans)
    if network_span(EVERY_ADDRESS[probe.family], 0) in held:
        return EVERYTHING
    alone = all(any(_inside(one, group) for group in GROUPS[probe.family]) for one in held)
    if alone or not probe.own:
        return NOTHING if alone else UNKNOWN
    if all(any(_inside(own, one) for one in held) for own in probe.own):
        return EVERYTHING
    met = any(first <= one[1] and one[0] <= last for first, last in held for one in (*probe.own, *probe.shared))
    return UNKNOWN if met else NOTHING


def _inside(one: Span, other: Span) -> bool:
    return other[0] <= one[0] and one[1] <= other[1]
