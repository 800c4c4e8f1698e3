"""What the centre serves: the fleet's state, and the past of a subject or target from the copies of its agents."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from agent.config.settings import Configuration
from agent.core.clock import Clock
from agent.core.convention import CLAUSES
from agent.core.errors import LedgerError, UsageError
from agent.core.lines import one_line
from agent.core.model import WORST_FIRST, Key, State, Verdict
from agent.core.period import day_of, each_day
from agent.export.http.health import Health
from agent.export.http.readers import Readers
from agent.export.pages.verdict_details import (
    DAYS,
    Calendar,
    CalendarDay,
    DayWithoutState,
    ObjectiveInForce,
    VerdictDetails,
)
from agent.export.snapshot import OwnState, Snapshot
from agent.fleet.agent_standing import AgentStanding, AgentState
from agent.fleet.agent_states import NOT_UNDERSTOOD
from agent.fleet.replicas import Replica
from agent.ledger.ledger import Ledger
from agent.queries.centre import FleetKnown
from agent.queries.fleet_days import SilentDays, former_tells, silent_days_of
from agent.queries.fleet_part import FleetPart
from agent.queries.history import History
from agent.queries.kept_state import kept_configuration

log = logging.getLogger("beffroi.fleet")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetSite:
    """Answer the server's questions for a whole fleet."""

    configuration: Callable[[], Configuration]
    clock: Clock
    snapshot_now: Callable[[], Snapshot]
    known: Callable[[], FleetKnown]
    health_now: Callable[[], Health]
    heartbeat: Callable[[], datetime]
    own: Callable[[], OwnState] = OwnState

    def snapshot(self) -> Snapshot:
        """Return everything that is known at this instant."""
        seen, own = self.snapshot_now(), self.own()
        fault = self.health_now().fault() or own.trouble() or seen.fault
        return replace(seen, heartbeat=self.heartbeat(), fault=fault, own=own)

    def health(self) -> Health:
        """Return whether the centre is well."""
        return self.health_now()

    def language(self) -> str:
        """Return the configured language of the pages."""
        return self.configuration().agent.language

    def readers(self) -> Readers:
        """Return what each declared reader may see."""
        configuration = self.configuration()
        return Readers.declared(configuration.agent.readers, configuration.inventory.beneficiaries)

    def details(self, verdicts: Sequence[Verdict], at: datetime) -> VerdictDetails:
        """Return the last days of some verdicts' keys, and what the verdicts rest on, each from its agent's copy."""
        found = VerdictDetails()
        for replica in self.known().replicas:
            begin = f"{replica.agent}/"
            own = [
                replace(one, subject=one.subject.removeprefix(begin))
                for one in verdicts
                if one.subject.startswith(begin)
            ]
            if own:
                with _costs_itself(replica), self._past(replica, at) as past:
                    part = self._part(replica, past)
                    found = _joined(found, _as_received(past.details(own), part, past), part)
        # What no agent has judged, such as an entry of the centre's own, has no days of its own.
        bare = {one.key: _without_days(one.key, one.limit, at) for one in verdicts if one.key not in found.calendars}
        return replace(found, calendars={**found.calendars, **bare})

    def target_calendar(self, target: str, beneficiary: str, at: datetime) -> Calendar:
        """Return the last days of a target for one beneficiary, each the worst of all agents'."""
        found: dict[str, Calendar] = {}
        for replica in self.known().replicas:
            with _costs_itself(replica), self._past(replica, at) as past:
                declared = {key for load in past.ledger.loads() for key in load.declared}
                if any((key.target, key.beneficiary) == (target, beneficiary) for key in declared):
                    part = self._part(replica, past)
                    calendar = _received(past.target_calendar(target, beneficiary), part, past)
                    found[part.agent] = _followed(found.get(part.agent), calendar, part)
        if not found:
            key = Key(target=target, subject="", beneficiary=beneficiary)
            return _without_days(key, CLAUSES[target].limit, at)
        every = tuple(found.values())
        return replace(every[0], days=tuple(_worst(days) for days in zip(*(one.days for one in every), strict=True)))

    def _part(self, replica: Replica, past: History) -> FleetPart:
        """Return an agent of which a copy tells the past."""
        known = {one.agent: one for one in self.known().agents}
        standing = known.get(replica.agent, AgentStanding(agent=replica.agent, state=AgentState.SILENT))
        return FleetPart(standing=standing, replica=replica, ledger=past.ledger)

    @contextmanager
    def _past(self, replica: Replica, at: datetime) -> Iterator[History]:
        with Ledger.open(replica.directory, clock=self.clock, readonly=True) as ledger:
            loads = ledger.loads()
            if not loads:
                raise LedgerError(f"{replica.agent} has sent no load of its configuration yet")
            configuration = self.configuration()
            kept = kept_configuration(configuration.path, configuration.agent, loads[-1])
            yield History(configuration=kept, ledger=ledger, now=at)


@contextmanager
def _costs_itself(replica: Replica) -> Iterator[None]:
    """Let what one agent has sent, and cannot be understood, cost its own days alone; the page's fault names it."""
    try:
        yield
    except (*NOT_UNDERSTOOD, UsageError) as error:
        log.warning("the past of %s cannot be shown: %s", replica.agent, one_line(str(error), 300))


def _without_days(key: Key, limit: float | None, at: datetime) -> Calendar:
    """Return a calendar that tells of no day."""
    last = day_of(at)
    days = tuple(
        CalendarDay(day=day, untold=DayWithoutState.NOT_OVER if day == last else DayWithoutState.NOT_EXPECTED_YET)
        for day in each_day(last - timedelta(days=DAYS - 1), last)
    )
    return Calendar(key=key, objective=ObjectiveInForce(limit=limit, unit=CLAUSES[key.target].unit), days=days)


def _as_received(own: VerdictDetails, part: FleetPart, past: History) -> VerdictDetails:
    calendars = {key: _received(one, part, past) for key, one in own.calendars.items()}
    return VerdictDetails(calendars=calendars) if part.replica.is_former else replace(own, calendars=calendars)


def _received(calendar: Calendar, part: FleetPart, past: History) -> Calendar:
    """Return a calendar as the centre counts it: what came late is marked, and what did not come is unproven.

    Of a ledger whose key never was the declared one only the misses stay.
    """
    silent = silent_days_of(part.silences(past.now), past.span, part.reason)
    days = (_day_received(one, silent) for one in calendar.days)
    if not part.declares:
        days = (one if _measured(one) is State.MISSED else _untold(one) for one in days)
    return replace(calendar, days=tuple(days))


def _untold(one: CalendarDay) -> CalendarDay:
    return one if one.state is None else CalendarDay(day=one.day, untold=DayWithoutState.NOT_EXPECTED_YET)


def _day_received(one: CalendarDay, silent: SilentDays) -> CalendarDay:
    day = one.day.isoformat()
    if one.state is None or day not in silent.late | silent.lost:
        return one
    if day in silent.late or State.MISSED in (one.measured, one.state):
        return replace(one, late=True)
    state = State.ACCEPTED if one.state is State.ACCEPTED else State.UNPROVEN
    # The day of a whole target has no reason.
    reason = None if one.reason is None else silent.reason
    return replace(one, state=state, measured=State.UNPROVEN, reason=reason, late=False)


def _joined(found: VerdictDetails, own: VerdictDetails, part: FleetPart) -> VerdictDetails:
    begin = f"{part.agent}/"
    named = _under({key: replace(one, key=_named(one.key, begin)) for key, one in own.calendars.items()}, begin)
    return VerdictDetails(
        calendars={
            **found.calendars,
            **{key: _followed(found.calendars.get(key), one, part) for key, one in named.items()},
        },
        proofs={**found.proofs, **_under(own.proofs, begin)},
        rows={**found.rows, **_under(own.rows, begin)},
        values={**found.values, **_under(own.values, begin)},
    )


def _followed(before: Calendar | None, since: Calendar, part: FleetPart) -> Calendar:
    """Return the calendar of what two ledgers of one agent tell of; `part` has the later one."""
    if before is None:
        return since
    begun = day_of(part.begun)
    return replace(since, days=tuple(_of_two(*pair, begun) for pair in zip(before.days, since.days, strict=True)))


def _of_two(before: CalendarDay, since: CalendarDay, begun: date) -> CalendarDay:
    former, later = _measured(before), _measured(since)
    if former is None or later is None:
        return since if former is None else before
    return before if former_tells(former, later, since.day, begun) else since


def _measured(one: CalendarDay) -> State | None:
    return one.state if one.measured is None else one.measured


def _under(own: Mapping[Key, T], begin: str) -> dict[Key, T]:
    return {_named(key, begin): value for key, value in own.items()}


def _named(key: Key, begin: str) -> Key:
    return Key(target=key.target, subject=f"{begin}{key.subject}", beneficiary=key.beneficiary)


def _worst(days: Sequence[CalendarDay]) -> CalendarDay:
    """Return a day of several agents: the worst of its states, what has none left out where another has one."""
    told = [one for one in days if one.state is not None]
    if not told:
        return days[0]
    return replace(
        told[0],
        state=_worst_of([one.state for one in told]),
        measured=_worst_of([one.measured for one in told]),
        excluded=tuple(dict.fromkeys(name for one in days for name in one.excluded)),
    )


def _worst_of(states: Sequence[State | None]) -> State | None:
    return min((one for one in states if one is not None), key=WORST_FIRST.index, default=None)
