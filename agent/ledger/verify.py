"""Verify the whole ledger: chain, payloads, heads, signatures and derived tables.

Blind:  to what was recorded falsely on the day, and to a ledger made anew from its first row by someone who has the
        key. Only the heads that left this machine show that, where they are given.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from pathlib import Path

from sqlalchemy import Connection, Select, Table, select
from sqlalchemy.exc import SQLAlchemyError

from agent.core.errors import LedgerDamaged, LedgerError
from agent.ledger import (
    anchor,
    closing,
    database,
    encode,
    engines,
    guards,
    outside_heads,
    rotation,
    schema,
    signed_log,
    verdicts,
)
from agent.ledger.anchor import Anchor
from agent.ledger.chain import ChainRow
from agent.ledger.derive import derive
from agent.ledger.heads import FIRST_PREVIOUS, Head, head_of
from agent.ledger.keys import CHANGES_NAME, Verifier, verifier
from agent.ledger.log_replay import LogReplay
from agent.ledger.received import missing, verified
from agent.ledger.renewed import outliving
from agent.ledger.signed_log import SignedTrees
from agent.ledger.tables import DERIVED, LINE, STANDING
from agent.ledger.trail import Trail, TrailRow
from agent.proving.checkpoint import Checkpoint
from agent.proving.key_change import KeyChange
from agent.proving.signed_note import NotANote, SignedNote

# Renewed at each judgement, row or not: no row tells them. agent.ledger.renewed holds them to what the chain shows.
_LIVE = {STANDING.name: ("at", "verdict"), LINE.name: ("stands_until",)}


class ChainOutcome(Enum):
    """The result of a walk."""

    SOUND = "sound"
    DAMAGED = "damaged"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainVerification:
    """What a walk found; `damage`, `erased` and `doubts` (what could not be looked at) are ready to print."""

    outcome: ChainOutcome
    rows: int
    heads: int
    damage: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideHeads:
    """What a ledger is held to that stands outside it: the heads that were kept, and what was received earlier."""

    kept: tuple[Anchor, ...] = ()
    received: tuple[str, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    damage: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @classmethod
    def read(cls, directory: Path, received: Sequence[str] = (), notes: Sequence[SignedNote] = ()) -> "OutsideHeads":
        """Return what stands beside a ledger; what does not hold or cannot be read is in it."""
        kept: list[Anchor] = []
        checkpoints: list[Checkpoint] = []
        damage, doubts = [], []
        for read in (outside_heads.read, _beside):
            try:
                kept += read(directory)
            except LedgerDamaged as error:
                damage.append(error.message)
            except LedgerError as error:
                doubts.append(f"the newest signed head could not be checked: {error.message}")
        for note in notes:
            try:
                checkpoints.append(verified(note, verifier(directory)))
            except (LedgerDamaged, NotANote) as error:
                damage.append(error.message)
            except LedgerError as error:
                doubts.append(f"a received checkpoint could not be checked: {error.message}")
        return cls(
            kept=tuple(kept),
            received=tuple(received),
            checkpoints=tuple(checkpoints),
            damage=tuple(damage),
            doubts=tuple(doubts),
        )

    def damage_of(self, connection: Connection) -> Iterator[str]:
        """Yield how a ledger contradicts what stands beside it."""
        yield from self.damage
        said = anchor.contradiction(connection, self.kept)
        if said is not None:
            yield said
        yield from missing(connection, self.received)
        yield from signed_log.contradictions(connection, self.checkpoints)


def _beside(directory: Path) -> tuple[Anchor, ...]:
    found = anchor.read(directory)
    return () if found is None else (found,)


def walk(connection: Connection, directory: Path, beside: OutsideHeads | None = None) -> ChainVerification:
    """Return what a walk over everything finds; `directory` has the public key."""
    beside = beside or OutsideHeads()
    trail, heads = Trail(connection), _Heads(directory)
    damage = [f"the file is damaged: {said}" for said in database.is_sound(connection)]
    damage += guards.departures(connection)
    with _replaying() as replayed:
        broken: list[str] = []
        for batch in trail.batches():
            heads.follow(batch)
            if not trail.damage and not broken:
                broken += _carry_on(replayed, batch)
        trail.end()
        heads.end()
        damage += [*trail.damage, *heads.damage, *broken, *beside.damage_of(connection)]
        doubts = [*beside.doubts, *heads.doubts]
        if not damage:
            damage += _derived_damage(connection, replayed)
        if not damage:
            impossible, unshown = outliving(connection)
            damage, doubts = [*impossible], [*doubts, *unshown]
    return ChainVerification(
        outcome=ChainOutcome.DAMAGED if damage else ChainOutcome.UNPROVEN if doubts else ChainOutcome.SOUND,
        rows=trail.rows,
        heads=heads.count,
        damage=tuple(damage),
        erased=tuple(trail.erased),
        doubts=tuple(doubts),
    )


class _Heads:
    """Follow the chain and hold each head to the rows that it covers and to the agent's key."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._verifier: Verifier | None = None
        self._lines: list[str] = []
        self._rows: list[ChainRow] = []
        self._log = LogReplay()
        self._before: Head | None = None
        self._changes: list[KeyChange] = []
        self._covered = 0
        self._previous = FIRST_PREVIOUS
        self.count = 0
        self.damage: list[str] = []
        self.doubts: list[str] = []

    def follow(self, steps: Sequence[TrailRow]) -> None:
        """Take some more rows."""
        for step in steps:
            try:
                if step.row.kind == closing.KIND and step.appended is not None:
                    self._judge(*closing.head_in(step.appended.fields()))
                elif step.row.kind == rotation.KIND and step.appended is not None:
                    self._changed(rotation.change_of(step.appended))
                elif step.row.kind == schema.KIND and step.appended is not None:
                    self._log.led_on(schema.version_in(step.appended.fields()))
            except LedgerDamaged as error:
                self.damage.append(f"row {step.row.sequence}: {error.message}")
            self._lines.append(step.line)
            self._rows.append(step.row)

    def _judge(self, head: Head, trees: SignedTrees | None) -> None:
        self.count += 1
        name = f"head {head.number} of {head.day}"
        covered = head.last - self._covered
        if head.first != self._covered + 1 or not 0 < covered <= len(self._lines):
            self.damage.append(f"{name} covers rows {head.first} to {head.last}, row {self._covered + 1} was next")
            return
        if head.previous != self._previous or head.head != head_of(head.previous, self._lines[:covered]):
            self.damage.append(f"{name} is not the digest of its rows")
        self.damage += self._log.judge(head, trees, self._before, self._rows[:covered])
        self._lines, self._rows, self._covered = self._lines[covered:], self._rows[covered:], head.last
        self._previous, self._before = head.head, head
        self._judge_signatures(head, trees, name)

    def _changed(self, change: KeyChange) -> None:
        self._changes.append(change)
        self.damage += self._log.judge_change(change)

    def end(self) -> None:
        """Hold the changes of the key to those beside the ledger, which lead to its key."""
        found = self._key() if self.count or self._changes else None
        if found is not None and found.changes != tuple(self._changes):
            self.damage.append(f"the ledger's {len(self._changes)} changes of the key are not those of {CHANGES_NAME}")

    def _key(self) -> Verifier | None:
        """Return the agent's key; None where it cannot be had, which is damage or a doubt."""
        if self.doubts:
            return None
        try:
            self._verifier = self._verifier or verifier(self._directory)
        except LedgerDamaged as error:
            self.damage.append(error.message)
        except LedgerError as error:
            self.doubts.append(f"the signatures could not be checked: {error.message}")
        return self._verifier

    def _judge_signatures(self, head: Head, trees: SignedTrees | None, name: str) -> None:
        found = self._key()
        if found is None:
            return
        # The key of its own time: who has one that was replaced signs nothing later with it.
        known = found.fingerprints[min(len(self._changes), len(found.changes))]
        key = found.of(known)
        if head.fingerprint != known or key is None:
            self.damage.append(f"{name} was signed with another key, {head.fingerprint:.60}")
        elif not key.holds(head.statement, head.signature):
            self.damage.append(f"{name} bears a signature that does not hold")
        if trees is not None and trees.checkpoint is not None and key is not None:
            self.damage += self._log.judge_checkpoint(head, trees.checkpoint, key.note_key)


