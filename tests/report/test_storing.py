"""Retention, country and transfer basis are those of the quarter's loads, never those of a file written later."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from agent.accounting.expectation import Days
from agent.accounting.storing import storing_declared
from agent.config.load import load
from agent.config.settings import Configuration
from agent.core.duties.expected import expected
from agent.core.period import Quarter
from agent.ledger.ledger import Ledger
from agent.report.build import build
from agent.report.copy_places import copy_places, retentions
from agent.report.days import Span
from agent.report.figures import EditionChange
from agent.report.material import Material
from agent.report.storing_said import place_said, retention_said
from agent.report.summary import changes, summary
from agent.wording.languages import Words
from tests.ledger.samples import HandClock
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


def test_an_edition_names_each_printed_term_that_differs(material: Material) -> None:
    before = build(material, 1)
    copies = tuple(
        replace(one, terms=tuple(replace(term, value=replace(term.value, country="DE")) for term in one.terms))
        for one in before.copies[:1]
    )
    after = replace(before, copies=(*copies, *before.copies[1:]))
    assert changes(("", summary(before)), ("", summary(after))) == (
        EditionChange(
            said=Words(fr="pays", en="country"),
            target="backup-offsite",
            subject=copies[0].subject,
            printed=(Words(fr="FR", en="FR"), Words(fr="DE", en="DE")),
        ),
    )
    assert Quarter.of(SPAN.first) == before.quarter
