"""Numbers with their unit, which decides how a sentence writes them.

Both are floats, since a clock's offset is finer than a `timedelta` and a median of sizes no whole number.
"""

from typing import Self, SupportsFloat

from agent.core.followed_time import plain


class Seconds(float):
    """A length of time, in seconds; of one that moves, what it is now: a figure that is shown and settles nothing."""

    __slots__ = ()

    def __new__(cls, value: SupportsFloat) -> Self:
        """Return a number of seconds."""
        return super().__new__(cls, plain(value))


class ByteCount(float):
    """An amount of data, in bytes."""

    __slots__ = ()


def two_figures(number: int) -> int:
    """Return a whole number to its first two figures, so that it seldom changes."""
    scale: int = 10 ** max(len(str(abs(number))) - 2, 0)
    return number // scale * scale
