"""What verdicts of older rows name: numbers whose unit was told by their name alone.

These are the names that those versions used; a newer version writes the unit beside the number.
"""

from collections.abc import Mapping

from agent.core.measures import ByteCount, Seconds
from agent.core.model import Detail

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


def with_units(about: Detail) -> Detail:
    """Return names and numbers, each number with its unit."""
    return {name: _measured(name, value) for name, value in about.items()}


def _measured(name: str, value: str | float) -> str | float:
    measure = _MEASURES.get(name)
    return value if measure is None or isinstance(value, str | Seconds | ByteCount) else measure(value)
