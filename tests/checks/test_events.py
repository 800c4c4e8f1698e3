"""What is judged by event: an entry's own verdict, and beside it the beneficiary's, by months."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from agent.core.duties.entries import DUTIES, Closing, RegisterEntry, duties_of
from agent.core.duties.expected import expected_entries
from agent.core.duties.moments import read_when
from agent.core.inventory import Inventory
from agent.core.judging.check import Question
from agent.core.judging.events import in_hours, in_working_days, judge_event, judge_months, limit_of, lost_term
from agent.core.model import Detail, Finding, State, Target
from agent.core.reason import Reason
from tests.checks.entered import INVENTORY, amended, entry, judged, told

OPENED = datetime.fromisoformat("2026-11-02T10:00+01:00")
MAJOR = {"detected": "2026-11-02T10:00+01:00", "title": "panne", "major": "yes", "author": "RSSI"}
BREACH = {"detected": "2026-11-20T10:00+01:00", "title": "fuite", "cnil_due": "yes", "author": "RSSI"}
OCTOBER = entry("incident", "incident-9", none="2026-10", author="RSSI")
BREACHES_OF_OCTOBER = entry("breach", "breach-9", none="2026-10", author="RSSI")


def incident(**values: str) -> RegisterEntry:
    """Return a major incident detected on Monday 2 November; the tenth working day after is the 17th."""
    return entry("incident", "incident-1", **{**MAJOR, **values})


def breach(**values: str) -> RegisterEntry:
    """Return a breach detected on Friday 20 November at ten."""
    return entry("breach", "breach-1", **{**BREACH, **values})


@pytest.mark.parametrize(
    ("values", "now", "own", "beneficiary"),
    [
        ({}, "2026-11-17T23:59+01:00", "met on-course", "met on-course"),
        ({}, "2026-11-18T00:00+01:00", "missed overdue", "missed overdue"),
        ({"reported": "2026-11-17"}, "2026-11-20T00:00+01:00", "met within-limit", "met within-limit"),
        ({"reported": "2026-11-18"}, "2026-11-20T00:00+01:00", "missed overdue", "missed overdue"),
        ({"major": "no"}, "2026-11-20T00:00+01:00", "not-applicable not-expected", "not-applicable not-expected"),
    ],
)
def test_an_incident_has_a_verdict_of_its_own_beside_the_beneficiary_s(
    values: dict[str, str], now: str, own: str, beneficiary: str
) -> None:
    verdicts = judged((OCTOBER, incident(**values)), now)
    assert told(verdicts["incident-report", "incident-1"]) == own
    assert told(verdicts["incident-report", "scota"]) == beneficiary
    assert verdicts["incident-report", "incident-1"].evidence == ("incident-1",)


def test_an_adapted_objective_moves_the_term() -> None:
    found = judged((OCTOBER, incident()), "2026-11-18T00:00+01:00", limits={"incident-report": 12.0})
    assert told(found["incident-report", "incident-1"]) == "met on-course"


@pytest.mark.parametrize(
    ("values", "now", "dpo", "cnil"),
    [
        ({}, "2026-11-21T10:00+01:00", "met on-course", "met on-course"),
        ({}, "2026-11-21T10:01+01:00", "missed overdue", "met on-course"),
        ({}, "2026-11-23T10:01+01:00", "missed overdue", "missed overdue"),
        (
            {"dpo_informed": "2026-11-20T12:00+01:00", "cnil_notified": "2026-11-23T09:00+01:00"},
            "2026-11-24T00:00+01:00",
            "met within-limit",
            "met within-limit",
        ),
        (
            {"dpo_informed": "2026-11-21", "cnil_notified": "2026-11-24T09:00+01:00"},
            "2026-11-25T00:00+01:00",
            "unproven incomplete",
            "missed overdue",
        ),
        ({"cnil_due": "no"}, "2026-11-21T10:01+01:00", "missed overdue", "not-applicable not-expected"),
    ],
)
def test_a_breach_has_two_clocks(values: dict[str, str], now: str, dpo: str, cnil: str) -> None:
    verdicts = judged((BREACHES_OF_OCTOBER, breach(**values)), now)
    assert told(verdicts["breach-dpo", "breach-1"]) == dpo
    assert told(verdicts["breach-cnil", "breach-1"]) == cnil


@pytest.mark.parametrize(
    ("entries", "now", "state"),
    [
        ((), "2026-11-06T23:59+01:00", "not-applicable not-expected"),
        ((), "2026-11-07T00:00+01:00", "unproven incomplete"),
        ((OCTOBER,), "2026-11-07T00:00+01:00", "not-applicable not-expected"),
        ((OCTOBER,), "2026-12-08T00:00+01:00", "unproven incomplete"),
        ((entry("incident", "i", **{**MAJOR, "detected": "2026-10-05", "major": "no"}),), "2026-11-07T00:00+01:00",
         "not-applicable not-expected"),
        ((entry("incident", "i", beneficiary="other", none="2026-10"),), "2026-11-07T00:00+01:00",
         "unproven incomplete"),
        ((BREACHES_OF_OCTOBER,), "2026-11-07T00:00+01:00", "unproven incomplete"),
    ],
)  # fmt: skip
def test_a_month_is_signed_or_has_an_entry_or_is_unproven_from_its_sixth_working_day(
    entries: tuple[RegisterEntry, ...], now: str, state: str
) -> None:
    assert told(judged(entries, now)["incident-report", "scota"]) == state


def test_what_is_open_and_late_is_worse_than_a_month_that_nobody_signed() -> None:
    verdict = judged((incident(),), "2026-11-18T00:00+01:00")["incident-report", "scota"]
    assert told(verdict) == "missed overdue"
    assert [finding.reason.value for finding in verdict.rest] == ["incomplete"]


def test_thousands_of_open_entries_are_one_finding_that_counts_them() -> None:
    many = tuple(entry("incident", f"incident-{number}", **MAJOR) for number in range(2000))
    verdict = judged((OCTOBER, *many), "2026-11-18T00:00+01:00")["incident-report", "scota"]
    assert (verdict.rest, verdict.about["entries"]) == ((), 2000)


@pytest.mark.parametrize(("day", "shown"), [("2026-12-16", True), ("2026-12-17", False)])
def test_a_closed_entry_leaves_the_scorecard_a_month_later(day: str, shown: bool) -> None:
    verdicts = judged((incident(reported="2026-11-17"),), f"{day}T12:00+01:00")
    assert (("incident-report", "incident-1") in verdicts) == shown


def test_an_open_entry_never_leaves_the_scorecard() -> None:
    assert ("incident-report", "incident-1") in judged((incident(),), "2028-01-01T12:00+01:00")


def test_a_month_s_signature_is_no_entry_that_is_judged() -> None:
    assert ("incident-report", "incident-9") not in judged((OCTOBER,), "2026-11-18T00:00+01:00")


def test_registers_that_could_not_be_read_prove_nothing() -> None:
    states = {told(verdict) for key, verdict in judged(None, "2026-11-18T00:00+01:00").items() if key[1] == "scota"}
    assert states == {"unproven not-run"}


def test_a_doubtful_clock_proves_nothing() -> None:
    verdicts = judged((OCTOBER, incident()), "2026-11-10T00:00+01:00", signed=date(2026, 1, 1), doubtful="behind")
    assert {told(verdict) for verdict in verdicts.values()} == {"unproven clock-doubtful"}


def test_a_running_clock_stands_no_longer_than_its_term() -> None:
    verdict = judged((OCTOBER, breach()), "2026-11-21T09:00+01:00")["breach-dpo", "breach-1"]
    assert verdict.stands_until is not None
    assert verdict.stands_until.isoformat() == "2026-11-21T09:00:00+00:00"


@pytest.mark.parametrize(
    ("others", "told_of_it"),
    [
        ((), "unproven incomplete"),
        ((BREACHES_OF_OCTOBER,), "unproven incomplete"),
        (
            (entry("breach", "breach-2", **{**BREACH, "detected": "2026-10-01", "dpo_informed": "2026-10-01"}),),
            "unproven incomplete",
        ),
        ((entry("breach", "breach-2", **{**BREACH, "detected": "2026-11-03", "dpo_informed": "2026-11-03"}),), "met"),
    ],
)
def test_an_incident_with_personal_data_and_no_breach_beside_it_is_an_open_question(
    others: tuple[RegisterEntry, ...], told_of_it: str
) -> None:
    verdicts = judged((incident(personal_data="yes", reported="2026-11-03"), *others), "2026-11-04T00:00+01:00")
    verdict = verdicts["breach-dpo", "scota"]
    assert told(verdict).startswith(told_of_it)
    assert ("incident" in verdict.about) is (told_of_it != "met")
    # The incident itself was reported in time all the same.
    assert told(verdicts["incident-report", "incident-1"]) == "met within-limit"


@pytest.mark.parametrize(
    ("day", "answered"), [("2026-10-31", False), ("2026-11-01", True), ("2026-12-03", True), ("2026-12-04", False)]
)
def test_a_breach_answers_an_incident_of_the_day_before_to_31_days_after(day: str, answered: bool) -> None:
    beside = entry("breach", "breach-2", **{**BREACH, "detected": day, "dpo_informed": day})
    found = incident(personal_data="yes", reported="2026-11-03")
    verdict = judged((found, beside), "2026-12-05T00:00+01:00")["breach-dpo", "scota"]
    assert ("incident" in verdict.about) is not answered


def test_one_breach_answers_one_incident() -> None:
    two = (
        incident(personal_data="yes", reported="2026-11-03"),
        entry("incident", "incident-2", **{**MAJOR, "detected": "2026-11-20", "personal_data": "yes"}),
    )
    breaches = tuple(
        entry("breach", f"breach-{day}", **{**BREACH, "detected": f"2026-11-{day}", "dpo_informed": f"2026-11-{day}"})
        for day in (20, 21)
    )
    for count, asked in ((0, 2), (1, 1), (2, None)):
        verdict = judged((*two, *breaches[:count]), "2026-11-22T00:00+01:00")["breach-dpo", "scota"]
        assert verdict.about.get("incidents") == asked


def test_open_questions_are_counted_and_the_first_is_named() -> None:
    second = entry("incident", "incident-2", **{**MAJOR, "personal_data": "yes", "reported": "2026-11-03"})
    entries = (incident(personal_data="yes", reported="2026-11-03"), second, BREACHES_OF_OCTOBER)
    verdict = judged(entries, "2026-11-04T00:00+01:00")["breach-dpo", "scota"]
    assert verdict.about == {"incident": "incident-1", "incidents": 2}
    assert verdict.evidence == ("incident-1", "incident-2")


def test_a_breach_of_its_own_is_judged_whatever_incident_is_open() -> None:
    entries = (incident(personal_data="yes"), breach(detected="2026-12-20T10:00+01:00", dpo_informed="2026-12-20"))
    verdict = judged(entries, "2026-12-21T00:00+01:00")["breach-dpo", "breach-1"]
    assert "incidents" not in verdict.about


def test_an_incident_without_personal_data_asks_nothing() -> None:
    verdicts = judged((incident(personal_data="no"), BREACHES_OF_OCTOBER), "2026-11-04T00:00+01:00")
    assert told(verdicts["breach-dpo", "scota"]) == "not-applicable not-expected"


OVERDUE = "2026-11-24T09:00+01:00"
MOVED = {"detected": "2026-11-20T10:00+01:00", "reported": "2026-11-25"}


@pytest.mark.parametrize(
    "changed",
    [
        amended(incident(), OVERDUE, **MOVED),
        amended(incident(), OVERDUE, major="no"),
        amended(amended(incident(), OVERDUE, title="autre"), "2026-11-25T09:00+01:00", **MOVED),
        amended(incident(reported="2026-11-19"), OVERDUE, reported="2026-11-12"),
        amended(incident(reported="2026-11-19"), OVERDUE, "reported"),
    ],
)
def test_no_amendment_takes_a_missed_term_away(changed: RegisterEntry) -> None:
    verdict = judged((OCTOBER, changed), "2026-11-30T10:00+01:00")["incident-report", "incident-1"]
    assert told(verdict) == "missed overdue"
    assert (verdict.about["first_opened"], verdict.about["due"]) == (
        OPENED,
        date(2026, 11, 17),
    )


def test_a_missed_term_that_was_amended_away_is_said_whole() -> None:
    changed = amended(incident(), OVERDUE, **MOVED)
    verdict = judged((OCTOBER, changed), "2026-11-30T10:00+01:00")["incident-report", "incident-1"]
    assert verdict.about == {
        "entry": "incident-1",
        "first_opened": OPENED,
        "due": date(2026, 11, 17),
        "amended_late": date(2026, 11, 24),
    }
    assert (verdict.value, verdict.limit, verdict.evidence) == (15.0, 10.0, ("incident-1",))


def test_a_missed_term_that_was_amended_away_keeps_when_it_was_made_good() -> None:
    (duty,) = duties_of("incident")
    for late in (None, "2026-11-19"):
        first = incident() if late is None else incident(reported=late)
        lost = lost_term(amended(first, OVERDUE, **MOVED), duty, in_working_days, lambda day: 10.0)
        assert lost is not None and lost.done == (None if late is None else read_when(late))


def test_a_start_changed_before_the_term_passed_is_told_with_the_first_one() -> None:
    changed = amended(incident(), "2026-11-10T09:00+01:00", detected="2026-11-09T10:00+01:00")
    verdict = judged((OCTOBER, changed), "2026-11-11T10:00+01:00")["incident-report", "incident-1"]
    assert told(verdict) == "met on-course"
    assert (verdict.about["first_opened"], verdict.about["amended"]) == (
        OPENED,
        date(2026, 11, 10),
    )


def test_a_report_entered_late_and_made_in_time_is_in_time() -> None:
    changed = amended(incident(), OVERDUE, reported="2026-11-12")
    verdict = judged((OCTOBER, changed), "2026-11-30T10:00+01:00")["incident-report", "incident-1"]
    assert told(verdict) == "met within-limit"


def test_a_breach_keeps_its_missed_term_too() -> None:
    changed = amended(breach(), "2026-11-24T11:00+01:00", detected="2026-11-24T10:00+01:00", cnil_due="no")
    verdicts = judged((BREACHES_OF_OCTOBER, changed), "2026-11-24T12:00+01:00")
    assert told(verdicts["breach-dpo", "breach-1"]) == "missed overdue"
    assert told(verdicts["breach-cnil", "breach-1"]) == "missed overdue"


def test_an_incident_moved_to_another_month_leaves_none_unsigned() -> None:
    changed = amended(
        incident(detected="2026-10-30T10:00+01:00"), "2026-11-03T09:00+01:00", detected="2026-11-02T10:00+01:00"
    )
    assert told(judged((changed,), "2026-11-10T10:00+01:00")["incident-report", "scota"]) == "met on-course"


def test_no_adaptation_moves_a_term_that_has_passed() -> None:
    start = read_when("2026-11-02T10:00+01:00")

    def from_day(day: int) -> float:
        return limit_of(
            start,
            in_working_days,
            lambda one: 20.0 if one >= date(2026, 11, day) else 10.0,
            date(2026, 11, 30),
        )

    assert [from_day(day) for day in (2, 17, 18)] == [20.0, 20.0, 10.0]


def test_a_report_in_time_that_is_amended_to_another_day_in_time_stays_so() -> None:
    changed = amended(incident(reported="2026-11-12"), OVERDUE, reported="2026-11-13")
    verdict = judged((OCTOBER, changed), "2026-11-30T10:00+01:00")["incident-report", "incident-1"]
    assert told(verdict) == "met within-limit"


def test_what_was_not_due_missed_nothing_before_it_was_amended() -> None:
    changed = amended(incident(major="no", reported="2026-11-12"), OVERDUE, major="yes")
    verdict = judged((OCTOBER, changed), "2026-11-30T10:00+01:00")["incident-report", "incident-1"]
    assert told(verdict) == "met within-limit"
    late = amended(incident(major="no"), OVERDUE, major="yes")
    verdict = judged((OCTOBER, late), "2026-11-30T10:00+01:00")["incident-report", "incident-1"]
    assert "amended_late" not in verdict.about


def test_what_is_not_due_says_by_which_word() -> None:
    verdict = judged((OCTOBER, incident(major="no")), "2026-11-20T00:00+01:00")["incident-report", "incident-1"]
    assert (verdict.about, verdict.evidence) == (
        {"entry": "incident-1", "nothing_due": "major=no"},
        ("incident-1",),
    )


def test_an_entry_says_its_clock_whole() -> None:
    verdict = judged((OCTOBER, incident()), "2026-11-10T10:00+01:00")["incident-report", "incident-1"]
    assert verdict.about == {
        "entry": "incident-1",
        "opened": OPENED,
        "due": date(2026, 11, 17),
    }
    done = judged((OCTOBER, incident(reported="2026-11-12")), "2026-11-30T10:00+01:00")
    assert done["incident-report", "incident-1"].about == {
        "entry": "incident-1",
        "opened": OPENED,
        "due": date(2026, 11, 17),
        "closed": date(2026, 11, 12),
    }


def test_an_entry_is_held_to_the_limit_of_the_day_on_which_it_was_closed() -> None:
    """An adaptation of 13 November shortens no term of an incident that was reported on the 12th."""
    entry_ = incident(reported="2026-11-12")
    question = Question(
        item=entry_,
        inventory=Inventory(),
        target=Target(id="incident-report", unit="working-days", limit=10.0, evidence_age=timedelta(days=400)),
        now=datetime(2026, 11, 30, tzinfo=UTC),
        first_seen=datetime(2026, 10, 1, tzinfo=UTC),
        entries=(entry_,),
        objective=lambda target, day: 10.0 if day < date(2026, 11, 13) else 1.0,
    )
    (found,) = judge_event(question, DUTIES["incident-report"], in_working_days)
    assert (found.state, found.limit) == (State.MET, 10.0)
    open_ = incident()
    (found,) = judge_event(replace(question, item=open_, entries=(open_,)), DUTIES["incident-report"], in_working_days)
    assert (found.state, found.limit) == (State.MISSED, 1.0)


def test_an_entry_as_it_was_has_no_past_and_proves_nothing() -> None:
    changed = replace(amended(incident(), OVERDUE, **MOVED), seen_late=True)
    (revision,) = changed.earlier
    was = replace(changed, closing=Closing(at=datetime(2026, 11, 12, tzinfo=UTC))).as_it_was(revision)
    assert was == incident()


def test_the_term_of_a_breach_of_a_day_is_said_as_a_day() -> None:
    def due(now: str) -> tuple[str, object]:
        verdict = judged((BREACHES_OF_OCTOBER, breach(detected="2026-11-20")), now)["breach-dpo", "breach-1"]
        return told(verdict), verdict.about["due"]

    assert due("2026-11-20T12:00+01:00") == ("met on-course", date(2026, 11, 20))
    assert due("2026-11-21T12:00+01:00")[1] == date(2026, 11, 21)


def test_a_term_that_was_amended_away_is_held_to_the_limit_of_its_day() -> None:
    changed = amended(incident(), OVERDUE, **MOVED)
    question = Question(
        item=changed,
        inventory=Inventory(),
        target=Target(id="incident-report", unit="working-days", limit=3.0, evidence_age=timedelta(days=400)),
        now=datetime(2026, 11, 30, tzinfo=UTC),
        first_seen=datetime(2026, 10, 1, tzinfo=UTC),
        entries=(changed,),
        objective=lambda target, day: 10.0,
    )
    (found,) = judge_event(question, DUTIES["incident-report"], in_working_days)
    assert (found.state, found.limit) == (State.MISSED, 10.0)


def of_scota(entries: tuple[RegisterEntry, ...], now: str) -> tuple[str, dict[str, object], list[object]]:
    """Return the beneficiary's verdict on incidents: state and reason, what it says, and the entries of the rest."""
    verdict = judged(entries, now)["incident-report", "scota"]
    return told(verdict), dict(verdict.about), [one.about.get("entry") for one in verdict.rest]


