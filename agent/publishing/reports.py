"""Make a quarterly report, store it when published, and return published editions byte for byte.

A quarter that goes on is shown so far and nothing is kept of it. The first report after its end publishes edition 1;
whatever arrives later takes another edition, which says what it changes.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from agent.config.settings import Configuration
from agent.core.errors import LedgerFull, UsageError
from agent.core.period import Quarter, day_of
from agent.evaluation.past_days import books_of, settle
from agent.ledger import editions
from agent.ledger.editions import Edition, folder_of, kept_file
from agent.ledger.ledger import Ledger
from agent.ledger.locks import repository_lock
from agent.publishing.edition_files import DAYS, EVIDENCE
from agent.publishing.edition_folder import write_draft, write_files
from agent.publishing.pdf_pages import PdfMaker
from agent.report import csv_file
from agent.report.build import build
from agent.report.comparing import compare
from agent.report.crosscheck import PrometheusComparison
from agent.report.figures import EditionChange, Report
from agent.report.loaded_terms import longest_allowance
from agent.report.material import Material
from agent.report.prometheus import PrometheusServer
from agent.report.read_material import choose_beneficiary, read
from agent.report.summary import SUMMARY, changes, summary, with_amendments

_PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """What was asked for; `edition` None: the newest one, or the first. `draft`: nothing is to be kept of it.

    `server`: the Prometheus server to compare the report with; None: none. `to_mail`: an edition that is published now
    is to be mailed. `pdf`: how its PDFs are made; None: it has none.
    """

    quarter: Quarter
    beneficiary: str | None = None
    edition: int | None = None
    draft: bool = False
    server: PrometheusServer | None = None
    to_mail: bool = False
    pdf: PdfMaker | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiles:
    """Where a report's files are; `edition` None: provisional. `fresh`: it was published just now.

    `comparison`: what Prometheus heard, where it was asked. `of_fleet`: it adds up the ledgers of many agents.
    """

    quarter: Quarter
    beneficiary: str
    edition: int | None
    folder: Path
    fresh: bool = False
    draft: bool = False
    comparison: PrometheusComparison | None = None
    of_fleet: bool = False

    def content(self, name: str) -> bytes:
        """Return one file."""
        return (self.folder / name).read_bytes()


# Reads what a report on a quarter for a beneficiary rests on; `final`: what it counts is published.
ReadMaterial = Callable[[Quarter, str, bool], Material]


@contextmanager
def published(
    configuration: Configuration,
    ledger: Ledger,
    wish: ReportRequest,
    now: datetime,
    reading: ReadMaterial | None = None,
) -> Iterator[ReportFiles]:
    """Give the report that was asked for, published if its time has come; a provisional one is gone afterwards.

    `reading` reads what it rests on; None: the ledger, whose days that are over are closed before.
    Raises UsageError where there is nothing to tell, LedgerDamaged where what was published is not there any more.
    """
    beneficiary = choose_beneficiary(configuration, wish.beneficiary)
    quarter = wish.quarter
    reading = reading or _of_ledger(configuration, ledger, now, draft=wish.draft)
    if wish.draft:
        if wish.edition is not None:
            raise UsageError("a draft has no edition", "leave --edition or --draft out")
        report = replace(build(reading(quarter, beneficiary, False), None), draft=True)
        with _unpublished(configuration, ledger, wish, report) as made:
            yield made
        return
    if day_of(now) > quarter.last:
        with repository_lock(configuration.agent.state_directory, f"report {beneficiary} {quarter}", _PATIENCE):
            found = _edition(configuration, ledger, replace(wish, beneficiary=beneficiary), reading)
            yield replace(found, comparison=_compared(ledger, wish, beneficiary, found.content(DAYS).decode()))
        return
    if wish.edition is not None:
        raise UsageError(f"{quarter} is not over: it has no edition yet", "leave --edition out")
    report = build(reading(quarter, beneficiary, False), None)
    with _unpublished(configuration, ledger, wish, report) as made:
        yield made


@contextmanager
def _unpublished(
    configuration: Configuration, ledger: Ledger, wish: ReportRequest, report: Report
) -> Iterator[ReportFiles]:
    """Give a draft or a provisional report, which holds the comparison itself."""
    comparison = _compared(ledger, wish, report.beneficiary, csv_file.text(report.days))
    told = replace(report, comparison=comparison)
    with tempfile.TemporaryDirectory(prefix="beffroi-report-") as folder:
        if report.draft:
            write_draft(Path(folder), told)
        else:
            write_files(Path(folder), configuration, ledger, told, wish.pdf)
        yield ReportFiles(
            quarter=report.quarter,
            beneficiary=report.beneficiary,
            edition=None,
            folder=Path(folder),
            draft=report.draft,
            comparison=comparison,
            of_fleet=bool(report.agents),
        )


def _compared(ledger: Ledger, wish: ReportRequest, beneficiary: str, table: str) -> PrometheusComparison | None:
    """Return what Prometheus heard of the days of a table; None where it is not to be asked."""
    if wish.server is None:
        return None
    loads = ledger.loads()
    return compare(wish.server, beneficiary, table, lambda day: longest_allowance(day, loads))


def _of_ledger(configuration: Configuration, ledger: Ledger, now: datetime, *, draft: bool) -> ReadMaterial:
    """Return what reads an agent's own ledger; it closes the days that a report counts first, but for a draft."""

    def material(quarter: Quarter, beneficiary: str, final: bool) -> Material:
        if not draft:
            settle(ledger, books_of(configuration, ledger), now, final=final)
        return read(configuration, ledger, quarter, beneficiary, now)

    return material


