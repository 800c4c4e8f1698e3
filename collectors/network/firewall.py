"""Firewall: what becomes of a connection from the network that no rule of the machine's own firewall names.

Reads:  nft -j list ruleset, iptables-save and ip6tables-save, whichever are there, and their legacy forms where the
        kernel holds such tables: what it enforces, also where ufw or firewalld wrote it; /proc/net for the interfaces
        of the default routes
Needs:  root, or CAP_NET_ADMIN and netlink sockets; nftables or iptables installed
Blind:  ports that containers publish are forwarded and do not come in by this door; rules before it (raw, ingress, an
        eBPF program, a provider's own firewall) are not followed; which ports are opened on purpose is for the flows
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.core.collecting import Collector, Look
from agent.core.errors import Denied, Exited, Missing, ToolMissing
from agent.core.host import Host, Output
from agent.core.inventory import DeclaredHost
from agent.core.lines import last_line
from agent.core.model import Fact
from collectors.network import interfaces, iptables, nftables
from collectors.network.rules import Chain, Outcome, Probe, outcome

LONGEST = 32 * 1024 * 1024
PROTOCOLS = ("tcp", "udp")
SAVES = {4: "iptables-save", 6: "ip6tables-save"}
# The older engine's tables, which root alone may list, and what tells of them.
LEGACY = {
    4: ("/proc/net/ip_tables_names", "iptables-legacy-save"),
    6: ("/proc/net/ip6_tables_names", "ip6tables-legacy-save"),
}
WORST_FIRST = (Outcome.ACCEPT, Outcome.ABSENT, Outcome.UNCLEAR, Outcome.DENY)
# nft and iptables (nf_tables) for any other account; the service's own sandbox has no netlink at all.
REFUSED = re.compile(r"not permitted|[Pp]ermission denied|you must be root|not supported by protocol")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Hold what the machine's tools tell of its rules; None: that tool is not there.

    `legacy` has a family only where the kernel's older engine holds a filter table of it.
    """

    nft: bytes | None
    saved: dict[int, str | None]
    legacy: dict[int, str | None]


def collect(machine: DeclaredHost, look: Look) -> Iterator[Fact]:
    """Yield, for each family, what becomes of a connection that no rule names, and who wrote the rules."""
    host = look.host(machine.id)
    said = _said(host, look)
    for family, names in sorted(interfaces.of(host).items()):
        found = [
            (came_to, where, name)
            for name in names or ("eth0",)
            for protocol in PROTOCOLS
            for came_to, where in [_outcome(said, Probe(interface=name, family=family, protocol=protocol))]
        ]
        came_to, where, name = min(found, key=lambda one: WORST_FIRST.index(one[0]))
        yield Fact(name=f"firewall.ipv{family}", subject=machine.id, value=came_to.value, as_of=look.now)
        if came_to in (Outcome.ACCEPT, Outcome.UNCLEAR):
            yield Fact(name=f"firewall.ipv{family}.where", subject=machine.id, value=f"{where} {name}", as_of=look.now)
    yield Fact(name="firewall.by", subject=machine.id, value=_by(said), as_of=look.now)


def _said(host: Host, look: Look) -> Said:
    nft = _asked(host, look, "nft", "-j", "list", "ruleset")
    saved = {family: _asked(host, look, program) for family, program in SAVES.items()}
    if nft is None and saved[4] is None:
        raise ToolMissing(f"{host.id} has neither nft nor iptables-save, so that its rules cannot be read")
    legacy = {
        family: _asked(host, look, program)
        for family, (names, program) in LEGACY.items()
        if "filter" in _read(host, names).split()
    }
    return Said(nft=nft, saved=_texts(saved), legacy=_texts(legacy))


def _texts(said: Mapping[int, bytes | None]) -> dict[int, str | None]:
    return {family: None if one is None else one.decode("utf-8", "replace") for family, one in said.items()}


def _read(host: Host, path: str) -> str:
    try:
        return host.read(path, limit=LONGEST).decode("utf-8", "replace")
    except (Missing, Denied):  # no such engine; or no root, whom the other tools have told by then
        return ""


def _asked(host: Host, look: Look, *argv: str) -> bytes | None:
    """Return what a tool says, None where it is not there. Raises Denied, Exited, and what the host raises."""
    try:
        output = host.run(*argv, timeout=look.timeout, accept=None, output_limit=LONGEST)
    except ToolMissing:
        return None
    return _held(output, argv, host.id)


def _held(output: Output, argv: tuple[str, ...], host: str) -> bytes:
    words = output.stderr.decode("utf-8", "replace")
    if output.status != 0 and REFUSED.search(words):
        raise Denied(
            f"the firewall of {host} may not be read by the account used there: sudo {' '.join(argv)} shows it",
            "see docs/operating.md for the right that it needs",
        )
    if output.truncated or output.status != 0:
        raise Exited(f"{argv[0]} on {host} does not tell its rules: {last_line(output.stderr) or 'it said nothing'}")
    return output.stdout


def _outcome(said: Said, probe: Probe) -> tuple[Outcome, str]:
    tables: list[tuple[Chain, ...]] = []
    text = said.saved[probe.family]
    for table in () if said.nft is None else nftables.parse(said.nft, probe):
        # What iptables wrote there it tells better itself.
        if not (table.foreign and table.name == "filter" and text is not None):
            tables.append(table.chains)
    texts = [one for one in (text, said.legacy.get(probe.family)) if one is not None]
    tables += [iptables.parse(one, probe) for one in texts]
    came_to, where = outcome(tables)
    unread = (said.nft is None and text is None) or (probe.family in said.legacy and said.legacy[probe.family] is None)
    # What nobody could read may deny all the same.
    return (Outcome.UNCLEAR, "?") if unread and came_to is not Outcome.DENY else (came_to, where)


def _by(said: Said) -> str:
    """Return who seems to have written the rules, from the names that each gives its own."""
    everything = (said.nft or b"").decode("utf-8", "replace") + "".join(text or "" for text in said.saved.values())
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
    applies=lambda machine: machine.collect is None or "network" in machine.collect,
)
