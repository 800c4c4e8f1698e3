"""network-segmentation: a flow does as declared, a firewall denies by default, and silence alone proves nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.core.facts.firewall import Passage
from agent.core.facts.network_flows import CONTROL, TRIAL, WITNESS, understood
from agent.core.inventory import DeclaredHost, Flow, FlowRoute, Inventory
from agent.core.judging.check import Need, Question
from agent.core.model import Fact, Finding, Observation, State, Target
from agent.core.reason import Reason
from checks.network_segmentation import CHECK

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MACHINE = DeclaredHost(id="srv-1")
ETH0 = Passage(chain="inet filter input", interface="eth0")
WAY = FlowRoute(host="pc-1", to="srv-2:443", protocol="tcp")
TO = "srv-1:22"


def flow(expect: str = "blocked", *, controlled: bool = True) -> Flow:
    """Return a declared flow from pc-1 to port 22 of srv-1."""
    return Flow(id="ssh", from_host="pc-1", to=TO, protocol="tcp", expect=expect, controls=(WAY,) if controlled else ())


def finding(item: Flow | DeclaredHost, collector: str, facts: list[Fact]) -> Finding:
    """Return what the rule makes of a look at a flow or at a machine's firewall."""
    seen = Observation(
        collector=collector, host="pc-1", subject=item.id, begun=NOW, ended=NOW, facts=tuple(facts), gaps=()
    )
    target = Target(id="network-segmentation", unit="ratio", limit=1.0, evidence_age=timedelta(hours=26))
    question = Question(item=item, inventory=Inventory(), target=target, now=NOW, first_seen=NOW)
    (need,) = CHECK.needs(question)
    assert need == Need(collector=collector, subject=item.id)
    (found,) = CHECK.judge(need, seen, question)
    return found


def tried(
    item: Flow, *trials: str, controls: tuple[str, ...] = ("open 192.0.2.2 far",), witness: str | None = None
) -> Finding:
    """Return the finding on a flow; each trial in three words, such as `filtered 192.0.2.9 far`."""
    facts = [Fact(name=TRIAL, subject=item.id, value=understood(*one.split()), as_of=NOW) for one in trials]
    facts += [Fact(name=CONTROL, subject=item.id, value=understood(*one.split()), as_of=NOW) for one in controls]
    if witness is not None:
        facts.append(Fact(name=WITNESS, subject=item.id, value=witness, as_of=NOW))
    return finding(item, "flows", facts)


def seen_of(**values: str | Passage) -> Finding:
    """Return the finding on the machine's firewall; `ipv4_where` stands for the fact `firewall.ipv4.where`."""
    names = {name: f"firewall.{name.replace('_', '.')}" for name in values}
    facts = [Fact(name=names[name], subject="srv-1", value=value, as_of=NOW) for name, value in values.items()]
    return finding(MACHINE, "firewall", facts)


def met(**about: str | float | int) -> Finding:
    """Return the finding of what does as declared."""
    return Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=1.0, about=about)


def missed(reason: Reason, **about: str | float | int) -> Finding:
    """Return the finding of what was seen and bad."""
    return Finding(state=State.MISSED, reason=reason, value=0.0, about=about)


def unproven(reason: Reason, **about: str | float | int) -> Finding:
    """Return the finding of what could not be told."""
    return Finding(state=State.UNPROVEN, reason=reason, about=about)


class TestFirewall:
    """What a machine's own firewall does with what no rule names."""

    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            ("accept", missed(Reason.NOT_ENGAGED)),
            ("absent", missed(Reason.ABSENT)),
            ("unclear", unproven(Reason.UNREADABLE)),
            ("deny", met()),
        ],
    )
    def test_each_answer_has_its_state_and_reason(self, answer: str, expected: Finding) -> None:
        assert seen_of(ipv4=answer, ipv6=answer) == expected
        assert seen_of(ipv4=answer) == expected
        assert seen_of(ipv6=answer) == expected

    def test_a_look_that_saw_neither_family_is_unreadable(self) -> None:
        assert seen_of(by="nftables") == unproven(Reason.UNREADABLE)

    @pytest.mark.parametrize(
        ("worse", "better"),
        [("accept", "absent"), ("absent", "unclear"), ("unclear", "deny"), ("accept", "deny")],
    )
    def test_the_family_that_denies_least_counts_and_is_named(self, worse: str, better: str) -> None:
        same = seen_of(ipv4=worse)
        for families, named in (({"ipv4": worse, "ipv6": better}, "IPv4"), ({"ipv4": better, "ipv6": worse}, "IPv6")):
            found = seen_of(**families)
            assert (found.state, found.reason, found.value) == (same.state, same.reason, same.value)
            assert found.about == {"family": named}

    def test_what_decides_and_where_is_said(self) -> None:
        found = seen_of(
            ipv4="accept", by="nftables", ipv4_where=ETH0, ipv6_where=Passage(chain="other", interface="lo")
        )
        assert found == missed(Reason.NOT_ENGAGED, by="nftables", chain="inet filter input", interface="eth0")

    def test_the_place_is_that_of_the_family_that_counts(self) -> None:
        found = seen_of(ipv4="deny", ipv6="accept", ipv4_where=ETH0, ipv6_where=Passage(chain="b", interface="eth6"))
        assert found == missed(Reason.NOT_ENGAGED, family="IPv6", chain="b", interface="eth6")

    def test_an_absent_firewall_is_not_called_by_a_name(self) -> None:
        assert seen_of(ipv4="absent", by="nftables") == missed(Reason.ABSENT)


