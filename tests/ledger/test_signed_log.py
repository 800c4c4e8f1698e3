"""The agent's log: a checkpoint with each signed day, a ledger that goes on from before, and what tampering shows."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from agent.core.errors import LedgerDamaged, UsageError
from agent.ledger import closing, schema, signed_log
from agent.ledger.append import Writer
from agent.ledger.chain import sha256
from agent.ledger.keys import make_key, signer, verifier
from agent.ledger.ledger import ChainOutcome, ChainVerification, StoredCheckpoint
from agent.ledger.received import read_checkpoints
from agent.ledger.signed_log import leaves
from agent.proving.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from agent.proving.day_log import OwnTree, day_tree, log_tree, own_leaf
from agent.proving.merkle import EMPTY_ROOT, continues, includes, leaf_hash
from agent.proving.placed_tree import bits_for
from agent.proving.signed_note import NoteKey, SignedNote
from tests.ledger.samples import (
    DAY,
    KEY,
    MORNING,
    HandClock,
    asked,
    day_row,
    link_anew,
    observation,
    open_ledger,
    tamper,
)
from tests.parts.kept import keep_reading

OTHER = KEY._replace(beneficiary="diitun")


def live(directory: Path, days: int = 3, since: datetime = MORNING) -> HandClock:
    """Keep, on each day, a reading, a day of one beneficiary, and every other day one of another; sign each."""
    clock = HandClock(since)
    for number in range(days):
        with open_ledger(directory, clock) as ledger:
            keep_reading(ledger, observation(clock.time))
            ledger.keep_days([day_row(clock.time.date())])
            if number % 2:
                ledger.keep_days([day_row(clock.time.date(), key=OTHER)])
            clock.time += DAY
            ledger.sign_heads(clock.time)
    return clock


def newest(directory: Path) -> StoredCheckpoint:
    with open_ledger(directory, readonly=True) as ledger:
        found = ledger.newest_checkpoint()
    assert found is not None
    return found


def read(directory: Path, stored: StoredCheckpoint) -> tuple[Checkpoint, SignedNote]:
    return parse_checkpoint(stored.note.encode(), verifier(directory).note_key)


def walked(directory: Path, *notes: SignedNote) -> ChainVerification:
    with open_ledger(directory, readonly=True) as ledger:
        return ledger.verify(checkpoints=notes)


def log_of(directory: Path) -> tuple[str, ...]:
    with open_ledger(directory, readonly=True) as ledger:
        return ledger.ask(leaves)


def test_each_signed_day_has_a_leaf_and_a_checkpoint(tmp_path: Path) -> None:
    live(tmp_path)
    checkpoint, _ = read(tmp_path, newest(tmp_path))
    tree = log_tree(log_of(tmp_path))
    assert (checkpoint.size, checkpoint.root) == (3, tree.root)
    assert checkpoint.origin.startswith("beffroi/")
    assert [json.loads(leaf)["number"] for leaf in log_of(tmp_path)] == [1, 2, 3]
    assert walked(tmp_path).outcome is ChainOutcome.SOUND


def test_days_that_are_closed_together_have_one_checkpoint(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        for _ in range(4):
            ledger.keep_days([day_row(clock.time.date())])
            clock.time += DAY
        assert len(ledger.sign_heads(clock.time)) == 4
    assert asked(tmp_path, "SELECT size FROM checkpoint") == [(4,)]
    assert walked(tmp_path).outcome is ChainOutcome.SOUND


def test_a_later_checkpoint_continues_an_earlier_one(tmp_path: Path) -> None:
    clock = live(tmp_path, 3)
    old, _ = read(tmp_path, newest(tmp_path))
    live(tmp_path, 4, clock.time)
    new, _ = read(tmp_path, newest(tmp_path))
    tree = log_tree(log_of(tmp_path))
    proof = tree.consistency(old.size)
    assert (old.size, new.size) == (3, 7)
    assert continues(old_root=old.root, old_size=old.size, root=new.root, size=new.size, proof=proof)


def test_a_beneficiary_proves_its_rows_to_the_checkpoint(tmp_path: Path) -> None:
    """From a row to the signed root: its own tree, its leaf of the day, the day's leaf of the log."""
    live(tmp_path)
    (rows,) = asked(tmp_path, "SELECT root, first, rows FROM own_tree WHERE number = 2 AND beneficiary = 'diitun'")
    ((seed,),) = asked(tmp_path, "SELECT seed FROM log_leaf WHERE number = 2")
    everyone = [
        OwnTree(beneficiary=name, first=first, rows=count, root=bytes.fromhex(root))
        for name, first, count, root in asked(
            tmp_path, "SELECT beneficiary, first, rows, root FROM own_tree WHERE number = 2"
        )
    ]
    day = day_tree(bytes.fromhex(seed), everyone, bits_for([one.beneficiary for one in everyone]))
    own = OwnTree(beneficiary="diitun", first=rows[1], rows=rows[2], root=bytes.fromhex(rows[0]))
    leaf, place = leaf_hash(own_leaf(bytes.fromhex(seed), own).encode()), day.places["diitun"]
    assert includes(root=day.tree.root, size=1 << 24, index=place, leaf=leaf, proof=day.tree.inclusion(place))
    lines = log_of(tmp_path)
    assert json.loads(lines[1])["root"] == day.tree.root.hex()
    checkpoint, _ = read(tmp_path, newest(tmp_path))
    proof = log_tree(lines).inclusion(1)
    assert includes(root=checkpoint.root, size=3, index=1, leaf=leaf_hash(lines[1].encode()), proof=proof)


