"""XML: well formed to its end; nothing that it names is fetched, and an entity that it declares is not followed."""

from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from agent.restores.openers.opener import BrokenFile, Budget, Inconclusive, Opener, chunks

SUFFIXES = frozenset({".xml", ".svg", ".xhtml", ".gpx", ".kml", ".gml", ".xsd"})


class Parsed:
    """An XML text that is fed a chunk at a time. Raises BrokenFile, Inconclusive."""

    def __init__(self, parser: XMLParserType) -> None:
        # Entities within entities grow without bound («a billion laughs»): a text that declares any is left alone.
        parser.EntityDeclHandler = _leave
        self._parser = parser

    def feed(self, chunk: bytes) -> None:
        """Take in more of the text."""
        self._parse(chunk, last=False)

    def end(self) -> None:
        """Take the end of the text. Raises BrokenFile where it is unfinished."""
        self._parse(b"", last=True)

    def _parse(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except ExpatError as error:
            raise BrokenFile("it is not well formed") from error
        except (LookupError, ValueError) as error:
            raise Inconclusive("it is written in an encoding that is not known") from error


def _leave(*declared: object) -> None:
    raise Inconclusive("it declares entities")


def _opens(path: bytes, budget: Budget) -> None:
    parsed = Parsed(ParserCreate())
    with open(path, "rb") as file:
        for chunk in chunks(file, budget):
            parsed.feed(chunk)
    parsed.end()


OPENER = Opener(
    kind="xml", knows=lambda head, suffix: suffix in SUFFIXES or head.lstrip().startswith(b"<?xml "), opens=_opens
)
