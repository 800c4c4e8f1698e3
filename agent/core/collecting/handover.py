"""What looks of one session hand over to each other, such as an answer that costs much and that two of them need."""

from collections.abc import Callable
from typing import Any, TypeVar

Kept = TypeVar("Kept")


class Handover:
    """Keep what looks share, each under a name that their collectors agree on; usable from several threads."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], Any] = {}

    def place(self, name: tuple[str, ...], make: Callable[[], Kept]) -> Kept:
        """Return what is kept under a name; made by whichever look asks first."""
        kept: Kept = self._kept.setdefault(name, make())
        return kept
