"""The agent's log: what a head keeps of its day's trees, the tables that tell them, and the signed checkpoints.

A head's payload holds, since version 3, its day's seed, the tree of each beneficiary, and, where it is the last one
that was made at a time, the checkpoint over the whole log; since version 5 the `bits` that give each beneficiary its
place (agent.proving.day_log). Everything here follows from these payloads.
"""

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from agent.core.errors import LedgerDamaged
from agent.ledger.anchor import HINT
from agent.ledger.chain import ChainRow
from agent.ledger.fields import Fields, each, instant, optional, text, whole
from agent.ledger.heads import Head
from agent.ledger.keys import Signer
from agent.ledger.leaves import own_trees
from agent.ledger.rows import row_of
from agent.ledger.tables import CHAIN, CHECKPOINT, HEAD, LOG_LEAF, OWN_TREE
from agent.proving.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from agent.proving.day_log import SEED_SIZE, OwnTree, day_leaf, day_tree, earlier_leaf, log_tree
from agent.proving.merkle import HASH_SIZE, MerkleTree
from agent.proving.placed_tree import FEWEST_BITS, MOST_BITS, bits_for
from agent.proving.signed_note import NotANote


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTrees:
    """What a head keeps of its day's trees; `checkpoint` is a signed note, or None where a later head has it.

    `bits`: of how many a beneficiary's place is; None in heads from before version 5, which have no places.
    """

    seed: bytes
    trees: tuple[OwnTree, ...]
    checkpoint: str | None
    bits: int | None

    def content(self) -> dict[str, object]:
        """Return it as a head's payload holds it."""
        trees = [
            {"beneficiary": one.beneficiary, "first": one.first, "rows": one.rows, "root": one.root.hex()}
            for one in self.trees
        ]
        form = {} if self.bits is None else {"bits": self.bits}
        return {"seed": self.seed.hex(), "trees": trees, "checkpoint": self.checkpoint, **form}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheckpoint:
    """A checkpoint as it was signed: the log's size, the note, and when it was signed."""

    size: int
    note: str
    signed_at: datetime


def trees_in(value: object) -> SignedTrees:
    """Return what a head's payload holds of its day's trees. Raises LedgerDamaged."""
    fields = Fields(value, "head's trees")
    found = SignedTrees(
        seed=fields.take("seed", _digest),
        trees=fields.take("trees", each(_tree)),
        checkpoint=fields.take("checkpoint", optional(text)),
        bits=fields.take("bits", _bits) if fields.has("bits") else None,
    )
    fields.end()
    return found


def _tree(value: object) -> OwnTree:
    fields = Fields(value, "tree")
    found = OwnTree(
        beneficiary=fields.take("beneficiary", text),
        first=fields.take("first", whole),
        rows=fields.take("rows", whole),
        root=fields.take("root", _digest),
    )
    fields.end()
    return found


def _bits(value: object) -> int:
    found = whole(value)
    if not FEWEST_BITS <= found <= MOST_BITS:
        raise LedgerDamaged(f"a kept place has {found!r:.80} bits")
    return found


def _digest(value: object) -> bytes:
    try:
        content = bytes.fromhex(text(value))
    except ValueError as error:
        raise LedgerDamaged(f"a kept digest is not one: {value!r:.80}") from error
    if len(content) != HASH_SIZE or content.hex() != value:
        raise LedgerDamaged(f"a kept digest is not one: {value!r:.80}")
    return content


def leaves_of_head(head: Head, trees: SignedTrees, before: Head | None, *, begins: bool) -> tuple[str, ...]:
    """Return the leaves that a head gives the log; one more where the log begins after heads without one."""
    root = day_tree(trees.seed, trees.trees, trees.bits).tree.root
    own = day_leaf(number=head.number, day=head.day, head=head.head, root=root, bits=trees.bits)
    if begins and before is not None:
        return earlier_leaf(number=before.number, day=before.day, head=before.head), own
    return (own,)


def derive(connection: Connection, signed: Sequence[tuple[Head, SignedTrees, int]]) -> None:
    """Note what heads, already noted themselves, keep of the log; each with the sequence of its row."""
    size = count(connection)
    for head, trees, sequence in signed:
        leaves = leaves_of_head(head, trees, _head_before(connection, head), begins=size == 0)
        noted = [
            {"position": size + place, "number": head.number, "text": leaf, "seed": trees.seed.hex()}
            for place, leaf in enumerate(leaves)
        ]
        connection.execute(insert(LOG_LEAF), noted)
        size += len(leaves)
        if trees.trees:
            connection.execute(insert(OWN_TREE), [_columns(head, one) for one in trees.trees])
        if trees.checkpoint is not None:
            row = {"size": size, "sequence": sequence, "note": trees.checkpoint}
            connection.execute(insert(CHECKPOINT), [row])


def _columns(head: Head, one: OwnTree) -> dict[str, object]:
    root = one.root.hex()
    return {
        "number": head.number,
        "beneficiary": one.beneficiary,
        "first": one.first,
        "rows": one.rows,
        "root": root,
    }


def _head_before(connection: Connection, head: Head) -> Head | None:
    found = connection.execute(select(HEAD).where(HEAD.c.number == head.number - 1)).first()
    if found is None:
        return None
    columns = {name: getattr(found, name) for name in Head.__dataclass_fields__}
    return Head(**columns)


