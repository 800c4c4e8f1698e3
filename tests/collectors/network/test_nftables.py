"""What nftables makes of a connection that no rule names: the real program, and recorded firewalld."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import LookError, Unreadable
from collectors.network import nft_conditions, nftables
from collectors.network.rules import ProbeOutcome, outcome
from collectors.network.traffic import Probe
from tests.collectors.network.firewall_looks import (
    ABSENT,
    ACCEPT,
    DENY,
    INPUT,
    RECORDED,
    UNCLEAR,
    USUAL,
    V4,
    V6,
    look,
    on_lines,
    one_rule,
    seen_of,
)
from tests.collectors.network.rulesets import RULESETS
from tests.parts.networks import Machine

pytestmark = [pytest.mark.programs]


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


def test_what_is_handed_to_a_program_is_decided_elsewhere() -> None:
    tables = nftables.parse(one_rule([{"queue": {"num": 1}}]), V4)
    assert outcome(table.chains for table in tables)[0] is UNCLEAR


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
