"""A day's head: the digest of the text of a day's rows, and the statement about it that is signed. Pure.

The text of a day is one line with the previous head (64 zeros for the first), then the lines of the day's rows, as
agent.ledger.chain writes them. The head is the SHA-256 of that text. What is signed is one line, line feed included:

    beffroi.head/1 DAY rows FIRST-LAST HEAD

DAY is a day in UTC. A day without rows has no head. A row belongs to the day of its instant, or to that of the row
before where the clock went back; such a clock can give a day a second head. Each head says which rows it covers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.ledger.chain import GENESIS, sha256

FIRST_PREVIOUS = GENESIS


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A day's head: the rows that it covers, the head before, the signature (base64), the key's fingerprint."""

    number: int
    day: str
    first: int
    last: int
    previous: str
    head: str
    signature: str
    fingerprint: str

    @property
    def statement(self) -> str:
        """Return the line that is signed."""
        return statement(day=self.day, first=self.first, last=self.last, head=self.head)


def text_of(previous: str, lines: Iterable[str]) -> str:
    """Return the text of a day, of which the head is the digest; each line ends with its line feed."""
    return f"{previous}\n{''.join(lines)}"


def head_of(previous: str, lines: Iterable[str]) -> str:
    """Return a day's head."""
    return sha256(text_of(previous, lines))


def statement(*, day: str, first: int, last: int, head: str) -> str:
    """Return the line that is signed, line feed included."""
    return f"beffroi.head/1 {day} rows {first}-{last} {head}\n"


def days_over(rows: Sequence[tuple[int, str]], today: str, signed: str = "") -> tuple[tuple[str, int, int], ...]:
    """Return (day, first, last) of each day that is over, for rows (sequence, day) that no head covers yet.

    The rows of today stay open, and so do those at the end that a clock in the future dated. A future date further up,
    with rows of a day that is over after it, was a fault of the clock: it counts as the last of those days at most.
    `signed` is the day of the newest head: no row belongs to a day before it, unless that one lies in the future.
    """
    closed = list(rows)
    while closed and closed[-1][1] >= today:
        closed.pop()
    groups: list[tuple[str, int, int]] = []
    before = max((day for _, day in closed if day < today), default="")
    reached = signed if signed < today else ""
    for sequence, day in closed:
        reached = max(reached, min(day, before))
        if groups and groups[-1][0] == reached:
            groups[-1] = (reached, groups[-1][1], sequence)
        else:
            groups.append((reached, sequence, sequence))
    return tuple(groups)
