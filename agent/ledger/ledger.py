"""The ledger of one state directory: the interface that the rest of the program reads and writes.

Every call is one transaction; one that appends takes the write lock at once. Usable from several threads, beside other
processes. Any call may raise LedgerDamaged, LedgerError, and one that appends LedgerFull: nothing can be kept at the
moment, and the same object works again once there is room.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, cast

from sqlalchemy import Connection

from agent.accounting.accepting import AcceptanceTerms
from agent.accounting.days import DayRow
from agent.accounting.expectation import Days
from agent.accounting.open_days import OpenDays, StoredDaySpan, open_days
from agent.accounting.open_days import StoredDays as KeptRows
from agent.accounting.retirements import (
    REGISTER,
    Retirement,
    retired_on,
    retirements_of,
    with_retirements,
)
from agent.accounting.storing import StoringTerms
from agent.accounting.timeline import Start, Timeline
from agent.core.clock import Clock
from agent.core.duties.watched import Name
from agent.core.errors import LedgerDamaged, LedgerError, LedgerFull
from agent.core.manifest import Manifest, ManifestChange
from agent.core.model import Key, Observation, Reading, Target, Verdict
from agent.ledger import (
    anchor,
    attestations,
    closing,
    day_rows,
    derive,
    earlier,
    editions,
    encode,
    erasures,
    loads,
    mailed,
    manifests,
    newer,
    outside_heads,
    reading_rows,
    readings,
    registers,
    signed_log,
    verdicts,
)
from agent.ledger.anchor import Anchor
from agent.ledger.append import Writer, latest_instant, tip
from agent.ledger.attestations import Attestation
from agent.ledger.chained import KnownLimits
from agent.ledger.editions import Edition
from agent.ledger.facts import Name as LookName
from agent.ledger.fields import instant
from agent.ledger.growth import QUOTA, ROW_QUOTA, STORE_QUOTA, Growth
from agent.ledger.heads import Head
from agent.ledger.keys import signer
from agent.ledger.loads import Load
from agent.ledger.mailed import Letter
from agent.ledger.newer import NewerRows
from agent.ledger.newest_known import Announced, KeptUp, NewestKnown
from agent.ledger.places import LookPlace, evidence_id
from agent.ledger.readings import LastRun, StoredReading
from agent.ledger.registers import EntryRow
from agent.ledger.schema import MIGRATIONS, Migration
from agent.ledger.signed_log import StoredCheckpoint
from agent.ledger.store import LedgerStore
from agent.ledger.verdicts import VerdictRecord
from agent.ledger.verify import ChainOutcome, ChainVerification, OutsideHeads, walk
from agent.proving.signed_note import SignedNote

__all__ = [
    "ChainOutcome",
    "ChainVerification",
    "Edition",
    "EntryRow",
    "Head",
    "LastRun",
    "Ledger",
    "Load",
    "StoredCheckpoint",
    "StoredReading",
    "VerdictRecord",
]

T = TypeVar("T")

# Readings of one transaction: another writer waits for a fraction of a second.
READINGS_AT_ONCE = 1000


class Ledger:
    """Append to one ledger and read from it; open it with `Ledger.open`."""

    def __init__(self, store: LedgerStore, directory: Path) -> None:
        self._store = store
        self._directory = directory
        self._growth = Growth()
        # What was decoded last, each beside what tells that it is still the newest: a thousand facts take 20 ms.
        self._looks: dict[tuple[readings.Newest, str, str], StoredReading] = {}
        self._newest = KeptUp()
        self._limits = KnownLimits()
        self._at_rows: dict[str, tuple[int, object]] = {}
        self._loads: tuple[int, tuple[Load, ...]] = (0, ())
        self._retired: tuple[tuple[int, tuple[Retirement, ...]], tuple[Load, ...]] = ((0, ()), ())
        self._kept_days: tuple[int, Mapping[Key, StoredDaySpan]] | None = None
        self._open_days: tuple[int, tuple[int, date], dict[Key, OpenDays]] | None = None
        self._entries: tuple[tuple[int, int], tuple[EntryRow, ...]] = ((0, 0), ())

    @classmethod
    def open(
        cls, directory: Path, *, clock: Clock, readonly: bool = False, migrations: Sequence[Migration] = MIGRATIONS
    ) -> "Ledger":
        """Open the ledger of a state directory; made where it is missing, unless `readonly`, which makes no file.

        Raises UsageError where there is nothing to read, LedgerFull where none can be made, LedgerDamaged, and
        LedgerError for one that a newer program wrote.
        """
        store = LedgerStore(directory, clock, readonly=readonly, migrations=migrations)
        store.open()
        return cls(store, directory)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def checkpoint(self) -> None:
        """Bring the write-ahead log into the database, as far as no reader holds it."""
        self._store.checkpoint()

    def forget_earlier(self, now: datetime) -> None:
        """Remove the copies of the ledger from before it was led on, when they are too old to go back to."""
        earlier.forget(self._directory, now)

    def last_append(self) -> datetime | None:
        """Return the instant of the newest row."""
        newest = self._by_rows("tip", tip).instant
        return None if newest is None else instant(newest)

    def ask(self, work: Callable[[Connection], T]) -> T:
        """Return the result of a reading in one transaction: for what one part of the program alone asks."""
        return self._store.read(work)

    def at_once(self, work: Callable[[], T]) -> T:
        """Return the result of several readings, all of one instant; nothing is kept meanwhile by this thread."""

        def from_here() -> T:
            self._newest.read(self._store.read)
            return work()

        with self._newest.held():
            return self._store.at_once(from_here)

    def newer(self, sequence: int | None) -> NewerRows:
        """Return what came after the row of a sequence, from whatever process; None: where the ledger ends now."""
        return self._store.read(lambda connection: newer.since(connection, sequence))

    def newest_instant(self) -> datetime | None:
        """Return the latest instant that any row bears: a clock that stands before it is not believed."""
        newest = self._by_rows("instant", latest_instant)
        return None if newest is None else instant(newest)

    # Readings

    def keep_reading(self, reading: Reading, *, beneficiary: str = "") -> str:
        """Append a reading and what it changed in its subject's manifest; return the id by which a verdict names it."""
        (kept,) = self.keep_readings([reading], beneficiary=beneficiary)
        if isinstance(kept, LedgerError):
            raise kept
        return kept

    def keep_readings(self, taken: Sequence[Reading], *, beneficiary: str = "") -> tuple[str | LedgerError, ...]:
        """Append readings, some hundreds in one transaction; return each one's id, or why that one was not kept.

        Raises LedgerError, such as LedgerFull, where none can be kept at the moment.
        """
        kept: list[str | LedgerError] = []
        for begin in range(0, len(taken), READINGS_AT_ONCE):
            batch = taken[begin : begin + READINGS_AT_ONCE]
            try:
                kept += self._keep_together(batch, beneficiary)
            except LedgerError as error:
                if not kept:
                    raise
                kept += [error] * len(batch)
        return tuple(kept)

    def _keep_together(self, batch: Sequence[Reading], beneficiary: str) -> list[str | LedgerError]:
        begun = False

        def keep(writer: Writer) -> tuple[datetime, Announced, list[_Kept | LedgerError]]:
            nonlocal begun
            begun = True
            found = list(_keep(writer, batch, beneficiary))
            kept, newest = [one for one, what in zip(batch, found, strict=True) if isinstance(what, _Kept)], writer.tip
            step = self._announced(writer, lambda known: known.with_readings(newest.sequence, kept))
            return writer.now, step, found

        try:
            at, added, found = self._store.write(keep)
        except LedgerFull:
            raise
        except LedgerError as error:
            if not begun:
                raise
            # Part of the file cannot be read: what does not rest on it is kept all the same.
            return [error] if len(batch) == 1 else [self._keep_alone(reading, beneficiary) for reading in batch]
        self._newest.take(added)
        return [self._noted(reading, one, at) for reading, one in zip(batch, found, strict=True)]

    def _keep_alone(self, reading: Reading, beneficiary: str) -> str | LedgerError:
        try:
            (kept,) = self._keep_together([reading], beneficiary)
        except LedgerError as error:
            return error
        return kept

    def _noted(self, reading: Reading, kept: "_Kept | LedgerError", at: datetime) -> str | LedgerError:
        if isinstance(kept, LedgerError):
            return kept
        for kind, size in kept.added.items():
            self._growth.add(reading.host, kind, size, at)
        stored = StoredReading(reading=_as_it_comes_back(reading), evidence_id=evidence_id(kept.place))
        for look in readings.Newest:
            if look is readings.Newest.ANY or isinstance(reading, Observation):
                self._looks[look, reading.collector, reading.subject] = stored
        return stored.evidence_id

    def is_over_quota(self, host: str, at: datetime) -> bool:
        """Return True if a host has added as much on the day of an instant as the ledger takes of one (growth)."""
        taken = self._growth.of(host, readings.KIND, at), self._growth.of(host, manifests.KIND, at)
        return taken[0] >= QUOTA or taken[1] >= STORE_QUOTA

    def has_all_rows(self, host: str, at: datetime) -> bool:
        """Return True if a host has as many rows on the day of an instant as the ledger takes of one (growth)."""
        return self._growth.rows(host, at) >= ROW_QUOTA

    def latest(self, collector: str, subject: str) -> StoredReading | None:
        """Return the newest look of a collector at a subject."""
        return self.newest_looks([(collector, subject)]).get((collector, subject))

    def latest_observation(self, collector: str, subject: str) -> StoredReading | None:
        """Return the newest look that succeeded."""
        return self.newest_observations([(collector, subject)]).get((collector, subject))

    def newest_looks(self, names: Collection[LookName]) -> Mapping[LookName, StoredReading]:
        """Return the newest look of each (collector, subject) that has one."""
        return self._newest_of(readings.Newest.ANY, names)

    def newest_observations(self, names: Collection[LookName]) -> Mapping[LookName, StoredReading]:
        """Return the newest look that succeeded of each (collector, subject) that has one."""
        return self._newest_of(readings.Newest.OBSERVATION, names)

    def reading(self, evidence_id: str) -> StoredReading | None:
        """Return the reading that an evidence id names; None where there is none, or its payload was erased."""
        return self._store.read(lambda connection: readings.at(connection, evidence_id))

    def ran_ahead(self, evidence_id: str) -> bool:
        """Return whether a reading was dated by a clock that ran ahead, as later ones of its name show."""
        return self._store.read(lambda connection: readings.ran_ahead(connection, evidence_id))

    def looks(self, collector: str, subject: str, since: datetime, until: datetime) -> tuple[StoredReading, ...]:
        """Return the looks that succeeded and were kept between two instants, the oldest first."""
        first, last = encode.instant(since), encode.instant(until)
        return self._store.read(lambda connection: readings.between(connection, collector, subject, first, last))

    def subjects(self, collector: str) -> tuple[str, ...]:
        """Return the subjects at which a look of a collector ever succeeded."""
        return self._store.read(lambda connection: readings.subjects(connection, collector))

    def manifest(self, subject: str) -> Manifest:
        """Return what is known of the files of a copy's store."""
        return self._store.read(lambda connection: manifests.read(connection, subject))

    def runs(self) -> tuple[LastRun, ...]:
        """Return when each collector last looked at each subject, and when that last succeeded."""
        return tuple(self._newest.read(self._store.read).runs.values())

    # Verdicts

    def keep_verdicts(self, judged: Sequence[VerdictRecord]) -> None:
        """Take verdicts as the newest; one that says something new, or is the first of its UTC day, gets a row."""

        own = [one.verdict for one in judged]

        def keep(writer: Writer) -> Announced:
            starts, newest = verdicts.keep(writer, judged, self._limits), writer.tip
            return self._announced(
                writer,
                lambda known: known.with_verdicts(newest.sequence, own, starts),
                at=max((encode.instant(one.at) for one in own), default=None),
            )

        self._newest.take(self._store.write(keep))

    def _announced(
        self, writer: Writer, step: Callable[[NewestKnown], NewestKnown], at: str | None = None
    ) -> Announced:
        announced = Announced(before=writer.before, link=writer.tip.link, step=step, at=at)
        self._newest.announce(announced)
        return announced

    def standing(self) -> tuple[Verdict, ...]:
        """Return the newest verdict of each key."""
        return tuple(self._newest.read(self._store.read).standing.values())

    def timeline(self, key: Key, since: datetime) -> Timeline:
        """Return a key's line of states, from the start that was in force at `since` on."""
        return self._store.read(lambda connection: verdicts.line(connection, key, since))

    def timelines(self, since: datetime, keys: Collection[Key] | None = None) -> Mapping[Key, Timeline]:
        """Return the line of every key that has one, each from the start that was in force at `since` on.

        `keys` narrows to (at least) these.
        """
        return self._store.read(lambda connection: verdicts.lines(connection, since, keys, self._limits))

    def last_starts(self) -> Mapping[Key, Start]:
        """Return, for each key, since when it is in the state that its line of states ends with."""
        return self._newest.read(self._store.read).starts

    def verdict_changes(self, since: datetime, key: Key | None = None) -> tuple[Verdict, ...]:
        """Return the verdicts that got a row since an instant, in the order of the ledger."""
        return self._store.read(lambda connection: verdicts.changes(connection, since, key))

    # Days

    def keep_days(self, rows: Sequence[DayRow]) -> None:
        """Append days; one that says what stands already for its key and day is left out."""
        if rows:
            self._store.write(lambda writer: day_rows.keep(writer, rows))

    def newest_day_row(self) -> int:
        """Return the sequence of the newest day row; while it stays the same, so does what `day_rows` returns."""
        return self._by_rows("days", day_rows.newest)

    def kept_days(self) -> KeptRows:
        """Return which days have a row."""
        mark = self.newest_day_row()
        if self._kept_days is None:
            self._kept_days = (mark, self._store.read(day_rows.summary))
        elif self._kept_days[0] != mark:
            number, known = self._kept_days
            changed = self._store.read(lambda connection: day_rows.keys_since(connection, number))
            self._kept_days = (
                mark,
                {**known, **self._store.read(lambda connection: day_rows.summary(connection, changed))},
            )
        return KeptRows(
            summary=self._kept_days[1],
            days_of=lambda key: self._store.read(lambda connection: day_rows.days_of(connection, key)),
        )

    def open_days(self, today: date) -> Mapping[Key, OpenDays]:
        """Return the days before `today` that are expected of each declared key and have no row."""
        loads = self.loads()
        number, mark = self.newest_day_row(), (len(loads), today)
        if self._open_days is None or self._open_days[1] != mark:
            self._open_days = (number, mark, open_days(loads, self.kept_days(), today))
        elif self._open_days[0] != number:
            before, _, known = self._open_days
            changed = self._store.read(lambda connection: day_rows.keys_since(connection, before))
            found = {key: days for key, days in known.items() if key not in changed}
            self._open_days = (number, mark, found | open_days(loads, self.kept_days(), today, changed))
        return self._open_days[2]

    def day_rows(self, first: date, last: date, keys: Collection[Key] | None = None) -> tuple[DayRow, ...]:
        """Return the last row of each key and day, both ends included, by day and key; `keys`: of (at least) these."""
        return self._store.read(lambda connection: day_rows.between(connection, first, last, keys))

    # Loads of the configuration

    def keep_load(
        self,
        digest: str,
        declared: Mapping[Key, Days],
        targets: Mapping[str, Target],
        accepting: AcceptanceTerms | None = None,
        storing: tuple[StoringTerms, ...] | None = None,
    ) -> bool:
        """Append a load of the configuration where it differs from the last one; return whether it did."""
        return self._store.write(lambda writer: loads.keep(writer, digest, declared, targets, accepting, storing))

    def loads(self) -> tuple[Load, ...]:
        """Return every load as the register's retirements leave it, in the order of the ledger."""
        written, retired = self.written_loads(), self.retirements()
        if not retired:
            return written
        if self._retired[0] != (len(written), retired):
            self._retired = ((len(written), retired), with_retirements(written, retired))
        return self._retired[1]

    def retirements(self) -> tuple[Retirement, ...]:
        """Return every retirement that was entered, in the order of the ledger."""
        return retirements_of(self.entries(REGISTER))

    def retired(self, day: date) -> Mapping[Name, Retirement]:
        """Return what the last load declares, and a retirement no longer expects on a day."""
        retirements = self.retirements()
        return retired_on(day, retirements, self.written_loads()) if retirements else {}

    def written_loads(self) -> tuple[Load, ...]:
        """Return every load as the file was, in the order of the ledger."""
        number, known = self._loads
        if self._by_rows("loads", loads.last_number) <= number:
            return known
        fresh = self._store.read(lambda connection: loads.read(connection, since=number + 1))
        if fresh:
            self._loads = (number + len(fresh), known + fresh)
        return known + fresh

    def first_seen(self) -> Mapping[Key, datetime]:
        """Return when each key was first declared."""
        return self._store.read(loads.first_seen)

    # Registers

    def append_entry(
        self, register: str, values: Mapping[str, str], *, beneficiary: str = "", id: str | None = None
    ) -> str:
        """Append an entry, or a revision of the one named; return its id, such as `incident-3`.

        Raises UsageError for a revision of an entry that there is none of.
        """
        return self._store.write(
            lambda writer: registers.keep(writer, register, values, id=id, beneficiary=beneficiary)
        )

    def enter(
        self,
        register: str,
        make: Callable[[Sequence[EntryRow]], Sequence[tuple[Mapping[str, str], str]]],
        *,
        id: str | None = None,
    ) -> tuple[str, ...]:
        """Append what is made of the entries before, each (values, beneficiary), all or none; return their ids.

        `id`: as a revision of that one. What was made is made anew within the transaction where anyone wrote
        meanwhile, so that two people at once never contradict each other; whatever `make` raises keeps nothing.
        """
        known = self.entries()
        ready = make(known)

        def keep(writer: Writer) -> tuple[str, ...]:
            rows = self._all_entries(writer.connection)
            entries = ready if rows is known else make(rows)
            if id is None:
                return registers.keep_all(writer, register, entries)
            ((values, beneficiary),) = entries
            return (registers.keep(writer, register, values, id=id, beneficiary=beneficiary),)

        return self._store.write(keep)

    def entries(self, register: str | None = None) -> tuple[EntryRow, ...]:
        """Return the revisions of one register, or of all, in the order of the ledger; erased ones are left out."""
        rows = self._by_rows("entries", self._all_entries)
        return rows if register is None else tuple(row for row in rows if row.register == register)

    def _all_entries(self, connection: Connection) -> tuple[EntryRow, ...]:
        mark, known = registers.mark(connection), self._entries
        if known[0] != mark:
            known = self._entries = (mark, registers.read(connection))
        return known[1]

    # Published reports

    def keep_edition(self, edition: Edition) -> None:
        """Append that an edition of a report was published."""
        self._store.write(lambda writer: editions.keep(writer, edition))

    def keep_letter(self, letter: Letter) -> None:
        """Append that a letter to a beneficiary was put into the outbox."""
        self._store.write(lambda writer: mailed.keep(writer, letter))

    # Upkeep and proof

    def keep_attestation(self, one: Attestation) -> None:
        """Keep what someone else attests of the agent's checkpoints."""
        self._store.write(lambda writer: attestations.keep(writer, one))

    def sign_heads(self, now: datetime) -> tuple[Head, ...]:
        """Close each UTC day that is over at `now` with a signed head, keep the newest beside; return the new ones.

        Raises LedgerDamaged where the ledger was rolled back or rewritten: that is not signed.
        """
        beside = anchor.read(self._directory)
        kept = (*outside_heads.read(self._directory), *(() if beside is None else (beside,)))
        self._store.read(lambda connection: anchor.hold(connection, kept))
        made: tuple[Head, ...] = ()
        if self._store.read(lambda connection: closing.is_due(connection, now)):
            made = self._store.write(
                lambda writer: closing.close_days(writer, lambda: signer(self._directory), now, kept)
            )
        self._keep_anchor(beside)
        return made

    def _keep_anchor(self, kept: Anchor | None) -> None:
        newest = self._store.read(closing.newest)
        if newest is not None and (kept is None or kept.number < newest.number):
            self._store.beside(lambda: anchor.write(self._directory, anchor.anchor_of(newest), signer(self._directory)))

    def contradiction(self) -> str | None:
        """Return how the ledger contradicts the signed heads that stand outside it; None: it continues each.

        Raises LedgerError where they cannot be read.
        """
        try:
            beside = anchor.read(self._directory)
            kept = (*outside_heads.read(self._directory), *(() if beside is None else (beside,)))
        except LedgerDamaged as error:
            return error.message
        return self._store.read(lambda connection: anchor.contradiction(connection, kept))

    def heads(self) -> tuple[Head, ...]:
        """Return every head, in the order in which they were signed."""
        return self._store.read(closing.read)

    def erase_expired(
        self, now: datetime, *, keep_readings: timedelta, keep_personal: timedelta, needed: Collection[str] = ()
    ) -> int:
        """Erase the payloads that have expired, some thousands at most; return how many. `needed`: entries to spare."""
        erased = self._store.write(
            lambda writer: erasures.erase(writer, now, keep_readings, keep_personal, frozenset(needed))
        )
        if erased:
            self._looks = {}
            self.checkpoint()
        return erased

    def rebuild(self) -> None:
        """Make everything derived anew from the chain, as far as the payloads exist."""
        self._store.write(lambda writer: derive.rebuild(writer.connection))
        self._looks, self._newest, self._at_rows, self._limits = {}, KeptUp(), {}, KnownLimits()

    def newest_checkpoint(self) -> StoredCheckpoint | None:
        """Return the newest signed checkpoint of the agent's log."""
        return self._by_rows("checkpoint", signed_log.newest_checkpoint)

    def verify(self, received: Sequence[str] = (), checkpoints: Sequence[SignedNote] = ()) -> ChainVerification:
        """Walk the whole ledger; damage is in the answer, never raised.

        `received` and `checkpoints`: heads and checkpoints that left this machine earlier.
        """
        try:
            # Read first: a head that is signed during the walk is then only newer than the anchor.
            beside = OutsideHeads.read(self._directory, received, checkpoints)
            return self._store.read(lambda connection: walk(connection, self._directory, beside))
        except LedgerDamaged as error:
            return ChainVerification(outcome=ChainOutcome.DAMAGED, rows=0, heads=0, damage=(error.message,))

    def _by_rows(self, name: str, ask: Callable[[Connection], T]) -> T:
        """Return what follows from the rows alone: within `at_once`, asked once for as long as no row is added."""
        if self._newest.seen is None:
            return self._store.read(ask)
        seen, known = self._newest.seen, self._at_rows.get(name)
        if known is None or known[0] != seen:
            known = self._at_rows[name] = (seen, self._store.read(ask))
        return cast(T, known[1])

    def _newest_of(self, look: readings.Newest, names: Collection[LookName]) -> Mapping[LookName, StoredReading]:
        def ask(connection: Connection) -> dict[LookName, StoredReading]:
            found = readings.newest(connection, look, names)
            known = {name: one for name in found if (one := self._looks.get((look, *name))) is not None}
            current = {name: one for name, one in known.items() if one.evidence_id == evidence_id(found[name].place)}
            return current | readings.decoded(connection, {name: found[name] for name in found if name not in current})

        kept = self._store.read(ask)
        self._looks.update({(look, *name): one for name, one in kept.items()})
        return kept


def _as_it_comes_back(reading: Reading) -> Reading:
    return replace(reading, manifest=ManifestChange()) if isinstance(reading, Observation) else reading


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Where a reading is kept, and the bytes that it adds to what is known, by kind of row."""

    place: LookPlace
    added: Mapping[str, int]


def _keep(writer: Writer, batch: Sequence[Reading], beneficiary: str) -> Iterator[_Kept | LedgerError]:
    """Append readings, each with what it changed in its subject's manifest."""
    for reading, kept in zip(batch, reading_rows.keep(writer, batch, beneficiary), strict=True):
        if isinstance(kept, LedgerError):
            yield kept
            continue
        added = {readings.KIND: kept.added}
        if isinstance(reading, Observation) and reading.manifest:
            before, known = writer.written, manifests.is_known(writer.connection, reading.subject)
            manifests.keep(writer, reading.subject, reading.manifest, beneficiary)
            if known:
                added[manifests.KIND] = writer.written - before
        yield _Kept(place=kept.place, added=added)
