"""What a connection that no rule names meets: real nftables and iptables, recorded ufw and firewalld, and doubts."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.collecting.collector import Look
from agent.core.convention import CLAUSES
from agent.core.errors import Denied, Exited, LookError, TimedOut, ToolMissing, Unreadable
from agent.core.host import Host
from agent.core.inventory import DeclaredHost, Inventory
from agent.core.judging.check import Question
from agent.core.model import Fact, Finding, Observation, State, Target
from agent.core.reason import Reason
from agent.hosts import root_requests
from agent.hosts.local import LocalHost
from checks.network_segmentation import CHECK
from collectors.network import firewall, interfaces, iptables, nft_conditions, nftables, ruleset
from collectors.network.rules import Act, Chain, FirewallRule, ProbeOutcome, outcome
from collectors.network.traffic import EVERYTHING, Probe, network_span
from tests.parts.narrowed import Through, programs
from tests.parts.networks import NEAR4, NEAR6, Machine, impossible, joined, machine
from tests.parts.unprivileged import in_child, open_folder

pytestmark = [pytest.mark.programs]

RECORDED = Path(__file__).parent / "recorded"
# What ends a program that hangs.
BOUNDED = ("timeout", "date")
V4, V6 = Probe("eth0", 4, "tcp"), Probe("eth0", 6, "tcp")
DENY, ACCEPT, UNCLEAR, ABSENT = ProbeOutcome.DENY, ProbeOutcome.ACCEPT, ProbeOutcome.UNCLEAR, ProbeOutcome.ABSENT


@pytest.fixture(scope="module")
def near() -> Iterator[Machine]:
    """Return a machine with eth0 on both families and a default route on each."""
    reason = impossible()
    if reason is not None:
        pytest.skip(reason)
    with joined() as (one, _other):
        one.do("ip", "route", "add", "default", "via", "192.0.2.9")
        one.do("ip", "-6", "route", "add", "default", "via", "2001:db8::9")
        yield one


def look(host: Host) -> Observation:
    """Return the result of one look at a machine's firewall."""
    now = datetime.now(UTC)
    means = Look(
        now=now, here=host, host=lambda id: host, timeout=timedelta(seconds=20), folder=Path("/nonexistent")
    )  # fmt: skip
    facts = tuple(firewall.collect(DeclaredHost(id="srv-1"), means))
    return Observation(collector="firewall", host="srv-1", subject="srv-1", begun=now, ended=now, facts=facts)


def judged(seen: Observation) -> Finding:
    """Return what the rule makes of it."""
    clause = CLAUSES[CHECK.target]
    target = Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    item = DeclaredHost(id="srv-1")
    question = Question(item=item, inventory=Inventory(), target=target, now=seen.ended, first_seen=seen.ended)
    (need,) = CHECK.needs(question)
    assert (need.collector, need.subject) == ("firewall", "srv-1")
    (finding,) = CHECK.judge(need, seen, question)
    return finding


def seen_of(seen: Observation) -> tuple[object, ...]:
    """Return what became of each family."""
    return tuple(fact.value for name in ("firewall.ipv4", "firewall.ipv6") for fact in seen.named(name))


THIRDS = ("0-20000", "20001-40000", "40001-65535")
INPUT = "type filter hook input priority 0;"
USUAL = 'iif "lo" accept; ct state established,related accept; tcp dport 22 accept;'
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
    "a chain for what goes through": (
        "table inet f { chain x { type filter hook forward priority 0; policy drop; } }", ABSENT, ABSENT,
    ),
}  # fmt: skip


def on_lines(rules: str) -> str:
    """Return rules as nft reads them: a line for each statement and for each brace that ends a block."""
    rules = re.sub(r";\s+", ";\n", rules)
    rules = re.sub(r"(chain|set|map) (\w) \{ ", r"\n\1 \2 {\n", rules)
    while (split := re.sub(r"\n\} *(?=[^\n])", "\n}\n", rules)) != rules:
        rules = split
    return rules + "\n"


