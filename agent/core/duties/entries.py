"""A register's entry as rules see it, which targets judge it, and when nothing is due of it any more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from types import MappingProxyType

from agent.core.convention import CLAUSES, EntryDuty
from agent.core.duties.moments import CivilMoment, read_when
from agent.core.duties.terms import months_later
from agent.core.period import Month, day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """When looks closed an entry that no one can close by hand, and whether it was seen open after its term.

    `evidence` names those looks. `never_seen`: none of them, nor any shortly before, showed what it names at all.
    """

    at: datetime
    seen_late: bool = False
    never_seen: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What an entry said until a later revision took its place."""

    values: Mapping[str, str]
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHistory:
    """What a key said first, the civil day on which it was last changed, and by whom."""

    first: str
    on: date
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """The last revision of one entry, its values as texts; `received_at` is when its first revision came in.

    `not_before`: what the ledger held already shows that it came in no earlier; None: no clock was set back. `earlier`
    are the revisions before it, the oldest first.

    `closing` is what was proven of this very revision once, and stays so; None: nothing yet. `seen_late`: a look had
    already shown it open after its term.
    """

    id: str
    register: str
    beneficiary: str
    values: Mapping[str, str]
    received_at: datetime
    not_before: datetime | None = None
    closing: Closing | None = None
    seen_late: bool = False
    earlier: tuple[Revision, ...] = ()

    @property
    def entered_at(self) -> datetime:
        """Return when it came in at the earliest, whatever clock it was received under."""
        return self.received_at if self.not_before is None else max(self.received_at, self.not_before)

    def as_it_was(self, revision: Revision) -> "RegisterEntry":
        """Return the entry as one of its earlier revisions had it."""
        return replace(self, values=revision.values, earlier=(), closing=None, seen_late=False)

    def changed(self, key: str) -> KeyHistory | None:
        """Return what a key said first, where a later revision changed it or took it back; adding it is no change."""
        changes = [
            KeyHistory(first=before.values[key], on=day_of(before.until), by=after.values.get("author", ""))
            for before, after in pairwise((*self.earlier, Revision(values=self.values, until=self.received_at)))
            if key in before.values and before.values[key] != after.values.get(key)
        ]
        return replace(changes[-1], first=changes[0].first) if changes else None

    def get(self, key: str) -> str | None:
        """Return the text of one key, or None."""
        return self.values.get(key)

    def when(self, key: str) -> CivilMoment | None:
        """Return the instant or the day that one key holds, or None."""
        text = self.values.get(key)
        return None if text is None else read_when(text)

    @property
    def signs(self) -> Month | None:
        """Return the month that it signs as empty; None: it tells of something that happened."""
        return Month.parse(self.values["none"]) if "none" in self.values else None


def by_beneficiary(entries: Iterable[RegisterEntry]) -> Mapping[str, tuple[RegisterEntry, ...]]:
    """Return entries by the beneficiary that they are about."""
    found: dict[str, list[RegisterEntry]] = {}
    for entry in entries:
        found.setdefault(entry.beneficiary, []).append(entry)
    return {beneficiary: tuple(own) for beneficiary, own in found.items()}


# The registers that bear the name of a target.
RECOVERY_TESTS, AWARENESS = "recovery-test", "awareness"

DUTIES = MappingProxyType({clause.id: clause.duty for clause in CLAUSES.values() if clause.duty is not None})


def duties_of(register: str) -> tuple[EntryDuty, ...]:
    """Return what is asked of each entry of a register."""
    return tuple(duty for duty in DUTIES.values() if duty.register == register)


def opened(duty: EntryDuty, entry: RegisterEntry) -> CivilMoment:
    """Return when an entry's clock started."""
    return read_when(entry.values[duty.opened])


def clock_keys(duty: EntryDuty) -> tuple[str, ...]:
    """Return the keys that decide when a clock starts, when it stops, and whether it runs."""
    unless = () if duty.unless is None else (duty.unless[0],)
    return tuple(key for key in (duty.opened, duty.closed, *unless) if key is not None)


def first_opened(duty: EntryDuty, entry: RegisterEntry) -> date:
    """Return the first civil day on which an entry's clock ran, by any of its revisions."""
    texts = [one.values[duty.opened] for one in entry.earlier if duty.opened in one.values]
    return min(read_when(text).day for text in (*texts, entry.values[duty.opened]))


def is_due(duty: EntryDuty, entry: RegisterEntry) -> bool:
    """Return whether a target asks anything of an entry."""
    return duty.unless is None or entry.get(duty.unless[0]) != duty.unless[1]


def closed_on(duty: EntryDuty, entry: RegisterEntry) -> date | None:
    """Return the civil day on which nothing more was due of an entry; None: its clock runs.

    An amendment of a date that was entered closes no entry before its own day.
    """
    closed = _closed_on(duty, entry)
    changes = (entry.changed(key) for key in clock_keys(duty))
    return None if closed is None else max((closed, *(change.on for change in changes if change is not None)))


def _closed_on(duty: EntryDuty, entry: RegisterEntry) -> date | None:
    if not is_due(duty, entry):
        return opened(duty, entry).day
    if duty.closed is None:
        return None if entry.closing is None else day_of(entry.closing.at)
    done = entry.when(duty.closed)
    return None if done is None else done.day


def leaves_on(closed: date) -> date:
    """Return the day from which a closed entry is no longer on the scorecard: the same day, a month later."""
    return months_later(closed, 1)