def test_of_several_open_entries_the_first_one_due_speaks_for_all() -> None:
    later = replace(incident(detected="2026-11-09T10:00+01:00"), id="incident-2")
    state, about, rest = of_scota((OCTOBER, later, incident()), "2026-11-12T10:00+01:00")
    assert (state, rest) == ("met on-course", [])
    assert about == {
        "entry": "incident-1", "opened": OPENED, "due": date(2026, 11, 17), "entries": 2
    }  # fmt: skip


def test_a_missed_entry_speaks_before_one_that_is_on_course() -> None:
    later = replace(incident(detected="2026-11-09T10:00+01:00"), id="incident-2")
    state, about, rest = of_scota((OCTOBER, later, incident()), "2026-11-18T10:00+01:00")
    assert (state, about["entry"], about["entries"], rest) == ("missed overdue", "incident-1", 1, ["incident-2"])


def test_where_nothing_happened_the_last_signed_month_is_named() -> None:
    november = replace(entry("incident", "incident-8", none="2026-11", author="RSSI"))
    assert of_scota((november, OCTOBER), "2026-11-24T10:00+01:00") == (
        "not-applicable not-expected",
        {"signed_until": "2026-11", "nothing_due": "none"},
        [],
    )
    assert of_scota((), "2026-10-24T10:00+02:00") == (
        "not-applicable not-expected",
        {"month": "2026-10", "nothing_due": "none"},
        [],
    )


