"""Retention, places and allowances are those of the quarter's loads, never those of a file written later."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from agent.accounting.expectation import Days
from agent.accounting.storing import storing_declared
from agent.config.load import load
from agent.config.settings import Configuration
from agent.core.convention import RECOVERY_POINT
from agent.core.duties.expected import expected
from agent.core.model import Target
from agent.ledger.ledger import Ledger
from agent.report.build import build
from agent.report.copy_places import copy_places, retentions
from agent.report.days import Span
from agent.report.loaded_terms import longest_allowance, loosened_terms
from agent.report.material import Material
from agent.report.names import Names
from agent.report.storing_said import place_said, retention_said
from agent.report.view_annexes import annex
from agent.report.view_target import target_view
from tests.evaluation.test_round import DAY, START, world
from tests.ledger.samples import HandClock
from tests.report.published_bundle import check
from tests.report.test_derived import bundle_of, live
from tests.report.year import CONFIGURATION, SCOTA

SPAN = Span(first=date(2026, 10, 1), last=date(2026, 12, 31))


def configured(folder: Path, retention: str, country: str) -> Configuration:
    path = folder / "beffroi.toml"
    text = CONFIGURATION.format(state=folder / "state").replace('"400d"', f'"{retention}"')
    path.write_text(text.replace('country = "FR"', f'country = "{country}"'), encoding="utf-8")
    return load(path, strict=False)


@contextmanager
def loaded(folder: Path, *said: tuple[date, str, str], kept: bool = True) -> Iterator[tuple[Ledger, Configuration]]:
    """Open a ledger that holds some loads: each on its day, with its retention and country."""
    clock = HandClock()
    with Ledger.open(folder / "state", clock=clock) as ledger:
        for day, retention, country in said:
            made = configured(folder, retention, country)
            clock.time = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            wanted = expected(made.inventory, made.convention.starts)
            declared = {one.key: Days(starts=one.starts, ends=one.ends) for one in wanted}
            storing = storing_declared(made.inventory) if kept else None
            ledger.keep_load(made.digest, declared, made.targets, storing=storing)
        yield ledger, made


def printed(ledger: Ledger, configuration: Configuration) -> Mapping[str, str]:
    found = {backup: retention_said(terms) for backup, terms in retentions(configuration, ledger, SPAN, SCOTA)}
    for copy in copy_places(configuration, ledger, SPAN, SCOTA):
        found[copy.subject] = place_said(copy.terms, "country")
    return found


def test_what_is_loaded_after_the_quarter_changes_no_term_of_it(tmp_path: Path) -> None:
    with loaded(tmp_path, (date(2026, 9, 30), "3650d", "US"), (date(2027, 1, 5), "30d", "FR")) as found:
        said = printed(*found)
    assert said["files"] == "≤ 3650 j, et un jour pour la purge"
    assert said["files/offsite"] == "US"


def test_a_term_that_changed_within_the_quarter_stands_with_its_day(tmp_path: Path) -> None:
    with loaded(tmp_path, (date(2026, 9, 30), "3650d", "US"), (date(2026, 12, 5), "30d", "FR")) as found:
        said = printed(*found)
    assert said["files"] == (
        "≤ 3650 j, et un jour pour la purge ; ≤ 30 j, et un jour pour la purge à partir du 5 décembre 2026"
    )
    assert said["files/offsite"] == "US ; FR à partir du 5 décembre 2026"


def test_what_no_load_recorded_is_said_to_be_of_the_report_s_day(tmp_path: Path) -> None:
    with loaded(tmp_path, (date(2026, 9, 30), "30d", "FR"), kept=False) as found:
        said = printed(*found)
    assert said["files"] == "≤ 30 j, et un jour pour la purge (à la date du rapport)"
    assert said["files/offsite"] == "FR (à la date du rapport)"


def test_days_without_a_record_are_said_not_to_be_recorded(tmp_path: Path) -> None:
    """Loads of an earlier version hold no terms; a later one of another file says nothing of them."""
    clock = HandClock()
    with Ledger.open(tmp_path / "state", clock=clock) as ledger:
        for day, retention, kept in ((date(2026, 9, 30), "30d", False), (date(2026, 12, 5), "31d", True)):
            made = configured(tmp_path, retention, "FR")
            clock.time = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            storing = storing_declared(made.inventory) if kept else None
            ledger.keep_load(made.digest, {}, made.targets, storing=storing)
        said = printed(ledger, made)
    assert said["files"] == "≤ 31 j, et un jour pour la purge (non consigné avant le 5 décembre 2026)"
    assert said["files/offsite"] == "FR (non consigné avant le 5 décembre 2026)"


def test_a_copy_removed_since_stands_in_the_quarter_that_had_it(tmp_path: Path) -> None:
    with without_a_backup(tmp_path, date(2027, 1, 5)) as found:
        said = printed(*found)
    assert said["mail/offsite"] == "FR"
    assert said["mail"] == "≤ 400 j, et un jour pour la purge"


def test_a_copy_removed_within_the_quarter_says_from_which_day(tmp_path: Path) -> None:
    with without_a_backup(tmp_path, date(2026, 12, 5)) as found:
        said = printed(*found)
    assert said["mail/offsite"] == "FR ; non déclarée à partir du 5 décembre 2026"


def test_a_copy_declared_after_the_quarter_is_no_copy_of_it(tmp_path: Path) -> None:
    with without_a_backup(tmp_path, date(2026, 9, 30), anew=date(2027, 1, 5)) as found:
        assert "mail/offsite" not in printed(*found)


@contextmanager
def without_a_backup(folder: Path, removed: date, anew: date | None = None) -> Iterator[tuple[Ledger, Configuration]]:
    """Open a ledger whose configuration leaves the backup `mail` out from a day on, and has it `anew` from another."""
    clock = HandClock()
    days = [(date(2026, 9, 29), True), (removed, False), *([] if anew is None else [(anew, True)])]
    with Ledger.open(folder / "state", clock=clock) as ledger:
        for day, whole in days:
            made = configured(folder, "400d", "FR")
            if not whole:
                backups = tuple(one for one in made.inventory.backups if one.id != "mail")
                made = replace(made, inventory=replace(made.inventory, backups=backups), digest="e" * 64)
            clock.time = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            ledger.keep_load(made.digest, {}, made.targets, storing=storing_declared(made.inventory))
        yield ledger, made


def with_targets(material: Material, *loads: tuple[datetime, timedelta, timedelta]) -> Material:
    """Return some material whose loads set a run allowance and an evidence age of `backup-rpo`, each at its instant."""
    (load,) = material.loads
    said = tuple(
        replace(load, at=at, targets={**load.targets, "backup-rpo": replace(
            load.targets["backup-rpo"], run_allowance=allowance, evidence_age=age)})
        for at, allowance, age in loads
    )  # fmt: skip
    return replace(material, loads=said)


USUAL = (timedelta(hours=2), timedelta(hours=6))
LOOSE = (timedelta(hours=6), timedelta(hours=26))


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def printed_lengths(material: Material) -> tuple[str, tuple[str, str, str]]:
    """Return what the page prints of the run allowance; and the evidence age of `backup-rpo`, the usual, a remark."""
    report = build(material, 1)
    figures = next(one for one in report.targets if one.target == "backup-rpo")
    (allowance,) = (text for text in target_view(figures, report, Names()).objectives if "tolérance" in text)
    (ages,) = annex(report, Names()).ages
    rows = [[str(cell) for cell in row] for row in ages.rows]
    # Where no line has a remark, there is no column for them.
    ((age, usual, _, *remark),) = (row for row in rows if "Sauvegarde quotidienne" in row[2].split(", "))
    return allowance, (age, usual, "".join(remark))


def test_an_allowance_changed_on_its_last_days_is_printed_with_its_days(material: Material) -> None:
    allowance, ages = printed_lengths(with_targets(material, (at(9, 1), *LOOSE), (at(12, 30), *USUAL)))
    assert allowance == (
        "tolérance d'exécution d'un jour, en plus de l'objectif : 6 h ; 2 h à partir du 30 décembre 2026,"
        " au-delà de la durée par défaut (2 h)"
    )
    assert ages == ("26 h ; 6 h à partir du 30 décembre 2026", "6 h", "au-delà de la durée par défaut")


def test_an_allowance_of_some_hours_is_printed_all_the_same(material: Material) -> None:
    loads = (at(9, 1), *USUAL), (at(11, 5, 8), *LOOSE), (at(11, 5, 18), *USUAL)
    allowance, ages = printed_lengths(with_targets(material, *loads))
    assert "6 h à partir du 5 novembre 2026 ; 2 h à partir du 5 novembre 2026, au-delà" in allowance
    assert ages[2] == "au-delà de la durée par défaut"


def test_an_allowance_loaded_after_the_quarter_is_not_printed(material: Material) -> None:
    allowance, ages = printed_lengths(with_targets(material, (at(9, 1), *USUAL), (at(12, 31, 23), *LOOSE)))
    assert allowance == "tolérance d'exécution d'un jour, en plus de l'objectif : 2 h"
    assert ages == ("6 h", "6 h", "")


def test_prometheus_is_compared_with_the_longest_allowance_of_each_day(material: Material) -> None:
    loads = with_targets(material, (at(9, 1), *LOOSE), (at(12, 30), *USUAL)).loads
    found = [longest_allowance(date(2026, 12, day), loads) for day in (29, 30, 31)]
    assert found == [timedelta(hours=6), timedelta(hours=6), timedelta(hours=2)]


@pytest.mark.parametrize(
    ("key", "loosen"),
    [
        ("limit", lambda one: replace(one, limit=25 * 3600.0)),
        ("attainment", lambda one: replace(one, attainment=Fraction(98, 100))),
        ("evidence_age", lambda one: replace(one, evidence_age=timedelta(days=300))),
        ("run_allowance", lambda one: replace(one, run_allowance=timedelta(hours=7))),
    ],
)
def test_a_load_with_terms_that_no_configuration_may_set_is_doubted_once(
    tmp_path: Path, key: str, loosen: Callable[[Target], Target]
) -> None:
    """The holder of the key keeps a load by which everything is met, or nothing is derived."""
    with world(tmp_path) as held:
        (load,) = held.ledger.loads()
        assert list(loosened_terms(held.ledger.loads())) == []
        targets = {**load.targets, RECOVERY_POINT: loosen(load.targets[RECOVERY_POINT])}
        for digest in "ab":
            held.ledger.keep_load(digest * 64, load.declared, targets)
        (said,) = loosened_terms(held.ledger.loads())
        live(held, START + 2 * DAY)
        doubts = check(bundle_of(held), tmp_path).doubts
    assert f"backup-rpo a looser {key}" in said
    assert said in doubts


def test_a_load_that_was_replaced_before_the_quarter_is_doubted_as_long_as_its_evidence_may_count(
    tmp_path: Path,
) -> None:
    """An earlier release let it be set: a quarter in which nothing stands by it is not doubted for that."""
    with world(tmp_path) as held:
        (load,) = held.ledger.loads()
        aged = replace(load.targets[RECOVERY_POINT], evidence_age=timedelta(days=3))
        held.ledger.keep_load("a" * 64, load.declared, {**load.targets, RECOVERY_POINT: aged})
        held.clock.instant += DAY
        held.ledger.keep_load("b" * 64, load.declared, load.targets)
        loads, replaced = held.ledger.loads(), held.clock.instant
    assert list(loosened_terms(loads, replaced + timedelta(days=3))) == []
    assert len(list(loosened_terms(loads, replaced + timedelta(days=3) - timedelta(seconds=1)))) == 1
    assert len(list(loosened_terms(loads[:-1], replaced + timedelta(days=400)))) == 1
    set_back = (*loads[:-1], replace(loads[-1], at=loads[0].at - 400 * DAY, not_before=None))
    assert len(list(loosened_terms(set_back, loads[1].at))) == 1
