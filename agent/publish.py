"""Make a quarterly report, keep what is published, and give published editions again, byte for byte.

A quarter that goes on is shown so far and nothing is kept of it. The first report after its end publishes edition 1;
whatever arrives later takes another edition, which says what it changes.
"""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.config.settings import Configuration
from agent.core.errors import LedgerDamaged, LedgerFull, UsageError
from agent.core.period import Quarter, day_of
from agent.ledger.editions import Edition
from agent.ledger.ledger import Ledger
from agent.ledger.locks import repository_lock
from agent.report import csv_file, page
from agent.report.build import build
from agent.report.figures import Change, Report
from agent.report.material import choose_beneficiary, read
from agent.report.summary import changes, summary

PAGE, PUBLIC_PAGE, DAYS, SUMMARY = "report.html", "public.html", "days.csv", "summary.json"
_PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Hold what was asked for; `edition` None: the newest one, or the first."""

    quarter: Quarter
    beneficiary: str | None = None
    edition: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Hold a report's files by name; `edition` None: provisional. `fresh`: it was published just now."""

    quarter: Quarter
    beneficiary: str
    edition: int | None
    files: Mapping[str, bytes]
    fresh: bool


def publish(configuration: Configuration, ledger: Ledger, wish: Wish, now: datetime) -> Made:
    """Return the report that was asked for, published if its time has come.

    Raises UsageError where there is nothing to tell, LedgerDamaged where what was published is not there any more.
    """
    beneficiary = choose_beneficiary(configuration, wish.beneficiary)
    quarter, today = wish.quarter, day_of(now, ZoneInfo(configuration.agent.timezone))
    if today <= quarter.last:
        if wish.edition is not None:
            raise UsageError(f"{quarter} is not over: it has no edition yet", "leave --edition out")
        report = build(read(configuration, ledger, quarter, beneficiary, now), None)
        return Made(quarter=quarter, beneficiary=beneficiary, edition=None, files=_files(report), fresh=False)
    directory = configuration.agent.state_directory
    with repository_lock(directory, f"report {beneficiary} {quarter}", _PATIENCE):
        known = [one for one in ledger.editions(beneficiary) if one.quarter == str(quarter)]
        number = wish.edition or max(len(known), 1)
        if number <= len(known):
            return _again(directory, known[number - 1], quarter)
        if number != len(known) + 1:
            raise UsageError(f"edition {number} of {quarter} cannot follow edition {len(known)}", _next(len(known)))
        report = build(read(configuration, ledger, quarter, beneficiary, now), number)
        if known:
            report = replace(report, changes=_changes(directory, known[-1], quarter, report))
        return _publish(directory, ledger, report)


def _next(known: int) -> str:
    return f"the next one is --edition {known + 1}" if known else "leave --edition out: the first one is made"


def _files(report: Report) -> dict[str, bytes]:
    days = csv_file.text(report.days).encode()
    told = replace(report, csv_sha256=hashlib.sha256(days).hexdigest())
    return {
        PAGE: page.render(told).encode(),
        PUBLIC_PAGE: page.render(told, public=True).encode(),
        DAYS: days,
        SUMMARY: summary(report).encode(),
    }


def _changes(directory: Path, before: Edition, quarter: Quarter, report: Report) -> tuple[Change, ...]:
    kept = _again(directory, before, quarter).files
    found = changes((kept[DAYS].decode(), kept[SUMMARY].decode()), (csv_file.text(report.days), summary(report)))
    if not found:
        raise UsageError(f"nothing has changed since edition {before.number} of {quarter}", "leave --edition out")
    return found


def folder_of(directory: Path, edition: Edition) -> Path:
    """Return where an edition's files are kept."""
    return directory / "reports" / f"{edition.beneficiary}-{edition.quarter}-edition-{edition.number}"


def _again(directory: Path, edition: Edition, quarter: Quarter) -> Made:
    folder = folder_of(directory, edition)
    files = {}
    for name, digest in edition.files.items():
        try:
            content = (folder / name).read_bytes()
        except OSError as error:
            raise LedgerDamaged(
                f"a published file cannot be read: {folder / name}: {error.strerror}", "restore it from a backup"
            ) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise LedgerDamaged(f"a published file is not what it was: {folder / name}", "restore it from a backup")
        files[name] = content
    return Made(quarter=quarter, beneficiary=edition.beneficiary, edition=edition.number, files=files, fresh=False)


def _publish(directory: Path, ledger: Ledger, report: Report) -> Made:
    """Keep an edition: its files first, then the row that makes it one."""
    files = _files(report)
    edition = Edition(
        quarter=str(report.quarter),
        beneficiary=report.beneficiary,
        number=report.edition or 1,
        files={name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        through=report.proof.rows,
    )
    folder = folder_of(directory, edition)
    try:
        keep_files(folder, files)
    except OSError as error:
        raise LedgerFull(f"cannot keep the report in {folder}: {error.strerror}", "make room there") from error
    ledger.keep_edition(edition)
    return Made(
        quarter=report.quarter,
        beneficiary=report.beneficiary,
        edition=edition.number,
        files=files,
        fresh=True,
    )


def keep_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of files, whole or not at all; one that a killed run left is written anew. Raises OSError."""
    folder.parent.mkdir(mode=0o750, exist_ok=True)
    draft = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o750)
    for name, content in files.items():
        handle = os.open(draft / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o640)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
