"""The request by which a log asks a witness for a cosignature, and how a witness judges it (c2sp.org/tlog-witness)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from agent.proving.base64_text import decoded, written
from agent.proving.checkpoint import Checkpoint, parse_text
from agent.proving.merkle import EMPTY_ROOT, HASH_SIZE, LONGEST_PROOF, continues
from agent.proving.signed_note import LARGEST_NOTE, NotANote, NoteKey, SignedNote, hold_to_key, parse_note

# A proof's lines have 45 bytes each.
LARGEST_REQUEST = LARGEST_NOTE + 64 * 64
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointRequest:
    """A checkpoint, signed by its log, and the proof that it continues the one of `old_size` leaves."""

    old_size: int
    proof: tuple[bytes, ...]
    note: SignedNote

    @property
    def body(self) -> bytes:
        """Return the body of the request."""
        lines = (f"old {self.old_size}", *(written(hashed) for hashed in self.proof), "", "")
        return "\n".join(lines).encode() + str(self.note).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCheckpoint:
    """The size and the root of the last checkpoint that a witness cosigned of a log; of none: 0 and the empty root."""

    size: int = 0
    root: bytes = EMPTY_ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a witness makes of a request: an HTTP status, why in words, and what it then has seen.

    `origin` is the log's; empty where the request names none that is known.
    """

    status: HTTPStatus
    why: str
    origin: str = ""
    seen: SeenCheckpoint | None = None


def parse_request(body: bytes) -> CheckpointRequest:
    """Return the request that some bytes are; the note's signatures are not yet verified. Raises NotANote."""
    if len(body) > LARGEST_REQUEST:
        raise NotANote(f"no request: larger than {LARGEST_REQUEST} bytes")
    head, separator, note = body.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
        proof = tuple(decoded(line) for line in lines)
    except ValueError as error:
        raise NotANote("no request: a line of its proof is not in base64") from error
    old = _OLD.fullmatch(first)
    if not separator or old is None:
        raise NotANote("no request: it does not begin with the old size and a proof")
    if len(proof) > LONGEST_PROOF or any(len(hashed) != HASH_SIZE for hashed in proof):
        raise NotANote("no request: its proof is not made of hashes, or has too many")
    return CheckpointRequest(old_size=int(old[1]), proof=proof, note=parse_note(note))


def judge_request(body: bytes, keys: Mapping[str, Sequence[NoteKey]], seen: Mapping[str, SeenCheckpoint]) -> Judgement:
    """Return what a witness makes of a request; 200 where it may cosign the checkpoint. Pure.

    `keys` are those that each log, by its origin, signs with; `seen` what was cosigned of each.
    """
    try:
        request = parse_request(body)
        checkpoint = parse_text(request.note.text)
    except NotANote as error:
        return Judgement(status=HTTPStatus.BAD_REQUEST, why=error.message)
    if checkpoint.origin not in keys:
        return Judgement(status=HTTPStatus.NOT_FOUND, why="this log is not known here")
    if not any(_signed(request.note, key) for key in keys[checkpoint.origin]):
        return Judgement(status=HTTPStatus.FORBIDDEN, why="the log's key has not signed this")
    return _continued(request, checkpoint, seen.get(checkpoint.origin, SeenCheckpoint()))


def _continued(request: CheckpointRequest, checkpoint: Checkpoint, seen: SeenCheckpoint) -> Judgement:
    def judged(status: HTTPStatus, why: str, now: SeenCheckpoint = seen) -> Judgement:
        return Judgement(status=status, why=why, origin=checkpoint.origin, seen=now)

    if request.old_size > checkpoint.size:
        return judged(HTTPStatus.BAD_REQUEST, "the old size is above the checkpoint's")
    if request.old_size != seen.size:
        return judged(HTTPStatus.CONFLICT, f"{seen.size} was cosigned last")
    if checkpoint.size == seen.size and checkpoint.root != seen.root:
        return judged(HTTPStatus.CONFLICT, "another root of this size was cosigned")
    if not continues(
        old_root=seen.root, old_size=seen.size, root=checkpoint.root, size=checkpoint.size, proof=request.proof
    ):
        return judged(HTTPStatus.UNPROCESSABLE_ENTITY, "the proof does not hold")
    now = SeenCheckpoint(size=checkpoint.size, root=checkpoint.root)
    return judged(HTTPStatus.OK, "it continues what was cosigned", now)


def _signed(note: SignedNote, key: NoteKey) -> bool:
    try:
        hold_to_key(note, key)
    except NotANote:
        return False
    return True
