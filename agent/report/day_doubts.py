"""Why what a bundle shows does not decide a day, though the looks shown make it worse than it was kept. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from agent.accounting.expectation import Loading
from agent.accounting.timeline import CLOCK_TOLERANCE
from agent.core.convention import OFF_SITE, RECOVERY_POINT
from agent.core.judging.intact import VERIFIED_WITHIN
from agent.core.model import Key

SET_BACK = "a clock was set back around them"
RENAMED = "a copy was renamed: what was seen under its former name is not followed"
ERASED = "an entry that may tell of them was erased"
DECLARED_BETWEEN = "the configuration was loaded more than once within a day"

# What is declared is shown once a day: what was declared between two loads closer than this may not be.
_SHOWN_EACH = timedelta(hours=26)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayDoubts:
    """What makes days doubtful: loads, when clocks were set back, and when the first erased entry came in."""

    loads: Sequence[Loading]
    set_back: Sequence[Span]
    erased: datetime | None

    def of(
        self, key: Key, begins: datetime, ends: datetime, evidence_age: timedelta, looks_set_back: Collection[Span]
    ) -> str | None:
        """Return why the looks shown do not decide a day of a key; None: they do."""
        since = begins - evidence_age
        if _any_within((*self.set_back, *looks_set_back), since, ends):
            return SET_BACK
        if _any_within(_close_loads(self.loads), since, ends):
            return DECLARED_BETWEEN
        if key.target in (OFF_SITE, RECOVERY_POINT):
            renamed = ((at, at + VERIFIED_WITHIN) for at in _renamed(key, self.loads))
            if _any_within(renamed, since, ends):
                return RENAMED
            if self.erased is not None and self.erased < ends:
                return ERASED
        return None


def set_back_in(instants: Sequence[datetime]) -> Iterator[Span]:
    """Yield from when to when a clock ran twice, by instants in the order in which they were kept."""
    newest: datetime | None = None
    for at in instants:
        if newest is not None and at < newest - CLOCK_TOLERANCE:
            yield at, newest
        newest = at if newest is None else max(at, newest)


def _any_within(spans: Iterable[Span], begins: datetime, ends: datetime) -> bool:
    return any(first < ends and last > begins for first, last in spans)


def _close_loads(loads: Sequence[Loading]) -> Iterator[Span]:
    written = [load.acts_from for load in loads if load.written]
    return ((one, two) for one, two in pairwise(written) if two - one < _SHOWN_EACH)


def _renamed(key: Key, loads: Sequence[Loading]) -> Iterator[datetime]:
    """Yield when a copy of a key came under this name, after another name of the beneficiary's copies had gone."""
    copies: set[Key] = set()
    before: set[Key] = set()
    for load in loads:
        own = {one for one in load.declared if (one.target, one.beneficiary) == (OFF_SITE, key.beneficiary)}
        if copies - own and any(one == key or one.subject.startswith(f"{key.subject}/") for one in own - before):
            yield load.acts_from
        copies |= own
        before = own