@contextmanager
def _replaying() -> Iterator[Connection]:
    """Lend an empty ledger in memory, to derive everything in anew."""
    engine = engines.in_memory()
    try:
        with engine.connect() as connection:
            schema.make_tables(connection)
            yield connection
    finally:
        engine.dispose()


def _carry_on(replayed: Connection, steps: Sequence[TrailRow]) -> list[str]:
    try:
        derive(replayed, [step.appended for step in steps if step.appended is not None])
    except LedgerDamaged as error:
        return [f"rows {steps[0].row.sequence} to {steps[-1].row.sequence}: {error.message}"]
    return []


def _derived_damage(connection: Connection, replayed: Connection) -> list[str]:
    try:
        different = [table.name for table in DERIVED if not _same(table, connection, replayed)]
        damage = [f"the table {name} does not follow from the chain" for name in different]
        return damage + _standing_damage(connection)
    except (SQLAlchemyError, LedgerDamaged, ValueError, TypeError) as error:
        return [f"a derived table cannot be read: {error}".splitlines()[0]]


def _same(table: Table, one: Connection, other: Connection) -> bool:
    query = _everything(table)
    return all(left == right for left, right in zip_longest(one.execute(query), other.execute(query)))


def _everything(table: Table) -> Select[tuple[object, ...]]:
    columns = [column for column in table.columns if column.name not in _LIVE.get(table.name, ())]
    return select(*columns).order_by(*table.primary_key.columns)


def _standing_damage(connection: Connection) -> list[str]:
    """Hold each standing verdict, which no row tells whole, to the words of its newest row."""
    return [
        f"the standing verdict on {row.target} of {row.subject} does not say what its row {row.sequence} says"
        for row in connection.execute(select(STANDING))
        for verdict in [verdicts.decoded(row.verdict)]
        if (verdict.target, verdict.subject, verdict.beneficiary) != (row.target, row.subject, row.beneficiary)
        or verdicts.words(verdict) != row.words
        or encode.instant(verdict.at) != row.at
        or verdicts.day_of(verdict) != row.day
    ]
