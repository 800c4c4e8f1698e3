"""The newest signed head, stored beside the database, so that a writer of the database alone cannot roll it back.

Reads:  `newest-head.txt` in the state directory: one line about the head, and its signature by the agent's key.
Needs:  to write it, the directory's owner and the key; to read it, the directory's group.
Blind:  to rows that no head covers yet, and to a writer who has the key: only heads that left the machine show that.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from agent.core.errors import LedgerDamaged, LedgerError
from agent.ledger.heads import Head
from agent.ledger.keys import Signer, verifier, write_file
from agent.ledger.tables import CHAIN, HEAD

FILE_NAME = "newest-head.txt"
HINT = "keep the file as it is, and see «What to keep safe» in docs/operating.md"
_LINE = re.compile(
    r"(beffroi\.anchor/1 (\d{1,12}) (\d{4}-\d\d-\d\d) rows (\d{1,15})-(\d{1,15}) ([0-9a-f]{64})\n)(\S{1,200})\n"
)
# One line and one signature.
_LARGEST = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The newest signed head as it stands outside the database."""

    number: int
    day: str
    first: int
    last: int
    head: str

    @property
    def statement(self) -> str:
        """Return the line that is signed, line feed included."""
        return f"beffroi.anchor/1 {self.number} {self.day} rows {self.first}-{self.last} {self.head}\n"


def anchor_of(head: Head) -> Anchor:
    """Return the anchor of a head."""
    return Anchor(number=head.number, day=head.day, first=head.first, last=head.last, head=head.head)


def write(directory: Path, anchor: Anchor, signer: Signer) -> None:
    """Replace the anchor, whole or not at all. Raises OSError."""
    write_file(directory / FILE_NAME, f"{anchor.statement}{signer.sign(anchor.statement)}\n".encode(), 0o640)


def read(directory: Path) -> Anchor | None:
    """Return the anchor of a state directory, None where there is none.

    Raises LedgerDamaged where it is not as the agent's key signed it, LedgerError where it cannot be read.
    """
    path = directory / FILE_NAME
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LedgerError(f"cannot read {path}: {error.strerror}") from error
    found = parse_all(content, str(path))
    if len(found) != 1 or not verifier(directory).any_holds(found[0][0].statement, found[0][1]):
        raise LedgerDamaged(f"{path} is not as the agent's key signed it", HINT)
    return found[0][0]


def parse_all(content: bytes, name: str) -> tuple[tuple[Anchor, str], ...]:
    """Return the heads in some bytes, each with its signature, unverified. Raises LedgerDamaged for anything else."""
    text, place, found = content.decode("ascii", errors="replace"), 0, []
    while place < len(text):
        one = _LINE.match(text, place)
        if one is None:
            raise LedgerDamaged(f"{name} is not as the agent's key signed it", HINT)
        head = Anchor(number=int(one[2]), day=one[3], first=int(one[4]), last=int(one[5]), head=one[6])
        found.append((head, one[7]))
        place = one.end()
    return tuple(found)


def contradiction(connection: Connection, anchors: Iterable[Anchor]) -> str | None:
    """Return how a ledger contradicts the first of some heads that it does; None: it continues each.

    They are read before the transaction begins: a head that is signed meanwhile is then only newer.
    """
    return next((said for one in anchors if (said := _contradiction(connection, one)) is not None), None)


def _contradiction(connection: Connection, anchor: Anchor) -> str | None:
    """Return how a ledger contradicts a head that was signed: rolled back or rewritten."""
    rows = connection.execute(select(func.max(CHAIN.c.sequence))).scalar() or 0
    found = connection.execute(select(HEAD).where(HEAD.c.number == anchor.number)).first()
    if found is None or rows < anchor.last:
        newest = connection.execute(select(func.max(HEAD.c.number))).scalar()
        return (
            f"the ledger was rolled back: it ends at row {rows} and at {f'head {newest}' if newest else 'no head'},"
            f" and head {anchor.number} ({anchor.day}, up to row {anchor.last}) had been signed"
        )
    if (found.day, found.first, found.last, found.head) != (anchor.day, anchor.first, anchor.last, anchor.head):
        return f"the ledger was rewritten: its head {anchor.number} ({anchor.day}) is not the one that was signed"
    return None


def hold(connection: Connection, anchors: Iterable[Anchor]) -> None:
    """Raise LedgerDamaged where a ledger does not continue each of some heads."""
    said = contradiction(connection, anchors)
    if said is not None:
        raise LedgerDamaged(said, HINT)
