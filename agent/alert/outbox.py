"""Notifications and their deliveries, in a small database beside the ledger.

It is no evidence, so it is no part of the chain: a lost outbox costs a repeat at most. A change and what it makes the
receivers know are one transaction; a delivery is noted as begun before it is sent and as done after, so that a kill
between the two is seen, and the message that may have been sent is sent once more as a possible repeat.
"""

import logging
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.alert.message import Message
from agent.alert.transitions import LastNotification
from agent.core.errors import LedgerError
from agent.core.facts.alert_path import AlertChannel
from agent.core.model import Key, State
from agent.ledger.disk_errors import room

log = logging.getLogger("beffroi.alert")

FILE = "alerts.sqlite"
PATIENCE = 5.0
KEPT_FOR = timedelta(days=30)
# So many keys are asked for one by one.
_FEW = 200
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
# RFC 5321, 4.5.4.1: how long an address that a relay defers is tried.
TRIED_FOR = timedelta(days=5)

_TABLES = """
CREATE TABLE IF NOT EXISTS told (
    target TEXT NOT NULL, subject TEXT NOT NULL, beneficiary TEXT NOT NULL,
    state TEXT NOT NULL, since TEXT NOT NULL, told INTEGER NOT NULL,
    PRIMARY KEY (target, subject, beneficiary)
);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT, receiver TEXT NOT NULL, made_at TEXT NOT NULL,
    subject TEXT NOT NULL, body TEXT NOT NULL, document TEXT NOT NULL,
    begun INTEGER NOT NULL DEFAULT 0, done_at TEXT, remaining TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS delivery_open ON delivery (receiver, id) WHERE done_at IS NULL;
CREATE TABLE IF NOT EXISTS receiver (name TEXT PRIMARY KEY, failures INTEGER NOT NULL, next_try TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS once (name TEXT PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS proof (
    name TEXT PRIMARY KEY, mark TEXT NOT NULL, proven TEXT, message TEXT, failing TEXT, said TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS own (name TEXT PRIMARY KEY, since TEXT NOT NULL, receivers TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS digest (one INTEGER PRIMARY KEY, day TEXT NOT NULL, body TEXT NOT NULL);
"""
# What a database of an older release has not.
_ADDED = (("told", "paged", "INTEGER NOT NULL DEFAULT 0"), ("delivery", "remaining", "TEXT NOT NULL DEFAULT ''"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message that one receiver has not got yet; `repeat`: it may have got it already.

    `remaining`: the addresses that have not got it, where others of the receiver have; empty: none has.
    """

    id: int
    receiver: str
    made_at: datetime
    message: Message
    repeat: bool
    remaining: tuple[str, ...] = ()

    def is_late(self, now: datetime) -> bool:
        """Return whether it is tried no longer: only a message that one address has got is ever given up."""
        return bool(self.remaining) and not now - self.made_at < TRIED_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryProof:
    """What a way out has shown; `mark` tells the settings under which it did."""

    mark: str
    way: AlertChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNotification:
    """An alert on the agent itself that fires since an instant, and the receivers that were notified of it."""

    since: datetime
    receivers: frozenset[str] = frozenset()


class Outbox:
    """Keep what is to be told; every method is one transaction, and may be called from any thread or process."""

    def __init__(self, directory: Path) -> None:
        """Open it, made where it is missing. Raises LedgerError."""
        self._path = directory / FILE
        try:
            self._make()
        except LedgerError as error:
            # What is damaged costs a repeat at most; no alert at all would cost a night.
            if not isinstance(error.__cause__, sqlite3.DatabaseError) or isinstance(
                error.__cause__, sqlite3.OperationalError
            ):
                raise
            log.error("%s; a new one is created, and earlier alerts may be sent again", error.message)
            self._path.replace(self._path.with_suffix(".damaged"))
            self._make()

    def _make(self) -> None:
        with self._transaction() as connection:
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            for table, column, kind in _ADDED:
                if column not in [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]:
                    connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
        # A disk that is read-only opens for reading, and refuses what changes nothing too.
        with room(self._path):
            self._path.chmod(0o640)

    def notified(self, keys: Collection[Key] | None = None) -> Mapping[Key, LastNotification]:
        """Return what the receivers were last notified of, by key; of some keys at least, or of all."""
        query = "SELECT target, subject, beneficiary, state, since, told, paged FROM told"
        with self._transaction() as connection:
            if keys is None or len(keys) > _FEW:
                rows = connection.execute(query).fetchall()
            else:
                one = f"{query} WHERE target = ? AND subject = ? AND beneficiary = ?"
                names = [(key.target, key.subject, key.beneficiary) for key in keys]
                rows = [row for name in names for row in connection.execute(one, name)]
        return {
            Key(target=row[0], subject=row[1], beneficiary=row[2]): LastNotification(
                state=State(row[3]), since=_instant(row[4]), notified=bool(row[5]), paged=bool(row[6])
            )
            for row in rows
        }

    def put(
        self, notified: Mapping[Key, LastNotification], messages: Sequence[tuple[str, Message]], now: datetime
    ) -> None:
        """Keep what is to be told to each receiver, and what they then know."""
        if not notified and not messages:
            return
        with self._transaction() as connection:
            _put(connection, messages, now)
            connection.executemany(
                "INSERT OR REPLACE INTO told (target, subject, beneficiary, state, since, told, paged) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        key.target,
                        key.subject,
                        key.beneficiary,
                        one.state.value,
                        one.since.isoformat(),
                        one.notified,
                        one.paged,
                    )
                    for key, one in notified.items()
                ],
            )

    def put_once(self, name: str, messages: Sequence[tuple[str, Message]], now: datetime) -> bool:
        """Keep what is to be sent under a name that nothing was kept under before; return whether it was kept."""
        with self._transaction() as connection:
            noted = "INSERT OR IGNORE INTO once VALUES (?, ?)"
            fresh = connection.execute(noted, (name, now.isoformat())).rowcount == 1
            if fresh:
                _put(connection, messages, now)
        return fresh

    def kept_once(self, prefix: str) -> tuple[str, ...]:
        """Return the names under which something was kept that begin so, in their order."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT name FROM once ORDER BY name").fetchall()
        return tuple(row[0] for row in rows if row[0].startswith(prefix))

    def last_digest(self) -> tuple[str, str]:
        """Return the day of the newest digest and what it said; both empty where there was none."""
        with self._transaction() as connection:
            row = connection.execute("SELECT day, body FROM digest").fetchone()
        return ("", "") if row is None else (row[0], row[1])

    def put_digest(self, day: str, body: str, messages: Sequence[tuple[str, Message]], now: datetime) -> None:
        """Keep that a day's digest was made, and the message where there is one."""
        with self._transaction() as connection:
            _put(connection, messages, now)
            connection.execute("INSERT OR REPLACE INTO digest VALUES (1, ?, ?)", (day, body))
            old = (now - KEPT_FOR).isoformat()
            connection.execute("DELETE FROM delivery WHERE done_at IS NOT NULL AND made_at < ?", (old,))

    def next_for(self, receiver: str, now: datetime, *, behind: int = 0) -> Delivery | None:
        """Return the oldest message that a receiver has not got, noted as begun; None: nothing is due.

        A wait that lies further ahead than the longest one is of a clock that was set back since, and is over.
        `behind` is the id of a message that was refused for itself: the next one after it is due whatever it waits.
        """
        with self._transaction() as connection:
            waits = connection.execute("SELECT next_try FROM receiver WHERE name = ?", (receiver,)).fetchone()
            if not behind and waits is not None and now < _instant(waits[0]) <= now + LONGEST_WAIT:
                return None
            row = connection.execute(
                "SELECT id, made_at, subject, body, document, begun, remaining FROM delivery "
                "WHERE receiver = ? AND done_at IS NULL AND id > ? ORDER BY id LIMIT 1",
                (receiver, behind),
            ).fetchone()
            if row is None:
                return None
            connection.execute("UPDATE delivery SET begun = 1 WHERE id = ?", (row[0],))
        message = Message(subject=row[2], body=row[3], document=row[4])
        return Delivery(
            id=row[0],
            receiver=receiver,
            made_at=_instant(row[1]),
            message=message,
            repeat=bool(row[5]),
            remaining=tuple(row[6].split()),
        )

    def delivered(self, delivery: Delivery, now: datetime) -> None:
        """Note that a receiver has a message."""
        with self._transaction() as connection:
            connection.execute("UPDATE delivery SET done_at = ? WHERE id = ?", (now.isoformat(), delivery.id))
            connection.execute("DELETE FROM receiver WHERE name = ?", (delivery.receiver,))

    def given_up(self, delivery: Delivery, now: datetime) -> None:
        """Note that a message is not tried again; the receiver is left alone no longer for it."""
        with self._transaction() as connection:
            connection.execute("UPDATE delivery SET done_at = ? WHERE id = ?", (now.isoformat(), delivery.id))

    def remains(self, delivery: Delivery, addresses: Sequence[str]) -> None:
        """Note the addresses that alone have not got a message."""
        with self._transaction() as connection:
            connection.execute("UPDATE delivery SET remaining = ? WHERE id = ?", (" ".join(addresses), delivery.id))

    def refused(self, delivery: Delivery) -> None:
        """Note that a message was refused for itself: the receiver is not left alone for it."""
        if not delivery.repeat:
            with self._transaction() as connection:
                connection.execute("UPDATE delivery SET begun = 0 WHERE id = ?", (delivery.id,))

    def failed(self, delivery: Delivery, now: datetime, *, surely: bool, wait: timedelta | None = None) -> timedelta:
        """Note that it has not, or that no one can tell (`surely` False); return how long it is left alone."""
        with self._transaction() as connection:
            row = connection.execute("SELECT failures FROM receiver WHERE name = ?", (delivery.receiver,)).fetchone()
            failures = 0 if row is None else int(row[0])
            waits: timedelta = min(max(FIRST_WAIT * 2 ** min(failures, 10), wait or FIRST_WAIT), LONGEST_WAIT)
            if surely and not delivery.repeat:
                connection.execute("UPDATE delivery SET begun = 0 WHERE id = ?", (delivery.id,))
            connection.execute(
                "INSERT OR REPLACE INTO receiver VALUES (?, ?, ?)",
                (delivery.receiver, failures + 1, (now + waits).isoformat()),
            )
        return waits

    def waiting_since(self, receivers: Collection[str]) -> datetime | None:
        """Return when the oldest message was made that any of some receivers has not got; None: none waits."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT receiver, made_at FROM delivery WHERE done_at IS NULL").fetchall()
        return min((_instant(made) for receiver, made in rows if receiver in receivers), default=None)

    def forget(self, before: datetime) -> None:
        """Leave out what was delivered and was made before an instant."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM delivery WHERE done_at IS NOT NULL AND made_at < ?", (before.isoformat(),))

    def proofs(self) -> Mapping[str, DeliveryProof]:
        """Return what each way out has shown of itself, by its name."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT name, mark, proven, message, failing, said FROM proof").fetchall()
        return {
            row[0]: DeliveryProof(
                mark=row[1],
                way=AlertChannel(
                    name=row[0],
                    proven=None if row[2] is None else _instant(row[2]),
                    message=None if row[3] is None else _instant(row[3]),
                    failing=None if row[4] is None else _instant(row[4]),
                    said=row[5],
                ),
            )
            for row in rows
        }

    def put_proof(self, proof: DeliveryProof) -> None:
        """Keep what a way out has shown, in the place of what it had."""
        way = proof.way
        instants = (None if one is None else one.isoformat() for one in (way.proven, way.message, way.failing))
        with self._transaction() as connection:
            row = (way.name, proof.mark, *instants, way.said)
            connection.execute("INSERT OR REPLACE INTO proof VALUES (?, ?, ?, ?, ?, ?)", row)

    def own_alerts(self) -> Mapping[str, OwnNotification]:
        """Return which alerts on the agent itself fire, by name, and who was notified of each."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT name, since, receivers FROM own").fetchall()
        return {row[0]: OwnNotification(since=_instant(row[1]), receivers=frozenset(row[2].split())) for row in rows}

    def put_own_alerts(
        self,
        notified: Mapping[str, OwnNotification],
        over: Collection[str],
        messages: Sequence[tuple[str, Message]],
        now: datetime,
    ) -> None:
        """Keep what is to be sent of the agent itself, and what its receivers then know."""
        with self._transaction() as connection:
            _put(connection, messages, now)
            connection.executemany("DELETE FROM own WHERE name = ?", [(name,) for name in over])
            connection.executemany(
                "INSERT OR REPLACE INTO own VALUES (?, ?, ?)",
                [(name, one.since.isoformat(), " ".join(sorted(one.receivers))) for name, one in notified.items()],
            )

    def waiting(self, receiver: str) -> int:
        """Return how many messages a receiver has not got."""
        with self._transaction() as connection:
            found = connection.execute(
                "SELECT count(*) FROM delivery WHERE receiver = ? AND done_at IS NULL", (receiver,)
            ).fetchone()
        return int(found[0])

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=PATIENCE)) as connection, connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                yield connection
        except sqlite3.Error as error:
            raise LedgerError(f"the outbox of alerts cannot be used: {error}", f"look at {self._path}") from error


def _put(connection: sqlite3.Connection, messages: Sequence[tuple[str, Message]], now: datetime) -> None:
    connection.executemany(
        "INSERT INTO delivery (receiver, made_at, subject, body, document) VALUES (?, ?, ?, ?, ?)",
        [(receiver, now.isoformat(), one.subject, one.body, one.document) for receiver, one in messages],
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
