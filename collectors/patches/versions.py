"""Debian version numbers in their order (Debian Policy 5.6.12, deb-version(7)), as dpkg compares them."""

import re
from functools import total_ordering

_DIGITS = re.compile(r"(\D*)(\d*)", re.ASCII)
_EPOCH = re.compile(r"\d{1,9}", re.ASCII)
# Longer than any real one; what is longer is compared by its beginning, in bounded time.
LONGEST = 500


@total_ordering
class Version:
    """Compare as dpkg does: epoch, then upstream part, then revision, each by turns of text and number."""

    __slots__ = ("_key", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        head, colon, rest = text[:LONGEST].partition(":")
        epoch = int(head) if colon and _EPOCH.fullmatch(head) else 0
        upstream, _hyphen, revision = rest.rpartition("-") if colon else head.rpartition("-")
        if not _hyphen:
            upstream, revision = revision, ""
        self._key = (epoch, _part(upstream), _part(revision))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._key == other._key

    def __lt__(self, other: "Version") -> bool:
        return self._key < other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"Version({self.text!r})"


def _part(text: str) -> tuple[tuple[tuple[int, ...], int], ...]:
    """Return a part as turns of (text, number); the text ends in what stands for «nothing more»."""
    turns = [
        ((*(_order(letter) for letter in letters), 0), int(digits or "0")) for letters, digits in _DIGITS.findall(text)
    ]
    # «1» and «1.0» differ, but «1» and «1» with an empty turn after it do not: the empty one is what ends every part.
    while turns and turns[-1] == ((0,), 0):
        turns.pop()
    return (*turns, ((0,), 0))


def _order(letter: str) -> int:
    # A tilde sorts before the end itself, letters before everything else.
    if letter == "~":
        return -1
    return ord(letter) if letter.isalpha() and letter.isascii() else ord(letter) + 256
