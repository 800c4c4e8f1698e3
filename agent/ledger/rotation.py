"""Change the agent's key: the ledger keeps the statement that both keys sign, and goes on with the new one.

Reads:  the key, and what a change that was cut short left: `signing-key.next.pem`.
Needs:  the directory's owner.
Blind:  who else has the key before: it can sign such a statement too, after a theft.

A row of kind `rotation` has no derived table: there are few. The files change within the row's own transaction; a
change that was cut off is finished by the next one.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from agent.core.errors import LedgerDamaged, LedgerError, UsageError
from agent.ledger import encode
from agent.ledger.append import Writer
from agent.ledger.appended_row import AppendedRow
from agent.ledger.disk_errors import room
from agent.ledger.fields import Fields, text
from agent.ledger.keys import (
    PRIVATE_NAME,
    PUBLIC_NAME,
    has_key,
    make_key,
    read_changes,
    signer,
    signer_in,
    write_changes,
    write_file,
)
from agent.ledger.rows import of_kind
from agent.ledger.signed_log import newest_checkpoint
from agent.proving.checkpoint import parse_checkpoint
from agent.proving.key_change import KeyChange, change_in, pem_of, statement_of

KIND = "rotation"
NEXT_PRIVATE, NEXT_PUBLIC = "signing-key.next.pem", "signing-key.next.pub.pem"
HINT = "beffroi ledger rotate-key goes on with it"


def change_of(row: AppendedRow) -> KeyChange:
    """Return the change that a row keeps, held to its signatures. Raises LedgerDamaged."""
    return _change(row.fields())


def changes(connection: Connection) -> tuple[KeyChange, ...]:
    """Return the changes of the key that a ledger keeps, the first one first."""
    return tuple(change_of(row) for row in of_kind(connection, KIND))


def require_done(connection: Connection, known: Sequence[KeyChange]) -> None:
    """Raise LedgerDamaged unless a key is the one that the ledger's rows lead to; `known` are those that led to it."""
    kept = changes(connection)
    if kept != tuple(known):
        raise LedgerDamaged(f"the ledger keeps {len(kept)} changes of the key, and its file {len(known)}", HINT)


def rotate(writer: Writer, directory: Path, now: datetime) -> KeyChange:
    """Append the change to a new key, and make it the agent's. Raises UsageError before the first signed day."""
    kept, beside = changes(writer.connection), read_changes(directory)
    if not has_key(directory):
        raise LedgerError(f"{directory} has no key yet", "the first change of the ledger makes it")
    if len(beside) > len(kept) and signer_in(directory / PRIVATE_NAME).note_key.public == beside[-1].new:
        change = beside[-1]  # cut off once the key was changed, and before the row was kept
    else:
        change = _made(writer.connection, directory, now)
    writer.append(KIND, dict(change.content()))
    writer.flush()
    with room(directory / PRIVATE_NAME):
        write_changes(directory, (*kept, change))
        _replace(directory, change)
    return change


def _made(connection: Connection, directory: Path, now: datetime) -> KeyChange:
    newest = newest_checkpoint(connection)
    if newest is None:
        raise UsageError("no day is signed yet: there is nothing that a new key would go on from", "try again tomorrow")
    old = signer(directory)
    if not (directory / NEXT_PRIVATE).exists():
        make_key(directory, NEXT_PRIVATE, NEXT_PUBLIC)
    new = signer_in(directory / NEXT_PRIVATE)
    checkpoint, _ = parse_checkpoint(newest.note.encode(), old.verifier.note_key_at(newest.size))
    statement = statement_of(
        day=encode.instant(now)[:10],
        origin=old.note_key.name,
        old=old.note_key.public,
        new=new.note_key.public,
        size=checkpoint.size,
        root=checkpoint.root,
    )
    return KeyChange(
        statement=statement,
        old=old.note_key.public,
        new=new.note_key.public,
        old_signature=old.sign_bytes(statement.encode()),
        new_signature=new.sign_bytes(statement.encode()),
    )


def _replace(directory: Path, change: KeyChange) -> None:
    """Make the new key the agent's; the private half first, so that a change which is cut off here signs nothing."""
    if (directory / NEXT_PRIVATE).exists():
        (directory / NEXT_PRIVATE).rename(directory / PRIVATE_NAME)
    write_file(directory / PUBLIC_NAME, pem_of(change.new), 0o640)
    (directory / NEXT_PUBLIC).unlink(missing_ok=True)


def _change(fields: Fields) -> KeyChange:
    names = ("statement", "old", "new", "old_signature", "new_signature")
    content = {name: fields.take(name, text) for name in names}
    fields.end()
    return change_in(content)
