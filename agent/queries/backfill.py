"""Give the past of a whole fleet to a VictoriaMetrics, so that dashboards show what a line that was cut had hidden.

The ledgers tell what was seen, whenever it came; what was scraped while the line was cut tells that nothing was.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from agent.accounting.agreements import Acceptance, acceptance_in_force
from agent.accounting.expectation import Expectation, expectation
from agent.accounting.recovery import LATE_DAYS
from agent.config.settings import Configuration
from agent.core.clock import Clock
from agent.core.errors import UsageError
from agent.core.model import Key
from agent.core.period import Quarter, day_end, day_of, day_start, each_day
from agent.fleet.agent_states import NOT_UNDERSTOOD
from agent.ledger.load_rows import Load
from agent.queries.backfill_series import (
    DAYS,
    MARK,
    RATIO,
    STATES,
    TARGET_DAYS,
    BackfillSeries,
    day_series,
    unsettled_from,
    verdict_series,
)
from agent.queries.fleet_part import FleetPart
from agent.queries.fleet_reading import FleetReading
from agent.queries.kept_state import kept_configuration
from agent.queries.victoria_metrics import Stored, VictoriaMetrics
from agent.register.agreed import agreements_in_force
from agent.register.fleet_subjects import named
from agent.report.counting import Counting

# What is newer is scraped, and rules that ask for the present must not see it twice.
SETTLED = timedelta(hours=1)
# VictoriaMetrics shows what it took within seconds.
SHOWN_SECONDS, SHOWN_EVERY = 30.0, 0.5


@dataclass(slots=True, kw_only=True)
class BackfillTally:
    """How many points were given, were there, and stand there otherwise; `troubles`: what could not be given."""

    given: int = 0
    there: int = 0
    otherwise: int = 0
    troubles: list[str] = field(default_factory=list)


class Backfill:
    """Give a fleet's past since a day, agent by agent and target by target: memory is of one day of one of them."""

    def __init__(self, reading: FleetReading, configuration: Configuration, clock: Clock, to: VictoriaMetrics) -> None:
        self._reading = reading
        self._configuration = configuration
        self._now = clock.now()
        self._to = to
        self._tally = BackfillTally()
        self._first: BackfillSeries | None = None
        self._last: BackfillSeries | None = None

    def run(self, since: date) -> BackfillTally:
        """Give all that is known. Raises MetricsAway, LedgerError."""
        agreed = self._reading.agreed().acceptances
        given: set[str] = set()
        for part in self._reading.parts():
            if why := _why_not(part):
                self._tally.troubles.append(f"{part.agent}: {why}")
            elif part.counts:
                # Another ledger of its agent told of the time before.
                begun = part.replica.begun if part.agent in given else None
                given.add(part.agent)
                try:
                    self._verdicts(part, max(begun or day_start(since), day_start(since)), agreed)
                except NOT_UNDERSTOOD as error:
                    self._tally.troubles.append(f"{part.agent}: {error}")
        for one in self._configuration.inventory.beneficiaries:
            for quarter in _quarters(since, day_of(self._now)):
                self._days(one.id, quarter, since)
        self._hold_to_shown()
        return self._tally

    def _verdicts(self, part: FleetPart, since: datetime, agreed: Sequence[Acceptance]) -> None:
        newest, loads = part.ledger.last_append(), part.ledger.loads()
        if newest is None or not loads:
            return
        until = min(self._now - SETTLED, newest, part.replica.ended or newest)
        accepted = self._accepted(part, loads[-1], agreed)
        lines = part.ledger.timelines(since)
        by_target: dict[str, list[Key]] = {}
        for key in sorted(lines):
            by_target.setdefault(key.target, []).append(key)
        for day in each_day(day_of(since), day_of(until)):
            between = (max(day_start(day), since), min(day_end(day), until))
            for target, keys in by_target.items():
                due = [key for key in keys if expectation(key, day, loads) is Expectation.DECLARED]
                series = (
                    one
                    for key in due
                    for own in (named(key, part.agent),)
                    for one in verdict_series(
                        own,
                        part.agent,
                        lines[key],
                        between,
                        acceptance_in_force(accepted.get(own, ()), own, day) is not None,
                    )
                )
                self._give({"__name__": STATES, "agent": part.agent, "target": target}, between, series)

    def _accepted(
        self, part: FleetPart, load: Load, agreed: Sequence[Acceptance]
    ) -> Mapping[Key, Sequence[Acceptance]]:
        """Return the acceptances of an agent's registers and the centre's `agreed`, by the names of the centre."""
        kept = kept_configuration(self._configuration.path, self._configuration.agent, load)
        starts = self._configuration.convention.starts
        own = agreements_in_force(part.ledger.entries(None), kept.inventory, starts, part.ledger.written_loads())
        found: dict[Key, list[Acceptance]] = {}
        for one in (*agreed, *(replace(one, key=named(one.key, part.agent)) for one in own.acceptances)):
            found.setdefault(one.key, []).append(one)
        return found

    def _days(self, beneficiary: str, quarter: Quarter, since: date) -> None:
        try:
            material = self._reading(quarter, beneficiary, False)
        except UsageError:
            # Nothing is told of this quarter, such as one before the first load.
            return
        counting = Counting(material, quarter)
        open_from = unsettled_from(material.kept.values(), self._now, timedelta(days=LATE_DAYS))
        last = counting.span.last if open_from is None else min(counting.span.last, open_from - timedelta(days=1))
        days = frozenset(each_day(max(since, quarter.first), last))
        agents = frozenset(one.agent for one in material.agents)
        between = (day_start(max(since, quarter.first)), day_end(last))
        every = list(day_series(counting.subjects, agents, days))
        for name in (DAYS, TARGET_DAYS, RATIO):
            series = (one for one in every if one.labels["__name__"] == name)
            self._give({"__name__": name, "beneficiary": beneficiary}, between, series)

    def _give(
        self, matching: Mapping[str, str], between: tuple[datetime, datetime], series: Iterable[BackfillSeries]
    ) -> None:
        if between[0] < between[1]:
            there = self._to.points({**matching, **MARK}, *between)
            self._tally.given += self._to.give(self._lacking(series, there))

    def _lacking(self, series: Iterable[BackfillSeries], there: Stored) -> Iterator[BackfillSeries]:
        for one in series:
            known = there.get(one.identity, {})
            same = sum(known.get(at) == value for at, value in one.points.items())
            fresh = {at: value for at, value in one.points.items() if at not in known}
            self._tally.there += same
            self._tally.otherwise += len(one.points) - same - len(fresh)
            if fresh:
                self._last = BackfillSeries(labels=one.labels, points=fresh)
                self._first = self._first or self._last
                yield self._last

    def _hold_to_shown(self) -> None:
        """Wait until what was given is shown: a run right after this one must not give it again."""
        end = time.monotonic() + SHOWN_SECONDS
        lacking = [one for one in (self._first, self._last) if one is not None]
        while lacking:
            lacking = [one for one in lacking if not self._is_shown(one)]
            if lacking and time.monotonic() > end:
                day = day_of(datetime.fromtimestamp(min(lacking[0].points) / 1000, self._now.tzinfo))
                self._tally.troubles.append(f"what was given of {day} is not shown; is -retentionPeriod shorter?")
                return
            time.sleep(SHOWN_EVERY if lacking else 0)

    def _is_shown(self, one: BackfillSeries) -> bool:
        at = [datetime.fromtimestamp(when / 1000, self._now.tzinfo) for when in (min(one.points), max(one.points))]
        return bool(one.points.keys() <= self._to.points(one.labels, at[0], at[1]).get(one.identity, {}).keys())


def _why_not(part: FleetPart) -> str:
    """Return why a copy that an agent still fills is not believed, or nothing."""
    if part.replica.broken or part.replica.is_former or part.counts:
        return part.replica.broken
    return part.standing.why or "its key is not the declared one"


def _quarters(since: date, today: date) -> Iterator[Quarter]:
    quarter = Quarter.of(since)
    while quarter.first < today:
        yield quarter
        quarter = Quarter.of(quarter.last + timedelta(days=1))
