"""JSON texts in the ledger's canonical form, and how they hold numbers, instants and durations.

Canonical: keys sorted, no spaces, everything beyond ASCII escaped, so that a text has one form and any string that was
read from outside, lone surrogates included, can be kept. Instants are in UTC with microseconds; durations are whole
microseconds; what JSON has no word for is an object with one key that names it.
"""

import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from agent.core.errors import LedgerError

_WITHOUT_ZONE = len("2026-11-24T04:12:07.000000")
_MICROSECOND = timedelta(microseconds=1)
# Nothing that is kept holds itself.
_encoder = json.JSONEncoder(
    ensure_ascii=True, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def _made_once() -> Callable[[object], str]:
    # JSONEncoder makes its C encoder anew for every text: three quarters of the time of a short one, and a refresh has
    # a thousand of those. What it makes is made here once, with the same settings; without it, it does so itself.
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return _encoder.encode
    quoted = json.encoder.encode_basestring_ascii  # what ensure_ascii takes
    encode = make(None, _encoder.default, quoted, None, ":", ",", True, False, False)
    return lambda value: "".join(encode(value, 0))


_text_of = _made_once()


def canonical(value: object) -> str:
    """Return the one JSON text of a value. Raises LedgerError where there is none."""
    try:
        return _text_of(value)
    except (TypeError, ValueError) as error:
        raise LedgerError(f"a value cannot be kept: {error}") from error


def instant(moment: datetime) -> str:
    """Return an aware instant as text in UTC, as fine as a microsecond. Raises LedgerError for a naive one."""
    if moment.tzinfo is None:
        raise LedgerError(f"an instant without a zone cannot be kept: {moment.isoformat()}")
    try:
        return _text_in_utc(moment if moment.tzinfo is UTC else moment.astimezone(UTC))
    except OverflowError:
        # The first and the last hours of the calendar may have no date in UTC; a file can claim any date.
        return moment.isoformat(timespec="microseconds")


@lru_cache(4096)  # the facts of one look are of one instant, and each look names the same points again
def _text_in_utc(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")[:_WITHOUT_ZONE] + "Z"


def instant_or_none(moment: datetime | None) -> str | None:
    """Return an instant as text, or None."""
    return None if moment is None else instant(moment)


def day_or_none(day: date | None) -> str | None:
    """Return a civil day as text, or None."""
    return None if day is None else day.isoformat()


def duration(length: timedelta) -> int:
    """Return a duration in whole microseconds."""
    return length // _MICROSECOND


def number(value: float) -> object:
    """Return a number as JSON has it; an infinite one, or none at all, as an object that names it."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    return value
