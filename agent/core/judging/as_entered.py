"""Entries of what comes back, as they were entered, where an amendment would take away what had been missed. Pure.

What was missed by the entries of its day stays so, whatever they are amended to since (convention, «Declared, and
when»); an amendment that takes nothing away acts.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import CivilMoment
from agent.core.duties.terms import due_after

# When each term was due that some entries show, at an instant, to be missed: late, or still open after it.
MissedBy = Callable[[Sequence[RegisterEntry], datetime], Sequence[datetime]]


def as_entered(entries: Sequence[RegisterEntry], missed: MissedBy) -> tuple[RegisterEntry, ...]:
    """Return each entry by its last revision that took no missed term away; `entries` are of one register."""
    standing = {entry.id: _revisions(entry)[0] for entry in entries}
    amendments = [one for entry in entries for one in _amendments(entry)]
    for at, after in sorted(amendments, key=lambda one: one[0]):
        known = [one for one in standing.values() if one.entered_at < at]
        amended = [after if one.id == after.id else one for one in known]
        if not _takes_away(missed(known, at), missed(amended, at)):
            standing[after.id] = after
    return tuple(standing.values())


def missed_terms(since: datetime, done: Sequence[CivilMoment], limit: timedelta, at: datetime) -> tuple[datetime, ...]:
    """Return when each term of a duty was due that was missed by an instant; `done` are its moments in order."""
    before, found = CivilMoment(text="", begins=since, ends=since), []
    for when in done:
        # What was done before the duty began is where its clock starts, not a term of it.
        if when.ends > since and when.ends > (due := due_after(before, limit)):
            found.append(due)
        before = when
    due = due_after(before, limit)
    return (*found, due) if at > due else tuple(found)


def _takes_away(before: Sequence[datetime], after: Sequence[datetime]) -> bool:
    """Return True where terms were missed that no longer are, or only by a later day."""
    ordered = zip(sorted(before), sorted(after), strict=False)
    return len(after) < len(before) or any(since < moved for since, moved in ordered)


def _amendments(entry: RegisterEntry) -> Iterator[tuple[datetime, RegisterEntry]]:
    for revision, after in zip(entry.earlier, _revisions(entry)[1:], strict=True):
        yield revision.until, after


def _revisions(entry: RegisterEntry) -> tuple[RegisterEntry, ...]:
    return (*(entry.as_it_was(one) for one in entry.earlier), entry)
