"""What exercises and restores come to: how long a full one took, when the last was, and whether each has its reason."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from agent.core.convention import CLAUSES
from agent.core.entries import Entry, by_beneficiary
from agent.core.expected import expected, expected_entries
from agent.core.inventory import Beneficiary, DeclaredHost, Inventory
from agent.core.model import Target, Verdict
from agent.core.period import day_of, day_start
from agent.evaluate import Bench, judge
from agent.wording.sentences import phrase
from checks import backup_rto, recovery_test, restore_reason
from tests.checks.backups import BACKUP
from tests.checks.entered import entry, told

CHECKS = {check.target: check for check in (backup_rto.CHECK, recovery_test.CHECK, restore_reason.CHECK)}
STARTS = date(2026, 1, 1)
OTHER = replace(BACKUP, id="mail", beneficiary="scota")
INVENTORY = Inventory(
    beneficiaries=(Beneficiary(id="scota", name="SCOTA"),), hosts=(DeclaredHost(id="srv-1"),), backups=(BACKUP, OTHER)
)


def exercise(number: int = 1, **values: str) -> Entry:
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


def judged(entries: tuple[Entry, ...], now: str = "2026-11-24T12:00+01:00") -> dict[tuple[str, str], Verdict]:
    """Return the verdicts by target and subject."""
    at = datetime.fromisoformat(now)
    bench = Bench(
        inventory=INVENTORY, readings=lambda collector, subject: None, now=at, entries=by_beneficiary(entries)
    )
    found = {}
    for one in (*expected(INVENTORY, STARTS), *expected_entries(entries, INVENTORY, day_of(at))):
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
    entries: tuple[Entry, ...], now: str, state: str
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
def test_an_exercise_that_succeeds_is_due_each_year(entries: tuple[Entry, ...], now: str, state: str) -> None:
    assert told(judged(entries, now)["recovery-test", "files"]) == state


def restore(number: int, performed: str, **values: str) -> Entry:
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
    ("restore-reason", "aucune restauration n'est inscrite pour 2026-11"): (),
    ("restore-reason", "chaque restauration inscrite a son motif et son auteur (1 au total)"): (
        restore(1, "2026-11-02"),
    ),
}


@pytest.mark.parametrize(("target", "sentence"), SENTENCES)
def test_what_is_found_is_told(target: str, sentence: str) -> None:
    verdicts = judged(SENTENCES[target, sentence])
    subject = "scota" if target == "restore-reason" else "files"
    said = phrase(verdicts[target, subject], "fr").replace("\u202f", " ").replace("\xa0", " ")
    assert said == sentence