class TestBlocked:
    """Flows that must not pass."""

    def test_one_that_passes_is_missed(self) -> None:
        assert tried(flow(), "open 192.0.2.9 far") == missed(Reason.FLOW_OPEN, to=TO)

    def test_one_family_that_passes_is_enough(self) -> None:
        assert tried(flow(), "filtered 192.0.2.9 far", "open 2001:db8::9 far") == missed(Reason.FLOW_OPEN, to=TO)

    @pytest.mark.parametrize(
        ("answer", "slot"),
        [("refused", "refused"), ("filtered", "filtered"), ("unreachable", "unreachable"), ("no-route", "no_route")],
    )
    def test_one_that_is_stopped_beside_a_control_that_passes_is_met(self, answer: str, slot: str) -> None:
        assert tried(flow(), f"{answer} 192.0.2.9 far") == met(to=TO, **{slot: 1})

    @pytest.mark.parametrize("controls", [(), ("filtered 192.0.2.2 far",), ("open 2001:db8::2 far",)])
    def test_one_stopped_without_a_control_of_its_family_proves_nothing(self, controls: tuple[str, ...]) -> None:
        found = tried(flow(), "filtered 192.0.2.9 far", controls=controls)
        assert found == unproven(Reason.NO_CONTROL, to=TO, filtered=1)

    def test_each_family_needs_a_control_of_its_own(self) -> None:
        both = ("filtered 192.0.2.9 far", "refused 2001:db8::9 far")
        assert tried(flow(), *both) == unproven(Reason.NO_CONTROL, to=TO, filtered=1)
        controls = ("open 192.0.2.2 far", "open 2001:db8::2 far")
        assert tried(flow(), *both, controls=controls) == met(to=TO, filtered=1)

    def test_a_family_without_any_route_says_nothing_beside_one_that_was_tried(self) -> None:
        assert tried(flow(), "no-route 2001:db8::9 far", "filtered 192.0.2.9 far") == met(to=TO, filtered=1)

    def test_a_control_on_the_machine_itself_shows_no_network(self) -> None:
        near = ("open 127.0.0.1 here",)
        assert tried(flow(), "filtered 192.0.2.9 far", controls=near).reason is Reason.NO_CONTROL
        assert tried(flow(), "filtered 127.0.0.2 here", controls=near).state is State.MET
        assert tried(flow(), "filtered 127.0.0.2 here").state is State.MET

    def test_a_refusal_from_outside_needs_no_control_where_none_is_declared(self) -> None:
        assert tried(flow(controlled=False), "refused 192.0.2.9 far", controls=()) == met(to=TO, refused=1)

    def test_a_machine_that_refuses_itself_shows_no_network(self) -> None:
        found = tried(flow(controlled=False), "refused 192.0.2.1 here", controls=())
        assert found == unproven(Reason.NO_CONTROL, to=TO, refused=1, undeclared=1)

    def test_a_refusal_needs_the_control_that_is_declared(self) -> None:
        found = tried(flow(), "refused 192.0.2.9 far", controls=("filtered 192.0.2.2 far",))
        assert found == unproven(Reason.NO_CONTROL, to=TO, refused=1)

    def test_where_not_all_refuse_and_no_control_is_declared_it_says_so(self) -> None:
        found = tried(flow(controlled=False), "refused 192.0.2.9 far", "filtered 2001:db8::9 far", controls=())
        assert found == unproven(Reason.NO_CONTROL, to=TO, refused=1, undeclared=1)

    @pytest.mark.parametrize("controlled", [True, False])
    def test_what_was_not_tried_at_all_proves_nothing(self, controlled: bool) -> None:
        undeclared = {} if controlled else {"undeclared": 1}
        assert tried(flow(controlled=controlled)) == unproven(Reason.NO_CONTROL, to=TO, **undeclared)

    def test_a_silent_one_is_met_only_beside_a_witness_that_something_answers(self) -> None:
        silent = "silent 192.0.2.9 far"
        assert tried(flow(), silent) == unproven(Reason.NO_CONTROL, to=TO, silent=1)
        assert tried(flow(), silent, witness="pc-2") == met(to=TO, silent=1, witness="pc-2")

    def test_a_trial_that_failed_by_itself_proves_nothing(self) -> None:
        both = ("refused 192.0.2.9 far", "error 2001:db8::9 far")
        assert tried(flow(), *both) == unproven(Reason.EXITED, to=TO, refused=1)
        assert tried(flow(), "error 192.0.2.9 far") == unproven(Reason.EXITED, to=TO, error=1)


class TestOpen:
    """Flows that must pass."""

    def test_one_that_passes_is_met(self) -> None:
        assert tried(flow("open"), "open 192.0.2.9 far") == met(to=TO, passes=1)

    def test_one_family_that_passes_is_enough(self) -> None:
        assert tried(flow("open"), "filtered 192.0.2.9 far", "open 2001:db8::9 far") == met(to=TO, passes=1)

    @pytest.mark.parametrize(
        ("answer", "slot"),
        [("refused", "refused"), ("filtered", "filtered"), ("unreachable", "unreachable"), ("no-route", "no_route")],
    )
    def test_one_that_is_stopped_is_missed_without_any_control(self, answer: str, slot: str) -> None:
        found = tried(flow("open", controlled=False), f"{answer} 192.0.2.9 far", controls=())
        assert found == missed(Reason.FLOW_BLOCKED, to=TO, **{slot: 1})

    def test_a_silent_one_proves_nothing(self) -> None:
        found = tried(flow("open"), "filtered 192.0.2.9 far", "silent 2001:db8::9 far", witness="pc-2")
        assert found == unproven(Reason.TIMED_OUT, to=TO, filtered=1, witness="pc-2")

    def test_a_trial_that_failed_by_itself_proves_nothing(self) -> None:
        assert tried(flow("open"), "error 192.0.2.9 far") == unproven(Reason.EXITED, to=TO, error=1)
