"""What the ledger shows one beneficiary: its own rows of signed days, the proofs that these are all, its rows since.

A day that is a leaf of the log shows nothing of others. A day that was signed before the log began has no such proof:
it is shown whole, as agent.ledger.excerpt has it. So is a day with a load of the configuration that had no row of a
beneficiary which an earlier load had named, as loads were kept at first: what it took away is counted.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, func, null, or_, select

from agent.core.judging import departures
from agent.ledger import (
    attestations,
    closing,
    entry_rows,
    erasure_notice,
    load_rows,
    signed_log,
)
from agent.ledger.attestations import Attestation
from agent.ledger.excerpt import ExcerptLine, excerpt
from agent.ledger.heads import Head
from agent.ledger.tables import CHAIN, CHECKPOINT, HEAD, LOG_LEAF, OWN_TREE, PAYLOAD, VERDICT
from agent.proving.attested_days import COSIGNATURE, TIMESTAMP
from agent.proving.day_log import OwnTree, day_leaf_in, day_tree, log_tree, own_leaf
from agent.proving.merkle import MerkleTree

# How many rows are read at once, and what of each.
_BATCH = 1000
_SHOWN = (CHAIN.c.instant, CHAIN.c.kind, CHAIN.c.payload_sha256)


class OwnRow(NamedTuple):
    """One row of a beneficiary, numbered within it; `text` is its payload, None where that was erased."""

    number: int
    instant: str
    kind: str
    payload_sha256: str
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """Where a leaf stands in a tree of some size, and the proof of it."""

    index: int
    size: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDay:
    """One signed day of a beneficiary: its leaf in the day's tree and the day's leaf in the log, each with its proof.

    `rows` is the number of its first row, `first` and `last` are the rows of the chain that the day covers.
    """

    number: int
    day: str
    first: int
    last: int
    rows: int
    own: str
    in_day: Inclusion
    leaf: str
    in_log: Inclusion


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCheckpoint:
    """A checkpoint as it was signed and as others cosigned it, with their stamps and the proof up to the newest.

    `renamed` are the notes of witnesses that know the log by another origin.
    """

    size: int
    note: str
    cosigned: str
    stamps: tuple[bytes, ...]
    consistency: tuple[bytes, ...]
    renamed: tuple[str, ...] = ()


class OwnExcerpt:
    """Read what a beneficiary is shown within one transaction: from the instant `since` to the row `through`.

    `days` are those of the log, `before` its other days with a row, of which a reader sees the digests alone, so that
    none with a load or an entry can be left out; `earlier` are those that are shown whole, `checkpoints` the attested
    ones and, last, the newest; `log_size` is the number of the log's leaves.
    """

    def __init__(self, connection: Connection, beneficiary: str, *, since: str, through: int) -> None:
        self._connection = connection
        self._beneficiary = beneficiary
        self.through = through
        begins = _first_row(connection, since) or through + 1
        # A day that was signed after that row, while the report was made, is none of its signed ones.
        by_then = select(func.max(HEAD.c.number)).where(HEAD.c.sequence <= through)
        last_signed = connection.execute(by_then).scalar() or 0
        heads = [head for head in closing.read(connection) if head.number <= last_signed]
        self._next = signed_log.own_numbers(connection, last_signed).get(beneficiary, 1)
        self.signed = heads[-1].last if heads else 0
        needed = self._needed_before(begins)
        first = connection.execute(select(func.min(LOG_LEAF.c.number))).scalar() or through + 1
        logged = [head for head in heads if head.number >= first]
        silent = self._loads_without_a_row(logged[0].first) if logged else ()
        # One day more than the quarter's, so that its first one is seen to follow what was before it.
        # Where none of the quarter's is signed yet, it is the newest one, up to which the log is shown.
        newest = heads[-1].number if heads else 0
        since_number = min((head.number for head in heads if head.last >= begins), default=newest + 1) - 1
        self.earlier = tuple(
            head
            for head in heads
            if _holds(head, silent)
            or (head.number < first and (head.last >= begins or _holds(head, needed)))
            or head.number == since_number == first - 1
        )
        shown = [head for head in logged if head.number >= since_number or _holds(head, (*needed, *silent))]
        rest = [head for head in logged if head.number not in {one.number for one in shown}]
        lines = signed_log.leaves(connection)[: self._log_size()]
        self._tree = tree = log_tree(lines)
        self.log_size = tree.size
        self.days = tuple(self._days(shown, lines, tree))
        self.before = tuple(self._days(rest, lines, tree, silent=False))
        self.checkpoints = tuple(self._checkpoints(tree, begins))

    def consistency(self, size: int) -> tuple[bytes, ...]:
        """Return the proof that the log continues its first so many leaves. Raises ValueError where it has fewer."""
        return self._tree.consistency(size)

    def whole_day(self, head: Head) -> Iterator[ExcerptLine]:
        """Yield the rows of a day that is shown whole."""
        return excerpt(self._connection, self._beneficiary, head.first, head.last)

    def rows(self, day: OwnDay) -> Iterator[OwnRow]:
        """Yield the beneficiary's rows of one day."""
        return self._rows(day.first, day.last, day.rows)

    def digests(self, day: OwnDay) -> Iterator[OwnRow]:
        """Yield the beneficiary's rows of one day without their payloads, which are not read."""
        return self._numbered(select(*_SHOWN, null().label("text")), day.first, day.last, day.rows)

    def tail(self) -> Iterator[OwnRow]:
        """Yield the beneficiary's rows after the last signed day."""
        return self._rows(self.signed + 1, self.through, self._next)

    def _rows(self, first: int, last: int, number: int) -> Iterator[OwnRow]:
        query = select(*_SHOWN, PAYLOAD.c.text).outerjoin(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        return self._numbered(query, first, last, number)

    def _numbered(self, query: Select[Any], first: int, last: int, number: int) -> Iterator[OwnRow]:
        own = query.where(CHAIN.c.beneficiary == self._beneficiary, CHAIN.c.sequence.between(first, last))
        parts = self._connection.execute(own.order_by(CHAIN.c.sequence)).partitions(_BATCH)
        for place, row in enumerate(chain.from_iterable(parts)):
            yield OwnRow(number + place, *row)

    def _log_size(self) -> int:
        newest = select(func.max(CHECKPOINT.c.size)).where(CHECKPOINT.c.sequence <= self.through)
        return self._connection.execute(newest).scalar() or 0

    def _needed_before(self, begins: int) -> Sequence[int]:
        """Return the rows before the quarter's that it rests on: loads, entries, erasures, what closed a departure."""
        own = CHAIN.c.beneficiary == self._beneficiary
        # Of a day that is shown whole, a load that declares nothing of a beneficiary counts as well.
        counted = or_(
            CHAIN.c.kind == load_rows.KIND, and_(CHAIN.c.kind.in_((entry_rows.KIND, erasure_notice.NOTICE)), own)
        )
        query = select(CHAIN.c.sequence).where(CHAIN.c.sequence < begins, counted)
        newest = (
            select(func.max(VERDICT.c.sequence).label("sequence"))
            .where(
                VERDICT.c.target == departures.TARGET,
                VERDICT.c.beneficiary == self._beneficiary,
                VERDICT.c.sequence <= self.through,
            )
            .group_by(VERDICT.c.subject)
        )
        proofs = [sequence for (sequence,) in self._connection.execute(newest) if sequence < begins]
        return sorted({*proofs, *(sequence for (sequence,) in self._connection.execute(query))})

    def _loads_without_a_row(self, since: int) -> Sequence[int]:
        """Return the loads from a row on that have no row of a beneficiary which an earlier load had named."""
        own = select(CHAIN.c.instant, CHAIN.c.sequence).where(
            CHAIN.c.kind == load_rows.KIND, CHAIN.c.beneficiary == self._beneficiary
        )
        named = list(self._connection.execute(own))
        if not named:
            return ()
        begins = max(since, min(row.sequence for row in named))
        query = select(CHAIN.c.sequence).where(
            CHAIN.c.kind == load_rows.KIND,
            CHAIN.c.sequence.between(begins, self.through),
            CHAIN.c.instant.not_in(select(own.subquery().c.instant)),
        )
        return sorted(self._connection.execute(query).scalars())

    def _days(
        self, shown: Sequence[Head], lines: Sequence[str], tree: MerkleTree, *, silent: bool = True
    ) -> Iterator[OwnDay]:
        # `silent`: those without a row as well.
        positions = {
            row.number: row for row in self._connection.execute(select(LOG_LEAF).order_by(LOG_LEAF.c.position))
        }
        for head in shown:
            leaf = positions[head.number]  # where the log begins with an earlier head, the later one of the two
            trees = _trees(self._connection, head.number)
            seed = bytes.fromhex(leaf.seed)
            day = day_tree(seed, trees, day_leaf_in(leaf.text).bits)
            own = next((one for one in trees if one.beneficiary == self._beneficiary), None)
            if own is None or leaf.position >= len(lines):
                continue  # before its first row a beneficiary has no leaf
            if not own.rows and not silent:
                continue
            place = day.places[self._beneficiary]
            yield OwnDay(
                number=head.number,
                day=head.day,
                first=head.first,
                last=head.last,
                rows=own.first,
                own=own_leaf(seed, own),
                in_day=Inclusion(index=place, size=day.tree.size, hashes=day.tree.inclusion(place)),
                leaf=leaf.text,
                in_log=Inclusion(index=leaf.position, size=tree.size, hashes=tree.inclusion(leaf.position)),
            )

    def _checkpoints(self, tree: MerkleTree, begins: int) -> Iterator[ShownCheckpoint]:
        kept: dict[int, list[Attestation]] = {}
        for one in attestations.read(self._connection):
            kept.setdefault(one.size, []).append(one)
        query = select(CHECKPOINT).where(CHECKPOINT.c.size <= tree.size).order_by(CHECKPOINT.c.size)
        for row in self._connection.execute(query):
            own = kept.get(row.size, [])
            if row.size == tree.size or (own and row.sequence >= begins):
                yield ShownCheckpoint(
                    size=row.size,
                    note=row.note,
                    cosigned=attestations.cosigned(row.note, own),
                    stamps=tuple(base64.b64decode(one.content) for one in own if one.source == TIMESTAMP),
                    consistency=tree.consistency(row.size),
                    renamed=tuple(_renamed(row.note, own)),
                )


def _renamed(note: str, own: Sequence[Attestation]) -> Iterator[str]:
    text = note.partition("\n\n")[0]
    cosigned = (one.content for one in own if one.source == COSIGNATURE)
    return (content for content in cosigned if content.partition("\n\n")[0] != text)


def _first_row(connection: Connection, since: str) -> int | None:
    found: int | None = connection.execute(select(func.min(CHAIN.c.sequence)).where(CHAIN.c.instant >= since)).scalar()
    return found


def _trees(connection: Connection, number: int) -> tuple[OwnTree, ...]:
    query = select(OWN_TREE).where(OWN_TREE.c.number == number).order_by(OWN_TREE.c.beneficiary)
    return tuple(
        OwnTree(beneficiary=row.beneficiary, first=row.first, rows=row.rows, root=bytes.fromhex(row.root))
        for row in connection.execute(query)
    )


def _holds(head: Head, sequences: Sequence[int]) -> bool:
    return any(head.first <= sequence <= head.last for sequence in sequences)
