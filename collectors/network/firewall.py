"""Firewall: what becomes of a connection from the network that no rule of the machine's own firewall names.

Reads:  nft -j list ruleset, iptables-save and ip6tables-save, whichever are there, and their legacy forms where the
        kernel holds such tables: what it enforces, also where ufw or firewalld wrote it; /proc/net for the interfaces
        of the default routes and the machine's own addresses
Needs:  root, the privileged reader, or the program of `beffroi explain network`; nftables or iptables (of its legacy
        form the reader is told nothing, which makes it unproven)
Blind:  ports that containers publish are forwarded and do not come in by this door; rules before it (raw, ingress, an
        eBPF program, a provider's own firewall) are not followed; which ports are opened on purpose is for the flows
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from agent.core.collecting.collector import Collector, Look
from agent.core.deadline import Deadline
from agent.core.errors import TimedOut
from agent.core.facts.firewall import Passage
from agent.core.inventory import DeclaredHost
from agent.core.model import Fact
from collectors.network import interfaces, iptables, nftables
from collectors.network.rules import (
    INCOMING,
    TRANSLATING,
    Chain,
    FirewallStage,
    ProbeOutcome,
    accepted_in,
    outcome,
)
from collectors.network.ruleset import RulesetOutput, look_at
from collectors.network.traffic import ALL, NOTHING, UNKNOWN, Match, Probe

PROTOCOLS = ("tcp", "udp")
# Of the tables that iptables and nft share.
FAMILIES = {4: "ip", 6: "ip6"}
# nft's statement, iptables' targets (CT --notrack, MARK), and the latter as nft tells them.
NOT_TRACKED = re.compile(r'notrack|NOTRACK|"CT"')
MARKED = re.compile(r'"mangle": ?\{"key": ?\{"(meta|ct)": ?\{"key": ?"mark"|MARK|tproxy-mark')
# A rule that asks whether a connection was given another destination.
ASKS_TRANSLATED = re.compile(r'"key": ?"status"|--ct(?:state|status) \S*DNAT')
WORST_FIRST = (ProbeOutcome.ACCEPT, ProbeOutcome.ABSENT, ProbeOutcome.UNCLEAR, ProbeOutcome.DENY)


def collect(machine: DeclaredHost, look: Look) -> Iterator[Fact]:
    """Yield, for each family, what becomes of a connection that no rule names, and who wrote the rules."""
    host = look.host(machine.id)
    said = look_at(host, look.timeout)
    texts = "\n".join(_texts(said))
    tracked, unmarked, plain = (pattern.search(texts) is None for pattern in (NOT_TRACKED, MARKED, ASKS_TRANSLATED))
    reached, deadline = interfaces.addresses(host), Deadline(look.timeout)
    for family, names in sorted(interfaces.of(host).items()):
        found = [
            (answer, where, name)
            for name in names or ("eth0",)
            for protocol in PROTOCOLS
            if _in_time(deadline, host.id)
            for probe in [Probe(name, family, protocol, tracked, unmarked, reached[family].own, reached[family].shared)]
            for translated in [NOTHING if plain else _translated(said, probe)]
            for answer, where in [_outcome(said, replace(probe, translated=translated))]
        ]
        answer, where, name = min(found, key=lambda one: WORST_FIRST.index(one[0]))
        yield Fact(name=f"firewall.ipv{family}", subject=machine.id, value=answer.value, as_of=look.now)
        if answer in (ProbeOutcome.ACCEPT, ProbeOutcome.UNCLEAR):
            passage = Passage(chain=where, interface=name)
            yield Fact(name=f"firewall.ipv{family}.where", subject=machine.id, value=passage, as_of=look.now)
    yield Fact(name="firewall.by", subject=machine.id, value=_by(said), as_of=look.now)


def _in_time(deadline: Deadline, host: str) -> bool:
    """Return True. Raises TimedOut: a host may have any number of interfaces, and rules that take long to follow."""
    if deadline.passed:
        raise TimedOut(f"the firewall of {host} takes too long to follow", "see how many rules and interfaces it has")
    return True


def _outcome(said: RulesetOutput, probe: Probe) -> tuple[ProbeOutcome, str]:
    answer, where = outcome(_tables(said, probe, INCOMING))
    unread = probe.family in said.legacy and said.legacy[probe.family] is None
    # What no one could read may deny all the same.
    unread |= said.nft is None and not _told_by_iptables(said, probe, INCOMING)
    return (ProbeOutcome.UNCLEAR, "?") if unread and answer is not ProbeOutcome.DENY else (answer, where)


def _translated(said: RulesetOutput, probe: Probe) -> Match:
    """Return which connections may be given another destination; whether that is this machine, no one can tell."""
    if said.nft is None and not _told_by_iptables(said, probe, TRANSLATING):
        return UNKNOWN
    found = accepted_in(_tables(said, probe, TRANSLATING))
    return Match(False if found.unnamed is False else None, found.most, ALL)


def _tables(said: RulesetOutput, probe: Probe, stage: FirewallStage) -> list[tuple[Chain, ...]]:
    tables: list[tuple[Chain, ...]] = []
    text = said.saved[probe.family]
    shared = text is not None and said.nft is not None and iptables.is_of_nft(text)
    for table in () if said.nft is None else nftables.parse(said.nft, probe, stage):
        both = shared and table.foreign and (table.family, table.name) == (FAMILIES[probe.family], stage.table)
        saved = iptables.parse(text, probe, stage) if text is not None and both else ()
        tables.append(table.with_saved(saved))
    texts = (None if shared else text, said.legacy.get(probe.family))
    return tables + [iptables.parse(one, probe, stage) for one in texts if one is not None]


def _told_by_iptables(said: RulesetOutput, probe: Probe, stage: FirewallStage) -> bool:
    text = said.saved[probe.family]
    return text is not None and iptables.tells(text, stage.table)


def _texts(said: RulesetOutput) -> list[str]:
    return [text for text in (said.nft, *said.saved.values(), *said.legacy.values()) if text is not None]


def _by(said: RulesetOutput) -> str:
    """Return who seems to have written the rules, from the names that each gives its own."""
    everything = (said.nft or "") + "".join(text or "" for text in said.saved.values())
    if '"name": "firewalld"' in everything:
        return "firewalld"
    if "ufw-before-input" in everything:
        return "ufw"
    return "iptables" if "-A INPUT" in everything or said.nft is None else "nftables"


COLLECTOR = Collector(
    name="firewall",
    schedule="network",
    looks_at=DeclaredHost,
    collect=collect,
    subject_of=lambda machine: machine.id,
    host_of=lambda machine: machine.id,
    collect_word="network",
)