@pytest.mark.parametrize(
    ("now", "state"),
    [("2026-11-06T23:59:59+01:00", "not-applicable not-expected"), ("2026-11-07T00:00+01:00", "unproven incomplete")],
)
def test_a_month_shows_nothing_from_its_sixth_working_day_after_on(now: str, state: str) -> None:
    assert of_scota((), now)[0] == state


def test_months_that_show_nothing_are_counted_and_the_first_is_named() -> None:
    _, about, _ = of_scota((), "2026-12-24T10:00+01:00")
    assert about == {"register": "incident", "month": "2026-10", "months": 2}
    _, about, _ = of_scota((incident(reported="2026-11-12"),), "2026-12-24T10:00+01:00")
    assert about == {"register": "incident", "month": "2026-10", "months": 1}
    moved = amended(incident(detected="2026-10-30T10:00+01:00"), "2026-11-10T09:00+01:00", detected=MAJOR["detected"])
    assert "month" not in of_scota((moved,), "2026-11-11T10:00+01:00")[1]


def test_an_entry_says_why_it_is_late_and_stands_on_nothing_once_closed() -> None:
    late = incident(reported="2026-11-18", delay_reason="congés")
    verdict = judged((OCTOBER, late), "2026-11-20T00:00+01:00")["incident-report", "incident-1"]
    assert (verdict.about["delay_reason"], verdict.value) == ("congés", 11.0)
    question = Question(
        item=late,
        inventory=Inventory(),
        target=Target(id="incident-report", unit="working-days", limit=10.0, evidence_age=timedelta(days=400)),
        now=datetime(2026, 11, 30, tzinfo=UTC),
        first_seen=datetime(2026, 10, 1, tzinfo=UTC),
        entries=(late,),
    )
    (found,) = judge_event(question, DUTIES["incident-report"], in_working_days)
    assert (found.stands_until, found.value) == (None, 11.0)


