"""Follow a packet that no rule names through a machine's firewall, as the kernel does.

Each reader turns its own language into these rules for one probe; what a rule asks is then one of three: it is true of
the probe, it is not, or no one here can tell. A doubt never counts as a refusal, and never as an open door.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

DEEPEST = 32


class Act(Enum):
    """What a rule does with a packet that it is true of."""

    ACCEPT = "accept"
    DENY = "deny"
    JUMP = "jump"
    GOTO = "goto"
    RETURN = "return"
    ELSEWHERE = "elsewhere"  # handed to a program, which decides
    NOTHING = "nothing"


class ProbeOutcome(Enum):
    """What becomes of the probe."""

    DENY = "deny"
    ACCEPT = "accept"
    UNCLEAR = "unclear"
    ABSENT = "absent"  # no chain of a firewall stands where packets come in


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A new connection from the network that no rule names: to any other port, from any other address."""

    interface: str
    family: int
    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallRule:
    """What a rule does, to which chain it goes, and whether it is true of the probe (None: no one can tell)."""

    applies: bool | None
    act: Act
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain; `policy` is what becomes of a packet at its end, where packets that come in begin there."""

    name: str
    rules: tuple[FirewallRule, ...]
    policy: Act | None = None


@dataclass(slots=True)
class _Walk:
    """Follow one table's chains; each is followed once, however many rules lead to it."""

    chains: Mapping[str, Chain]
    known: dict[str, tuple[Act, bool, str]] = field(default_factory=dict)

    def through(self, name: str, depth: int = 0) -> tuple[Act, bool, str]:
        """Return how a chain ends (RETURN: it does not decide), whether it may have accepted before, and where."""
        chain = self.chains.get(name)
        if chain is None or depth > DEEPEST:
            return Act.RETURN, True, name
        if name not in self.known:
            self.known[name] = self._through(chain, depth)
        return self.known[name]

    def _through(self, chain: Chain, depth: int) -> tuple[Act, bool, str]:
        doubt = False
        for rule in chain.rules:
            if rule.applies is False or rule.act is Act.NOTHING:
                continue
            act, doubtful, where = self._done(rule, chain.name, depth)
            if rule.applies is None:
                doubt |= doubtful or act in (Act.ACCEPT, Act.RETURN)
                continue
            doubt |= doubtful
            if act not in (Act.NOTHING, Act.ELSEWHERE):
                return act, doubt, where
        return Act.RETURN, doubt, chain.name

    def _done(self, rule: FirewallRule, name: str, depth: int) -> tuple[Act, bool, str]:
        if rule.act not in (Act.JUMP, Act.GOTO):
            return rule.act, rule.act is Act.ELSEWHERE, name
        act, doubtful, where = self.through(rule.target, depth + 1)
        return (Act.NOTHING if act is Act.RETURN and rule.act is Act.JUMP else act), doubtful, where


def outcome(tables: Iterable[tuple[Chain, ...]]) -> tuple[ProbeOutcome, str]:
    """Return what becomes of the probe, and in which chain an open door stands.

    Every chain where packets come in must let it pass: one that denies is enough.
    """
    found: list[tuple[ProbeOutcome, str]] = []
    for chains in tables:
        walk = _Walk(chains={chain.name: chain for chain in chains})
        found += [_ended(chain, walk) for chain in chains if chain.policy is not None]
    for wanted in (ProbeOutcome.DENY, ProbeOutcome.UNCLEAR, ProbeOutcome.ACCEPT):
        for answer, where in found:
            if answer is wanted:
                return answer, where
    return ProbeOutcome.ABSENT, ""


def _ended(chain: Chain, walk: _Walk) -> tuple[ProbeOutcome, str]:
    act, doubt, where = walk.through(chain.name)
    if act is Act.RETURN:
        act = chain.policy or Act.ACCEPT
    if act is Act.ACCEPT:
        return ProbeOutcome.ACCEPT, where
    return (ProbeOutcome.UNCLEAR if doubt else ProbeOutcome.DENY), where


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Return whether one of several is true of the probe, where each may be unknown."""
    told = tuple(answers)
    return True if True in told else None if None in told else False


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Return whether all of several are true of the probe; one that is not settles it."""
    told = tuple(answers)
    return False if False in told else None if None in told else True


def turned(answer: bool | None) -> bool | None:
    """Return the opposite, where it is known."""
    return None if answer is None else not answer


Span = tuple[int, int]
PORTS = (0, 65535)
# Of IPv6, what is given out (RFC 4291, section 2.4: global unicast).
SOURCES = {4: (0, 2**32 - 1), 6: (0b001 << 125, (0b010 << 125) - 1)}


def half(spans: Iterable[Span], whole: Span) -> bool:
    """Return whether spans hold half of all there is, together: those are no exception any more."""
    held, reached = 0, whole[0] - 1
    for first, last in sorted(spans):
        first, last = max(first, reached + 1), min(last, whole[1])
        if first <= last:
            held, reached = held + last - first + 1, last
    return 2 * held >= whole[1] - whole[0] + 1


def network_span(address: str, length: int) -> Span:
    """Return the first and the last number of a network. Raises ValueError."""
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)
    return int(network.network_address), int(network.broadcast_address)


def address_span(first: str, last: str) -> Span:
    """Return the numbers of two addresses. Raises ValueError."""
    return int(ipaddress.ip_address(first)), int(ipaddress.ip_address(last))
