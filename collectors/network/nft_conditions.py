"""What a condition of nft -j list ruleset matches (libnftables-json(5)); UNKNOWN for every form not understood here."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from collectors.network import conditions, nft_flags
from collectors.network.traffic import (
    EVERYTHING,
    NOTHING,
    PORT,
    SENDER_PORT,
    SENDERS,
    SOME,
    UNKNOWN,
    Axis,
    Match,
    Probe,
    Span,
    address_span,
    all_of,
    any_of,
    both,
    network_span,
    opposite,
    within,
)

Json = Mapping[str, object]
# A rule that asks something of these matches their packets only.
OTHER_PROTOCOLS = frozenset(
    ("icmp", "icmpv6", "igmp", "esp", "ah", "comp", "sctp", "dccp", "udplite", "arp", "vlan", "gre")
)  # fmt: skip
# The ports that an order leaves.
ORDERS: Mapping[object, Callable[[int], Span]] = {
    "<": lambda port: (0, port - 1), "<=": lambda port: (0, port),
    ">": lambda port: (port + 1, 65535), ">=": lambda port: (port, 65535),
}  # fmt: skip
FAMILY_NAMES = {"ip": 4, "ipv4": 4, "ip6": 6, "ipv6": 6}
OTHER_FAMILIES = frozenset(("arp", "vlan", "8021q", "8021ad", "bridge", "netdev"))
# Of several things at once; a longer list takes too long to follow.
MOST_PAIRS = 10_000
# An element with these is there, and they ask nothing.
BARE = frozenset(("val", "comment", "counter", "timeout", "expires", "last"))
# What holds whatever else is in a set: the element for all that no other names.
CATCH_ALL = "*"


@dataclass(frozen=True, slots=True)
class NftConditions:
    """Read a table's conditions for a probe.

    `sets` has what each named set holds; `changed` what rules write into packets, marks and sets on their way, as JSON
    or as a set's name: what is asked of these depends on the rules before. The match of a named set is kept, as a list
    of blocked addresses is long.
    """

    probe: Probe
    sets: Mapping[str, list[object]]
    changed: frozenset[str]
    known: dict[tuple[str, str], Match] = field(default_factory=dict)

    def matches(self, match: object) -> Match:
        """Return what one match statement holds for."""
        if not isinstance(match, dict):
            raise TypeError("match")
        left, operation, right = match["left"], match["op"], match["right"]
        if not self.possible(left):
            return NOTHING
        if self._is_changed(left):
            return UNKNOWN
        if operation in ORDERS:
            axis = self._axis(left)
            return UNKNOWN if axis is None else within(axis, [ORDERS[operation](int(str(right)))])
        if nft_flags.looked_at(left) is not None:
            return nft_flags.matches(left, str(operation), right)
        key = _key(left)
        if key in (("ct", "state"), ("ct", "status")):
            return self._states(key[1], str(operation), right)
        if operation not in ("==", "!="):
            return UNKNOWN
        return self.named(left, right, inverted=operation == "!=")

    def named(self, left: object, right: object, *, inverted: bool = False) -> Match:
        """Return what a comparison with a value or a set of values holds for."""
        name = right if isinstance(right, str) and right.startswith("@") else None
        if name is None or inverted:
            return self._of(left, self.elements(right), inverted=inverted)
        kept = (json.dumps(left), name)
        if kept not in self.known:
            self.known[kept] = self._of(left, self.elements(right), inverted=False)
        return self.known[kept]

    def elements(self, value: object) -> list[object] | None:
        """Return what a set holds, named or not; of an element with a comment or a counter, its value.

        None: it is not there, or rules write into it.
        """
        if isinstance(value, str) and value.startswith("@"):
            found = None if value in self.changed else self.sets.get(value)
        elif isinstance(value, dict) and "set" in value:
            return self.elements(value["set"])
        else:
            found = value if isinstance(value, list) else [value]
        return None if found is None else [bare(one) for one in found]

    def possible(self, left: object) -> bool:
        """Return whether the probe has at all what is asked about; `ip saddr != …` asks nothing of IPv6."""
        if not isinstance(left, dict):
            return True
        parts = left.get("concat", left.get("&"))
        if isinstance(parts, list):
            return all(self.possible(part) for part in parts)
        protocol = nft_flags.payload(left).get("protocol")
        if protocol in ("tcp", "udp"):
            return bool(protocol == self.probe.protocol)
        if protocol in ("ip", "ip6"):
            return FAMILY_NAMES[str(protocol)] == self.probe.family
        return protocol not in OTHER_PROTOCOLS

    def _of(self, left: object, elements: Sequence[object] | None, *, inverted: bool) -> Match:
        if not self.possible(left):
            return NOTHING
        if elements is None or self._is_changed(left):
            return UNKNOWN
        axis = self._axis(left)
        if axis is not None:
            # Ports and senders are counted together: many parts of the world are the world.
            spans = [span_of(one, axis) for one in elements]
            return UNKNOWN if None in spans else within(axis, filter(None, spans), inverted=inverted)
        if len(elements) > MOST_PAIRS:
            return UNKNOWN
        found = any_of(EVERYTHING if one == CATCH_ALL else self._one(left, one) for one in elements)
        return opposite(found) if inverted else found

    def _is_changed(self, left: object) -> bool:
        return json.dumps(left, sort_keys=True) in self.changed

    def _axis(self, left: object) -> Axis | None:
        payload = nft_flags.payload(left)
        if payload.get("protocol") in ("tcp", "udp", "th"):
            return {"dport": PORT, "sport": SENDER_PORT}.get(str(payload.get("field")))
        if payload.get("protocol") in ("ip", "ip6") and payload.get("field") == "saddr":
            return SENDERS[self.probe.family]
        return None

    def _one(self, left: object, right: object) -> Match:
        """Return what a comparison with one value holds for."""
        if not isinstance(left, dict):
            return UNKNOWN
        (kind, what), *_ = left.items()
        if kind == "concat" and isinstance(right, dict) and "concat" in right:
            parts = list(zip(nft_flags.listed(what), nft_flags.listed(right["concat"]), strict=True))
            return all_of(self._of(part, [bare(value)], inverted=False) for part, value in parts)
        if kind == "fib" and isinstance(what, dict):
            return _fib(what, right)
        key = _key(left)
        if kind == "meta":
            return self._meta(key[1], right)
        if kind == "ct":
            return self._connection(key[1], right)
        return self._header(nft_flags.payload(left), right)

    def _meta(self, key: str, right: object) -> Match:
        if key in ("iifname", "iif") and isinstance(right, str):
            own = self.probe.interface
            held = own.startswith(right[:-1]) if right.endswith("*") else own == right
            return EVERYTHING if held else NOTHING
        if key == "l4proto":
            return self._number(right)
        if key in ("nfproto", "protocol"):
            return self._family(right)
        if key == "pkttype":
            return _one_of(right, ("host", "unicast"), ("broadcast", "multicast", "other"))
        if key in ("mark", "iifgroup") and isinstance(right, str | int):
            return conditions.mark(str(right), self.probe)
        return NOTHING if key in ("oifname", "oif") else UNKNOWN  # what comes in has no way out

    def _family(self, right: object) -> Match:
        mine = {name for name, family in FAMILY_NAMES.items() if family == self.probe.family}
        return _one_of(right, mine, OTHER_FAMILIES | FAMILY_NAMES.keys() - mine)

    def _number(self, right: object) -> Match:
        """Return whether a protocol, or a range of their numbers, is the probe's."""
        ends = nft_flags.listed(right["range"]) if isinstance(right, dict) and "range" in right else None
        if ends is not None and all(type(end) is int for end in ends):
            first, last = (int(str(end)) for end in ends)
            return EVERYTHING if first <= conditions.NUMBERS[self.probe.protocol] <= last else NOTHING
        return conditions.protocol(str(right), self.probe) if isinstance(right, str | int) else UNKNOWN

    def _connection(self, key: str, right: object) -> Match:
        if key == "state":
            return conditions.state([str(right)], self.probe)
        if key == "status":
            return conditions.status([str(right)], self.probe)
        if key == "mark" and isinstance(right, str | int):
            return conditions.mark(str(right), self.probe)
        return _one_of(right, ("original",), ("reply",)) if key == "direction" else UNKNOWN

    def _states(self, key: str, operation: str, right: object) -> Match:
        """Return what a connection's state or status holds for, which are asked of as sets of bits, too."""
        values = [str(one) for one in self.elements(nft_flags.bits(right)) or ["?"]]
        if operation not in ("==", "!=", "in"):
            return UNKNOWN
        if operation != "in" and len(values) > 1 and not (isinstance(right, dict) and "set" in right):
            # Compared with several bits at once, as nft writes it: one bit among these is not all of these.
            found = both(self._state_of(key, values), UNKNOWN)
        else:
            found = self._state_of(key, values)
        return opposite(found) if operation == "!=" else found

    def _state_of(self, key: str, values: Sequence[str]) -> Match:
        asked = conditions.state if key == "state" else conditions.status
        return asked(values, self.probe)

    def _header(self, payload: Json, right: object) -> Match:
        protocol, name = payload.get("protocol"), payload.get("field")
        if protocol == "ether":
            return self._family(right) if name == "type" else SOME if name == "saddr" else UNKNOWN
        if protocol not in ("ip", "ip6"):
            return UNKNOWN
        if name in ("protocol", "nexthdr"):
            return self._number(right)
        span = span_of(right, SENDERS[self.probe.family]) if name == "daddr" else None
        return UNKNOWN if span is None else conditions.destination([span], self.probe)


