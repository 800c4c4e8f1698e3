"""Push the ledger to the fleet for as long as the daemon runs, on a thread of its own: the loop never waits for it.

A database that is away costs one attempt after a pause that grows to five minutes. What the fleet refuses is tried
again each minute, since an administrator settles it there.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from agent.config.settings import Configuration, FleetSettings
from agent.core.errors import BeffroiError, LedgerError, UsageError
from agent.fleet.database import DatabaseAway, FleetDatabase, connected
from agent.ledger.ledger import Ledger

if TYPE_CHECKING:
    from agent.fleet.sending import Sender

log = logging.getLogger("beffroi.fleet")

EVERY_SECONDS = 10.0
AFTER_REFUSAL_SECONDS = 30.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 300.0
# What `check` spends on what it kept.
CHECK_SECONDS = 10.0


class FleetPusher:
    """Push one ledger. `start` and `stop` are the daemon's; `configuration` is asked before each round."""

    def __init__(self, ledger: Ledger, configuration: Callable[[], Configuration]) -> None:
        self._ledger = ledger
        self._configuration = configuration
        self._stop = threading.Event()
        self._open: tuple[FleetSettings, FleetDatabase, Sender] | None = None
        self._failures = 0
        self._said = ""
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)

    def start(self) -> None:
        """Begin to push."""
        self._thread.start()

    def stop(self) -> None:
        """End it at once: what was not acknowledged is sent after the next start."""
        self._stop.set()
        held = self._open
        if held is not None:
            held[1].cut()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                pause = self._round()
            except Exception:
                # Whatever it is, it costs this round alone.
                log.exception("sending to the fleet failed; next attempt in %.0f s", LONGEST_PAUSE_SECONDS)
                self._close()
                pause = LONGEST_PAUSE_SECONDS
        self._close()

    def _round(self) -> float:
        """Send all that waits; return the seconds until the next round."""
        settings = self._configuration().fleet
        if settings is None or settings.is_centre:
            self._close()
            return EVERY_SECONDS
        try:
            sent = self._sent(settings)
        except DatabaseAway as error:
            self._failures += 1
            pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(self._failures - 1, 10))
            # A thousand agents whose database comes back do not all call at once.
            return self._failed(error, pause * random.uniform(0.5, 1.0))  # no secret
        except BeffroiError as error:
            return self._failed(error, AFTER_REFUSAL_SECONDS)
        if self._said or sent:
            log.info("sent %d rows to the fleet", sent)
        self._failures, self._said = 0, ""
        return EVERY_SECONDS

    def _sent(self, settings: FleetSettings) -> int:
        sender, sent = self._sender(settings), 0
        while not self._stop.is_set():
            batch = sender.send()
            sent += batch.rows
            if not batch.waiting:
                break
        return sent

    def _sender(self, settings: FleetSettings) -> "Sender":
        from agent.fleet.sending import Sender, SentLedger

        if self._open is not None and self._open[0] == settings:
            return self._open[2]
        self._close()
        database = connected(settings)
        own = SentLedger.of(settings.agent, self._configuration().agent.state_directory)
        sender = Sender(self._ledger, own, database)
        self._open = (settings, database, sender)
        return sender

    def _failed(self, error: BeffroiError, pause: float) -> float:
        self._close()
        if self._stop.is_set():
            return 0.0
        if error.message != self._said:
            level = logging.ERROR if isinstance(error, UsageError | LedgerError) else logging.WARNING
            log.log(level, "not sent to the fleet: %s; tried again in %.0f s; %s", error.message, pause, error.hint)
        self._said = error.message
        return pause

    def _close(self) -> None:
        held, self._open = self._open, None
        if held is not None:
            with suppress(BeffroiError):
                held[1].close()


def push_now(ledger: Ledger, settings: FleetSettings, directory: Path, seconds: float = CHECK_SECONDS) -> str | None:
    """Send what waits, for so long at the most; return why some still waits, or None.

    It runs on a thread of its own, whose connection is cut at the end: no server and no line makes it longer.
    """
    from agent.fleet.sending import Sender, SentLedger

    end = time.monotonic() + seconds
    said: list[str] = []
    held: list[FleetDatabase] = []

    def send() -> None:
        try:
            with connected(settings) as database:
                held.append(database)
                sender = Sender(ledger, SentLedger.of(settings.agent, directory), database)
                while (batch := sender.send()).waiting:
                    if time.monotonic() > end:
                        said.append(f"{batch.waiting} rows wait")
                        return
            said.append("")
        except BeffroiError as error:
            said.append(error.message)

    thread = threading.Thread(target=send, name="fleet", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive() and held:
        held[0].cut()
        thread.join(1.0)
    return (said[0] or None) if said else f"no answer within {seconds:.0f} s"
