"""Offer the looks that are due to the workers: by their rhythm, when a file changed, or since they were never taken."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.config.schedule_keys import schedule_keys
from agent.config.settings import Schedule
from agent.core.ahead import lies_ahead
from agent.core.errors import LedgerError
from agent.daemon.file_changes import Changes
from agent.daemon.paced import PacedLooks, is_paced
from agent.daemon.schedule import STEP, ScheduledDuty, samples_due
from agent.evaluation.session import Session
from agent.evaluation.tasks import Task, takes_long, tasks_of
from agent.ledger.ledger import Ledger

log = logging.getLogger("beffroi.daemon")

HOUSEKEEPING = "housekeeping"
CHANGES = "changes"
REMOTE = "hosts behind SSH"
# A verification reads for hours by design, a sample restores over a slow line; beyond this they are stuck.
LONG_DEADLINE = timedelta(hours=12)


def duties(schedule: Schedule) -> tuple[ScheduledDuty, ...]:
    """Return what is done again and again, each by its key in `[schedule]`."""
    rhythms = rhythm_of(schedule)
    shortest = min([STEP, *(one.every for one in rhythms.values() if isinstance(one.every, timedelta))])
    return (
        *rhythms.values(),
        ScheduledDuty(name=REMOTE, every=shortest),
        ScheduledDuty(name=HOUSEKEEPING, every=timedelta(hours=1)),
        ScheduledDuty(name=CHANGES, every=timedelta(minutes=1)),
    )


def rhythm_of(schedule: Schedule) -> dict[str, ScheduledDuty]:
    """Return how often each key of `[schedule]` says that something is done."""
    return {name: ScheduledDuty(name=name, every=_rhythm(value)) for name, value in schedule.rhythms.items()}


def _rhythm(value: timedelta | str) -> timedelta | time:
    return value if isinstance(value, timedelta) else time.fromisoformat(value)


class TaskOffers:
    """Offer the tasks of one session, then of the next; `offer` takes a task and its deadline in seconds."""

    def __init__(self, session: Session, ledger: Ledger, offer: Callable[[Task, float], object]) -> None:
        self._session = session
        self._ledger = ledger
        self._offer = offer
        self._changes = Changes()
        self._taken_anew: set[tuple[str, str]] = set()
        self._paced = PacedLooks(last_begun={(one.collector, one.subject): one.last_run for one in ledger.runs()})

    def by_rhythm(self, duty: ScheduledDuty) -> None:
        """Offer the looks of a duty that is due."""
        if duty.name == REMOTE:
            self.remote()
            return
        narrowed = None if duty.name == CHANGES else duty.name
        found = self._tasks(narrowed)
        for task in self._changes.due(found) if duty.name == CHANGES else (one for one in found if not is_paced(one)):
            self._offer_task(task)

    def remote(self) -> None:
        """Offer the looks at hosts behind SSH whose turn it is."""
        configuration = self._session.configuration
        found = (one for one in self._tasks() if is_paced(one))
        zone = ZoneInfo(configuration.agent.timezone)
        for task in self._paced.due(found, rhythm_of(configuration.schedule), self._session.clock.now(), zone):
            self._offer_task(task)

    def elsewhere(self, names: Collection[tuple[str, str]]) -> None:
        """Offer each look that was taken at something else than what its name stands for now, once for each load."""
        fresh = frozenset(names) - self._taken_anew
        if not fresh:
            return
        self._taken_anew |= fresh
        self._paced.forget(fresh)
        for task in self._tasks():
            if task.name in fresh and not is_paced(task):
                self._offer_task(task)
        self.remote()

    def new(self, before: Session | None = None) -> None:
        """Offer what was never looked at: what has just been declared does not wait for its rhythm to come round.

        Nor does what `before`, the configuration until now, declared otherwise, but for looks that take long. Hosts
        behind SSH come in their turn, the new ones first.
        """
        tasks = () if before is None else tasks_of(before.registry, before.inventory)
        items = {one.name: one.item for one in tasks}
        try:
            known = {(one.collector, one.subject) for one in self._ledger.runs()}
        except LedgerError as error:
            log.error("earlier collector runs cannot be read: %s", error.message)
            return
        for task in self._tasks():
            is_changed = items.get(task.name, task.item) != task.item and not takes_long(task)
            if (task.name not in known or is_changed) and not is_paced(task):
                self._offer_task(task)

    def again(self) -> None:
        """Offer each look that is late by itself, whatever the others of its rhythm do."""
        try:
            runs = self._ledger.runs()
        except LedgerError as error:
            log.error("samples that are due cannot be determined: %s", error.message)
            return
        for name in (key.name for key in schedule_keys().values() if key.each_by_itself):
            due = samples_due(runs, self._session.configuration.schedule.rhythms[name], self._session.clock.now())
            for task in self._tasks(name):
                if task.name in due:
                    self._offer_task(task)

    def replace(self, session: Session) -> None:
        """Offer by another configuration from now on."""
        self._session = session
        self._taken_anew = set()

    def last_begun(self) -> Mapping[str, datetime]:
        """Return when each rhythm last began, as the ledger knows it."""
        begun: dict[str, datetime] = {}
        paced = {one.name for one in self._tasks() if is_paced(one)}
        now = self._session.clock.now()
        # One copy that was looked at under a clock that ran ahead does not put off the looks at all others.
        for one in (last for last in self._ledger.runs() if not lies_ahead(last.last_run, now)):
            collector = self._session.registry.collectors.get(one.collector)
            if collector is not None and (one.collector, one.subject) not in paced:
                begun[collector.schedule] = max(begun.get(collector.schedule, one.last_run), one.last_run)
        return begun

    def _tasks(self, narrowed: str | None = None) -> Iterable[Task]:
        return tasks_of(self._session.registry, self._session.inventory, narrowed)

    def _offer_task(self, task: Task) -> None:
        deadline = LONG_DEADLINE if takes_long(task) else 3 * self._session.configuration.agent.timeout
        self._offer(task, deadline.total_seconds())
