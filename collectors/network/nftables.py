"""nft -j list ruleset: every chain where packets come in, of any author (libnftables-json(5))."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.core.errors import Unreadable
from agent.core.lines import one_line
from collectors.network.iptables import GOING_ON as TARGETS_GOING_ON
from collectors.network.nft_conditions import CATCH_ALL, NftConditions, bare
from collectors.network.nft_flags import listed
from collectors.network.rules import INCOMING, Act, Chain, FirewallRule, FirewallStage
from collectors.network.traffic import NOTHING, SOME, UNKNOWN, USUAL, Match, Probe, all_of, any_of, both, opposite

FAMILIES = {4: ("ip", "inet"), 6: ("ip6", "inet")}
# Statements that let the packet go on and ask nothing of it.
GOING_ON = frozenset(
    ("counter", "log", "mangle", "set", "map", "meter", "notrack", "dup", "comment", "flow", "ct helper",
     "ct timeout", "ct expectation", "secmark", "last")
)  # fmt: skip
# Statements that let some packets go on only.
ASKING = frozenset(("limit", "quota", "ct count"))
# Of a table.
FLAGS = frozenset({"dormant", "owner", "persist"})
Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class NftRule:
    """What one rule does; `foreign`: iptables wrote it, and nft cannot tell it in full."""

    does: tuple[FirewallRule, ...]
    foreign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NftTable:
    """One table for a probe: the policy of each of its chains (None: packets do not begin there), and the rules."""

    family: str
    name: str
    policies: Mapping[str, Act | None]
    rules: Mapping[str, tuple[NftRule, ...]]

    @property
    def foreign(self) -> bool:
        """Return whether nft cannot tell some of its rules in full."""
        return any(rule.foreign for rules in self.rules.values() for rule in rules)

    @property
    def chains(self) -> tuple[Chain, ...]:
        """Return its chains as nft tells them."""
        return self.with_saved(())

    def with_saved(self, saved: Iterable[Chain]) -> tuple[Chain, ...]:
        """Return its chains, with those rules that iptables wrote as iptables-save tells them: `saved`, rule by rule.

        The others it tells wrongly: of `ip saddr { 192.0.2.1, 192.0.2.2 } drop` it says `-j DROP` (1.8.11).
        """
        told = {chain.name: chain.rules for chain in saved}
        return tuple(
            Chain(name=name, policy=policy, rules=tuple(self._rules(name, told.get(name, ()))))
            for name, policy in self.policies.items()
        )

    def _rules(self, chain: str, saved: Sequence[FirewallRule]) -> Iterator[FirewallRule]:
        own = self.rules.get(chain, ())
        for number, rule in enumerate(own):
            yield from (saved[number],) if rule.foreign and len(saved) == len(own) else rule.does


# {"nftables": [{"metainfo": {…}}, {"table": {"family": "inet", "name": "filter"}},
#  {"chain": {"family": "inet", "table": "filter", "name": "input", "type": "filter", "hook": "input", "policy": …}},
#  {"rule": {"family": "inet", "table": "filter", "chain": "input", "expr": [{"accept": null}]}}]}
def parse(text: str | bytes, probe: Probe, stage: FirewallStage = INCOMING) -> tuple[NftTable, ...]:
    """Return the tables of the probe's family; raises Unreadable for what is no ruleset."""
    try:
        objects = [one for one in json.loads(text)["nftables"] if isinstance(one, dict)]
        tables = [_of(one, "table") for one in objects if "table" in one]
        tables = [table for table in tables if not _is_dormant(table)]
        mine = {_name(table, "name"): table for table in tables if str(table.get("family")) in FAMILIES[probe.family]}
        held, changed = _by_table(objects), _changed(objects)
        return tuple(
            _table(table, held.get(name, ()), NftConditions(probe, {}, changed), stage) for name, table in mine.items()
        )
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise Unreadable(f"the output of nft is not understood: {type(error).__name__}") from error


def _name(one: Mapping[str, object], key: str) -> tuple[str, str]:
    """Return the family and the name of a table, which stands under a key."""
    return str(one.get("family")), str(one.get(key))


def _by_table(objects: Iterable[Json]) -> Mapping[tuple[str, str], Sequence[Json]]:
    """Return what each table holds: each is read once, however many tables there are."""
    found: dict[tuple[str, str], list[Json]] = {}
    for one in objects:
        for kind in ("chain", "rule", "set", "map"):
            if kind in one:
                found.setdefault(_name(_of(one, kind), "table"), []).append(one)
    return found


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
    flags = {said} if isinstance(said, str) else {str(flag) for flag in listed(said)}
    if not flags <= FLAGS:
        raise Unreadable(f"the flags of table {one_line(str(table['name']))} are garbled by nft: it may be dormant")
    return "dormant" in flags


def _table(table: Json, objects: Sequence[Json], conditions: NftConditions, stage: FirewallStage) -> NftTable:
    family, name = str(table["family"]), str(table["name"])

    def own(kind: str) -> Iterator[dict[str, object]]:
        return (_of(one, kind) for one in objects if kind in one)

    sets = {f"@{one['name']}": listed(one.get("elem", [])) for kind in ("set", "map") for one in own(kind)}
    rules: dict[str, list[NftRule]] = {}
    reader = _Reader(replace(conditions, sets=sets, known={}), stage)
    for rule in own("rule"):
        expressions = _statements(rule)
        one = NftRule(does=tuple(reader.rules(expressions)), foreign=any("xt" in part for part in expressions))
        rules.setdefault(str(rule["chain"]), []).append(one)
    return NftTable(
        family=family,
        name=name,
        policies={str(one["name"]): _policy(one, stage) for one in own("chain")},
        rules={chain: tuple(held) for chain, held in rules.items()},
    )