def test_a_day_without_a_row_of_a_beneficiary_is_proven_empty(tmp_path: Path) -> None:
    live(tmp_path)
    query = "SELECT number, first, rows, root FROM own_tree WHERE beneficiary = 'diitun' ORDER BY number"
    (second, third) = asked(tmp_path, query)
    assert second[:3] == (2, 1, 1)
    assert third == (3, 2, 0, EMPTY_ROOT.hex())


# A ledger that was signed before it had a log.


def close_as_before(writer: Writer, directory: Path, now: datetime) -> None:
    """Sign the days that are over as version 2 of the ledger did."""
    kept = closing.newest(writer.connection)
    first = kept.last + 1 if kept else 1
    last = writer.tip.sequence
    (day,) = {row[0][:10] for row in asked(directory, f"SELECT instant FROM chain WHERE sequence = {first}")}
    head = closing._sign(writer.connection, signer(directory), kept, day, first, last)
    writer.append(closing.KIND, closing._content(head))


@pytest.fixture
def migrated(tmp_path: Path) -> tuple[Path, HandClock]:
    clock = HandClock()
    for _ in range(2):
        with open_ledger(tmp_path, clock) as ledger:
            ledger.keep_days([day_row(clock.time.date())])
            clock.time += DAY
            ledger._store.write(lambda writer: close_as_before(writer, tmp_path, clock.time))
    return tmp_path, clock


def test_a_log_begins_with_a_leaf_for_what_was_signed_before(migrated: tuple[Path, HandClock]) -> None:
    directory, clock = migrated
    before = asked(directory, "SELECT * FROM chain LEFT JOIN payload USING (sequence) ORDER BY sequence")
    ((head,),) = asked(directory, "SELECT head FROM head WHERE number = 2")
    assert walked(directory).outcome is ChainOutcome.SOUND

    live(directory, 2, clock.time)

    lines = [json.loads(leaf) for leaf in log_of(directory)]
    assert lines[0] == {"day": "2026-11-25", "earlier": True, "head": head, "number": 2}
    assert [line["number"] for line in lines] == [2, 3, 4]
    after = asked(directory, "SELECT * FROM chain LEFT JOIN payload USING (sequence) ORDER BY sequence")
    assert after[: len(before)] == before
    assert walked(directory).outcome is ChainOutcome.SOUND


def test_a_migrated_log_is_made_anew_from_its_rows(migrated: tuple[Path, HandClock]) -> None:
    directory, clock = migrated
    live(directory, 2, clock.time)
    lines, checkpoint = log_of(directory), newest(directory)
    with open_ledger(directory, clock) as ledger:
        ledger.rebuild()
    assert (log_of(directory), newest(directory)) == (lines, checkpoint)


def close_without_places(patch: pytest.MonkeyPatch) -> None:
    """Sign days from now on as version 4 of the ledger did."""
    patch.setattr(signed_log, "places_for", lambda names: None)


