"""The document as a PDF, from the very same page: tagged (PDF/UA-1), for keeping (PDF/A-3), the evidence inside.

WeasyPrint is an extra, which `install` or the first report in a checkout brings: it needs Pango, and one machine of
many makes reports. Where it cannot be had everything else is made, and the report says so. The same page gives the same
bytes on one machine.
"""

import base64
import hashlib
import io
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent.core.errors import UsageError

if TYPE_CHECKING:
    from weasyprint import Attachment

# WeasyPrint writes one of the two marks, this one is added. PDF/A wants every property that it does not know itself
# described (ISO 19005-3, 6.6.2.3).
_PDF_UA = """\
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


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
        document = HTML(string=with_images(page), url_fetcher=_nothing_else())
        made: bytes = document.write_pdf(
            pdf_variant="pdf/a-3a",
            pdf_tags=True,
            output_intent="srgb",
            pdf_identifier=hashlib.sha256(page.encode()).digest()[:16],
            attachments=files,
            xmp_metadata=[io.BytesIO(_PDF_UA.encode())],
        )
    return made


def _attachment(kind: "type[Attachment]", name: str, path: Path, dated: datetime) -> "Attachment":
    return kind(filename=str(path), name=name, description=name, created=dated, modified=dated, relationship="Data")


def _nothing_else() -> object:
    """Return a fetcher that lets nothing in: the page holds all it needs, its charts as data."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=("data",))


_SVG = re.compile(r'<svg class="(\w+)"(.*?)</svg>', re.DOTALL)
_TITLE, _DESCRIPTION = (
    re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL),
    re.compile(r"<desc[^>]*>(.*?)</desc>", re.DOTALL),
)


def with_images(page: str) -> str:
    """Return the page with each drawing as an image that says all that its title and its description say.

    WeasyPrint takes a drawing's alternative from its title alone, and styles each shape of one that is in the page.
    """
    return _SVG.sub(_image, page)


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
