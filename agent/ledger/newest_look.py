"""The newest looks of each collector at each subject, brought up to date row by row and written once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_, bindparam, delete

from agent.core.errors import LedgerDamaged
from agent.ledger import encode
from agent.ledger.batch import BatchedLook, look_in
from agent.ledger.chain import ChainRow
from agent.ledger.facts import BatchedObservation, KeptLines, LastObservation, LastReading, moved_since, redated_again
from agent.ledger.reading_payload import Name, ReadingPayload, digest, encoded, stepped
from agent.ledger.rows import put_all
from agent.ledger.tables import (
    BATCH_DAY,
    BATCH_INSTANT,
    BATCHED_OBSERVATION,
    LATEST_OBSERVATION,
    LATEST_READING,
    OBSERVED_FACTS,
)

_KEY = ("collector", "subject")
_COLUMNS = ("sequence", "base", "base_instant", "facts_sha256", "redated", "look")
_BATCHED = ("sequence", "position", "origin", "look", "difference")
_DAY_LENGTH = len("2026-11-24")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBefore:
    """What was known of a name: its newest observation with a row of its own, the facts of it, and its newest look.

    The newest look is only asked for where looks in a batch follow, and the facts where a reading changes them.
    """

    last: LastObservation | None
    kept: KeptLines
    newest: LastReading | None = None


class NewestLook:
    """Take the looks of one collector at one subject in the order of the ledger; `write_all` keeps the result."""

    def __init__(self, name: Name, before: KnownBefore) -> None:
        self.name = name
        self._last = before.last
        self._kept = before.kept
        self._newest = before.newest
        self._seen_anew = False
        self._batched: BatchedObservation | None = None
        # The facts as they are to be written, dates that moved since apart; None: as they are written.
        self._lines: list[str] | None = None
        self._days: dict[str, int] = {}
        self._peaks: list[tuple[int, str]] = []
        self._dips: list[tuple[int, str]] = []

    def take(self, row: ChainRow, payload: ReadingPayload) -> None:
        """Take one more reading with a row of its own."""
        look = encode.canonical(payload.look)
        self._take_newest(row, look)
        if payload.facts_sha256 is None:
            return
        if payload.whole is not None:
            self._take_lines(payload.whole, payload.facts_sha256)
            self._last = LastObservation(
                collector=self.name[0],
                subject=self.name[1],
                sequence=row.sequence,
                base=row.sequence,
                base_instant=row.instant,
                facts_sha256=payload.facts_sha256,
                redated="{}",
                look=look,
            )
        elif self._last is not None and self._last.sequence == payload.since:
            last = self._step(self._last, payload)
            self._last = replace(last, sequence=row.sequence, facts_sha256=payload.facts_sha256, look=look)
        else:
            return  # what it rests on was erased by rule
        self._seen_anew, self._batched = True, None

    def take_batched(self, row: ChainRow, position: int, taken: BatchedLook, *, is_failure: bool) -> None:
        """Take one more look of a batch; one whose origin was erased by rule is left out."""
        origin = self._failed(taken.origin) if is_failure else self._observed(taken.origin)
        if origin is None:
            return
        before = look_in(origin)
        look = taken.look(before, row.instant)
        if self._newest is not None and row.instant < self._newest.instant:
            self._dips.append((row.sequence, row.instant))
        self._days[row.instant[:_DAY_LENGTH]] = row.sequence
        text = encode.canonical(look)
        self._take_newest(row, text, position=position, origin=taken.origin)
        if is_failure:
            return
        self._peaks = [one for one in self._peaks if one[1] > row.instant] + [(row.sequence, row.instant)]
        self._batched = BatchedObservation(
            collector=self.name[0],
            subject=self.name[1],
            sequence=row.sequence,
            position=position,
            origin=taken.origin,
            look=text,
            difference=encode.canonical(encoded(taken.difference(before, look))),
        )

    def _failed(self, origin: int) -> str | None:
        return self._newest.look if self._newest is not None and self._newest.origin == origin else None

    def _observed(self, origin: int) -> str | None:
        return self._last.look if self._last is not None and self._last.sequence == origin else None

    def _take_newest(self, row: ChainRow, look: str, position: int = 0, origin: int | None = None) -> None:
        self._newest = LastReading(
            collector=self.name[0],
            subject=self.name[1],
            sequence=row.sequence,
            position=position,
            origin=row.sequence if origin is None else origin,
            instant=row.instant,
            look=look,
        )

    @property
    def newest(self) -> dict[str, object] | None:
        """Return the row of the newest look, be it what it may; None: it is written as it is."""
        return None if self._newest is None else {name: getattr(self._newest, name) for name in _NEWEST}

    @property
    def observation(self) -> dict[str, object] | None:
        """Return the row of the newest observation with a row of its own; None: it is written as it is."""
        if self._last is None or not self._seen_anew:
            return None
        return {**self.where, **{name: getattr(self._last, name) for name in _COLUMNS}}

    @property
    def batched(self) -> dict[str, object] | None:
        """Return the row of the newest observation where it is in a batch; None: it is not, or as it is written."""
        found = self._batched
        return None if found is None else {**self.where, **{name: getattr(found, name) for name in _BATCHED}}

    @property
    def facts(self) -> dict[str, object] | None:
        """Return the row of its facts; None: they are written as they are."""
        return None if self._lines is None else {**self.where, "lines": "\n".join(self._lines)}

    @property
    def days(self) -> list[dict[str, object]]:
        """Return the rows of the days that have looks in batches."""
        return [{**self.where, "day": day, "last": last} for day, last in self._days.items()]

    @property
    def peaks(self) -> list[dict[str, object]]:
        """Return the rows of the instants that no later one reaches, the newest last."""
        return [self._instant(one, is_dip=False) for one in self._peaks]

    @property
    def dips(self) -> list[dict[str, object]]:
        """Return the rows of the instants that lie before the look before."""
        return [self._instant(one, is_dip=True) for one in self._dips]

    def _instant(self, one: tuple[int, str], *, is_dip: bool) -> dict[str, object]:
        return {**self.where, "is_dip": is_dip, "sequence": one[0], "instant": one[1]}

    @property
    def where(self) -> dict[str, object]:
        """Return the name as columns."""
        return dict(zip(_KEY, self.name, strict=True))

    def _step(self, last: LastObservation, payload: ReadingPayload) -> LastObservation:
        change = payload.difference
        if change.removed or change.added:
            self._take_lines(stepped(self._current(last), change), payload.facts_sha256)
            return replace(last, redated="{}")
        if change.redated is not None:
            # A thousand facts are not written again for a date that moved.
            return replace(last, redated=encode.canonical(redated_again(last.redated, change.redated)))
        return last

    def _current(self, last: LastObservation) -> list[str]:
        return self._kept.of(last) if self._lines is None else moved_since(self._lines, last.redated)

    def _take_lines(self, lines: Sequence[str], digested: str | None) -> None:
        if digest(lines) != digested:
            raise LedgerDamaged(f"the facts of {self.name[0]} on {self.name[1]} are not those that were digested")
        self._lines = list(lines)


_NEWEST = tuple(column.name for column in LATEST_READING.columns)


def write_all(connection: Connection, looks: Collection[NewestLook]) -> None:
    """Write the result of the readings of some names."""
    put_all(connection, LATEST_READING, _KEY, [row for one in looks if (row := one.newest) is not None])
    observed = [row for one in looks if (row := one.observation) is not None]
    put_all(connection, LATEST_OBSERVATION, _KEY, observed)
    put_all(connection, OBSERVED_FACTS, _KEY, [row for one in looks if (row := one.facts) is not None])
    if observed:
        same = [BATCHED_OBSERVATION.c[name] == bindparam(f"old_{name}") for name in _KEY]
        gone = [{f"old_{name}": row[name] for name in _KEY} for row in observed]
        connection.execute(delete(BATCHED_OBSERVATION).where(*same), gone)
    put_all(connection, BATCHED_OBSERVATION, _KEY, [row for one in looks if (row := one.batched) is not None])
    put_all(connection, BATCH_DAY, (*_KEY, "day"), [row for one in looks for row in one.days])
    _write_instants(connection, looks)


def _write_instants(connection: Connection, looks: Collection[NewestLook]) -> None:
    peaks = [one.peaks for one in looks if one.peaks]
    if peaks:
        reached = delete(BATCH_INSTANT).where(
            and_(*(BATCH_INSTANT.c[name] == bindparam(f"old_{name}") for name in _KEY)),
            BATCH_INSTANT.c.is_dip.is_(False),
            BATCH_INSTANT.c.instant <= bindparam("reached"),
        )
        old = [{**{f"old_{name}": rows[0][name] for name in _KEY}, "reached": rows[0]["instant"]} for rows in peaks]
        connection.execute(reached, old)
    added = [row for one in looks for row in (*one.peaks, *one.dips)]
    if added:
        put_all(connection, BATCH_INSTANT, (*_KEY, "is_dip", "sequence"), added)
