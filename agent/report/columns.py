"""Widths of a table's columns for print, by how long its texts are.

A layout engine would set every cell several times to find them: a fifth of the time that a PDF takes.
"""

import html
import re
from collections.abc import Iterator
from math import sqrt
from statistics import fmean

_TABLE = re.compile(r"<table\b([^>]*)>(.*?)</table>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[hd])\b([^>]*)>(.*?)</t[hd]>", re.DOTALL)
_LINE = re.compile(r'<br>|<span class="says">')
_TAG = re.compile(r"<[^>]+>")
# Where a line may break (Unicode Annex 14): at a space that is not a hard one, and after a hyphen or a slash where no
# figure follows.
_BREAK = re.compile(r"[ \n\t]+|(?<=[-/])(?=[^\d\s])")

# All in characters of the table's type: the width of a page, what a bar and a sign take, a cell's padding.
PAGE, BAR, SIGN, PADDING = 125, 28, 2, 2
BOLD = 1.12
# Longer words are broken, and longer texts get no more room.
LONGEST_WORD, LONGEST_TEXT, LONGEST_HEADING = 24, 160, 36


def with_columns(page: str) -> str:
    """Return a page in which each table says how wide its columns are."""
    return _TABLE.sub(_fixed, page)


def _fixed(table: re.Match[str]) -> str:
    rows = [_CELL.findall(row) for row in _ROW.findall(table[2])]
    columns = [list(map(_measured, cells)) for cells in zip(*rows, strict=False)]
    if not columns or len({len(row) for row in rows}) > 1:
        return table[0]
    shares = shared_out([_needs(own) for own in columns])
    cols = "".join(f'<col style="width:{share:.1f}%">' for share in shares)
    return f'<table{table[1]} style="table-layout:fixed"><colgroup>{cols}</colgroup>{table[2]}</table>'


def shared_out(columns: list[tuple[float, float]]) -> Iterator[float]:
    """Yield each column's share of the width in percent, from how much it needs at least and how much at most."""
    least, most = sum(one[0] for one in columns), sum(one[1] for one in columns)
    room = min(PAGE, most) - least
    widths = [low + max(room, 0) * (high - low) / max(most - least, 1) for low, high in columns]
    return (100 * width / sum(widths) for width in widths)


def _needs(cells: list[tuple[float, float]]) -> tuple[float, float]:
    # The quadratic mean: one long text among short ones takes no room from a column in which every text is long.
    least = max(one[0] for one in cells)
    return least, max(least, sqrt(fmean(one[1] ** 2 for one in cells)))


def _measured(cell: tuple[str, str, str]) -> tuple[float, float]:
    """Return how many characters a cell takes at least, its longest word, and at most, its longest line."""
    kind, attributes, content = cell
    is_state = 'class="state' in content
    wider = BOLD if kind == "th" or is_state else 1
    extra = PADDING + SIGN * is_state
    lines = [html.unescape(_TAG.sub("", line)) for line in _LINE.split(content.replace("</a>", "</a> "))]
    # The word of a state is never broken, nor is a short name.
    is_whole = is_state or 'class="name"' in attributes
    words = [line.strip() for line in lines] if is_whole else [word for line in lines for word in _BREAK.split(line)]
    bar = BAR * ('class="trend"' in content)
    least = max(min(max(map(len, words)), LONGEST_WORD) * wider + extra, bar)
    # What heads a row names some subjects; on page 1 it holds a sentence.
    longest = LONGEST_HEADING if kind == "th" and 'class="says"' not in content else LONGEST_TEXT
    return least, max(least, min(max(map(len, lines)), longest) * wider + extra)
