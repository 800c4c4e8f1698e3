"""Files of a source that its mirror has not as they are, with the first change of each that has not arrived."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.core.model import Observation
from agent.core.registered import registered

# Value: a LateFile; `as_of`: its first change that has not arrived.
BEHIND = "mirror.behind"
# Those that wait longest date a mirror.
REMEMBERED = 200


@registered("mirror.behind")
@dataclass(frozen=True, slots=True, kw_only=True)
class LateFile:
    """A file below a path of a source; `size` and `written` are of the mirror's, if it has one of that name."""

    path: str
    file: str
    size: int | None = None
    written: int | None = None


Late = tuple[LateFile, datetime]


def late_files(listing: Observation | None) -> Iterator[Late]:
    """Yield the late files that a list of a mirror remembers."""
    for fact in () if listing is None else listing.named(BEHIND):
        if isinstance(fact.value, LateFile):
            yield fact.value, fact.as_of


def longest_late(late: Iterable[Late], now: datetime) -> list[Late]:
    """Return what has to be remembered of late files, the longest first; none counts as changed ahead of now."""
    return sorted(((one, min(at, now)) for one, at in late), key=lambda pair: pair[1])[:REMEMBERED]
