"""Count the days of a report once more from the rows of its bundle, and hold its table to them."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from sys import intern
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Acceptance
from agent.accounting.days import DATED_EVIDENCE
from agent.accounting.expectation import Days, Loading
from agent.accounting.retirements import retirements_of, with_retirements
from agent.core.duties.entries import RegisterEntry
from agent.core.errors import LedgerDamaged
from agent.core.judging import departures
from agent.core.model import Key, State, Verdict
from agent.core.period import Quarter, day_end, day_of
from agent.core.reason import Reason
from agent.ledger import day_rows, entry_rows, load_rows, verdict_rows
from agent.ledger.appended_row import AppendedRow
from agent.ledger.chain import ChainRow
from agent.ledger.day_rows import DayResult
from agent.ledger.fields import instant
from agent.ledger.verdict_rows import VerdictRecord
from agent.register.agreed import acceptances_alone
from agent.register.book import as_entries
from agent.report.counting import stays
from agent.report.csv_file import HEADER
from agent.report.days import Span, days_of_keys
from agent.report.derived import KeptDays
from agent.report.kept_rows import DayRowRules, NamedBy
from agent.report.material import happened_on
from agent.report.own_rows import BeneficiaryPayload
from agent.report.waiting import Drawn, waiting_days

SILENT = frozenset({Reason.NOT_RUN.value, Reason.NO_LONGER_DECLARED.value})
SILENCE = (State.UNPROVEN.value, Reason.NOT_RUN.value)
MOST_SAID = 20
# A table of 64 MiB, the largest that is read, holds fewer.
MOST_DAYS = 1_000_000
# Rows of the table beyond those that follow; past that, each is not named one by one.
MOST_EXTRA = 50_000
# One load of 10,000 subjects takes about a megabyte.
LARGEST_COUNTED = 16 * 1024 * 1024
# A million verdicts take as much as this.
MOST_UNPRESSED = 512 * 1024 * 1024
PROVISIONAL = "provisional"
# A provisional report is made on the day after the last one that it counts, or at midnight after.
_MADE_WITHIN = timedelta(days=2)
TWICE = "days.csv holds a row twice, or one that is none"

# A load: the place of its row among the bundle's, and its instant.
ShownLoad = tuple[int, str]
# The result of a day, as the table has it: state and reason, by day, target and subject.
Said = tuple[str, str]
Table = dict[tuple[str, str, str], Said]
# In the place of what was counted of a row that the table has.
_PRINTED: Said = ("", "")


def recount(
    payloads: Sequence[BeneficiaryPayload],
    loads_shown: Sequence[ShownLoad],
    table: bytes,
    about: Mapping[str, str],
    damage: list[str],
    doubts: list[str],
) -> int:
    """Add to `damage` each row of the table that does not follow from the rows of the ledger; return how many do.

    What only an earlier program keeps so is added to `doubts`.
    """
    span = Span(first=date.fromisoformat(about["first_day"]), last=date.fromisoformat(about["last_day"]))
    quarter = Quarter.parse(about["quarter"])
    may_end = about["edition"] == PROVISIONAL
    if span.first != quarter.first or span.last > quarter.last or (span.last != quarter.last and not may_end):
        # Its author chose them: each day of a span is counted, and a narrower one would leave days out.
        damage.append(f"about.txt: the days {span.first} to {span.last} are not those of {quarter}")
        return 0
    accepted = _accepted_days(payloads, about["beneficiary"])
    rules = DayRowRules(accepted, _named_days(payloads, about["beneficiary"]), _erased_from(payloads))
    counted, waiting = _counted(payloads, loads_shown, span, about, rules)
    follow = len(counted)
    damage.extend(rules.wrong[:MOST_SAID])
    if len(rules.wrong) > MOST_SAID:
        damage.append(f"{len(rules.wrong) - MOST_SAID} more rows of days are none that is kept so")
    wrong = []
    for name, printed in _printed(table, follow + MOST_EXTRA, about["beneficiary"]):
        came = counted.get(name)
        if came is _PRINTED:
            raise LedgerDamaged(TWICE)
        follows = came is not None and (
            printed in (came, waiting.get(name)) or (_is_covered(printed, came) and rules.may_be_accepted(*name))
        )
        if not follows:
            wrong.append(name)
        # One table is enough: the other is as large.
        counted[name] = _PRINTED
    wrong = sorted((*wrong, *(name for name, came in counted.items() if came is not _PRINTED)))
    said = [f"days.csv: {day} {target} {subject} does not follow from the rows" for day, target, subject in wrong]
    damage.extend(said[:MOST_SAID])
    if len(said) > MOST_SAID:
        damage.append(f"days.csv: {len(said) - MOST_SAID} more rows do not follow")
    doubts.extend(rules.doubts())
    return follow


def kept_days(payloads: Sequence[BeneficiaryPayload], about: Mapping[str, str]) -> KeptDays:
    """Return what the rows say of the days of a report, for who derives them from looks."""
    beneficiary = about["beneficiary"]
    rows = [entry_rows.entry_of(_appended(one, beneficiary)) for one in _of_kind(payloads, "entry")]
    days: dict[Key, dict[date, DayResult]] = {}
    kept_at: dict[tuple[Key, date], datetime] = {}
    for key, day, came, at in _days(payloads, beneficiary):
        if about["first_day"] <= day <= about["last_day"]:
            on = date.fromisoformat(day)
            days.setdefault(key, {})[on], kept_at[key, on] = came, at
    return KeptDays(
        loads=[load_rows.own_load(_appended(one, beneficiary)) for one in _of_kind(payloads, "load")],
        rows=rows,
        beneficiary=beneficiary,
        first_day=date.fromisoformat(about["first_day"]),
        days=days,
        kept_at=kept_at,
        zone=_zone(about["timezone"]),
    )


def is_cut(until: str, about: Mapping[str, str]) -> bool:
    """Return whether a final edition's rows end before its quarter does: what was recorded later may be left out.

    `until` is the instant of the latest row, empty where there is none.
    """
    if about["edition"] == PROVISIONAL or not until:
        return False
    return instant(until) < day_end(date.fromisoformat(about["last_day"]), _zone(about["timezone"]))


def goes_on(until: str, about: Mapping[str, str]) -> bool:
    """Return whether a provisional edition's rows go on long after the last day that it counts.

    One is made on the day after: its author chose another last day, and may leave days out that were missed since.
    """
    last = date.fromisoformat(about["last_day"])
    if about["edition"] != PROVISIONAL or not until or last == Quarter.of(last).last:
        return False
    return instant(until) >= day_end(last + _MADE_WITHIN, _zone(about["timezone"]))


def _is_covered(printed: Said, counted: Said) -> bool:
    """Return whether silence is printed as accepted: only the inventory tells an acceptance's perimeter of."""
    silent = counted[1] in SILENT and counted[0] == State.UNPROVEN.value
    return silent and printed == (State.ACCEPTED.value, counted[1])


