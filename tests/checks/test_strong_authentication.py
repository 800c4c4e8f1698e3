"""strong-authentication: one weak way is enough to miss it, and what could not be told is never strong."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.core.facts.access import ADMINISTRATOR, WAY
from agent.core.inventory import DeclaredHost, Door, Inventory
from agent.core.judging.check import Need, Question
from agent.core.model import Fact, Finding, Gap, Observation, State, Target
from agent.core.reason import Reason
from agent.evaluation.evaluate import combine
from checks.strong_authentication import CHECK

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MACHINE = DeclaredHost(id="srv-1")


def findings(ways: dict[str, set[str]], *gaps: Gap) -> tuple[Finding, ...]:
    """Return what the rule makes of a look at these ways, each named `account path`."""
    facts = [Fact(name=WAY, subject=name, value=frozenset(each), as_of=NOW) for name, each in ways.items()]
    facts.append(Fact(name=ADMINISTRATOR, subject="srv-1/root", value=frozenset({"uid 0"}), as_of=NOW))
    seen = Observation(
        collector="access", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=tuple(facts), gaps=gaps
    )
    target = Target(id="strong-authentication", unit="ratio", limit=1.0, evidence_age=timedelta(hours=26))
    question = Question(item=MACHINE, inventory=Inventory(hosts=(MACHINE,)), target=target, now=NOW, first_seen=NOW)
    (need,) = CHECK.needs(question)
    assert need == Need(collector="access", subject="srv-1")
    return tuple(CHECK.judge(need, seen, question))


def gap(part: str, reason: Reason = Reason.DENIED) -> Gap:
    """Return a part that could not be seen."""
    return Gap(subject=f"srv-1/{part}", reason=reason, detail="refused")


@pytest.mark.parametrize(
    ("alternatives", "state", "two"),
    [
        ({"key"}, State.MET, 0),
        ({"key+password"}, State.MET, 1),
        ({"verified-key"}, State.MET, 1),
        ({"certificate"}, State.MET, 0),
        ({"verified-certificate"}, State.MET, 1),
        ({"otp+password"}, State.MET, 1),
        ({"key+otp", "key"}, State.MET, 0),
        ({"key", "password"}, State.MISSED, 0),
        ({"password"}, State.MISSED, 0),
        ({"nothing"}, State.MISSED, 0),
        ({"password", "unknown:pam_x"}, State.MISSED, 0),
        ({"unknown:pam_x"}, State.UNPROVEN, 0),
        ({"password+unknown:pam_x"}, State.UNPROVEN, 0),
        ({"key+unknown:pam_x"}, State.MET, 0),
        ({"key+password", "unknown:kerberos"}, State.UNPROVEN, 0),
    ],
)
def test_the_weakest_alternative_counts(alternatives: set[str], state: State, two: int) -> None:
    said = combine(findings({"root sshd@*": alternatives}), best=False)
    assert (said.state, said.about["two_factors"]) == (state, two)


def test_the_share_is_of_pairs_and_the_administrator_is_named_first() -> None:
    said = combine(
        findings(
            {
                "alice sshd@*": {"password"},
                "root sshd@*": {"key"},
                "root sshd@10.0.0.0/8": {"password"},
                "zoe sshd@*": {"key"},
            }
        ),
        best=False,
    )
    assert (said.state, said.reason, said.value) == (State.MISSED, Reason.WEAK_AUTHENTICATION, 0.5)
    assert (said.about["account"], said.about["path"]) == ("root", "sshd@10.0.0.0/8")


@pytest.mark.parametrize("part", ["sshd", "keys", "accounts", "directory", "shadow", "sudo"])
def test_a_part_that_was_not_seen_leaves_nothing_proven(part: str) -> None:
    said = combine(findings({"root sshd@*": {"key"}}, gap(part)), best=False)
    assert (said.state, said.reason) == (State.UNPROVEN, Reason.DENIED)


def test_a_weak_way_stands_whatever_was_not_seen() -> None:
    said = combine(findings({"root sshd@*": {"password"}}, gap("keys")), best=False)
    assert said.state is State.MISSED


def test_jobs_that_were_not_seen_are_no_ways_in() -> None:
    assert combine(findings({"root sshd@*": {"key"}}, gap("traces")), best=False).state is State.MET


def test_a_machine_that_lets_nobody_in_holds_the_objective_once_all_of_it_was_seen() -> None:
    assert combine(findings({}), best=False).state is State.MET
    assert combine(findings({}, gap("sshd")), best=False).state is State.UNPROVEN


def by_door(said: datetime, alternatives: set[str], *, machine: bool = True, account: str = "zoe@x") -> Finding:
    """Return what speaks for a host whose one door was told of at an instant; `machine`: it was seen itself."""
    host = DeclaredHost(id="srv-1", doors=(Door(id="vpn", accounts=("zoe@x",)),))
    way = Fact(name=WAY, subject=f"{account} door:vpn", value=frozenset(alternatives), as_of=said)
    own = Fact(name=WAY, subject="root sshd@*", value=frozenset({"key"}), as_of=NOW)
    looks = {
        name: Observation(collector=name, host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=(fact,))
        for name, fact in (("access", own), ("doors", way))
        if machine or name == "doors"
    }
    target = Target(id="strong-authentication", unit="ratio", limit=1.0, evidence_age=timedelta(hours=26))
    question = Question(
        item=host,
        inventory=Inventory(hosts=(host,)),
        target=target,
        now=NOW,
        first_seen=NOW,
        beside=lambda collector, subject: looks.get(collector),
    )
    found = [
        one
        for need in CHECK.needs(question)
        if need.collector in looks
        for one in CHECK.judge(need, looks[need.collector], question)
    ]
    return combine(found, best=False)


def test_a_door_counts_beside_the_machine_s_own_ways() -> None:
    said = by_door(NOW, {"password+second-factor"})
    assert (said.state, said.value, said.about["pairs"], said.about["two_factors"]) == (State.MET, 1.0, 2, 1)
    said = by_door(NOW, {"password"})
    assert (said.state, said.value, said.about["account"]) == (State.MISSED, 0.5, "zoe@x")


@pytest.mark.parametrize(
    ("age", "state"),
    [(timedelta(hours=26), State.MET), (timedelta(hours=26, seconds=1), State.UNPROVEN)],
)
def test_what_a_provider_said_is_worth_as_long_as_any_look(age: timedelta, state: State) -> None:
    assert by_door(NOW - age, {"password+second-factor"}).state is state


def test_a_weak_door_stands_where_the_machine_itself_was_not_seen() -> None:
    assert by_door(NOW, {"password"}, machine=False).state is State.MISSED


def test_an_account_of_a_door_that_no_look_has_told_of_yet_is_unproven() -> None:
    said = by_door(NOW, {"password+second-factor"}, account="yann@x")
    assert (said.state, said.about["account"]) == (State.UNPROVEN, "zoe@x")


def test_an_administrator_who_is_not_declared_is_told() -> None:
    host = DeclaredHost(id="srv-1", administrators=("adupont",))
    facts = tuple(
        Fact(name=ADMINISTRATOR, subject=f"srv-1/{name}", value=frozenset({"sudo"}), as_of=NOW)
        for name in ("adupont", "intruder")
    )
    seen = Observation(collector="access", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=facts)
    target = Target(id="strong-authentication", unit="ratio", limit=1.0, evidence_age=timedelta(hours=26))
    question = Question(item=host, inventory=Inventory(hosts=(host,)), target=target, now=NOW, first_seen=NOW)
    (said,) = CHECK.judge(Need(collector="access", subject="srv-1"), seen, question)
    assert (said.about["undeclared"], said.about["undeclared_first"]) == (1, "intruder")
