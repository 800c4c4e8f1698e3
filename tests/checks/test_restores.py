"""What exercises and restores come to: how long a full one took, when the last was, and whether each has its reason."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry, by_beneficiary
from agent.core.duties.expected import expected, expected_entries
from agent.core.facts.restore_pace import Draw, Totals
from agent.core.facts.verification import Damage
from agent.core.inventory import Beneficiary, DeclaredHost, Inventory, Sample
from agent.core.model import Fact, FactValue, Observation, State, Target, Verdict
from agent.core.period import day_of, day_start
from agent.core.points import Point
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, Readings, judge
from agent.wording.languages import LANGUAGES
from agent.wording.sentences import phrase
from checks import backup_rto, recovery_test, restore_reason
from tests.checks.backups import BACKUP, OFFSITE, question
from tests.checks.entered import entry, told

CHECKS = {check.target: check for check in (backup_rto.CHECK, recovery_test.CHECK, restore_reason.CHECK)}
STARTS = date(2026, 1, 1)
OTHER = replace(BACKUP, id="mail", beneficiary="scota")
INVENTORY = Inventory(
    beneficiaries=(Beneficiary(id="scota", name="SCOTA"),), hosts=(DeclaredHost(id="srv-1"),), backups=(BACKUP, OTHER)
)


def exercise(number: int = 1, **values: str) -> RegisterEntry:
    """Return a full exercise of the backup `files` that went well, of 1 November at ten."""
    given = {
        "performed": "2026-11-01T10:00+01:00",
        "backup": "files",
        "duration": "90m",
        "recovery_point": "2026-11-01T03:00+01:00",
        "result": "ok",
        "author": "RSSI",
    }
    return entry("recovery-test", f"recovery-test-{number}", **{**given, **values})


def judged(
    entries: tuple[RegisterEntry, ...],
    now: str = "2026-11-24T12:00+01:00",
    inventory: Inventory = INVENTORY,
    readings: Readings = lambda collector, subject: None,
) -> dict[tuple[str, str], Verdict]:
    """Return the verdicts by target and subject."""
    at = datetime.fromisoformat(now)
    bench = EvaluationContext(inventory=inventory, readings=readings, now=at, entries=by_beneficiary(entries))
    found = {}
    for one in (*expected(inventory, STARTS), *expected_entries(entries, inventory, day_of(at))):
        clause = CLAUSES[one.key.target]
        if clause.id in CHECKS:
            target = Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
            found[clause.id, one.key.subject] = judge(one, CHECKS[clause.id], target, at, bench, day_start(STARTS))
    return found


@pytest.mark.parametrize(
    ("entries", "now", "state"),
    [
        ((), "2026-11-24T12:00+01:00", "unproven not-run"),
        ((exercise(backup="mail"),), "2026-11-24T12:00+01:00", "unproven not-run"),
        ((exercise(),), "2026-11-24T12:00+01:00", "met within-limit"),
        ((exercise(duration="48h"),), "2026-11-24T12:00+01:00", "met within-limit"),
        ((exercise(duration="172801s"),), "2026-11-24T12:00+01:00", "missed too-slow"),
        ((exercise(),), "2027-11-01T10:00+01:00", "met within-limit"),
        ((exercise(),), "2027-11-01T10:01+01:00", "unproven stale-evidence"),
        ((exercise(result="failed"),), "2026-11-24T12:00+01:00", "unproven incomplete"),
        (
            (exercise(), exercise(2, performed="2026-11-02", result="failed")),
            "2026-11-24T12:00+01:00",
            "unproven incomplete",
        ),
        (
            (exercise(2, performed="2026-11-02", duration="50h"), exercise()),
            "2026-11-24T12:00+01:00",
            "missed too-slow",
        ),
    ],
)
def test_the_last_full_exercise_tells_how_long_a_restore_takes(
    entries: tuple[RegisterEntry, ...], now: str, state: str
) -> None:
    assert told(judged(entries, now)["backup-rto", "files"]) == state


def test_the_time_measured_is_the_value_and_stands_for_a_year() -> None:
    verdict = judged((exercise(),))["backup-rto", "files"]
    assert (verdict.value, verdict.limit, verdict.evidence) == (5400.0, 172800.0, ("recovery-test-1",))
    assert verdict.stands_until == datetime.fromisoformat("2027-11-01T10:00+01:00")
    assert verdict.about["basis"] == "measured"


@pytest.mark.parametrize(
    ("entries", "now", "state"),
    [
        ((), "2027-01-01T00:00+01:00", "unproven on-course"),
        ((), "2027-01-01T00:01+01:00", "missed overdue"),
        ((exercise(),), "2027-11-01T10:00+01:00", "met within-limit"),
        ((exercise(),), "2027-11-01T10:01+01:00", "missed overdue"),
        ((exercise(result="failed"),), "2026-11-24T12:00+01:00", "unproven on-course"),
        (
            (exercise(), exercise(2, performed="2026-11-20", result="failed")),
            "2026-11-24T12:00+01:00",
            "met within-limit",
        ),
    ],
)
def test_an_exercise_that_succeeds_is_due_each_year(entries: tuple[RegisterEntry, ...], now: str, state: str) -> None:
    assert told(judged(entries, now)["recovery-test", "files"]) == state


OLD = "2026-10-29T03:00+02:00"


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        ((exercise(duration="48h", recovery_point="2026-10-31T10:00+01:00"),), "met within-limit"),
        ((exercise(duration="172801s"),), "missed too-slow"),
        ((exercise(recovery_point="2026-10-31T09:59+01:00"),), "missed too-old"),
        ((exercise(duration="72h", recovery_point=OLD),), "missed too-slow"),
        ((exercise(duration="0s"),), "unproven incomplete"),
        ((exercise(performed="2026-11-01", recovery_point="2026-11-01"),), "met within-limit"),
        ((exercise(performed="2026-11-01", recovery_point="2026-10-31"),), "unproven incomplete"),
        ((exercise(performed="2026-11-01", recovery_point="2026-10-30"),), "unproven incomplete"),
        ((exercise(performed="2026-11-01", recovery_point="2026-10-29"),), "missed too-old"),
        ((exercise(), exercise(2, performed="2026-11-20T10:00+01:00")), "met within-limit"),
        ((exercise(performed="2025-11-20T10:00+01:00", recovery_point="2025-11-01"),), "missed overdue"),
    ],
)
def test_an_exercise_that_misses_an_objective_is_no_test_passed(entries: tuple[RegisterEntry, ...], state: str) -> None:
    now = "2027-01-05T12:00+01:00" if state.endswith("overdue") else "2026-11-24T12:00+01:00"
    assert told(judged(entries, now)["recovery-test", "files"]) == state


def test_an_exercise_is_held_to_the_objectives_of_its_day() -> None:
    asked = replace(
        question(BACKUP, "recovery-test"),
        target=Target(id="recovery-test", unit="seconds", limit=365 * 86400.0, evidence_age=timedelta(days=365)),
        entries=(exercise(duration="50h"),),
        objective=lambda target, day: 60 * 3600.0 if (target, day) == ("backup-rto", date(2026, 11, 1)) else 86400.0,
        now=datetime.fromisoformat("2026-11-24T12:00+01:00"),
    )
    (found,) = recovery_test.entered(asked)
    assert found.state is State.MET
    (found,) = recovery_test.entered(replace(asked, entries=(exercise(duration="61h"),)))
    assert (found.state, found.value, found.limit) == (State.MISSED, 61 * 3600.0, 60 * 3600.0)


def test_what_was_never_done_has_no_value() -> None:
    verdict = judged((), "2027-01-01T00:01+01:00")["recovery-test", "files"]
    assert (told(verdict), verdict.value) == ("missed overdue", None)


def restore(number: int, performed: str, **values: str) -> RegisterEntry:
    """Return a restore with its reason."""
    given = {"performed": performed, "backup": "files", "reason": "essai", "author": "RSSI"}
    return entry("restore", f"restore-{number}", **{**given, **values})


def test_each_restore_and_each_month_of_them_has_its_reasons_counted() -> None:
    verdicts = judged((restore(1, "2026-11-02"), restore(2, "2026-10-31"), restore(3, "2026-11-20")))
    assert told(verdicts["restore-reason", "restore-1"]) == "met within-limit"
    month = verdicts["restore-reason", "scota"]
    assert (told(month), month.value, month.evidence) == ("met within-limit", 1.0, ("restore-1", "restore-3"))


def test_a_restore_without_its_reason_is_a_miss_and_none_at_all_is_nothing_to_judge() -> None:
    verdicts = judged((restore(1, "2026-11-02"), restore(2, "2026-11-03", reason="")))
    assert told(verdicts["restore-reason", "scota"]) == "missed incomplete"
    assert verdicts["restore-reason", "scota"].value == 0.5
    assert told(judged(())["restore-reason", "scota"]) == "not-applicable not-expected"


REASON = Sample(reason="contrôle", author="RSSI")
SAMPLED = replace(INVENTORY, backups=(replace(BACKUP, sample=REASON, copies=(replace(OFFSITE, sample=REASON),)), OTHER))


def paced(*hours: float, looked: str = "2026-11-23T12:00+01:00", at: str | None = None) -> Readings:
    """Return a look at the pace of `files/offsite`, each of whose draws says so many hours for the whole source."""
    ended = datetime.fromisoformat(looked)
    facts = [Draw(at=ended, start=one * 3600, a_file=0.0, a_byte=0.0).fact("files/offsite") for one in hours]
    for when in (looked, at):
        if when is not None:
            totals = Totals(at=datetime.fromisoformat(when), points=1, small_files=1000, big_bytes=10**9)
            facts.append(totals.fact("files/offsite"))
    observation = Observation(
        collector="restore_pace", host="srv-1", subject="files/offsite", begun=ended, ended=ended, facts=tuple(facts)
    )
    seen = NewestLooks(reading=observation, evidence_id="r-1", observation=observation, observation_id="r-1")
    return lambda collector, subject: seen if (collector, subject) == ("restore_pace", "files/offsite") else None


STALE = exercise(performed="2025-11-01", recovery_point="2025-11-01T03:00+01:00", duration="10h")


@pytest.mark.parametrize(
    ("entries", "readings", "state", "basis"),
    [
        ((), paced(1, 1.1, 1.2), "met within-limit", "estimated"),
        ((), paced(1, 1.1), "unproven on-course", None),
        ((), paced(), "unproven on-course", None),
        ((), lambda collector, subject: None, "unproven not-run", None),
        # The bound is above the objective, the least is not: nothing is shown either way.
        ((), paced(40, 50, 60), "unproven too-slow", "estimated"),
        ((), paced(140, 141, 142), "missed too-slow", "estimated"),
        ((), paced(1, 1.1, 1.2, looked="2026-08-27T12:00+01:00"), "met within-limit", "estimated"),
        ((), paced(1, 1.1, 1.2, looked="2026-08-24T12:00+01:00"), "unproven stale-evidence", None),
        ((exercise(),), paced(1, 1.1, 1.2), "met within-limit", "measured"),
        ((exercise(),), paced(40, 50, 60), "met within-limit", "measured"),
        ((exercise(),), paced(140, 141, 142), "missed too-slow", "estimated"),
        ((exercise(),), lambda collector, subject: None, "met within-limit", "measured"),
        ((exercise(duration="50h"),), paced(1, 1.1, 1.2), "missed too-slow", "measured"),
        ((exercise(result="failed"),), paced(1, 1.1, 1.2), "unproven incomplete", "measured"),
        ((STALE,), paced(1, 1.1, 1.2), "met within-limit", "estimated"),
        # Draws that tell 27 h for a source that took 10 h: they tell too much.
        ((STALE,), paced(27, 27.1, 27.2, at="2025-11-01T03:00+01:00"), "met within-limit", "estimated"),
    ],
)
def test_what_no_exercise_tells_is_estimated_from_timed_restores(
    entries: tuple[RegisterEntry, ...], readings: Readings, state: str, basis: str | None
) -> None:
    verdict = judged(entries, inventory=SAMPLED, readings=readings)["backup-rto", "files"]
    assert (told(verdict), verdict.about.get("basis")) == (state, basis)


def test_a_fast_copy_of_which_nothing_is_sound_shows_no_time() -> None:
    pace, at = paced(1, 1.1, 1.2), datetime.fromisoformat("2026-11-23T12:00+01:00")
    point = Point(id="a" * 64, time=at, host="srv-1", paths=SAMPLED.backups[0].paths, files=3)

    def kept(collector: str, name: str, value: FactValue) -> NewestLooks:
        fact = Fact(name=name, subject="files/offsite", value=value, as_of=at)
        look = Observation(
            collector=collector, host="srv-1", subject="files/offsite", begun=at, ended=at, facts=(fact,)
        )
        return NewestLooks(reading=look, evidence_id="r-2", observation=look, observation_id="r-2")

    looks = {
        "restic_snapshots": kept("restic_snapshots", "backup.point", point),
        "restic_check": kept("restic_check", "verify.damage", Damage(file="index", reason="damaged")),
    }

    def readings(collector: str, subject: str) -> NewestLooks | None:
        return looks.get(collector) if subject == "files/offsite" and collector in looks else pace(collector, subject)

    verdict = judged((), inventory=SAMPLED, readings=readings)["backup-rto", "files"]
    assert (told(verdict), verdict.about) == ("unproven damaged", {"copy": "files/offsite", "file": "index"})
    del looks["restic_check"]
    assert told(judged((), inventory=SAMPLED, readings=readings)["backup-rto", "files"]) == "met within-limit"


def test_an_exercise_that_is_too_old_still_sets_the_estimate() -> None:
    readings = paced(4.9, 5, 5.1, at="2025-11-01T03:00+01:00")
    plain = judged((), inventory=SAMPLED, readings=readings)["backup-rto", "files"]
    verdict = judged((STALE,), inventory=SAMPLED, readings=readings)["backup-rto", "files"]
    assert plain.value is not None and verdict.value is not None
    assert (plain.about["likely_seconds"], verdict.about["likely_seconds"]) == (5 * 3600, 10 * 3600)
    assert verdict.value == pytest.approx(2 * plain.value)
    assert verdict.about["calibrated_by"] == STALE.id
    assert "calé sur recovery-test-1" in phrase(verdict, "fr")


def test_an_exercise_that_failed_sets_no_estimate() -> None:
    readings = paced(140, 141, 142, at="2026-11-01T03:00+01:00")
    failed = exercise(result="failed", duration="1m", performed="2026-11-01")
    verdict = judged((failed,), inventory=SAMPLED, readings=readings)["backup-rto", "files"]
    assert (told(verdict), verdict.about["basis"]) == ("missed too-slow", "estimated")
    assert "calibrated_by" not in verdict.about


def test_where_no_reason_for_samples_is_stated_only_an_exercise_tells() -> None:
    verdict = judged((), readings=paced(1, 1.1, 1.2))["backup-rto", "files"]
    assert told(verdict) == "unproven not-run"
    assert CHECKS["backup-rto"].needs(question(BACKUP, "backup-rto")) == ()


def test_the_bound_is_told_as_an_estimate_in_both_languages() -> None:
    verdict = judged((), inventory=SAMPLED, readings=paced(1, 1, 1))["backup-rto", "files"]
    said = {language: phrase(verdict, language).replace("\xa0", " ").replace("\u202f", " ") for language in LANGUAGES}
    assert said == {
        "fr": "une restauration complète prendrait au plus 1 h, estimé à 95 % d'après 3 restaurations partielles "
        "(objectif : 48 h)",
        "en": "a full restore would take 1 h at the most, estimated at 95 % from 3 partial restores (objective: 48 h)",
    }
    early = judged((), inventory=SAMPLED, readings=paced(1, 1))["backup-rto", "files"]
    assert "2 restaurations partielles mesurées, il en faut 3" in phrase(early, "fr")


SENTENCES = {
    (
        "backup-rto",
        "une restauration complète prend 1 h 30 min, mesuré le 1er novembre 2026 à 10 h 00 (objectif : 48 h)",
    ): (exercise(),),
    ("backup-rto", "rien n'est démontré, car aucun exercice de restauration complet n'a encore été fait"): (),
    (
        "backup-rto",
        "rien n'est démontré, car le dernier exercice complet, du 1er novembre 2026, a échoué (recovery-test-1)",
    ): (exercise(performed="2026-11-01", result="failed"),),
    (
        "recovery-test",
        "l'exercice du 20 novembre 2026 a échoué ; le dernier réussi date du 1er novembre 2026 "
        "(22 j 12 h, objectif : 365 j)",
    ): (exercise(performed="2026-11-01"), exercise(2, performed="2026-11-20", result="failed")),
    (
        "recovery-test",
        "l'exercice du 20 novembre 2026 n'a pas atteint les objectifs ; le dernier qui les a atteints date du "
        "1er novembre 2026 (22 j 12 h, objectif : 365 j)",
    ): (exercise(performed="2026-11-01"), exercise(2, performed="2026-11-20")),
    (
        "recovery-test",
        "l'exercice du 1er novembre 2026 à 10 h 00 a restauré en 72 h, au-delà de l'objectif de durée (48 h)",
    ): (exercise(duration="72h"),),
    (
        "recovery-test",
        "l'exercice du 1er novembre 2026 à 10 h 00 a restauré un point âgé de 30 h, au-delà de l'objectif de point "
        "(24 h)",
    ): (exercise(recovery_point="2026-10-31T04:00+01:00"),),
    (
        "restore-reason",
        "aucune restauration (exercice, échantillon, saisie) n'est inscrite pour 2026-11 ; une restauration faite à la "
        "main ailleurs, sans être inscrite, échappe à ce contrôle",
    ): (),
    (
        "restore-reason",
        "chaque restauration inscrite (exercices, échantillons, saisies) a son motif et son auteur (1 au total) ; une "
        "restauration faite à la main ailleurs, sans être inscrite, échappe à ce contrôle",
    ): (restore(1, "2026-11-02"),),
}


@pytest.mark.parametrize(("target", "sentence"), SENTENCES)
def test_what_is_found_is_told(target: str, sentence: str) -> None:
    verdicts = judged(SENTENCES[target, sentence])
    subject = "scota" if target == "restore-reason" else "files"
    said = phrase(verdicts[target, subject], "fr").replace("\u202f", " ").replace("\xa0", " ")
    assert said == sentence