def _statements(rule: Json) -> list[dict[str, object]]:
    return [one if isinstance(one, dict) else {str(one): None} for one in listed(rule["expr"])]


def _changed(objects: Sequence[Json]) -> frozenset[str]:
    """Return what rules of any table write into packets and into sets on their way, as NftConditions knows it."""
    found = set()
    for one in objects:
        for statement in _statements(_of(one, "rule")) if "rule" in one else ():
            (kind, value), *_ = statement.items()
            if not isinstance(value, dict):
                continue
            if kind == "mangle":
                found.add(json.dumps(value["key"], sort_keys=True))
            elif kind in ("set", "map"):
                found.add(str(value.get(kind)))
    return frozenset(found)


def _policy(chain: Json, stage: FirewallStage) -> Act | None:
    if (chain.get("hook"), chain.get("type")) != (stage.hook, stage.kind):
        return None
    return stage.acts.get(str(chain.get("policy", "accept")), Act.ACCEPT) if stage.policy else Act.DENY


@dataclass(frozen=True, slots=True)
class _Reader:
    """Read a table's rules for a probe."""

    conditions: NftConditions
    stage: FirewallStage

    def rules(self, expressions: Sequence[dict[str, object]]) -> Iterator[FirewallRule]:
        """Yield what one rule does: once, or with a verdict map once for each of its verdicts."""
        asked: list[Match] = []
        understood = True
        for one in expressions:
            (kind, value), *_ = one.items()
            if kind in GOING_ON or _goes_on(kind, value):
                asked += self._asked_within(kind, value)
            elif kind in self.stage.acts or kind in ("jump", "goto"):
                yield self._doing(kind, value, all_of(asked))
                return
            elif kind == "vmap":
                yield from self._mapped(value, all_of(asked))
                return
            elif kind == "match":
                asked.append(self.conditions.matches(value))
            else:
                # Beside limits and what else asks, it may be a verdict of its own, such as one of iptables.
                understood &= kind in ASKING or (isinstance(value, dict) and value.get("type") == "match")
                asked.append(_limited(kind, value))
        if not understood:
            yield FirewallRule(match=all_of(asked), act=Act.ELSEWHERE)

    def _asked_within(self, kind: str, value: object) -> Iterator[Match]:
        """Yield what a statement that goes on asks all the same: `add @seen { ip saddr limit rate over 5/second }`.

        Such a limit decides whether the rule's verdict is reached, and what is noted is there in packets of its family,
        as long as the set is not full.
        """
        if not isinstance(value, dict):
            return
        if kind in ("set", "map", "meter"):
            yield USUAL
        noted = bare(value.get("elem", value.get("key")))
        if not self.conditions.possible(noted):
            yield NOTHING
        held = value.get("stmt", [])
        for statement in held if isinstance(held, list) else [held]:
            (inner, asks), *_ = (statement if isinstance(statement, dict) else {str(statement): None}).items()
            if inner not in GOING_ON:
                yield _limited(inner, asks)

    def _mapped(self, value: object, asked: Match) -> Iterator[FirewallRule]:
        """Yield what a map of verdicts does, a rule for each verdict; an element for all others comes after them."""
        if not isinstance(value, dict):
            raise TypeError("vmap")
        pairs = self.conditions.elements(value["data"])
        if pairs is None:
            yield FirewallRule(match=asked, act=Act.ELSEWHERE)
            return
        keys: dict[tuple[str, str], list[object]] = {}
        others = None
        for pair in pairs:
            key, verdict = listed(pair)
            (kind, target), *_ = (verdict if isinstance(verdict, dict) else {str(verdict): None}).items()
            if bare(key) == CATCH_ALL:
                others = kind, target
            else:
                keys.setdefault((kind, json.dumps(target)), []).append(bare(key))
        found = {verdict: self.conditions.named(value["key"], held) for verdict, held in keys.items()}
        for (kind, target), match in found.items():
            yield self._doing(kind, json.loads(target), both(asked, match))
        if others is not None:
            rest = opposite(any_of(found.values())) if self.conditions.possible(value["key"]) else NOTHING
            yield self._doing(*others, both(asked, rest))

    def _doing(self, kind: str, value: object, match: Match) -> FirewallRule:
        if kind in ("jump", "goto"):
            target = str(value["target"]) if isinstance(value, dict) else str(value)
            return FirewallRule(match=match, act=Act.GOTO if kind == "goto" else Act.JUMP, target=target)
        act = Act.NOTHING if kind == "continue" else self.stage.acts.get(kind, Act.ELSEWHERE)
        return FirewallRule(match=match, act=act)


def _goes_on(kind: str, value: object) -> bool:
    """Return whether a statement is a target of iptables, told by its name, that lets the packet go on."""
    is_target = kind == "xt" and isinstance(value, dict) and value.get("type") == "target"
    return is_target and isinstance(value, dict) and value.get("name") in TARGETS_GOING_ON


def _limited(kind: str, value: object) -> Match:
    """Return what a limit holds for; an excess is never all."""
    return SOME if kind in ASKING and isinstance(value, dict) and value.get("inv") is True else UNKNOWN
