"""The lists of addresses in sshd's configuration: what each pattern names, and one address of each class of them.

Reference: OpenSSH's addrmatch.c and match.c. A pattern is an address with or without a mask length, else text with
wildcards that is held to the written address; a denied one (`!`) that hits settles the list.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from agent.core.errors import Unreadable
from agent.hosts.ssh import patterns as written

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Addresses of documentation (RFC 5737, RFC 3849): for what no pattern names.
ELSEWHERE = ("192.0.2.77", "198.51.100.77", "203.0.113.77", "2001:db8:ffff::77")
LONGEST = 255
MOST_PATTERNS = 256
# A list that leads to more different beginnings of an address than this one is not followed.
MOST_BEGINNINGS = 512
_WRITTEN = re.compile(r"[0-9A-Fa-f.:]+(?:/[0-9]{1,3})?")
_OF_IPV4 = re.compile(r"[0-9.*?]*\.[0-9.*?]*")
# What no written address can hold: a name, or a mask length behind a wildcard.
_OF_NO_ADDRESS = re.compile(r".*[^0-9A-Fa-f.*?x].*|.*\..*[A-Fa-fx].*|.*[A-Fa-fx].*\..*|[A-Fa-f]+", re.DOTALL)


def example(pattern: str) -> str:
    """Return something that a pattern with wildcards matches."""
    return pattern.replace("*", "1").replace("?", "1")


@lru_cache(maxsize=4096)
def network_of(pattern: str) -> Network | None:
    """Return the addresses that a pattern without wildcards names; None: it is no such pattern."""
    if not _WRITTEN.fullmatch(pattern):
        return None
    try:
        return ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return None


def unknown(patterns: Iterable[str]) -> tuple[str, ...]:
    """Return the patterns of which no one here can say which addresses they name."""
    return tuple(one for one in patterns if not _understood(one))


def _understood(pattern: str) -> bool:
    if len(pattern) > LONGEST:
        return False
    if network_of(pattern) is not None or not pattern.strip("*"):
        return True
    if _OF_IPV4.fullmatch(pattern):
        # Without a wildcard it is an address in a form of inet_aton(3), such as `10.1`.
        return "*" in pattern or "?" in pattern
    return _names_no_address(pattern)


def is_name(pattern: str) -> bool:
    """Return whether a pattern can name a host by its name alone; a network is none."""
    return "/" not in pattern and _names_no_address(pattern)


def _names_no_address(pattern: str) -> bool:
    return ":" not in pattern and bool(_OF_NO_ADDRESS.fullmatch(pattern))


def matches(address: str, pattern: str) -> bool:
    """Return whether one pattern names an address."""
    network = network_of(pattern)
    if network is None:
        return written.matches(pattern, address)
    try:
        return ipaddress.ip_address(address) in network
    except ValueError:
        return False


def is_in(address: str, listed: str) -> bool | None:
    """Return whether a list holds an address: False where it is denied, None where the list says nothing of it."""
    hits = [one.startswith("!") for one in listed.split(",") if matches(address, one.removeprefix("!"))]
    return None if not hits else True not in hits


def classes(patterns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield an address of each class that patterns tell apart, and what to call the class. Raises Unreadable."""
    if len(patterns) > MOST_PATTERNS:
        raise Unreadable(f"sshd's configuration names more than {MOST_PATTERNS} addresses and names")
    seen: set[tuple[bool, ...]] = set()
    for address in (*ELSEWHERE, *_of_ipv4(patterns), *_of_ipv6(patterns)):
        inside = tuple(matches(address, pattern) for pattern in patterns)
        if inside not in seen:
            seen.add(inside)
            own = [pattern for pattern, hit in zip(patterns, inside, strict=True) if hit]
            # The narrowest pattern says best which class it is, and `*` the least.
            yield address, ([pattern for pattern in own if pattern.strip("*")] or own or ["*"])[-1]


def _of_ipv6(patterns: Iterable[str]) -> Iterator[str]:
    """Yield an address of each class: networks lie within each other or apart, so that their edges show every one."""
    for network in map(network_of, patterns):
        if isinstance(network, ipaddress.IPv6Network):
            first, last = int(network.network_address), int(network.broadcast_address)
            for number in (first, last, first - 1, last + 1):
                if 0 <= number < 1 << network.max_prefixlen:
                    yield str(ipaddress.IPv6Address(number))


