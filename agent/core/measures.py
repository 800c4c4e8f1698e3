"""Numbers with their unit, which decides how a sentence writes them.

Both are floats, since a clock's offset is finer than a `timedelta` and a median of sizes no whole number.
"""


class Seconds(float):
    """A length of time, in seconds."""

    __slots__ = ()


class ByteCount(float):
    """An amount of data, in bytes."""

    __slots__ = ()
