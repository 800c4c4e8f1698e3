"""Account the civil days that are over, and sign the ledger's daily heads.

Every command that may write comes through here, so that the first one after a day closes it, however long nothing ran.
Commands that only read derive the same rows.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent.accounting.agreements import Agreements
from agent.accounting.days import DayRow, account_day, closable
from agent.accounting.open_days import BEFORE_FIRST_LOAD, OpenDays
from agent.accounting.timeline import Timeline, ended
from agent.config.settings import Configuration
from agent.core.duties.entries import RegisterEntry, closed_on, duties_of
from agent.core.model import Key, State
from agent.core.period import day_of, day_start
from agent.core.reason import Reason
from agent.evaluation.session import entries_in
from agent.ledger.ledger import Ledger
from agent.register.agreed import agreements_in_force

# Rows of one transaction: another writer waits for a fraction of a second.
AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDayInputs:
    """What past days are accounted from, besides the ledger's lines of states: agreements and registers' entries."""

    agreements: Agreements
    entries: Sequence[RegisterEntry]

    def account(
        self, key: Key, day: date, line: Timeline, expected_from: datetime, now: datetime, *, late: bool = False
    ) -> DayRow:
        """Return the result of a day by a timeline of states, agreements included."""
        accepted = [one for one in self.agreements.acceptances if one.key == key]
        return account_day(key, day, line, expected_from=expected_from, acceptances=accepted, now=now, late=late)


def books_of(configuration: Configuration, ledger: Ledger) -> PastDayInputs:
    """Return the books of a configuration as the ledger has them now."""
    starts = configuration.convention.starts
    return PastDayInputs(
        agreements=agreements_in_force(ledger.entries(None), configuration.inventory, starts, ledger.written_loads()),
        entries=entries_in(ledger),
    )


def settle(ledger: Ledger, books: PastDayInputs, now: datetime, *, final: bool) -> None:
    """Close the days that are over, then sign, for a report.

    `final`: what is published keeps a row of every day as it stands. Any other document leaves a good day that waits
    for its next look open. Raises LedgerError where that cannot be kept or signed.
    """
    if final:
        _keep(ledger, derived(ledger, books, now))
    else:
        close_past_days(ledger, books, now)
    ledger.sign_heads(now)


def close_past_days(ledger: Ledger, books: PastDayInputs, now: datetime, keys: Collection[Key] | None = None) -> None:
    """Keep a row for each open day that nothing but late evidence can change any more; of some keys, or of all.

    Raises LedgerError.
    """
    _keep(ledger, [row for row in derived(ledger, books, now, keys) if closable(row, None, now=now)])


def derived(
    ledger: Ledger, books: PastDayInputs, now: datetime, keys: Collection[Key] | None = None
) -> tuple[DayRow, ...]:
    """Return a row, as it would be kept now, for each day that is over and has none; by day and key."""
    today, open_now = day_of(now), ledger.open_days(day_of(now))
    found = dict(open_now) if keys is None else {key: open_now[key] for key in keys if key in open_now}
    found |= dict(_entered(ledger, books, today, keys))
    if not found:
        return ()
    lines = _lines(ledger, found)
    rows = (
        books.account(key, day, lines[key], one.expected_on(day), now) for key, one in found.items() for day in one.days
    )
    return tuple(sorted((row for row in rows if _is_owed(row, found[row.key])), key=lambda row: (row.day, row.key)))


def _is_owed(row: DayRow, one: OpenDays) -> bool:
    return one.closed is None or row.day <= one.closed or row.measured is State.MISSED


def _lines(ledger: Ledger, found: Mapping[Key, OpenDays]) -> Mapping[Key, Timeline]:
    """Return the line of each key from its first open day on, and before that the state that went on into it."""
    since = {key: day_start(one.days[0] - timedelta(days=1)) for key, one in found.items()}
    every = ledger.timelines(min(since.values()), found.keys())
    lines = {key: every.get(key, Timeline()) for key in found}
    return {
        key: lines[key] if one.dropped is None else ended(lines[key], one.dropped, Reason.NO_LONGER_DECLARED)
        for key, one in found.items()
    }


def _entered(
    ledger: Ledger, books: PastDayInputs, today: date, keys: Collection[Key] | None
) -> Iterator[tuple[Key, OpenDays]]:
    """Yield the open days of the registers' entries, each from its receipt to its closing.

    What was seen missed before an amendment closed an entry at an earlier date stays: for as long as late evidence
    counts, the days between are asked about too.
    """
    kept, yesterday = ledger.kept_days(), today - timedelta(days=1)
    for entry in books.entries:
        if entry.signs is not None:
            continue
        received = day_of(entry.received_at)
        for duty in duties_of(entry.register):
            key = Key(target=duty.target, subject=entry.id, beneficiary=entry.beneficiary)
            if keys is not None and key not in keys:
                continue
            closed = closed_on(duty, entry)
            days = tuple(kept.lacks(key, received, yesterday if closed is None else min(closed, yesterday)))
            if closed is not None:
                changed = ledger.last_starts().get(key)
                last = yesterday if changed is None else min(day_of(changed.at), yesterday)
                first = max(received, closed + timedelta(days=1), today - BEFORE_FIRST_LOAD)
                days += () if changed is None else tuple(kept.lacks(key, first, last))
            if days:
                yield key, OpenDays(expected_from=entry.received_at, days=days, closed=closed)


def _keep(ledger: Ledger, rows: Sequence[DayRow]) -> None:
    for begin in range(0, len(rows), AT_ONCE):
        ledger.keep_days(rows[begin : begin + AT_ONCE])
