"""What a holder of the key can make of a bundle with a program of their own: another log, signed anew, proven whole."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from agent.ledger import signed_log
from agent.ledger.keys import signer
from agent.proving.checkpoint import Checkpoint, sign_checkpoint
from agent.proving.day_log import log_tree, row_leaf
from agent.proving.merkle import MerkleTree, leaf_hash
from agent.proving.placed_tree import FEWEST_BITS, PlacedTree, place_of
from agent.report import bundle
from tests.ledger.samples import open_ledger

Files = dict[str, bytes]
NAME = "scota"


def line(value: Mapping[str, object]) -> str:
    """Return a leaf as the program spells it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDay:
    """The four lines of one day; `day` and `log` are what follows the index and the size, `index` is of the log."""

    own: str
    in_day: str
    leaf: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgedLog:
    """A bundle's files, the days that it proves by file and name, the leaves of the log, and the key."""

    files: Files
    days: Mapping[tuple[str, str], ShownDay]
    leaves: tuple[str, ...]
    state: Path

    @classmethod
    def of(cls, files: Mapping[str, bytes], state: Path) -> "ForgedLog":
        """Return what a genuine bundle shows, to be changed."""
        days = {}
        size = 0
        for file in (bundle.PROOFS, bundle.BEFORE):
            said = dict(re.findall(r"^(\S+ \S+) (.*)$", files.get(file, b"").decode(), re.MULTILINE))
            for name in sorted({key.split(" ")[1] for key in said if not key.startswith("checkpoint ")}):
                index, size = map(int, said[f"log {name}"].split(" ")[:2])
                days[file, name] = ShownDay(
                    own=said[f"own {name}"], in_day=said[f"day {name}"], leaf=said[f"leaf {name}"], index=index
                )
        with open_ledger(state, readonly=True) as ledger:
            leaves = ledger.ask(signed_log.leaves)[:size]
        return cls(files=dict(files), days=days, leaves=leaves, state=state)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the days that are shown with their rows."""
        return tuple(name for file, name in self.days if file == bundle.PROOFS)

    def day(self, name: str) -> ShownDay:
        """Return a day that is shown with its rows."""
        return self.days[bundle.PROOFS, name]

    def with_day(self, name: str, day: ShownDay) -> "ForgedLog":
        """Return it with another leaf of one day."""
        leaves = (*self.leaves[: day.index], day.leaf, *self.leaves[day.index + 1 :])
        return replace(self, days={**self.days, (bundle.PROOFS, name): day}, leaves=leaves)

    def written(self) -> Files:
        """Return the files, with the checkpoint signed and every proof made anew; the inventory is as it was."""
        tree, own = log_tree(self.leaves), signer(self.state)
        made = {name: content for name, content in self.files.items() if not name.startswith("checkpoints/")}
        for file in {file for file, _ in self.days}:
            lines = []
            for (of, name), day in self.days.items():
                place = " ".join((str(day.index), str(tree.size), *(one.hex() for one in tree.inclusion(day.index))))
                if of == file:
                    lines += [f"own {name} {day.own}", f"day {name} {day.in_day}"]
                    lines += [f"leaf {name} {day.leaf}", f"log {name} {place}"]
            made[file] = "".join(f"{one}\n" for one in lines).encode()
        checkpoint = Checkpoint(origin=own.note_key.name, size=tree.size, root=tree.root)
        note = str(sign_checkpoint(checkpoint, own.note_key, own.sign_bytes))
        return made | {
            bundle.CHECKPOINT: note.encode(),
            bundle.SIGNED_TEXT: checkpoint.text.encode(),
            bundle.TEXT_SIGNATURE: base64.b64decode(note.splitlines()[-1].rsplit(" ", 1)[1])[4:],
        }


def in_tree(tree: "MerkleTree | PlacedTree", place: int) -> str:
    """Return where a leaf stands, as a bundle shows it."""
    return " ".join((str(place), str(tree.size), *(one.hex() for one in tree.inclusion(place))))


def filler(height: int, place: int) -> bytes:
    return hashlib.sha256(f"{height} {place}".encode()).digest()


def better(rows: bytes) -> bytes:
    """Return a day's rows with nothing missed."""
    return rows.replace(b'"missed"', b'"met"').replace(b'"unproven"', b'"met"')


def own_of(day: ShownDay, rows: bytes) -> str:
    """Return the beneficiary's leaf over other rows of a day."""
    hashes = []
    for row in rows.splitlines():
        number, instant, kind, payload = row.split(b" ", 3)
        digest = hashlib.sha256(payload).hexdigest()
        leaf = row_leaf(number=int(number), instant=instant.decode(), kind=kind.decode(), payload=digest)
        hashes.append(leaf_hash(leaf.encode()))
    return line(json.loads(day.own) | {"root": MerkleTree.of(hashes).root.hex(), "salt": "7" * 64})


