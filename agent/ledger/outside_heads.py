"""Signed heads in a file of root's, which no writer of the database, of the state directory, or of the key can change.

Reads:  `signed-heads.txt` in the folder beside the state directory: /var/lib/beffroi-heads for /var/lib/beffroi.
Needs:  nothing: root's file is readable by all, and holds digests alone.
Blind:  to a ledger made anew before its head was kept there, and to root.

The service manager runs `keep` as root each time that `newest-head.txt` has changed (systemd/beffroi-heads.path): a
head that goes on from those that are there is added, and none is ever taken away. With the first comes the key; another
one counts by its statement alone, which the key before signed (agent.proving.key_change).
"""

import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from agent.core.errors import LedgerDamaged, LedgerError, LookError, Missing
from agent.core.files import read_file
from agent.ledger import anchor
from agent.ledger.anchor import Anchor
from agent.ledger.keys import (
    CHANGES_NAME,
    PUBLIC_NAME,
    Verifier,
    changes_of,
    verifier_of,
    write_changes,
    write_file,
)
from agent.proving.key_change import KeyChange, pem_of

FILE_NAME = "signed-heads.txt"
FOLDER_ENDING = "-heads"
# Heads of a hundred years: who has the key may sign as many as they like.
LARGEST = 8 * 1024 * 1024


def folder_of(directory: Path) -> Path:
    """Return where root keeps the signed heads of a state directory."""
    return directory.with_name(f"{directory.name}{FOLDER_ENDING}")


def read(directory: Path) -> tuple[Anchor, ...]:
    """Return the heads that root has kept of a state directory, the oldest first; none where nothing keeps them.

    Raises LedgerDamaged where the file is not as it was written, LedgerError where it cannot be read.
    """
    path = folder_of(directory) / FILE_NAME
    content = _content(path)
    return () if content is None else tuple(one for one, _ in anchor.parse_all(content, str(path)))


def keep(directory: Path, folder: Path) -> str:
    """Add the newest signed head of a state directory to those in a folder of the caller's; return what was done.

    Raises LedgerDamaged where it does not go on from them, or the key is another; LedgerError.
    """
    newest = _content(directory / anchor.FILE_NAME)
    if newest is None:
        return "there is no signed head yet"
    key, changes = _key(directory, folder), _kept_changes(folder)
    found = anchor.parse_all(newest, str(directory / anchor.FILE_NAME))
    changed = _gone_on(directory, key, changes)
    known = next((one for one in (changed, changes) if len(found) == 1 and _held(key, one, found[0])), None)
    if known is None:
        raise LedgerDamaged(f"{directory / anchor.FILE_NAME} is not as the agent's key signed it", anchor.HINT)
    if known != changes:
        write_changes(folder, known, 0o644)
    head, path = found[0][0], folder / FILE_NAME
    before = _content(path) or b""
    kept = [one for one, _ in anchor.parse_all(before, str(path))]
    if kept and kept[-1] == head:
        return f"head {head.number} of {head.day} is there already"
    if kept and not _goes_on(kept[-1], head):
        raise LedgerDamaged(
            f"{directory / anchor.FILE_NAME} went back: head {head.number} of {head.day}, up to row {head.last}, after"
            f" head {kept[-1].number} of {kept[-1].day}, up to row {kept[-1].last}",
            anchor.HINT,
        )
    if len(before) + len(newest) > LARGEST:
        raise LedgerDamaged(f"{path} is full: more heads were signed than days can have had", anchor.HINT)
    write_file(path, before + newest, 0o644)
    return f"head {head.number} of {head.day} added"


def _goes_on(before: Anchor, head: Anchor) -> bool:
    # Not by its day: a clock that once ran ahead lets a later head have an earlier one.
    return head.number > before.number and head.first > before.last


def _key(directory: Path, folder: Path) -> Verifier:
    """Return the key that was there with the first head, which is kept; another one is never taken instead."""
    path = folder / PUBLIC_NAME
    kept = _content(path)
    if kept is not None:
        return verifier_of(kept, str(path))
    content = _content(directory / PUBLIC_NAME)
    if content is None:
        raise LedgerError(f"the public key {directory / PUBLIC_NAME} is missing")
    found = verifier_of(content, str(directory / PUBLIC_NAME))
    write_file(path, content, 0o644)
    return found


def _kept_changes(folder: Path) -> tuple[KeyChange, ...]:
    """Return the changes from the key that was kept first on."""
    content = _content(folder / CHANGES_NAME)
    return () if content is None else changes_of(content)


def _gone_on(directory: Path, key: Verifier, kept: tuple[KeyChange, ...]) -> tuple[KeyChange, ...]:
    """Return the changes in a state directory that go on from those that were kept; else these."""
    content = _content(directory / CHANGES_NAME)
    found = () if content is None else changes_of(content)
    first = next((place for place, one in enumerate(found) if one.old == key.note_key.public), len(found))
    found = found[first:]
    goes_on = found[: len(kept)] == kept and all(one.new == then.old for one, then in pairwise(found))
    return found if goes_on else kept


def _held(key: Verifier, changes: tuple[KeyChange, ...], signed: tuple[Anchor, str]) -> bool:
    """Return whether a head is signed with the key that some changes lead to."""
    last = key if not changes else verifier_of(pem_of(changes[-1].new))
    return last.holds(signed[0].statement, signed[1])


def _content(path: Path) -> bytes | None:
    """Return a file's bytes, no link followed; None where there is none. Raises LedgerError."""
    try:
        return read_file(path, limit=LARGEST, follow=False)
    except Missing:
        return None
    except LookError as error:
        raise LedgerError(error.message) from error


def main(arguments: Sequence[str]) -> int:
    """Keep the newest head of the state directory named first in the folder named second; return the exit code."""
    directory, folder = map(Path, arguments)
    try:
        sys.stderr.write(f"{keep(directory, folder)}\n")
    except (LedgerError, OSError) as error:
        sys.stderr.write(f"the newest signed head was not kept: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