def test_a_duty_without_a_limit_is_due_at_once() -> None:
    day = date(2026, 11, 20)
    evening = read_when("2026-11-20T23:59:59.5+01:00")

    def from_the_next_day(on: date) -> float | None:
        return None if on == day else 86400.0

    assert limit_of(evening, in_hours, lambda on: None, day) == 0
    assert limit_of(evening, in_hours, from_the_next_day, date(2026, 11, 21)) == 0


def test_a_term_that_falls_just_after_midnight_is_held_to_the_limit_of_that_day() -> None:
    start = read_when("2026-11-20T00:00:00.000002+01:00")
    assert limit_of(start, in_hours, lambda on: 86400.0 if on.day == 20 else 3600.0, date(2026, 11, 30)) == 3600.0


def test_an_entry_is_expected_from_its_first_day_to_the_one_on_which_it_was_closed() -> None:
    moved = amended(incident(detected="2026-11-01T10:00+01:00"), "2026-11-10T09:00+01:00", reported="2026-11-12")
    moved = amended(moved, "2026-11-11T09:00+01:00", detected=MAJOR["detected"])
    (one,) = expected_entries((moved,), INVENTORY, date(2026, 11, 13))
    assert (one.key.target, one.key.subject, one.starts, one.ends) == (
        "incident-report",
        "incident-1",
        date(2026, 11, 1),
        date(2026, 11, 12),
    )


