"""Ask a witness to cosign the newest checkpoint (c2sp.org/tlog-witness), and hold its answer to its key."""

from dataclasses import dataclass
from datetime import UTC, datetime

from agent.core.ahead import lies_ahead
from agent.ledger.keys import Signer
from agent.proving.add_checkpoint import CheckpointRequest
from agent.proving.checkpoint import Checkpoint, sign_checkpoint
from agent.proving.cosignature import TIME_SIZE, cosigned_at
from agent.proving.merkle import MerkleTree
from agent.proving.signed_note import NotANote, NoteKey, SignedNote, parse_signature
from agent.publishing.posting import NoAnswer, Post, PostAnswer

PATH = "/add-checkpoint"
CONTENT_TYPE = "text/plain; charset=utf-8"
# What is cosigned last may be told wrongly once; a witness that goes on telling other sizes is of no use.
ATTEMPTS = 3
_LARGEST_SIZE = 2**63


class WitnessRefusal(Exception):
    """Raised where a witness has cosigned what this log does not continue: it was rolled back, or rewritten."""


class WitnessAway(Exception):
    """Raised where a witness gave no cosignature for any other cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWitness:
    """A witness: its address, its verifier key, and the origin that it expects; None: the log's own."""

    url: str
    key: NoteKey
    origin: str | None = None


def cosigned_note(
    witness: AskedWitness, tree: MerkleTree, signer: Signer, known: int, now: datetime, post: Post
) -> tuple[SignedNote, datetime]:
    """Return the log's checkpoint as a witness cosigned it, and when; `known` leaves were cosigned last, as kept here.

    Raises WitnessRefusal and WitnessAway.
    """
    note, old = _note(witness, tree, signer), min(known, tree.size)
    for _ in range(ATTEMPTS):
        proof = tree.consistency(old) if old else ()
        body = CheckpointRequest(old_size=old, proof=proof, note=note).body
        try:
            answer = post(witness.url.rstrip("/") + PATH, body, CONTENT_TYPE)
        except NoAnswer as error:
            raise WitnessAway(str(error)) from error
        if answer.status == 200:
            return _held(note, answer.body, witness.key, now)
        if answer.status == 422:
            raise WitnessRefusal(f"it refuses the proof that this log of {tree.size} leaves continues one of {old}")
        if answer.status != 409:
            raise WitnessAway(f"it answered {answer.status}")
        old = _other_size(answer, tree, old)
    raise WitnessAway("it tells another size at each attempt")


def _note(witness: AskedWitness, tree: MerkleTree, signer: Signer) -> SignedNote:
    origin = witness.origin or signer.note_key.name
    key = NoteKey(name=origin, public=signer.note_key.public)
    return sign_checkpoint(Checkpoint(origin=origin, size=tree.size, root=tree.root), key, signer.sign_bytes)


def _held(note: SignedNote, body: bytes, key: NoteKey, now: datetime) -> tuple[SignedNote, datetime]:
    try:
        lines = [parse_signature(line) for line in body.decode().splitlines()]
        own = [one for one in lines if (one.name, one.key_id) == (key.name, key.key_id)]
        # Kept for ever: of however many it sends, the newest is enough.
        cosigned = note.with_signatures([max(own, key=lambda one: one.content[:TIME_SIZE])])
        at = datetime.fromtimestamp(cosigned_at(cosigned, key), UTC)
    except (NotANote, ValueError, OverflowError, OSError) as error:
        raise WitnessAway("what it answers is no cosignature of its key") from error
    if lies_ahead(at, now):
        raise WitnessAway(f"its clock is ahead: it cosigned at {at:%Y-%m-%d %H:%M:%S} UTC")
    return cosigned, at


def _other_size(answer: PostAnswer, tree: MerkleTree, old: int) -> int:
    """Return the size that a witness says it cosigned last. Raises WitnessRefusal and WitnessAway."""
    said = answer.body.decode("ascii", "replace").removesuffix("\n")
    size = int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None
    # Of a tree of the size that it cosigned last, only another root is a conflict.
    if old == tree.size and size in (None, old):
        raise WitnessRefusal(f"it has cosigned another log of {old} leaves: this one was rewritten")
    if size is None or size == old or size >= _LARGEST_SIZE:
        raise WitnessAway("it answered 409, and not which size it cosigned last")
    if size > tree.size:
        raise WitnessRefusal(f"it has cosigned {size} leaves, and this log has {tree.size}: it was rolled back")
    return size
