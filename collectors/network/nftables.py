"""nft -j list ruleset: every chain where packets come in, of any author (libnftables-json(5))."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agent.core.errors import Unreadable
from agent.core.lines import one_line
from collectors.network.rules import (
    PORTS,
    SOURCES,
    Act,
    Chain,
    FirewallRule,
    Probe,
    Span,
    address_span,
    all_of,
    any_of,
    half,
    network_span,
    turned,
)

FAMILIES = {4: ("ip", "inet"), 6: ("ip6", "inet")}
ACTS = {"accept": Act.ACCEPT, "drop": Act.DENY, "reject": Act.DENY, "return": Act.RETURN, "queue": Act.ELSEWHERE}
# Statements that let the packet go on and ask nothing of it.
GOING_ON = frozenset(
    ("counter", "log", "mangle", "set", "map", "meter", "notrack", "dup", "comment", "flow", "ct helper",
     "last")
)  # fmt: skip
# What a rule can ask of these alone makes it one for their packets only.
OTHER_PROTOCOLS = frozenset(
    ("icmp", "icmpv6", "igmp", "esp", "ah", "sctp", "dccp", "arp", "vlan")
)  # fmt: skip
NUMBERS = {"tcp": 6, "udp": 17}
# The ports that an order leaves.
ORDERS: Mapping[object, Callable[[int], Span]] = {
    "<": lambda port: (0, port - 1), "<=": lambda port: (0, port),
    ">": lambda port: (port + 1, 65535), ">=": lambda port: (port, 65535),
}  # fmt: skip
# Of a table.
FLAGS = frozenset({"dormant", "owner", "persist"})
Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class NftTable:
    """One table's chains for a probe; `foreign`: iptables wrote rules there that nft cannot tell in full."""

    family: str
    name: str
    chains: tuple[Chain, ...]
    foreign: bool


# {"nftables": [{"metainfo": {…}}, {"table": {"family": "inet", "name": "filter"}},
#  {"chain": {"family": "inet", "table": "filter", "name": "input", "type": "filter", "hook": "input", "policy": …}},
#  {"rule": {"family": "inet", "table": "filter", "chain": "input", "expr": [{"accept": null}]}}]}
def parse(text: str | bytes, probe: Probe) -> tuple[NftTable, ...]:
    """Return the tables of the probe's family; raises Unreadable for what is no ruleset."""
    try:
        objects = [one for one in json.loads(text)["nftables"] if isinstance(one, dict)]
        tables = [_of(one, "table") for one in objects if "table" in one]
        tables = [table for table in tables if not _is_dormant(table)]
        return tuple(
            _table(table, objects, probe) for table in tables if str(table.get("family")) in FAMILIES[probe.family]
        )
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise Unreadable(f"the output of nft is not understood: {type(error).__name__}") from error


def _of(one: Json, kind: str) -> dict[str, object]:
    found = one[kind]
    if not isinstance(found, dict):
        raise TypeError(kind)
    return found


def _is_dormant(table: Json) -> bool:
    """Return whether a table is there and does nothing (nft(8), «TABLES»). Raises Unreadable for flags that are none.

    nft 1.0.6, Debian 12's, has any other text in the place of a table's flags.
    """
    said = table.get("flags", [])
    flags = {said} if isinstance(said, str) else {str(flag) for flag in _listed(said)}
    if not flags <= FLAGS:
        raise Unreadable(f"the flags of table {one_line(str(table['name']))} are garbled by nft: it may be dormant")
    return "dormant" in flags


def _table(table: Json, objects: Sequence[Json], probe: Probe) -> NftTable:
    family, name = str(table["family"]), str(table["name"])

    def own(kind: str) -> Iterator[dict[str, object]]:
        for one in objects:
            if kind in one and (_of(one, kind).get("family"), _of(one, kind).get("table")) == (family, name):
                yield _of(one, kind)

    sets = {f"@{one['name']}": _listed(one.get("elem", [])) for kind in ("set", "map") for one in own(kind)}
    rules: dict[str, list[FirewallRule]] = {}
    reader = _Reader(probe, sets)
    foreign = False
    for rule in own("rule"):
        expressions: list[dict[str, object]] = [
            one if isinstance(one, dict) else {str(one): None} for one in _listed(rule["expr"])
        ]
        foreign |= any("xt" in one for one in expressions)
        rules.setdefault(str(rule["chain"]), []).extend(reader.rules(expressions))
    chains = tuple(
        Chain(name=str(one["name"]), rules=tuple(rules.get(str(one["name"]), ())), policy=_policy(one))
        for one in own("chain")
    )
    return NftTable(family=family, name=name, chains=chains, foreign=foreign)


