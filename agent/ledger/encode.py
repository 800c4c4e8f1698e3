"""The value types as JSON, for the ledger: what agent.ledger.decode reads back.

Canonical: keys sorted, no spaces, everything beyond ASCII escaped, so that a text has one form and any string that was
read from outside, lone surrogates included, can be kept. Instants are in UTC with microseconds; durations are whole
microseconds; what JSON has no word for is an object with one key that names it.
"""

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from agent.accounting.days import DayRow
from agent.accounting.timeline import Start, Stretch
from agent.core.errors import LedgerError
from agent.core.model import (
    Evidence,
    Fact,
    FactValue,
    Failure,
    Finding,
    Gap,
    Key,
    Observation,
    Reading,
    Target,
    Verdict,
)
from agent.core.points import Point

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


def fact_value(value: FactValue) -> object:
    """Return a fact's value."""
    match value:
        case bool() | int() | str():
            return value
        case float():
            return number(value)
        case Point():
            return {"point": point(value)}
        case datetime():
            return {"instant": instant(value)}
        case timedelta():
            return {"microseconds": duration(value)}
        case frozenset():
            return {"set": sorted(value)}


def point(value: Point) -> dict[str, object]:
    """Return a recovery point."""
    return {
        "id": value.id,
        "time": instant(value.time),
        "host": value.host,
        "paths": value.paths,
        "tags": value.tags,
        "tree": value.tree,
        "original": value.original,
        "files": value.files,
        "bytes": value.bytes,
        "added_bytes": value.added_bytes,
        "packed_bytes": value.packed_bytes,
        "files_new": value.files_new,
        "files_changed": value.files_changed,
    }


def fact(value: Fact) -> dict[str, object]:
    """Return a fact."""
    return {
        "as_of": instant(value.as_of),
        "name": value.name,
        "subject": value.subject,
        "value": fact_value(value.value),
    }


def gap(value: Gap) -> dict[str, object]:
    """Return a gap."""
    return {"subject": value.subject, "reason": value.reason.value, "detail": value.detail}


def evidence(value: Evidence) -> dict[str, object]:
    """Return what stands behind a reading."""
    return {
        "command": value.command,
        "status": value.status,
        "duration": duration(value.duration),
        "output_sha256": value.output_sha256,
        "tool_version": value.tool_version,
    }


def look(value: Reading) -> dict[str, object]:
    """Return a reading without its facts."""
    common: dict[str, object] = {
        "collector": value.collector,
        "host": value.host,
        "subject": value.subject,
        "begun": instant(value.begun),
        "ended": instant(value.ended),
        "evidence": [evidence(one) for one in value.evidence],
    }
    match value:
        case Observation():
            return {**common, "outcome": "observation", "gaps": [gap(one) for one in value.gaps]}
        case Failure():
            return {**common, "outcome": "failure", "reason": value.reason.value, "detail": value.detail}


def key(value: Key) -> list[str]:
    """Return what is judged."""
    return [value.target, value.subject, value.beneficiary]


def finding(value: Finding) -> dict[str, object]:
    """Return one condition's outcome."""
    return {
        "state": value.state.value,
        "reason": value.reason.value,
        "value": _number_or_none(value.value),
        "limit": _number_or_none(value.limit),
        "unit": value.unit,
        "observed_at": instant_or_none(value.observed_at),
        "stands_until": instant_or_none(value.stands_until),
        "about": _about(value.about),
        "evidence": value.evidence,
    }


def verdict(value: Verdict) -> dict[str, object]:
    """Return a verdict."""
    return {
        "key": key(value.key),
        "at": instant(value.at),
        "state": value.state.value,
        "measured": value.measured.value,
        "day_state": value.day_state.value,
        "reason": value.reason.value,
        "unit": value.unit,
        "value": _number_or_none(value.value),
        "limit": _number_or_none(value.limit),
        "observed_at": instant_or_none(value.observed_at),
        "stands_until": instant_or_none(value.stands_until),
        "about": _about(value.about),
        "rest": [finding(one) for one in value.rest],
        "acceptance": value.acceptance,
        "evidence": value.evidence,
    }


def start(value: Start) -> list[str]:
    """Return where a state begins."""
    return [instant(value.at), value.state.value, value.reason.value]


def stretch(value: Stretch) -> dict[str, object]:
    """Return what one evaluation adds to a line."""
    return {
        "covers_from": instant(value.covers_from),
        "starts": [start(one) for one in value.starts],
        "stands_until": instant_or_none(value.stands_until),
    }


def day_row(value: DayRow) -> dict[str, object]:
    """Return what a civil day came to."""
    return {
        "key": key(value.key),
        "day": value.day.isoformat(),
        "state": value.state.value,
        "measured": value.measured.value,
        "reason": value.reason.value,
        "late": value.late,
        "judged_at": instant(value.judged_at),
    }


def target(value: Target) -> dict[str, object]:
    """Return a target in force."""
    return {
        "id": value.id,
        "unit": value.unit,
        "limit": _number_or_none(value.limit),
        "evidence_age": duration(value.evidence_age),
        "attainment": [value.attainment.numerator, value.attainment.denominator],
        "severity": value.severity,
        "alert_after": None if value.alert_after is None else duration(value.alert_after),
        "run_allowance": duration(value.run_allowance),
    }


def _number_or_none(value: float | None) -> object:
    return None if value is None else number(value)


def _about(about: Mapping[str, str | float | int]) -> dict[str, object]:
    return {name: value if isinstance(value, str) else number(value) for name, value in about.items()}
