"""Type of the function by which a pure rule gets other looks."""

from collections.abc import Callable

from agent.core.model import Observation

# The newest successful look of a collector at a subject, however old; None: there was none.
LastLook = Callable[[str, str], Observation | None]


def no_look(collector: str, subject: str) -> None:
    """Return no look, where nothing but what is at hand is known."""
