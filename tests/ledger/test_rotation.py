"""The agent's key is changed by a statement that both keys sign; the ledger and all that stands beside it follow."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.core.errors import LedgerDamaged, LedgerError, UsageError
from agent.ledger import anchor, outside_heads
from agent.ledger.keys import CHANGES_NAME, PRIVATE_NAME, PUBLIC_NAME, read_changes, signer, verifier
from agent.ledger.ledger import ChainOutcome, ChainVerification
from agent.ledger.outside_heads import folder_of, keep
from agent.ledger.rotation import NEXT_PRIVATE, NEXT_PUBLIC
from agent.proving.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from agent.proving.signed_note import SignedNote, parse_note
from tests.ledger.samples import DAY, MORNING, HandClock, asked, day_row, open_ledger, tamper
from tests.ledger.test_signed_log import live, log_of, newest


def rotated(directory: Path, clock: HandClock) -> None:
    with open_ledger(directory, clock) as ledger:
        ledger.rotate_key(clock.time)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Return a state directory whose key was changed after three days, and that went on for two."""
    clock = live(tmp_path / "state")
    rotated(tmp_path / "state", clock)
    live(tmp_path / "state", 2, clock.time)
    return tmp_path / "state"


def walked(directory: Path, *notes: SignedNote) -> ChainVerification:
    with open_ledger(directory, readonly=True) as ledger:
        return ledger.verify(checkpoints=notes)


def test_a_ledger_goes_on_with_the_new_key(changed: Path) -> None:
    found = walked(changed)
    assert (found.outcome, found.damage) == (ChainOutcome.SOUND, ())
    key = verifier(changed)
    assert len(set(key.fingerprints)) == 2
    assert [row[0] for row in asked(changed, "SELECT fingerprint FROM head ORDER BY number")] == [
        *[key.fingerprints[0]] * 3, *[key.fingerprint] * 2,
    ]  # fmt: skip
    assert not (changed / NEXT_PRIVATE).exists() and not (changed / NEXT_PUBLIC).exists()
    assert (changed / PRIVATE_NAME).stat().st_mode & 0o777 == 0o600


def test_the_log_keeps_its_origin_and_its_checkpoints_their_keys(changed: Path) -> None:
    key = verifier(changed)
    assert key.note_key.name.startswith("beffroi/")
    assert key.note_key_at(3).name == key.note_key_at(4).name == key.note_key.name
    note = newest(changed).note.encode()
    assert parse_checkpoint(note, key.note_key_at(5))[0].size == 5
    assert key.note_key_at(3) != key.note_key_at(4) == key.note_key_at(5) == key.note_key


def test_a_key_is_changed_twice(changed: Path) -> None:
    with open_ledger(changed, readonly=True) as ledger:
        clock = HandClock((ledger.newest_instant() or MORNING) + DAY)
    rotated(changed, clock)
    live(changed, 2, clock.time)
    assert (walked(changed).outcome, len(read_changes(changed))) == (ChainOutcome.SOUND, 2)


def test_checkpoints_received_before_and_after_are_continued(changed: Path) -> None:
    notes = [parse_note(note.encode()) for (note,) in asked(changed, "SELECT note FROM checkpoint ORDER BY size")]
    assert walked(changed, *notes).outcome is ChainOutcome.SOUND


def test_the_key_before_signs_no_later_checkpoint(tmp_path: Path) -> None:
    """Someone stole it: what they sign of more leaves is not this agent's."""
    clock = live(tmp_path)
    stolen = signer(tmp_path)
    rotated(tmp_path, clock)
    live(tmp_path, 1, clock.time)
    root = bytes(32)
    forged = Checkpoint(origin=stolen.note_key.name, size=9, root=root)
    found = walked(tmp_path, sign_checkpoint(forged, stolen.note_key, stolen.sign_bytes))
    assert found.outcome is ChainOutcome.DAMAGED


