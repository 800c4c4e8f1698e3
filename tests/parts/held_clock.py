"""A clock of this process that stands until a test moves it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class HeldClock:
    """The instant that the test holds it at."""

    instant: datetime

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant

    def monotonic(self) -> float:
        """Return the same in seconds."""
        return self.instant.timestamp()
