"""The looks of a ledger: what came back is kept in batches, and the newest of each name is read from memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from agent.core.errors import LedgerError, LedgerFull
from agent.core.manifest import Manifest, ManifestChange
from agent.core.model import Observation, Reading
from agent.ledger import encode, manifests, reading_payload, reading_rows, readings
from agent.ledger.append import Writer
from agent.ledger.growth import QUOTA, ROW_QUOTA, STORE_QUOTA, Growth
from agent.ledger.newest_known import Announced
from agent.ledger.opened import OpenedLedger
from agent.ledger.places import LookPlace, evidence_id
from agent.ledger.reading_payload import Name as LookName
from agent.ledger.readings import LastRun, StoredReading
from agent.ledger.store import LedgerStore

# Readings of one transaction: another writer waits for a fraction of a second.
READINGS_AT_ONCE = 1000


class LookLedger(OpenedLedger):
    """Append readings, and read looks back."""

    def __init__(self, store: LedgerStore, directory: Path) -> None:
        super().__init__(store, directory)
        self._growth = Growth()
        # What was decoded last, each beside what tells that it is still the newest: a thousand facts take 20 ms.
        self._looks: dict[tuple[readings.Newest, str, str], StoredReading] = {}

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
        taken = self._growth.of(host, reading_payload.KIND, at), self._growth.of(host, manifests.KIND, at)
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

    def _newest_of(self, look: readings.Newest, names: Collection[LookName]) -> Mapping[LookName, StoredReading]:
        def ask(connection: Connection) -> dict[LookName, StoredReading]:
            found = readings.newest(connection, look, names)
            known = {name: one for name in found if (one := self._looks.get((look, *name))) is not None}
            current = {name: one for name, one in known.items() if one.evidence_id == evidence_id(found[name].place)}
            return current | readings.decoded(connection, {name: found[name] for name in found if name not in current})

        kept = self._store.read(ask)
        self._looks.update({(look, *name): one for name, one in kept.items()})
        return kept

    def _forget_known(self) -> None:
        super()._forget_known()
        self._looks = {}

    def _forget_payloads(self) -> None:
        super()._forget_payloads()
        self._looks = {}


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
        added = {reading_payload.KIND: kept.added}
        if isinstance(reading, Observation) and reading.manifest:
            before, known = writer.written, manifests.is_known(writer.connection, reading.subject)
            manifests.keep(writer, reading.subject, reading.manifest, beneficiary)
            if known:
                added[manifests.KIND] = writer.written - before
        yield _Kept(place=kept.place, added=added)
