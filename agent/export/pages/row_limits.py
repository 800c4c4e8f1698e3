"""Row limits of served pages; omitted rows are counted and linked.

A page that stands alone leads nowhere, so it shows everything, however long.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# Subjects that get a row of their own on the status page, the worst targets' first; each target has two at least.
ROWS, LEAST = 60, 2
# Lines of any other list.
LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The first lines of a list, and how many follow that are not shown."""

    shown: tuple[str, ...]
    more: int


def first_lines(lines: Sequence[str], *, served: bool) -> Lines:
    """Return as many lines as there is room for."""
    shown = tuple(lines[:LINES] if served else lines)
    return Lines(shown=shown, more=len(lines) - len(shown))


def rows_each(counts: Sequence[int], *, served: bool) -> tuple[int, ...]:
    """Return, of each of some groups in the order of the page, how many rows are shown."""
    if not served:
        return tuple(counts)
    left = max(0, ROWS - LEAST * len(counts))
    shown = []
    for count in counts:
        room = LEAST + left
        shown.append(min(count, room))
        left -= max(0, shown[-1] - LEAST)
    return tuple(shown)
