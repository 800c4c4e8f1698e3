"""The proofs that a bundle shows, each held to what it must prove: a day's rows up to the signed checkpoint."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from agent.ledger.keys import Verifier
from agent.proving.checkpoint import Checkpoint, parse_checkpoint, parse_text
from agent.proving.day_log import day_leaf_in, own_leaf_in
from agent.proving.merkle import LONGEST_PROOF, MerkleTree, continues, includes, leaf_hash
from agent.proving.placed_tree import place_of
from agent.proving.signed_note import NotANote, SignedNote, parse_note
from agent.report.archive import NotTheForm

NAME = re.compile(r"([0-9]{5,12})-([0-9]{4}-[0-9]{2}-[0-9]{2})", re.ASCII)
_PLACE = re.compile(rf"(?:0|[1-9][0-9]{{0,17}}) [1-9][0-9]{{0,17}}(?: [0-9a-f]{{64}}){{0,{LONGEST_PROOF}}}", re.ASCII)
_CONSISTENCY = re.compile(rf"[1-9][0-9]{{0,17}}(?: [0-9a-f]{{64}}){{0,{LONGEST_PROOF}}}", re.ASCII)
_LONGEST_LEAF = 4096
# A bundle has one day for each that was signed, and the lines of ten years at most.
_MOST_LINES = 20_000
_KINDS = ("own", "day", "leaf", "log")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPlace:
    """Where a leaf is said to stand in a tree, and the proof."""

    index: int
    size: int
    hashes: tuple[bytes, ...]

    def holds(self, root: bytes, leaf: str) -> bool:
        """Return whether the leaf stands there in the tree with that root."""
        hashed = leaf_hash(leaf.encode())
        return includes(root=root, size=self.size, index=self.index, leaf=hashed, proof=self.hashes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenDay:
    """A day's leaf of a beneficiary, held to the checkpoint: the rows from `first` on, so many, with this root.

    `position` is that of the day in the log. `has_place`: the day has one leaf of the beneficiary and can have no
    other; else it was signed in the form before (agent.proving.day_log).
    """

    name: str
    number: int
    day: str
    position: int
    first: int
    rows: int
    root: bytes
    has_place: bool

    @property
    def next(self) -> int:
        """Return the number that the beneficiary's next row has."""
        return self.first + self.rows


