"""The written forms of durations, sizes, ratios, times of day and days, each read to a value and written back.

All are pure; each reader raises ValueError with one lower-case line that says what is wrong, never repeating the text.
"""

import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from agent.core.durations import DURATION_FORM, SECONDS, read_duration

SIZE_FORM: Final = 'a size such as "512MiB", "20GiB" or "1TB"'
RATIO_FORM: Final = 'a ratio such as "100 %" or "99.5 %"'
TIME_FORM: Final = 'a time of day such as "03:30"'
DAY_FORM: Final = "a day such as 2026-01-31, without quotes"

_BYTES: Final[dict[str, int]] = {
    "B": 1,
    **{f"{prefix}B": 1000**power for power, prefix in enumerate("kMGTP", start=1)},
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGTP", start=1)},
}
# A civil day is one in Paris, whatever zone an instant was written in (convention, «From verdicts to a quarter»).
_PARIS: Final = "Europe/Paris"


def write_duration(duration: timedelta) -> str:
    """Return a duration of whole seconds in the largest unit that holds it exactly; up to 96 hours, never in days."""
    seconds = int(duration.total_seconds())
    units = "dhms" if duration > timedelta(hours=96) else "hms"
    unit = next(unit for unit in units if seconds % SECONDS[unit] == 0 and (seconds or unit == "s"))
    return f"{seconds // SECONDS[unit]}{unit}"


def read_size(text: str) -> int:
    """Return the bytes written as a whole number and one of `B kB MB GB TB PB` or `KiB MiB GiB TiB PiB`."""
    matched = re.fullmatch(r"([0-9]{1,15}) ?([kKMGTP]?i?B)", text)
    unit = "kB" if matched is not None and matched[2] == "KB" else matched[2] if matched is not None else ""
    if matched is None or unit not in _BYTES:
        raise ValueError(f"is not {SIZE_FORM}")
    return int(matched[1]) * _BYTES[unit]


def write_size(size: int) -> str:
    """Return bytes in the largest unit that holds them exactly."""
    units = sorted(_BYTES, key=_BYTES.__getitem__, reverse=True)
    unit = next(unit for unit in units if size % _BYTES[unit] == 0 and (size or unit == "B"))
    return f"{size // _BYTES[unit]}{unit}"


def read_ratio(text: str) -> Fraction:
    """Return the share, from 0 to 1, written as a percentage with at most six decimals."""
    matched = re.fullmatch(r"([0-9]{1,3}(?:[.,][0-9]{1,6})?) ?%", text)
    if matched is None:
        raise ValueError(f"is not {RATIO_FORM}")
    ratio = Fraction(matched[1].replace(",", ".")) / 100
    if ratio > 1:
        raise ValueError("is more than 100 %")
    return ratio


def write_ratio(ratio: Fraction) -> str:
    """Return a share as a percentage, cut (never rounded up) to six decimals."""
    millionths = ratio.numerator * 100 * 10**6 // ratio.denominator
    whole, decimals = divmod(millionths, 10**6)
    return f"{whole}.{decimals:06d}".rstrip("0").rstrip(".") + " %"


def read_time(text: str) -> str:
    """Return a time of day, unchanged once it is known to be `HH:MM`."""
    if re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", text) is None:
        raise ValueError(f"is not {TIME_FORM}")
    return text


def read_rhythm(text: str) -> timedelta | str:
    """Return how often (a duration above zero), or at what time of day (`HH:MM`)."""
    if ":" in text:
        return read_time(text)
    try:
        rhythm = read_duration(text)
    except ValueError as error:
        raise ValueError(f"is neither {DURATION_FORM} nor {TIME_FORM}") from error
    if not rhythm:
        raise ValueError("is zero")
    return rhythm


def write_rhythm(rhythm: timedelta | str) -> str:
    """Return a rhythm as `read_rhythm` reads it."""
    return rhythm if isinstance(rhythm, str) else write_duration(rhythm)


def read_day(value: object) -> date:
    """Return the civil day of a TOML date, or of an instant with a zone (its day in Paris)."""
    if isinstance(value, datetime):
        return _day_of(value)
    if isinstance(value, date):
        return value
    raise ValueError(f"is not {DAY_FORM}")


def _day_of(instant: datetime) -> date:
    if instant.tzinfo is None:
        raise ValueError("is a time without a zone")
    try:
        return instant.astimezone(UTC).astimezone(ZoneInfo(_PARIS)).date()
    except OverflowError as error:
        raise ValueError(f"is not {DAY_FORM}") from error


def read_limit(value: str | int, unit: str) -> float:
    """Return a limit in its unit's own terms: seconds, a ratio from 0 to 1, bytes, or a number."""
    match unit:
        case "seconds" if isinstance(value, str):
            return read_duration(value).total_seconds()
        case "bytes" if isinstance(value, str):
            return float(read_size(value))
        case "ratio" if isinstance(value, str):
            return float(read_ratio(value))
        case "working-days" | "count" if re.fullmatch(r"[0-9]{1,9}", str(value)):
            return float(value)
    forms = {"seconds": DURATION_FORM, "bytes": SIZE_FORM, "ratio": RATIO_FORM}
    raise ValueError(f"is not {forms.get(unit, 'a whole number')}")


def write_limit(limit: float, unit: str) -> str:
    """Return a limit in the form in which it is read."""
    match unit:
        case "seconds":
            return write_duration(timedelta(seconds=limit))
        case "bytes":
            return write_size(int(limit))
        case "ratio":
            return write_ratio(Fraction(limit).limit_denominator(10**8))
    return str(int(limit))