def _policy(chain: Json) -> Act | None:
    if chain.get("hook") != "input" or chain.get("type") != "filter":
        return None
    return ACTS.get(str(chain.get("policy", "accept")), Act.ACCEPT)


def _listed(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


@dataclass(frozen=True, slots=True)
class _Reader:
    """Read a table's rules for a probe; the result of a named set is kept, as a list of blocked addresses is long."""

    probe: Probe
    sets: Mapping[str, list[object]]
    known: dict[tuple[str, str], bool | None] = field(default_factory=dict)

    def rules(self, expressions: Sequence[dict[str, object]]) -> Iterator[FirewallRule]:
        """Yield what one rule does: once, or with a verdict map once for each of its verdicts."""
        asked: list[bool | None] = []
        for one in expressions:
            (kind, value), *_ = one.items()
            if kind in GOING_ON:
                asked += self._asked_within(value)
                continue
            if kind in ACTS or kind in ("jump", "goto"):
                yield self._doing(kind, value, all_of(asked))
                return
            if kind == "vmap":
                yield from self._mapped(value, all_of(asked))
                return
            asked.append(self._matches(value) if kind == "match" else None)

    def _asked_within(self, value: object) -> Iterator[bool | None]:
        """Yield what a statement that goes on asks all the same: `add @seen { ip saddr limit rate over 5/second }`.

        Such a limit decides whether the rule's verdict is reached, and what is noted is there in packets of its family.
        """
        if not isinstance(value, dict):
            return
        noted = value.get("elem", value.get("key"))
        noted = noted["elem"]["val"] if isinstance(noted, dict) and "elem" in noted else noted
        for one in noted["concat"] if isinstance(noted, dict) and "concat" in noted else (noted,):
            if isinstance(one, dict) and not self._possible(one):
                yield False
        held = value.get("stmt", [])
        for statement in held if isinstance(held, list) else [held]:
            if (statement if isinstance(statement, str) else next(iter(statement), "")) not in GOING_ON:
                yield None

    def _doing(self, kind: str, value: object, applies: bool | None) -> FirewallRule:
        if kind in ACTS:
            return FirewallRule(applies=applies, act=ACTS[kind])
        target = str(value["target"]) if isinstance(value, dict) else str(value)
        return FirewallRule(applies=applies, act=Act.GOTO if kind == "goto" else Act.JUMP, target=target)

    def _mapped(self, value: object, asked: bool | None) -> Iterator[FirewallRule]:
        if not isinstance(value, dict):
            raise TypeError("vmap")
        for pair in self._elements(value["data"]):
            key, verdict = _listed(pair)
            (kind, target), *_ = (verdict if isinstance(verdict, dict) else {str(verdict): None}).items()
            if kind in ACTS or kind in ("jump", "goto"):
                yield self._doing(kind, target, all_of([asked, self._true_of(value["key"], key)]))

    def _elements(self, value: object) -> list[object]:
        """Return what a set holds, named or not; of an element with a comment or a counter, its value."""
        if isinstance(value, str) and value.startswith("@"):
            found = self.sets.get(value, [])
        elif isinstance(value, dict) and ("set" in value or "|" in value):
            found = self._elements(value.get("set", value.get("|")))
        else:
            found = value if isinstance(value, list) else [value]
        return [one["elem"]["val"] if isinstance(one, dict) and "elem" in one else one for one in found]

    def _matches(self, match: object) -> bool | None:
        if not isinstance(match, dict):
            raise TypeError("match")
        if not self._possible(match["left"]):
            return False
        operation = match["op"]
        if operation in ORDERS and _field(match["left"]) in ("dport", "sport"):
            return half([ORDERS[operation](int(str(match["right"])))], PORTS)
        answer = self._any(match["left"], match["right"])
        if operation == "!=":
            return turned(answer)
        return answer if operation in ("==", "in") else None

    def _any(self, left: object, right: object) -> bool | None:
        """Return whether one of the values on the right is the probe's."""
        name = (json.dumps(left), right) if isinstance(right, str) and right.startswith("@") else None
        if name is not None and name in self.known:
            return self.known[name]
        answer = self._one_of(left, self._elements(right))
        if name is not None:
            self.known[name] = answer
        return answer

    def _one_of(self, left: object, elements: Sequence[object]) -> bool | None:
        # Ports and senders are counted together: many parts of the world are the world.
        if _field(left) in ("dport", "sport") and self._possible(left):
            return half(_spans(elements), PORTS)
        if _field(left) == "saddr" and _protocol(left) in ("ip", "ip6") and self._possible(left):
            return half(_spans(elements), SOURCES[self.probe.family])
        return any_of(self._true_of(left, one) for one in elements)

    def _possible(self, left: object) -> bool:
        """Return whether the probe has at all what is asked about; `ip saddr != …` asks nothing of IPv6."""
        protocol = _protocol(left)
        if protocol in ("tcp", "udp"):
            return bool(protocol == self.probe.protocol)
        if protocol in ("ip", "ip6"):
            return bool(protocol == ("ip" if self.probe.family == 4 else "ip6"))
        return protocol not in OTHER_PROTOCOLS

    def _true_of(self, left: object, right: object) -> bool | None:
        """Return whether one value on the right is the probe's; None where no one here can tell."""
        if not isinstance(left, dict):
            return None
        (kind, what), *_ = left.items()
        if kind == "concat" and isinstance(right, dict) and "concat" in right:
            return all_of(self._true_of(*pair) for pair in zip(_listed(what), _listed(right["concat"]), strict=False))
        if not isinstance(what, dict):
            return None
        if kind == "meta":
            return self._meta(str(what.get("key")), right)
        if kind == "ct":
            return self._connection(str(what.get("key")), right)
        if kind == "payload":
            if what.get("protocol") == "ether":
                return self._ether(str(what.get("field")), right)
            return self._payload(str(what.get("field")), right) if self._possible(left) else False
        if kind == "fib" and what.get("result") == "type":
            return right == ("local" if "daddr" in str(what.get("flags")) else "unicast")
        return None

    def _meta(self, key: str, right: object) -> bool | None:
        probe = self.probe
        if key in ("iifname", "iif"):
            name = str(right)
            return probe.interface.startswith(name[:-1]) if name.endswith("*") else probe.interface == name
        if key == "l4proto":
            return right in (probe.protocol, NUMBERS[probe.protocol])
        if key in ("nfproto", "protocol"):
            return right in (("ipv4", "ip") if probe.family == 4 else ("ipv6", "ip6"))
        if key == "pkttype":
            return right in ("host", "unicast")
        if key in ("mark", "iifgroup"):  # they name someone, but for those that everyone has until another is given
            return right in (0, "default")
        return False if key in ("skuid", "skgid", "oifname", "oif") else None

    def _ether(self, field: str, right: object) -> bool | None:
        if field == "type":
            return right == ("ip" if self.probe.family == 4 else "ip6")
        return False if field == "saddr" else None  # a card's own address: it names someone

    def _connection(self, key: str, right: object) -> bool | None:
        if key == "state":
            return right in ("new", "untracked")
        if key == "direction":
            return right == "original"
        if key in ("mark", "zone"):
            return right == 0
        return False if key in ("status", "label", "helper") else None

    def _payload(self, field: str, right: object) -> bool | None:
        if field in ("dport", "sport"):
            return half(_spans([right]), PORTS)
        if field == "saddr":
            return half(_spans([right]), SOURCES[self.probe.family])
        if field == "daddr":
            return _own(right)
        if field in ("protocol", "nexthdr"):
            return right in (self.probe.protocol, NUMBERS[self.probe.protocol])
        return None


def _field(left: object) -> object:
    payload = left.get("payload") if isinstance(left, dict) else None
    return payload.get("field") if isinstance(payload, dict) else None


def _protocol(left: object) -> object:
    payload = left.get("payload") if isinstance(left, dict) else None
    return payload.get("protocol") if isinstance(payload, dict) else None


def _spans(elements: Iterable[object]) -> Iterator[Span]:
    """Yield the spans among some elements; one port or one address is none."""
    for one in elements:
        if not isinstance(one, dict):
            continue
        if isinstance(prefix := one.get("prefix"), dict):
            yield network_span(str(prefix["addr"]), int(str(prefix["len"])))
        elif "range" in one:
            first, last = (str(end) for end in _listed(one["range"]))
            yield (int(first), int(last)) if first.isdecimal() and last.isdecimal() else address_span(first, last)


def _own(right: object) -> bool | None:
    prefix = right.get("prefix") if isinstance(right, dict) else None
    address = str(prefix["addr"]) if isinstance(prefix, dict) else str(right)
    if isinstance(prefix, dict) and int(str(prefix["len"])) <= 1:
        return True
    if prefix is None and address.endswith(".255"):  # most often a network's broadcast address
        return None
    return not address.startswith(("224.", "239.", "255.", "ff", "127.", "fe80", "::1"))
