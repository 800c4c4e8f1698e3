"""What verdicts of older rows name: numbers with no unit, instants and days as texts.

These are the names that those versions used; a newer version writes the type beside the value.
"""

from collections.abc import Mapping
from datetime import date, datetime

from agent.core.measures import ByteCount, Seconds
from agent.core.model import Detail, DetailValue

_SECONDS = frozenset(
    {
        "ahead",
        "apart_seconds",
        "at_most_age",
        "erased_age",
        "evidence_age",
        "evidence_limit",
        "likely_seconds",
        "lists_age",
        "marker_seconds",
        "message_age",
        "most_seconds",
        "stamps_seconds",
        "trial_age",
        "trial_limit",
        "unchanged_age",
        "usual_seconds",
        "verified_age",
        "verified_limit",
        "whole_age",
        "whole_limit",
        "within_seconds",
    }
)
_BYTES = frozenset({"added_bytes", "bytes", "known_bytes", "upper_bytes", "usual_bytes"})
_MEASURES: Mapping[str, type[Seconds | ByteCount]] = {
    **dict.fromkeys(_SECONDS, Seconds),
    **dict.fromkeys(_BYTES, ByteCount),
}

_DATED = frozenset(
    {
        "amended",
        "amended_late",
        "canary",
        "change_on",
        "closed",
        "day",
        "due",
        "evaluation_due",
        "failed",
        "first_opened",
        "from",
        "full_on",
        "held_until",
        "invoice",
        "joined",
        "lost_at",
        "marker_lost",
        "measured",
        "never",
        "newest",
        "newest_key",
        "newest_missing",
        "no_campaign",
        "notice",
        "oldest",
        "oldest_key",
        "opened",
        "performed",
        "reached_on",
        "rotated_at",
        "short",
        "since",
        "tried_at",
        "until",
    }
)


def typed(about: Detail) -> Detail:
    """Return what a finding names, each value with its type."""
    return {name: _typed(name, value) for name, value in about.items()}


def _typed(name: str, value: DetailValue) -> DetailValue:
    if isinstance(value, str):
        return _dated(value) if name in _DATED else value
    measure = _MEASURES.get(name)
    return value if measure is None or isinstance(value, Seconds | ByteCount | date) else measure(value)


def _dated(text: str) -> DetailValue:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-30") else datetime.fromisoformat(text)
    except ValueError:
        return text
