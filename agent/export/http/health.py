"""The agent's own health, as `/healthz` and the status page show it."""

from dataclasses import dataclass
from datetime import timedelta

from agent.wording import own_faults as faults
from agent.wording.inert import inert

TICK_LIMIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What says whether the daemon works.

    `since_tick` is how long ago the loop ticked, by a clock that never goes back, None where it never did.
    `append_failure` says why the newest attempt to append to the ledger failed, None where it succeeded. `overdue`
    names the workers that are past twice their deadline.
    """

    since_tick: timedelta | None
    append_failure: str | None = None
    overdue: tuple[str, ...] = ()

    def progresses(self) -> bool:
        """Return whether the loop turns and no worker is stuck, be anything kept or not."""
        return self.since_tick is not None and self.since_tick <= TICK_LIMIT and not self.overdue

    def fault(self) -> str | None:
        """Return what is wrong, in one line; None where nothing is."""
        if self.since_tick is None:
            return faults.NOT_TICKED.en
        if self.since_tick > TICK_LIMIT:
            return faults.STOPPED.en.format(seconds=int(self.since_tick.total_seconds()))
        if self.overdue:
            return inert(faults.OVERDUE.en.format(quoted=", ".join(self.overdue)), 400)
        if self.append_failure is not None:
            return inert(faults.NOT_APPENDED.en.format(quoted=self.append_failure), 400)
        return None
