"""When entries were made, held against the days that they tell of: what came late, or after the quarter. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import CivilMoment, read_when
from agent.core.judging.as_entered import LATE_AFTER
from agent.core.period import Quarter, day_end, day_of
from agent.register.registers import REGISTERS, Kind

# Dates that say until when something is agreed or promised, not when it happened.
_TERMS = frozenset({"until", "due"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entering:
    """When one entry was made, and by whom.

    `late`: some revision tells of a newest day that lies more than three days before that revision was entered.
    `after_quarter`: it was entered or amended after the end of the quarter that a report is about.
    """

    entry: RegisterEntry
    at: datetime
    last_at: datetime
    author: str
    late: bool
    after_quarter: bool
    acknowledged: bool

    @property
    def amended(self) -> bool:
        """Return True where a later revision took the place of the first."""
        return bool(self.entry.earlier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """One key of an entry that a revision changed; `before` or `after` None: the key was absent."""

    entry: RegisterEntry
    key: str
    before: str | None
    after: str | None
    author: str
    at: datetime


def last_entered(entry: RegisterEntry) -> datetime:
    """Return when an entry was made or, where it was amended, amended last."""
    return tuple(_revisions(entry))[-1][0]


def entering(entry: RegisterEntry, quarter: Quarter) -> Entering:
    """Return when an entry was made and amended, beside the quarter that a report is about."""
    revisions = tuple(_revisions(entry))
    last = revisions[-1]
    return Entering(
        entry=entry,
        at=entry.entered_at,
        last_at=last[0],
        author=last[1].get("author", ""),
        late=any(_is_late(entry.register, before, revision) for before, revision in _pairs(revisions)),
        after_quarter=last[0] >= day_end(quarter.last),
        acknowledged="acknowledged_by" in entry.values,
    )


def amendments(entry: RegisterEntry, since: datetime) -> Iterator[Amendment]:
    """Yield each key that revisions entered at or after an instant changed, in the order in which they were entered."""
    for before, (at, values) in _pairs(tuple(_revisions(entry))):
        if before is None or at < since:
            continue
        for key in sorted(before.keys() | values.keys()):
            if key != "author" and before.get(key) != values.get(key):
                yield Amendment(
                    entry=entry,
                    key=key,
                    before=before.get(key),
                    after=values.get(key),
                    author=values.get("author", ""),
                    at=at,
                )


def entered_late(entry: RegisterEntry, key: str) -> date | None:
    """Return the day on which one date of an entry was entered, where that is more than three days after it."""
    if key not in _dates(entry.register, entry.values):
        return None
    on, _ = written(entry, key)
    return on if on - read_when(entry.values[key]).day > LATE_AFTER else None


def entered_after(entry: RegisterEntry, key: str, due: date) -> date | None:
    """Return the day on which one date of an entry was entered, where that was late and after a term's last day."""
    on = entered_late(entry, key)
    return on if on is not None and on > due else None


def written(entry: RegisterEntry, key: str) -> tuple[date, str]:
    """Return the day on which what a key says now was entered, and by whom."""
    at, author = entry.entered_at, ""
    for before, (entered, values) in _pairs(tuple(_revisions(entry))):
        if before is None or before.get(key) != values.get(key):
            at, author = entered, values.get("author", "")
    return day_of(at), author


_Revision = tuple[datetime, Mapping[str, str]]


def _revisions(entry: RegisterEntry) -> Iterator[_Revision]:
    """Yield each revision with the instant of its entry, the oldest first."""
    at = entry.entered_at
    for revision in entry.earlier:
        yield at, revision.values
        at = revision.until
    yield at, entry.values


def _pairs(revisions: tuple[_Revision, ...]) -> Iterator[tuple[Mapping[str, str] | None, _Revision]]:
    before: Mapping[str, str] | None = None
    for revision in revisions:
        yield before, revision
        before = revision[1]


def _is_late(register: str, before: Mapping[str, str] | None, revision: _Revision) -> bool:
    at, values = revision
    dates = _dates(register, values)
    if before is not None:
        # An amendment that leaves the dates alone tells of no other day than the revision before it.
        dates = {key: when for key, when in dates.items() if before.get(key) != values[key]}
    days = [when.day for when in dates.values()]
    return bool(days) and day_of(at) - max(days) > LATE_AFTER


def _dates(register: str, values: Mapping[str, str]) -> dict[str, CivilMoment]:
    declared = REGISTERS.get(register)
    return {
        field.key: read_when(values[field.key])
        for field in (() if declared is None else declared.fields)
        if field.kind is Kind.INSTANT and field.key in values and field.key not in _TERMS
    }
