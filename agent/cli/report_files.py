"""Hand out the files of a report: by which names, in which folder, in which languages, and as a PDF."""

import errno
import os
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agent.core.errors import UsageError
from agent.core.replacing import OF_GROUP, chunks_of, make_folder, open_folder, replace_file
from agent.wording.languages import Language

if TYPE_CHECKING:
    from agent.publishing.pdf_pages import PdfMaker
    from agent.publishing.reports import ReportFiles


def wanted(path: Path, language: Language | None) -> bool | None:
    """Return whether a report in English is asked for; None: the configuration's language alone asks for it."""
    from agent.config.load import load

    if language is not None:
        return language == "en"
    return None if load(path, strict=False).agent.language == "en" else False


def named(found: "ReportFiles", *, public: bool) -> dict[str, Path]:
    """Return the files to hand out by the names that they bear outside."""
    from agent.publishing.edition_files import DAYS, EVIDENCE, FIGURES, PAGE, PUBLIC_PAGE, outside_name

    def outside(*names: str) -> dict[str, Path]:
        return {outside_name(found.beneficiary, found.quarter, name): found.folder / name for name in names}

    if public:
        return outside(PUBLIC_PAGE)
    every = outside(PAGE, DAYS, FIGURES, EVIDENCE)
    # Editions that an earlier version published have no file of figures; a draft and a fleet's have no evidence.
    may_lack = {FIGURES, EVIDENCE} if found.draft or found.of_fleet else {FIGURES}
    return {name: path for name, path in every.items() if path.exists() or path.name not in may_lack}


def english_page(found: "ReportFiles", *, public: bool, asked: bool | None) -> dict[str, Path]:
    """Return the English page by the name that it bears outside; empty where it is not asked for.

    Raises UsageError where an earlier version published the edition without one, and it was asked for by `--language`.
    """
    from agent.publishing.edition_files import ENGLISH_PAGE, ENGLISH_PUBLIC_PAGE, outside_name

    if asked is False:
        return {}
    page = found.folder / (ENGLISH_PUBLIC_PAGE if public else ENGLISH_PAGE)
    if page.exists():
        return {outside_name(found.beneficiary, found.quarter, page.name): page}
    what = f"edition {found.edition} of {found.quarter} was published without an English page"
    if asked:
        raise UsageError(what, "leave --language out: the French report is given")
    typer.echo(f"{what}: the French one alone is given", err=True)
    return {}


def refuse_unwritable(output: Path) -> None:
    """Refuse a folder that cannot be made or written in, and make nothing. Raises UsageError."""
    found = output.absolute()
    while not found.exists() and found != found.parent:
        found = found.parent
    try:
        os.close(open_folder(found))
        if not os.access(found, os.W_OK | os.X_OK, effective_ids=True):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise _cannot_write(output, error) from error


def _cannot_write(output: Path, error: OSError) -> UsageError:
    return UsageError(
        f"cannot write in {output}: {error.strerror}",
        "make room there"
        if error.errno == errno.ENOSPC
        else "name a folder that the owner of the state directory may write in",
    )


def write(output: Path, files: Mapping[str, Path]) -> tuple[Path, ...]:
    """Copy some files into a folder, each whole or not at all. Raises UsageError where that cannot be done."""
    written = []
    try:
        make_folder(output, parents=True)
        for name, source in files.items():
            replace_file(output / name, chunks_of(source), OF_GROUP)
            written.append(output / name)
    except OSError as error:
        raise _cannot_write(output, error) from error
    return tuple(written)


def hand_out(output: Path, files: Mapping[str, Path]) -> None:
    """Write some files into a folder, and name each. Raises UsageError."""
    for path in write(output, files):
        typer.echo(path)


def hand_out_pdf(path: Path, output: Path, stem: str, files: Mapping[str, Path], last: date) -> None:
    """Write a page as a PDF and name it; the other files are inside, dated by the last day that it is about.

    `path` is the configuration, which names what signs it. Raises NoPdf where it cannot be made, NotSigned once it is
    written without the signature that was asked for.
    """
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.publishing.pdf_pages import made_pdf

    page = f"{stem}.html"
    attached = {name: path for name, path in files.items() if name != page}
    made, refused = made_pdf(load(path, strict=False).report, files[page], attached, last, SystemClock().now())
    with tempfile.TemporaryDirectory(prefix="beffroi-pdf-") as folder:
        draft = Path(folder) / "report.pdf"
        draft.write_bytes(made)
        hand_out(output, {f"{stem}.pdf": draft})
    if refused is not None:
        raise refused


def pdf_maker(path: Path, *, public: bool, english: bool) -> "PdfMaker":
    """Return how an edition's PDFs are made where it is published now: the full ones always, since it is frozen."""
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.publishing.edition_files import ENGLISH_PAGE, ENGLISH_PUBLIC_PAGE, PAGE, PUBLIC_PAGE
    from agent.publishing.pdf_pages import PdfMaker, made_here

    wished = {PAGE: True, ENGLISH_PAGE: english, PUBLIC_PAGE: public, ENGLISH_PUBLIC_PAGE: public and english}
    pages = tuple(page for page, is_wished in wished.items() if is_wished)
    return PdfMaker(pages=pages, make=made_here(load(path, strict=False).report, SystemClock().now()))


def hand_out_pdfs(path: Path, output: Path, found: "ReportFiles", pages: Mapping[str, Path], *, public: bool) -> None:
    """Write the PDF of each page, by the names that the pages bear outside: as it was published, or else made now.

    Raises NoPdf and NotSigned, as `hand_out_pdf` does.
    """
    from agent.publishing.edition_files import DAYS, FIGURES, pdf_of

    free = {} if public else named(found, public=False)
    tables = {name: file for name, file in free.items() if file.name in (DAYS, FIGURES)}
    for name, page in pages.items():
        kept = page.with_name(pdf_of(page.name))
        if kept.exists():
            hand_out(output, {pdf_of(name): kept})
            continue
        hand_out_pdf(path, output, name.removesuffix(".html"), {name: page} | tables, found.quarter.last)
        if found.edition is not None:
            typer.echo(
                f"{pdf_of(name)} was made now: the evidence of edition {found.edition} does not bind it", err=True
            )


def hand_out_comparison(path: Path, output: Path, found: "ReportFiles", *, public: bool, english: bool) -> None:
    """Write what Prometheus heard beside a published edition, whose own files never change, and name each page.

    `english`: its translation, too. Any other report holds the comparison itself.
    """
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.core.period import day_of
    from agent.publishing.edition_files import DAYS
    from agent.report.further.comparison import ComparedEdition, comparison_page

    if found.edition is None or found.comparison is None or found.comparison.found is None:
        return
    compared_with = ComparedEdition(
        quarter=found.quarter,
        beneficiary=found.beneficiary,
        edition=found.edition,
        table=found.content(DAYS).decode(),
        made_on=day_of(SystemClock().now()),
    )
    configuration = load(path, strict=False)
    stem, readers = f"beffroi-{found.beneficiary}-{found.quarter}", "-public" if public else ""
    languages: tuple[tuple[str, Language], ...] = (("", "fr"), ("-en", "en"))
    with tempfile.TemporaryDirectory(prefix="beffroi-report-") as folder:
        files = {}
        for ending, language in languages if english else languages[:1]:
            name = f"{stem}{ending}{readers}-prometheus.html"
            page = comparison_page(configuration, compared_with, found.comparison, public=public, language=language)
            files[name] = Path(folder) / name
            files[name].write_text(page, encoding="utf-8")
        hand_out(output, files)
