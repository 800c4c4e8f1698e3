"""Rulesets of nftables, and what becomes of a connection that no rule names."""

from collectors.network.rules import ProbeOutcome
from tests.collectors.network.firewall_looks import ABSENT, ACCEPT, DENY, INPUT, THIRDS, UNCLEAR, USUAL
from tests.collectors.network.translated_rulesets import TRANSLATED

# One table's text each, and what becomes of IPv4 and of IPv6.
RULESETS: dict[str, tuple[str, ProbeOutcome, ProbeOutcome]] = {
    "nothing at all": ("", ABSENT, ABSENT),
    "a policy of drop": (f"table inet f {{ chain i {{ {INPUT} policy drop; {USUAL} }} }}", DENY, DENY),
    "a last rule": (f"table inet f {{ chain i {{ {INPUT} policy accept; {USUAL} reject; }} }}", DENY, DENY),
    "a policy of accept": (f"table inet f {{ chain i {{ {INPUT} policy accept; {USUAL} }} }}", ACCEPT, ACCEPT),
    "only one family": (f"table ip f {{ chain i {{ {INPUT} policy drop; {USUAL} }} }}", DENY, ABSENT),
    "all accepted before the policy": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; accept; }} }}", ACCEPT, ACCEPT,
    ),
    "all new ones accepted": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ct state new accept; }} }}", ACCEPT, ACCEPT,
    ),
    "all but the loopback": (
        f'table inet f {{ chain i {{ {INPUT} policy drop; iifname != "lo" accept; }} }}', ACCEPT, ACCEPT,
    ),
    "the interface of the default route": (
        f'table inet f {{ chain i {{ {INPUT} policy drop; iifname "eth0" accept; }} }}', ACCEPT, ACCEPT,
    ),
    "another interface": (
        f'table inet f {{ chain i {{ {INPUT} policy drop; iifname {{ "docker0", "wg*" }} accept; }} }}', DENY, DENY,
    ),
    "all of one protocol": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; meta l4proto udp accept; }} }}", ACCEPT, ACCEPT,
    ),
    "all high ports": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; tcp dport 1024-65535 accept; }} }}", ACCEPT, ACCEPT,
    ),
    "one network": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ip saddr 10.0.0.0/8 accept; }} }}", DENY, DENY,
    ),
    "all but one network": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ip saddr != 10.0.0.0/8 accept; }} }}", ACCEPT, DENY,
    ),
    "a named set": (
        f"""table inet f {{ set a {{ type ipv4_addr; flags interval; elements = {{ 192.168.0.0/16 }} }}
        chain i {{ {INPUT} policy drop; ip saddr @a accept; }} }}""", DENY, DENY,
    ),
    "a jump that ends it": (
        f"table inet f {{ chain z {{ {USUAL} drop; }} chain i {{ {INPUT} policy accept; jump z; }} }}", DENY, DENY,
    ),
    "a jump that comes back": (
        f"table inet f {{ chain z {{ {USUAL} }} chain i {{ {INPUT} policy accept; jump z; }} }}", ACCEPT, ACCEPT,
    ),
    "a goto to the policy": (
        f"table inet f {{ chain z {{ {USUAL} }} chain i {{ {INPUT} policy accept; goto z; drop; }} }}", ACCEPT, ACCEPT,
    ),
    "a map of verdicts": (
        f"""table inet f {{ chain w {{ tcp dport 443 accept; drop; }}
        chain i {{ {INPUT} policy accept; ct state vmap {{ established : accept, invalid : drop }};
        iifname vmap {{ "lo" : accept, "eth0" : goto w }}; }} }}""", DENY, DENY,
    ),
    "accepted at one door and denied at the next": (
        f"""table inet a {{ chain i {{ {INPUT} policy accept; accept; }} }}
        table inet b {{ chain i {{ type filter hook input priority 10; policy drop; {USUAL} }} }}""", DENY, DENY,
    ),
    "a limit that lets some pass": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; limit rate 5/second accept; }} }}", UNCLEAR, UNCLEAR,
    ),
    "dropped above a rate that a set counts": (
        f"""table inet f {{ set s {{ type ipv4_addr; flags dynamic; }}
        chain i {{ {INPUT} policy accept; add @s {{ ip saddr limit rate over 5/second }} drop; }} }}""", ACCEPT, ACCEPT,
    ),
    "dropped once a set has noted the source": (
        f"""table inet f {{ set s {{ type ipv4_addr; flags dynamic; }}
        chain i {{ {INPUT} policy accept; update @s {{ ip saddr counter }} drop; }} }}""", UNCLEAR, ACCEPT,
    ),
    "accepted once a set has noted both ends": (
        f"""table inet f {{ set s {{ type ipv4_addr . inet_service; flags dynamic; }}
        chain i {{ {INPUT} policy drop; add @s {{ ip saddr . tcp dport }} accept; }} }}""", ACCEPT, DENY,
    ),
    "accepted below a rate that a meter counts": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; meter m {{ ip saddr limit rate 3/minute }} accept; }} }}",
        UNCLEAR, DENY,
    ),
    "a limit on what is named": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; icmp type echo-request limit rate 5/second accept; }} }}",
        DENY, DENY,
    ),
    "dropped only where flags are odd": (
        f"""table inet f {{ chain i {{ {INPUT} policy accept;
        tcp flags & (fin|syn|rst|ack) != syn ct state new drop; }} }}""", ACCEPT, ACCEPT,
    ),
    "two things at once": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ip saddr . tcp dport {{ 10.0.0.1 . 22 }} accept; }} }}",
        DENY, DENY,
    ),
    "all cards but one": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ether saddr != 00:11:22:33:44:55 accept; }} }}",
        ACCEPT, ACCEPT,
    ),
    "all that is for the machine": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; fib daddr type local accept; }} }}", ACCEPT, ACCEPT,
    ),
    "new among other states": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ct state established,new accept; }} }}", ACCEPT, ACCEPT,
    ),
    "most of the world by a range": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ip saddr 1.0.0.0-223.255.255.255 accept; }} }}", ACCEPT, DENY,
    ),
    "the world in parts": (
        f"""table inet f {{ chain i {{ {INPUT} policy drop;
        ip saddr {{ 0.0.0.0/3, 64.0.0.0/2, 128.0.0.0/3, 192.0.0.0/3 }} accept; }} }}""", ACCEPT, DENY,
    ),
    "the world in a named set": (
        f"""table inet f {{ set a {{ type ipv4_addr; flags interval; elements = {{ 1.0.0.0-254.255.255.255 }} }}
        chain i {{ {INPUT} policy drop; ip saddr @a accept; }} }}""", ACCEPT, DENY,
    ),
    "all of IPv6 that is given out": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ip6 saddr 2000::/3 accept; }} }}", DENY, ACCEPT,
    ),
    "all ports in parts": (
        f"""table inet f {{ chain i {{ {INPUT} policy drop;
        tcp dport {{ 1-20000, 20002-40000, 40002-65535 }} accept; }} }}""", ACCEPT, ACCEPT,
    ),
    "ports by their order": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; tcp dport >= 1024 accept; }} }}", ACCEPT, ACCEPT,
    ),
    "the mark of what no rule marked": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; meta mark 0 accept; }} }}", ACCEPT, ACCEPT,
    ),
    "what bears a mark": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; meta mark != 0 accept; }} }}", UNCLEAR, UNCLEAR,
    ),
    "the group of every interface": (
        f'table inet f {{ chain i {{ {INPUT} policy drop; iifgroup "default" accept; }} }}', ACCEPT, ACCEPT,
    ),
    "one family by its ether type": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ether type ip accept; }} }}", ACCEPT, DENY,
    ),
    "a broadcast address": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ip daddr 192.0.2.255 accept; }} }}", UNCLEAR, DENY,
    ),
    "only another machine's address dropped": (
        f"table inet f {{ chain i {{ {INPUT} policy accept; ip daddr 203.0.113.9 drop; }} }}", ACCEPT, ACCEPT,
    ),
    "the addresses of a network dropped": (
        f"table inet f {{ chain i {{ {INPUT} policy accept; ip daddr 10.0.0.0/8 drop; }} }}", ACCEPT, ACCEPT,
    ),
    "the machine's only address of IPv4 dropped": (
        f"table inet f {{ chain i {{ {INPUT} policy accept; ip daddr 192.0.2.0/24 drop; }} }}", DENY, ACCEPT,
    ),
    "one of the machine's addresses of IPv6 dropped": (
        f"table inet f {{ chain i {{ {INPUT} policy accept; ip6 daddr 2001:db8::1 drop; }} }}", ACCEPT, UNCLEAR,
    ),
    "the machine's address accepted": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ip daddr 192.0.2.1 accept; }} }}", ACCEPT, DENY,
    ),
    "another machine's address accepted": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ip daddr 203.0.113.9 accept; }} }}", DENY, DENY,
    ),
    "an element with a limit of its own": (
        f"""table inet f {{ set a {{ type ipv4_addr; flags interval; limit rate 1/second;
        elements = {{ 0.0.0.0/0 }} }}
        chain i {{ {INPUT} policy accept; ip saddr @a drop; }} }}""", UNCLEAR, ACCEPT,
    ),
    "every address dropped": (
        f"table inet f {{ chain i {{ {INPUT} policy accept; ip daddr 0.0.0.0/0 drop; }} }}", DENY, ACCEPT,
    ),
    "half of all senders dropped": (
        f"table inet f {{ chain i {{ {INPUT} policy accept; ip saddr 128.0.0.0/1 drop; }} }}", ACCEPT, ACCEPT,
    ),
    "most senders dropped by a set": (
        f"""table inet f {{ set a {{ type ipv4_addr; flags interval; elements = {{ 1.0.0.0-199.255.255.255 }} }}
        chain i {{ {INPUT} policy accept; ip saddr @a drop; }} }}""", ACCEPT, ACCEPT,
    ),
    "most ports dropped": (
        f"table inet f {{ chain i {{ {INPUT} policy accept; th dport 0-49151 drop; }} }}", ACCEPT, ACCEPT,
    ),
    "all ports dropped in parts": (
        f"""table inet f {{ chain i {{ {INPUT} policy accept; th dport 0-30000 drop; th dport >= 30001 drop; }} }}""",
        DENY, DENY,
    ),
    "all senders but one network dropped": (
        f"""table inet f {{ chain i {{ {INPUT} policy accept; meta nfproto ipv6 drop;
        ip saddr != 10.0.0.0/8 drop; }} }}""", DENY, DENY,
    ),
    "all but half of the senders accepted": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ip saddr != 128.0.0.0/1 accept; }} }}", ACCEPT, DENY,
    ),
    "all but most ports accepted": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; th dport != 0-60000 accept; }} }}", UNCLEAR, UNCLEAR,
    ),
    "an element with a comment": (
        f"""table inet f {{ map m {{ type ifname : verdict; elements = {{ "eth0" comment "wan" : accept }} }}
        chain i {{ {INPUT} policy drop; iifname vmap @m; }} }}""", ACCEPT, ACCEPT,
    ),
    "an element with a timeout": (
        f"""table inet f {{ map m {{ type ipv4_addr : verdict; flags interval,timeout;
        elements = {{ 0.0.0.0/0 timeout 1d : accept }} }}
        chain i {{ {INPUT} policy drop; ip saddr vmap @m; }} }}""", ACCEPT, DENY,
    ),
    "elements with counters": (
        f"""table inet f {{ map m {{ type ifname : verdict; counter; elements = {{ "eth0" : accept }} }}
        chain i {{ {INPUT} policy drop; iifname vmap @m; }} }}""", ACCEPT, ACCEPT,
    ),
    "an element for all others": (
        f"""table inet f {{ chain i {{ {INPUT} policy accept;
        tcp dport vmap {{ 22 : accept, 23 : continue, * : drop }}; meta l4proto udp drop; }} }}""", DENY, DENY,
    ),
    "a set that rules fill": (
        f"""table inet f {{ set s {{ type ipv4_addr; flags dynamic; }}
        chain i {{ {INPUT} policy drop; add @s {{ ip saddr }}; ip saddr @s accept; }} }}""", UNCLEAR, DENY,
    ),
    "all ports in parts of a map": (
        f"""table inet f {{ chain i {{ {INPUT} policy drop;
        th dport vmap {{ {", ".join(f"{part} : accept" for part in THIRDS)} }}; }} }}""", ACCEPT, ACCEPT,
    ),
    "all ports in parts with the interface": (
        f"""table inet f {{ chain i {{ {INPUT} policy drop;
        iifname . tcp dport {{ {", ".join(f'"eth0" . {part}' for part in THIRDS)} }} accept; }} }}""", ACCEPT, ACCEPT,
    ),
    "all ports in parts of three rules": (
        f"""table inet f {{ chain i {{ {INPUT} policy drop;
        {" ".join(f"tcp dport {part} accept;" for part in THIRDS)} }} }}""", ACCEPT, ACCEPT,
    ),
    "all ports in parts of two chains": (
        f"""table inet f {{ chain z {{ tcp dport {THIRDS[0]} accept; }}
        chain i {{ {INPUT} policy drop; jump z; tcp dport {THIRDS[1]} accept; }} }}""", ACCEPT, ACCEPT,
    ),
    "some ports and some senders": (
        f"""table inet f {{ chain i {{ {INPUT} policy drop; th dport 0-20000 accept;
        ip saddr 0.0.0.0/2 accept; }} }}""", UNCLEAR, DENY,
    ),
    "the same ports twice": (
        f"""table inet f {{ chain z {{ th dport 32768-60999 accept; }}
        chain i {{ {INPUT} policy drop; jump z; th dport 32768-60999 ip saddr 10.0.0.0/8 accept; jump z; }} }}""",
        DENY, DENY,
    ),
    "a range of protocols": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; meta l4proto 0-255 accept; }} }}", ACCEPT, ACCEPT,
    ),
    "a range of protocols of IPv4": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ip protocol 1-20 accept; }} }}", ACCEPT, DENY,
    ),
    "a range of marks": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; meta mark 0-4294967295 accept; }} }}", UNCLEAR, UNCLEAR,
    ),
    "a range of zones": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ct zone 0-65535 accept; }} }}", UNCLEAR, UNCLEAR,
    ),
    "a range of groups": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; iifgroup 0-10 accept; }} }}", UNCLEAR, UNCLEAR,
    ),
    "a range of ether types": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ether type 0x0-0xffff accept; }} }}", UNCLEAR, UNCLEAR,
    ),
    "a mark set before": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; meta mark set 1; meta mark 1 accept; }} }}",
        UNCLEAR, UNCLEAR,
    ),
    "a mark set in another chain": (
        f"""table inet f {{ chain p {{ type filter hook prerouting priority 0; ct mark set 1; }}
        chain i {{ {INPUT} policy drop; ct mark 1 accept; }} }}""", UNCLEAR, UNCLEAR,
    ),
    "a sender written before": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ip saddr set 10.0.0.1; ip saddr 10.0.0.1 accept; }} }}",
        UNCLEAR, DENY,
    ),
    "one card": (
        f"table inet f {{ chain i {{ {INPUT} policy drop; ether saddr 00:11:22:33:44:55 accept; }} }}",
        UNCLEAR, UNCLEAR,
    ),
    "new ones dropped and none is tracked": (
        f"""table inet f {{ chain p {{ type filter hook prerouting priority -300; notrack; }}
        chain i {{ {INPUT} policy accept; ct state new drop; }} }}""", UNCLEAR, UNCLEAR,
    ),
    "a drop of what is not understood": (
        f"table inet f {{ chain i {{ {INPUT} policy accept; meta iiftype ether drop; }} }}", UNCLEAR, UNCLEAR,
    ),
    "a drop of what opens connections": (
        f"""table inet f {{ chain i {{ {INPUT} policy accept; tcp flags & (fin|syn|rst|ack) == syn drop;
        meta l4proto udp drop; }} }}""", DENY, DENY,
    ),
    "a drop of what may open connections": (
        f"""table inet f {{ chain i {{ {INPUT} policy accept; tcp flags & (fin|syn|ecn|cwr) == syn drop;
        meta l4proto udp drop; }} }}""", UNCLEAR, UNCLEAR,
    ),
    "a chain for what goes through": (
        "table inet f { chain x { type filter hook forward priority 0; policy drop; } }", ABSENT, ABSENT,
    ),
    **TRANSLATED,
}  # fmt: skip
