"""Durations as people write them in the configuration and in the registers: `90s 15m 24h 31d`."""

import re
from datetime import timedelta
from typing import Final

DURATION_FORM: Final = 'a duration such as "90s", "15m", "24h" or "31d"'

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST: Final = timedelta(days=36500)


def read_duration(text: str) -> timedelta:
    """Return the duration written as a whole number and one of `s m h d`, up to a hundred years. Raises ValueError."""
    matched = re.fullmatch(r"([0-9]{1,12})([smhd])", text)
    if matched is None:
        raise ValueError(f"is not {DURATION_FORM}")
    seconds = int(matched[1]) * SECONDS[matched[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError("is longer than a hundred years")
    return timedelta(seconds=seconds)
