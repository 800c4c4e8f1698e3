"""The daemon's loop: queue the tasks that are due, process results, evaluate, store and report to the service manager.

The loop never looks at anything itself and never waits: the workers look, and the server's threads serve.
"""

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType
from zoneinfo import ZoneInfo

from agent.alert.notifier import Notifier, Standing
from agent.config.settings import Configuration
from agent.core.errors import BeffroiError, LedgerError
from agent.core.model import Failure, Reading
from agent.daemon.malloc import give_back
from agent.daemon.offers import HOUSEKEEPING, TaskOffers, duties
from agent.daemon.own_state import declared_alerts, own_alerts
from agent.daemon.reload_answer import ReloadAnswer, write_answer
from agent.daemon.returned import ReturnedLooks
from agent.daemon.schedule import Agenda, ScheduledDuty
from agent.daemon.self_check import SelfWatch
from agent.daemon.systemd import WELL, notify, watchdog_interval
from agent.evaluation.evaluation_rounds import Evaluation
from agent.evaluation.round import Round, in_force
from agent.evaluation.session import Session, keep_load
from agent.evaluation.tasks import Task, run_task, way_of
from agent.evaluation.workers import Workers
from agent.export.http.health import Health
from agent.hosts import run
from agent.ledger.ledger import Ledger
from agent.publishing.attesting import Attestor
from agent.publishing.publisher import Publisher

log = logging.getLogger("beffroi.daemon")

TICK = 0.5
# Verdicts age while nothing is looked at: those that time alone changes are judged at least this often.
JUDGE_AT_LEAST = timedelta(minutes=1)
STATUS_LIMIT = 200


@dataclass
class Signals:
    """Note which signals came; the loop acts on them."""

    stop: threading.Event
    reload: threading.Event

    @classmethod
    def caught(cls) -> "Signals":
        """Return the notes, taking SIGTERM, SIGINT and SIGHUP from now on."""
        signals = cls(stop=threading.Event(), reload=threading.Event())

        def stop(number: int, frame: FrameType | None) -> None:
            signals.stop.set()

        def reload(number: int, frame: FrameType | None) -> None:
            signals.reload.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGHUP, reload)
        return signals