def _edition(configuration: Configuration, ledger: Ledger, wish: ReportRequest, reading: ReadMaterial) -> ReportFiles:
    directory, quarter, beneficiary = configuration.agent.state_directory, wish.quarter, wish.beneficiary or ""
    known = [one for one in ledger.ask(lambda kept: editions.read(kept, beneficiary)) if one.quarter == str(quarter)]
    number = wish.edition or max(len(known), 1)
    if number <= len(known):
        return _again(directory, known[number - 1], quarter)
    if number != len(known) + 1:
        hint = f"the next one is --edition {len(known) + 1}" if known else "leave --edition out: the first one is made"
        raise UsageError(f"edition {number} of {quarter} cannot follow edition {len(known)}", hint)
    if configuration.agent.demonstration:
        hint = "remove [agent] demonstration: a published report states the real site of each copy"
        raise UsageError(f"a demonstration publishes no edition of {quarter}", hint)
    report = build(reading(quarter, beneficiary, True), number)
    if known:
        report = replace(report, changes=_changes(directory, known[-1], report))
    return _publish(configuration, ledger, report, wish)


def _changes(directory: Path, before: Edition, report: Report) -> tuple[EditionChange, ...]:
    kept = _again(directory, before, report.quarter)
    was = (kept.content(DAYS).decode(), kept.content(SUMMARY).decode())
    found = changes(was, (csv_file.text(report.days), summary(report)))
    if before.published_at is not None:
        found = with_amendments(found, report.entries, before.published_at)
    if not found:
        raise UsageError(
            f"nothing has changed since edition {before.number} of {report.quarter}", "leave --edition out"
        )
    return found


def _again(directory: Path, edition: Edition, quarter: Quarter) -> ReportFiles:
    folder = folder_of(directory, edition)
    for name in edition.files:
        kept_file(directory, edition, name)
    return ReportFiles(
        quarter=quarter,
        beneficiary=edition.beneficiary,
        edition=edition.number,
        folder=folder,
        of_fleet=EVIDENCE not in edition.files,
    )


def _publish(configuration: Configuration, ledger: Ledger, report: Report, wish: ReportRequest) -> ReportFiles:
    """Keep an edition: its files first, then the row that makes it one."""
    edition = Edition(
        quarter=str(report.quarter),
        beneficiary=report.beneficiary,
        number=report.edition or 1,
        files={},
        through=report.proof.rows,
        to_mail=wish.to_mail,
    )
    folder = folder_of(configuration.agent.state_directory, edition)
    draft = folder.with_name(f".{folder.name}.new")
    try:
        folder.parent.mkdir(mode=0o750, exist_ok=True)
        # What a killed run left has no row in the ledger: it was never published.
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o750)
        digests = write_files(draft, configuration, ledger, report, wish.pdf)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    except OSError as error:
        raise LedgerFull(f"cannot keep the report in {folder}: {error.strerror}", "make room there") from error
    ledger.keep_edition(replace(edition, files=digests))
    return ReportFiles(
        quarter=report.quarter,
        beneficiary=report.beneficiary,
        edition=edition.number,
        folder=folder,
        fresh=True,
        of_fleet=bool(report.agents),
    )