def test_no_key_is_changed_before_the_first_signed_day(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger, pytest.raises(UsageError, match="no day is signed yet"):
        ledger.rotate_key(MORNING)
    assert read_changes(tmp_path) == ()


@pytest.mark.parametrize("step", ["write_changes", "_replace", "write_file"])
def test_a_change_that_was_cut_off_is_finished_by_the_next(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = live(tmp_path)
    first = verifier(tmp_path).fingerprint

    def cut(*_: object) -> None:
        raise OSError(5, "cut off")

    with monkeypatch.context() as patch:
        patch.setattr(f"agent.ledger.rotation.{step}", cut)
        with pytest.raises(LedgerError):
            rotated(tmp_path, clock)
    assert verifier(tmp_path).fingerprint == first
    clock.time += DAY
    with open_ledger(tmp_path, clock) as ledger:
        ledger.keep_days([day_row(clock.time.date())])
        clock.time += DAY
        if step == "write_file":  # the key is the new one already, and the ledger does not say so
            with pytest.raises(LedgerDamaged, match="changes of the key"):
                ledger.sign_heads(clock.time)
        else:
            ledger.sign_heads(clock.time)
    rotated(tmp_path, clock)
    live(tmp_path, 1, clock.time + DAY)
    assert walked(tmp_path).outcome is ChainOutcome.SOUND
    assert verifier(tmp_path).fingerprints[0] == first != verifier(tmp_path).fingerprint


def file_removed(directory: Path) -> None:
    (directory / CHANGES_NAME).unlink()


def foreign_key_laid(directory: Path) -> None:
    """Exchange the key without a statement, as a release before could be led to."""
    live(directory.parent / "other")
    for name in (PUBLIC_NAME, PRIVATE_NAME):
        (directory / name).write_bytes((directory.parent / "other" / name).read_bytes())


def statement_changed(directory: Path) -> None:
    content = json.loads((directory / CHANGES_NAME).read_text())
    content["statement"] = content["statement"].replace("checkpoint 3", "checkpoint 2")
    (directory / CHANGES_NAME).write_text(json.dumps(content) + "\n")


def signature_of_the_new_key_alone(directory: Path) -> None:
    content = json.loads((directory / CHANGES_NAME).read_text())
    content["old_signature"] = content["new_signature"]
    (directory / CHANGES_NAME).write_text(json.dumps(content) + "\n")


def row_removed(directory: Path) -> None:
    tamper(directory, "DELETE FROM payload WHERE sequence = (SELECT sequence FROM chain WHERE kind = 'rotation')")


@pytest.mark.parametrize(
    "change", [file_removed, foreign_key_laid, statement_changed, signature_of_the_new_key_alone, row_removed]
)
def test_a_change_of_keys_that_does_not_hold_is_damage(changed: Path, change: Callable[[Path], None]) -> None:
    change(changed)
    assert walked(changed).outcome is ChainOutcome.DAMAGED


# Root's file.


def test_root_s_file_follows_the_statement(tmp_path: Path) -> None:
    state = tmp_path / "state"
    clock = live(state)
    folder = folder_of(state)
    folder.mkdir()
    keep(state, folder)
    rotated(state, clock)
    assert keep(state, folder).endswith("is there already")
    live(state, 1, clock.time)
    assert keep(state, folder).startswith("head 4 of ")
    assert len(outside_heads.read(state)) == 2
    assert walked(state).outcome is ChainOutcome.SOUND


def test_root_s_file_takes_no_key_without_a_statement_nor_the_one_before(tmp_path: Path) -> None:
    state = tmp_path / "state"
    clock = live(state)
    folder = folder_of(state)
    folder.mkdir()
    keep(state, folder)
    stolen = signer(state)
    rotated(state, clock)
    keep(state, folder)
    live(state, 1, clock.time)
    head = anchor.parse_all((state / anchor.FILE_NAME).read_bytes(), "")[0][0]
    changes = (state / CHANGES_NAME).read_bytes()
    (state / CHANGES_NAME).unlink()
    anchor.write(state, head, stolen)
    with pytest.raises(LedgerDamaged, match="not as the agent's key signed it"):
        keep(state, folder)
    (state / CHANGES_NAME).write_bytes(changes)
    anchor.write(state, head, signer(state))
    assert keep(state, folder).startswith("head 4 of ")
    assert log_of(state)
