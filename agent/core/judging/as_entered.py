"""Entries of what comes back, as they were entered, where a later word would take away what had been missed. Pure.

What was missed by the entries of its day stays so, whatever they are amended to since (convention, «Declared, and
when»); an amendment that takes nothing away acts. A new entry acts by its own date, unless it was entered late and
contradicts what was entered before it: that a term was made good late.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import CivilMoment, read_when
from agent.core.duties.terms import due_after
from agent.core.period import ONE_DAY, day_of

# What is entered within some days of what it tells of is not late (convention, «Declared, and when»).
LATE_AFTER = 3 * ONE_DAY

# When each term was due that some entries show to be missed: late, or at an instant still open after it. None: those
# that were made good late alone.
MissedBy = Callable[[Sequence[RegisterEntry], datetime | None], Sequence[datetime]]


def as_entered(entries: Sequence[RegisterEntry], missed: MissedBy) -> tuple[RegisterEntry, ...]:
    """Return each entry by its last revision that took no missed term away; `entries` are of one register.

    A new entry that would take one away is left out.
    """
    standing: dict[str, RegisterEntry] = {}
    left_out: set[str] = set()
    for at, after, amends in sorted((one for entry in entries for one in _words_of(entry)), key=_in_order):
        if after.id in left_out:
            continue
        if amends:
            known = [one for one in standing.values() if one.entered_at < at]
            amended = [after if one.id == after.id else one for one in known]
            if not _takes_away(missed(known, at), missed(amended, at)):
                standing[after.id] = after
        elif _contradicts(after, tuple(standing.values()), missed):
            left_out.add(after.id)
        else:
            standing[after.id] = after
    return tuple(standing.values())


def _in_order(one: tuple[datetime, RegisterEntry, bool]) -> tuple[datetime, bool]:
    return one[0], one[2]


def _contradicts(new: RegisterEntry, standing: Sequence[RegisterEntry], missed: MissedBy) -> bool:
    """Return True where a new entry, entered late, denies that a term was made good late, entered on a day before."""
    on = day_of(new.entered_at)
    if on - read_when(new.values["performed"]).day <= LATE_AFTER:
        return False
    known = [one for one in standing if day_of(one.entered_at) < on]
    return _takes_away(missed(known, None), missed([*known, new], None))


def missed_terms(
    since: datetime, done: Sequence[CivilMoment], limit: timedelta, at: datetime | None
) -> tuple[datetime, ...]:
    """Return when each term of a duty was due that was missed by an instant; `done` are its moments in order.

    `at` None: those that were made good late alone.
    """
    before, found = CivilMoment(text="", begins=since, ends=since), []
    for when in done:
        # What was done before the duty began is where its clock starts, not a term of it.
        if when.ends > since and when.ends > (due := due_after(before, limit)):
            found.append(due)
        before = when
    due = due_after(before, limit)
    return (*found, due) if at is not None and at > due else tuple(found)


def _takes_away(before: Sequence[datetime], after: Sequence[datetime]) -> bool:
    """Return True where terms were missed that no longer are, or only by a later day."""
    ordered = zip(sorted(before), sorted(after), strict=False)
    return len(after) < len(before) or any(since < moved for since, moved in ordered)


def _words_of(entry: RegisterEntry) -> Iterator[tuple[datetime, RegisterEntry, bool]]:
    """Yield each revision of an entry with the instant of its entry, and whether it amends another."""
    at = entry.entered_at
    for number, revision in enumerate(entry.earlier):
        yield at, entry.as_it_was(revision), number > 0
        at = revision.until
    yield at, entry, bool(entry.earlier)