def _placed(day: ShownDay, places: Mapping[int, str], shown: int, bits: int, said: int | None = None) -> ShownDay:
    """Return a day whose tree has some leaves at places, and shows one of them."""
    tree = PlacedTree.of({place: leaf_hash(own.encode()) for place, own in places.items()}, bits, filler)
    leaf = line(json.loads(day.leaf) | {"root": tree.root.hex(), "bits": said or bits})
    return replace(day, own=places[shown], in_day=in_tree(tree, shown), leaf=leaf)


def two_versions(files: Mapping[str, bytes], state: Path, other: int = 7) -> tuple[Files, Files]:
    """Return two bundles under one checkpoint: each shows another version of one day, the second at a place `other`."""
    genuine = ForgedLog.of(files, state)
    name = a_day(genuine)
    day, rows = genuine.day(name), files[f"days/{name}.txt"]
    second, place = own_of(day, better(rows)), place_of(NAME, FEWEST_BITS)
    places = {place: day.own, other: second}
    first = genuine.with_day(name, _placed(day, places, place, FEWEST_BITS)).written()
    shown = genuine.with_day(name, _placed(day, places, other, FEWEST_BITS)).written()
    assert first[bundle.CHECKPOINT] == shown[bundle.CHECKPOINT]
    return first, shown | {f"days/{name}.txt": better(rows)}


def a_day(log: ForgedLog) -> str:
    """Return the last day that is shown with a row that better() changes."""
    return [name for name in log.names if better(rows := log.files[f"days/{name}.txt"]) != rows][-2]


def _with(change: Callable[[ForgedLog, str, ShownDay], ForgedLog]) -> Callable[[Mapping[str, bytes], Path], Files]:
    def forged(files: Mapping[str, bytes], state: Path) -> Files:
        genuine = ForgedLog.of(files, state)
        name = a_day(genuine)
        return change(genuine, name, genuine.day(name)).written()

    return forged


def second_version(files: Mapping[str, bytes], state: Path) -> Files:
    """Show the second of two versions of a day."""
    return two_versions(files, state)[1]


def at_another_s_place(files: Mapping[str, bytes], state: Path) -> Files:
    """Show the second of two versions, which stands where the leaf of another beneficiary belongs."""
    return two_versions(files, state, other=place_of("eaux", FEWEST_BITS))[1]


def _fewer_bits(log: ForgedLog, name: str, day: ShownDay) -> ForgedLog:
    place = place_of(NAME, 4)
    return log.with_day(name, _placed(day, {place: day.own}, place, 4))


def _other_bits(log: ForgedLog, name: str, day: ShownDay) -> ForgedLog:
    place = place_of(NAME, FEWEST_BITS)
    return log.with_day(name, _placed(day, {place: day.own}, place, FEWEST_BITS, said=FEWEST_BITS + 1))


def without_places(day: ShownDay) -> ShownDay:
    """Return a day as it was signed before version 5 of the ledger."""
    hashed = leaf_hash(day.own.encode())
    ordered = sorted([hashed, *(filler(0, number) for number in range(15))])
    tree, place = MerkleTree.of(ordered), ordered.index(hashed)
    said = {name: value for name, value in json.loads(day.leaf).items() if name != "bits"}
    return replace(day, in_day=in_tree(tree, place), leaf=line(said | {"root": tree.root.hex()}))


def _form_before(log: ForgedLog, name: str, day: ShownDay) -> ForgedLog:
    return log.with_day(name, without_places(day))


def _twice_in_the_log(log: ForgedLog, name: str, day: ShownDay) -> ForgedLog:
    """Let the log have each day twice, and show the later leaf of one day."""
    leaves = tuple(leaf for leaf in log.leaves for _ in range(2))
    days = {key: replace(one, index=2 * one.index) for key, one in log.days.items()}
    last = max(log.names)
    for shown in (name, last):
        days[bundle.PROOFS, shown] = replace(days[bundle.PROOFS, shown], index=2 * log.day(shown).index + 1)
    return replace(log, leaves=leaves, days=days)


fewer_bits, other_bits = _with(_fewer_bits), _with(_other_bits)
form_before, twice_in_the_log = _with(_form_before), _with(_twice_in_the_log)


def number_as_text(files: Mapping[str, bytes], state: Path) -> Files:
    """Return the bundle with the number of each shown day as a text, which some languages compare like a number."""
    log = ForgedLog.of(files, state)
    days = {}
    for key, day in log.days.items():
        said = json.loads(day.leaf)
        days[key] = replace(day, leaf=line(said | {"number": f"{said['number']:05d}"}))
    leaves = list(log.leaves)
    for day in days.values():
        leaves[day.index] = day.leaf
    return replace(log, days=days, leaves=tuple(leaves)).written()


def all_without_places(files: Mapping[str, bytes], state: Path) -> Files:
    """Return the bundle as a release before version 5 of the ledger would have made it."""
    log = ForgedLog.of(files, state)
    days = {key: without_places(day) for key, day in log.days.items()}
    leaves = list(log.leaves)
    for day in days.values():
        leaves[day.index] = day.leaf
    return replace(log, days=days, leaves=tuple(leaves)).written()
