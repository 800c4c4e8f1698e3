"""endpoint-protection: each of the four matters alone, at, under and over its limit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.ahead import TOLERANCE
from agent.core.facts.protection import Protection, facts_of
from agent.core.inventory import Antivirus, DeclaredHost, Export, Inventory
from agent.core.judging.check import Need, Question
from agent.core.model import Finding, Gap, Observation, State, Target
from agent.core.reason import Reason
from agent.evaluation.combining import combine
from checks.endpoint_protection import CHECK, PROVEN_WITHIN

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
LIMIT = 96 * HOUR
ZONES = 14 * HOUR

SOUND = Protection(
    product="clamav",
    running=True,
    loaded=NOW - 10 * HOUR,
    loaded_version="27001",
    on_disk=NOW - 10 * HOUR,
    on_disk_version="27001",
    proven=True,
    tried_at=NOW - HOUR,
)
DEFENDER = Protection(product="defender", running=True, engaged=True, loaded=NOW - HOUR, loaded_version="1.2")
WAZUH = Protection(product="wazuh", running=True, engaged=True, contact=NOW - SECOND)


EXPORT = Export(id="edr", path="/x.csv", format="csv", host="Poste", date="Signatures")


def findings(
    *seen: Protection, gaps: tuple[Gap, ...] = (), realtime: bool = False, export: Export | None = None
) -> tuple[Finding, ...]:
    """Return what the rule makes of a look that saw these products."""
    machine = DeclaredHost(id="srv-1", antivirus=Antivirus(realtime=realtime, export=export))
    question = Question(
        item=machine,
        inventory=Inventory(hosts=(machine,)),
        target=Target(
            id="endpoint-protection", unit="seconds", limit=LIMIT.total_seconds(), evidence_age=timedelta(hours=6)
        ),
        now=NOW,
        first_seen=NOW,
    )
    observation = Observation(
        collector="antivirus",
        host="srv-1",
        subject="srv-1",
        begun=NOW,
        ended=NOW,
        facts=tuple(fact for one in seen for fact in facts_of(one, "srv-1", NOW)),
        gaps=gaps,
    )
    (need,) = CHECK.needs(question)
    assert need == Need(collector="antivirus", subject="srv-1")
    return tuple(CHECK.judge(need, observation, question))


def spoken(*seen: Protection, gaps: tuple[Gap, ...] = (), realtime: bool = False) -> Finding:
    """Return the finding that speaks for all."""
    return combine(findings(*seen, gaps=gaps, realtime=realtime), best=False)


def came_to(*seen: Protection, gaps: tuple[Gap, ...] = (), realtime: bool = False) -> tuple[State, Reason]:
    """Return the state and the reason that speak for all."""
    said = spoken(*seen, gaps=gaps, realtime=realtime)
    return said.state, said.reason


def gap(part: str, reason: Reason) -> Gap:
    return Gap(subject=f"srv-1/{part}", reason=reason, detail="it was refused")


MET = (State.MET, Reason.WITHIN_LIMIT)


def test_a_sound_protection_is_met_by_the_age_of_what_is_loaded() -> None:
    said = spoken(SOUND)
    assert (said.state, said.value, said.limit) == (State.MET, 36000.0, 345600.0)


@pytest.mark.parametrize(
    ("age", "answer"),
    [
        (LIMIT - SECOND, MET),
        (LIMIT, MET),
        (LIMIT + SECOND, (State.MISSED, Reason.OUTDATED)),
        (-4 * 60 * SECOND, MET),
        (-HOUR, (State.UNPROVEN, Reason.IN_FUTURE)),
    ],
)
def test_what_is_loaded_may_be_ninety_six_hours_old(age: timedelta, answer: tuple[State, Reason]) -> None:
    assert came_to(replace(SOUND, loaded=NOW - age)) == answer


@pytest.mark.parametrize(
    ("age", "answer"),
    [
        (LIMIT - ZONES, MET),
        (LIMIT - ZONES + SECOND, (State.UNPROVEN, Reason.OUTDATED)),
        (LIMIT + ZONES, (State.UNPROVEN, Reason.OUTDATED)),
        (LIMIT + ZONES + SECOND, (State.MISSED, Reason.OUTDATED)),
        (-ZONES, MET),
        (-ZONES - HOUR, (State.UNPROVEN, Reason.IN_FUTURE)),
    ],
)
def test_a_date_without_a_zone_is_held_to_both_its_ends(age: timedelta, answer: tuple[State, Reason]) -> None:
    assert came_to(replace(SOUND, loaded=NOW - age, loaded_within=ZONES)) == answer


def test_from_two_days_on_the_age_is_told_as_a_warning() -> None:
    assert "ageing" not in spoken(replace(SOUND, loaded=NOW - 48 * HOUR)).about
    assert "ageing" in spoken(replace(SOUND, loaded=NOW - 48 * HOUR - SECOND)).about


def test_a_fresh_file_on_disk_does_not_save_what_is_loaded() -> None:
    stale = replace(SOUND, loaded=NOW - 2 * LIMIT, on_disk=NOW - HOUR, on_disk_version="27009")
    said = spoken(stale)
    assert (said.state, said.reason, said.about["disk_version"]) == (State.MISSED, Reason.OUTDATED, "27009")


@pytest.mark.parametrize(
    ("seen", "answer"),
    [
        pytest.param(
            replace(SOUND, running=False, proven=None, tried_at=None), (State.MISSED, Reason.NOT_RUNNING), id="stopped"
        ),
        pytest.param(replace(SOUND, proven=False), (State.MISSED, Reason.NOT_DETECTING), id="detects nothing"),
        pytest.param(replace(SOUND, proven=None), (State.UNPROVEN, Reason.NOT_RUN), id="never tried"),
        pytest.param(replace(SOUND, tried_at=NOW - PROVEN_WITHIN), MET, id="tried just in time"),
        pytest.param(
            replace(SOUND, tried_at=NOW - PROVEN_WITHIN - SECOND),
            (State.UNPROVEN, Reason.STALE_EVIDENCE),
            id="tried too long ago",
        ),
        pytest.param(replace(SOUND, loaded=None), (State.UNPROVEN, Reason.UNREADABLE), id="undated"),
        pytest.param(replace(SOUND, engaged=False), MET, id="no real time, none asked"),
    ],
)
def test_each_matter_alone_decides(seen: Protection, answer: tuple[State, Reason]) -> None:
    assert came_to(seen) == answer


def test_real_time_is_asked_where_it_is_declared() -> None:
    assert came_to(replace(SOUND, engaged=True), realtime=True) == MET
    assert came_to(replace(SOUND, engaged=False), realtime=True) == (State.MISSED, Reason.NOT_ENGAGED)
    assert came_to(SOUND, realtime=True, gaps=(gap("clamav/engaged", Reason.DENIED),)) == (
        State.UNPROVEN,
        Reason.DENIED,
    )


def test_a_trial_that_could_not_be_made_says_why() -> None:
    untried = replace(SOUND, proven=None, tried_at=None)
    assert came_to(untried, gaps=(gap("clamav/trial", Reason.EXITED),)) == (State.UNPROVEN, Reason.EXITED)


def test_the_verdict_does_not_outlive_the_trial() -> None:
    (said,) = findings(replace(SOUND, tried_at=NOW - 23 * HOUR))
    assert said.stands_until == NOW + HOUR
    (said,) = findings(SOUND)
    assert said.stands_until == NOW + 6 * HOUR


def test_a_miss_stands_as_long_as_its_look_however_old_the_trial_is() -> None:
    """An end that had passed before the look itself would leave the day unproven, and the miss untold."""
    outdated = replace(SOUND, loaded=NOW - LIMIT - SECOND, tried_at=NOW - PROVEN_WITHIN - SECOND)
    spoken = combine(findings(outdated), best=False)
    assert (spoken.state, spoken.reason, spoken.stands_until) == (State.MISSED, Reason.OUTDATED, None)


def test_a_machine_with_no_protection_at_all_is_missed() -> None:
    assert came_to() == (State.MISSED, Reason.ABSENT)


def test_a_product_that_nobody_here_can_read_is_no_miss() -> None:
    assert came_to(gaps=(gap("other", Reason.UNREADABLE),)) == (State.UNPROVEN, Reason.UNREADABLE)


def test_a_clamd_that_could_not_be_asked_is_unproven() -> None:
    assert came_to(gaps=(gap("clamav", Reason.TIMED_OUT),)) == (State.UNPROVEN, Reason.TIMED_OUT)


def test_one_sound_product_is_enough_and_one_that_is_unknown_keeps_a_miss_from_being_certain() -> None:
    stopped = replace(SOUND, running=False)
    assert came_to(stopped, DEFENDER) == MET
    assert came_to(stopped, gaps=(gap("defender", Reason.DENIED),)) == (State.UNPROVEN, Reason.DENIED)
    assert came_to(DEFENDER, gaps=(gap("clamav", Reason.DENIED),)) == MET


def test_what_cannot_be_tried_must_at_least_be_engaged_and_says_that_it_was_not_tried() -> None:
    assert came_to(DEFENDER) == MET
    assert spoken(DEFENDER).about["untried"] == "defender"
    assert came_to(replace(DEFENDER, engaged=False)) == (State.MISSED, Reason.NOT_ENGAGED)
    assert came_to(replace(DEFENDER, loaded=None)) == (State.UNPROVEN, Reason.UNREADABLE)


def test_a_sensor_is_dated_by_its_console_s_last_answer() -> None:
    assert came_to(WAZUH) == MET
    assert came_to(replace(WAZUH, engaged=False)) == (State.MISSED, Reason.NOT_ENGAGED)
    assert came_to(replace(WAZUH, contact=NOW - LIMIT - SECOND)) == (State.MISSED, Reason.OUTDATED)
    assert came_to(replace(WAZUH, contact=None)) == (State.UNPROVEN, Reason.UNREADABLE)


@pytest.mark.parametrize(
    ("seen", "answer"),
    [
        ((), (State.MISSED, Reason.ABSENT)),
        ((replace(WAZUH, product="console", engaged=None),), MET),
        ((replace(WAZUH, product="console", contact=NOW - LIMIT - SECOND),), (State.MISSED, Reason.OUTDATED)),
        ((replace(WAZUH, product="console", contact=NOW + HOUR),), (State.UNPROVEN, Reason.IN_FUTURE)),
    ],
)
def test_a_machine_that_only_a_console_sees_is_judged_by_its_row_s_own_date(
    seen: tuple[Protection, ...], answer: tuple[State, Reason]
) -> None:
    said = combine(findings(*seen, export=EXPORT), best=False)
    assert (said.state, said.reason) == answer


def test_what_an_export_does_not_tell_is_unproven_where_it_is_asked() -> None:
    told = replace(WAZUH, product="console", engaged=None)
    said = combine(findings(told, export=EXPORT, realtime=True), best=False)
    assert (said.state, said.reason) == (State.UNPROVEN, Reason.NOT_RUN)


# Each finding whole, as the sentences are made of it.


def fresh(age: timedelta, **about: str | float) -> Finding:
    """Return the finding that something is up to date."""
    return Finding(
        state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        value=age.total_seconds(),
        limit=LIMIT.total_seconds(),
        unit="seconds",
        stands_until=NOW + timedelta(hours=6),
        about=about,
    )


def unproven(reason: Reason, **about: str | float) -> Finding:
    """Return the finding that something could not be told."""
    return Finding(state=State.UNPROVEN, reason=reason, about=about)


def test_a_sound_product_says_what_is_loaded_and_when_it_was_tried() -> None:
    assert findings(SOUND) == (fresh(10 * HOUR, product="clamav", loaded_version="27001", trial_age=3600.0),)


def test_another_version_on_disk_is_said() -> None:
    (one,) = findings(replace(SOUND, on_disk_version="27002"))
    assert (one.about["loaded_version"], one.about["disk_version"]) == ("27001", "27002")


def test_a_trial_ahead_of_the_clock_has_no_age_and_soon_proves_nothing() -> None:
    (one,) = findings(replace(SOUND, tried_at=NOW + TOLERANCE))
    assert one.about["trial_age"] == 0.0
    tried = NOW + TOLERANCE + SECOND
    doubtful, _ = findings(replace(SOUND, tried_at=tried))
    assert (doubtful.state, doubtful.reason) == (State.UNPROVEN, Reason.CLOCK_DOUBTFUL)
    assert doubtful.about == {"product": "clamav", "dated": tried}


def test_a_product_that_does_not_run_or_act_says_why() -> None:
    stopped = Finding(state=State.MISSED, reason=Reason.NOT_RUNNING, about={"product": "clamav"})
    assert findings(replace(SOUND, running=False)) == (stopped,)
    said = replace(stopped, about={"product": "clamav", "said": "exit 2"})
    assert findings(replace(SOUND, running=False, said="exit 2")) == (said,)
    idle, _ = findings(replace(SOUND, engaged=False, said="scan only"), realtime=True)
    assert idle == replace(said, reason=Reason.NOT_ENGAGED, about={"product": "clamav", "said": "scan only"})


def test_a_product_that_does_not_detect_is_named() -> None:
    blind, _ = findings(replace(SOUND, proven=False))
    assert blind == Finding(state=State.MISSED, reason=Reason.NOT_DETECTING, about={"product": "clamav"})


def test_a_trial_counts_for_26_hours_to_the_second() -> None:
    assert findings(replace(SOUND, tried_at=NOW - PROVEN_WITHIN))[0].state is State.MET
    age = PROVEN_WITHIN + SECOND
    stale, _ = findings(replace(SOUND, tried_at=NOW - age))
    assert stale == unproven(
        Reason.STALE_EVIDENCE,
        product="clamav",
        trial_age=age.total_seconds(),
        trial_limit=PROVEN_WITHIN.total_seconds(),
    )


@pytest.mark.parametrize("part", ["trial", "engaged"])
def test_what_was_not_shown_says_which_part_and_what_was_answered(part: str) -> None:
    seen = replace(SOUND, proven=None, tried_at=None, engaged=None)
    shown = findings(seen, gaps=(gap(f"clamav/{part}", Reason.DENIED),), realtime=part == "engaged")
    detail = gap("clamav", Reason.DENIED).detail
    assert unproven(Reason.DENIED, product="clamav", unshown=part, said=detail) in shown
    assert unproven(Reason.NOT_RUN, product="clamav") in findings(seen, realtime=True)


def test_what_is_loaded_without_a_date_is_unreadable() -> None:
    (one,) = findings(replace(SOUND, loaded=None))
    assert one == unproven(
        Reason.UNREADABLE, product="clamav", loaded_version="27001", trial_age=3600.0, undated="clamav"
    )


def test_what_was_built_in_the_future_is_so_from_five_minutes_on() -> None:
    ahead = timedelta(minutes=5)
    assert findings(replace(SOUND, loaded=NOW + ahead))[0] == fresh(
        0 * HOUR, product="clamav", loaded_version="27001", trial_age=3600.0
    )
    (one,) = findings(replace(SOUND, loaded=NOW + ahead + SECOND))
    assert one == unproven(Reason.IN_FUTURE, product="clamav", loaded_version="27001", trial_age=3600.0, ahead=301.0)
    (one,) = findings(replace(SOUND, loaded=NOW + ahead + SECOND + ZONES, loaded_within=ZONES))
    assert one.about["ahead"] == 301.0


def test_a_date_without_a_zone_says_how_far_it_may_be_off() -> None:
    (one,) = findings(replace(SOUND, loaded=NOW - LIMIT + HOUR, loaded_within=ZONES))
    assert (one.state, one.reason, one.about["within_seconds"]) == (State.UNPROVEN, Reason.OUTDATED, 14 * 3600.0)
    assert one.value == (LIMIT - HOUR + ZONES).total_seconds()
    (one,) = findings(replace(SOUND, loaded=NOW + HOUR, loaded_within=ZONES))
    assert (one.state, one.value) == (State.MET, 13 * 3600.0)


@pytest.mark.parametrize(("age", "told"), [(48 * HOUR, {}), (48 * HOUR + SECOND, {"ageing": 1})])
def test_an_age_of_more_than_48_hours_is_marked(age: timedelta, told: dict[str, int]) -> None:
    (one,) = findings(replace(SOUND, loaded=NOW - age))
    assert one == fresh(age, product="clamav", loaded_version="27001", trial_age=3600.0, **told)


def test_a_trial_that_ends_before_the_look_ends_the_finding() -> None:
    (one,) = findings(replace(SOUND, tried_at=NOW - 23 * HOUR))
    assert one.stands_until == NOW + HOUR


def test_without_a_limit_nothing_is_fresh_enough() -> None:
    machine = DeclaredHost(id="srv-1", antivirus=Antivirus())
    target = Target(id="endpoint-protection", unit="seconds", limit=None, evidence_age=timedelta(hours=6))
    question = Question(item=machine, inventory=Inventory(), target=target, now=NOW, first_seen=NOW)
    for age, state in ((timedelta(0), State.MET), (timedelta(seconds=0.5), State.MISSED)):
        facts = tuple(facts_of(replace(SOUND, loaded=NOW - age), "srv-1", NOW))
        seen = Observation(collector="antivirus", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=facts)
        (one,) = CHECK.judge(Need(collector="antivirus", subject="srv-1"), seen, question)
        assert (one.state, one.limit) == (state, 0.0)


def test_a_sensor_says_that_it_is_one_and_is_not_tried() -> None:
    assert findings(WAZUH) == (fresh(SECOND, product="wazuh", sensor="wazuh", untried="wazuh"),)
    assert findings(DEFENDER) == (fresh(HOUR, product="defender", loaded_version="1.2", untried="defender"),)


def test_a_console_says_which_export_it_came_from() -> None:
    seen = Protection(product="console", running=True, contact=NOW - HOUR)
    told = {"product": "console", "export": "edr", "untried": "console"}
    assert findings(seen, export=EXPORT) == (fresh(HOUR, **told, reported="edr"),)
    running = replace(EXPORT, columns=replace(EXPORT.columns, running="Actif"))
    assert findings(seen, export=running) == (fresh(HOUR, **told),)
    assert findings(seen) == (fresh(HOUR, product="console", sensor="console", untried="console"),)
    (other,) = findings(SOUND, export=EXPORT)
    assert "export" not in other.about


def test_what_could_not_be_looked_at_is_named_with_what_was_answered() -> None:
    seen = gap("clamav", Reason.DENIED)
    assert findings(gaps=(seen,)) == (unproven(Reason.DENIED, product="clamav", said=seen.detail),)
    assert findings(replace(SOUND, running=False), gaps=(gap("wazuh", Reason.DENIED),)) == (
        unproven(Reason.DENIED, product="wazuh", said=seen.detail),
    )
    assert findings() == (Finding(state=State.MISSED, reason=Reason.ABSENT),)
    assert findings(export=EXPORT) == (Finding(state=State.MISSED, reason=Reason.ABSENT, about={"export": "edr"}),)
