"""Keep a change, begin to deliver, be killed at any instant; over and over. A program: it forks, so it has no threads.

    python -m tests.parts.killed_couriers FOLDER ADDRESS RESTARTS SEED

Prints the numbers of the changes that were kept, one a line: those that must arrive. The last life is not killed.
"""

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.alert.courier import DeliveryWorker
from agent.alert.message import Message
from agent.alert.outbox import Outbox
from agent.alert.proving import Proofs
from agent.alert.sending import WEBHOOK, Receivers
from agent.config.settings import AlertSettings

BEGAN = datetime(2026, 11, 24, tzinfo=UTC)
# No life lasts so long: it opens the outbox, keeps a change and delivers one or two within a third of it.
LONGEST_LIFE = 0.06
PATIENCE = 120


class Clock:
    """Run an hour each 10 ms, and a day from one life to the next, so that no pause after a refusal holds it up."""

    def __init__(self, life: int) -> None:
        self._began = BEGAN + timedelta(days=life)
        self._since = time.monotonic()

    def now(self) -> datetime:
        """Return the hour."""
        return self._began + (time.monotonic() - self._since) * timedelta(hours=100)

    def monotonic(self) -> float:
        """Return no seconds."""
        return 0.0


def live(folder: Path, address: str, number: int, *, last: bool) -> None:
    """Keep a change and deliver; the last one until nothing waits."""
    outbox, alert, clock = Outbox(folder), AlertSettings(webhook=address), Clock(number)
    message = Message(subject=str(number), body="", document=f'{{"number": {number}}}')
    outbox.put({}, [(WEBHOOK, message)], clock.now())
    os.write(sys.stdout.fileno(), f"{number}\n".encode())
    receivers = Receivers(alert=alert, language="fr")
    courier = DeliveryWorker(WEBHOOK, outbox, lambda: receivers, clock, proofs=Proofs(outbox, lambda: alert, clock))
    courier.start()
    end = time.monotonic() + PATIENCE
    while not last or (outbox.waiting(WEBHOOK) and time.monotonic() < end):
        time.sleep(0.01)


def main(folder: str, address: str, restarts: str, seed: str) -> None:
    """Live and be killed."""
    chance = random.Random(int(seed))
    for number in range(int(restarts)):
        child = os.fork()
        if child == 0:
            live(Path(folder), address, number, last=False)
            os._exit(0)
        time.sleep(chance.random() * LONGEST_LIFE)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    live(Path(folder), address, int(restarts), last=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
