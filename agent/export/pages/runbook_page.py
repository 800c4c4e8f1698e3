"""The page of one runbook: `/runbook/NAME`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.core.model import WORST_FIRST
from agent.export.pages.addresses import PageLinks
from agent.export.pages.documents import DETAIL_PAGES, printed
from agent.export.pages.frame import frame, step_home
from agent.export.pages.shown import language_of
from agent.export.snapshot import Snapshot
from agent.wording.runbooks import runbook, runbook_names, site_ids

_PIECE = re.compile(r"`([^`]+)`|\[([^\]]+)\]\(([^)]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a line: plain text, code, or a link to another runbook (`place`)."""

    text: str
    code: bool = False
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of a runbook: `kind` is heading, text, code, list or table; `rows` are its lines of cells."""

    kind: str
    rows: tuple[tuple[tuple[Piece, ...], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookView:
    """What the page of a runbook shows."""

    title: str
    blocks: tuple[Block, ...]


def render(name: str, snapshot: Snapshot, links: PageLinks) -> str | None:
    """Return the page in the snapshot's language, or None for an unknown name."""
    standings = sorted(snapshot.standings, key=lambda one: WORST_FIRST.index(one.verdict.state))
    ids = site_ids(name, (one.key for one in standings))
    text = runbook(name, ids, language=language_of(snapshot), health=snapshot.health)
    if text is None:
        return None
    title, _, rest = text.removeprefix("# ").partition("\n")
    around = frame(snapshot, links, lambda to: to.runbook(name), step_home(snapshot, links))
    view = RunbookView(title=title, blocks=tuple(blocks(rest, links)))
    return printed(DETAIL_PAGES, "runbook.html", around, view)


def blocks(text: str, links: PageLinks) -> Iterator[Block]:
    """Yield the blocks of a text in the Markdown that runbooks use: headings, fences, tables, lists, paragraphs."""
    parts = re.split(r"(?ms)^\s*```\w*\n(.*?)^\s*```$", text)
    for number, part in enumerate(parts):
        if number % 2:
            yield Block(kind="code", rows=(((Piece(text=part.rstrip("\n"), code=True),),),))
            continue
        for paragraph in re.split(r"\n\s*\n", part):
            if paragraph.strip():
                yield _block(paragraph.strip().splitlines(), links)


def _block(lines: list[str], links: PageLinks) -> Block:
    if lines[0].startswith("## "):
        return Block(kind="heading", rows=((pieces(lines[0][3:], links),),))
    if lines[0].startswith("|"):
        rows = [line.strip().strip("|").split("|") for line in lines if not re.fullmatch(r"[|\s:-]+", line)]
        return Block(kind="table", rows=tuple(tuple(pieces(cell.strip(), links) for cell in row) for row in rows))
    if re.match(r"([0-9]+\.|-) ", lines[0]):
        items = re.split(r"(?m)^(?:[0-9]+\.|-) ", "\n".join(lines))[1:]
        return Block(kind="list", rows=tuple((pieces(" ".join(item.split()), links),) for item in items))
    return Block(kind="text", rows=((pieces(" ".join(line.strip() for line in lines), links),),))


def pieces(line: str, links: PageLinks) -> tuple[Piece, ...]:
    """Return the pieces of a line; a link leads to another runbook, and is plain text where it leads elsewhere."""
    found, at = [], 0
    for one in _PIECE.finditer(line):
        found.append(Piece(text=line[at : one.start()]))
        at = one.end()
        if one[1] is not None:
            found.append(Piece(text=one[1], code=True))
        else:
            name = one[3].removesuffix(".md")
            found.append(Piece(text=one[2], place=links.runbook(name) if name in runbook_names() else None))
    return tuple(piece for piece in (*found, Piece(text=line[at:])) if piece.text)
