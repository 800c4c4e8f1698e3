"""What lies ahead of the clock: evidence dated so was dated by a clock that ran ahead, and shows nothing. Pure.

Its age would be negative, hence below any limit, for as long as the clock had run ahead.
"""

from datetime import datetime, timedelta

# What a date may lie ahead of this machine's clock (contract, «Backups in particular»: as for a point).
TOLERANCE = timedelta(minutes=5)


def lies_ahead(instant: datetime, now: datetime) -> bool:
    """Return whether an instant lies further ahead of now than two clocks may differ."""
    return instant - now > TOLERANCE
