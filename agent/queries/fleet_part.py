"""One agent of a fleet at an instant: how it stands, its copy, and when nothing new was known of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from agent.core.reason import Reason
from agent.fleet.agent_standing import AgentStanding
from agent.fleet.replicas import Replica
from agent.fleet.silences import AgentSilence, noted_silences
from agent.ledger.ledger import Ledger

_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPart:
    """One agent at the instant of a report: how it stands, its copy, opened."""

    standing: AgentStanding
    replica: Replica
    ledger: Ledger

    @property
    def agent(self) -> str:
        """Return its name."""
        return self.standing.agent

    @property
    def declares(self) -> bool:
        """Return whether what it declares is expected: of a key that never was the declared one, only while present."""
        return self.replica.has_counted or not self.replica.is_former

    @property
    def counts(self) -> bool:
        """Return whether what its registers say counts: its key is the declared one, or was while it was present."""
        return self.replica.has_counted if self.replica.is_former else not self.standing.is_foreign

    def silences(self, now: datetime) -> tuple[AgentSilence, ...]:
        """Return when nothing new was known of it, until now."""
        if self.standing.is_foreign and not self.replica.is_former:
            return (AgentSilence(since=_ALWAYS),)
        noted, newest = noted_silences(self.replica.directory), self._newest()
        if newest is None:
            return noted
        if self.replica.broken:
            return (*noted, AgentSilence(since=newest))
        is_behind = now - newest > self.standing.evidence_age
        return (*noted, AgentSilence(since=newest + self.standing.evidence_age)) if is_behind else noted

    def _newest(self) -> datetime | None:
        """Return the instant of its newest row; one of a clock that ran ahead is no newer than its arrival."""
        newest, received = self.ledger.last_append(), self.standing.received_at
        received = self.replica.ended or received
        return newest if newest is None or received is None else min(newest, received)

    @property
    def reason(self) -> Reason:
        """Return why what is not known of it is not."""
        if self.replica.is_forked:
            return Reason.FORK
        return Reason.UNREADABLE if self.replica.broken else Reason.SILENT_AGENT
