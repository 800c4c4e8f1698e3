"""What rules ask of looks other than the one that they judge: how to get them, and when they were taken. Pure."""

from collections.abc import Callable
from datetime import datetime

from agent.core.model import Observation

# A look whose clock stood before the ledger's newest row; `as_of`: that row's instant, before which it was not taken.
NOT_BEFORE = "look.not_before"

# The newest successful look of a collector at a subject, however old; None: there was none.
LastLook = Callable[[str, str], Observation | None]


def no_look(collector: str, subject: str) -> None:
    """Return no look, where nothing but what is at hand is known."""


def taken_at_earliest(look: Observation) -> datetime:
    """Return when a look ended; of one whose clock had been set back, the instant before which it was not taken."""
    return max((look.ended, *(fact.as_of for fact in look.named(NOT_BEFORE))))
