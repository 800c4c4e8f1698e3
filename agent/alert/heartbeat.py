"""Send a heartbeat to an outside watchdog each minute while the loop runs."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from agent.alert.proving import HEARTBEAT, Proofs
from agent.alert.sending import DEADLINE, Undelivered, post, secret
from agent.core.deadline import within
from agent.core.errors import BeffroiError

log = logging.getLogger("beffroi.alert")

EVERY = 60.0


class Heartbeat:
    """Call until told to stop; the address' file and the document are asked anew each time, `alive` whether to call."""

    def __init__(
        self,
        address_file: Callable[[], Path | None],
        alive: Callable[[], bool],
        document: Callable[[], str],
        *,
        proofs: Proofs,
    ) -> None:
        self._proofs = proofs
        self._address_file = address_file
        self._alive = alive
        self._document = document
        self._stopping = threading.Event()
        self._failing = False
        self._thread = threading.Thread(target=self._run, name="alert-heartbeat", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """Say that it is to end; a call that is under way is left behind."""
        self._stopping.set()

    def beat(self) -> bool:
        """Call once where everything progresses; return whether the watcher took it."""
        path = self._address_file()
        if path is None or not self._alive():
            return False
        try:
            within(DEADLINE, "the watcher", lambda: post(secret(path), self._document()))
        except (Undelivered, BeffroiError) as error:
            if not self._failing:
                log.error("heartbeat: %s", error)
            self._failing = True
            self._proofs.refused(HEARTBEAT, str(error))
            return False
        self._failing = False
        self._proofs.taken(HEARTBEAT)
        return True

    def _run(self) -> None:
        # The first call waits until the loop has turned, which is a moment after this thread begins.
        wait = 1.0
        while not self._stopping.wait(wait):
            wait = EVERY if self.beat() or self._address_file() is None else min(EVERY, wait * 2)
