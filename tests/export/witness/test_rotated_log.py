"""A log whose key was replaced goes on being cosigned, once its witness has the new key; ours, and a foreign one."""

from pathlib import Path

import pytest

from agent.proving.add_checkpoint import CheckpointRequest
from agent.proving.cosignature import cosigned_at
from agent.proving.signed_note import NoteKey, SignedNote, parse_signature
from tests.parts.witnesses import KINDS, OURS, SIGSUM, Log, RunningWitness, running_witness, tree

pytestmark = [pytest.mark.programs, pytest.mark.network]

FIRST, SECOND = Log.make(1), Log.make(2)


def submitted(witness: RunningWitness, log: Log, origin: str, size: int, old: int) -> tuple[int, bytes]:
    """Return status and body of submitting a tree under an origin; a cosignature is held to the witness's key."""
    grown = tree(size)
    note = log.note(grown, origin)
    proof = grown.consistency(old) if old else ()
    status, _, body = witness.post(CheckpointRequest(old_size=old, proof=proof, note=note).body)
    if status == 200:
        lines = tuple(parse_signature(line) for line in body.decode().splitlines())
        assert cosigned_at(SignedNote(text=note.text, signatures=lines), witness.key) > 0
    return status, body


def test_our_witness_follows_a_new_key_under_the_same_origin(tmp_path: Path) -> None:
    origin, new = FIRST.key.name, tmp_path / "new.key"
    new.write_text(f"{NoteKey(name=FIRST.key.name, public=SECOND.key.public)}\n")
    with running_witness(OURS, tmp_path / OURS, FIRST) as witness:
        assert submitted(witness, FIRST, origin, 5, 0)[0] == 200
        assert submitted(witness, SECOND, origin, 8, 5)[0] == 403
        witness.stop()
        witness.start([witness.folder / "log.key", new])
        # What it cosigned under the key before is what the new one has to continue.
        assert submitted(witness, SECOND, origin, 8, 0) == (409, b"5\n")
        assert submitted(witness, SECOND, origin, 8, 5)[0] == 200


@pytest.mark.skipif(SIGSUM not in KINDS, reason="no sigsum-witness in this Debian")
def test_a_foreign_witness_of_the_key_s_origin_begins_anew(tmp_path: Path) -> None:
    """Its origin follows from the key, so that the new key is another log to it: the agent's `origin` changes too."""
    with running_witness(SIGSUM, tmp_path / "old", FIRST) as witness:
        assert submitted(witness, FIRST, FIRST.key.name, 5, 0)[0] == 200
        assert submitted(witness, SECOND, SECOND.key.name, 8, 5)[0] in (403, 404)
    with running_witness(SIGSUM, tmp_path / "new", SECOND) as witness:
        assert submitted(witness, SECOND, FIRST.key.name, 8, 5)[0] in (403, 404)
        assert submitted(witness, SECOND, SECOND.key.name, 8, 0)[0] == 200
