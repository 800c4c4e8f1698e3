"""iptables-save and ip6tables-save: the filter table, whichever of the kernel's two engines holds it."""

import shlex
from collections.abc import Callable, Iterator, Mapping

from agent.core.errors import Unreadable
from collectors.network import conditions
from collectors.network.rules import Act, Chain, FirewallRule
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
    either,
    network_span,
    opposite,
    within,
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
        match = all_of(_matches(words, probe))
    except (ValueError, IndexError) as error:
        raise Unreadable(f"a rule of iptables-save is not understood: {line[:120]}") from error
    return name, _doing(target, match)


def _target(words: list[str]) -> tuple[str, str]:
    """Take the jump out of a rule's words and return its option and its target."""
    for option in ("-j", "-g"):
        if option in words:
            place = words.index(option)
            target = words[place + 1]
            del words[place:]  # what follows is the target's own
            return option, target
    return "", ""


def _doing(target: tuple[str, str], match: Match) -> FirewallRule:
    option, name = target
    if name in ACTS:
        return FirewallRule(match=match, act=ACTS[name])
    if not name or name in GOING_ON:
        return FirewallRule(match=match, act=Act.NOTHING)
    return FirewallRule(match=match, act=Act.GOTO if option == "-g" else Act.JUMP, target=name)


def _matches(words: list[str], probe: Probe) -> Iterator[Match]:
    """Yield what each condition of a rule matches; UNKNOWN for one that is not known here."""
    while words:
        inverted = words[0] == "!"
        if inverted:
            words.pop(0)
        option = words.pop(0)
        values = []
        while words and words[0] != "!" and not words[0].startswith("-"):
            values.append(words.pop(0))
        value = " ".join(values)
        if option in AXES:
            yield _within(option, value, probe, inverted)
        else:
            match = CONDITIONS[option](value, probe) if option in CONDITIONS else UNKNOWN
            yield opposite(match) if inverted else match


def _within(option: str, value: str, probe: Probe, inverted: bool) -> Match:
    """Return what ports or senders match, named one by one or in ranges."""
    axis = AXES[option] or SENDERS[probe.family]
    read = _port_span if axis in (PORT, SENDER_PORT) else _address_span
    spans = [read(part) for part in value.split(",")]
    return UNKNOWN if None in spans else within(axis, filter(None, spans), inverted=inverted)


def _port_span(part: str) -> Span | None:
    first, colon, last = part.partition(":")
    first, last = first or "0", (last or "65535") if colon else first
    return (int(first), int(last)) if first.isdecimal() and last.isdecimal() else None


def _address_span(part: str) -> Span | None:
    """Return the span of an address, a network or a range; None for a mask that no length tells."""
    address, slash, length = part.partition("/")
    first, dash, last = part.partition("-")
    if slash:
        return network_span(address, int(length)) if length.isdecimal() else None
    return address_span(first, last if dash else first)


def _interface(value: str, probe: Probe) -> Match:
    held = probe.interface.startswith(value[:-1]) if value.endswith("+") else probe.interface == value
    return EVERYTHING if held else NOTHING


def _own(value: str, probe: Probe) -> Match:
    """Return whether an address that a packet goes to is the machine's own."""
    span = _address_span(value)
    return UNKNOWN if span is None else conditions.destination([span], probe)


def _either_port(value: str, probe: Probe) -> Match:
    return either(_within("--dports", value, probe, False), _within("--sports", value, probe, False))


def _opens(value: str, _probe: Probe) -> Match:
    """Return whether the packet that opens a connection has just these of the flags that are looked at."""
    every = conditions.FLAGS - conditions.OPEN_TO_CHOICE
    said = [{*part.lower().split(",")} - {"none"} for part in value.split(" ")]
    mask, wanted = (every if "all" in held else held for held in said)
    return conditions.flags(mask, wanted) if mask | wanted <= every else UNKNOWN


def _module(value: str, _probe: Probe) -> Match:
    if value in ASKING_NOTHING:
        return EVERYTHING
    return SOME if value in HEADERS else UNKNOWN


def _state(value: str, probe: Probe) -> Match:
    return conditions.state([word.lower() for word in value.split(",")], probe)


def _status(value: str, _probe: Probe) -> Match:
    return NOTHING if {*value.lower().split(",")} <= conditions.STATUSES else UNKNOWN


def _names(mine: str, others: str) -> Callable[[str, Probe], Match]:
    """Return a condition that holds where one of its words is among the first, and not where all are of the second."""

    def named(value: str, _probe: Probe) -> Match:
        words = {*value.upper().split(",")}
        return EVERYTHING if words & {*mine.split()} else NOTHING if words <= {*others.split()} else UNKNOWN

    return named


# Modules that ask nothing by themselves, but for what their options say.
ASKING_NOTHING = frozenset(
    ("tcp", "udp", "icmp", "icmp6", "icmpv6", "multiport", "conntrack", "state", "iprange", "addrtype", "comment",
     "mac", "mark", "connmark", "set", "devgroup", "pkttype", "policy", "hl", "ttl", "length")
)  # fmt: skip
# Of IPv6: most packets have no such header.
HEADERS = frozenset(("rt", "frag", "dst", "hbh", "ah", "esp", "mh", "ipv6header"))
AXES: Mapping[str, Axis | None] = {
    "-s": None, "--src-range": None, "--dport": PORT, "--dports": PORT, "--sport": SENDER_PORT, "--sports": SENDER_PORT,
}  # fmt: skip
CONDITIONS: Mapping[str, Callable[[str, Probe], Match]] = {
    "-i": _interface,
    "-o": lambda value, probe: UNKNOWN if value == "+" else NOTHING,  # what comes in has no way out
    "-p": lambda value, probe: EVERYTHING if value == "all" else conditions.protocol(value, probe),
    "-f": lambda value, probe: NOTHING,
    "-d": _own,
    "--dst-range": _own,
    "--mark": conditions.mark,
    "--src-group": conditions.mark,
    "--ports": _either_port,
    "--mac-source": lambda value, probe: SOME,
    "--tcp-flags": _opens,
    "-m": _module,
    "--ctstate": _state,
    "--state": _state,
    "--ctstatus": _status,
    "--ctdir": _names("ORIGINAL", "REPLY"),
    "--dst-type": _names("LOCAL UNICAST", "BROADCAST MULTICAST ANYCAST BLACKHOLE UNREACHABLE PROHIBIT"),
    "--src-type": _names("UNICAST", "LOCAL BROADCAST MULTICAST ANYCAST BLACKHOLE UNREACHABLE PROHIBIT"),
    "--pkt-type": _names("UNICAST HOST", "BROADCAST MULTICAST OTHER"),
    "--icmp-type": lambda value, probe: NOTHING,
    "--icmpv6-type": lambda value, probe: NOTHING,
    # What comes within a tunnel of IPsec does not come from the network.
    "--pol": _names("NONE", "IPSEC"),
    "--dir": _names("IN", "OUT"),
    "--connlimit-above": lambda value, probe: SOME,
    "--hashlimit-above": lambda value, probe: SOME,
}
