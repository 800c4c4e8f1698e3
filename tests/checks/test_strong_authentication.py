"""strong-authentication: one weak way is enough to miss it, and what could not be told is never strong."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.core.facts.access import ADMINISTRATOR, way_fact
from agent.core.inventory import DeclaredHost, Door, Inventory
from agent.core.judging.check import Need, Question
from agent.core.model import Fact, Finding, Gap, Observation, State, Target
from agent.core.reason import Reason
from agent.evaluation.combining import combine
from agent.ledger.older_facts import access_path
from checks.strong_authentication import CHECK

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MACHINE = DeclaredHost(id="srv-1")


def findings(ways: dict[str, set[str]], *gaps: Gap) -> tuple[Finding, ...]:
    """Return what the rule makes of a look at these ways, each named `account path`."""
    facts = [way_fact(access_path(name, frozenset(each)), NOW) for name, each in ways.items()]
    facts.append(Fact(name=ADMINISTRATOR, subject="srv-1/root", value=frozenset({"uid 0"}), as_of=NOW))
    seen = Observation(
        collector="access", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=tuple(facts), gaps=gaps
    )
    target = Target(id="strong-authentication", unit="ratio", limit=1.0, evidence_age=timedelta(hours=26))
    question = Question(item=MACHINE, inventory=Inventory(hosts=(MACHINE,)), target=target, now=NOW, first_seen=NOW)
    (need,) = CHECK.needs(question)
    assert need == Need(collector="access", subject="srv-1")
    return tuple(CHECK.judge(need, seen, question))


def test_a_machine_without_doors_is_judged_without_a_look_at_any() -> None:
    """Each look that a judgement asks for is read, and makes it due again."""
    seen = Observation(collector="access", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=())
    target = Target(id="strong-authentication", unit="ratio", limit=1.0, evidence_age=timedelta(hours=26))
    asked: list[tuple[str, str]] = []

    def beside(*name: str) -> None:
        asked.append((name[0], name[1]))

    question = Question(
        item=MACHINE, inventory=Inventory(hosts=(MACHINE,)), target=target, now=NOW, first_seen=NOW, beside=beside
    )
    (need,) = CHECK.needs(question)
    assert list(CHECK.judge(need, seen, question))
    assert asked == []


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
    way = way_fact(access_path(f"{account} door:vpn", frozenset(alternatives)), said)
    own = way_fact(access_path("root sshd@*", frozenset({"key"})), NOW)
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


# Each finding whole, as the sentences are made of it.


def asked(
    ways: dict[str, set[str]],
    *gaps: Gap,
    host: DeclaredHost = MACHINE,
    limit: float | None = 1.0,
    administrators: tuple[str, ...] = ("root",),
    doors: Observation | None = None,
) -> tuple[Finding, ...]:
    """Return what the rule makes of a look at a machine; `doors`: what was told of its doors beside it."""
    facts = [way_fact(access_path(name, frozenset(each)), NOW) for name, each in ways.items()]
    facts += [
        Fact(name=ADMINISTRATOR, subject=f"{host.id}/{name}", value=frozenset({"uid 0"}), as_of=NOW)
        for name in administrators
    ]
    seen = Observation(
        collector="access", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=tuple(facts), gaps=gaps
    )
    target = Target(id="strong-authentication", unit="ratio", limit=limit, evidence_age=timedelta(hours=26))
    question = Question(
        item=host,
        inventory=Inventory(hosts=(host,)),
        target=target,
        now=NOW,
        first_seen=NOW,
        beside=lambda collector, subject: doors if collector == "doors" else None,
    )
    return tuple(CHECK.judge(CHECK.needs(question)[0], seen, question))


def doors_of(*facts: Fact, gaps: tuple[Gap, ...] = ()) -> Observation:
    """Return a look at what is told of a machine's doors."""
    return Observation(collector="doors", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=facts, gaps=gaps)


def share(state: State, reason: Reason, value: float, *, limit: float = 1.0, **about: str | float) -> Finding:
    """Return the finding on the share of strong ways."""
    return Finding(state=state, reason=reason, value=value, limit=limit, unit="ratio", about=about)


def counted(pairs: int, strong: int, accounts: int, administrators: int = 1, two_factors: int = 0) -> dict[str, int]:
    """Return the slots that every finding on the share has."""
    return {
        "pairs": pairs,
        "strong": strong,
        "two_factors": two_factors,
        "accounts": accounts,
        "administrators": administrators,
    }


def test_a_strong_machine_says_how_many_ways_accounts_and_administrators_it_has() -> None:
    found = asked({"root sshd@*": {"key"}, "root sshd@10.0.0.0/8": {"key+password"}, "zoe sshd@*": {"key"}})
    assert found == (share(State.MET, Reason.WITHIN_LIMIT, 1.0, **counted(3, 3, 2, two_factors=1)),)


def test_a_weak_way_is_named_with_what_is_enough_there() -> None:
    (one,) = asked({"zoe sshd@*": {"password"}, "root sshd@*": {"key"}})
    assert one == share(
        State.MISSED,
        Reason.WEAK_AUTHENTICATION,
        0.5,
        **counted(2, 1, 2),
        account="zoe",
        path="sshd@*",
        enough="password",
    )


def test_a_way_that_asks_for_nothing_is_marked_as_bare() -> None:
    (one,) = asked({"zoe sshd@*": {"nothing"}})
    assert one.about == {
        **counted(1, 0, 1), "account": "zoe", "path": "sshd@*", "enough": "nothing", "bare": 1
    }  # fmt: skip


