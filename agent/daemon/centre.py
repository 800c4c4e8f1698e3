"""The centre of a fleet at work: ask the database, keep the copies up to date, and have what is known served.

Asking may take as long as the line lets it, so it has a thread of its own; what is served never waits for it.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from agent.config.settings import Configuration
from agent.core.clock import Clock
from agent.core.errors import BeffroiError, LedgerError
from agent.daemon.loop import Signals
from agent.daemon.reload_answer import ReloadAnswer, write_answer
from agent.daemon.systemd import WELL, notify, watchdog_interval
from agent.export.http.health import Health
from agent.export.snapshot import OwnState, Snapshot
from agent.fleet.database import DatabaseAway, FleetDatabase, connected
from agent.fleet.expiry import expire
from agent.fleet.replicas import Replicas
from agent.ledger.ledger import Ledger
from agent.publishing.publisher import Publisher
from agent.queries.centre import (
    FleetKnown,
    asked,
    centre_snapshot,
    keep_centre_load,
    settings_of,
    without_database,
)
from agent.wording.own_faults import CENTRE_KEEPS_NOTHING, NO_ANSWER, NOT_ASKED

if TYPE_CHECKING:
    from agent.queries.fleet_reading import FleetReading

log = logging.getLogger("beffroi.fleet")

TICK = 0.5
EVERY_SECONDS = 15.0
# The pause where rows of a ledger wait for the next round: what others sent meanwhile is shown soon.
HURRIED_SECONDS = 2.0
EXPIRE_EVERY = timedelta(hours=1)
# What filling the copies may take of a round, beyond some rows of each. A row that comes just after its ledger's turn
# is shown after the next one: within a minute.
FILL_SECONDS = 20.0
# What was asked longer ago proves nothing any more; a round of many agents takes a while.
LONGEST_ROUND = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What one round gave, and when, by a clock that never goes back."""

    known: FleetKnown
    snapshot: Snapshot
    at: float


