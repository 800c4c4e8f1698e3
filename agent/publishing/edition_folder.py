"""Write the files of a report into a folder: pages, PDFs and tables, then the evidence that binds them."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from agent.config.settings import Configuration
from agent.core.period import day_start
from agent.ledger.encode import instant
from agent.ledger.keys import PUBLIC_NAME, Signer, signer
from agent.ledger.ledger import Ledger
from agent.ledger.own_excerpt import OwnExcerpt
from agent.publishing.edition_files import (
    DAYS,
    ENGLISH_PAGE,
    ENGLISH_PUBLIC_PAGE,
    EVIDENCE,
    FIGURES,
    PAGE,
    PUBLIC_PAGE,
    outside_name,
    pdf_of,
)
from agent.publishing.pdf_pages import PdfMaker
from agent.report import csv_file, figures_file, page, write_bundle
from agent.report.figures import Report
from agent.report.summary import SUMMARY, summary


def write_draft(folder: Path, report: Report) -> None:
    """Write the files of a draft: no evidence, since the ledger does not hold what it counts."""
    days = csv_file.text(report.days).encode()
    told = replace(report, csv_sha256=hashlib.sha256(days).hexdigest())
    for name, content in _pages(told).items():
        _write(folder / name, content.encode())
    _write(folder / FIGURES, figures_file.text(report).encode())
    _write(folder / DAYS, days)


def write_files(
    folder: Path, configuration: Configuration, ledger: Ledger, report: Report, pdf: PdfMaker | None
) -> Mapping[str, str]:
    """Write every file of a report into an empty folder; return the SHA-256 of each. Raises OSError.

    The evidence is the last: it binds what is handed out beside it. A report over a fleet has none of its own.
    """
    days = csv_file.text(report.days)
    contents = {
        DAYS: days,
        **_pages(replace(report, csv_sha256=hashlib.sha256(days.encode()).hexdigest())),
        SUMMARY: summary(report),
        FIGURES: figures_file.text(report),
    }
    for name, content in contents.items():
        _write(folder / name, content.encode())
    names = [*contents, *_write_pdfs(folder, report, pdf)]
    digests = {name: _digest(folder / name) for name in names}
    documents = {
        outside_name(report.beneficiary, report.quarter, name): digests[name] for name in names if name != SUMMARY
    }
    if report.agents:
        # What it adds up is proven by the bundles of its agents.
        return digests
    _write_evidence(folder / EVIDENCE, configuration, ledger, report, documents)
    return {**digests, EVIDENCE: _digest(folder / EVIDENCE)}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_pdfs(folder: Path, report: Report, pdf: PdfMaker | None) -> Iterator[str]:
    """Write the PDFs that can be made, and yield their names; what is free of names attaches nothing."""
    for page_name in () if pdf is None else pdf.pages:
        public = page_name in (PUBLIC_PAGE, ENGLISH_PUBLIC_PAGE)
        free = () if public else (DAYS, FIGURES)
        attached = {outside_name(report.beneficiary, report.quarter, name): folder / name for name in free}
        made = pdf.make(folder / page_name, attached, report.quarter.last) if pdf is not None else None
        if made is not None:
            _write(folder / pdf_of(page_name), made)
            yield pdf_of(page_name)


def _pages(report: Report) -> Mapping[str, str]:
    """Return each page of a report by its file's name: in French and in English, in full and for everyone."""
    return {
        PAGE: page.render(report),
        PUBLIC_PAGE: page.render(report, public=True),
        ENGLISH_PAGE: page.render(report, language="en"),
        ENGLISH_PUBLIC_PAGE: page.render(report, public=True, language="en"),
    }


def _write_evidence(
    path: Path, configuration: Configuration, ledger: Ledger, report: Report, documents: Mapping[str, str]
) -> None:
    directory = configuration.agent.state_directory
    contents = write_bundle.Contents(
        csv=path.with_name(DAYS).read_bytes(),
        documents=documents,
        about=write_bundle.about(report),
        public_key=(directory / PUBLIC_NAME).read_bytes(),
    )
    since = instant(day_start(report.quarter.first))
    key: Signer = signer(directory)
    with os.fdopen(_opened(path), "wb") as file:

        def written(kept: Connection) -> None:
            excerpt = OwnExcerpt(kept, report.beneficiary, since=since, through=report.proof.rows)
            write_bundle.write(file, contents, excerpt, key)

        ledger.ask(written)


def _opened(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o640)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(_opened(path), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