def test_an_open_incident_of_an_earlier_month_speaks_for_the_beneficiary() -> None:
    """Of those that are closed, an earlier month's says nothing of the present one."""
    signed = entry("incident", "incident-8", none="2026-11", author="RSSI")
    old = incident(detected="2026-10-05T10:00+02:00")
    assert told(judged((old, signed), "2026-12-02T10:00+01:00")["incident-report", "scota"]) == "missed overdue"
    closed = incident(detected="2026-10-05T10:00+02:00", reported="2026-10-30")
    assert told(judged((closed, signed), "2026-12-02T10:00+01:00")["incident-report", "scota"]).startswith("not-app")


def test_of_one_state_the_first_due_is_told_and_no_term_comes_last() -> None:
    about: dict[str, Detail] = {"incident-1": {}, "incident-2": {"due": date(2026, 11, 17)}}
    second = entry("incident", "incident-2", **MAJOR)
    now = datetime(2026, 11, 3, tzinfo=UTC)
    asked = Question(
        item=INVENTORY.beneficiaries[0],
        inventory=INVENTORY,
        target=Target(id="incident-report", unit="days", limit=10.0, evidence_age=timedelta(hours=26)),
        now=now,
        first_seen=now,
        entries=(incident(), second),
    )
    found = judge_months(
        asked,
        DUTIES["incident-report"],
        lambda one: Finding(state=State.MET, reason=Reason.ON_COURSE, about=about[one.id]),
    )
    assert [one.about for one in found if one.state is State.MET] == [{"due": date(2026, 11, 17), "entries": 2}]