def _accepted_days(payloads: Sequence[BeneficiaryPayload], beneficiary: str) -> Callable[[str, str, str], bool]:
    """Return whether an acceptance that is shown is in force on a day for a target and subject.

    As in the report, none acts before the civil day of its entry, which its row has.
    """
    named: dict[tuple[str, str], list[Acceptance]] = {}
    for one in acceptances_alone(_entered(one, beneficiary) for one in _of_kind(payloads, entry_rows.KIND)):
        named.setdefault((one.key.target, one.key.subject), []).append(one)

    def accepted(day: str, target: str, subject: str) -> bool:
        named_on = date.fromisoformat(day)
        found = named.get((target, subject), ())
        return any(one.covers(one.key, named_on) for one in found)

    return accepted


def _erased_from(payloads: Sequence[BeneficiaryPayload]) -> date:
    """Return the day from which an entry that was erased may have acted: whatever was in it, from its own day on."""
    erased = (one for one in payloads if one.kind == entry_rows.KIND and one.text is None)
    return min((day_of(instant(one.instant)) for one in erased), default=date.max)


def _named_days(payloads: Sequence[BeneficiaryPayload], beneficiary: str) -> NamedBy:
    """Return whether an acceptance that came in before an instant, be it one that was erased, names a day."""
    erased = [one.instant for one in payloads if one.kind == entry_rows.KIND and one.text is None]
    first_erased = min(map(instant, erased), default=None)
    named: dict[tuple[str, str], list[Acceptance]] = {}
    for one in acceptances_alone(_entered(one, beneficiary) for one in _of_kind(payloads, entry_rows.KIND)):
        named.setdefault((one.key.target, one.key.subject), []).append(one)

    def is_named(day: str, target: str, subject: str, before: datetime) -> bool:
        if first_erased is not None and first_erased <= before:
            return True
        on, known = date.fromisoformat(day), day_of(before)
        found = named.get((target, subject), ())
        return any(one.entered_on <= known and one.accepted_on <= on <= one.until for one in found)

    return is_named


