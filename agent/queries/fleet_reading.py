"""Read what the reports over a whole fleet rest on: the database is asked once, each report reads its own part.

The copies stay open from one report to the next: what their agents declare is read once for all of them.
"""

from dataclasses import replace
from functools import cached_property
from typing import Self

from agent.accounting.agreements import Agreements
from agent.config.settings import Configuration
from agent.core.ahead import TOLERANCE
from agent.core.clock import Clock
from agent.core.errors import ClockDoubtful, LedgerDamaged
from agent.core.period import Quarter
from agent.fleet.agent_standing import AgentStanding, AgentState
from agent.fleet.database import DatabaseAway
from agent.fleet.replicas import Replicas
from agent.ledger.ledger import Ledger
from agent.queries.centre import FleetKnown, ask_fleet, keep_centre_load, registered_subjects
from agent.queries.fleet_material import read_fleet
from agent.queries.fleet_part import FleetPart
from agent.queries.fleet_registers import centre_book
from agent.report.material import Material


class FleetReading:
    """Read the material of reports at a centre; `own` is its ledger."""

    def __init__(self, configuration: Configuration, own: Ledger, clock: Clock) -> None:
        self._configuration = configuration
        self._own = own
        self._clock = clock
        self._copies = Replicas(configuration.agent.state_directory, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._copies.close()

    @cached_property
    def known(self) -> FleetKnown:
        """Return how the agents stand, asked once."""
        keep_centre_load(self._configuration, self._own)
        return ask_fleet(self._configuration, self._clock)

    def __call__(self, quarter: Quarter, beneficiary: str, final: bool) -> Material:
        """Return what the report on a quarter rests on.

        Raises UsageError, LedgerError, and where it is to be published: DatabaseAway where nothing newer can be known,
        ClockDoubtful where the clock of this machine is ahead, LedgerDamaged where an agent's ledger cannot be read.
        """
        if final and self.known.away:
            raise DatabaseAway(
                f"the fleet's database cannot be asked, and {quarter} is published once: {self.known.away}",
                "try again when it answers; --draft shows what is known until then",
            )
        if final and self.known.ahead > TOLERANCE:
            raise ClockDoubtful(
                f"the clock of this machine is {self.known.ahead.total_seconds():.0f} s ahead of the database's, and "
                f"{quarter} is published once",
                "set the clock that is wrong; --draft shows what is known until then",
            )
        if final:
            self._hold_to_readable(quarter)
        parts = self.parts()
        found = read_fleet(self._configuration, self._own, parts, quarter, beneficiary, self._clock.now())
        heard = {one.agent for one in parts}
        return replace(found, unheard=tuple(one.agent for one in self.known.agents if one.agent not in heard))

    def agreed(self) -> Agreements:
        """Return what was agreed at the centre about the subjects of all agents. Raises LedgerError."""
        subjects = registered_subjects(self._configuration, self.known, self._copies)
        return centre_book(self._configuration, self._own, subjects, {}).agreements

    def _hold_to_readable(self, quarter: Quarter) -> None:
        """Raise LedgerDamaged for a ledger of which no load can be read: which beneficiaries it serves is not known."""
        for one in self.known.replicas:
            if one.broken and not (one.is_filled and self._copies.ledger(one).loads()):
                raise LedgerDamaged(
                    f"the ledger of {one.agent} cannot be read, and {quarter} is published once: {one.broken}",
                    "see beffroi fleet status; --draft shows the report without this agent",
                )

    def parts(self) -> list[FleetPart]:
        """Return the ledgers that can be read, those of one agent in their order. Raises LedgerError."""
        standings = {one.agent: one for one in self.known.agents}
        found = []
        for one in self.known.replicas:
            if one.is_filled:
                ledger = self._copies.ledger(one)
                gone = AgentStanding(agent=one.agent, state=AgentState.SILENT)
                found.append(FleetPart(standing=standings.get(one.agent, gone), replica=one, ledger=ledger))
        return found
