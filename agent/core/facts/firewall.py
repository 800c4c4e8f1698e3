"""Where a machine's firewall lets through what no rule names."""

from dataclasses import dataclass

from agent.core.registered import registered


@registered("firewall.passage")
@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The chain that decides, such as `inet filter input`, and the interface of which it was asked."""

    chain: str
    interface: str
