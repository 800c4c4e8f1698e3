"""iptables-save and ip6tables-save: the filter table, whichever of the kernel's two engines holds it."""

import shlex
from collections.abc import Callable, Iterator, Mapping

from agent.core.errors import Unreadable
from collectors.network.rules import (
    PORTS,
    SOURCES,
    Act,
    Chain,
    FirewallRule,
    Probe,
    address_span,
    all_of,
    any_of,
    half,
    network_span,
    turned,
)

ACTS = {"ACCEPT": Act.ACCEPT, "DROP": Act.DENY, "REJECT": Act.DENY, "RETURN": Act.RETURN, "NFQUEUE": Act.ELSEWHERE,
        "QUEUE": Act.ELSEWHERE}  # fmt: skip
# iptables-extensions(8): targets that let the packet go on.
GOING_ON = frozenset(
    ("LOG", "NFLOG", "ULOG", "AUDIT", "MARK", "CONNMARK", "CT", "NOTRACK", "SET", "CLASSIFY", "DSCP", "TOS", "TRACE",
     "SECMARK", "CONNSECMARK", "TCPMSS", "CHECKSUM")
)  # fmt: skip


# *filter
# :INPUT DROP [0:0]
# :ufw-before-input - [0:0]
# -A INPUT -j ufw-before-input
# -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
def parse(text: str, probe: Probe) -> tuple[Chain, ...]:
    """Return the chains of the filter table for one probe; none where there is no such table. Raises Unreadable."""
    policies: dict[str, Act | None] = {}
    rules: dict[str, list[FirewallRule]] = {}
    table = ""
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:].strip()
        elif table == "filter" and line.startswith(":"):
            name, policy, *_ = [*line[1:].split(), "", ""]
            policies[name] = ACTS.get(policy, Act.ACCEPT) if name == "INPUT" else None
        elif table == "filter" and line.startswith("-A "):
            name, rule = _rule(line, probe)
            rules.setdefault(name, []).append(rule)
    return tuple(Chain(name=name, rules=tuple(rules.get(name, ())), policy=policies[name]) for name in policies)


def _rule(line: str, probe: Probe) -> tuple[str, FirewallRule]:
    try:
        words = shlex.split(line)[1:]
        name = words.pop(0)
        while "--comment" in words:  # it may look like an option
            place = words.index("--comment")
            del words[place : place + 2]
        target = _target(words)
        applies = all_of(_answers(words, probe))
    except (ValueError, IndexError) as error:
        raise Unreadable(f"a rule of iptables-save is not understood: {line[:120]}") from error
    return name, _doing(target, applies)


def _target(words: list[str]) -> tuple[str, str]:
    """Take the jump out of a rule's words and return its option and its target."""
    for option in ("-j", "-g"):
        if option in words:
            place = words.index(option)
            target = words[place + 1]
            del words[place:]  # what follows is the target's own
            return option, target
    return "", ""


def _doing(target: tuple[str, str], applies: bool | None) -> FirewallRule:
    option, name = target
    if name in ACTS:
        return FirewallRule(applies=applies, act=ACTS[name])
    if not name or name in GOING_ON:
        return FirewallRule(applies=applies, act=Act.NOTHING)
    return FirewallRule(applies=applies, act=Act.GOTO if option == "-g" else Act.JUMP, target=name)


def _answers(words: list[str], probe: Probe) -> Iterator[bool | None]:
    """Yield whether each condition of a rule is true of the probe."""
    while words:
        inverted = words[0] == "!"
        if inverted:
            words.pop(0)
        option = words.pop(0)
        values = []
        while words and words[0] != "!" and not words[0].startswith("-"):
            values.append(words.pop(0))
        answer = CONDITIONS[option](" ".join(values), probe) if option in CONDITIONS else _unknown(option)
        yield turned(answer) if inverted else answer


def _unknown(option: str) -> bool | None:
    # What names someone (a mark, a set, an owner) is not true of whom no one names; its opposite would be.
    return False if option.startswith(("--match-set", "--uid", "--gid", "--mac", "--src", "--dst")) else None


def _interface(value: str, probe: Probe) -> bool:
    return probe.interface.startswith(value[:-1]) if value.endswith("+") else probe.interface == value


def _ports(value: str, _probe: Probe) -> bool:
    ranges = [part.partition(":") for part in value.split(",")]
    return half(((int(first or 0), int(last or 65535)) for first, colon, last in ranges if colon), PORTS)


def _sources(value: str, probe: Probe) -> bool:
    address, slash, length = value.partition("/")
    return bool(slash) and length.isdecimal() and half([network_span(address, int(length))], SOURCES[probe.family])


def _source_range(value: str, probe: Probe) -> bool:
    first, _dash, last = value.partition("-")
    return half([address_span(first, last or first)], SOURCES[probe.family])


def _own(value: str, probe: Probe) -> bool | None:
    """Return whether an address that a packet goes to may be the machine's: all but those of groups."""
    if value.endswith((".255", ".255/32")):  # most often a network's broadcast address
        return None
    return _sources(value, probe) or not value.startswith(("224.", "239.", "255.", "ff", "127.", "::1/"))


def _unmarked(value: str, _probe: Probe) -> bool:
    """Return whether a mark, or an interface's group, is the one that everyone has until another is given."""
    return value.partition("/")[0] in ("0x0", "0")


def _opens(value: str, _probe: Probe) -> bool:
    """Return whether the packet that opens a connection has just these of the flags that are looked at."""
    looked_at, _space, wanted = value.partition(" ")
    return wanted == ("SYN" if {"SYN", "ALL"} & {*looked_at.split(",")} else "NONE")


def _module(value: str, _probe: Probe) -> bool | None:
    # A module by itself asks nothing, but for those that count or remember.
    return None if value in ("limit", "hashlimit", "recent", "statistic", "quota", "connlimit", "u32", "bpf") else True


def _names(*wanted: str) -> Callable[[str, Probe], bool]:
    return lambda value, _probe: any(word in wanted for word in value.split(","))


CONDITIONS: Mapping[str, Callable[[str, Probe], bool | None]] = {
    "-i": _interface,
    "-p": lambda value, probe: value in ("all", "0", probe.protocol),
    "-s": _sources,
    "--src-range": _source_range,
    "--dst-range": lambda value, probe: None,
    "--mark": _unmarked,
    "--src-group": _unmarked,
    "--tcp-flags": _opens,
    "-d": _own,
    "-m": _module,
    "--ctstate": _names("NEW", "UNTRACKED"),
    "--state": _names("NEW", "UNTRACKED"),
    "--dport": _ports,
    "--dports": _ports,
    "--ports": _ports,
    "--sport": _ports,
    "--sports": _ports,
    "--dst-type": lambda value, probe: any_of([_names("LOCAL", "UNICAST")(value, probe)]),
    "--src-type": lambda value, probe: any_of([_names("UNICAST")(value, probe)]),
    "--icmp-type": lambda value, probe: False,
    "--icmpv6-type": lambda value, probe: False,
    "--ctdir": _names("ORIGINAL"),
}
