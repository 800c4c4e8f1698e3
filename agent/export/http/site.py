"""The interface between the HTTP server and the state that it serves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from agent.core.model import Verdict
from agent.export.http.health import Health
from agent.export.http.readers import Readers
from agent.export.pages.verdict_details import Calendar, VerdictDetails
from agent.export.snapshot import Snapshot


class Site(Protocol):
    """Give the server what it shows; every method is called from several threads, at each request anew."""

    def snapshot(self) -> Snapshot:
        """Return everything that is known at this instant, for all beneficiaries."""
        ...

    def health(self) -> Health:
        """Return whether the agent is well; must answer at once, whatever else is stuck."""
        ...

    def language(self) -> str:
        """Return the language of the pages, where none is asked for."""
        ...

    def readers(self) -> Readers:
        """Return what each basic-authentication name may see."""
        ...

    def details(self, verdicts: Sequence[Verdict], at: datetime) -> VerdictDetails:
        """Return the last days of some verdicts' keys, up to an instant, and what the verdicts rest on."""
        ...

    def target_calendar(self, target: str, beneficiary: str, at: datetime) -> Calendar:
        """Return the last days of a target for one beneficiary, each the worst of its subjects'."""
        ...