def _entered(one: BeneficiaryPayload, beneficiary: str) -> entry_rows.EntryRow:
    # The row dates it, not what the entry says of itself.
    entry = entry_rows.entry_of(_appended(one, beneficiary))
    return replace(entry, received_at=max(entry.received_at, instant(one.instant)))


def _printed(table: bytes, most: int, beneficiary: str) -> Iterator[tuple[tuple[str, str, str], Said]]:
    """Yield the rows of the table. Raises LedgerDamaged where there are more than `most`, or one of another one's."""
    rows = csv.reader(line.decode(errors="replace") for line in io.BytesIO(table))
    if tuple(next(rows, ())) != HEADER:
        raise LedgerDamaged("days.csv has another header")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(HEADER):
            raise LedgerDamaged(TWICE)
        if row[3] != beneficiary:
            # Figures are counted from the beneficiary's rows alone: a missed day would pass for a silent one.
            raise LedgerDamaged(f"days.csv: {row[0]:.20} {row[1]:.40} {row[2]:.60} is a row of another beneficiary")
        if number > most:
            raise LedgerDamaged(f"days.csv: more than {most} rows, of which at least {MOST_EXTRA} do not follow")
        yield (intern(row[0]), intern(row[1]), intern(row[2])), (intern(row[4]), intern(row[5]))


def _counted(
    payloads: Sequence[BeneficiaryPayload],
    loads_shown: Sequence[ShownLoad],
    span: Span,
    about: Mapping[str, str],
    rules: DayRowRules,
) -> tuple[Table, Table]:
    """Return the days counted from the rows, and for a provisional report alone those that may wait for their row."""
    beneficiary, zone = about["beneficiary"], _zone(about["timezone"])
    kept: dict[Key, dict[str, DayResult]] = {}
    for key, day, came, at in _days(payloads, beneficiary):
        own = kept.setdefault(key, {})
        if about["first_day"] <= day <= about["last_day"]:
            rules.take(key, day, came, own.get(day), at)
        own[day] = came
    entries = [one for one in _entries(payloads, beneficiary) if happened_on(one) <= Quarter.of(span.first).last]
    in_force = _loads_in_force(payloads, loads_shown, beneficiary)
    found = days_of_keys(
        span,
        kept,
        beneficiary=beneficiary,
        loads=in_force,
        stays=stays(entries),
        zone=zone,
    )
    counted: Table = {}
    for one in found:
        for civil, came in one.rows():
            counted[intern(civil.isoformat()), one.key.target, one.key.subject] = (came.state.value, came.reason.value)
        if len(counted) > MOST_DAYS:
            raise LedgerDamaged(f"its rows make more than {MOST_DAYS} days")
    if about["edition"] != PROVISIONAL:
        return counted, {}
    days = {key: kept_days.keys() for key, kept_days in kept.items()}
    return counted, {
        (day.isoformat(), key.target, key.subject): (State.MET.value, reason.value)
        for key, day, reason in waiting_days(span.last, days, list(_drawn(payloads)), in_force, zone)
        if counted.get((day.isoformat(), key.target, key.subject)) == SILENCE
    }


def _drawn(payloads: Sequence[BeneficiaryPayload]) -> Iterator[Drawn]:
    """Yield each verdict whose evidence carries its own date, and what it adds to its line."""
    for record in _records(payloads, *verdict_rows.KINDS):
        if record.verdict.target in DATED_EVIDENCE:
            yield record.verdict, record.stretch


