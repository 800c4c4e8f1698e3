"""The state that a running daemon serves, read from the ledger at each request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from agent.config.settings import Configuration
from agent.core.clock import Clock
from agent.core.model import Verdict
from agent.export.http.health import Health
from agent.export.http.readers import Readers
from agent.export.pages.verdict_details import Calendar, VerdictDetails
from agent.export.quarter_so_far import QuarterSoFar
from agent.export.snapshot import OwnState, Snapshot, UnwatchedItem
from agent.ledger.ledger import Ledger
from agent.queries.current_state import current_snapshot

if TYPE_CHECKING:
    from agent.queries.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSite:
    """Answer the server's questions; every part is a question itself, since a reload changes the configuration."""

    configuration: Callable[[], Configuration]
    ledger: Ledger
    clock: Clock
    health_now: Callable[[], Health]
    heartbeat: Callable[[], datetime | None]
    unwatched: Callable[[], Sequence[UnwatchedItem]]
    own: Callable[[], OwnState] = OwnState
    quarter: QuarterSoFar = field(default_factory=QuarterSoFar)

    def snapshot(self) -> Snapshot:
        """Return everything that is known at this instant."""
        own = self.own()
        ask = partial(
            current_snapshot,
            self.configuration(),
            self.ledger,
            now=self.clock.now(),
            unwatched=self.unwatched(),
            heartbeat=self.heartbeat(),
            fault=self.health_now().fault() or own.trouble(),
            quarter=self.quarter,
        )
        seen = self.ledger.at_once(ask)
        return replace(seen, own=own)

    def details(self, verdicts: Sequence[Verdict], at: datetime) -> VerdictDetails:
        """Return the last days of some verdicts' keys, and what the verdicts rest on."""
        return self.ledger.at_once(lambda: self._past(at).details(verdicts))

    def target_calendar(self, target: str, beneficiary: str, at: datetime) -> Calendar:
        """Return the last days of a target for one beneficiary."""
        return self.ledger.at_once(lambda: self._past(at).target_calendar(target, beneficiary))

    def _past(self, at: datetime) -> "History":
        # What counts days as the report does is loaded by the first page that shows any.
        from agent.queries.history import History

        return History(configuration=self.configuration(), ledger=self.ledger, now=at)

    def health(self) -> Health:
        """Return whether the agent is well."""
        return self.health_now()

    def language(self) -> str:
        """Return the configured language of the pages."""
        return self.configuration().agent.language

    def readers(self) -> Readers:
        """Return what each declared reader may see."""
        configuration = self.configuration()
        return Readers.declared(configuration.agent.readers, configuration.inventory.beneficiaries)
