"""Where a look is kept, and the id under which a verdict names it as evidence: `r-4123`, or `r-4123.7` in a batch."""

from typing import NamedTuple

_LONGEST = 18


class LookPlace(NamedTuple):
    """The row of a look, and its place in a batch from 1 on; 0: a row of its own."""

    sequence: int
    position: int = 0


def evidence_id(place: LookPlace) -> str:
    """Return the id under which a verdict names a look."""
    return f"r-{place.sequence}.{place.position}" if place.position else f"r-{place.sequence}"


def place_of(evidence: str) -> LookPlace | None:
    """Return where the look is that an evidence id names, or None where it names none."""
    prefix, _, rest = evidence.partition("-")
    numbers = rest.split(".")
    if prefix != "r" or len(numbers) > 2 or not all(_is_number(one) for one in numbers):
        return None
    place = LookPlace(*(int(one) for one in numbers))
    return None if len(numbers) == 2 and not place.position else place


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST
