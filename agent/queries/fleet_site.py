"""What the centre serves: the fleet's state, and the past of a subject or target from the copies of its agents."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from agent.config.settings import Configuration
from agent.core.clock import Clock
from agent.core.errors import LedgerError
from agent.core.model import WORST_FIRST, Key, State, Verdict
from agent.export.http.health import Health
from agent.export.http.readers import Readers
from agent.export.pages.verdict_details import Calendar, CalendarDay, VerdictDetails
from agent.export.snapshot import OwnState, Snapshot
from agent.fleet.replicas import Replica
from agent.ledger.ledger import Ledger
from agent.queries.centre import FleetKnown
from agent.queries.history import History
from agent.queries.kept_state import kept_configuration

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
                with self._past(replica, at) as past:
                    found = _joined(found, past.details(own), begin)
        return found

    def target_calendar(self, target: str, beneficiary: str, at: datetime) -> Calendar:
        """Return the last days of a target for one beneficiary, each the worst of all agents'."""
        found: list[Calendar] = []
        for replica in self.known().replicas:
            with self._past(replica, at) as past:
                declared = {key for load in past.ledger.loads() for key in load.declared}
                if any((key.target, key.beneficiary) == (target, beneficiary) for key in declared):
                    found.append(past.target_calendar(target, beneficiary))
        if not found:
            raise LedgerError(f"no agent has sent anything of {target} for {beneficiary} yet")
        return replace(found[0], days=tuple(_worst(days) for days in zip(*(one.days for one in found), strict=True)))

    @contextmanager
    def _past(self, replica: Replica, at: datetime) -> Iterator[History]:
        with Ledger.open(replica.directory, clock=self.clock, readonly=True) as ledger:
            loads = ledger.loads()
            if not loads:
                raise LedgerError(f"{replica.agent} has sent no load of its configuration yet")
            configuration = self.configuration()
            kept = kept_configuration(configuration.path, configuration.agent, loads[-1])
            yield History(configuration=kept, ledger=ledger, now=at)


def _joined(found: VerdictDetails, own: VerdictDetails, begin: str) -> VerdictDetails:
    calendars = {key: replace(one, key=_named(one.key, begin)) for key, one in own.calendars.items()}
    return VerdictDetails(
        calendars={**found.calendars, **_under(calendars, begin)},
        proofs={**found.proofs, **_under(own.proofs, begin)},
        rows={**found.rows, **_under(own.rows, begin)},
        values={**found.values, **_under(own.values, begin)},
    )


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
