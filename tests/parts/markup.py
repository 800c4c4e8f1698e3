"""A page as text and as tags, read strictly."""

import html
import re
from html.parser import HTMLParser


def words(page: str) -> str:
    """Return what a person reads on a page, its spaces made plain."""
    body = page.partition("<body>")[2]
    text = html.unescape(re.sub(r"<[^>]*>", " ", body))
    return " ".join(text.split())


class Tags(HTMLParser):
    """Gather the tags of a page, and whether each is closed."""

    VOID = frozenset({"meta", "link", "br", "path", "circle", "rect", "use", "img", "input", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that opens."""
        assert len(attrs) == len(dict(attrs))
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself."""
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Hold a tag that closes to the one that is open."""
        assert self.open.pop() == tag


def tags(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """Return the tags of a page; every one that opens is closed, in order."""
    parser = Tags()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser.seen