def test_a_machine_that_lets_nobody_in_says_so() -> None:
    assert asked({}) == (share(State.MET, Reason.WITHIN_LIMIT, 1.0, **counted(0, 0, 0), nobody=1),)
    first, second = asked({}, gap("sshd"))
    assert first == Finding(state=State.UNPROVEN, reason=Reason.INCOMPLETE, about={**counted(0, 0, 0), "nobody": 1})
    assert second == Finding(state=State.UNPROVEN, reason=Reason.DENIED, about={"said": "refused", "part": "sshd"})


def test_a_part_that_was_not_seen_is_named_by_the_last_word_of_its_subject() -> None:
    (_, one) = asked({"root sshd@*": {"key"}}, Gap(subject="site/srv-1/keys", reason=Reason.DENIED, detail="refused"))
    assert one.about == {"said": "refused", "part": "keys"}


def test_of_the_unknown_ways_the_administrators_is_named_first() -> None:
    unknown = {"unknown:pam_x"}
    (one,) = asked({"adele sshd@*": unknown, "root sshd@b": unknown, "root sshd@a": unknown, "zoe sshd@*": {"key"}})
    assert one == share(
        State.UNPROVEN,
        Reason.UNREADABLE,
        0.25,
        **counted(4, 1, 3),
        untold=3,
        account="root",
        path="sshd@a",
        enough="unknown:pam_x",
    )


def test_a_share_at_the_limit_is_met_and_one_under_it_is_missed() -> None:
    half = {"root sshd@*": {"key"}, "zoe sshd@*": {"password"}}
    assert asked(half, limit=0.5) == (share(State.MET, Reason.WITHIN_LIMIT, 0.5, limit=0.5, **counted(2, 1, 2)),)
    (one,) = asked(half, limit=0.51)
    assert (one.state, one.limit) == (State.MISSED, 0.51)


def test_an_unknown_way_that_may_be_strong_keeps_a_miss_from_being_certain() -> None:
    ways = {"a sshd@*": {"key"}, "b sshd@*": {"unknown:pam_x"}, "c sshd@*": {"password"}}
    assert asked(ways, limit=2 / 3)[0].reason is Reason.UNREADABLE
    assert asked(ways, limit=0.7)[0].reason is Reason.WEAK_AUTHENTICATION


def test_without_a_limit_every_way_must_be_strong() -> None:
    (one,) = asked({"root sshd@*": {"key"}, "zoe sshd@*": {"password"}}, limit=None)
    assert (one.state, one.limit) == (State.MISSED, 1.0)
    assert asked({"root sshd@*": {"key"}}, limit=None)[0].state is State.MET


def test_administrators_who_are_not_declared_are_counted_beside_the_rest() -> None:
    host = DeclaredHost(id="srv-1", administrators=("root",))
    (one,) = asked({"root sshd@*": {"key"}}, host=host, administrators=("root", "zoe", "eve"))
    assert one.about == {**counted(1, 1, 1, administrators=3), "undeclared": 2, "undeclared_first": "eve"}


DOORED = DeclaredHost(id="srv-1", doors=(Door(id="vpn", accounts=("zoe@x",)),))
TOLD = way_fact(access_path("zoe@x door:vpn", frozenset({"password"})), NOW)


def test_a_weak_door_is_named_as_one() -> None:
    (one,) = asked({"root sshd@*": {"key"}}, host=DOORED, doors=doors_of(TOLD))
    assert one.about == {
        **counted(2, 1, 2), "door": 1, "account": "zoe@x", "path": "door:vpn", "enough": "password"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ((), "unknown:no-evidence"),
        ((way_fact(access_path("zoe@x door:vpn", frozenset({"key"})), NOW - timedelta(hours=27)),),
         "unknown:stale"),
    ],
)  # fmt: skip
def test_a_door_that_is_not_known_says_why(facts: tuple[Fact, ...], why: str) -> None:
    (one,) = asked({"root sshd@*": {"key"}}, host=DOORED, doors=doors_of(*facts))
    assert (one.state, one.about["enough"]) == (State.UNPROVEN, why)


def test_a_door_that_is_not_declared_any_more_counts_for_nothing() -> None:
    """A look at the doors of yesterday stands beside a machine that has none today."""
    weak = doors_of(TOLD, gaps=(Gap(subject="srv-1/door:vpn", reason=Reason.DENIED, detail="refused"),))
    assert asked({"root sshd@*": {"key"}}, doors=weak) == (
        share(State.MET, Reason.WITHIN_LIMIT, 1.0, **counted(1, 1, 1)),
    )


def test_a_door_that_could_not_be_asked_leaves_nothing_proven() -> None:
    refused = Gap(subject="srv-1/door:vpn", reason=Reason.DENIED, detail="refused")
    _, one = asked({"root sshd@*": {"key"}}, host=DOORED, doors=doors_of(TOLD, gaps=(refused, gap("keys"))))
    assert one == Finding(state=State.UNPROVEN, reason=Reason.DENIED, about={"said": "refused", "part": "door:vpn"})


def test_the_doors_of_a_machine_that_was_not_seen_are_counted_once() -> None:
    target = Target(id="strong-authentication", unit="ratio", limit=1.0, evidence_age=timedelta(hours=26))
    question = Question(item=DOORED, inventory=Inventory(), target=target, now=NOW, first_seen=NOW)
    _, need = CHECK.needs(question)
    (one,) = CHECK.judge(need, doors_of(TOLD), question)
    assert (one.about["pairs"], one.about["accounts"], one.about["administrators"]) == (1, 1, 0)