class Daemon:
    """Run one opened configuration until it is told to stop; every method is the loop's own, but for `health`."""

    def __init__(self, session: Session, ledger: Ledger, notifier: Notifier, reload: Callable[[], Session]) -> None:
        self._session = session
        self._ledger = ledger
        self._reload = reload
        self._clock = session.clock
        self._publisher = Publisher(ledger, session.clock)
        self._back: ReturnedLooks[Reading] = ReturnedLooks(self._clock)
        self._workers: Workers[Task, Reading] = Workers(
            clock=self._clock,
            run_task=self._run_task,
            done=lambda task, reading: self._back.put(reading),
            way_of=way_of,
            open_way=lambda host: self._session.context.reach(host),
            close_way=lambda host: self._session.context.leave(host),
            jump_of=lambda host: self._session.context.jump(host),
        )
        self._evaluation = Evaluation(session)
        self._notifier = notifier
        self.own = SelfWatch(ledger, session.configuration.agent.state_directory, session.clock)
        self._attestor = Attestor(ledger, session.clock, self.own.attested)
        self._ticked: float | None = None
        self._beat: datetime | None = None
        self._judged: datetime | None = None
        self._append_failure: str | None = None
        self._clock_doubt: str | None = None
        self._refused: str | None = None
        self._former: list[Session] = []
        self._told: str | None = None
        self._offers = TaskOffers(session, ledger, lambda task, seconds: self._workers.offer(task.name, task, seconds))
        self._agenda = Agenda(
            clock=self._clock,
            zone=ZoneInfo(session.configuration.agent.timezone),
            offer=self._offer,
            last_begun=self._offers.last_begun(),
        )
        self._agenda.plan(duties(session.configuration.schedule))
        self._offers.new()

    def loop(self, signals: Signals) -> None:
        """Tick until a signal says stop."""
        interval = watchdog_interval()
        self._answer(self._clock.monotonic())
        while not signals.stop.wait(TICK):
            if signals.reload.is_set():
                signals.reload.clear()
                self._take_new_configuration()
            self._tick()
            self._tell_systemd()
            # A full disk shows as 503, and a restart would not mend it; a stuck worker is what a restart is for.
            if interval is not None and not self.health().overdue:
                notify("WATCHDOG=1")
        notify("STOPPING=1")
        self._keep_returned()

    def stop(self) -> None:
        """End every program and connection, then the workers; takes three seconds and a half at the most."""
        run.stop_all()
        self._session.close()
        self._close_former()
        self._workers.stop(timeout=3.5)

    def health(self) -> Health:
        """Return whether the daemon works; called from the server's threads."""
        ticked = self._ticked
        late = [one for one in self._workers.underway() if one.seconds > 2 * one.deadline]
        return Health(
            since_tick=None if ticked is None else timedelta(seconds=self._clock.monotonic() - ticked),
            append_failure=self._append_failure,
            overdue=tuple(f"{collector} on {subject}" for (collector, subject) in (one.name for one in late)),
        )

    @property
    def configuration(self) -> Configuration:
        """Return the configuration in use."""
        return self._session.configuration

    @property
    def heartbeat(self) -> datetime | None:
        """Return when the loop ticked last."""
        return self._beat

    def _tell_systemd(self) -> None:
        """Report the state where it has changed; the daemon is ready once it has ticked."""
        status = self._refused or self.health().fault() or WELL
        if status != self._told:
            ready = () if self._told else ("READY=1",)
            # What did not arrive is said again at the next tick: without this word systemd takes the start for failed.
            if notify(*ready, f"STATUS={status}"[:STATUS_LIMIT]):
                self._told = status

    def _tick(self) -> None:
        jump = self._agenda.tick()
        if jump is not None:
            self._clock_doubt = f"the wall clock jumped by {jump.total_seconds():.0f} s"
        readings = self._back.take(is_last=self._workers.idle())
        now = self._clock.now()
        proof = self._notifier.prove(now)
        if proof is not None:
            readings.append(proof)
        is_minute = self._judged is None or not timedelta(0) <= now - self._judged < JUDGE_AT_LEAST
        if readings or is_minute or (self._evaluation.is_busy and self._append_failure is None):
            self._judge(readings)
            self._judged = now if readings or is_minute else self._judged
        if is_minute:
            give_back()
        if (readings or self._former) and self._workers.idle():
            self._session.rest()
            self._close_former()
        self._beat = now
        self._ticked = self._clock.monotonic()

    def _close_former(self) -> None:
        """Let go of the doors of configurations that were replaced, now that no look uses them any more."""
        while self._former:
            self._former.pop().close()

    def _keep_returned(self) -> None:
        """Keep what came back and was not judged yet: the next start judges by it."""
        returned = self._back.take(is_last=True)
        try:
            turn = Round(self._session, clock_doubt=self._clock_doubt)
            turn.take(*returned)
        except BeffroiError as error:
            log.error("the last looks were not kept: %s", error.message)
            return
        if turn.not_kept is not None:
            log.error("the last looks were not kept: %s", turn.not_kept)

    def _judge(self, readings: list[Reading]) -> None:
        try:
            turn = self._evaluation.take_turn(readings, clock_doubt=self._clock_doubt)
            every = Standing(keys=self._evaluation.wanted, is_whole=turn.is_whole, verdicts=self._evaluation.standing)
            self._notifier.take(turn.verdicts, turn.basis.agreements, turn.now, every)
            self.own.evaluated(turn.seconds, turn.judged, turn.differences)
            configuration = self._session.configuration
            alerts = own_alerts(self.own.state(), configuration.evidence, turn.now)
            self._notifier.take_own(alerts, declared_alerts(configuration.evidence), turn.now)
            self._offers.elsewhere(turn.taken_elsewhere)
        except BeffroiError as error:
            log.error("evaluation failed: %s", error.message)
            self._append_failure = error.message
            return
        if turn.not_kept != self._append_failure:
            log.log(logging.ERROR if turn.not_kept else logging.INFO, "ledger: %s", turn.not_kept or "works again")
        self._append_failure = turn.not_kept
        if readings:
            self._clock_doubt = None

    def _offer(self, duty: ScheduledDuty) -> None:
        if duty.name == HOUSEKEEPING:
            self._keep_house()
            self._offers.again()
        else:
            self._offers.by_rhythm(duty)

    def _run_task(self, task: Task) -> Reading:
        session = self._session
        reading = run_task(task, session.context, budget=session.configuration.schedule.verify_budget, scheduled=True)
        log.info("%s", described(reading))
        return reading

    def _keep_house(self) -> None:
        self.own.look(unmailed_since=self._publisher.unmailed_since)
        agent = self._session.configuration.agent
        try:
            self._ledger.sign_heads(self._clock.now())
            self._ledger.erase_expired(
                self._clock.now(),
                keep_readings=agent.keep_readings,
                keep_personal=agent.keep_personal,
                needed=in_force(self._session, self._clock.now()),
            )
            self._ledger.forget_earlier(self._clock.now())
            # A load that was kept while the clock was doubted acts later: it is kept again once the clock is believed.
            keep_load(self._session.configuration, self._ledger)
            self._publisher.look(self._session.configuration)
            self._attestor.look(self._session.configuration)
        except LedgerError as error:
            log.error("housekeeping of the ledger: %s", error.message)
            self._append_failure = error.message

    def _answer(self, begun: float, refused: str = "", hint: str = "") -> None:
        """Say what became of a configuration: to who asked for it, on the page, in the metrics and to systemd."""
        self._refused = f"the new configuration is refused: {refused}" if refused else None
        self.own.refused(refused)
        agent, digest = self._session.configuration.agent, self._session.configuration.digest
        answer = ReloadAnswer(begun=begun, digest=digest, refused=refused, hint=hint)
        write_answer(agent.state_directory, answer)

    def _take_new_configuration(self) -> None:
        before, begun = self._session, self._clock.monotonic()
        try:
            self._session = self._reload()
        except BeffroiError as error:
            log.error("the configuration in force is kept: %s", error.message)
            self._answer(begun, error.message, error.hint)
            return
        self._answer(begun)
        self._former.append(before)
        log.info("configuration %s loaded", self._session.configuration.digest[:12])
        self._offers.replace(self._session)  # before the agenda is planned, which offers at once what is due
        zone = ZoneInfo(self._session.configuration.agent.timezone)
        self._agenda.plan(duties(self._session.configuration.schedule), zone)
        self._offers.new(before)
        self._offers.remote()
        self._evaluation = Evaluation(self._session, self._evaluation)
        self._judged = None


def described(reading: Reading) -> str:
    """Return the one line of the log for a look: key=value, the collector's outcome and cost."""
    outcome = reading.reason.value if isinstance(reading, Failure) else "seen"
    seconds = (reading.ended - reading.begun).total_seconds()
    detail = f" detail={reading.detail!r}" if isinstance(reading, Failure) else ""
    return (
        f"look collector={reading.collector} host={reading.host} subject={reading.subject} "
        f"outcome={outcome} seconds={seconds:.2f}{detail}"
    )
