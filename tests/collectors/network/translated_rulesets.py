"""Rulesets of nftables that ask whether a connection is translated, and what becomes of one that no rule names."""

from collectors.network.rules import ProbeOutcome
from tests.collectors.network.firewall_looks import ABSENT, DENY, INPUT, UNCLEAR

# One table's text each, and what becomes of IPv4 and of IPv6.
TRANSLATED: dict[str, tuple[str, ProbeOutcome, ProbeOutcome]] = {
    "what is translated and nothing is": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ct status dnat accept; }} }}", DENY, DENY,
    ),
    "what is translated and one port is": (
        f"""table inet n {{ chain p {{ type nat hook prerouting priority -100; tcp dport 8080 redirect to :80; }} }}
        table inet f {{ chain i {{ {INPUT} policy drop; ct status dnat accept; }} }}""", DENY, DENY,
    ),
    "what is translated and all is": (
        f"""table inet n {{ chain p {{ type nat hook prerouting priority -100; tcp dport 1-65535 redirect to :22; }} }}
        table inet f {{ chain i {{ {INPUT} policy drop; ct status dnat accept; }} }}""", UNCLEAR, UNCLEAR,
    ),
    "what is translated for another interface": (
        f"""table inet n {{ chain z {{ redirect; }}
        chain p {{ type nat hook prerouting priority -100; iifname "docker0" jump z; }} }}
        table inet f {{ chain i {{ {INPUT} policy drop; ct status dnat accept; }} }}""", DENY, DENY,
    ),
    "what is not translated dropped and all is": (
        f"""table ip n {{ chain p {{ type nat hook prerouting priority -100; dnat to 192.0.2.1; }} }}
        table ip f {{ chain i {{ {INPUT} policy accept; ct status != dnat drop; }} }}""", UNCLEAR, ABSENT,
    ),
}  # fmt: skip
