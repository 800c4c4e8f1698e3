"""Looks of one name as runs: what a look showed is said once, for all the looks after it that showed the same. Pure.

A fact that is dated within its own look has no date here (`as_of` null): it is of the moment of each look.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Two looks further apart are of two runs, so that a silence stands between them.
MOST_APART = timedelta(hours=2)
# Of looks that show something else each time, more runs than these are shown by the first of each slot alone.
MOST_RUNS = 12
SLOT_HOURS = 8
_BEFORE_DATE, _DATE = '{"as_of":"', len("2026-11-24T04:12:07.000000Z")
_UNDATED = '{"as_of":null'


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFace:
    """What a look showed: `look` is its outcome and commands, one canonical JSON, `facts` are its facts, one a line."""

    look: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FacedLook:
    """One look: when it ended, what it showed, and the SHA-256 of what each of its commands put out."""

    ended: datetime
    face: LookFace
    outputs: tuple[str, ...] = ()


@dataclass(slots=True)
class LookRun:
    """Looks one after another that showed the same; `apart` is the longest time between two of them, or before them.

    `unshown` counts looks among them that showed something else, of a name whose looks do so each time.
    """

    first: datetime
    last: datetime
    face: LookFace
    looks: int = 1
    apart: timedelta = timedelta(0)
    unshown: int = 0


def runs_of(looks: Iterable[FacedLook]) -> list[LookRun]:
    """Return the runs of looks, which are in the order in which they ended."""
    every = list(_alike(looks))
    return every if len(every) <= MOST_RUNS else list(_by_slots(every))


def _alike(looks: Iterable[FacedLook]) -> Iterator[LookRun]:
    run: LookRun | None = None
    for one in looks:
        if run is not None and one.face == run.face and timedelta(0) <= one.ended - run.last <= MOST_APART:
            run.apart = max(run.apart, one.ended - run.last)
            run.last, run.looks = one.ended, run.looks + 1
            continue
        if run is not None:
            yield run
        run = LookRun(first=one.ended, last=one.ended, face=one.face)
    if run is not None:
        yield run


def _by_slots(runs: Sequence[LookRun]) -> Iterator[LookRun]:
    """Yield runs of which those within one slot of the day are told by the first."""
    shown: LookRun | None = None
    for one in runs:
        is_near = shown is not None and timedelta(0) <= one.first - shown.last <= MOST_APART
        if shown is None or not is_near or _slot(one.first) != _slot(shown.first):
            if shown is not None:
                yield shown
            shown = one
            continue
        shown.apart = max(shown.apart, one.first - shown.last, one.apart)
        shown.last, shown.looks = one.last, shown.looks + one.looks
        shown.unshown += one.unshown + (one.looks if one.face != shown.face else 0)
    if shown is not None:
        yield shown


def _slot(moment: datetime) -> tuple[int, int]:
    return moment.toordinal(), moment.hour // SLOT_HOURS


def undated(line: str, begun: str, ended: str) -> str:
    """Return a fact, one canonical JSON, without its date where that lies within its look's own time."""
    return f"{_UNDATED}{line[len(_BEFORE_DATE) + _DATE + 1 :]}" if begun <= date_of(line) <= ended else line


def dated(line: str, ended: str) -> str:
    """Return a fact of a look that ended at an instant, with its date."""
    return f'{_BEFORE_DATE}{ended}"{line[len(_UNDATED) :]}' if line.startswith(_UNDATED) else line


def date_of(line: str) -> str:
    """Return the date of a fact, one canonical JSON."""
    return line[len(_BEFORE_DATE) : len(_BEFORE_DATE) + _DATE]