def count(connection: Connection) -> int:
    """Return how many leaves the log has."""
    return connection.execute(select(func.count()).select_from(LOG_LEAF)).scalar() or 0


def leaves(connection: Connection) -> tuple[str, ...]:
    """Return the log's leaves, in order."""
    return tuple(connection.execute(select(LOG_LEAF.c.text).order_by(LOG_LEAF.c.position)).scalars())


def positions(connection: Connection) -> dict[int, int]:
    """Return the index of each head's own leaf in the log, by the head's number."""
    query = select(LOG_LEAF.c.number, func.max(LOG_LEAF.c.position).label("position")).group_by(LOG_LEAF.c.number)
    return {row.number: row.position for row in connection.execute(query)}


def checkpoints(connection: Connection, newest: int | None = None) -> tuple[StoredCheckpoint, ...]:
    """Return the checkpoints from the smallest on; `newest`: so many of the last ones at most."""
    query = select(CHECKPOINT.c.size, CHECKPOINT.c.note, CHAIN.c.instant).join(
        CHAIN, CHAIN.c.sequence == CHECKPOINT.c.sequence
    )
    found = connection.execute(query.order_by(CHECKPOINT.c.size.desc()).limit(newest)).all()
    return tuple(StoredCheckpoint(size=one.size, note=one.note, signed_at=instant(one.instant)) for one in found[::-1])


def newest_checkpoint(connection: Connection) -> StoredCheckpoint | None:
    """Return the newest checkpoint, or None."""
    found = checkpoints(connection, newest=1)
    return found[0] if found else None


def own_numbers(connection: Connection, last: int | None = None) -> dict[str, int]:
    """Return the number of the next row of each beneficiary that has a tree; `last`: as it was after that head."""
    newest = func.max(OWN_TREE.c.first + OWN_TREE.c.rows).label("next")
    query = select(OWN_TREE.c.beneficiary, newest).group_by(OWN_TREE.c.beneficiary)
    if last is not None:
        query = query.where(OWN_TREE.c.number <= last)
    return {row.beneficiary: row.next for row in connection.execute(query)}


def grow(connection: Connection, signer: Signer, made: Sequence[Head], before: Head | None) -> Iterator[SignedTrees]:
    """Yield the trees of each head that is being made, the last one's with a checkpoint over them all.

    `before` is the newest head that is there. Raises LedgerDamaged where the log is not the one that was signed.
    """
    lines, numbers = list(leaves(connection)), own_numbers(connection)
    hold(connection, signer, lines)
    for head in made:
        trees = own_trees(_rows(connection, head), numbers)
        numbers = {one.beneficiary: one.next for one in trees}
        seed, bits = secrets.token_bytes(SEED_SIZE), places_for(numbers)
        grown = SignedTrees(seed=seed, trees=trees, checkpoint=None, bits=bits)
        lines += leaves_of_head(head, grown, before, begins=not lines)
        if head is made[-1]:
            grown = replace(grown, checkpoint=signed(signer, lines))
        before = head
        yield grown


def places_for(names: Collection[str]) -> int:
    """Return of how many bits places are that give each beneficiary one of its own. Raises LedgerDamaged."""
    try:
        return bits_for(names)
    except ValueError as error:
        raise LedgerDamaged(
            f"a day has no place for each beneficiary: {error}", "give one of them another id"
        ) from error


def signed(signer: Signer, lines: Sequence[str]) -> str:
    """Return the signed note of the checkpoint over a log."""
    key, tree = signer.note_key, log_tree(lines)
    return str(sign_checkpoint(Checkpoint(origin=key.name, size=tree.size, root=tree.root), key, signer.sign_bytes))


def hold(connection: Connection, signer: Signer, lines: Sequence[str]) -> None:
    """Raise LedgerDamaged unless the newest checkpoint is this key's own over the leaves that are there."""
    newest = newest_checkpoint(connection)
    if newest is None:
        said = "the log has leaves and no checkpoint" if lines else ""
    elif newest.size != len(lines) or not _is_signed(signer, newest, lines):
        said = f"the log of {len(lines)} leaves is not the one that was signed with {newest.size}"
    else:
        said = ""
    if said:
        raise LedgerDamaged(said, HINT)


def _is_signed(signer: Signer, stored: StoredCheckpoint, lines: Sequence[str]) -> bool:
    """Return whether a checkpoint of a log is this agent's, be it by a key before."""
    try:
        found, _ = parse_checkpoint(stored.note.encode(), signer.verifier.note_key_at(stored.size))
    except NotANote:
        return False
    return found.root == log_tree(lines).root


def _rows(connection: Connection, head: Head) -> Iterable[ChainRow]:
    query = select(CHAIN).where(CHAIN.c.sequence.between(head.first, head.last), CHAIN.c.beneficiary != "")
    return map(row_of, connection.execute(query.order_by(CHAIN.c.sequence)))


def contradictions(connection: Connection, received: Sequence[Checkpoint]) -> Iterator[str]:
    """Yield how a ledger contradicts checkpoints that left this machine earlier: rolled back or rewritten."""
    tree = log_tree(leaves(connection)) if received else MerkleTree.of(())
    for one in received:
        name = f"the checkpoint of size {one.size}, which was received,"
        if one.size > tree.size:
            yield f"the ledger was rolled back: its log has {tree.size} leaves, and {name} had more"
        elif tree.root_at(one.size) != one.root:
            yield f"the ledger was rewritten: {name} is not of this log"
