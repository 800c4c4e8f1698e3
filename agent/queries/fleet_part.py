"""One agent of a fleet at an instant: how it stands, its copy, and when nothing new was known of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from agent.core.reason import Reason
from agent.fleet.agent_standing import AgentStanding
from agent.fleet.replicas import Replica
from agent.fleet.silences import AgentSilence, known_until, noted_silences
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
        """Return whether it is believed: its key is the declared one, or was while it was present.

        Of any other only what is missed counts.
        """
        return self.replica.has_counted and (self.replica.is_former or not self.standing.is_foreign)

    @property
    def begun(self) -> datetime:
        """Return since when it tells of its agent, where another ledger did before; it has a load."""
        return self.replica.begun or self.ledger.loads()[0].at

    def silences(self, now: datetime) -> tuple[AgentSilence, ...]:
        """Return when nothing new was known of it, until now."""
        if not self.counts:
            return (AgentSilence(since=_ALWAYS),)
        noted, newest = noted_silences(self.replica.directory), self._newest()
        if self.replica.forked_at is not None:
            noted = (*noted, AgentSilence(since=self.replica.forked_at))
        if newest is None:
            return noted
        if self.replica.broken:
            return (*noted, AgentSilence(since=newest))
        is_behind = now - newest > self.standing.evidence_age
        return (*noted, AgentSilence(since=newest + self.standing.evidence_age)) if is_behind else noted

    def _newest(self) -> datetime | None:
        """Return up to when anything is known of it; a row of a clock that ran ahead is no newer than its arrival."""
        known = known_until(self.replica.directory)
        # Of a broken one what was noted may be of rows that its copy did not take.
        if known is not None and not self.replica.broken:
            return min(known, self.replica.ended or known)
        newest, received = self.ledger.last_append(), self.standing.received_at
        received = self.replica.ended or received
        return newest if newest is None or received is None else min(newest, received)

    @property
    def reason(self) -> Reason:
        """Return why what is not known of it is not."""
        if self.replica.is_forked or self.replica.forked_at is not None:
            return Reason.FORK
        return Reason.UNREADABLE if self.replica.broken else Reason.SILENT_AGENT
