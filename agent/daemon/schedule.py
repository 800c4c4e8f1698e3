"""Decide which tasks are due, with a scheduler that survives clock jumps and slow tasks.

Measured on schedule 1.2.2: a job that raises starves those behind it; a job late at night runs twice on the day after a
clock change; a clock set back silences everything; what was missed while the process was down is skipped. So a job here
only offers its duty, never raises, and whether a duty is due is decided from when it was last begun; the scheduler is
built anew when the wall clock jumps.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import schedule

from agent.core.ahead import lies_ahead
from agent.core.clock import Clock
from agent.ledger.readings import LastRun

log = logging.getLogger("beffroi.schedule")

# A wall clock and a monotonic one that part by more than this have not both told the truth.
JUMP = timedelta(seconds=60)
# How often, at the most, a duty is asked whether it is due: the lateness it may have.
STEP = timedelta(seconds=30)
# A sample that could not be taken does not wait for the next week.
SAMPLE_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledDuty:
    """Something done again and again: each so often, or each day at a time of the zone's civil clock."""

    name: str
    every: timedelta | time

    def due(self, last_begun: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
        """Return whether it must be begun now, having last been begun then; None: never.

        What was begun ahead of now, under a clock that ran ahead, counts as never begun.
        """
        if last_begun is None or lies_ahead(last_begun, now):
            return True
        if isinstance(self.every, timedelta):
            return now - last_begun >= self.every or last_begun > now
        return last_begun < latest_occurrence(self.every, now, zone)


def latest_occurrence(at: time, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the newest instant, not after `now`, at which the zone's civil clock showed `at`.

    An hour that a clock change skips is taken at its end, one that comes twice at its first pass (PEP 495, fold 0).
    """
    here = now.astimezone(zone)
    today = datetime.combine(here.date(), at, tzinfo=zone)
    if today.astimezone(now.tzinfo) <= now:
        return today
    return datetime.combine(here.date() - timedelta(days=1), at, tzinfo=zone)


class Agenda:
    """Offer each duty when it is due; offering is all that happens on the scheduler's own pass.

    `last_begun` is what the ledger knows of the time before this process: a start does what is due.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        zone: ZoneInfo,
        offer: Callable[[ScheduledDuty], None],
        last_begun: Mapping[str, datetime],
    ) -> None:
        self._clock = clock
        self._zone = zone
        self._offer = offer
        self._last_begun = dict(last_begun)
        self._duties: tuple[ScheduledDuty, ...] = ()
        self._scheduler = schedule.Scheduler()
        self._reference = (clock.now(), clock.monotonic())

    def plan(self, duties: tuple[ScheduledDuty, ...], zone: ZoneInfo | None = None) -> None:
        """Take these duties in place of those before, keeping what is known of when each was last begun.

        `zone` None: times of day stay those of the zone before.
        """
        self._zone = zone or self._zone
        self._duties = duties
        self._rebuild()

    def tick(self) -> timedelta | None:
        """Offer what is due; return by how much the wall clock jumped since the last tick, or None."""
        jump = self._jump()
        if jump is not None:
            log.warning("the wall clock jumped by %.0f s; the schedule is rebuilt", jump.total_seconds())
            self._rebuild()
        self._scheduler.run_pending()
        return jump

    def _jump(self) -> timedelta | None:
        now, monotonic = self._clock.now(), self._clock.monotonic()
        before, monotonic_before = self._reference
        self._reference = (now, monotonic)
        parted = (now - before) - timedelta(seconds=monotonic - monotonic_before)
        return parted if abs(parted) > JUMP else None

    def _rebuild(self) -> None:
        self._scheduler.clear()
        for duty in self._duties:
            self._consider(duty)
            step = STEP if isinstance(duty.every, time) else min(STEP, duty.every)
            self._scheduler.every(max(1, int(step.total_seconds()))).seconds.do(self._consider, duty)

    def _consider(self, duty: ScheduledDuty) -> None:
        now = self._clock.now()
        # The scheduler's own rhythm may come a moment early: half a second is no reason to wait another step.
        if not duty.due(self._last_begun.get(duty.name), now + timedelta(seconds=0.5), self._zone):
            return
        self._last_begun[duty.name] = now
        try:
            self._offer(duty)
        except Exception:
            log.exception("scheduled task %s could not be queued", duty.name)


def samples_due(runs: Iterable[LastRun], every: timedelta | str, now: datetime) -> frozenset[tuple[str, str]]:
    """Return the samples, by collector and subject, that are late by themselves, whatever the others do.

    One that did not succeed is due a day later. One that did is due after its rhythm: each new attempt at a copy that
    cannot be reached would else put off those of all others, at a restart. One that was taken ahead of now, under a
    clock that ran ahead, is due whatever its rhythm.
    """
    return frozenset(
        (run.collector, run.subject)
        for run in runs
        if lies_ahead(run.last_run, now)
        or (
            now - run.last_run >= (every if run.success and isinstance(every, timedelta) else SAMPLE_AGAIN)
            and not (run.success and isinstance(every, str))
        )
    )
