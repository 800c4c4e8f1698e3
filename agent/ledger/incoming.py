"""A copy of another agent's ledger, kept up from rows that arrive, and read like any ledger; it has no key of its own.

Rows are held to the chain before they are kept. How long a judgement that said nothing new stands, its agent
alone knows: it is taken as long as the rows allow, since a judgement that says something else has a row.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update

from agent.core.convention import CLAUSES
from agent.core.errors import LedgerDamaged
from agent.ledger import (
    attestations,
    chained,
    database,
    disk_errors,
    editions,
    encode,
    entry_rows,
    erasure_notice,
    erasures,
    guards,
    kept_runs,
    kept_types,
    load_rows,
    mailed,
    rotation,
    schema,
    verdicts,
)
from agent.ledger.append import tip
from agent.ledger.appended_row import AppendedRow
from agent.ledger.derive import STEPS, derive
from agent.ledger.fields import instant, text
from agent.ledger.key_filter import bound, by_key, key_of
from agent.ledger.keys import PUBLIC_NAME, verifier_of, write_changes, write_file
from agent.ledger.locks import setup_lock
from agent.ledger.outgoing import OutgoingRow
from agent.ledger.rows import of_kind
from agent.ledger.tables import CHAIN, ERASED, LINE, PAYLOAD, STANDING, TIP
from agent.proving.key_change import MOST_CHANGES, hold_changes

# Every kind of row that this program writes. What another kind says might be that something is bad now: a copy that
# passed over it would go on showing what stood before.
KNOWN = frozenset(
    {
        *STEPS,
        attestations.KIND,
        editions.KIND,
        erasure_notice.NOTICE,
        mailed.KIND,
        rotation.KIND,
        schema.KIND,
        kept_runs.KIND,
    }
)

_PATIENCE = timedelta(seconds=30)
# One row may tell several verdicts: each is renewed by its key.
_RENEWED = by_key(STANDING).values(verdict=bindparam("its_verdict"), at=bindparam("its_at"))
_ENDS = (
    update(LINE)
    .where(
        LINE.c.target == bindparam("its_target"),
        LINE.c.subject == bindparam("its_subject"),
        LINE.c.beneficiary == bindparam("its_beneficiary"),
        LINE.c.stands_until.is_not(None),
        LINE.c.stands_until < bindparam("its_end"),
    )
    .values(stands_until=bindparam("its_end"))
)


@dataclass(frozen=True, slots=True)
class LedgerCopy:
    """An open copy."""

    _connect: Engine
    path: Path

    def newest(self) -> tuple[int, str]:
        """Return the sequence and the link of its newest row."""
        with database.translated(self.path), self._connect.begin() as connection:
            last = tip(connection)
        return last.sequence, last.link

    def take(self, rows: Sequence[OutgoingRow]) -> None:
        """Keep rows that follow its newest one, all or none. Raises LedgerDamaged where they do not follow.

        Those that another process has kept since they were asked for are passed over.
        """
        with database.translated(self.path), self._connect.execution_options(writing=True).begin() as connection:
            guards.hold(connection)
            _take(connection, rows)
            if any(one.row.kind == rotation.KIND for one in rows):
                self._keep_changes(connection)

    def _keep_changes(self, connection: Connection) -> None:
        """Keep beside it by which statements its key followed others; those that lead to another key are not kept."""
        directory = self.path.parent
        try:
            kept = islice(of_kind(connection, rotation.KIND), MOST_CHANGES + 1)
            found = tuple(map(rotation.change_of, kept))
            hold_changes(found, verifier_of((directory / PUBLIC_NAME).read_bytes()).note_key.public)
        except LedgerDamaged:
            return  # more of them may follow; a walk over the ledger tells those that do not hold
        if len(found) <= MOST_CHANGES:
            with disk_errors.room(self.path), setup_lock(directory, _PATIENCE):
                write_changes(directory, found)

    def settle(self) -> None:
        """Let each newest verdict, and each line of states, stand as long as the rows allow."""
        with database.translated(self.path), self._connect.execution_options(writing=True).begin() as connection:
            _settle(connection)


@contextmanager
def opened_copy(directory: Path, pem: str) -> Iterator[LedgerCopy]:
    """Open the copy in a folder, made where it is missing; `pem` is the public half of the ledger's key."""
    directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    path = database.file_of(directory)
    # The centre, and a command that someone runs beside it, may both find it missing.
    with setup_lock(directory, _PATIENCE):
        if not (directory / PUBLIC_NAME).exists():
            with disk_errors.room(path):
                write_file(directory / PUBLIC_NAME, pem.encode(), 0o640)
        if not database.exists(path):
            database.create(path, schema.create_tables)
    engine = database.writing_engine(path)
    try:
        with database.translated(path):
            _lead_on(engine)
        yield LedgerCopy(engine, path)
    finally:
        engine.dispose()


def _lead_on(engine: Engine) -> None:
    """Bring a copy to this program's version; its rows are another's, and none is added."""
    with engine.begin() as connection:
        lacking = schema.missing(schema.version(connection), schema.MIGRATIONS)
    for step in lacking:
        with engine.execution_options(writing=True).begin() as connection:
            # Another process may have taken it meanwhile.
            if schema.version(connection) < step.to:
                schema.take(connection, step)


