"""What iptables makes of a connection that no rule names: the real program, and recorded ufw."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from collectors.network import iptables
from collectors.network.rules import ProbeOutcome, outcome
from collectors.network.traffic import Probe
from tests.collectors.network.firewall_looks import (
    ACCEPT,
    BOUNDED,
    DENY,
    RECORDED,
    THIRDS,
    UNCLEAR,
    V4,
    V6,
    look,
    seen_of,
)
from tests.parts.narrowed import Through, programs
from tests.parts.networks import Machine, impossible, machine

pytestmark = [pytest.mark.programs]


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
    # Where iptables-save fails, a rule that iptables wrote is told by no one. 1.8.9, Debian 12's, does not fail.
    fails = both and "-203" in rules[0] and "COMMIT" not in near.do("sh", "-c", "iptables-save || true")
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


@pytest.mark.parametrize(
    ("name", "came_to"), [("deny", DENY), ("allow", ACCEPT), ("reject", DENY), ("off", ACCEPT)]
)  # fmt: skip
def test_ufw_as_it_was_recorded(name: str, came_to: ProbeOutcome) -> None:
    chains = iptables.parse((RECORDED / f"ufw-0.36.2-{name}.iptables-save").read_text(), V4)
    assert outcome([chains])[0] is came_to
    if name == "deny":
        six = iptables.parse((RECORDED / "ufw-0.36.2-deny.ip6tables-save").read_text(), V6)
        assert outcome([six])[0] is DENY
