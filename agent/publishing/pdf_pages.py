"""Make the PDF of a report's page, signed where the configuration names a certificate.

The daemon makes it in a process of its own: setting pages takes seconds and 200 MB, which end with that process.
"""

import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from agent.config.settings import ReportSettings
from agent.core.errors import LookError, UsageError
from agent.core.host import Host
from agent.core.ownership import HOME
from agent.core.period import day_end
from agent.hosts.parent_death import dying_with_us
from agent.report import pdf
from agent.report.signing import NotSigned, sign_pdf

log = logging.getLogger("beffroi.report")

MakePdf = Callable[[Path, Mapping[str, Path], date], bytes | None]
PATIENCE = timedelta(minutes=10)
_CODE = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from agent.publishing.pdf_pages import main; main(sys.argv[1:])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfMaker:
    """How PDFs are made when a report is published, and of which of its pages, by the names where they are kept.

    `make` takes a page, the files to attach by the names that they bear inside, and the last day that it is about; it
    returns None where no PDF that the evidence could bind can be made.
    """

    pages: tuple[str, ...]
    make: MakePdf


def made_pdf(
    settings: ReportSettings, page: Path, attached: Mapping[str, Path], last: date, now: datetime
) -> tuple[bytes, NotSigned | None]:
    """Return a page as a PDF, and why it lacks the signature that was asked for. Raises NoPdf."""
    made = pdf.render_pdf(page.read_text(encoding="utf-8"), attached, day_end(last))
    if settings.certificate_file is None or settings.key_file is None:
        return made, None
    try:
        return sign_pdf(made, settings.certificate_file, settings.key_file, now), None
    except NotSigned as error:
        return made, error


def made_here(settings: ReportSettings, now: datetime) -> MakePdf:
    """Return what makes PDFs in this process; one that cannot be made or signed as asked is None."""

    def make(page: Path, attached: Mapping[str, Path], last: date) -> bytes | None:
        try:
            made, refused = made_pdf(settings, page, attached, last, now)
        except UsageError:
            return None
        return made if refused is None else None

    return make


def made_apart(here: Host, settings: ReportSettings, now: datetime) -> MakePdf:
    """Return what makes PDFs in a process of their own; one that cannot be made or signed as asked is logged, and None.

    The process writes beside the page.
    """

    def make(page: Path, attached: Mapping[str, Path], last: date) -> bytes | None:
        draft = page.with_name(f"{page.name}.new")
        pair = [str(one or "") for one in (settings.certificate_file, settings.key_file)]
        files = [f"{name}={path}" for name, path in attached.items()]
        command = (sys.executable, "-I", "-c", _CODE, str(HOME), str(page), str(draft), last.isoformat())
        try:
            here.run(*dying_with_us(), *command, now.isoformat(), *pair, *files, timeout=PATIENCE)
            return draft.read_bytes()
        except (LookError, OSError) as error:
            said = error.message if isinstance(error, LookError) else error.strerror
            log.warning("no PDF of %s is published: %s", page.name, said)
            return None
        finally:
            draft.unlink(missing_ok=True)

    return make


def main(arguments: list[str]) -> None:
    """Write a page as a PDF; the arguments are those that `made_apart` gives. Exits with why there is none."""
    page, target, last, now, certificate, key, *files = arguments
    settings = ReportSettings(
        certificate_file=Path(certificate) if certificate else None, key_file=Path(key) if key else None
    )
    attached = {name: Path(path) for name, _, path in (one.partition("=") for one in files)}
    try:
        made, refused = made_pdf(settings, Path(page), attached, date.fromisoformat(last), datetime.fromisoformat(now))
    except UsageError as error:
        sys.exit(error.message)
    if refused is not None:
        sys.exit(refused.message)
    Path(target).write_bytes(made)
