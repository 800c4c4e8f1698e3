"""Follow new connections from the network through a machine's firewall, as the kernel does.

Each reader turns its own language into these rules for one probe; what a rule matches is told within bounds (traffic).
A firewall denies by default only where it is proven to accept less than half of all there is, all rules together.
A doubt never counts as a refusal, and never as an open door.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from itertools import groupby

from collectors.network.traffic import EVERYTHING, HALF, NOTHING, UNKNOWN, Match, any_of, both, either, opposite

DEEPEST = 32


class Act(Enum):
    """What a rule does with a packet that it matches."""

    ACCEPT = "accept"
    DENY = "deny"
    JUMP = "jump"
    GOTO = "goto"
    RETURN = "return"
    ELSEWHERE = "elsewhere"  # handed to a program, which decides, or to what is not understood
    NOTHING = "nothing"


class ProbeOutcome(Enum):
    """What becomes of the probe."""

    DENY = "deny"
    ACCEPT = "accept"
    UNCLEAR = "unclear"
    ABSENT = "absent"  # no chain of a firewall stands where packets come in


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallStage:
    """Where in the kernel packets are decided about: as nft calls it and as iptables does, and what ends it how.

    `acts` are by nft's words; iptables' targets are the same in capitals. `policy`: each chain ends with its own;
    else no rule is the same as `deny`.
    """

    kind: str
    hook: str
    table: str
    chain: str
    acts: Mapping[str, Act]
    policy: bool = True


INCOMING = FirewallStage(
    kind="filter",
    hook="input",
    table="filter",
    chain="INPUT",
    acts={"accept": Act.ACCEPT, "drop": Act.DENY, "reject": Act.DENY, "return": Act.RETURN, "queue": Act.ELSEWHERE,
          "nfqueue": Act.ELSEWHERE},
)  # fmt: skip
# What is accepted here is given another destination.
TRANSLATING = FirewallStage(
    kind="nat",
    hook="prerouting",
    table="nat",
    chain="PREROUTING",
    acts={"dnat": Act.ACCEPT, "redirect": Act.ACCEPT, "netmap": Act.ACCEPT, "accept": Act.DENY, "drop": Act.DENY,
          "return": Act.RETURN, "queue": Act.ELSEWHERE, "nfqueue": Act.ELSEWHERE},
    policy=False,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallRule:
    """What a rule does, to which chain it goes, and which of the probe's connections it matches."""

    match: Match
    act: Act
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain; `policy` is what becomes of a packet at its end, where packets that come in begin there."""

    name: str
    rules: tuple[FirewallRule, ...]
    policy: Act | None = None


@dataclass(frozen=True, slots=True)
class _Ends:
    """What a chain accepts, what leaves it undecided, and in which chain most is accepted; the rest is denied."""

    accepted: Match
    undecided: Match
    where: str


@dataclass(frozen=True, slots=True)
class _Done:
    """What a rule does with what it matches: accept, go on with the next rule, leave the chain; deny the rest."""

    accepted: Match = NOTHING
    goes_on: Match = NOTHING
    leaves: Match = NOTHING
    where: str = ""


DONE = {
    Act.ACCEPT: _Done(accepted=EVERYTHING),
    Act.DENY: _Done(),
    Act.RETURN: _Done(leaves=EVERYTHING),
    Act.ELSEWHERE: _Done(accepted=UNKNOWN, goes_on=UNKNOWN),
    Act.NOTHING: _Done(goes_on=EVERYTHING),
}


@dataclass(slots=True)
class _Walk:
    """Follow one table's chains; each is followed once, however many rules lead to it."""

    chains: Mapping[str, Chain]
    known: dict[str, _Ends] = field(default_factory=dict)

    def through(self, name: str, depth: int = 0) -> _Ends:
        """Return how a chain ends; one that is not there, or leads to itself, may do anything."""
        chain = self.chains.get(name)
        if chain is None or depth > DEEPEST:
            return _Ends(UNKNOWN, UNKNOWN, name)
        if name not in self.known:
            self.known[name] = _Ends(UNKNOWN, UNKNOWN, name)
            self.known[name] = self._through(chain, depth)
        return self.known[name]

    def _through(self, chain: Chain, depth: int) -> _Ends:
        left, accepted, leaves = EVERYTHING, NOTHING, NOTHING
        where, weight = chain.name, _weight(NOTHING)
        for rule in _in_runs(chain.rules):
            done = self._done(rule, depth)
            taken = both(left, rule.match)
            let_in = both(taken, done.accepted)
            if _weight(let_in) > weight:
                where, weight = done.where or chain.name, _weight(let_in)
            accepted = either(accepted, let_in)
            leaves = either(leaves, both(taken, done.leaves))
            left = both(left, either(opposite(rule.match), done.goes_on))
        return _Ends(accepted, either(leaves, left), where)

    def _done(self, rule: FirewallRule, depth: int) -> _Done:
        if rule.act not in (Act.JUMP, Act.GOTO):
            return DONE[rule.act]
        ends = self.through(rule.target, depth + 1)
        if rule.act is Act.GOTO:
            return _Done(accepted=ends.accepted, leaves=ends.undecided, where=ends.where)
        return _Done(accepted=ends.accepted, goes_on=ends.undecided, where=ends.where)


def _in_runs(rules: Iterable[FirewallRule]) -> Iterator[FirewallRule]:
    """Yield the rules that do something; several in a row that end it alike are one, as a list of senders is long."""
    acting = (rule for rule in rules if rule.act is not Act.NOTHING)
    for act, run in groupby(acting, key=lambda rule: rule.act):
        if act in (Act.ACCEPT, Act.DENY, Act.RETURN):
            yield FirewallRule(match=any_of(rule.match for rule in run), act=act)
        else:
            yield from run


def _weight(match: Match) -> tuple[int, Fraction]:
    return (False, None, True).index(match.unnamed), match.most.share()


def accepted_in(tables: Iterable[tuple[Chain, ...]]) -> Match:
    """Return what any chain where packets come in accepts; what leaves it undecided is not accepted."""
    found = NOTHING
    for chains in tables:
        walk = _Walk(chains={chain.name: chain for chain in chains})
        for chain in chains:
            if chain.policy is not None:
                found = either(found, walk.through(chain.name).accepted)
    return found


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
    ends = walk.through(chain.name)
    accepted, where = ends.accepted, ends.where
    if chain.policy is not Act.DENY:
        where = chain.name if _weight(ends.undecided) > _weight(accepted) else where
        accepted = either(accepted, ends.undecided)
    open_at_most, shut_at_most = accepted.most.share(), accepted.missing.share()
    if open_at_most == 0 or (accepted.unnamed is False and open_at_most < HALF):
        return ProbeOutcome.DENY, where
    if accepted.unnamed or shut_at_most <= HALF:
        return ProbeOutcome.ACCEPT, where
    return ProbeOutcome.UNCLEAR, where