@dataclass(slots=True)
class ShownProofs:
    """The lines of `proofs.txt`, as they were read."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    places: dict[tuple[str, str], LeafPlace] = field(default_factory=dict)
    consistency: dict[int, tuple[bytes, ...]] = field(default_factory=dict)

    @property
    def days(self) -> tuple[str, ...]:
        """Return the names of the days, in the order of their numbers."""
        return tuple(sorted({name for _, name in (*self.texts, *self.places)}, key=lambda name: int(name[:-11])))


def proofs_of(lines: Iterable[bytes]) -> ShownProofs:
    """Return the proofs that some lines are. Raises NotTheForm."""
    found = ShownProofs()
    for number, line in enumerate(lines):
        if number > _MOST_LINES or len(line) > 2 * _LONGEST_LEAF:
            raise NotTheForm("proofs.txt is longer than the proofs of a bundle")
        kind, _, rest = line.decode("ascii", errors="replace").partition(" ")
        if kind == "checkpoint" and _CONSISTENCY.fullmatch(rest):
            size, *hashes = rest.split(" ")
            found.consistency[int(size)] = tuple(map(bytes.fromhex, hashes))
            continue
        name, _, said = rest.partition(" ")
        if kind not in _KINDS or not NAME.fullmatch(name) or (kind, name) in found.texts or not said:
            raise NotTheForm(f"proofs.txt holds a line that is no proof: {line[:60]!r}")
        if kind in ("own", "leaf") and len(said) <= _LONGEST_LEAF:
            found.texts[kind, name] = said
        elif kind in ("day", "log") and _PLACE.fullmatch(said) and (kind, name) not in found.places:
            index, size, *hashes = said.split(" ")
            found.places[kind, name] = LeafPlace(
                index=int(index), size=int(size), hashes=tuple(map(bytes.fromhex, hashes))
            )
        else:
            raise NotTheForm(f"proofs.txt holds a line that is no proof: {line[:60]!r}")
    return found


def agents_checkpoint(content: bytes, key: Verifier) -> tuple[Checkpoint, SignedNote]:
    """Return the checkpoint that some bytes are, signed with the key that the agent had then. Raises NotANote."""
    return parse_checkpoint(content, key.note_key_at(parse_text(parse_note(content).text).size))


def newest_checkpoint(note: bytes, key: Verifier, damage: list[str]) -> Checkpoint | None:
    """Return the checkpoint that a note is, signed with the key of its time; else None, and why is in `damage`."""
    try:
        return agents_checkpoint(note, key)[0]
    except NotANote as error:
        damage.append(f"checkpoint.txt does not hold: {error.message}")
        return None


def proven_days(shown: ShownProofs, checkpoint: Checkpoint, beneficiary: str) -> Iterator[ProvenDay | str]:
    """Yield each day as it is proven, in order, or what does not hold of it."""
    for name in shown.days:
        try:
            yield _proven(name, shown, checkpoint, beneficiary)
        except (_Unproven, ValueError) as error:
            said = error.args[0] if isinstance(error, _Unproven) else "its leaves are none"
            yield f"{name} is not proven: {said}"


class _Unproven(Exception):
    """Raised with what does not hold."""


def _proven(name: str, shown: ShownProofs, checkpoint: Checkpoint, beneficiary: str) -> ProvenDay:
    leaf, own = (shown.texts.get((kind, name), "") for kind in ("leaf", "own"))
    in_log, in_day = (shown.places.get((kind, name)) for kind in ("log", "day"))
    if not leaf or not own or in_log is None or in_day is None:
        raise _Unproven("a leaf or a proof of it is missing")
    if in_log.size != checkpoint.size or not in_log.holds(checkpoint.root, leaf):
        raise _Unproven("its leaf does not stand there in the log of the checkpoint")
    signed, said = day_leaf_in(leaf), own_leaf_in(own)
    if not in_day.holds(signed.root, own):
        raise _Unproven("the beneficiary's leaf does not stand there in the day's tree")
    if name != f"{signed.number:05d}-{signed.day}":
        raise _Unproven(f"it is the signed day {signed.number}, {signed.day:.20}")
    if said.beneficiary != beneficiary:
        raise _Unproven("its leaf is another beneficiary's")
    if signed.bits is not None and (in_day.index, in_day.size) != (
        place_of(beneficiary, signed.bits),
        1 << signed.bits,
    ):
        raise _Unproven("the beneficiary's leaf does not stand at the beneficiary's place")
    return ProvenDay(
        name=name,
        number=signed.number,
        day=signed.day,
        position=in_log.index,
        first=said.first,
        rows=said.rows,
        root=said.root,
        has_place=signed.bits is not None,
    )


def is_root_of(day: ProvenDay, hashes: Sequence[bytes]) -> bool:
    """Return whether a day's tree is the one over the hashes of some rows' leaves."""
    return len(hashes) == day.rows and MerkleTree.of(hashes).root == day.root


def displaced(days: Iterable[ProvenDay]) -> Iterator[str]:
    """Yield which days do not stand in one row in the log, or are signed in a form that had ended before them.

    The log has each day once, in the order of the numbers: two leaves of one day cannot both stand at its index.
    """
    ordered = sorted(days, key=lambda day: day.number)
    if ordered and ordered[0].position >= ordered[0].number:
        yield f"{ordered[0].name} stands at an index of the log that as many days cannot have reached"
    for before, one in pairwise(ordered):
        if one.position - before.position != one.number - before.number:
            yield f"{one.name} stands at another index of the log than the days before it leave to it"
        if before.has_place and not one.has_place:
            yield f"{one.name} has no places, in the form that ended before it"


def inconsistent(shown: ShownProofs, sizes: Iterable[tuple[int, Checkpoint]], newest: Checkpoint) -> Iterator[str]:
    """Yield which checkpoints, each of the size that is said of it, the newest one does not continue."""
    for size, one in sizes:
        proof = shown.consistency.get(size, ())
        goes_on = continues(old_root=one.root, old_size=size, root=newest.root, size=newest.size, proof=proof)
        if one.size != size or not goes_on:
            yield f"the checkpoint of size {size} is not continued by the newest one"
