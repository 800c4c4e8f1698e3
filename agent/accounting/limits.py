"""How old the newest recovery point might be at each moment: each change of the objective since then, none backwards.

An adaptation and a `run_allowance` that come into force between two looks change no moment before their own: a moment
is judged by the objective of its day (convention, «From verdicts to a quarter»).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Agreements
from agent.accounting.recovery import AgeFrom, LimitFrom
from agent.core.model import Key, Target
from agent.core.period import PARIS, day_of, day_start, each_day

# A target as a load of the configuration set it, and when it was loaded; in the order of the ledger.
Setting = tuple[datetime, Target]


def limits_since(
    key: Key,
    settings: Sequence[Setting],
    agreements: Agreements,
    since: datetime,
    now: datetime,
    zone: ZoneInfo = PARIS,
) -> tuple[LimitFrom, ...]:
    """Return the limits of a key in force from `since` to `now`, the run allowance included, one for each change.

    `settings` has at least one; before the first one, the first one is in force.
    """
    days = (day_start(day, zone) for day in each_day(day_of(since, zone), day_of(now, zone)))
    loaded = (at for at, _ in settings)
    moments = sorted({since, *(moment for moment in (*days, *loaded) if since < moment <= now)})
    limits: list[LimitFrom] = []
    for moment in moments:
        limit = _limit_at(moment, key, settings, agreements, zone)
        if not limits or limits[-1].limit != limit:
            limits.append(LimitFrom(at=moment, limit=limit))
    return tuple(limits)


def ages_since(settings: Sequence[Setting]) -> tuple[AgeFrom, ...]:
    """Return how old a target's evidence may be: the first load's, and one for each load that changes it."""
    ages: list[AgeFrom] = []
    for at, target in settings:
        if not ages or ages[-1].age != target.evidence_age:
            ages.append(AgeFrom(at=at, age=target.evidence_age))
    return tuple(ages)


def _limit_at(
    moment: datetime, key: Key, settings: Sequence[Setting], agreements: Agreements, zone: ZoneInfo
) -> timedelta:
    target = next((target for at, target in reversed(settings) if at <= moment), settings[0][1])
    return timedelta(seconds=agreements.limit(target.limit, key, day_of(moment, zone)) or 0) + target.run_allowance