def _of_ipv4(patterns: Sequence[str]) -> Iterator[str]:
    """Yield an address of each class: number by number, one beginning for each set of what patterns may still name."""
    readers = [reader for pattern in patterns if (reader := _reader_of(pattern)) is not None]
    beginnings: dict[tuple[frozenset[int], ...], str] = {tuple(one.start for one in readers): ""}
    for place in range(4):
        dot = "." if place < 3 else ""
        following: dict[tuple[frozenset[int], ...], str] = {}
        for states, text in beginnings.items():
            # Most patterns are settled by the first numbers: the others alone are followed.
            open_ones = [at for at, state in enumerate(states) if not readers[at].is_settled(state)]
            seen: set[tuple[frozenset[int], ...]] = set()
            for number in range(256):
                moved = tuple(readers[at].after(states[at], place, number, dot) for at in open_ones)
                if moved in seen:
                    continue
                seen.add(moved)
                now = dict(zip(open_ones, moved, strict=True))
                ahead = tuple(now.get(at, state) for at, state in enumerate(states))
                following.setdefault(ahead, f"{text}{number}{dot}")
            if len(following) > MOST_BEGINNINGS:
                raise Unreadable("the addresses in sshd's configuration form too many classes")
        beginnings = following
    yield from beginnings.values()


@dataclass(slots=True)
class _Text:
    """Follow a pattern with wildcards along an address; a state is every place in it that may have been reached."""

    pattern: str
    known: dict[tuple[frozenset[int], str], frozenset[int]] = field(default_factory=dict)

    @property
    def start(self) -> frozenset[int]:
        """Return the state before an address begins."""
        return self._spread({0})

    def after(self, state: frozenset[int], place: int, number: int, dot: str) -> frozenset[int]:
        """Return the state after one more number of the address."""
        text = f"{number}{dot}"
        if (state, text) not in self.known:
            self.known[state, text] = self._read(state, text)
        return self.known[state, text]

    def is_settled(self, state: frozenset[int]) -> bool:
        """Return whether no further number changes the state."""
        return not state

    def _read(self, state: frozenset[int], text: str) -> frozenset[int]:
        for letter in text:
            reached = set[int]()
            for at in state:
                if at < len(self.pattern) and self.pattern[at] in ("*", "?", letter):
                    reached.add(at if self.pattern[at] == "*" else at + 1)
            state = self._spread(reached)
        return state

    def _spread(self, places: Iterable[int]) -> frozenset[int]:
        found = set(places)
        for at in sorted(found):
            while at < len(self.pattern) and self.pattern[at] == "*":
                at += 1
                found.add(at)
        return frozenset(found)


# What is known of an address by its beginning: it may still be within, it is, it is not.
_MAYBE, _WITHIN, _OUTSIDE = frozenset({0}), frozenset({1}), frozenset[int]()


@dataclass(frozen=True, slots=True)
class _Range:
    """Follow a network along an address."""

    network: ipaddress.IPv4Network

    @property
    def start(self) -> frozenset[int]:
        """Return the state before an address begins."""
        return _MAYBE if self.network.prefixlen else _WITHIN

    def is_settled(self, state: frozenset[int]) -> bool:
        """Return whether no further number changes the state."""
        return state != _MAYBE

    def after(self, state: frozenset[int], place: int, number: int, dot: str) -> frozenset[int]:
        """Return the state after one more number of the address."""
        if state != _MAYBE:
            return state
        bits = min(max(self.network.prefixlen - 8 * place, 0), 8)
        own = self.network.network_address.packed[place]
        if number >> (8 - bits) != own >> (8 - bits):
            return _OUTSIDE
        return _WITHIN if self.network.prefixlen <= 8 * (place + 1) else _MAYBE


def _reader_of(pattern: str) -> _Text | _Range | None:
    """Return what follows a pattern along an IPv4 address; None: it names none."""
    network = network_of(pattern)
    if isinstance(network, ipaddress.IPv4Network):
        return _Range(network)
    return _Text(pattern) if network is None and _OF_IPV4.fullmatch(pattern) else None
