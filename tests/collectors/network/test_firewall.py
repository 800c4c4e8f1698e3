"""A look at a firewall as a whole: both families, rights, missing tools, and what breaks no reader."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.collecting.collector import Look
from agent.core.errors import Denied, Exited, LookError, TimedOut, ToolMissing
from agent.core.inventory import DeclaredHost
from agent.core.model import Fact, Observation, State
from agent.core.reason import Reason
from agent.hosts import root_requests
from agent.hosts.local import LocalHost
from collectors.network import firewall, interfaces, iptables, nftables, ruleset
from collectors.network.rules import Act, Chain, FirewallRule, outcome
from collectors.network.traffic import EVERYTHING
from tests.collectors.network.firewall_looks import BOUNDED, DENY, UNCLEAR, V4, V6, judged, look, on_lines, seen_of
from tests.collectors.network.rulesets import RULESETS
from tests.parts.narrowed import Through, programs
from tests.parts.networks import Machine
from tests.parts.unprivileged import in_child, open_folder

pytestmark = [pytest.mark.programs]


def test_a_family_that_no_tool_tells_of_is_not_taken_for_an_open_door(near: Machine, tmp_path: Path) -> None:
    near.do("nft", "flush", "ruleset")
    near.do("iptables", "-P", "INPUT", "DROP")
    half = Through(near, programs(tmp_path / "bin", *BOUNDED, "ip", "iptables-save"))
    assert seen_of(look(half)) == (DENY.value, UNCLEAR.value)


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


@given(st.binary(max_size=200))
def test_no_bytes_break_a_reader(said: bytes) -> None:
    text = said.decode("latin-1")
    for read in (lambda: nftables.parse(said, V4), lambda: iptables.parse(text, V6), lambda: ruleset.parse(text, "x")):
        try:
            read()
        except LookError as error:
            assert error.message
