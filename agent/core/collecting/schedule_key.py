"""A key of `[schedule]`: declared by the collectors that it is for, with its default and its sentence."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleKey:
    """Declare a key of `[schedule]`; it is found as `SCHEDULE` in a module or package directly below `collectors`.

    `default`: how often, or a time of day (`HH:MM`). `description`: one sentence on what is done then. `long`: its
    looks read or restore for long, so that `check` never takes them itself. `each_by_itself`: a look that failed is due
    again a day later, whatever the others do. `collect_word`: the key is a word of `collect` of `[[host]]` too.
    `own_key`: a host is looked at only where its table has this key, such as `coverage = true`.
    """

    name: str
    default: timedelta | str
    description: str
    long: bool = False
    each_by_itself: bool = False
    collect_word: bool = False
    own_key: bool = False


# What every backup program has: a list of points, and a verification.
BACKUPS = ScheduleKey(name="backups", default=timedelta(minutes=15), description="List every copy's recovery points.")
VERIFY = ScheduleKey(
    name="verify", default="03:30", description="Verify the copies, within `verify_budget`.", long=True
)
SHARED = (BACKUPS, VERIFY)
