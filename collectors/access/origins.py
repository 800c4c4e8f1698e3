"""The classes of addresses that a policy of sshd tells apart: one address for each, taken from its Match lines.

Reference: sshd_config(5) «Match» and ssh_config(5) «PATTERNS»: lists of patterns, of addresses with a mask length,
each possibly denied by `!`. Two addresses that are inside and outside the same patterns are one class.
"""

import fnmatch
import ipaddress
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MOST = 64
# Addresses of documentation (RFC 5737, RFC 3849): for what no pattern names.
ELSEWHERE = ("192.0.2.77", "198.51.100.77", "203.0.113.77", "2001:db8:ffff::77")
CRITERIA = ("user", "group", "host", "localaddress", "localport", "address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Hold one class: an address of it, and what else of a connection the policy asks about. `words` name it."""

    address: str
    words: str
    name: str = ""
    local_address: str = ""
    local_port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Hold the patterns of each criterion that Match lines name, `!` taken off; `unread`: criteria not known here."""

    patterns: dict[str, tuple[str, ...]]
    unread: tuple[str, ...] = ()

    def kind_of(self, account: str, groups: Iterable[str]) -> tuple[bool, ...]:
        """Return which patterns name an account, by itself or by a group: two of one kind get the same policy."""
        named = [_like(account, pattern) for pattern in self.patterns.get("user", ())]
        return (
            *named,
            *(any(_like(group, pattern) for group in groups) for pattern in self.patterns.get("group", ())),
        )


# Match Address 10.0.0.0/8,!10.9.0.0/16 User bob
# Match group=admins
def conditions_in(lines: Iterable[str]) -> Conditions:
    """Return what Match lines ask about."""
    found: dict[str, dict[str, None]] = {}
    unread: dict[str, None] = {}
    for line in lines:
        words = [word.strip('"') for word in re.split(r"[\s=]+", line.partition("#")[0].strip())[1:]]
        while words:
            criterion = words.pop(0).lower()
            if criterion in ("all", "final", "canonical", "invalid-user"):
                continue
            value = words.pop(0) if words else ""
            if criterion in CRITERIA:
                patterns = (one.removeprefix("!") for one in value.split(","))
                found.setdefault(criterion, {}).update(dict.fromkeys(one for one in patterns if one))
            else:
                unread[criterion] = None
    return Conditions(patterns={name: tuple(each) for name, each in found.items()}, unread=tuple(unread))


def origins_of(conditions: Conditions, *, resolves: bool) -> tuple[Origin, ...]:
    """Return one origin for each class, MOST + 1 at most; `resolves`: sshd looks names up (`UseDNS yes`)."""
    addresses = _patterns(conditions, "address")
    hosts = _patterns(conditions, "host")
    # Without UseDNS the name of a client is its address.
    inward = tuple(_addresses([*addresses, *(() if resolves else hosts)]))
    names = ("", *(_example(one) for one in hosts)) if resolves else ("",)
    local = tuple(_addresses(_patterns(conditions, "localaddress"))) if "localaddress" in conditions.patterns else ()
    ports = tuple(int(one) for one in _patterns(conditions, "localport") if one.isdigit() and len(one) < 6)
    every = itertools.product(
        inward,
        dict.fromkeys(names),
        [address for address, _words in local] or [""],
        (*ports, 22 if 22 not in ports else 65000) if ports else (0,),
    )
    return tuple(
        Origin(
            address=address,
            words="".join((words, f"({name})" if name else "", f">{here}" if here else "", f":{port}" if port else "")),
            name=name,
            local_address=here,
            local_port=port,
        )
        for (address, words), name, here, port in itertools.islice(every, MOST + 1)
    )


def _patterns(conditions: Conditions, criterion: str) -> tuple[str, ...]:
    return conditions.patterns.get(criterion, ())


def _addresses(patterns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield an address of each class that patterns tell apart, and what to call the class."""
    networks = {pattern: _network(pattern) for pattern in patterns}
    seen: set[tuple[bool, ...]] = set()
    for address in (*ELSEWHERE[:1], *_candidates(networks), *ELSEWHERE[1:]):
        inside = tuple(_matches(address, pattern, network) for pattern, network in networks.items())
        if inside not in seen:
            seen.add(inside)
            own = [pattern for pattern, hit in zip(networks, inside, strict=True) if hit]
            # The narrowest pattern says best which class it is.
            yield address, own[-1] if own else "*"


def _candidates(networks: dict[str, Network | None]) -> Iterator[str]:
    for pattern, network in networks.items():
        if network is None:
            yield _example(pattern)
            continue
        ends = (int(network.network_address), int(network.broadcast_address))
        for number in (ends[0], ends[0] + 1, ends[1], ends[0] - 1, ends[1] + 1):
            if 0 <= number < 1 << network.max_prefixlen:
                family = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
                yield str(family(number))


def _network(pattern: str) -> Network | None:
    try:
        return ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return None


def _matches(address: str, pattern: str, network: Network | None) -> bool:
    if network is None:
        return _like(address.lower(), pattern.lower())
    return ipaddress.ip_address(address) in network


def _like(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def _example(pattern: str) -> str:
    """Return something that a pattern with wildcards matches."""
    return pattern.replace("*", "1").replace("?", "1")
