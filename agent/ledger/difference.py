"""The difference between two readings in lines of text, stored in place of the whole. Pure.

A backup with a thousand recovery points is looked at every quarter of an hour and changes once a day. One fact is one
line, its canonical JSON, which begins with the date of the fact (`{"as_of":"…"`): where only that date moved from one
look to the next, for all facts that bore it, the move is said once.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

_BEFORE_DATE = '{"as_of":"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How to come from one list of lines to the next.

    First every line dated `redated[0]` takes the date `redated[1]`; then the lines at the places `removed` go; then
    each of `added` is put in at its place. Places count from 0 and rise.
    """

    redated: tuple[str, str] | None = None
    removed: tuple[int, ...] = ()
    added: tuple[tuple[int, str], ...] = ()


def compare(previous: Sequence[str], current: Sequence[str], *, moving: bool = True) -> Difference:
    """Return a small difference that leads from the previous lines to the current ones.

    `moving` False: no move of dates is told as one.
    """
    plain = _compare(previous, current)
    moved = _moved(previous, current, plain) if moving else None
    if moved is None:
        return plain
    dated = replace(_compare(moved_dates(previous, dict([moved])), current), redated=moved)
    return dated if len(dated.added) < len(plain.added) else plain


def apply(previous: Sequence[str], difference: Difference) -> list[str]:
    """Return the current lines. Raises IndexError for a difference from other lines."""
    lines = moved_dates(previous, {} if difference.redated is None else dict([difference.redated]))
    for place in reversed(difference.removed):
        del lines[place]
    for place, line in difference.added:
        if place > len(lines):
            raise IndexError(place)
        lines.insert(place, line)
    return lines


def moved_dates(lines: Sequence[str], moves: Mapping[str, str]) -> list[str]:
    """Return lines of which those with a date that moved bear the new one; all moves at once."""
    if not moves:
        return list(lines)
    return [_dated(line, moves) for line in lines]


def undated(line: str) -> str:
    """Return a line without its date."""
    return line[len(_BEFORE_DATE) + len(_date(line)) :]


def _dated(line: str, moves: Mapping[str, str]) -> str:
    date = _date(line)
    moved = moves.get(date)
    return line if moved is None else f"{_BEFORE_DATE}{moved}{line[len(_BEFORE_DATE) + len(date) :]}"


def _compare(previous: Sequence[str], current: Sequence[str]) -> Difference:
    kept = dict(_common(previous, current))
    staying = set(kept.values())
    return Difference(
        removed=tuple(place for place in range(len(previous)) if place not in staying),
        added=tuple((place, line) for place, line in enumerate(current) if place not in kept),
    )


def _common(previous: Sequence[str], current: Sequence[str]) -> list[tuple[int, int]]:
    """Return (place in current, place in previous) of the lines that stay, both rising."""
    shorter = min(len(previous), len(current))
    head = next((place for place in range(shorter) if previous[place] != current[place]), shorter)
    tail = next((back for back in range(shorter - head) if previous[-1 - back] != current[-1 - back]), shorter - head)
    places: dict[str, list[int]] = {}
    for place in range(len(previous) - tail - 1, head - 1, -1):
        places.setdefault(previous[place], []).append(place)
    middle = [
        (place, places[current[place]].pop())
        for place in range(head, len(current) - tail)
        if places.get(current[place])
    ]
    ends = [(len(current) - back, len(previous) - back) for back in range(tail, 0, -1)]
    return [(place, place) for place in range(head)] + _longest_rising(middle) + ends


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for number, (_, value) in enumerate(pairs):
        length = bisect_left(tails, value)
        before.append(at[length - 1] if length else -1)
        tails[length : length + 1] = [value]
        at[length : length + 1] = [number]
    run: list[tuple[int, int]] = []
    number = at[-1] if at else -1
    while number >= 0:
        run.append(pairs[number])
        number = before[number]
    return run[::-1]


def _moved(previous: Sequence[str], current: Sequence[str], plain: Difference) -> tuple[str, str] | None:
    """Return the commonest date among the lines that went and among those that came, where they differ."""
    gone = Counter(_date(previous[place]) for place in plain.removed)
    come = Counter(_date(line) for _, line in plain.added)
    if not gone or not come:
        return None
    moved = (gone.most_common(1)[0][0], come.most_common(1)[0][0])
    return moved if moved[0] != moved[1] else None


def _date(line: str) -> str:
    return line[len(_BEFORE_DATE) :].partition('"')[0]
