"""The rules of a machine's firewall, as its own tools tell them, asked at once of anyone who may read them there.

== nft
{"nftables": [{"metainfo": {…}}, …]}
== iptables-save
== failed 1 iptables-save v1.8.11 (nf_tables): Could not fetch rule set generation id: Permission denied (you must…
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from agent.core.errors import Denied, Exited, ToolMissing
from agent.core.host import Host
from agent.core.lines import one_line
from agent.hosts.root_requests import RootRequest, ask

BY_HAND = {"nft": "nft -j list ruleset"}
# nft and iptables (nf_tables) for any other account; the service's own sandbox has no netlink at all.
REFUSED = re.compile(r"not permitted|[Pp]ermission denied|you must be root|not supported by protocol")
# iptables-nft's, of a rule that nft wrote into the table that is iptables' as well: nft tells it.
NFTS_OWN = re.compile(r"Parsing nftables rule failed")
HINT = "see beffroi explain network"
_SECTION = re.compile(r"^== (.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesetOutput:
    """What the machine's tools tell of its rules; None: that tool is not there, or cannot tell what nft wrote.

    `legacy` has a family only where the kernel's older engine holds a filter table of it.
    """

    nft: str | None
    saved: Mapping[int, str | None]
    legacy: Mapping[int, str | None]


def look_at(host: Host, timeout: timedelta) -> RulesetOutput:
    """Return what a machine's tools tell. Raises ToolMissing, Denied, Exited, Unreadable, and what the host raises."""
    told = ask(host, RootRequest.FIREWALL, timeout)
    try:
        return parse(told.text, host.id)
    except Denied as error:
        raise Denied(told.denial(error.message), error.hint) from error


def parse(text: str, host: str) -> RulesetOutput:
    """Return what each tool tells. Raises Denied where one was refused, Exited where it failed, ToolMissing."""
    _head, *parts = _SECTION.split(text)
    sections = list(zip(parts[::2], parts[1::2], strict=True))
    told = dict(sections)
    for (name, _), (after, _) in pairwise(sections):
        if after.startswith("failed ") and "nft" in told and name != "nft" and NFTS_OWN.search(after):
            del told[name]
        elif after.startswith("failed "):
            raise _refusal(name, after.removeprefix("failed "), host)
    if "nft" not in told and "iptables-save" not in told:
        raise ToolMissing(f"{host} has neither nft nor iptables-save, so that its rules cannot be read")
    return RulesetOutput(
        nft=told.get("nft"),
        saved={4: told.get("iptables-save"), 6: told.get("ip6tables-save")},
        legacy={
            number: told.get(f"{family}tables-legacy-save")
            for number, family in ((4, "ip"), (6, "ip6"))
            if f"legacy-{family}" in told
        },
    )


def _refusal(tool: str, said: str, host: str) -> Denied | Exited:
    if REFUSED.search(said):
        by_hand = BY_HAND.get(tool, tool)
        return Denied(
            f"the firewall of {host} may not be read by the account used there: sudo {one_line(by_hand)} shows it",
            HINT,
        )
    return Exited(f"{one_line(tool)} on {host} does not show its rules: {one_line(said)}")
