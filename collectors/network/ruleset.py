"""The rules of a machine's firewall, as its own tools tell them, asked at once: as root, or by one program of sudo.

beffroi-firewall 1
== nft
{"nftables": [{"metainfo": {…}}, …]}
== iptables-save
== failed 1 iptables-save v1.8.11 (nf_tables): Could not fetch rule set generation id: Permission denied (you must…
== end
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from itertools import pairwise

from agent.core.errors import Denied, Exited, ToolMissing, Unreadable
from agent.core.host import Host
from agent.core.lines import last_line, one_line

LONGEST = 32 * 1024 * 1024
PROGRAM = "/usr/local/sbin/beffroi-firewall"
HEAD = "#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C\nexport PATH LC_ALL\n"
# sudo is not asked where nothing was set up: it would write to the log, and mail root, about each attempt.
ASK = '[ "$(id -u)" != 0 ] && [ -x "$1" ] && exec sudo -n -- "$1"; exec sh -c "$2" sh'
BY_HAND = {"nft": "nft -j list ruleset"}
# nft and iptables (nf_tables) for any other account; the service's own sandbox has no netlink at all.
REFUSED = re.compile(r"not permitted|[Pp]ermission denied|you must be root|not supported by protocol")
_SECTION = re.compile(r"^== (.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Hold what the machine's tools tell of its rules; None: that tool is not there.

    `legacy` has a family only where the kernel's older engine holds a filter table of it.
    """

    nft: str | None
    saved: Mapping[int, str | None]
    legacy: Mapping[int, str | None]


def body() -> str:
    """Return the script as it is sent to a machine."""
    return resources.files("collectors.network").joinpath("firewall.sh").read_text()


def installed() -> str:
    """Return the program as it is installed for sudo: it looks for its tools where root keeps them."""
    return HEAD + body()


def look_at(host: Host, timeout: timedelta, *, program: str = PROGRAM) -> Said:
    """Return what a machine's tools tell. Raises ToolMissing, Denied, Exited, Unreadable, and what the host raises."""
    argv = ("sh", "-c", ASK, "sh", program, body())
    output = host.run(*argv, timeout=timeout, accept=None, output_limit=LONGEST, shown="rules of the firewall")
    text = output.stdout.decode("utf-8", "replace")
    if output.truncated:
        raise Unreadable(f"the rules of {host.id} are longer than {LONGEST} bytes")
    if output.status != 0 or not text.startswith("beffroi-firewall 1\n") or not text.endswith("== end\n"):
        said = last_line(output.stderr) or one_line(text[:200]) or "it said nothing"
        raise Denied(f"the firewall of {host.id} is not told: {said}", "see beffroi explain network")
    return parse(text, host.id)


def parse(text: str, host: str) -> Said:
    """Return what each tool tells. Raises Denied where one was refused, Exited where it failed, ToolMissing."""
    _head, *parts = _SECTION.split(text)
    sections = list(zip(parts[::2], parts[1::2], strict=True))
    for (name, _), (after, _) in pairwise(sections):
        if after.startswith("failed "):
            raise _refusal(name, after.removeprefix("failed "), host)
    told = dict(sections)
    if "nft" not in told and "iptables-save" not in told:
        raise ToolMissing(f"{host} has neither nft nor iptables-save, so that its rules cannot be read")
    return Said(
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
            "see beffroi explain network",
        )
    return Exited(f"{one_line(tool)} on {host} does not tell its rules: {one_line(said)}")