@pytest.mark.parametrize(("rules", "four", "six"), RULESETS.values(), ids=RULESETS)
def test_what_real_nftables_make_of_a_connection_that_no_rule_names(
    near: Machine, rules: str, four: ProbeOutcome, six: ProbeOutcome
) -> None:
    near.do("nft", "-f", "-", stdin="flush ruleset\n" + on_lines(rules))
    assert seen_of(look(near)) == (four.value, six.value)


def test_a_table_that_is_dormant_filters_nothing(near: Machine) -> None:
    rules = f"table inet f {{ flags dormant; chain i {{ {INPUT} policy drop; {USUAL} }} }}"
    near.do("nft", "-f", "-", stdin="flush ruleset\n" + on_lines(rules))
    if '"dormant"' in near.do("nft", "-j", "list", "ruleset"):
        assert seen_of(look(near)) == (ABSENT.value, ABSENT.value)
    else:  # Debian 12
        with pytest.raises(Unreadable):
            look(near)


@pytest.mark.parametrize(
    ("probe", "condition", "came_to"),
    [
        (V6, "-s 2000::/3", ACCEPT),
        (V6, "-s fd00::/8", DENY),
        (V4, "-m iprange --src-range 1.0.0.0-254.255.255.255", ACCEPT),
        (V4, "-m iprange --src-range 10.0.0.1-10.0.0.9", DENY),
        (V4, "-d 192.0.2.255/32", UNCLEAR),
        (V4, "-m set --match-set never-read src", UNCLEAR),
        (V4, "-m set ! --match-set never-read src", UNCLEAR),
        (V4, "-m socket", UNCLEAR),
        (V4, "-p 253", DENY),
        (V4, "-p a-protocol-of-later", UNCLEAR),
        (V4, "-m policy --dir in --pol ipsec", DENY),
    ],
)
def test_a_part_of_the_world_is_no_exception(probe: Probe, condition: str, came_to: ProbeOutcome) -> None:
    rules = f"*filter\n:INPUT DROP [0:0]\n-A INPUT {condition} -j ACCEPT\nCOMMIT\n"
    assert outcome([iptables.parse(rules, probe)])[0] is came_to


@pytest.mark.parametrize(("policy", "last", "came_to"), [
    ("ACCEPT", "! -s 10.0.0.0/8 -j DROP", DENY), ("ACCEPT", "-p 6 -j RETURN", ACCEPT), ("DROP", "-j ACCEPT", ACCEPT),
])  # fmt: skip
def test_a_long_list_of_senders_hides_no_rule_behind_it(policy: str, last: str, came_to: ProbeOutcome) -> None:
    senders = [f"-A INPUT -s 203.0.{number >> 8}.{number & 255}/32 -j DROP" for number in range(0, 2000, 2)]
    rules = "\n".join(["*filter", f":INPUT {policy} [0:0]", *senders, f"-A INPUT {last}", "COMMIT\n"])
    assert outcome([iptables.parse(rules, V4)])[0] is came_to


def test_a_list_of_pairs_too_long_to_follow_is_a_doubt() -> None:
    left = {"concat": [{"payload": {"protocol": "tcp", "field": "dport"}}, {"meta": {"key": "l4proto"}}]}
    for pairs, came_to in ((nft_conditions.MOST_PAIRS, DENY), (nft_conditions.MOST_PAIRS + 1, UNCLEAR)):
        held = [{"concat": [22, "tcp"]}] * pairs
        rule = one_rule([{"match": {"op": "==", "left": left, "right": {"set": held}}}, {"accept": None}])
        assert outcome(table.chains for table in nftables.parse(rule, V4))[0] is came_to


def test_flags_that_nft_garbles_are_no_sign_that_a_table_filters() -> None:
    """The text is nft 1.0.6's own, of a dormant table."""
    told = (
        '{"nftables": [{"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1}},'
        ' {"table": {"family": "inet", "name": "f", "handle": 1, "flags": "f"}}, {"chain": {"family": "inet", "table":'
        ' "f", "name": "i", "handle": 1, "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}}]}'
    )
    with pytest.raises(Unreadable, match="garbled"):
        nftables.parse(told, V4)


