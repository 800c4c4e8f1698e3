"""A look as it is kept, from the facts and gaps that a collector yielded."""

from collections.abc import Iterable
from datetime import datetime

from agent.core.model import Fact, Gap, Observation


def kept_look(collector: str, subject: str, things: Iterable[object], at: datetime, host: str = "") -> Observation:
    """Return the observation that would be kept; `host` is the subject itself where it is left out."""
    seen = tuple(things)
    return Observation(
        collector=collector,
        host=host or subject,
        subject=subject,
        begun=at,
        ended=at,
        facts=tuple(one for one in seen if isinstance(one, Fact)),
        gaps=tuple(one for one in seen if isinstance(one, Gap)),
    )
