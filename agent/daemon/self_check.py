"""The agent's check of itself: free space and signed heads each hour, a verification of the ledger's chain each day.

Reads:  the file system of the state directory, the ledger.
Needs:  what the daemon has anyway.
Blind:  a whole ledger made anew by someone who has the key: that only heads which left the machine can show.
"""

import logging
import os
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from agent.core.alert_state import LITTLE_ROOM
from agent.core.clock import Clock
from agent.core.errors import LedgerDamaged, LedgerError
from agent.export.snapshot import OwnState, WitnessStanding
from agent.ledger.keys import PRIVATE_NAME, signer_in
from agent.ledger.ledger import ChainOutcome, ChainVerification, Ledger

log = logging.getLogger("beffroi.self")

WALK_EVERY = timedelta(days=1)


@dataclass(slots=True)
class _Walking:
    """The walk that runs, and since when, by a clock that never goes back."""

    thread: threading.Thread | None = None
    begun: float | None = None


class SelfWatch:
    """Look at the agent's own ground; `look` is the loop's, `state` anyone's."""

    def __init__(self, ledger: Ledger, directory: Path, clock: Clock) -> None:
        self._ledger = ledger
        self._directory = directory
        self._clock = clock
        self._walking = _Walking()
        self._state = OwnState()
        self._keyless: str | None = None

    def state(self) -> OwnState:
        """Return what was seen last."""
        return self._state

    def refused(self, what: str) -> None:
        """Note what is wrong with the configuration that was refused last; empty: none is."""
        self._state = replace(self._state, configuration_refused=what)

    def attested(self, witnesses: tuple[WitnessStanding, ...], stamped_at: datetime | None) -> None:
        """Note how each witness stands to the agent's log, and when it was stamped last.

        One that refused and is away now refuses still, as far as anyone knows.
        """
        before = {one.id: one.refused for one in self._state.witnesses}
        known = (one if one.answered else replace(one, refused=before.get(one.id)) for one in witnesses)
        self._state = replace(self._state, witnesses=tuple(known), stamped_at=stamped_at)

    def evaluated(self, seconds: float, targets: int, differences: int) -> None:
        """Note what the newest evaluation round cost and judged, and how many verdicts were out of date so far."""
        self._state = replace(
            self._state, evaluation_seconds=seconds, evaluated_targets=targets, evaluation_differences=differences
        )

    def look(self, *, unmailed_since: datetime | None = None) -> None:
        """See how much room is left; begin to walk the chain, beside the loop, where that was a day ago.

        `unmailed_since`: a letter to a beneficiary waits since then.
        """
        self._state = replace(self._state, unmailed_since=unmailed_since)
        free = _free_bytes(self._directory)
        if free is not None and free < LITTLE_ROOM and not self._state.has_little_room:
            log.error("only %d MiB of free space for the ledger in %s", free // 2**20, self._directory)
        self._state = replace(self._state, free_bytes=free, has_little_room=free is not None and free < LITTLE_ROOM)
        self._hold_to_signed_heads()
        self._hold_to_key()
        walking, now = self._walking, self._clock.monotonic()
        if walking.thread is not None and walking.thread.is_alive():
            return
        if walking.begun is None or now - walking.begun >= WALK_EVERY.total_seconds():
            walking.begun = now
            walking.thread = threading.Thread(target=self._walk, name="ledger walk", daemon=True)
            walking.thread.start()

    def _hold_to_signed_heads(self) -> None:
        """See whether the ledger continues the heads that stand outside it; unlike a walk this takes milliseconds."""
        try:
            said = self._ledger.contradiction()
        except LedgerError as error:
            log.error("the signed heads outside the ledger could not be compared: %s", error.message)
            return
        if said is not None and said != self._state.damage:
            log.error("the ledger is damaged: %s", said)
            self._state = replace(self._state, sound=False, damage=said)

    def _hold_to_key(self) -> None:
        """See whether the key can sign; a walk does not tell, since a chain holds without it."""
        before, self._keyless = self._keyless, None
        if self._state.free_bytes is None:  # a folder that cannot be asked tells nothing
            return
        try:
            signer_in(self._directory / PRIVATE_NAME)
        except LedgerError as error:
            self._keyless = f"{error.message}: no day is signed"
        is_told = before is not None and self._state.damage == before
        if self._keyless not in (None, self._state.damage) and (is_told or self._state.damage is None):
            log.error("the ledger is damaged: %s", self._keyless)
            self._state = replace(self._state, sound=False, damage=self._keyless)
        elif self._keyless is None and is_told:
            log.info("the signing key is there again")
            self._state = replace(self._state, sound=self._state.verified_at is not None or None, damage=None)

    def wait(self, seconds: float) -> None:
        """Wait for the walk that runs, if one does."""
        if self._walking.thread is not None:
            self._walking.thread.join(seconds)

    def _walk(self) -> None:
        at = self._clock.now()
        try:
            found = self._ledger.verify()
        except LedgerDamaged as error:
            found = ChainVerification(outcome=ChainOutcome.DAMAGED, rows=0, heads=0, damage=(error.message,))
        except LedgerError as error:
            log.error("the ledger's chain could not be verified: %s", error.message)
            return
        self._take(found, at)

    def _take(self, found: ChainVerification, at: datetime) -> None:
        if found.outcome is ChainOutcome.DAMAGED:
            log.error("the ledger is damaged: %s", "; ".join(found.damage[:3]))
            self._state = replace(self._state, sound=False, damage=found.damage[0] if found.damage else "")
        elif found.outcome is ChainOutcome.UNPROVEN:
            log.warning("the verification of the ledger was inconclusive: %s", "; ".join(found.doubts[:3]))
        else:
            log.info("the ledger is intact: %d rows, %d signed days", found.rows, found.heads)
            self._state = replace(self._state, sound=self._keyless is None, damage=self._keyless, verified_at=at)


def _free_bytes(directory: Path) -> int | None:
    try:
        status = os.statvfs(directory)
    except OSError:
        return None
    return status.f_bavail * status.f_frsize