def _records(payloads: Sequence[BeneficiaryPayload], *kinds: str) -> Iterator[VerdictRecord]:
    """Yield the verdicts of rows of some kinds. Raises LedgerDamaged where so many follow from so few bytes."""
    left = MOST_UNPRESSED
    for one in _of_kind(payloads, *kinds):
        row = _appended(one, "")
        left -= verdict_rows.extent(row)
        if left < 0:
            raise LedgerDamaged(f"the verdicts that share rows are more than {MOST_UNPRESSED} bytes")
        yield from verdict_rows.records_in(row)


def _zone(name: str) -> ZoneInfo:
    # A folder of the zones' own is no zone, and is not the bundle's file that cannot be read.
    try:
        return ZoneInfo(name)
    except OSError as error:
        raise LedgerDamaged(f"about.txt: {name!r:.80} is no time zone") from error


def _days(payloads: Sequence[BeneficiaryPayload], beneficiary: str) -> Iterator[tuple[Key, str, DayResult, datetime]]:
    alike: dict[tuple[object, ...], DayResult] = {}
    for one in _of_kind(payloads, *day_rows.KINDS):
        at = instant(one.instant)
        for row in day_rows.days_in(_appended(one, beneficiary)):
            words = (row.state, row.measured, row.reason, row.late)
            if words not in alike:
                alike[words] = DayResult(state=row.state, measured=row.measured, reason=row.reason, late=row.late)
            yield row.key, intern(row.day.isoformat()), alike[words], at


def _loads_in_force(
    payloads: Sequence[BeneficiaryPayload], loads_shown: Sequence[ShownLoad], beneficiary: str
) -> Sequence[Loading]:
    loads = list(_loadings(payloads, loads_shown, beneficiary))
    rows = [entry_rows.entry_of(_appended(one, beneficiary)) for one in _of_kind(payloads, "entry")]
    return with_retirements(loads, retirements_of(rows))


def _loadings(
    payloads: Sequence[BeneficiaryPayload], loads_shown: Sequence[ShownLoad], beneficiary: str
) -> Iterator[Loading]:
    """Yield each load as far as it concerns the beneficiary; without a row of theirs it declared nothing of theirs."""
    own = {one.sequence: one for one in _of_kind(payloads, "load")}
    by_instant: dict[str, list[int]] = {}
    for sequence, at in loads_shown:
        by_instant.setdefault(at, []).append(sequence)
    for at, sequences in by_instant.items():
        declared: dict[Key, Days] = {}
        not_before: datetime | None = None
        for sequence in sequences:
            if sequence in own:
                part = load_rows.part_of(_appended(own[sequence], beneficiary))
                declared |= part.declared
                not_before = part.not_before or not_before
        yield Loading(at=instant(at), declared=declared, sequence=sequences[0], not_before=not_before)


def _entries(payloads: Sequence[BeneficiaryPayload], beneficiary: str) -> tuple[RegisterEntry, ...]:
    rows = [entry_rows.entry_of(_appended(one, beneficiary)) for one in _of_kind(payloads, "entry")]
    entries = departures.with_closings(as_entries(rows), newest_verdicts(payloads).values())
    return tuple(entry for entry in entries if entry.beneficiary == beneficiary)


def newest_verdicts(payloads: Sequence[BeneficiaryPayload]) -> Mapping[Key, Verdict]:
    """Return the newest verdict on each departure: what looks closed, no entry says."""
    found = (record.verdict for record in _records(payloads, verdict_rows.KIND))
    return {verdict.key: verdict for verdict in found if verdict.target == departures.TARGET}


def _of_kind(payloads: Sequence[BeneficiaryPayload], *kinds: str) -> Iterator[BeneficiaryPayload]:
    for one in payloads:
        if one.kind in kinds and one.text is not None:
            if len(one.text) > LARGEST_COUNTED:
                raise LedgerDamaged(f"the payload of row {one.sequence} is too large for a {one.kind}")
            yield one


def _appended(one: BeneficiaryPayload, beneficiary: str) -> AppendedRow:
    row = ChainRow(
        sequence=one.sequence,
        instant=one.instant,
        kind=one.kind,
        beneficiary=beneficiary,
        payload_sha256="",
        link="",
    )
    return AppendedRow(row=row, text=(one.text or b"").decode())