def bare(value: object) -> object:
    """Return an element without its comment, counter or timeout; one with a limit of its own is left as it is."""
    held = value.get("elem") if isinstance(value, dict) else None
    return held["val"] if isinstance(held, dict) and held.keys() <= BARE else value


def span_of(value: object, axis: Axis) -> Span | None:
    """Return the span of a port, an address, a network or a range; None for what is none. Raises ValueError."""
    if value == CATCH_ALL:
        return axis.first, axis.last
    if isinstance(value, dict) and isinstance(prefix := value.get("prefix"), dict) and axis in SENDERS.values():
        return network_span(str(prefix["addr"]), int(str(prefix["len"])))
    first, last = nft_flags.listed(value["range"]) if isinstance(value, dict) and "range" in value else (value, value)
    if type(first) is int and type(last) is int:
        return first, last
    if axis in SENDERS.values() and isinstance(first, str) and isinstance(last, str):
        return address_span(first, last)
    return None


def _key(left: object) -> tuple[str, str]:
    """Return the kind and the key of what is asked about: ("ct", "state")."""
    if not isinstance(left, dict) or not left:
        return "", ""
    (kind, what), *_ = left.items()
    return kind, str(what.get("key")) if isinstance(what, dict) else ""


def _one_of(right: object, mine: Iterable[str], others: Iterable[str]) -> Match:
    return EVERYTHING if right in tuple(mine) else NOTHING if right in tuple(others) else UNKNOWN


def _fib(what: Json, right: object) -> Match:
    """Return what the routing table's answer about an address holds for: those that come are local, from elsewhere."""
    if what.get("result") == "type":
        mine = "local" if "daddr" in str(what.get("flags")) else "unicast"
        return _one_of(right, (mine,), {"local", "unicast", "broadcast", "multicast", "anycast"} - {mine})
    # Senders to whom no way leads are not who they say.
    if "saddr" not in str(what.get("flags")) or not isinstance(right, bool):
        return UNKNOWN
    return opposite(SOME) if right else SOME
