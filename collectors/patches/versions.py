"""Debian version numbers in their order (Debian Policy 5.6.12, deb-version(7)), as dpkg compares them."""

import re
from functools import total_ordering
from itertools import zip_longest

_DIGITS = re.compile(r"(\D*)(\d*)", re.ASCII)
_EPOCH = re.compile(r"\d{1,9}", re.ASCII)
# Longer than any real one; what is longer is compared by its beginning, in bounded time.
LONGEST = 500

# What stands between two numbers, each letter by its order and closed by 0, which is the end's; then the number.
Turn = tuple[tuple[int, ...], int]
NOTHING_MORE: Turn = ((0,), 0)


@total_ordering
class Version:
    """Compare as dpkg does: epoch, then upstream part, then revision, each by turns of text and number."""

    __slots__ = ("_key", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        head, colon, rest = text[:LONGEST].partition(":")
        epoch = int(head) if colon and _EPOCH.fullmatch(head) else 0
        upstream, hyphen, revision = rest.rpartition("-") if colon else head.rpartition("-")
        if not hyphen:
            upstream, revision = revision, ""
        self._key = (epoch, _part(upstream), _part(revision))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._key == other._key

    def __lt__(self, other: "Version") -> bool:
        (epoch, *parts), (other_epoch, *other_parts) = self._key, other._key
        if epoch != other_epoch:
            return epoch < other_epoch
        for part, other_part in zip(parts, other_parts, strict=True):
            for turn, other_turn in zip_longest(part, other_part, fillvalue=NOTHING_MORE):
                if turn != other_turn:
                    return turn < other_turn
        return False

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"Version({self.text!r})"


def _part(text: str) -> tuple[Turn, ...]:
    """Return a part as turns of (text, number), without the empty ones at its end, which say nothing."""
    turns: list[Turn] = [
        ((*(_order(letter) for letter in letters), 0), int(digits or "0")) for letters, digits in _DIGITS.findall(text)
    ]
    while turns and turns[-1] == NOTHING_MORE:
        turns.pop()
    return tuple(turns)


def _order(letter: str) -> int:
    # A tilde sorts before the end itself, letters before everything else.
    if letter == "~":
        return -1
    return ord(letter) if letter.isalpha() and letter.isascii() else ord(letter) + 256
