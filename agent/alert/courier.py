"""Deliver notifications from the outbox: one thread for each receiver."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from agent.alert.outbox import FIRST_WAIT, LONGEST_WAIT, Delivery, Outbox
from agent.alert.proving import Proofs
from agent.alert.sending import Receivers, Undelivered
from agent.core.clock import Clock
from agent.core.errors import LedgerError

log = logging.getLogger("beffroi.alert")

LOOK_EVERY = 2.0


class DeliveryWorker:
    """Deliver to one receiver until told to stop."""

    def __init__(
        self, name: str, outbox: Outbox, receivers: Callable[[], Receivers], clock: Clock, *, proofs: Proofs
    ) -> None:
        self._name = name
        self._outbox = outbox
        self._proofs = proofs
        self._receivers = receivers
        self._clock = clock
        # The newest message refused for itself, or by some addresses, and when it is tried again: those behind it are
        # not kept back.
        self._refused, self._again, self._wait = 0, clock.now(), FIRST_WAIT
        self._wake = threading.Event()
        self._stopping = threading.Event()
        # A send that hangs is left behind at the end: it is noted as begun, and comes again as a possible repeat.
        self._thread = threading.Thread(target=self._run, name=f"alert-{name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def hurry(self) -> None:
        """Look at once whether something is due."""
        self._wake.set()

    def end(self) -> None:
        """Say that it is to end; waits for nothing."""
        self._stopping.set()
        self._wake.set()

    def join(self, timeout: float) -> None:
        """Wait until it has ended; a message that is under way longer is left behind."""
        self._thread.join(timeout)

    def carry(self) -> bool:
        """Deliver one message that is due; return whether there may be another."""
        receivers = self._receivers()
        if self._name not in receivers.names():
            return False
        now = self._clock.now()
        if not now < self._again <= now + LONGEST_WAIT:
            self._refused = 0
        delivery = self._outbox.next_for(self._name, now, behind=self._refused)
        if delivery is None:
            return False
        try:
            refused = receivers.send(delivery)
        except Undelivered as error:
            if error.remaining:
                self._proofs.taken_in_part(self._name, str(error))
            else:
                self._proofs.refused(self._name, str(error))
            late = delivery.is_late(now)
            if delivery.message.is_test or late:
                # No page waits behind a test.
                self._outbox.given_up(delivery, self._clock.now())
                log.error("%s to %s: %s; given up", "alert" if late else "test", self._name, error)
                return True
            if error.remaining:
                self._outbox.remains(delivery, error.remaining)
            # Who has got all others is not kept waiting for one address.
            apart = error.for_itself or bool(error.remaining or delivery.remaining)
            waits = self._left_alone(delivery, error, apart=apart)
            log.error("alert %d to %s: %s; next attempt in %d s", delivery.id, self._name, error, waits.total_seconds())
            self._refused, self._again = (delivery.id if apart else 0), now + waits
            return apart
        if not self._refused:
            self._wait = FIRST_WAIT
        self._outbox.delivered(delivery, self._clock.now())
        if refused:
            self._proofs.taken_in_part(self._name, f"the relay refused {refused} of its addresses")
        elif not delivery.remaining:
            # What went to some addresses again, or to none that is left, shows nothing of the others.
            self._proofs.taken(self._name, whole=not delivery.message.is_probe)
        log.info("alert %d to %s: delivered", delivery.id, self._name)
        return True

    def _left_alone(self, delivery: Delivery, error: Undelivered, *, apart: bool) -> timedelta:
        """Note a failure; return how long the message (`apart`), or the whole receiver, is left alone."""
        if not apart:
            return self._outbox.failed(delivery, self._clock.now(), surely=error.surely, wait=error.wait)
        if error.surely:
            self._outbox.refused(delivery)
        waits = min(max(self._wait, error.wait or FIRST_WAIT), LONGEST_WAIT)
        if not self._refused:
            # Once for all that are refused in one go.
            self._wait = min(self._wait * 2, LONGEST_WAIT)
        return waits

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                more = self.carry()
            except LedgerError as error:
                log.error("alert to %s: %s", self._name, error.message)
                more = False
            except Exception:
                log.exception("alert to %s", self._name)
                more = False
            if not more:
                self._wake.wait(LOOK_EVERY)