def test_days_without_places_stay_sound_and_are_gone_on_from(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        close_without_places(patch)
        live(tmp_path)
        assert walked(tmp_path).outcome is ChainOutcome.SOUND
    live(tmp_path, 2, MORNING + 3 * DAY)
    assert ["bits" in json.loads(leaf) for leaf in log_of(tmp_path)] == [False, False, False, True, True]
    lines = log_of(tmp_path)
    with open_ledger(tmp_path, HandClock(MORNING + 6 * DAY)) as ledger:
        assert ledger.verify().outcome is ChainOutcome.SOUND
        ledger.rebuild()
    assert log_of(tmp_path) == lines


def test_no_day_is_without_places_once_the_ledger_was_led_on(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        close_without_places(patch)
        live(tmp_path)
        with open_ledger(tmp_path, HandClock(MORNING + 4 * DAY)) as ledger:
            ledger._store.write(lambda writer: writer.append(schema.KIND, {"from": 4, "to": schema.PLACES}))
        assert walked(tmp_path).outcome is ChainOutcome.SOUND
        live(tmp_path, 1, MORNING + 4 * DAY)
        assert any("has a tree without places" in line for line in walked(tmp_path).damage)


# What tampering shows.


def head_row(directory: Path, number: int) -> int:
    ((sequence,),) = asked(directory, f"SELECT sequence FROM head WHERE number = {number}")
    return int(sequence)


def change_trees(change: Callable[[dict[str, Any]], object]) -> Callable[[str], str]:
    def changed(payload: str) -> str:
        content = json.loads(payload)
        change(content["log"])
        return json.dumps(content, sort_keys=True, separators=(",", ":"))

    return changed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda log: log["trees"].pop(), "are not those of its rows"),
        (lambda log: log["trees"][0].update(first=9), "are not those of its rows"),
        (lambda log: log["trees"][0].update(rows=7), "are not those of its rows"),
        (lambda log: log["trees"][0].update(root="0" * 64), "are not those of its rows"),
        (lambda log: log["trees"][0].update(beneficiary="other"), "are not those of its rows"),
        (lambda log: log.update(seed="0" * 64), "is not the one of its log"),
        (lambda log: log.update(checkpoint=log["checkpoint"].replace("\n3\n", "\n4\n")), "does not hold"),
        (lambda log: log["trees"][0].update(root="0" * 63), "is not one"),
        (lambda log: log["trees"][0].update(root="A" * 64), "is not one"),
        (lambda log: log.update(further=1), "holds something unknown"),
        (lambda log: log.update(bits=25), "are not those of its beneficiaries"),
        (lambda log: log.update(bits=4), "has 4 bits"),
        (lambda log: log.pop("bits"), "has a tree without places"),
    ],
)
def test_a_changed_tree_of_a_signed_day_is_damage(
    change: Callable[[dict[str, Any]], object], said: str, tmp_path: Path
) -> None:
    """Someone who may write all, and lacks the key, makes every link fit again."""
    live(tmp_path)
    payload = change_trees(change)
    try:
        link_anew(tmp_path, head_row(tmp_path, 3), payload)
    except LedgerDamaged as error:
        assert said in error.message
        return
    found = walked(tmp_path)
    assert found.outcome is ChainOutcome.DAMAGED
    assert any(said in line for line in found.damage)


def test_a_head_without_its_trees_is_damage_once_the_log_began(tmp_path: Path) -> None:
    live(tmp_path)

    def bare(payload: str) -> str:
        content = json.loads(payload)
        del content["log"]
        return json.dumps(content, sort_keys=True, separators=(",", ":"))

    link_anew(tmp_path, head_row(tmp_path, 3), bare)
    assert any("has no leaf in the log" in line for line in walked(tmp_path).damage)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_leaf SET text = '{}' WHERE position = 1",
        "DELETE FROM log_leaf WHERE position = 2",
        "UPDATE own_tree SET rows = 9 WHERE number = 1",
        "UPDATE checkpoint SET note = '' WHERE size = 3",
    ],
)
def test_a_changed_table_of_the_log_is_damage(statement: str, tmp_path: Path) -> None:
    live(tmp_path)
    tamper(tmp_path, statement)
    assert any("does not follow from the chain" in line for line in walked(tmp_path).damage)


