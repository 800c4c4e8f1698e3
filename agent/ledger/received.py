"""Heads and checkpoints that left this machine earlier, for instance by mail; the ledger must still continue each."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Connection, select

from agent.core.errors import LookError, UsageError
from agent.core.files import read_file
from agent.ledger.heads import statement
from agent.ledger.keys import Verifier
from agent.ledger.tables import HEAD
from agent.proving.checkpoint import Checkpoint, parse_text
from agent.proving.signed_note import LARGEST_NOTE, NotANote, SignedNote, hold_to_key, parse_note

_STATEMENT = re.compile(r"beffroi\.head/1 \d{4}-\d\d-\d\d rows \d{1,15}-\d{1,15} [0-9a-f]{64}")
# A mail with a year of heads is below 100 KiB.
_LARGEST = 16 * 1024 * 1024


def read(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return the statements in some files, wherever they stand in them. Raises UsageError for a file without any."""
    return tuple(one for path in paths for one in _of(path))


def _of(path: Path) -> list[str]:
    try:
        content = read_file(path, limit=_LARGEST)
    except LookError as error:
        raise UsageError(error.message, "name a file that you may read") from error
    found = _STATEMENT.findall(content.decode(errors="replace"))
    if not found:
        raise UsageError(f"{path} holds no signed head", "a head is a line that begins with beffroi.head/1")
    return found


def read_checkpoints(paths: Iterable[Path]) -> tuple[SignedNote, ...]:
    """Return the checkpoints in some files, unverified. Raises UsageError for a file that is none."""
    return tuple(map(_checkpoint_in, paths))


def _checkpoint_in(path: Path) -> SignedNote:
    try:
        note = parse_note(read_file(path, limit=LARGEST_NOTE))
        parse_text(note.text)
    except LookError as error:
        raise UsageError(error.message, "name a file that you may read") from error
    except NotANote as error:
        hint = "a checkpoint is what beffroi evidence checkpoint prints, saved as it is"
        raise UsageError(f"{path}: {error.message}", hint) from error
    return note


def verified(note: SignedNote, verifier: Verifier) -> Checkpoint:
    """Return a received checkpoint. Raises NotANote where it is not of the key that signed those of its size."""
    found = parse_text(note.text)
    key = verifier.note_key_at(found.size)
    if found.origin != key.name:
        raise NotANote(f"a received checkpoint is of the log {found.origin!r:.80}, and this ledger's is {key.name}")
    hold_to_key(note, key)
    return found


def missing(connection: Connection, statements: Iterable[str]) -> Iterator[str]:
    """Yield what is to be said of each statement that the ledger does not have: rolled back or rewritten."""
    known = {
        statement(day=row.day, first=row.first, last=row.last, head=row.head).rstrip("\n")
        for row in connection.execute(select(HEAD))
    }
    for one in statements:
        if one not in known:
            _, day, _, rows, head = one.split()
            yield f"the head {head[:12]}… of {day}, rows {rows}, which was received, is not in this ledger"
