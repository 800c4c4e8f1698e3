"""Make a quarterly report, store it when published, and return published editions byte for byte.

A quarter that goes on is shown so far and nothing is kept of it. The first report after its end publishes edition 1;
whatever arrives later takes another edition, which says what it changes.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from agent.config.settings import Configuration
from agent.core.errors import LedgerFull, UsageError
from agent.core.period import Quarter, day_of, day_start
from agent.evaluation.past_days import books_of, settle
from agent.ledger import editions
from agent.ledger.editions import Edition, folder_of, kept_file
from agent.ledger.encode import instant
from agent.ledger.excerpt import Excerpt
from agent.ledger.keys import PUBLIC_NAME, Signer, signer
from agent.ledger.ledger import Ledger
from agent.ledger.locks import repository_lock
from agent.report import bundle, csv_file, figures_file, page
from agent.report.build import build
from agent.report.comparing import compare
from agent.report.crosscheck import PrometheusComparison
from agent.report.figures import EditionChange, Report
from agent.report.loaded_terms import longest_allowance
from agent.report.material import choose_beneficiary, read
from agent.report.prometheus import PrometheusServer
from agent.report.summary import SUMMARY, changes, summary, with_amendments

PAGE, PUBLIC_PAGE, DAYS, EVIDENCE = "report.html", "public.html", "days.csv", "evidence.zip"
FIGURES = "figures.json"
# Translations of the pages of the same edition, kept with it: what was published is never made anew.
ENGLISH_PAGE, ENGLISH_PUBLIC_PAGE = "report-en.html", "public-en.html"
_PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """What was asked for; `edition` None: the newest one, or the first. `draft`: nothing is to be kept of it.

    `server`: the Prometheus server to compare the report with; None: none. `to_mail`: an edition that is published now
    is to be mailed.
    """

    quarter: Quarter
    beneficiary: str | None = None
    edition: int | None = None
    draft: bool = False
    server: PrometheusServer | None = None
    to_mail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiles:
    """Where a report's files are; `edition` None: provisional. `fresh`: it was published just now.

    `comparison`: what Prometheus heard, where it was asked.
    """

    quarter: Quarter
    beneficiary: str
    edition: int | None
    folder: Path
    fresh: bool = False
    draft: bool = False
    comparison: PrometheusComparison | None = None

    def content(self, name: str) -> bytes:
        """Return one file."""
        return (self.folder / name).read_bytes()


@contextmanager
def published(
    configuration: Configuration, ledger: Ledger, wish: ReportRequest, now: datetime
) -> Iterator[ReportFiles]:
    """Give the report that was asked for, published if its time has come; a provisional one is gone afterwards.

    Raises UsageError where there is nothing to tell, LedgerDamaged where what was published is not there any more.
    """
    beneficiary = choose_beneficiary(configuration, wish.beneficiary)
    quarter = wish.quarter
    if wish.draft:
        if wish.edition is not None:
            raise UsageError("a draft has no edition", "leave --edition or --draft out")
        report = replace(build(read(configuration, ledger, quarter, beneficiary, now), None), draft=True)
        with _unpublished(configuration, ledger, wish, report) as made:
            yield made
        return
    if day_of(now) > quarter.last:
        with repository_lock(configuration.agent.state_directory, f"report {beneficiary} {quarter}", _PATIENCE):
            found = _edition(configuration, ledger, replace(wish, beneficiary=beneficiary), now)
            yield replace(found, comparison=_compared(ledger, wish, beneficiary, found.content(DAYS).decode()))
        return
    if wish.edition is not None:
        raise UsageError(f"{quarter} is not over: it has no edition yet", "leave --edition out")
    report = _built(configuration, ledger, quarter, beneficiary, now)
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
            _write_draft(Path(folder), told)
        else:
            write_files(Path(folder), configuration, ledger, told)
        yield ReportFiles(
            quarter=report.quarter,
            beneficiary=report.beneficiary,
            edition=None,
            folder=Path(folder),
            draft=report.draft,
            comparison=comparison,
        )


def _compared(ledger: Ledger, wish: ReportRequest, beneficiary: str, table: str) -> PrometheusComparison | None:
    """Return what Prometheus heard of the days of a table; None where it is not to be asked."""
    if wish.server is None:
        return None
    loads = ledger.loads()
    return compare(wish.server, beneficiary, table, lambda day: longest_allowance(day, loads))


def _write_draft(folder: Path, report: Report) -> None:
    """Write the files of a draft: no evidence, since the ledger does not hold what it counts."""
    days = csv_file.text(report.days).encode()
    told = replace(report, csv_sha256=hashlib.sha256(days).hexdigest())
    for name, content in _pages(told).items():
        _write(folder / name, content.encode())
    _write(folder / FIGURES, figures_file.text(report).encode())
    _write(folder / DAYS, days)


def _built(
    configuration: Configuration,
    ledger: Ledger,
    quarter: Quarter,
    beneficiary: str,
    now: datetime,
    number: int | None = None,
) -> Report:
    """Close the days that a report counts, then build it; `number` None: provisional."""
    settle(ledger, books_of(configuration, ledger), now, final=number is not None)
    return build(read(configuration, ledger, quarter, beneficiary, now), number)


def _edition(configuration: Configuration, ledger: Ledger, wish: ReportRequest, now: datetime) -> ReportFiles:
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
    report = _built(configuration, ledger, quarter, beneficiary, now, number)
    if known:
        report = replace(report, changes=_changes(directory, known[-1], report))
    return _publish(configuration, ledger, report, to_mail=wish.to_mail)


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
    return ReportFiles(quarter=quarter, beneficiary=edition.beneficiary, edition=edition.number, folder=folder)


def _publish(configuration: Configuration, ledger: Ledger, report: Report, *, to_mail: bool) -> ReportFiles:
    """Keep an edition: its files first, then the row that makes it one."""
    edition = Edition(
        quarter=str(report.quarter),
        beneficiary=report.beneficiary,
        number=report.edition or 1,
        files={},
        through=report.proof.rows,
        to_mail=to_mail,
    )
    folder = folder_of(configuration.agent.state_directory, edition)
    draft = folder.with_name(f".{folder.name}.new")
    try:
        folder.parent.mkdir(mode=0o750, exist_ok=True)
        # What a killed run left has no row in the ledger: it was never published.
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o750)
        digests = write_files(draft, configuration, ledger, report)
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
    )


def write_files(folder: Path, configuration: Configuration, ledger: Ledger, report: Report) -> Mapping[str, str]:
    """Write every file of a report into an empty folder; return the SHA-256 of each. Raises OSError."""
    days = csv_file.text(report.days).encode()
    told = replace(report, csv_sha256=hashlib.sha256(days).hexdigest())
    manifest = _write_evidence(folder / EVIDENCE, configuration, ledger, told, days)
    told = replace(told, bundle_sha256=manifest)
    contents = {
        **_pages(told),
        SUMMARY: summary(report),
        FIGURES: figures_file.text(report),
    }
    for name, content in contents.items():
        _write(folder / name, content.encode())
    _write(folder / DAYS, days)
    digests = {}
    for name in (*contents, DAYS, EVIDENCE):
        with (folder / name).open("rb") as file:
            digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def _pages(report: Report) -> Mapping[str, str]:
    """Return each page of a report by its file's name: in French and in English, in full and for everyone."""
    return {
        PAGE: page.render(report),
        PUBLIC_PAGE: page.render(report, public=True),
        ENGLISH_PAGE: page.render(report, language="en"),
        ENGLISH_PUBLIC_PAGE: page.render(report, public=True, language="en"),
    }


def _write_evidence(path: Path, configuration: Configuration, ledger: Ledger, report: Report, days: bytes) -> str:
    directory = configuration.agent.state_directory
    contents = bundle.Contents(
        csv=days,
        about=bundle.about(report),
        public_key=(directory / PUBLIC_NAME).read_bytes(),
    )
    since = instant(day_start(report.quarter.first))
    key: Signer = signer(directory)
    with os.fdopen(_opened(path), "wb") as file:

        def written(kept: Connection) -> str:
            excerpt = Excerpt(kept, report.beneficiary, since=since, through=report.proof.rows)
            return bundle.write(file, contents, excerpt, key)

        return ledger.ask(written)


def _opened(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o640)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(_opened(path), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