@pytest.mark.parametrize("table", ["log_leaf SET text = '{}' WHERE position = 1", "checkpoint SET note = ''"])
def test_a_log_that_is_not_the_signed_one_is_signed_no_further(table: str, tmp_path: Path) -> None:
    clock = live(tmp_path)
    tamper(tmp_path, f"UPDATE {table}")
    with open_ledger(tmp_path, clock) as ledger:
        ledger.keep_days([day_row(clock.time.date())])
        clock.time += DAY
        with pytest.raises(LedgerDamaged, match="is not the one that was signed"):
            ledger.sign_heads(clock.time)


# Checkpoints that left the machine.


def test_a_received_checkpoint_is_continued(tmp_path: Path) -> None:
    clock = live(tmp_path)
    _, note = read(tmp_path, newest(tmp_path))
    live(tmp_path, 3, clock.time)
    assert walked(tmp_path, note).outcome is ChainOutcome.SOUND


def test_a_ledger_made_anew_contradicts_a_received_checkpoint(tmp_path: Path) -> None:
    """Someone who has the key makes other days: every signature holds, and the checkpoint that left does not."""
    first, second = tmp_path / "first", tmp_path / "second"
    live(first)
    _, note = read(first, newest(first))
    open_ledger(second).close()
    for file in first.glob("signing-key*"):
        (second / file.name).write_bytes(file.read_bytes())
    live(second, 5, MORNING + DAY)
    assert walked(second).outcome is ChainOutcome.SOUND
    (said,) = walked(second, note).damage
    assert said.startswith("the ledger was rewritten: the checkpoint of size 3")


def test_a_shorter_ledger_contradicts_a_received_checkpoint(tmp_path: Path) -> None:
    live(tmp_path, 2)
    saved = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    live(tmp_path, 2, MORNING + 2 * DAY)
    _, note = read(tmp_path, newest(tmp_path))
    for file in tmp_path.iterdir():
        if file.is_file():
            file.unlink()
    for name, content in saved.items():
        (tmp_path / name).write_bytes(content)
    (said,) = walked(tmp_path, note).damage
    assert said.startswith("the ledger was rolled back: its log has 2 leaves")


def test_a_checkpoint_of_another_key_is_damage(tmp_path: Path) -> None:
    """A ledger that was made anew with a new key has another origin."""
    live(tmp_path / "state", 1)
    (tmp_path / "other").mkdir()
    make_key(tmp_path / "other")
    other = signer(tmp_path / "other")
    note = sign_checkpoint(
        Checkpoint(origin=other.note_key.name, size=1, root=EMPTY_ROOT), other.note_key, other.sign_bytes
    )
    (said,) = walked(tmp_path / "state", note).damage
    assert said.startswith("a received checkpoint is of the log 'beffroi/")
    ours = verifier(tmp_path / "state").note_key
    forged = NoteKey(name=ours.name, public=other.note_key.public)
    stolen = sign_checkpoint(Checkpoint(origin=ours.name, size=1, root=EMPTY_ROOT), forged, other.sign_bytes)
    (said,) = walked(tmp_path / "state", stolen).damage
    assert said.startswith("the note bears no signature of beffroi/")


def test_a_file_that_is_no_checkpoint_is_named(tmp_path: Path) -> None:
    live(tmp_path / "state", 1)
    saved = tmp_path / "saved.txt"
    saved.write_text(newest(tmp_path / "state").note)
    (note,) = read_checkpoints([saved])
    assert walked(tmp_path / "state", note).outcome is ChainOutcome.SOUND
    for content in ("nothing", "a text\n\n— name AAAAAAAA\n"):
        saved.write_text(content)
        with pytest.raises(UsageError, match=r"saved\.txt: no "):
            read_checkpoints([saved])
    with pytest.raises(UsageError, match="missing"):
        read_checkpoints([tmp_path / "missing.txt"])


def test_a_seed_is_never_that_of_another_day(tmp_path: Path) -> None:
    live(tmp_path, 4)
    seeds = [seed for (seed,) in asked(tmp_path, "SELECT seed FROM log_leaf")]
    assert len(set(seeds)) == 4
    assert all(len(seed) == 64 and seed != sha256("") for seed in seeds)