IPTABLES: dict[str, tuple[tuple[str, ...], ProbeOutcome]] = {
    "a policy": (("-P INPUT DROP", "-A INPUT -i lo -j ACCEPT", "-A INPUT -p tcp --dport 22 -j ACCEPT"), DENY),
    "a last rule": (("-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT", "-A INPUT -j REJECT"), DENY),
    "nothing at the end": (("-A INPUT -p tcp --dport 22 -j ACCEPT",), ACCEPT),
    "all accepted before the policy": (("-P INPUT DROP", "-A INPUT -j ACCEPT"), ACCEPT),
    "all new ones accepted": (("-P INPUT DROP", "-A INPUT -m conntrack --ctstate NEW -j ACCEPT"), ACCEPT),
    "all but the loopback": (("-P INPUT DROP", "-A INPUT ! -i lo -j ACCEPT"), ACCEPT),
    "many ports": (("-P INPUT DROP", "-A INPUT -p udp -m multiport --dports 53,1000:65000 -j ACCEPT"), ACCEPT),
    "a limit": (("-P INPUT DROP", "-A INPUT -m limit --limit 3/min -j ACCEPT"), UNCLEAR),
    "all ports in parts": (
        ("-P INPUT DROP", "-A INPUT -p tcp -m multiport --dports 1:20000,20001:40000,40001:65535 -j ACCEPT"), ACCEPT,
    ),
    "the mark of what no rule marked": (("-P INPUT DROP", "-A INPUT -m mark --mark 0 -j ACCEPT"), ACCEPT),
    "a comment like an option": (
        ("-P INPUT DROP", '-A INPUT -m comment --comment "--src any" -j ACCEPT'), ACCEPT,
    ),
    "a comment that begins with a dash": (('-A INPUT -m comment --comment "--- deny all ---" -j DROP',), DENY),
    "only another machine's address dropped": (("-A INPUT -d 203.0.113.9/32 -j DROP",), UNCLEAR),
    "half of all senders dropped": (("-A INPUT -s 128.0.0.0/1 -j DROP",), ACCEPT),
    "most ports dropped": (
        ("-A INPUT -p tcp --dport 0:49151 -j DROP", "-A INPUT -p udp --dport 0:49151 -j DROP"), ACCEPT,
    ),
    "all but half of the senders": (("-P INPUT DROP", "-A INPUT ! -s 128.0.0.0/1 -j ACCEPT"), ACCEPT),
    "all senders but one network dropped": (("-A INPUT ! -s 10.0.0.0/8 -j DROP",), DENY),
    "all ports in three rules": (
        ("-P INPUT DROP", *(f"-A INPUT -p tcp --dport {part.replace('-', ':')} -j ACCEPT" for part in THIRDS)), ACCEPT,
    ),
    "a mark set before": (
        ("-P INPUT DROP", "-A INPUT -j MARK --set-mark 1", "-A INPUT -m mark --mark 1 -j ACCEPT"), UNCLEAR,
    ),
    "one card": (("-P INPUT DROP", "-A INPUT -m mac --mac-source 00:11:22:33:44:55 -j ACCEPT"), UNCLEAR),
    "new ones dropped and none is tracked": (
        ("-t raw -A PREROUTING -j CT --notrack", "-A INPUT -m conntrack --ctstate NEW -j DROP"), UNCLEAR,
    ),
    "a drop of what is not understood": (("-A INPUT -m ttl --ttl-gt 1 -j DROP",), UNCLEAR),
    "what opens connections": (("-A INPUT -p tcp --syn -j DROP", "-A INPUT -p udp -j DROP"), DENY),
    "what is translated and one port is": (
        ("-P INPUT DROP", "-t nat -A PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports 80",
         "-A INPUT -m conntrack --ctstate RELATED,DNAT -j ACCEPT"), DENY,
    ),
    "what is translated and all is": (
        ("-P INPUT DROP", "-t nat -N Z", "-t nat -A PREROUTING -j Z", "-t nat -A Z -p tcp -j REDIRECT --to-ports 22",
         "-A INPUT -m conntrack --ctstate DNAT -j ACCEPT"), UNCLEAR,
    ),
    "a comment like a rule": (
        ("-P INPUT DROP", '-A INPUT -m comment --comment "-j ACCEPT all" -s 10.0.0.0/8 -j ACCEPT'), DENY,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("commands", "came_to"), IPTABLES.values(), ids=IPTABLES)
def test_what_real_iptables_make_of_it_with_and_without_nft(
    tmp_path: Path, commands: tuple[str, ...], came_to: ProbeOutcome
) -> None:
    reason = impossible()
    if reason is not None:
        pytest.skip(reason)
    with machine() as alone:
        for command in commands:
            for program in ("iptables", "ip6tables"):
                if program == "iptables" or not re.search(r"\d\.0\.0\.0|203\.0|ttl", command):
                    alone.do(program, *shlex.split(command))
        assert seen_of(look(alone)) == (came_to.value,)
        narrow = Through(alone, programs(tmp_path / "bin", *BOUNDED, "ip", "iptables-save", "ip6tables-save"))
        seen = look(narrow)
        assert seen_of(seen) == (came_to.value,)
        fact = seen.one("firewall.by")
        assert fact is not None
        assert fact.value == "iptables"


@pytest.mark.parametrize("rule", ["ct state established,related accept", "tcp dport { 22, 80 } accept"])
def test_a_table_that_iptables_cannot_tell_is_read_from_nft(near: Machine, tmp_path: Path, rule: str) -> None:
    near.do("nft", "flush", "ruleset")
    near.do("nft", "add table ip filter")
    near.do("nft", "add chain ip filter INPUT { type filter hook input priority 0; policy drop; }")
    near.do("nft", "add chain ip filter other { type filter hook input priority 5; policy drop; }")
    near.do("nft", f"add rule ip filter INPUT {rule}")
    near.do("iptables", "-A", "INPUT", "-m", "limit", "--limit", "3/min", "-j", "LOG")
    assert not iptables.tells(near.do("iptables-save"), "filter")
    # nft 1.0.6, Debian 12's, does not name iptables' targets.
    named = '"name": "LOG"' in near.do("nft", "-j", "list", "ruleset")
    assert seen_of(look(near))[0] == (DENY if named else UNCLEAR).value
    without = Through(near, programs(tmp_path / "bin", *BOUNDED, "ip", "iptables-save", "ip6tables-save"))
    assert seen_of(look(without))[0] == UNCLEAR.value


@pytest.mark.parametrize(
    ("policy", "rules", "came_to"),
    [
        ("accept", ("ip saddr { 203.0.113.1, 203.0.113.2 } drop",), ACCEPT),
        ("accept", ('iifname { "eth5", "eth6" } drop',), ACCEPT),
        ("accept", ("ip saddr . tcp dport { 203.0.113.1 . 22 } drop",), ACCEPT),
        ("drop", ("tcp dport { 22, 80 } accept",), DENY),
        ("drop", ("ip saddr { 203.0.113.1, 203.0.113.2 } accept", "tcp dport 22 accept"), DENY),
        # iptables-save ends here: Parsing nftables rule failed
        ("accept", ("ip saddr 203.0.113.1-203.0.113.5 drop",), ACCEPT),
        ("drop", ("ip saddr 203.0.113.1-203.0.113.5 accept",), DENY),
    ],
)
@pytest.mark.parametrize("both", [False, True])
def test_what_iptables_says_of_a_rule_of_nft_s_own_is_not_believed(
    near: Machine, policy: str, rules: tuple[str, ...], came_to: ProbeOutcome, both: bool
) -> None:
    near.do("nft", "flush", "ruleset")
    near.do("nft", "add table ip filter")
    near.do("nft", f"add chain ip filter INPUT {{ type filter hook input priority 0; policy {policy}; }}")
    for rule in rules:
        near.do("nft", f"add rule ip filter INPUT {rule}")
    if both:
        near.do("iptables", "-A", "INPUT", "-p", "tcp", "-m", "conntrack", "--ctstate", "RELATED", "-j", "ACCEPT")
    # Where iptables-save fails, a rule that iptables wrote is told by no one.
    fails = both and "-203" in rules[0]
    assert seen_of(look(near))[0] == (UNCLEAR if fails and came_to is DENY else came_to).value


def test_the_kernel_s_older_engine_counts_as_well(tmp_path: Path) -> None:
    reason = impossible()
    if reason is not None:
        pytest.skip(reason)
    with machine() as alone:
        tried = subprocess.run(
            ["ip", "netns", "exec", alone.name, "iptables-legacy", "-P", "INPUT", "DROP"],
            capture_output=True,
            check=False,
        )
        if tried.returncode != 0:
            pytest.skip(f"this kernel has no legacy iptables: {tried.stderr.decode(errors='replace').strip()[:200]}")
        assert seen_of(look(alone)) == (DENY.value,)
        blind = Through(alone, programs(tmp_path / "bin", *BOUNDED, "ip", "nft"))
        assert seen_of(look(blind)) == (UNCLEAR.value,)


def test_a_family_that_no_tool_tells_of_is_not_taken_for_an_open_door(near: Machine, tmp_path: Path) -> None:
    near.do("nft", "flush", "ruleset")
    near.do("iptables", "-P", "INPUT", "DROP")
    half = Through(near, programs(tmp_path / "bin", *BOUNDED, "ip", "iptables-save"))
    assert seen_of(look(half)) == (DENY.value, UNCLEAR.value)


@pytest.mark.parametrize(
    ("name", "came_to"), [("deny", DENY), ("allow", ACCEPT), ("reject", DENY), ("off", ACCEPT)]
)  # fmt: skip
def test_ufw_as_it_was_recorded(name: str, came_to: ProbeOutcome) -> None:
    chains = iptables.parse((RECORDED / f"ufw-0.36.2-{name}.iptables-save").read_text(), V4)
    assert outcome([chains])[0] is came_to
    if name == "deny":
        six = iptables.parse((RECORDED / "ufw-0.36.2-deny.ip6tables-save").read_text(), V6)
        assert outcome([six])[0] is DENY


@pytest.mark.parametrize(("name", "came_to"), [("public", DENY), ("trusted", ACCEPT), ("interface-trusted", ACCEPT)])
@pytest.mark.parametrize("probe", [V4, V6])
def test_firewalld_as_it_was_recorded(name: str, came_to: ProbeOutcome, probe: Probe) -> None:
    tables = nftables.parse((RECORDED / f"firewalld-2.3.1-{name}.nft.json").read_bytes(), probe)
    assert outcome(table.chains for table in tables)[0] is came_to


@pytest.mark.parametrize("name", ["deny", "allow"])
def test_what_nft_cannot_tell_of_iptables_rules_is_never_taken_for_a_refusal(name: str) -> None:
    tables = nftables.parse((RECORDED / f"ufw-0.36.2-{name}.nft.json").read_bytes(), V4)
    assert [table.foreign for table in tables] == [True]
    assert outcome(table.chains for table in tables)[0] is UNCLEAR


@pytest.mark.parametrize(
    ("four", "six", "state", "reason", "about"),
    [
        ("deny", "deny", State.MET, Reason.WITHIN_LIMIT, {"by": "ufw"}),
        ("deny", None, State.MET, Reason.WITHIN_LIMIT, {"by": "ufw"}),
        ("deny", "absent", State.MISSED, Reason.ABSENT, {"family": "IPv6"}),
        ("absent", None, State.MISSED, Reason.ABSENT, {}),
        ("deny", "unclear", State.UNPROVEN, Reason.UNREADABLE, {"family": "IPv6", "by": "ufw"}),
        ("accept", "deny", State.MISSED, Reason.NOT_ENGAGED, {"family": "IPv4", "by": "ufw"}),
    ],
)
def test_the_family_that_denies_least_decides(
    four: str, six: str | None, state: State, reason: Reason, about: dict[str, str]
) -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    told = {"firewall.ipv4": four, "firewall.ipv6": six, "firewall.by": "ufw"}
    facts = tuple(Fact(name=name, subject="srv-1", value=value, as_of=at) for name, value in told.items() if value)
    found = judged(Observation(collector="firewall", host="srv-1", subject="srv-1", begun=at, ended=at, facts=facts))
    assert (found.state, found.reason, found.about) == (state, reason, about)


def test_rules_that_take_too_long_to_follow_end_with_the_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host may have any number of interfaces; a look past twice its deadline ends the daemon."""
    said = ruleset.RulesetOutput(nft='{"nftables": []}', saved={4: None, 6: None}, legacy={})
    monkeypatch.setattr(firewall, "look_at", lambda host, timeout: said)
    monkeypatch.setattr(interfaces, "of", lambda host: {4: tuple(f"eth{number}" for number in range(10_000))})
    means = Look(
        now=datetime(2026, 11, 24, tzinfo=UTC), here=LocalHost("here"), host=LocalHost, timeout=timedelta(0),
        folder=Path("/nonexistent"),
    )  # fmt: skip
    with pytest.raises(TimedOut, match="takes too long to follow"):
        list(firewall.collect(DeclaredHost(id="srv-1", beneficiaries=("scota",), transport="local"), means))


def test_an_account_that_may_not_read_the_rules_shows_nothing_and_is_told_what_does() -> None:
    assert root_requests.script()  # a stranger may not read what Python loads at the first time
    said = in_child(lambda: str(look(LocalHost("srv-1"))), uid=65533)
    assert "Denied: the firewall of srv-1 may not be read" in said
    assert "sudo nft -j list ruleset shows it" in said


def test_what_sudo_says_is_told_where_it_was_set_up_and_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_folder() as folder:
        bin = programs(folder / "bin", *BOUNDED, "id")
        for name, says in (
            ("sudo", "a password is required"),
            ("nft", "Operation not permitted"),
            ("beffroi-root", ""),
        ):
            (bin / name).write_text(f"#!/bin/sh\necho '{name}: {says}' >&2\nexit 1\n")
            (bin / name).chmod(0o755)
        monkeypatch.setattr(root_requests, "PROGRAM", str(bin / "beffroi-root"))
        assert root_requests.script()  # a stranger may not read what Python loads at the first time
        said = in_child(lambda: str(look(Through(LocalHost("srv-1"), bin))), uid=65533)
    assert said.startswith("Denied: the firewall of srv-1 may not be read by the account used there")
    assert "(the door to root's rights answers with 1: sudo: a password is required)" in said


def test_the_program_that_is_installed_for_sudo_looks_where_root_keeps_its_tools_and_tells_the_same(
    near: Machine, tmp_path: Path
) -> None:
    near.do("nft", "-f", "-", stdin="flush ruleset\n" + on_lines(RULESETS["a policy of drop"][0]))
    program = tmp_path / "beffroi-root"
    program.write_text(root_requests.program())
    said = near.do("env", "PATH=/nowhere", "/bin/sh", str(program), stdin="firewall\n")
    assert ruleset.parse(said, "near").nft == ruleset.look_at(near, timedelta(seconds=20)).nft


def test_a_machine_without_any_tool_shows_nothing(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing):
        look(Through(LocalHost("srv-1"), programs(tmp_path / "bin", *BOUNDED)))


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("echo 'netlink: Error: cache initialization failed: Operation not permitted' >&2; exit 1", Denied),
        ("echo 'Unable to open netlink: Address family not supported by protocol' >&2; exit 1", Denied),
        ("echo 'segmentation fault' >&2; exit 139", Exited),
        ('echo \'{"nftables": [{"table": 3}]}\'', LookError),
        ("echo nothing", LookError),
    ],
)
def test_a_tool_that_says_something_else_shows_nothing(tmp_path: Path, said: str, error: type[LookError]) -> None:
    folder = programs(tmp_path / "bin", *BOUNDED)
    (folder / "nft").write_text(f"#!/bin/sh\n{said}\n")
    (folder / "nft").chmod(0o755)
    with pytest.raises(error):
        look(Through(LocalHost("srv-1"), folder))


def test_rules_that_lead_to_each_other_end_and_decide_nothing() -> None:
    first = Chain(name="a", rules=(FirewallRule(match=EVERYTHING, act=Act.JUMP, target="b"),), policy=Act.DENY)
    chains = (first, Chain(name="b", rules=(FirewallRule(match=EVERYTHING, act=Act.JUMP, target="a"),)))
    assert outcome([chains])[0] is UNCLEAR


def test_what_is_handed_to_a_program_is_decided_elsewhere() -> None:
    tables = nftables.parse(one_rule([{"queue": {"num": 1}}]), V4)
    assert outcome(table.chains for table in tables)[0] is UNCLEAR


def one_rule(expressions: list[object]) -> bytes:
    """Return a ruleset of one rule, as nft tells it."""
    own = {"family": "ip", "table": "f"}
    objects = [
        {"table": {"family": "ip", "name": "f"}},
        {"chain": {**own, "name": "i", "type": "filter", "hook": "input", "policy": "drop"}},
        {"rule": {**own, "chain": "i", "expr": expressions}},
    ]
    return json.dumps({"nftables": objects}).encode()


@given(st.binary(max_size=200))
def test_no_bytes_break_a_reader(said: bytes) -> None:
    text = said.decode("latin-1")
    for read in (lambda: nftables.parse(said, V4), lambda: iptables.parse(text, V6), lambda: ruleset.parse(text, "x")):
        try:
            read()
        except LookError as error:
            assert error.message


TREES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["lo", "@a", "accept", "new"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["match", "left", "right", "op", "vmap", "meta", "key", "jump", "set"]), inner
        )
    ),
    max_leaves=8,
)


@given(st.lists(TREES, max_size=4))
def test_no_ruleset_breaks_a_reader(expressions: list[object]) -> None:
    try:
        tables = nftables.parse(one_rule(expressions), V4)
        outcome(table.chains for table in tables)
    except LookError as error:
        assert error.message


def test_the_interfaces_of_the_default_routes_are_those_that_are_asked_about(near: Machine) -> None:
    assert interfaces.of(near) == {4: ("eth0",), 6: ("eth0",)}


def test_a_default_route_that_only_refuses_has_no_interface(near: Machine) -> None:
    near.do("ip", "route", "add", "unreachable", "default", "metric", "900")
    try:
        assert interfaces.of(near)[4] == ("eth0",)
        near.do("ip", "route", "delete", "default", "via", "192.0.2.9")
        assert interfaces.of(near)[4] == ("eth0",)
    finally:
        near.do("ip", "route", "delete", "unreachable", "default", "metric", "900")
        near.do("ip", "route", "replace", "default", "via", "192.0.2.9")


def test_the_addresses_of_a_machine_are_those_that_its_kernel_answers_for(near: Machine) -> None:
    found = interfaces.addresses(near)
    spans = {family: [str(ip_address(first)) for first, _ in found[family].own] for family in (4, 6)}
    assert (spans[4], spans[6][0]) == ([NEAR4], NEAR6)
    assert [str(ip_address(first)) for first, _ in found[4].shared][:1] in (["192.0.2.255"], ["127.255.255.255"])
    near.do("ip", "route", "add", "local", "10.9.0.0/16", "dev", "lo")
    try:
        assert network_span("10.9.0.0", 16) in interfaces.addresses(near)[4].own
    finally:
        near.do("ip", "route", "delete", "local", "10.9.0.0/16", "dev", "lo")


def test_a_table_of_addresses_that_is_too_long_leaves_them_unknown() -> None:
    class Router(LocalHost):
        def read(self, path: str, *, limit: int) -> bytes:
            if path == "/proc/net/fib_trie":
                raise Unreadable(f"{path} is larger than {limit} bytes")
            return b""

    assert {found.own for found in interfaces.addresses(Router("srv-1")).values()} == {()}


def test_a_family_that_a_machine_does_not_use_asks_for_no_firewall(near: Machine) -> None:
    with machine() as alone:
        assert set(interfaces.of(alone)) == {4}
    with joined() as (one, _other):
        one.do("ip", "-4", "address", "flush", "dev", "eth0")
        assert interfaces.of(one) == {6: ("eth0",)}
        one.do("ip", "-6", "address", "flush", "dev", "eth0")
        one.do("ip", "address", "add", "192.0.2.1/24", "dev", "eth0")
        assert interfaces.of(one) == {4: ("eth0",)}
