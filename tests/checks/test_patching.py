"""What the rule on security updates says at, under and over each limit, and which condition speaks for all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.convention import CLAUSES
from agent.core.facts.security_updates import PackageVersion, System
from agent.core.inventory import DeclaredHost, Export, Inventory, Updates
from agent.core.judging.check import Need, Question
from agent.core.model import DetailValue, Fact, FactValue, Finding, Gap, Observation, State, Target
from agent.core.reason import Reason
from agent.evaluation.combining import combine
from checks.patching import CHECK

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MACHINE = DeclaredHost(id="srv-1")
FIX = PackageVersion(package="openssl:amd64", version="3.5.7-1~deb13u3")


def fact(name: str, value: FactValue, days: float = 0) -> Fact:
    """Return a fact about the machine, as the world was that many days ago."""
    return Fact(name=name, subject="srv-1", value=value, as_of=NOW - timedelta(days=days))


SOURCE = fact("patch.security_source", True)
FRESH = fact("patch.metadata", NOW + timedelta(days=5), 2)
STALE = fact("patch.metadata", NOW - timedelta(days=1), 8)
SUPPORTED = fact("system.supported_until", NOW + timedelta(days=900))
SYSTEM = fact("system.release", System(distribution="debian", version="13", codename="trixie"))
CAMPAIGN = fact("patch.campaign", True, 10)
NOTHING_DUE = fact("patch.nothing_due", True, 2)
SOUND = (SOURCE, FRESH, SUPPORTED, SYSTEM, CAMPAIGN)


def findings(facts: Sequence[Fact], gaps: Sequence[Gap] = (), limit: float | None = None) -> tuple[Finding, ...]:
    """Return what the rule finds in one look of this minute."""
    seen = Observation(
        collector="patches", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=tuple(facts), gaps=tuple(gaps)
    )
    clause = CLAUSES["patching"]
    target = Target(id="patching", unit=clause.unit, limit=limit or clause.limit, evidence_age=clause.evidence_age)
    question = Question(item=MACHINE, inventory=Inventory(hosts=(MACHINE,)), target=target, now=NOW, first_seen=NOW)
    (need,) = CHECK.needs(question)
    assert need == Need(collector="patches", subject="srv-1")
    return tuple(CHECK.judge(need, seen, question))


def spoken(*facts: Fact, gaps: Sequence[Gap] = ()) -> tuple[str, str]:
    """Return the state and the reason of the verdict."""
    finding = combine(findings(facts, gaps), best=False)
    return finding.state.value, finding.reason.value


def pending(known: float, after: float | None = None, value: PackageVersion = FIX) -> tuple[Fact, ...]:
    """Return a fix known to be out for that many days, and perhaps one day that it is younger than."""
    first = fact("patch.pending", value, known)
    return (first,) if after is None else (first, fact("patch.pending.after", value, after))


CASES: dict[str, tuple[tuple[Fact, ...], tuple[str, str]]] = {
    "nothing waits": (SOUND, ("met", "within-limit")),
    "a fix between two dates within the limit": ((*SOUND, *pending(1, 1.2)), ("met", "within-limit")),
    "a fix at the limit": ((*SOUND, *pending(31, 31)), ("met", "within-limit")),
    "a fix over the limit": ((*SOUND, *pending(31.01, 32)), ("missed", "updates-pending")),
    "only the upper bound is over": ((*SOUND, *pending(30, 33)), ("unproven", "on-course")),
    "a first sight of unknown age": ((*SOUND, *pending(0)), ("unproven", "on-course")),
    "a first sight with a young changelog": (
        (*SOUND, *pending(0), fact("patch.pending.changelog", FIX, 3)),
        ("unproven", "on-course"),
    ),
    "a first sight by an index that is itself too old": (
        (SOURCE, STALE, SUPPORTED, CAMPAIGN, *pending(40)),
        ("missed", "updates-pending"),
    ),
    "stale lists and nothing waits": ((SOURCE, STALE, SUPPORTED, CAMPAIGN), ("unproven", "stale-metadata")),
    "stale lists and a fix overdue": (
        (SOURCE, STALE, SUPPORTED, CAMPAIGN, *pending(35, 36)),
        ("missed", "updates-pending"),
    ),
    "one of two suites is stale": ((*SOUND, STALE), ("unproven", "stale-metadata")),
    "no security source": (
        (fact("patch.security_source", False), SUPPORTED, CAMPAIGN),
        ("missed", "absent"),
    ),
    "no list at all": ((SUPPORTED, CAMPAIGN), ("unproven", "stale-metadata")),
    "the last day of support is over": (
        (SOURCE, FRESH, CAMPAIGN, SYSTEM, fact("system.supported_until", NOW)),
        ("missed", "unsupported-system"),
    ),
    "unsupported speaks before overdue": (
        (SOURCE, FRESH, CAMPAIGN, fact("system.supported_until", NOW - timedelta(days=9)), *pending(60, 61)),
        ("missed", "unsupported-system"),
    ),
    "testing is not released": (
        (SOURCE, FRESH, CAMPAIGN, fact("system.unreleased", True)),
        ("missed", "unsupported-system"),
    ),
    "a campaign at the limit": (
        (SOURCE, FRESH, SUPPORTED, fact("patch.campaign", True, 31), *pending(1, 2)),
        ("met", "within-limit"),
    ),
    "a late campaign": (
        (SOURCE, FRESH, SUPPORTED, fact("patch.campaign", True, 32), *pending(1, 2)),
        ("missed", "campaign-late"),
    ),
    "a late campaign for updates that are none of security": (
        (SOURCE, FRESH, SUPPORTED, fact("patch.campaign", True, 40), fact("patch.others", 3)),
        ("missed", "campaign-late"),
    ),
    "no campaign was owed, since nothing is left to install": (
        (SOURCE, FRESH, SUPPORTED, fact("patch.campaign", True, 90), fact("patch.others", 0)),
        ("met", "within-limit"),
    ),
    "no campaign was owed until the day before yesterday": (
        (SOURCE, FRESH, SUPPORTED, fact("patch.campaign", True, 90), NOTHING_DUE, *pending(1, 2)),
        ("met", "within-limit"),
    ),
    "no campaign in a log of forty days": (
        (SOURCE, FRESH, SUPPORTED, fact("patch.log", NOW, 40), *pending(1, 2)),
        ("missed", "campaign-late"),
    ),
    "a campaign dated ahead of now, in a log of forty days": (
        (SOURCE, FRESH, SUPPORTED, fact("patch.campaign", True, -200), fact("patch.log", True, 40), *pending(1, 2)),
        ("missed", "campaign-late"),
    ),
    "no campaign in a log of four days": (
        (SOURCE, FRESH, SUPPORTED, fact("patch.log", NOW, 4), *pending(1, 2)),
        ("unproven", "on-course"),
    ),
    "no log at all, and something waits": ((SOURCE, FRESH, SUPPORTED, *pending(1, 2)), ("unproven", "on-course")),
    "a kernel for seven days": ((*SOUND, fact("restart.kernel", "6.12.48", 7)), ("met", "within-limit")),
    "a kernel for longer": ((*SOUND, fact("restart.kernel", "6.12.48", 7.01)), ("missed", "restart-owed")),
    "a program for longer": ((*SOUND, fact("restart.program", "nginx", 8)), ("missed", "restart-owed")),
    "a program since yesterday": ((*SOUND, fact("restart.program", "nginx", 1)), ("met", "within-limit")),
    "a restart owed with stale lists": (
        (SOURCE, STALE, SUPPORTED, CAMPAIGN, fact("restart.kernel", "6.12.48", 9)),
        ("missed", "restart-owed"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_case_gets_the_verdict_that_it_deserves(case: str) -> None:
    facts, deserved = CASES[case]
    assert spoken(*facts) == deserved


@pytest.mark.parametrize("reason", [Reason.DENIED, Reason.UNREADABLE, Reason.STALE_METADATA, Reason.TOOL_MISSING])
def test_what_could_not_be_seen_is_never_met_and_hides_nothing_bad(reason: Reason) -> None:
    gap = Gap(subject="srv-1", reason=reason, detail="some processes may not be looked into")
    assert spoken(*SOUND, gaps=[gap]) == ("unproven", reason.value)
    assert spoken(*SOUND, *pending(40), gaps=[gap]) == ("missed", "updates-pending")


def test_the_worst_comes_first_and_the_rest_stands_beside_it() -> None:
    facts = (
        *pending(40),
        fact("restart.program", "nginx", 9),
        fact("restart.kernel", "6.12.48", 9),
        fact("patch.campaign", True, 50),
        fact("system.supported_until", NOW - timedelta(days=1)),
        SOURCE,
        STALE,
    )
    assert [finding.reason.value for finding in findings(facts)] == [
        "unsupported-system",
        "updates-pending",
        "campaign-late",
        "restart-owed",
        "restart-owed",
        "stale-metadata",
    ]


def test_a_verdict_stands_no_longer_than_the_lists_behind_it() -> None:
    soon = NOW + timedelta(hours=2)
    (finding,) = findings((SOURCE, fact("patch.metadata", soon, 6), SUPPORTED, CAMPAIGN))
    assert finding.stands_until == soon
    (finding,) = findings(SOUND)
    assert finding.stands_until == NOW + CLAUSES["patching"].evidence_age


def test_what_keeps_fixes_from_coming_is_counted_and_lessens_nothing() -> None:
    facts = (
        *pending(40),
        *pending(2, 3, PackageVersion(package="curl:amd64", version="8.14.1-2+deb13u7")),
        *(fact(f"patch.pending.{why}", FIX) for why in ("held", "pinned")),
    )
    finding = combine(findings((*SOUND, *facts)), best=False)
    assert finding.state is State.MISSED
    assert finding.about == {"updates": 2, "package": "openssl", "held": 1, "pinned": 1}


@given(known=st.floats(0, 400), wider=st.floats(0, 400))
def test_only_the_lower_bound_makes_a_miss_and_only_the_upper_one_a_proof(known: float, wider: float) -> None:
    state, reason = spoken(*SOUND, *pending(known, known + wider))
    assert (state == "missed") == (timedelta(days=known) > timedelta(days=31))
    if state == "met":
        assert timedelta(days=known + wider) <= timedelta(days=31)
    assert reason in ("updates-pending", "within-limit", "on-course")


POST = DeclaredHost(id="pc-1", updates=Updates(export=Export(id="wsus", path="/x", format="csv", fact="updates")))
REPORT = (FRESH, SUPPORTED, fact("restart.machine", False), CAMPAIGN)


def reported(*facts: Fact, now: datetime = NOW) -> tuple[str, str]:
    """Return the state and the reason of the verdict on a post that only a console sees."""
    seen = Observation(collector="patches", host="pc-1", subject="pc-1", begun=NOW, ended=NOW, facts=facts)
    clause = CLAUSES["patching"]
    target = Target(id="patching", unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    question = Question(item=POST, inventory=Inventory(hosts=(POST,)), target=target, now=now, first_seen=NOW)
    (need,) = CHECK.needs(question)
    finding = combine(tuple(CHECK.judge(need, seen, question)), best=False)
    return finding.state.value, finding.reason.value


def waiting(count: int, days: float | None = None) -> tuple[Fact, ...]:
    number = fact("patch.reported.waiting", count)
    return (number,) if days is None else (number, fact("patch.reported.oldest", True, days))


REPORTED = {
    "nothing waits": ((*REPORT, *waiting(0)), ("met", "within-limit")),
    "in time": ((*REPORT, *waiting(3, 31)), ("met", "within-limit")),
    "too long": ((*REPORT, *waiting(3, 31.1)), ("missed", "updates-pending")),
    "since when is not told": ((*REPORT, *waiting(3)), ("unproven", "incomplete")),
    "not known to the console": ((), ("missed", "absent")),
    "an old report": (
        (STALE, SUPPORTED, CAMPAIGN, fact("restart.machine", False, 8), *waiting(0)),
        ("unproven", "stale-metadata"),
    ),
    "an old report of an overdue update": (
        (STALE, SUPPORTED, CAMPAIGN, *waiting(1, 40)),
        ("missed", "updates-pending"),
    ),
    "a restart not told": ((FRESH, SUPPORTED, CAMPAIGN, *waiting(0)), ("unproven", "incomplete")),
    "a support not told": ((FRESH, CAMPAIGN, fact("restart.machine", False), *waiting(0)), ("unproven", "incomplete")),
    "a campaign not told": (
        (FRESH, SUPPORTED, fact("restart.machine", False), *waiting(1, 3)),
        ("unproven", "incomplete"),
    ),
    "a late campaign": (
        (FRESH, SUPPORTED, fact("restart.machine", False), fact("patch.campaign", True, 32), *waiting(1, 3)),
        ("missed", "campaign-late"),
    ),
    "a restart owed": (
        (FRESH, SUPPORTED, CAMPAIGN, fact("restart.machine", True, 8), *waiting(0)),
        ("missed", "restart-owed"),
    ),
    "a restart owed since yesterday": (
        (FRESH, SUPPORTED, CAMPAIGN, fact("restart.machine", True, 1), *waiting(0)),
        ("met", "within-limit"),
    ),
    "no longer supported": (
        (
            FRESH,
            fact("system.supported_until", NOW - timedelta(days=1)),
            CAMPAIGN,
            fact("restart.machine", False),
            *waiting(0),
        ),
        ("missed", "unsupported-system"),
    ),
}


@pytest.mark.parametrize("case", REPORTED)
def test_a_post_that_only_a_console_sees_is_judged_by_what_that_tells(case: str) -> None:
    facts, verdict = REPORTED[case]
    assert reported(*facts) == verdict


# Each finding whole, as the sentences are made of it, and each term to the second.

SECOND = 1 / 86400
DAYS = 86400.0


def missed(reason: Reason, value: float | None = None, limit: float | None = None, **about: DetailValue) -> Finding:
    """Return the finding of what was seen and bad."""
    return Finding(state=State.MISSED, reason=reason, value=value, limit=limit, about=about)


def unproven(reason: Reason, value: float | None = None, **about: DetailValue) -> Finding:
    """Return the finding of what could not be told."""
    return Finding(state=State.UNPROVEN, reason=reason, value=value, about=about)


def met(value: float, **about: DetailValue) -> Finding:
    """Return the finding that no update waits too long, which stands for as long as any look."""
    ends = NOW + CLAUSES["patching"].evidence_age
    return Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=value, stands_until=ends, about=about)


def day_of(days: float) -> date:
    """Return the day that many days ago."""
    return (NOW - timedelta(days=days)).date()


def rounded(found: Sequence[Finding]) -> list[Finding]:
    """Return findings with their value to a tenth of a second: days are no whole number of microseconds."""
    return [replace(one, value=None if one.value is None else round(one.value, 1)) for one in found]


def seen_with(*facts: Fact, less: Sequence[Fact] = ()) -> list[Finding]:
    """Return the findings on a sound machine with more facts, or with less."""
    return rounded(findings([one for one in (*SOUND, *facts) if one not in less]))


def test_a_machine_without_updates_says_that_there_are_none() -> None:
    assert seen_with() == [met(0.0, updates=0)]


def test_an_update_that_waits_is_named_by_its_package() -> None:
    late = pending(32, 33)
    assert seen_with(*late) == [missed(Reason.UPDATES_PENDING, 32 * DAYS, updates=1, package="openssl")]
    (one,) = seen_with(*pending(1, 2))
    assert one == met(DAYS, updates=1, package="openssl", at_most_age=2 * DAYS)


def test_packages_are_counted_once_whatever_their_architecture() -> None:
    facts = (
        *pending(3, 4),
        *pending(2, 3, PackageVersion(package="openssl:i386", version="3.5.7-1")),
        *pending(1, 2, PackageVersion(package="curl:amd64", version="8:7.1")),
    )
    (one,) = seen_with(*facts)
    assert one == met(3 * DAYS, updates=2, package="openssl", at_most_age=4 * DAYS)


def test_a_package_without_an_architecture_is_named_as_it_is() -> None:
    (one,) = seen_with(*pending(1, 2, PackageVersion(package="tzdata", version="2026:1")))
    assert one.about["package"] == "tzdata"


def test_an_update_of_unknown_age_is_on_course_and_says_no_greatest_age() -> None:
    assert seen_with(*pending(1)) == [unproven(Reason.ON_COURSE, DAYS, updates=1, package="openssl")]
    assert seen_with(*pending(-1)) == [unproven(Reason.ON_COURSE, 0.0, updates=1, package="openssl")]


def test_the_date_of_a_changelog_tells_an_age_and_proves_none() -> None:
    hint = fact("patch.pending.changelog", FIX, 5)
    (one,) = seen_with(*pending(1), hint)
    assert one == unproven(Reason.ON_COURSE, DAYS, updates=1, package="openssl", at_most_age=5 * DAYS)
    (one,) = seen_with(*pending(1, 2), hint)
    assert one.about["at_most_age"] == 2 * DAYS


def test_the_first_campaign_in_time_bounds_no_age_of_another_update() -> None:
    (one,) = seen_with(*pending(1, 2), *pending(1, None, PackageVersion(package="curl:amd64", version="8")))
    assert "at_most_age" not in one.about


def test_an_update_may_wait_for_the_limit_to_the_second() -> None:
    assert seen_with(*pending(31, 31))[0].state is State.MET
    assert seen_with(*pending(31 + SECOND, 32))[0].reason is Reason.UPDATES_PENDING
    assert seen_with(*pending(1, 31 + SECOND))[0].reason is Reason.ON_COURSE


def test_without_a_limit_any_age_is_too_much() -> None:
    target = Target(id="patching", unit="seconds", limit=None, evidence_age=timedelta(hours=26))
    facts = tuple(one for one in SOUND if one is not CAMPAIGN)
    half = (fact("patch.pending", FIX, SECOND / 2), fact("patch.campaign", True, 0))
    seen = Observation(collector="patches", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=(*facts, *half))
    question = Question(item=MACHINE, inventory=Inventory(hosts=(MACHINE,)), target=target, now=NOW, first_seen=NOW)
    (one,) = CHECK.judge(Need(collector="patches", subject="srv-1"), seen, question)
    assert one.reason is Reason.UPDATES_PENDING


def test_a_system_that_is_no_longer_supported_is_named_with_its_last_day() -> None:
    ended = fact("system.supported_until", NOW)
    first, *rest = seen_with(ended, less=[SUPPORTED])
    assert first == missed(Reason.UNSUPPORTED_SYSTEM, system="debian 13 trixie", until=date(2026, 11, 23))
    assert rest == [met(0.0, updates=0)]
    assert seen_with(ended, less=[SUPPORTED, SYSTEM])[0] == missed(Reason.UNSUPPORTED_SYSTEM, until=date(2026, 11, 23))
    soon = fact("system.supported_until", NOW + timedelta(seconds=1))
    assert seen_with(soon, less=[SUPPORTED]) == [met(0.0, updates=0)]


def test_a_system_that_was_never_released_is_named() -> None:
    first, _ = seen_with(fact("system.unreleased", True))
    assert first == missed(Reason.UNSUPPORTED_SYSTEM, system="debian 13 trixie")


def test_what_could_not_be_seen_is_said_with_its_gap() -> None:
    denied = Gap(subject="srv-1", reason=Reason.DENIED, detail="apt: refused")
    first, _ = findings(SOUND, [denied])
    assert first == unproven(Reason.DENIED, said="apt: refused", gap=1)


def test_a_late_campaign_says_how_long_ago_it_was_or_since_when_there_was_none() -> None:
    owed = pending(1, 2)
    late = fact("patch.campaign", True, 32)
    assert seen_with(*owed, late, less=[CAMPAIGN])[0] == missed(Reason.CAMPAIGN_LATE, 32 * DAYS)
    log = fact("patch.log", True, 32)
    assert seen_with(*owed, log, less=[CAMPAIGN])[0] == missed(Reason.CAMPAIGN_LATE, 32 * DAYS, no_campaign=day_of(32))
    idle = fact("patch.nothing_due", True, 32)
    assert seen_with(*owed, idle, less=[CAMPAIGN])[0] == missed(Reason.CAMPAIGN_LATE, 32 * DAYS, no_campaign=day_of(32))


def test_a_campaign_is_in_time_up_to_the_limit_to_the_second() -> None:
    for ago, expected in ((31, []), (31 + SECOND, [Reason.CAMPAIGN_LATE])):
        found = seen_with(*pending(1, 2), fact("patch.campaign", True, ago), less=[CAMPAIGN])
        assert [one.reason for one in found if one.state is State.MISSED] == expected


def test_a_young_log_without_a_campaign_is_on_course() -> None:
    first, _ = seen_with(*pending(1, 2), fact("patch.log", True, 5), less=[CAMPAIGN])
    assert first == unproven(Reason.ON_COURSE, no_campaign=day_of(5))


def test_a_machine_without_a_log_says_so() -> None:
    first, _ = seen_with(*pending(1, 2), less=[CAMPAIGN])
    assert first == unproven(Reason.ON_COURSE, no_log=1)


@pytest.mark.parametrize("ago", [7, 7 + SECOND])
def test_a_restart_is_owed_after_seven_days_to_the_second(ago: float) -> None:
    value, limit = round(ago * DAYS, 1), 7 * DAYS
    owed: tuple[tuple[str, FactValue, dict[str, str | float]], ...] = (
        ("restart.machine", True, {}),
        ("restart.kernel", "6.12.1", {"kernel": "6.12.1"}),
        ("restart.program", "nginx", {"program": "nginx", "programs": 1}),
        ("restart.service", "nginx.service", {"program": "nginx.service", "programs": 1}),
    )
    for name, value_seen, about in owed:
        first, *_ = seen_with(fact(name, value_seen, ago))
        late = missed(Reason.RESTART_OWED, value, limit, **about)
        assert first == (late if ago > 7 else met(0.0, updates=0))


def test_programs_that_run_old_code_are_counted_once_and_the_oldest_is_named() -> None:
    first, _ = seen_with(
        fact("restart.program", "nginx", 8),
        fact("restart.service", "nginx.service", 9),
        fact("restart.program", "x", 8),
    )
    assert first == missed(Reason.RESTART_OWED, 9 * DAYS, 7 * DAYS, program="nginx.service", programs=2)


def test_lists_that_are_not_configured_are_missed() -> None:
    first, _ = seen_with(fact("patch.security_source", False), less=[SOURCE])
    assert first == missed(Reason.ABSENT, source="security")


def test_lists_that_ended_say_how_old_they_are() -> None:
    for ends, stale in ((NOW, True), (NOW + timedelta(seconds=1), False)):
        first, *_ = seen_with(fact("patch.metadata", ends, 8), less=[FRESH])
        expected = unproven(Reason.STALE_METADATA, lists_age=8 * DAYS)
        assert first == expected if stale else first.state is State.MET
    assert seen_with(less=[FRESH])[0] == unproven(Reason.STALE_METADATA)


def told(*facts: Fact) -> list[Finding]:
    """Return the findings on a post of which a console alone tells."""
    clause = CLAUSES["patching"]
    target = Target(id="patching", unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    question = Question(item=POST, inventory=Inventory(hosts=(POST,)), target=target, now=NOW, first_seen=NOW)
    seen = Observation(collector="patches", host="pc-1", subject="pc-1", begun=NOW, ended=NOW, facts=facts)
    return rounded(tuple(CHECK.judge(Need(collector="patches", subject="pc-1"), seen, question)))


NO_RESTART = fact("restart.machine", False)
TOLD = (SOURCE, FRESH, SUPPORTED, SYSTEM, CAMPAIGN, NO_RESTART)


def test_a_post_that_a_console_does_not_know_is_absent_there() -> None:
    # Each look is kept with what it was taken at, whatever it shows.
    assert told(fact("look.at", "bc5efbfd1508c112")) == [missed(Reason.ABSENT, export="wsus")]


def test_a_post_of_which_a_console_tells_no_update_is_met() -> None:
    assert told(*TOLD, *waiting(0)) == [met(0.0, export="wsus")]
    assert told(*TOLD, fact("patch.reported.waiting", "none")) == [met(0.0, export="wsus")]


def test_a_post_s_oldest_update_is_dated_by_the_console() -> None:
    assert told(*TOLD, *waiting(3, 31)) == [met(31 * DAYS, export="wsus", reported=3)]
    assert told(*TOLD, *waiting(3, -1)) == [met(0.0, export="wsus", reported=3)]
    late = 31 + SECOND
    assert told(*TOLD, *waiting(3, late)) == [
        missed(Reason.UPDATES_PENDING, round(late * DAYS, 1), export="wsus", reported=3)
    ]


def test_updates_of_a_post_without_a_date_are_counted() -> None:
    assert told(*TOLD, *waiting(3)) == [unproven(Reason.INCOMPLETE, export="wsus", no_date=3)]


def test_what_a_console_does_not_tell_is_said_each() -> None:
    bare = (SOURCE, FRESH, SYSTEM, *waiting(3, 1))
    assert told(*bare) == [
        unproven(Reason.INCOMPLETE, export="wsus", no_restart=1),
        unproven(Reason.INCOMPLETE, export="wsus", no_support=1),
        unproven(Reason.INCOMPLETE, export="wsus", no_campaign_told=1),
        met(DAYS, export="wsus", reported=3),
    ]
    untold = [one.about for one in told(SOURCE, FRESH, SYSTEM, *waiting(0)) if one.reason is Reason.INCOMPLETE]
    assert untold == [{"export": "wsus", "no_restart": 1}, {"export": "wsus", "no_support": 1}]


def test_a_waiting_update_whose_name_is_not_understood_is_told_without_one() -> None:
    (found,) = [one for one in findings((*SOUND, fact("patch.pending", "openssl", 40))) if one.state is State.MISSED]
    assert (found.about["updates"], found.about["package"]) == (1, "")