class CentreDaemon:
    """Run one centre until it is told to stop; `snapshot`, `known` and `health` are the server's threads' as well."""

    def __init__(
        self,
        configuration: Configuration,
        clock: Clock,
        own: Ledger,
        reload: Callable[[Configuration], Configuration] | None = None,
    ) -> None:
        """Begin; `own` is the centre's ledger, of its registers and the loads of its configuration.

        `reload` returns the changed one in the place of the one in force, or raises; None: a reload changes nothing.
        """
        self._configuration = configuration
        self._reload = reload
        self._changed = threading.Event()
        self._own_state = OwnState()
        self._own = own
        self._not_kept = ""
        self._clock = clock
        self._stop = threading.Event()
        self._database: FleetDatabase | None = None
        self._copies = Replicas(configuration.agent.state_directory, clock)
        self._ticked: float | None = None
        self._expired: float | None = None
        self._said = ""
        self._publisher = Publisher(own, clock, fleet=self._reading)
        self._seen = self._taken(self._without(NOT_ASKED.en))
        self._thread = threading.Thread(target=self._rounds, name="fleet", daemon=True)

    def loop(self, signals: Signals) -> None:
        """Tick until a signal says stop."""
        self._thread.start()
        interval, is_ready = watchdog_interval(), False
        self._ticked = self._clock.monotonic()
        while not signals.stop.wait(TICK):
            if signals.reload.is_set():
                signals.reload.clear()
                self.take_anew()
            self._ticked = self._clock.monotonic()
            if not is_ready:
                is_ready = notify("READY=1", f"STATUS={WELL}")
            if interval is not None:
                notify("WATCHDOG=1")
        notify("STOPPING=1")

    def stop(self) -> None:
        """End what is waited for."""
        self._stop.set()
        held = self._database
        if held is not None:
            held.cut()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def take_anew(self) -> None:
        """Take the changed configuration, or say why not; the next round is by it."""
        begun, refused, hint = self._clock.monotonic(), "", ""
        try:
            if self._reload is not None:
                self._configuration = self._reload(self._configuration)
                self._changed.set()
        except BeffroiError as error:
            refused, hint = error.message, error.hint
            log.error("the configuration in force is kept: %s", refused)
        else:
            log.info("configuration %s loaded", self._configuration.digest[:12])
        self._own_state = OwnState(configuration_refused=refused)
        state, digest = self._configuration.agent.state_directory, self._configuration.digest
        write_answer(state, ReloadAnswer(begun=begun, digest=digest, refused=refused, hint=hint))

    def configuration(self) -> Configuration:
        """Return the configuration in force."""
        return self._configuration

    def own_state(self) -> OwnState:
        """Return what the centre sees of its own ground."""
        return self._own_state

    def health(self) -> Health:
        """Return whether the loop turns."""
        ticked = self._ticked
        return Health(since_tick=None if ticked is None else timedelta(seconds=self._clock.monotonic() - ticked))

    def heartbeat(self) -> datetime:
        """Return the instant of the newest round."""
        return self._seen.snapshot.at

    def known(self) -> FleetKnown:
        """Return how the agents stand and where their copies lie."""
        return self._seen.known

    def snapshot(self) -> Snapshot:
        """Return what the newest round gave; where that is too long ago, nothing is proven."""
        seen = self._seen
        late = self._clock.monotonic() - seen.at
        if late <= LONGEST_ROUND.total_seconds():
            return seen.snapshot
        return centre_snapshot(
            self._configuration, self._without(NO_ANSWER.en.format(seconds=f"{late:.0f}")), self._clock
        )

    def _rounds(self) -> None:
        while not self._stop.is_set():
            try:
                self._seen = self._taken(self._round())
            except Exception:
                # Whatever it is, it costs this round alone, and what is served ages meanwhile.
                log.exception("asking the fleet's database failed; next attempt in %.0f s", EVERY_SECONDS)
            self._stop.wait(HURRIED_SECONDS if self._copies.is_behind else EVERY_SECONDS)
        self._close()
        self._copies.close()

    def _taken(self, known: FleetKnown) -> _Seen:
        made = centre_snapshot(self._configuration, known, self._clock, self._copies, self._own)
        if self._not_kept:
            made = replace(made, fault=CENTRE_KEEPS_NOTHING.en.format(quoted=self._not_kept))
        return _Seen(known=known, snapshot=made, at=self._clock.monotonic())

    def _keep(self) -> None:
        """Keep the load of the configuration, and sign the days of the centre's own ledger that are over."""
        try:
            keep_centre_load(self._configuration, self._own)
            self._own.sign_heads(self._clock.now())
        except LedgerError as error:
            if error.message != self._not_kept:
                log.error("the centre's own ledger: %s; next attempt in %.0f s", error.message, EVERY_SECONDS)
            self._not_kept = error.message
        else:
            self._not_kept = ""

    def _round(self) -> FleetKnown:
        self._keep()
        if self._changed.is_set():
            self._changed.clear()
            # The database may be another one, or be reached by another password.
            self._close()
        settings = settings_of(self._configuration)
        try:
            if self._database is None:
                self._database = connected(settings)
            found = asked(self._database, settings, self._copies, seconds=FILL_SECONDS)
            self._expire(self._database, found)
        except BeffroiError as error:
            self._close()
            self._say(error)
            return self._without(error.message)
        self._said = ""
        return found

    def _reading(self, configuration: Configuration) -> "FleetReading":
        # Loaded on the few days of a year on which a report is due.
        from agent.queries.fleet_reading import FleetReading

        return FleetReading(configuration, self._own, self._clock)

    def _expire(self, database: FleetDatabase, found: FleetKnown) -> None:
        now = self._clock.monotonic()
        if self._expired is not None and now - self._expired < EXPIRE_EVERY.total_seconds():
            return
        self._expired = now
        self._publisher.look(self._configuration)
        gone = expire(database, found.replicas, self._clock)
        if gone:
            log.info("erased %d payloads that agents had erased by their rules", gone)

    def _without(self, why: str) -> FleetKnown:
        return without_database(settings_of(self._configuration), self._copies, why)

    def _say(self, error: BeffroiError) -> None:
        if error.message != self._said and not self._stop.is_set():
            level = logging.WARNING if isinstance(error, DatabaseAway) else logging.ERROR
            log.log(level, "the fleet cannot be asked: %s; tried again in %.0f s", error.message, EVERY_SECONDS)
        self._said = error.message

    def _close(self) -> None:
        held, self._database = self._database, None
        if held is not None:
            with suppress(BeffroiError):
                held.close()
