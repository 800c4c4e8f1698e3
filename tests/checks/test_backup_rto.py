"""backup-rto: each finding whole, as the sentences are made of it, and each limit exactly."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.facts.restore_pace import Draw, Totals, estimate
from agent.core.facts.verification import Damage
from agent.core.inventory import FileSet, Inventory, Sample
from agent.core.judging.check import Need, Question
from agent.core.model import Detail, Finding, Observation, State, Target
from agent.core.points import Point
from agent.core.reason import Reason
from checks.backup_rto import CHECK
from collectors.files import LOOKS as FILES
from tests.checks.backups import BACKUP, OFFSITE, ONSITE, look, point
from tests.checks.entered import amended, entry

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PERFORMED = datetime(2026, 11, 1, 9, tzinfo=UTC)
REASON = Sample(reason="contrôle", author="RSSI")
SAMPLED = replace(BACKUP, sample=REASON, copies=(ONSITE, OFFSITE))
CLAUSE = CLAUSES["backup-rto"]


def exercise(**values: str) -> RegisterEntry:
    """Return a full exercise of the backup `files` that went well, of 1 November at ten in Paris."""
    given = {
        "performed": "2026-11-01T10:00:00+01:00",
        "backup": "files",
        "duration": "90m",
        "recovery_point": "2026-11-01T03:00+01:00",
        "result": "ok",
        "author": "RSSI",
    }
    return entry("recovery-test", "recovery-test-1", **{**given, **values})


def asked(*entries: RegisterEntry, limit: float | None = CLAUSE.limit, now: datetime = NOW) -> Question:
    """Return what the rule is asked about the sampled backup."""
    target = Target(id="backup-rto", unit=CLAUSE.unit, limit=limit, evidence_age=CLAUSE.evidence_age)
    inventory = Inventory(backups=(SAMPLED,))
    return Question(item=SAMPLED, inventory=inventory, target=target, now=now, first_seen=NOW, entries=entries)


def paced(*seconds: float) -> Observation:
    """Return a look at the pace of the off-site copy, each of whose draws says so long for the whole source."""
    facts = [Draw(at=NOW, start=one, a_file=0.0, a_byte=0.0).fact("files/offsite") for one in seconds]
    facts.append(Totals(at=NOW, points=1, small_files=1000, big_bytes=10**9).fact("files/offsite"))
    return Observation(
        collector="restore_pace", host="srv-1", subject="files/offsite", begun=NOW, ended=NOW, facts=tuple(facts)
    )


def judged(seen: Observation, question: Question) -> list[Finding]:
    """Return the findings on a look at the pace."""
    return list(CHECK.judge(Need(collector=seen.collector, subject=seen.subject), seen, question))


def entered(question: Question) -> list[Finding]:
    """Return what the register tells."""
    assert CHECK.entered is not None
    return list(CHECK.entered(question))


def measured(state: State, reason: Reason, took: float, limit: float = 172800.0) -> Finding:
    """Return the finding of an exercise of 1 November."""
    return Finding(
        state=state,
        reason=reason,
        value=took,
        limit=limit,
        unit="seconds",
        observed_at=PERFORMED,
        stands_until=datetime(2027, 11, 1, 9, tzinfo=UTC),
        about={"entry": "recovery-test-1", "performed": PERFORMED, "basis": "measured"},
        evidence=("recovery-test-1",),
    )


def test_an_exercise_says_what_it_took_and_which_entry_tells() -> None:
    assert entered(asked(exercise())) == [measured(State.MET, Reason.WITHIN_LIMIT, 5400.0)]
    assert entered(asked(exercise(duration="172801s"))) == [measured(State.MISSED, Reason.TOO_SLOW, 172801.0)]


def test_an_exercise_without_a_limit_is_too_slow_whatever_it_took() -> None:
    found = entered(asked(exercise(duration="1s"), limit=None))
    assert found == [measured(State.MISSED, Reason.TOO_SLOW, 1.0, limit=0.0)]


def test_an_exercise_of_a_day_is_seen_at_its_end_or_now() -> None:
    (one,) = entered(asked(exercise(performed="2026-11-24", recovery_point="2026-11-23")))
    assert one.observed_at == NOW


@pytest.mark.parametrize("values", [{"result": "failed"}, {"duration": "0s"}])
def test_an_exercise_that_shows_no_time_is_incomplete(values: dict[str, str]) -> None:
    about: Detail = {"entry": "recovery-test-1", "performed": PERFORMED, "basis": "measured"}
    assert entered(asked(exercise(**values))) == [
        Finding(state=State.UNPROVEN, reason=Reason.INCOMPLETE, about=about, evidence=("recovery-test-1",))
    ]


def test_an_exercise_of_more_than_a_year_ago_is_stale_where_no_pace_is_measured() -> None:
    bare = replace(SAMPLED, sample=None)
    for late in (timedelta(0), timedelta(seconds=1)):
        now = datetime(2027, 11, 1, 9, tzinfo=UTC) + late
        (one,) = entered(replace(asked(exercise(), now=now), item=bare))
        about: Detail = {
            "entry": "recovery-test-1",
            "performed": PERFORMED,
            "basis": "measured",
            "evidence_age": (365 * DAY + late).total_seconds(),
            "evidence_limit": CLAUSE.evidence_age.total_seconds(),
        }
        stale = Finding(state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE, about=about, evidence=("recovery-test-1",))
        assert one == stale if late else one.state is State.MET


def test_where_there_is_neither_exercise_nor_pace_it_names_the_register() -> None:
    bare = replace(asked(), item=replace(SAMPLED, sample=None))
    assert entered(bare) == [Finding(state=State.UNPROVEN, reason=Reason.NOT_RUN, about={"register": "recovery-test"})]
    assert entered(asked()) == []


def estimated(state: State, reason: Reason, value: float, likely: float, limit: float) -> Finding:
    """Return the finding of three draws."""
    about: Detail = {"basis": "estimated", "draws": 3, "likely_seconds": likely, "copy": "files/offsite"}
    return Finding(state=state, reason=reason, value=value, limit=limit, unit="seconds", about=about)


def test_an_estimate_says_its_bound_its_middle_and_its_copy() -> None:
    seen = paced(3600.00004, 3600.0003, 3600.0)
    found = estimate(seen, NOW, None)
    assert found is not None and round(found.mean, 3) != found.mean
    assert judged(seen, asked()) == [
        estimated(State.MET, Reason.WITHIN_LIMIT, found.upper, round(found.mean, 3), 172800.0)
    ]
    assert round(round(found.mean, 3), 3) == 3600.0


def test_the_middle_of_an_estimate_is_told_to_the_millisecond() -> None:
    (one,) = judged(paced(1.23456, 1.23456, 1.23456), asked())
    assert one.about["likely_seconds"] == 1.235


def test_a_bound_at_the_limit_is_met_and_a_least_at_the_limit_is_not_yet_missed() -> None:
    seen = paced(3500.0, 3600.0, 3700.0)
    found = estimate(seen, NOW, None)
    assert found is not None and found.lower < found.upper
    for limit, state, reason in (
        (found.upper, State.MET, Reason.WITHIN_LIMIT),
        (found.upper - 0.001, State.UNPROVEN, Reason.TOO_SLOW),
        (found.lower, State.UNPROVEN, Reason.TOO_SLOW),
        (found.lower - 0.001, State.MISSED, Reason.TOO_SLOW),
    ):
        assert judged(seen, asked(limit=limit)) == [estimated(state, reason, found.upper, 3600.0, limit)]


def test_an_estimate_without_a_limit_is_missed() -> None:
    (one,) = judged(paced(0.5, 0.5, 0.5), asked(limit=None))
    assert (one.state, one.limit) == (State.MISSED, 0.0)


def test_too_few_draws_say_how_many_there_are_and_of_which_copy() -> None:
    assert judged(paced(1.0, 1.0), asked()) == [
        Finding(
            state=State.UNPROVEN,
            reason=Reason.ON_COURSE,
            about={"draws": 2, "draws_needed": 3, "copy": "files/offsite"},
        )
    ]
    assert judged(paced(1.0, 1.0), asked(exercise())) == []


def damaged(file: str, *points: Point) -> Question:
    """Return what is asked where a verification found a file of the copy damaged."""
    listing = look(*points, ended=NOW)
    found = look(
        collector="restic_check", more=[("verify.damage", Damage(file=file, reason="damaged"), NOW)], ended=NOW
    )
    looks = {"restic_snapshots": listing, "restic_check": found}
    return replace(asked(), last_look=lambda collector, subject: looks.get(collector))


def test_a_copy_with_one_sound_point_is_timed_whatever_else_is_damaged() -> None:
    old, new = point(30 * HOUR, 1), point(HOUR, 2)
    (one,) = judged(paced(1.0, 1.0, 1.0), damaged(f"snapshots/{old.id}", old, new))
    assert one.state is State.MET
    (one,) = judged(paced(1.0, 1.0, 1.0), damaged(f"snapshots/{old.id}", old))
    assert (one.state, one.reason) == (State.UNPROVEN, Reason.DAMAGED)


def test_a_slow_copy_is_too_slow_whatever_is_damaged() -> None:
    old = point(30 * HOUR, 1)
    (one,) = judged(paced(900_000.0, 900_000.0, 900_000.0), damaged(f"snapshots/{old.id}", old))
    assert (one.state, one.reason) == (State.MISSED, Reason.TOO_SLOW)


def test_an_exercise_that_took_exactly_the_limit_is_met() -> None:
    assert entered(asked(exercise(duration="48h"))) == [measured(State.MET, Reason.WITHIN_LIMIT, 172800.0)]


@pytest.mark.parametrize(
    ("entries", "late", "optional"),
    [
        ((), timedelta(0), False),
        ((exercise(),), timedelta(0), True),
        ((exercise(),), timedelta(seconds=1), False),
        ((exercise(result="failed"),), 365 * DAY, True),
    ],
    ids=["no exercise", "one of a year ago", "one of more than a year ago", "one that failed"],
)
def test_the_pace_is_needed_unless_an_exercise_settles_the_time(
    entries: tuple[RegisterEntry, ...], late: timedelta, optional: bool
) -> None:
    now = datetime(2027, 11, 1, 9, tzinfo=UTC) + late
    (need,) = CHECK.needs(asked(*entries, now=now))
    assert need == Need(
        collector="restore_pace", subject="files/offsite", by_occasion=True, evidence_age=90 * DAY, optional=optional
    )


def test_a_sampled_backup_without_any_copy_off_site_has_no_pace_to_look_at() -> None:
    near = replace(SAMPLED, copies=(ONSITE,))
    assert CHECK.needs(replace(asked(), item=near)) == ()


def test_beside_an_exercise_an_estimate_that_settles_nothing_is_not_told() -> None:
    seen = paced(3500.0, 3600.0, 3700.0)
    found = estimate(seen, NOW, None)
    assert found is not None
    assert judged(seen, asked(exercise(recovery_point=""), limit=found.upper - 0.001)) == []
    assert [one.state for one in judged(seen, asked(exercise(recovery_point="")))] == [State.MET]


def test_an_exercise_sets_the_middle_of_an_estimate_and_is_named() -> None:
    seen = paced(3600.0, 3600.0, 3600.0)
    recent = exercise(performed="2026-11-20T10:00+01:00", recovery_point="2026-11-20T03:00+01:00")
    (one,) = judged(seen, asked(recent))
    assert (one.about["likely_seconds"], one.about["calibrated_by"]) == (5400.0, "recovery-test-1")
    for other in (
        exercise(),
        exercise(**{**recent.values, "result": "failed"}),
        exercise(**{**recent.values, "recovery_point": ""}),
    ):
        (one,) = judged(seen, asked(other))
        assert (one.about["likely_seconds"], "calibrated_by" in one.about) == (3600.0, False)


def test_a_copy_is_timed_by_its_own_sets_alone() -> None:
    copy = replace(OFFSITE, program=FILES, sets=(FileSet(id="erp", match="*.vbk"),))
    other = replace(copy, id="other", sets=(FileSet(id="mail", match="*.mbox"),))
    backup = replace(SAMPLED, program=FILES, copies=(copy, other))
    listing = look(
        point(HOUR, 1, path="erp"),
        point(HOUR, 2, path="mail"),
        more=[("repository.damaged_snapshot", point(HOUR, 2).id, NOW)],
        ended=NOW,
    )
    question = replace(
        asked(), item=backup, last_look=lambda collector, subject: listing if collector == FILES.listing else None
    )
    assert [one.state for one in judged(paced(1.0, 1.0, 1.0), question)] == [State.MET]


def test_a_copy_without_a_sound_point_names_the_damaged_file() -> None:
    old = point(30 * HOUR, 1)
    file = f"snapshots/{old.id}"
    assert judged(paced(1.0, 1.0, 1.0), damaged(file, old)) == [
        Finding(state=State.UNPROVEN, reason=Reason.DAMAGED, about={"copy": "files/offsite", "file": file})
    ]


def test_no_amendment_makes_an_exercise_that_was_too_slow_a_fast_one() -> None:
    mended = amended(exercise(duration="60h"), "2026-11-10T09:00+01:00", duration="3h")
    assert [(one.state, one.value) for one in entered(asked(mended))] == [(State.MISSED, 60 * 3600.0)]
