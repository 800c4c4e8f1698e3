"""The document as a PDF, from the very same page: tagged, with its language, title and evidence inside.

It claims neither PDF/UA nor PDF/A: no validator of either runs in the tests.

WeasyPrint is an extra, which `install` or the first report in a checkout brings: it needs Pango, and one machine of
many makes reports. Where it cannot be had everything else is made, and the report says so. The same page gives the same
bytes on one machine.
"""

import base64
import hashlib
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.core.errors import UsageError
from agent.report.columns import with_columns

if TYPE_CHECKING:
    from weasyprint import Attachment


class NoPdf(UsageError):
    """Raised where no PDF can be made here."""


def render_pdf(page: str, attached: Mapping[str, Path], dated: datetime) -> bytes:
    """Return the page as a PDF; `attached` are files by the names that they bear inside, `dated` is their date.

    Raises NoPdf where WeasyPrint or what it needs is not installed.
    """
    with _quiet():
        try:
            from weasyprint import HTML, Attachment
        except ImportError as error:
            raise NoPdf(
                "no PDF: WeasyPrint is not installed", "sudo ./beffroi install, in the checkout of this version"
            ) from error
        except OSError as error:
            raise NoPdf(
                f"no PDF: what WeasyPrint needs is missing: {str(error).splitlines()[0]}",
                "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-urw-base35",
            ) from error
        files = [_attachment(Attachment, name, path, dated) for name, path in attached.items()]
        document = HTML(string=with_columns(with_images(page)), url_fetcher=_nothing_else())
        made: bytes = document.write_pdf(
            pdf_tags=True,
            output_intent="srgb",
            pdf_identifier=hashlib.sha256(page.encode()).digest()[:16],
            attachments=files,
            finisher=_with_scopes,
        )
    return made


def _with_scopes(_document: object, pdf: Any) -> None:
    """Give each header cell its scope, which WeasyPrint leaves out: of its column in a table's head, else of its row.

    Source: ISO 32000-1, 14.8.5.7, table 349.
    """
    tagged: list[Any] = [one for one in pdf.objects if isinstance(one, dict) and "S" in one]
    elements: dict[bytes, Any] = {one.reference: one for one in tagged}
    for element in elements.values():
        if element["S"] == "/TH":
            row = elements.get(element["P"], {})
            group = elements.get(row.get("P", b""), {})
            element["A"]["Scope"] = "/Column" if group.get("S") == "/THead" else "/Row"


def _attachment(kind: "type[Attachment]", name: str, path: Path, dated: datetime) -> "Attachment":
    return kind(filename=str(path), name=name, description=name, created=dated, modified=dated, relationship="Data")


def _nothing_else() -> object:
    """Return a fetcher that lets nothing in: the page holds all it needs, its charts as data."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=("data",))


# A calendar's days in figures, which are not printed: the drawing says them.
_NOT_PRINTED = re.compile(r'<div class="wide"[^>]*>\s*<table class="same">\s*<caption>.*?</table>\s*</div>', re.DOTALL)
_SVG = re.compile(r'<svg class="(\w+)"(.*?)</svg>', re.DOTALL)
_TITLE, _DESCRIPTION = (
    re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL),
    re.compile(r"<desc[^>]*>(.*?)</desc>", re.DOTALL),
)


def with_images(page: str) -> str:
    """Return the page to be printed, each drawing as an image that says all that its title and its description say.

    WeasyPrint takes a drawing's alternative from its title alone, and styles each shape of one that is in the page.
    """
    return _SVG.sub(_image, _NOT_PRINTED.sub("", page))


def _image(drawing: re.Match[str]) -> str:
    said = [found[1].strip() for found in (_TITLE.search(drawing[0]), _DESCRIPTION.search(drawing[0])) if found]
    shapes = drawing[0].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    content = base64.b64encode(shapes.encode()).decode()
    return f'<img class="{drawing[1]}" alt="{". ".join(said)}" src="data:image/svg+xml;base64,{content}">'


@contextmanager
def _quiet() -> Iterator[None]:
    # What it says about the style sheet's screen rules is for their author, not for a reader of the report.
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools", "fontTools.subset")]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # it leaves its colour profile open
            yield
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.setLevel(level)
            logger.propagate = propagate
