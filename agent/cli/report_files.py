"""Hand out the files of a report: by which names, in which folder, in which languages, and as a PDF."""

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agent.core.errors import UsageError
from agent.core.replacing import OF_GROUP, chunks_of, make_folder, replace_file
from agent.wording.languages import Language

if TYPE_CHECKING:
    from agent.publishing.reports import ReportFiles
    from agent.report.signing import NotSigned


def wanted(path: Path, language: Language | None) -> bool | None:
    """Return whether a report in English is asked for; None: the configuration's language alone asks for it."""
    from agent.config.load import load

    if language is not None:
        return language == "en"
    return None if load(path, strict=False).agent.language == "en" else False


def named(found: "ReportFiles", *, public: bool) -> dict[str, Path]:
    """Return the files to hand out by the names that they bear outside."""
    from agent.publishing.reports import DAYS, EVIDENCE, FIGURES, PAGE, PUBLIC_PAGE

    stem = stem_of(found, public=public)
    if public:
        return {f"{stem}.html": found.folder / PUBLIC_PAGE}
    every = {
        f"{stem}.html": found.folder / PAGE,
        f"{stem}.csv": found.folder / DAYS,
        f"{stem}-figures.json": found.folder / FIGURES,
        f"{stem}-evidence.zip": found.folder / EVIDENCE,
    }
    # Editions that an earlier version published have no file of figures, and a draft has no evidence.
    may_lack = {FIGURES, EVIDENCE} if found.draft else {FIGURES}
    return {name: path for name, path in every.items() if path.exists() or path.name not in may_lack}


def english_page(found: "ReportFiles", *, public: bool, asked: bool | None) -> dict[str, Path]:
    """Return the English page by the name that it bears outside; empty where it is not asked for.

    Raises UsageError where an earlier version published the edition without one, and it was asked for by `--language`.
    """
    from agent.publishing.reports import ENGLISH_PAGE, ENGLISH_PUBLIC_PAGE

    if asked is False:
        return {}
    page = found.folder / (ENGLISH_PUBLIC_PAGE if public else ENGLISH_PAGE)
    if page.exists():
        return {f"{stem_of(found, public=public, english=True)}.html": page}
    what = f"edition {found.edition} of {found.quarter} was published without an English page"
    if asked:
        raise UsageError(what, "leave --language out: the French report is given")
    typer.echo(f"{what}: the French one alone is given", err=True)
    return {}


def stem_of(found: "ReportFiles", *, public: bool, english: bool = False) -> str:
    """Return what the names of a report's files begin with: none ever takes the place of another."""
    variant = ("-en" if english else "") + ("-public" if public else "")
    return f"beffroi-{found.beneficiary}-{found.quarter}{variant}"


def write(output: Path, files: Mapping[str, Path]) -> tuple[Path, ...]:
    """Copy some files into a folder, each whole or not at all. Raises UsageError where that cannot be done."""
    written = []
    try:
        make_folder(output, parents=True)
        for name, source in files.items():
            replace_file(output / name, chunks_of(source), OF_GROUP)
            written.append(output / name)
    except OSError as error:
        raise UsageError(
            f"cannot write in {output}: {error.strerror}",
            "name a folder that the owner of the state directory may write in",
        ) from error
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
    from agent.core.period import day_end
    from agent.report.pdf import render_pdf

    page = f"{stem}.html"
    attached = {name: path for name, path in files.items() if name != page}
    made = render_pdf(files[page].read_text(encoding="utf-8"), attached, day_end(last))
    made, refused = _signed(path, made)
    with tempfile.TemporaryDirectory(prefix="beffroi-pdf-") as folder:
        draft = Path(folder) / "report.pdf"
        draft.write_bytes(made)
        hand_out(output, {f"{stem}.pdf": draft})
    if refused is not None:
        raise refused


def _signed(path: Path, made: bytes) -> "tuple[bytes, NotSigned | None]":
    """Return a PDF with the signature that the configuration asks for, or as it is and why it has none."""
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.report.signing import NotSigned, sign_pdf

    signing = load(path, strict=False).report
    if signing.certificate_file is None or signing.key_file is None:
        return made, None
    try:
        return sign_pdf(made, signing.certificate_file, signing.key_file, SystemClock().now()), None
    except NotSigned as error:
        return made, error


def hand_out_comparison(path: Path, output: Path, found: "ReportFiles", *, public: bool) -> None:
    """Write what Prometheus heard beside a published edition, whose own files never change, and name the page.

    Any other report holds it itself.
    """
    from agent.config.load import load
    from agent.core.clock import SystemClock
    from agent.core.period import day_of
    from agent.publishing.reports import DAYS
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
    page = comparison_page(load(path, strict=False), compared_with, found.comparison, public=public)
    with tempfile.TemporaryDirectory(prefix="beffroi-report-") as folder:
        draft = Path(folder) / "prometheus.html"
        draft.write_text(page, encoding="utf-8")
        hand_out(output, {f"{stem_of(found, public=public)}-prometheus.html": draft})