def _take(connection: Connection, rows: Sequence[OutgoingRow]) -> None:
    last = tip(connection)
    sequence, link = last.sequence, last.link
    rows = [one for one in rows if one.row.sequence > sequence]
    if not rows:
        return
    for one in rows:
        if one.row.kind not in KNOWN:
            raise _of_later_version(f"row {one.row.sequence} is of the kind {one.row.kind!a}")
        if one.row.sequence != sequence + 1 or one.previous != link or not one.is_linked() or not one.is_whole():
            raise LedgerDamaged(f"row {one.row.sequence} does not follow from the rows before it")
        # One that is none would be met with wherever the whole ledger is read.
        instant(one.row.instant)
        sequence, link = one.row.sequence, one.row.link
    connection.execute(insert(CHAIN), [_columns(one) for one in rows])
    whole = [AppendedRow(row=one.row, text=one.text) for one in rows if one.text is not None]
    for load in (one for one in whole if one.row.kind == load_rows.KIND):
        _require_known_targets(load)
    for entry in (one for one in whole if one.row.kind == entry_rows.KIND):
        _require_own_instant(entry)
    if whole:
        connection.execute(insert(PAYLOAD), [{"sequence": one.row.sequence, "text": one.text} for one in whole])
    connection.execute(delete(TIP))
    newest = {"one": 1, "sequence": sequence, "instant": rows[-1].row.instant, "link": link}
    connection.execute(insert(TIP), [newest])
    for erasure in (one for one in whole if one.row.kind == erasures.KIND):
        _erase(connection, erasure)
    derive(connection, whole)


def _require_known_targets(row: AppendedRow) -> None:
    """Raise LedgerDamaged for a load with a target that this program does not know, and so can neither count nor name.

    It refuses the agent until the centre is upgraded, as an unknown kind of row does.
    """
    load = load_rows.own_load(row)
    unknown = ({key.target for key in load.declared} | load.targets.keys()) - CLAUSES.keys()
    if unknown:
        raise _of_later_version(f"row {row.row.sequence} has the target {min(unknown)!a}")


def _require_own_instant(row: AppendedRow) -> None:
    """Raise LedgerDamaged for an entry that says that it was received at another instant than its row was made.

    From the day of its entry it acts: an agent that writes another acts backwards.
    """
    if row.fields().take("received_at", text) != row.row.instant:
        raise LedgerDamaged(f"row {row.row.sequence} is an entry that was received at another instant than it was kept")


def _of_later_version(what: str) -> LedgerDamaged:
    return LedgerDamaged(
        f"{what}, which this program does not know: its agent is of a later version",
        "upgrade the centre, which goes first: it takes the rows then",
    )


def _erase(connection: Connection, erasure: AppendedRow) -> None:
    """Erase what a rule of the agent's erased there."""
    told = erasures.erasure_in(erasure.fields()).erased
    before = 0
    for first, last in told:
        # Another agent's words: a row that is not there yet is none to be erased, and no row is erased twice.
        if not before < first <= last < erasure.row.sequence:
            raise LedgerDamaged(f"row {erasure.row.sequence} erases rows that are not before it, or not in their order")
        before = last
    gone = [one for first, last in told for one in range(first, last + 1)]
    connection.execute(insert(ERASED), [{"sequence": one, "erasure": erasure.row.sequence} for one in gone])
    connection.execute(delete(PAYLOAD).where(PAYLOAD.c.sequence == bindparam("gone")), [{"gone": one} for one in gone])


def _settle(connection: Connection) -> None:
    limits, newest = chained.limits(connection), tip(connection).instant
    renewed, ends = [], []
    for row in connection.execute(select(STANDING)).all():
        key = key_of(row)
        limit, verdict = limits.get(key, chained.Limit()), verdicts.decoded(row.verdict)
        if verdict.stands_until is not None and verdict.stands_until < limit.verdict < chained.NO_END:
            # Who reads the copy asks what was judged since; a verdict of another day has a row of its own.
            judged = max(encode.instant(verdict.at), min(newest or "", f"{row.day}T23:59:59.999999Z"))
            longer = replace(verdict, stands_until=limit.verdict, at=instant(judged))
            kept = encode.canonical(kept_types.VERDICT.encode(longer))
            renewed.append({**bound(key), "its_verdict": kept, "its_at": judged})
        if limit.line < chained.NO_END:
            columns = {"its_target": key.target, "its_subject": key.subject, "its_beneficiary": key.beneficiary}
            ends.append({**columns, "its_end": encode.instant(limit.line)})
    if renewed:
        connection.execute(_RENEWED, renewed)
    if ends:
        connection.execute(_ENDS, ends)


def _columns(one: OutgoingRow) -> dict[str, object]:
    row = one.row
    return {
        "sequence": row.sequence,
        "instant": row.instant,
        "kind": row.kind,
        "beneficiary": row.beneficiary,
        "payload_sha256": row.payload_sha256,
        "link": row.link,
    }
