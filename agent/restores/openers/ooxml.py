"""Office Open XML (Word, Excel, PowerPoint): a whole zip that names its parts, whose main one is there and well formed.

Source: ECMA-376 part 2, Open Packaging Conventions: `[Content_Types].xml`, and `_rels/.rels` that names the main part.
"""

import posixpath
import zipfile
from xml.parsers.expat import ParserCreate

from agent.restores.openers.opener import BrokenFile, Budget, Opener, chunks
from agent.restores.openers.xml_text import Parsed
from agent.restores.openers.zip_archive import archive, read_through

SUFFIXES = frozenset({".docx", ".docm", ".dotx", ".xlsx", ".xlsm", ".xltx", ".pptx", ".pptm", ".potx"})
TYPES, RELATIONS = "[Content_Types].xml", "_rels/.rels"
_MAIN = "/relationships/officeDocument"


def _opens(path: bytes, budget: Budget) -> None:
    with archive(path) as opened:
        read_through(opened, budget)
        _well_formed(opened, TYPES, budget)
        _well_formed(opened, _main(opened, budget), budget)


def _main(opened: zipfile.ZipFile, budget: Budget) -> str:
    found: list[str] = []

    def element(name: str, attributes: dict[str, str]) -> None:
        if name.endswith("Relationship") and attributes.get("Type", "").endswith(_MAIN):
            found.append(posixpath.normpath(attributes.get("Target", "").lstrip("/")))

    parser = ParserCreate()
    parser.StartElementHandler = element
    _parse(opened, RELATIONS, Parsed(parser), budget)
    if not found:
        raise BrokenFile("it names no main part")
    return found[0]


def _well_formed(opened: zipfile.ZipFile, name: str, budget: Budget) -> None:
    _parse(opened, name, Parsed(ParserCreate()), budget)


def _parse(opened: zipfile.ZipFile, name: str, parsed: Parsed, budget: Budget) -> None:
    if name not in opened.namelist():
        raise BrokenFile("a part that it must have is not there")
    with opened.open(name) as stream:
        for chunk in chunks(stream, budget):
            parsed.feed(chunk)
    parsed.end()


OPENER = Opener(
    kind="ooxml",
    knows=lambda head, suffix: suffix in SUFFIXES and head.startswith(b"PK\x03\x04"),
    opens=_opens,
    first=True,
)
